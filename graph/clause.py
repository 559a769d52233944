"""A Cypher statement as words, and the check that it only reads; for both stores."""

import re
from functools import lru_cache
from typing import NamedTuple, NoReturn

from graph.errors import QueryError

READING = "use reading clauses only (MATCH, WHERE, WITH, UNWIND, CALL {...}, UNION, RETURN, ORDER BY, SKIP, LIMIT)"
REMEDY = "load the graph into a Neo4j server and ask there: keiretsu neo4j start"

_READS = "MATCH OPTIONAL WHERE WITH RETURN ORDER BY SKIP OFFSET LIMIT UNWIND UNION CALL"
_OPERATORS = "AS DISTINCT ALL AND OR XOR NOT IN IS STARTS ENDS CONTAINS CASE WHEN THEN ELSE TYPED"
_OPERANDS = {"NULL", "TRUE", "FALSE", "END", "ASC", "ASCENDING", "DESC", "DESCENDING", "NORMALIZED"}
_WORDS = {*f"{_READS} {_OPERATORS}".split(), *_OPERANDS}
_STARTS = {"MATCH", "OPTIONAL", "WITH", "RETURN", "UNWIND", "CALL"}
_WRITES = {"CREATE", "MERGE", "SET", "DELETE", "DETACH", "NODETACH", "REMOVE", "FOREACH", "INSERT", "LOAD", "DROP"}
_WRITES |= {"TRANSACTIONS"}
_PAIRS = {(one, other) for one in ("ANY", "ALL") for other in ("SHORTEST", "PATH", "PATHS")}
_PAIRS |= {("LOCAL", "DATETIME"), ("ZONED", "DATETIME"), ("PROPERTY", "VALUE"), ("SIGNED", "INTEGER")}
_PAIRS |= {("ANY", kind) for kind in ("NODE", "VERTEX", "RELATIONSHIP", "EDGE", "MAP", "VALUE", "PROPERTY")}
"""Words that are one: of path selectors and of types."""
_CLOCKS = ("date", "datetime", "time", "localtime", "localdatetime")
_FUNCTIONS = {f"{kind}.{part}" for kind in _CLOCKS for part in ("transaction", "statement", "realtime", "truncate")}
_FUNCTIONS |= {f"duration.{part}" for part in ("between", "inmonths", "indays", "inseconds")}
_FUNCTIONS |= {"datetime.fromepoch", "datetime.fromepochmillis", "point.distance", "point.withinbbox"}
_FUNCTIONS |= {"vector.similarity.cosine", "vector.similarity.euclidean"}
"""The functions of Cypher's own that have a namespace."""

_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+|//[^\r\n\v\f\x1c-\x1e\x85\u2028\u2029]*|/\*[\s\S]*?\*/)
      | (?P<string>'(?:[^'\\]|\\[\s\S])*'|"(?:[^"\\]|\\[\s\S])*")
      | (?P<quoted>`(?:[^`]|``)*`)
      | (?P<param>\$\w+)
      | (?P<number>0[xX][0-9a-fA-F]+\b|0o[0-7]+\b|(?:\d+(?:_\d+)*(?:\.\d+)?|(?<![\w.)\]}])\.\d+)(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d]\w*)
      | (?P<op><>|<=|>=|=~|\+=|\.\.|::|\|\||[-+*/%^=<>()\[\]{},.:;|&!$?])""",
    re.VERBOSE,
)


class Token(NamedTuple):
    """A word of the query, `kind` one of string, quoted, param, number, name, op, end."""

    kind: str
    text: str
    start: int
    end: int
    where: str

    @property
    def word(self) -> str:
        """The keyword this may be, in capitals; empty for what cannot be one."""
        return self.text.upper() if self.kind in ("name", "op") else ""

    @property
    def value(self) -> str:
        """The name or text that is meant, without quotes."""
        if self.kind == "quoted":
            return self.text[1:-1].replace("``", "`")
        if self.kind == "param":
            return self.text[1:]
        if self.kind != "string":
            return self.text
        return re.sub(r"\\(u[0-9a-fA-F]{4}|.)", self._escape, self.text[1:-1], flags=re.DOTALL)

    def _escape(self, match: re.Match[str]) -> str:
        if len(match[1]) > 1:
            return chr(int(match[1][1:], 16))
        return _ESCAPES[match[1]] if match[1] in _ESCAPES else refuse(self, f"the escape {match[0]}")


