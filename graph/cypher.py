"""The gate and the engine that answer Cypher on the embedded store.

Networkx stays the truth; kglite answers from a disposable copy. The gate reads a query as Neo4j would, refuses by name
whatever is not known to be answered alike, and writes the rest anew in the few forms that kglite was found to answer
rightly: every name gets a fresh one (no clash with a keyword, no shadowing), every property the prefix `p_` (kglite
invents `title` and `type`), every property map becomes a condition (kglite reads `{fact: s.id}` as null where `s` is a
relationship).
"""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from graph.errors import QueryError

if TYPE_CHECKING:
    import networkx as nx

REMEDY = "load the graph into a Neo4j server and ask there: keiretsu neo4j start"
BATCH = 10_000
INDEXED = ("id", "name", "fact")
# The passes of kglite's optimizer that let indexes serve. The others stay off: `fuse_node_scan_aggregate` takes
# NOT (null) for true, and what they gain, a fifth of a second per full scan of 300,000 nodes, is not worth the doubt.
PASSES = {"push_where_into_match.1", "push_where_into_match.2", "optimize_pattern_start_node"}
PASSES |= {
    "extract_pushable_rel_predicates",
    "reorder_match_patterns",
    "reorder_match_clauses",
    "push_limit_into_match",
}

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
      | (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)
      | (?P<name>[^\W\d]\w*)
      | (?P<op><>|<=|>=|=~|\+=|\.\.|::|\|\||[-+*/%^=<>()\[\]{},.:;|&!$?])""",
    re.VERBOSE,
)


class _Token(NamedTuple):
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
        return _ESCAPES[match[1]] if match[1] in _ESCAPES else _refuse(self, f"the escape {match[0]}")


def _wrong(token: _Token, what: str) -> NoReturn:
    raise QueryError(f"{token.where}: {what}")


def _refuse(token: _Token, what: str) -> NoReturn:
    _wrong(token, f"{what} is not answered by the embedded store; {REMEDY}")


def _where(text: str, at: int) -> str:
    before = text[:at].split("\n")
    return f"line {len(before)}, column {len(before[-1]) + 1}"


def _tokens(text: str) -> list[_Token]:
    """The words of a query and an end mark.

    Raises:
        QueryError: a character that begins nothing, or a unicode escape: Neo4j decodes those before it parses, so that
            a comment or a string could end where nobody sees it.
    """
    if escape := re.search(r"\\u+[0-9a-fA-F]{4}", text):
        raise QueryError(f"{_where(text, escape.start())}: unicode escape {escape[0]}; write the character itself")
    found, at = [], 0
    while at < len(text):
        if not (match := _TOKEN.match(text, at)):
            raise QueryError(f"{_where(text, at)}: unexpected {text[at]!r}, or something that is not closed")
        if match.lastgroup != "space":
            found.append(_Token(str(match.lastgroup), match[0], at, match.end(), _where(text, at)))
        at = match.end()
    return [*found, _Token("end", "end of query", at, at, _where(text, at))]


def check_read_only(cypher: str) -> None:
    """Refuse any clause that does not merely read.

    Raises:
        QueryError: names line, column and word.
    """
    tokens = _tokens(cypher)
    if len(tokens) == 1:
        _wrong(tokens[0], "an empty query")
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


def _check_word(tokens: list[_Token], index: int, begins: bool, operand: bool) -> None:
    token, word = tokens[index], tokens[index].word
    if word in _WRITES:
        _wrong(token, f"{word} is not a reading clause (a name of that spelling needs backticks)")
    after_union = tokens[index - 1].word == "UNION" and word in ("ALL", "DISTINCT")
    if (begins and word not in _STARTS and not after_union) or (operand and word not in _WORDS):
        _wrong(token, f"{token.text} is not a reading clause")
    if word == "CALL":
        _check_call(tokens, index)


def _check_call(tokens: list[_Token], index: int) -> None:
    opening = index + 1
    if tokens[opening].text == "(":
        opening = next((at for at in range(opening, len(tokens)) if tokens[at].text == ")"), index) + 1
    if tokens[opening].text != "{":
        _wrong(tokens[index], "CALL of a procedure is not a reading clause")


def _opens_subquery(tokens: list[_Token], index: int) -> bool:
    if tokens[index - 1].text == ")":
        index = next(at for at in range(index - 1, -1, -1) if tokens[at].text == "(" or at == 0)
    return index > 0 and tokens[index - 1].word == "CALL"


def _check_sign(tokens: list[_Token], index: int) -> None:
    token = tokens[index]
    if index == 0 or (token.text == ";" and tokens[index + 1].kind != "end"):
        _wrong(token, "one query that begins with a reading clause, please")
    if token.text == "(" and index > 2 and tokens[index - 2].text == ".":
        root = index - 1
        while root > 1 and tokens[root - 1].text == ".":
            root -= 2
        if tokens[root].value.lower() not in _NAMESPACES:
            name = "".join(part.text for part in tokens[root:index])
            _wrong(tokens[root], f"the function {name} is not one of Cypher's own")


_Element = tuple[dict[str, str], Mapping[str, object]]  # what identifies a node or the ends of an edge, its properties


class _Term(NamedTuple):
    """An expression as kglite gets it; `kind` is what is known of its value, `tight` that it needs no parentheses."""

    text: str
    kind: str
    tight: bool = True

    @property
    def operand(self) -> str:
        return self.text if self.tight else f"({self.text})"


class _Item(NamedTuple):
    """One column: its name for the asker, its expression, its name for kglite."""

    name: str
    term: _Term
    alias: str


# Kinds: int, float, str, bool, list, node, rel, null; number (both), mixed; any (unknown); open (known when it runs).
_TEXT, _LIST = ("str", "null", "any", "open"), ("list", "null", "any", "open")
_NUMBER = ("int", "float", "number", "null", "open")
_FUNCTIONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "type": ("type", "str", ("rel",)),
    "labels": ("labels", "list", ("node",)),
    "tolower": ("toLower", "str", _TEXT),
    "toupper": ("toUpper", "str", _TEXT),
    "trim": ("trim", "str", _TEXT),
    "size": ("size", "int", (*_TEXT, "list")),
    "head": ("head", "any", _LIST),
    "last": ("last", "any", _LIST),
    "abs": ("abs", "", _NUMBER),
    "tostring": ("toString", "str", ("int", "str", "bool", "null", "open")),
}
_AGGREGATES = {
    "count": "int",
    "collect": "list",
    "sum": "",
    "avg": "float",
    "min": "",
    "max": "",
}  # "": as its argument
_COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}


@dataclass
class Compiled:
    """A query that passed the gate: kglite's text, the columns asked for, and where the parameters go."""

    text: str = ""
    columns: list[str] = field(default_factory=list)
    constants: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    counts: set[str] = field(default_factory=set)

    def bind(self, given: Mapping[str, object]) -> dict[str, object]:
        """The parameters as kglite gets them.

        Raises:
            QueryError: one is something that a property cannot be, or no row count where one is wanted.
        """
        bound: dict[str, object] = {alias: text for text, alias in self.constants.items()}
        for name, alias in self.params.items():
            value = given[name]
            bound[alias] = value = list(value) if isinstance(value, tuple) else value
            if name in self.counts and (type(value) is not int or value < 0):
                raise QueryError(f"${name} must be a whole number, not {value!r}")
            if not all(map(_is_scalar, value if isinstance(value, list) else [value])):
                raise QueryError(f"${name} cannot be {value!r}: text, number, true, false, null or a list of them")
        return bound


