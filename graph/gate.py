"""The gate of the embedded store: what it lets through, kglite answers as Neo4j would.

It reads a query as Neo4j would, refuses by name whatever is not known to be answered alike, and writes the rest anew in
the few forms that kglite was found to answer rightly: every name gets a fresh one (no clash with a keyword, no
shadowing), every property the prefix `p_` (kglite invents `title` and `type`), every property map becomes a condition
(kglite reads `{fact: s.id}` as null where `s` is a relationship).
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from graph.clause import REMEDY, Token, check_read_only, refuse, tokens_of, wrong
from graph.errors import QueryError


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


class Known(NamedTuple):
    """What a query can be checked against: the kinds of the graph's properties, the parameters given."""

    kinds: Mapping[str, str]
    params: Mapping[str, object]


def kind_of(value: object) -> str:
    names = {bool: "bool", int: "int", float: "float", str: "str", list: "list", tuple: "list", type(None): "null"}
    return names.get(type(value), "mixed")


def join_kinds(kinds: Iterable[str]) -> str:
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


class Gate:
    """Reads a query by recursive descent and writes it anew for kglite."""

    def __init__(self, text: str, known: Known | None) -> None:
        self._text, self._tokens, self._at = text, tokens_of(text), 0
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
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _next(self) -> Token:
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, *words: str) -> bool:
        """Step over these words if they come next."""
        found = [token.word for token in self._tokens[self._at : self._at + len(words)]] == list(words)
        self._at += len(words) if found else 0
        return found

    def _expect(self, *words: str) -> None:
        if not self._take(*words):
            refuse(self._token, f"{self._token.text!r} where {' '.join(words)} was expected")

    def _name(self) -> str:
        if self._token.kind not in ("name", "quoted"):
            refuse(self._token, f"{self._token.text!r} where a name was expected")
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
            refuse(self._token, f"{self._token.text!r} after RETURN")
        self.compiled.text = "\n".join(clauses)
        return self.compiled

    def _clause(self) -> list[str]:
        if self._take("MATCH"):
            return self._match("MATCH")
        if self._take("OPTIONAL", "MATCH"):
            return self._match("OPTIONAL MATCH")
        if self._take("WITH"):
            return ["WITH " + self._projection(last=False)]
        return refuse(
            self._token, f"{self._token.text!r} where a clause (MATCH, OPTIONAL MATCH, WITH, RETURN) was expected"
        )

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
            labels += f":{quote(self._name())}"
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
            refuse(token, f"the name {name!r}, used before, for a {'node' if kind == 'node' else 'relationship'}")
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
        self._conditions.append(f"{variable}.{property_name(key)} = {value.operand}")

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
            refuse(token, "a relationship with two heads")
        return left + inner + right

    def _details(self) -> str:
        start, types, length = self._token, "", ""
        variable = self._variable("rel")
        if self._take(":"):
            types = ":" + "|".join(self._many(lambda: quote(self._name()), "|"))
        if self._take("*"):
            length = self._length(start, bool(variable))
        if self._token.text == "{" and length:
            refuse(self._token, "a property map on a path of variable length")
        variable = self._map(variable)
        self._expect("]")
        return variable + types + length

    def _length(self, start: Token, named: bool) -> str:
        if named:
            refuse(start, "a name for the relationships of a path of variable length")
        if self._token.text == "]":
            refuse(start, "a path of unbounded length (write *1..5)")
        low = high = self._whole() if self._token.kind == "number" else 1
        if self._take(".."):
            high = self._whole()
        if high < low:
            wrong(start, f"*{low}..{high} is empty")
        return f"*{low}..{high}"

    def _whole(self) -> int:
        if not re.fullmatch(r"0|[1-9]\d{0,17}", self._token.text):
            refuse(self._token, f"{self._token.text!r} where a whole number (as a bound) was expected")
        return int(self._next().text)

    def _projection(self, last: bool) -> str:
        distinct = self._take("DISTINCT")
        items: list[_Item] = self._many(lambda: self._item(last))
        before, after = self._scope, {item.name: _Term(item.alias, item.term.kind) for item in items}
        if len(after) < len(items):
            wrong(self._token, "two columns have one name")
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
                refuse(self._token, f"grouping by {item.name!r}, which is not of one kind,")

    def _item(self, last: bool) -> _Item:
        start, at = self._token, self._at
        term = self._value()
        name = self._text[start.start : self._tokens[self._at - 1].end] if self._at > at + 1 else start.value
        if last and term.kind in ("node", "rel"):
            refuse(start, f"the whole node or relationship {name!r} in RETURN (name its properties)")
        if self._take("AS"):
            name = self._name()
        elif not last and self._at == at + 1 and start.value in self._scope:
            return _Item(name, term, term.text)
        elif not last:
            wrong(start, f"{name!r} in WITH needs a name: AS ...")
        return _Item(name, term, self._new())

    def _order(self, items: list[_Item], grouped: bool) -> str:
        self._reads, start = set(), self._token
        term = self._value()
        columns = {item.term.text: _Term(item.alias, item.term.kind.removeprefix("agg ")) for item in items}
        aliases = {item.alias for item in items}
        term = self._plain(start, columns.get(term.text, term))
        if grouped and term.text not in aliases and self._reads - aliases:
            refuse(start, "ORDER BY something else than a column, after DISTINCT or an aggregate")
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

    def _plain(self, token: Token, term: _Term) -> _Term:
        """The term, if it is a value and no node, relationship or aggregate."""
        if term.kind in ("node", "rel") or term.kind.startswith("agg "):
            refuse(token, f"a node, relationship or aggregate ({token.text!r}) where a plain value is expected")
        return term

    def _condition(self) -> _Term:
        return self._boolean(self._token, self._expression())

    def _boolean(self, token: Token, term: _Term) -> _Term:
        if term.kind not in ("bool", "null"):
            refuse(token, f"{token.text!r}, not plainly true or false, as a condition (compare: ... = true)")
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
            refuse(token, f"{name}({distinct}...) of {term.kind}")
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
            refuse(self._token, "a chain of comparisons")
        if sign not in ("=", "<>") or left.kind != right.kind:
            self._plain(token, left), self._plain(token, right)
        if sign not in ("=", "<>") and "list" in (left.kind, right.kind):
            refuse(token, f"a list beside {sign}")
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
                    wrong(token, f"{word} cannot be asked of {right.kind}")
                return _Term(f"{self._plain(token, left).operand} {word} {right.operand}", "bool", False)
        return left

    def _sum(self) -> _Term:
        return self._arithmetic(("+", "-"), lambda: self._arithmetic(("*", "/", "%"), self._unary))

    def _arithmetic(self, signs: tuple[str, ...], part: Callable[[], _Term]) -> _Term:
        token, term = self._token, part()
        while (sign := self._token.text) in signs and self._token.kind == "op":
            self._next()
            if sign in "/%" and not (self._token.kind == "number" and float(self._token.text)):
                refuse(self._token, f"{sign} by something else than a number that is not zero")
            right = self._plain(self._token, part())
            kinds = {self._plain(token, term).kind, right.kind}
            if not kinds <= {*_NUMBER} and not (sign == "+" and kinds <= {"str", "null", "open"}):
                refuse(token, f"{sign} between {' and '.join(sorted(kinds))}")
            kind = "float" if "float" in kinds and kinds <= {"int", "float", "number"} else join_kinds(kinds)
            term = _Term(f"{term.operand} {sign} {right.operand}", kind, False)
        return term

    def _unary(self) -> _Term:
        token = self._token
        if not self._take("-"):
            return self._atom()
        term = self._unary()
        if term.kind not in ("int", "float") or not term.text[0].isdigit():
            refuse(token, "a minus before something else than a number")
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
        return refuse(token, f"{token.text!r} where a value was expected")

    def _parameter(self, token: Token) -> _Term:
        name, kind = token.value, "open"
        if self._known:
            if name not in self._known.params:
                wrong(token, f"missing parameter ${name}")
            kind = kind_of(self._known.params[name])
        return _Term("$" + self.compiled.params.setdefault(name, self._new("p")), kind)

    def _number(self, token: Token) -> _Term:
        whole = token.text.isdigit()
        if (whole and int(token.text) >= 2**63) or re.match(r"0\d", token.text) or not math.isfinite(float(token.text)):
            refuse(token, f"the number {token.text}")
        return _Term(token.text if whole else repr(float(token.text)), "int" if whole else "float")

    def _named(self, token: Token) -> _Term:
        """A literal, CASE, a function or a variable, perhaps with a property."""
        if self._token.text == "(" and token.value not in self._scope:
            return self._function(token)
        if token.value not in self._scope and token.word in ("TRUE", "FALSE", "NULL"):
            return _Term(token.text.lower(), "null" if token.word == "NULL" else "bool")
        if token.value not in self._scope and token.word == "CASE":
            return self._case()
        if token.value not in self._scope:
            wrong(token, f"unknown variable {token.text!r}; known: {', '.join(sorted(self._scope)) or 'none'}")
        term = self._scope[token.value]
        self._reads.add(term.text)
        if self._token.text in ("[", "{") or (self._token.text == "." and term.kind not in ("node", "rel")):
            refuse(self._token, f"{self._token.text!r} after {token.text!r}")
        if not self._take("."):
            return term
        name = self._name()
        found = _Term(
            f"{term.text}.{property_name(name)}", self._known.kinds.get(name, "null") if self._known else "open"
        )
        if self._token.text in (".", "[", "("):
            refuse(self._token, f"{self._token.text!r} after a property")
        if term in self._earlier.values():
            return _Term(self._lifted.setdefault(found.text, self._new()), found.kind)
        return found

    def _function(self, token: Token) -> _Term:
        name = token.text.lower()
        if name in _AGGREGATES:
            refuse(token, f"the aggregate {token.text} inside an expression (name it in WITH first)")
        if name not in _FUNCTIONS and name != "coalesce":
            refuse(token, f"the function {token.text}")
        self._expect("(")
        start = self._token
        terms: list[_Term] = self._many(self._expression)
        self._expect(")")
        arguments = ", ".join(term.text for term in terms)
        if name == "coalesce":
            return _Term(f"coalesce({arguments})", self._blend(start, terms))
        known, kind, wanted = _FUNCTIONS[name]
        if len(terms) != 1 or terms[0].kind not in wanted:
            refuse(token, f"{token.text} of {', '.join(term.kind for term in terms)}")
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

    def _blend(self, token: Token, terms: list[_Term]) -> str:
        """What is known of a value that is one of these."""
        return join_kinds(self._plain(token, term).kind for term in terms)


def quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def property_name(name: str) -> str:
    return quote(f"p_{name}")


def compiled(cypher: str, known: Known | None = None) -> Compiled:
    check_read_only(cypher)
    try:
        return Gate(cypher, known).run()
    except RecursionError:
        raise QueryError(f"a query nested this deeply is not answered by the embedded store; {REMEDY}") from None


def check(cypher: str) -> None:
    """Refuse what the embedded store does not surely answer as a Neo4j server would.

    Raises:
        QueryError: names line, column, the construct, and the remedy.

    Example:
        >>> check("MATCH (r:Regulator)-[s:SANCTIONS]->(f:Firm) RETURN f.name, count(s)")
    """
    compiled(cypher)