def wrong(token: Token, what: str) -> NoReturn:
    raise QueryError(f"{token.where}: {what}")


def _no_reading(token: Token, what: str) -> NoReturn:
    wrong(token, f"{what}; {READING}")


def refuse(token: Token, what: str) -> NoReturn:
    wrong(token, f"{what} is not answered by the embedded store; {REMEDY}")


def _refuse_escapes(token: str, where: str) -> None:
    """Neo4j decodes unicode escapes before it parses: a comment or a string could end where nobody sees it.

    Within a string they pass if they stand for a character that ends nothing; two backslashes are one there.
    """
    inside = token[0] in "'\""
    for match in re.finditer(r"\\(u+[0-9a-fA-F]{4}|u|\\)" if inside else r"\\(u+[0-9a-fA-F]{4})", token):
        if match[1] == "\\":
            continue
        char = chr(int(match[1][1:], 16)) if len(match[1]) == 5 else "'"
        if not inside or not char.isprintable() or char in "'\"`\\":
            raise QueryError(f"{where}: unicode escape {match[0]}; write the character itself")


def tokens_of(text: str) -> list[Token]:
    """The words of a query and an end mark.

    Raises:
        QueryError: a character that begins nothing, or a unicode escape.
    """
    found, at, line, begin = [], 0, 1, 0  # where the line begins
    while at < len(text):
        where = f"line {line}, column {at - begin + 1}"
        if not (match := _TOKEN.match(text, at)):
            _refuse_escapes(text[at:], where)
            raise QueryError(f"{where}: unexpected {text[at]!r}, or something that is not closed; close or quote it")
        if "\\u" in match[0]:
            _refuse_escapes(match[0], where)
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match[0], at, match.end(), where))
        if breaks := match[0].count("\n"):
            line, begin = line + breaks, at + match[0].rindex("\n") + 1
        at = match.end()
    return [*found, Token("end", "end of query", at, at, f"line {line}, column {at - begin + 1}")]


@lru_cache(maxsize=256)  # a statement that passed need not be read again
def check_read_only(cypher: str) -> None:
    """Refuse any clause that does not merely read.

    Raises:
        QueryError: names line, column and word.
    """
    _Reader(tokens_of(cypher)).check()