class _Known(NamedTuple):
    """What a query can be checked against: the kinds of the graph's properties, the parameters given."""

    kinds: Mapping[str, str]
    params: Mapping[str, object]


def _kind(value: object) -> str:
    names = {bool: "bool", int: "int", float: "float", str: "str", list: "list", tuple: "list", type(None): "null"}
    return names.get(type(value), "mixed")


def _join(kinds: Iterable[str]) -> str:
    """The kind of a value that is of one of these; kglite tells 1 from 1.0 in groups, so that pair is told apart."""
    found = set(kinds)
    found = found - {"null"} or found
    if len(found) < 2:
        return found.pop() if found else "null"
    if found <= {"int", "float", "number"}:
        return "number"
    return next((kind for kind in ("open", "any") if kind in found), "mixed")


def _is_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return value is None or isinstance(value, str)


class _Gate:
    """Reads a query by recursive descent and writes it anew for kglite."""

    def __init__(self, text: str, known: _Known | None) -> None:
        self._text, self._tokens, self._at = text, _tokens(text), 0
        self._known = known
        self._scope: dict[str, _Term] = {}
        self._reads: set[str] = set()
        self._earlier: dict[str, _Term] = {}
        self._conditions: list[str] = []
        self._lifted: dict[str, str] = {}
        self._fresh = 0
        self.compiled = Compiled()

    # words

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _next(self) -> _Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, *words: str) -> bool:
        """Step over these words if they come next."""
        found = [token.word for token in self._tokens[self._at : self._at + len(words)]] == list(words)
        self._at += len(words) if found else 0
        return found

    def _expect(self, *words: str) -> None:
        if not self._take(*words):
            _refuse(self._token, f"{self._token.text!r} where {' '.join(words)} was expected")

    def _name(self) -> str:
        if self._token.kind not in ("name", "quoted"):
            _refuse(self._token, f"{self._token.text!r} where a name was expected")
        return self._next().value

    def _many(self, part: Callable[[], Any], by: str = ",") -> list[Any]:
        found = [part()]
        while self._take(by):
            found.append(part())
        return found

    def _new(self, letter: str = "v") -> str:
        self._fresh += 1
        return f"{letter}{self._fresh}"

    # clauses

    def run(self) -> Compiled:
        """Read the whole query."""
        clauses: list[str] = []
        while not self._take("RETURN"):
            clauses += self._clause()
        clauses.append("RETURN " + self._projection(last=True))
        self._take(";")
        if self._token.kind != "end":
            _refuse(self._token, f"{self._token.text!r} after RETURN")
        self.compiled.text = "\n".join(clauses)
        return self.compiled

    def _clause(self) -> list[str]:
        if self._take("MATCH"):
            return self._match("MATCH")
        if self._take("OPTIONAL", "MATCH"):
            return self._match("OPTIONAL MATCH")
        if self._take("WITH"):
            return ["WITH " + self._projection(last=False)]
        _refuse(self._token, f"{self._token.text!r} where a clause (MATCH, OPTIONAL MATCH, WITH, RETURN) was expected")

    def _match(self, clause: str) -> list[str]:
        """A MATCH, after a WITH that makes columns of the properties it compares with: so an index can serve."""
        self._earlier, self._conditions, self._lifted = dict(self._scope), [], {}
        patterns = ", ".join(self._many(self._pattern))
        if self._take("WHERE"):
            self._conditions.append(self._condition().operand)
        where = " WHERE " + " AND ".join(self._conditions) if self._conditions else ""
        kept = [term.text for term in self._earlier.values()] + [f"{text} AS {it}" for text, it in self._lifted.items()]
        self._earlier = {}
        return [*([f"WITH {', '.join(kept)}"] if self._lifted else []), f"{clause} {patterns}{where}"]

    def _pattern(self) -> str:
        text = self._node()
        while self._token.text in ("<", "-"):
            text += self._relationship() + self._node()
        return text

    def _node(self) -> str:
        self._expect("(")
        variable, labels = self._variable("node"), ""
        while self._take(":"):
            labels += f":{_quote(self._name())}"
        variable = self._map(variable)
        self._expect(")")
        return f"({variable}{labels})"

    def _variable(self, kind: str) -> str:
        """The fresh name of the variable that comes next, none for none."""
        token = self._token
        if token.kind not in ("name", "quoted"):
            return ""
        name = self._name()
        if name not in self._scope:
            self._scope[name] = _Term(self._new(), kind)
        elif kind == "rel" or self._scope[name].kind != kind:
            _refuse(token, f"the name {name!r}, used before, for a {'node' if kind == 'node' else 'relationship'}")
        return self._scope[name].text

    def _map(self, variable: str) -> str:
        if self._take("{"):
            variable = variable or self._new()
            self._many(lambda: self._entry(variable))
            self._expect("}")
        return variable

    def _entry(self, variable: str) -> None:
        """Turn `key: value` into a condition."""
        key = self._name()
        self._expect(":")
        scope, self._scope = self._scope, self._earlier
        value = self._plain(self._token, self._expression())
        self._scope = scope
        self._conditions.append(f"{variable}.{_property(key)} = {value.operand}")

    def _relationship(self) -> str:
        left = "<-" if self._take("<") else "-"
        self._expect("-")
        inner = ""
        if self._take("["):
            inner = f"[{self._details()}]"
        token = self._token
        self._expect("-")
        right = "->" if self._take(">") else "-"
        if (left, right) == ("<-", "->"):
            _refuse(token, "a relationship with two heads")
        return left + inner + right

    def _details(self) -> str:
        start, types, length = self._token, "", ""
        variable = self._variable("rel")
        if self._take(":"):
            types = ":" + "|".join(self._many(lambda: _quote(self._name()), "|"))
        if self._take("*"):
            length = self._length(start, bool(variable))
        if self._token.text == "{" and length:
            _refuse(self._token, "a property map on a path of variable length")
        variable = self._map(variable)
        self._expect("]")
        return variable + types + length

    def _length(self, start: _Token, named: bool) -> str:
        if named:
            _refuse(start, "a name for the relationships of a path of variable length")
        if self._token.text == "]":
            _refuse(start, "a path of unbounded length (write *1..5)")
        low = high = self._whole() if self._token.kind == "number" else 1
        if self._take(".."):
            high = self._whole()
        if high < low:
            _wrong(start, f"*{low}..{high} is empty")
        return f"*{low}..{high}"

    def _whole(self) -> int:
        if not re.fullmatch(r"0|[1-9]\d{0,17}", self._token.text):
            _refuse(self._token, f"{self._token.text!r} where a whole number (as a bound) was expected")
        return int(self._next().text)

    def _projection(self, last: bool) -> str:
        distinct = self._take("DISTINCT")
        items: list[_Item] = self._many(lambda: self._item(last))
        before, after = self._scope, {item.name: _Term(item.alias, item.term.kind) for item in items}
        if len(after) < len(items):
            _wrong(self._token, "two columns have one name")
        grouped = distinct or any(item.term.kind.startswith("agg ") for item in items)
        if grouped:
            self._check_groups(items)
        after = {name: term._replace(kind=term.kind.removeprefix("agg ")) for name, term in after.items()}
        text = "DISTINCT " if distinct else ""
        text += ", ".join(f"{i.term.text} AS {i.alias}" if i.term.text != i.alias else i.alias for i in items)
        if self._take("ORDER", "BY"):
            self._scope = before | after
            order: list[str] = self._many(lambda: self._order(items, grouped))
            text += " ORDER BY " + ", ".join(order)
        self._scope = after
        text += self._bound("SKIP") + self._bound("LIMIT")
        if not last and self._take("WHERE"):
            text += f" WHERE {self._condition().text}"
        self.compiled.columns = [item.name for item in items]
        return text

    def _check_groups(self, items: list[_Item]) -> None:
        for item in items:
            if item.term.kind in ("number", "mixed"):
                _refuse(self._token, f"grouping by {item.name!r}, which is not of one kind,")

    def _item(self, last: bool) -> _Item:
        start, at = self._token, self._at
        term = self._value()
        name = self._text[start.start : self._tokens[self._at - 1].end] if self._at > at + 1 else start.value
        if last and term.kind in ("node", "rel"):
            _refuse(start, f"the whole node or relationship {name!r} in RETURN (name its properties)")
        if self._take("AS"):
            name = self._name()
        elif not last and self._at == at + 1 and start.value in self._scope:
            return _Item(name, term, term.text)
        elif not last:
            _wrong(start, f"{name!r} in WITH needs a name: AS ...")
        return _Item(name, term, self._new())

    def _order(self, items: list[_Item], grouped: bool) -> str:
        self._reads, start = set(), self._token
        term = self._value()
        columns = {item.term.text: _Term(item.alias, item.term.kind.removeprefix("agg ")) for item in items}
        aliases = {item.alias for item in items}
        term = self._plain(start, columns.get(term.text, term))
        if grouped and term.text not in aliases and self._reads - aliases:
            _refuse(start, "ORDER BY something else than a column, after DISTINCT or an aggregate")
        down = self._take("DESC") or self._take("DESCENDING")
        if not down:
            self._take("ASC") or self._take("ASCENDING")
        return term.operand + (" DESC" if down else "")

    def _bound(self, word: str) -> str:
        if not self._take(word):
            return ""
        if self._token.kind != "param":
            return f" {word} {self._whole()}"
        self.compiled.counts.add(self._token.value)
        return f" {word} {self._atom().text}"

    # expressions

    def _plain(self, token: _Token, term: _Term) -> _Term:
        """The term, if it is a value and no node, relationship or aggregate."""
        if term.kind in ("node", "rel") or term.kind.startswith("agg "):
            _refuse(token, f"a node, relationship or aggregate ({token.text!r}) where a plain value is expected")
        return term

    def _condition(self) -> _Term:
        return self._boolean(self._token, self._expression())

    def _boolean(self, token: _Token, term: _Term) -> _Term:
        if term.kind not in ("bool", "null"):
            _refuse(token, f"{token.text!r}, not plainly true or false, as a condition (compare: ... = true)")
        return term

    def _value(self) -> _Term:
        """An aggregate or an expression: what may stand as a column."""
        name = self._token.text.lower()
        if name not in _AGGREGATES or self._tokens[self._at + 1].text != "(":
            return self._expression()
        self._at += 2
        if name == "count" and self._take("*", ")"):
            return _Term("count(*)", "agg int")
        distinct, token = "DISTINCT " if self._take("DISTINCT") else "", self._token
        term = self._expression()
        if name != "count":
            self._plain(token, term)
        if (name in ("sum", "avg") and term.kind not in _NUMBER) or (distinct and term.kind in ("number", "mixed")):
            _refuse(token, f"{name}({distinct}...) of {term.kind}")
        self._expect(")")
        return _Term(f"{name}({distinct}{term.text})", f"agg {_AGGREGATES[name] or term.kind}")

    def _expression(self) -> _Term:
        return self._logic(("OR", "XOR", "AND"))

    def _logic(self, words: tuple[str, ...]) -> _Term:
        if not words:
            return self._not()
        token, term = self._token, self._logic(words[1:])
        while self._take(words[0]):
            right = self._boolean(self._token, self._logic(words[1:]))
            term = _Term(f"{self._boolean(token, term).operand} {words[0]} {right.operand}", "bool", False)
        return term

    def _not(self) -> _Term:
        if self._take("NOT"):
            return _Term(f"NOT ({self._boolean(self._token, self._not()).text})", "bool", False)
        return self._comparison()

    def _comparison(self) -> _Term:
        token, left = self._token, self._predicate()
        if (sign := self._token.text) not in _COMPARISONS or self._token.kind != "op":
            return left
        self._next()
        right = self._predicate()
        if self._token.text in _COMPARISONS and self._token.kind == "op":
            _refuse(self._token, "a chain of comparisons")
        if sign not in ("=", "<>") or left.kind != right.kind:
            self._plain(token, left), self._plain(token, right)
        if sign not in ("=", "<>") and "list" in (left.kind, right.kind):
            _refuse(token, f"a list beside {sign}")
        return _Term(f"{left.operand} {sign} {right.operand}", "bool", False)

    def _predicate(self) -> _Term:
        token, left = self._token, self._sum()
        if self._take("IS"):
            words = "IS NOT NULL" if self._take("NOT") else "IS NULL"
            self._expect("NULL")
            return _Term(f"{left.operand} {words}", "bool", False)
        for word in ("IN", "STARTS WITH", "ENDS WITH", "CONTAINS"):
            if self._take(*word.split()):
                right = self._plain(self._token, self._sum())
                if right.kind not in (_LIST if word == "IN" else _TEXT):
                    _wrong(token, f"{word} cannot be asked of {right.kind}")
                return _Term(f"{self._plain(token, left).operand} {word} {right.operand}", "bool", False)
        return left

    def _sum(self) -> _Term:
        return self._arithmetic(("+", "-"), lambda: self._arithmetic(("*", "/", "%"), self._unary))

    def _arithmetic(self, signs: tuple[str, ...], part: Callable[[], _Term]) -> _Term:
        token, term = self._token, part()
        while (sign := self._token.text) in signs and self._token.kind == "op":
            self._next()
            if sign in "/%" and not (self._token.kind == "number" and float(self._token.text)):
                _refuse(self._token, f"{sign} by something else than a number that is not zero")
            right = self._plain(self._token, part())
            kinds = {self._plain(token, term).kind, right.kind}
            if not kinds <= {*_NUMBER} and not (sign == "+" and kinds <= {"str", "null", "open"}):
                _refuse(token, f"{sign} between {' and '.join(sorted(kinds))}")
            kind = "float" if "float" in kinds and kinds <= {"int", "float", "number"} else _join(kinds)
            term = _Term(f"{term.operand} {sign} {right.operand}", kind, False)
        return term

    def _unary(self) -> _Term:
        token = self._token
        if not self._take("-"):
            return self._atom()
        term = self._unary()
        if term.kind not in ("int", "float") or not term.text[0].isdigit():
            _refuse(token, "a minus before something else than a number")
        return _Term(f"-{term.text}", term.kind, False)

    def _atom(self) -> _Term:
        token = self._next()
        if token.kind == "string":
            return _Term("$" + self.compiled.constants.setdefault(token.value, self._new("s")), "str")
        if token.kind == "param":
            return self._parameter(token)
        if token.kind == "number":
            return self._number(token)
        if token.text == "(" and token.kind == "op":
            term = self._expression()
            self._expect(")")
            return term
        if token.text == "[":
            items = [] if self._token.text == "]" else self._many(lambda: self._plain(self._token, self._expression()))
            self._expect("]")
            return _Term(f"[{', '.join(item.text for item in items)}]", "list")
        if token.kind in ("name", "quoted"):
            return self._named(token)
        _refuse(token, f"{token.text!r} where a value was expected")

    def _parameter(self, token: _Token) -> _Term:
        name, kind = token.value, "open"
        if self._known:
            if name not in self._known.params:
                _wrong(token, f"missing parameter ${name}")
            kind = _kind(self._known.params[name])
        return _Term("$" + self.compiled.params.setdefault(name, self._new("p")), kind)

    def _number(self, token: _Token) -> _Term:
        whole = token.text.isdigit()
        if (whole and int(token.text) >= 2**63) or re.match(r"0\d", token.text) or not math.isfinite(float(token.text)):
            _refuse(token, f"the number {token.text}")
        return _Term(token.text if whole else repr(float(token.text)), "int" if whole else "float")

    def _named(self, token: _Token) -> _Term:
        """A literal, CASE, a function or a variable, perhaps with a property."""
        if self._token.text == "(" and token.value not in self._scope:
            return self._function(token)
        if token.value not in self._scope and token.word in ("TRUE", "FALSE", "NULL"):
            return _Term(token.text.lower(), "null" if token.word == "NULL" else "bool")
        if token.value not in self._scope and token.word == "CASE":
            return self._case()
        if token.value not in self._scope:
            _wrong(token, f"unknown variable {token.text!r}; known: {', '.join(sorted(self._scope)) or 'none'}")
        term = self._scope[token.value]
        self._reads.add(term.text)
        if self._token.text in ("[", "{") or (self._token.text == "." and term.kind not in ("node", "rel")):
            _refuse(self._token, f"{self._token.text!r} after {token.text!r}")
        if not self._take("."):
            return term
        name = self._name()
        found = _Term(f"{term.text}.{_property(name)}", self._known.kinds.get(name, "null") if self._known else "open")
        if self._token.text in (".", "[", "("):
            _refuse(self._token, f"{self._token.text!r} after a property")
        if term in self._earlier.values():
            return _Term(self._lifted.setdefault(found.text, self._new()), found.kind)
        return found

    def _function(self, token: _Token) -> _Term:
        name = token.text.lower()
        if name in _AGGREGATES:
            _refuse(token, f"the aggregate {token.text} inside an expression (name it in WITH first)")
        if name not in _FUNCTIONS and name != "coalesce":
            _refuse(token, f"the function {token.text}")
        self._expect("(")
        start = self._token
        terms: list[_Term] = self._many(self._expression)
        self._expect(")")
        arguments = ", ".join(term.text for term in terms)
        if name == "coalesce":
            return _Term(f"coalesce({arguments})", self._blend(start, terms))
        known, kind, wanted = _FUNCTIONS[name]
        if len(terms) != 1 or terms[0].kind not in wanted:
            _refuse(token, f"{token.text} of {', '.join(term.kind for term in terms)}")
        return _Term(f"{known}({arguments})", kind or terms[0].kind)

    def _case(self) -> _Term:
        start = self._token
        subject = None if self._token.word == "WHEN" else self._plain(start, self._expression())
        text, results = "CASE" + (f" {subject.operand}" if subject else ""), []
        while self._take("WHEN"):
            when = self._plain(self._token, self._expression()) if subject else self._condition()
            self._expect("THEN")
            results.append(self._plain(start, self._expression()))
            text += f" WHEN {when.text} THEN {results[-1].text}"
        if self._take("ELSE"):
            results.append(self._plain(start, self._expression()))
            text += f" ELSE {results[-1].text}"
        self._expect("END")
        return _Term(text + " END", self._blend(start, results))

    def _blend(self, token: _Token, terms: list[_Term]) -> str:
        """What is known of a value that is one of these."""
        return _join(self._plain(token, term).kind for term in terms)


