"""A Cypher statement as words, and the check that it only reads; for both stores."""

import re
from typing import NamedTuple, NoReturn

from graph.errors import QueryError

REMEDY = "load the graph into a Neo4j server and ask there: keiretsu neo4j start"

_READS = "MATCH OPTIONAL WHERE WITH RETURN ORDER BY SKIP OFFSET LIMIT UNWIND UNION CALL"
_OPERATORS = "AS DISTINCT ALL AND OR XOR NOT IN IS STARTS ENDS CONTAINS CASE WHEN THEN ELSE NORMALIZED TYPED"
_OPERANDS = {"NULL", "TRUE", "FALSE", "END", "ASC", "ASCENDING", "DESC", "DESCENDING"}
_WORDS = {*f"{_READS} {_OPERATORS}".split(), *_OPERANDS}
_STARTS = {"MATCH", "OPTIONAL", "WITH", "RETURN", "UNWIND", "CALL"}
_WRITES = {"CREATE", "MERGE", "SET", "DELETE", "DETACH", "NODETACH", "REMOVE", "FOREACH", "INSERT", "LOAD", "DROP"}
_WRITES |= {"TRANSACTIONS"}
_NAMESPACES = {"date", "datetime", "time", "localtime", "localdatetime", "duration", "point", "vector"}

_ESCAPES = {"\\": "\\", "'": "'", '"': '"', "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+|//[^\r\n]*|/\*[\s\S]*?\*/)
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
        return re.sub(r"\\(.)", self._escape, self.text[1:-1], flags=re.DOTALL) if self.kind == "string" else self.text

    def _escape(self, match: re.Match[str]) -> str:
        return _ESCAPES[match[1]] if match[1] in _ESCAPES else refuse(self, f"the escape {match[0]}")


def wrong(token: Token, what: str) -> NoReturn:
    raise QueryError(f"{token.where}: {what}")


def refuse(token: Token, what: str) -> NoReturn:
    wrong(token, f"{what} is not answered by the embedded store; {REMEDY}")


def _where(text: str, at: int) -> str:
    before = text[:at].split("\n")
    return f"line {len(before)}, column {len(before[-1]) + 1}"


def tokens_of(text: str) -> list[Token]:
    """The words of a query and an end mark.

    Raises:
        QueryError: a character that begins nothing, or a unicode escape: Neo4j decodes those before it parses, so that
            a comment or a string could end where nobody sees it.
    """
    if escape := re.search(r"(?<!\\)(?:\\\\)*(\\u+[0-9a-fA-F]{4})", text):
        raise QueryError(f"{_where(text, escape.start(1))}: unicode escape {escape[1]}; write the character itself")
    found, at = [], 0
    while at < len(text):
        if not (match := _TOKEN.match(text, at)):
            raise QueryError(f"{_where(text, at)}: unexpected {text[at]!r}, or something that is not closed")
        if match.lastgroup != "space":
            found.append(Token(str(match.lastgroup), match[0], at, match.end(), _where(text, at)))
        at = match.end()
    return [*found, Token("end", "end of query", at, at, _where(text, at))]


def check_read_only(cypher: str) -> None:
    """Refuse any clause that does not merely read.

    Raises:
        QueryError: names line, column and word.
    """
    tokens = tokens_of(cypher)
    if len(tokens) == 1:
        wrong(tokens[0], "an empty query")
    begins, operand = True, False  # a clause must begin here; the word before completes an operand
    for index, token in enumerate(tokens[:-1]):
        before, after = tokens[index - 1], tokens[index + 1]
        if token.kind != "name":
            _check_sign(tokens, index)
            operand = token.kind != "op" or token.text in ")]}"
            begins = token.text == "{" and _opens_subquery(tokens, index)
        elif index and (before.text in (".", ":", "::") or (after.text == ":" and not begins)):
            operand, begins = True, False
        else:
            _check_word(tokens, index, begins, operand)
            begins = token.word == "UNION" or (begins and token.word in ("ALL", "DISTINCT"))
            operand = token.word in _OPERANDS or token.word not in _WORDS


def _check_word(tokens: list[Token], index: int, begins: bool, operand: bool) -> None:
    token, word = tokens[index], tokens[index].word
    if word in _WRITES:
        wrong(token, f"{word} is not a reading clause (a name of that spelling needs backticks)")
    after_union = tokens[index - 1].word == "UNION" and word in ("ALL", "DISTINCT")
    if (begins and word not in _STARTS and not after_union) or (operand and word not in _WORDS):
        wrong(token, f"{token.text} is not a reading clause")
    if word == "CALL":
        _check_call(tokens, index)


def _check_call(tokens: list[Token], index: int) -> None:
    opening = index + 1
    if tokens[opening].text == "(":
        opening = next((at for at in range(opening, len(tokens)) if tokens[at].text == ")"), index) + 1
    if tokens[opening].text != "{":
        wrong(tokens[index], "CALL of a procedure is not a reading clause")


def _opens_subquery(tokens: list[Token], index: int) -> bool:
    if tokens[index - 1].text == ")":
        index = next(at for at in range(index - 1, -1, -1) if tokens[at].text == "(" or at == 0)
    return index > 0 and tokens[index - 1].word == "CALL"


def _check_sign(tokens: list[Token], index: int) -> None:
    token = tokens[index]
    if index == 0 or (token.text == ";" and tokens[index + 1].kind != "end"):
        wrong(token, "one query that begins with a reading clause, please")
    if token.text == "(" and index > 2 and tokens[index - 2].text == ".":
        root = index - 1
        while root > 1 and tokens[root - 1].text == ".":
            root -= 2
        if tokens[root].value.lower() not in _NAMESPACES:
            name = "".join(part.text for part in tokens[root:index])
            wrong(tokens[root], f"the function {name} is not one of Cypher's own")