class _Reader:
    """Goes through the words of a query and keeps in mind what can come next.

    A clause begins where the query, a part of a UNION or a subquery begins (`_begins`), or after a complete operand
    (`_operand`); what stands elsewhere is an operand itself, or, after a dot, a colon or AS, merely a name.
    """

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens
        self._begins, self._operand = True, False
        self._alias = False  # AS came, so a name comes
        self._named = -1  # the last token that was merely a name

    def check(self) -> None:
        if len(self._tokens) == 1:
            _no_reading(self._tokens[0], "an empty query")
        for index, token in enumerate(self._tokens[:-1]):
            if self._is_name(index):
                self._begins, self._operand, self._alias, self._named = False, True, False, index
            elif token.kind == "name":
                self._word(index)
            elif token.kind == "op":
                self._sign(index)
            else:
                self._value(index)

    def _is_name(self, index: int) -> bool:
        """Whether nothing but a name can stand here, however it is spelled: a label, a key, an alias."""
        token, before, after = self._tokens[index], self._tokens[index - 1], self._tokens[index + 1]
        if token.kind not in ("name", "quoted") or not index or self._begins:
            return False
        if self._alias or before.text in (":", "::"):
            return True
        if before.text == ".":
            return index > 1 and self._has_parts(self._tokens[index - 2])
        if before.text in ("|", "&"):
            return self._named == index - 2  # another label, not what FOREACH does
        return after.text == ":" and before.text in ("{", "(", "[", ",")

    @staticmethod
    def _has_parts(token: Token) -> bool:
        """Whether a dot after it names a part. After a number it may end the number, as in `1.`."""
        return token.kind in ("name", "quoted", "param") or token.text in (")", "]", "}", "{", ",")

    def _word(self, index: int) -> None:
        token, word = self._tokens[index], self._tokens[index].word
        after_union = self._tokens[index - 1].word == "UNION" and word in ("ALL", "DISTINCT")
        path = self._tokens[index + 1].text == "=" and index > 0  # EXISTS { p = (a)-->(b) }
        if word in _WRITES:
            _no_reading(token, f"{word} is not a reading clause (a name of that spelling needs backticks)")
        if (self._tokens[index - 1].word, word) in _PAIRS:
            self._operand = word != "SHORTEST"
            return
        if (self._begins and word not in _STARTS and not after_union and not path) or (
            self._operand and word not in _WORDS
        ):
            _no_reading(token, f"{token.text:.40} is not a reading clause")
        if word == "CALL":
            self._check_call(index)
        self._alias = word == "AS" and self._operand
        self._begins = word == "UNION" or (self._begins and after_union)
        self._operand = word in _OPERANDS or word not in _WORDS

    def _value(self, index: int) -> None:
        token, before = self._tokens[index], self._tokens[index - 1]
        if self._begins:
            _no_reading(token, f"{token.text:.40} where a clause begins, or a second query")
        if self._operand and not (token.kind == "number" and before.word in ("SHORTEST", "ANY")):
            _no_reading(token, f"{before.text:.40} {token.text:.40} is not a reading clause")
        self._begins, self._operand, self._alias = False, True, False

    def _sign(self, index: int) -> None:
        token, before = self._tokens[index], self._tokens[index - 1]
        if index == 0 or (token.text == ";" and self._tokens[index + 1].kind != "end"):
            _no_reading(token, f"{token.text:.40} where a clause begins, or a second query")
        if token.text == "(":
            self._check_function(index)
        self._begins = token.text == "{" and self._opens_subquery(index)
        everything = token.text == "*" and before.word in ("RETURN", "WITH", "DISTINCT")
        self._operand = token.text in (")", "]", "}") or everything or (token.text == "%" and before.text == ":")
        self._alias = False

    def _check_call(self, index: int) -> None:
        opening = index + 1
        if self._tokens[opening].text == "(":
            opening = next((at for at, token in enumerate(self._tokens[opening:], opening) if token.text == ")"), 0) + 1
        if self._tokens[opening].text != "{":
            _no_reading(self._tokens[index], "CALL of a procedure is not a reading clause")

    def _opens_subquery(self, index: int) -> bool:
        before = self._tokens[index - 1]
        if before.text == ")":
            index = next((at for at in range(index - 1, -1, -1) if self._tokens[at].text == "("), 0)
            return index > 0 and self._tokens[index - 1].word == "CALL"
        return before.word in ("CALL", "EXISTS", "COUNT", "COLLECT")

    def _check_function(self, index: int) -> None:
        """Refuse functions with a namespace, in whatever quotes, that are not Cypher's own: those of plug-ins."""
        root = index - 1
        if self._tokens[root].kind not in ("name", "quoted"):
            return
        while root > 1 and self._tokens[root - 1].text == ".":
            root -= 2
        name = ".".join(part.value for part in self._tokens[root:index:2])
        if "." in name and name.lower() not in _FUNCTIONS:
            wrong(self._tokens[root], f"the function {name:.60} is not one of Cypher's own; only those may be asked")