def _quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _property(name: str) -> str:
    return _quote(f"p_{name}")


def _compile(cypher: str, known: _Known | None = None) -> Compiled:
    check_read_only(cypher)
    return _Gate(cypher, known).run()


def check(cypher: str) -> None:
    """Refuse what the embedded store does not surely answer as a Neo4j server would.

    Raises:
        QueryError: names line, column, the construct, and the remedy.

    Example:
        >>> check("MATCH (r:Regulator)-[s:SANCTIONS]->(f:Firm) RETURN f.name, count(s)")
    """
    _compile(cypher)


class CypherEngine:
    """Answers Cypher about a networkx graph as it was when the engine was made."""

    def __init__(self, graph: "nx.MultiDiGraph[str]") -> None:
        import kglite

        kglite.set_query_warning_policy("silent")
        self._copy = kglite.KnowledgeGraph()
        self._passes_off = [name for name in kglite.cypher_pass_names() if name not in PASSES]
        self._errors = (kglite.KgError, ValueError, TypeError, OverflowError, RuntimeError)
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._add_nodes(graph)
        self._add_edges(graph)
        self._kinds = {name: _join(kinds) for name, kinds in self._seen.items()}

    def _add_nodes(self, graph: "nx.MultiDiGraph[str]") -> None:
        grouped: dict[tuple[str, ...], list[_Element]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        for key, values in graph.nodes(data=True):
            if not values.get("labels"):
                raise QueryError(f"node {key!r} has no label")
            grouped[tuple(values["labels"])].append(({"id": key}, values))
            names[values["labels"][0]].update(values.keys() - {"labels"})
        for labels, nodes in grouped.items():
            made = "".join(f":{_quote(label)}" for label in labels)
            self._write(nodes, names[labels[0]], ["id"], f"CREATE ({made}", ")")
        for label, name in product(names, INDEXED):
            self._copy.create_index(label, f"p_{name}")

    def _add_edges(self, graph: "nx.MultiDiGraph[str]") -> None:
        first = {key: values["labels"][0] for key, values in graph.nodes(data=True)}
        grouped: dict[tuple[str, str, str], list[_Element]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        for subject, obj, values in graph.edges(data=True):
            ends = {"subject": subject, "object": obj}
            grouped[values["type"], first[subject], first[obj]].append((ends, values))
            names[values["type"]].update(values.keys() - {"type"})
        for (kind, one, other), edges in grouped.items():
            found = f"MATCH (a:{_quote(one)} {{id: row.subject}}) MATCH (b:{_quote(other)} {{id: row.object}})"
            self._write(edges, names[kind], [], f"{found} CREATE (a)-[:{_quote(kind)}", "]->(b)")

    def _write(self, elements: list[_Element], names: set[str], keys: list[str], before: str, after: str) -> None:
        """Create nodes or edges by a map that is spelled out: twice as quick as `SET n = row`.

        Args:
            names: the properties of all elements of the type: kglite refuses one that comes up later.
        """
        pairs = ", ".join(f"{_quote(key)}: row.{_quote(key)}" for key in keys + [f"p_{name}" for name in sorted(names)])
        for start in range(0, len(elements), BATCH):
            rows = [own | self._properties(values, names) for own, values in elements[start : start + BATCH]]
            self._copy.cypher(f"UNWIND $rows AS row {before} {{{pairs}}}{after}", params={"rows": rows})

    def _properties(self, values: Mapping[str, object], names: set[str]) -> dict[str, object]:
        found = {}
        for name in names:
            value = values.get(name)
            if value is not None:
                self._seen[name].add(_kind(value))
                found[f"p_{name}"] = value
        return found

    def run(
        self, cypher: str, params: Mapping[str, object] = {}, *, limit: int | None = None, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[object, ...]]]:
        """The columns and rows that answer a query.

        Args:
            limit: rows at most.
            timeout: seconds at most.

        Raises:
            QueryError: the gate refuses the query, a parameter is missing, or the time is over.
        """
        query = _compile(cypher, _Known(self._kinds, params))
        bound = query.bind(params)
        within = None if timeout is None else max(1, round(timeout * 1000))
        try:
            result: Any = self._copy.cypher(
                query.text, params=bound, row_limit=limit, timeout_ms=within, disabled_passes=self._passes_off
            )
            return query.columns, [tuple(row.values()) for row in result.to_list()]
        except self._errors as error:
            raise QueryError(str(error).splitlines()[0]) from error
