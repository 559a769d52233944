"""What is known of the value of an expression before it is computed; what is wrong with it is told."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from graph.clause import Token, refuse, wrong
from graph.cypher import tree
from graph.cypher.evaluator import IDENTITY
from graph.cypher.function import FUNCTIONS
from graph.cypher.tree import Expression

Scope = dict[str, str]
"""Names in sight, with what is known of them: a kind of `graph.cypher.function`, `number`, or `any`."""

_NUMBER = {"int", "float", "number"}
_ELSEWHERE = {"point", "point.distance", "time", "localtime", "id", "elementid", "normalize", "vector", "file"}
_ELSEWHERE |= {"linenumber", "datetime.fromepoch", "datetime.fromepochmillis"}
_ELSEWHERE |= {f"{kind}.{part}" for kind in ("time", "localtime") for part in ("truncate", "realtime", "statement")}


class Kinds(ABC):
    """Goes through expressions with the names that are in sight; patterns and queries are gone through by the gate."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._scope: Scope = {}
        self._outer: frozenset[str] = frozenset()
        self._aggregating = False

    @abstractmethod
    def _patterns(self, parts: tuple[tree.Part, ...], *, new: bool = True) -> None: ...

    @abstractmethod
    def _query(self, query: tree.Query) -> Scope: ...

    @contextmanager
    def _within(self, scope: Scope, outer: Iterable[str] | None = None) -> Iterator[None]:
        """Names of their own, in which nothing is aggregated."""
        before = self._scope, self._outer, self._aggregating
        self._scope, self._aggregating = scope, False
        self._outer = self._outer if outer is None else frozenset(outer)
        try:
            yield
        finally:
            self._scope, self._outer, self._aggregating = before

    def _condition(self, expression: Expression) -> None:
        self._expect(expression, {"bool"}, "a condition")

    def _expect(self, expression: Expression, kinds: set[str], what: str) -> str:
        """Check an expression whose value must be of one of these kinds, as far as it is known."""
        if isinstance(expression, tree.PatternExists) and "bool" in kinds:
            return self._exists(expression)
        kind = self._kind(expression)
        self._fit(kind, expression, kinds, what)
        return kind

    def _fit(self, kind: str, expression: Expression, kinds: set[str], what: str) -> None:
        if not (kind == "any" or kind in kinds or (kind == "number" and kinds & _NUMBER)):
            wrong(expression.token, f"type mismatch: {what} needs {' or '.join(sorted(kinds))}, but this is {kind}")

    def _kind(self, expression: Expression) -> str:
        """Check an expression. Returns what is known of its value."""
        return str(getattr(self, f"_{type(expression).__name__.lower()}")(expression))

    def _unknown(self, token: Token, name: str) -> None:
        wrong(token, f"unknown variable {name!r}; known: {', '.join(sorted(self._scope)) or 'none'}")

    def _literal(self, found: tree.Literal) -> str:
        return {"string": "str", "null": "any"}.get(found.kind, found.kind)

    def _parameter(self, found: tree.Parameter) -> str:
        return self._given.get(found.name, "any")

    def _variable(self, found: tree.Variable) -> str:
        if found.name not in self._scope:
            self._unknown(found.token, found.name)
        return self._scope[found.name]

    def _property(self, found: tree.Property) -> str:
        self._expect(found.subject, {"node", "rel", "map", "temporal", "duration"}, f".{found.name}")
        return "any"

    def _index(self, found: tree.Index) -> str:
        kind = self._expect(found.subject, {"list", "map", "node", "rel"}, "[…]")
        self._expect(found.key, {"int"} if kind == "list" else {"int", "str"} if kind == "any" else {"str"}, "[…]")
        return "any"

    def _slice(self, found: tree.Slice) -> str:
        self._expect(found.subject, {"list"}, "[…]")
        for bound in (found.low, found.high):
            if bound:
                self._expect(bound, {"int"}, "[…]")
        return "list"

    def _listof(self, found: tree.ListOf) -> str:
        for item in found.items:
            self._kind(item)
        return "list"

    def _mapof(self, found: tree.MapOf) -> str:
        for _, value in found.pairs:
            self._kind(value)
        return "map"

    def _mapprojection(self, found: tree.MapProjection) -> str:
        self._expect(found.subject, {"node", "rel", "map"}, "a map projection")
        for _, value in found.items:
            if value:
                self._kind(value)
        return "map"

    def _unary(self, found: tree.Unary) -> str:
        if found.operator == "NOT":
            self._expect(found.operand, {"bool"}, "NOT")
            return "bool"
        return self._expect(found.operand, _NUMBER, found.operator)

    def _binary(self, found: tree.Binary) -> str:
        sign = found.operator
        if sign in ("AND", "OR", "XOR"):
            self._expect(found.left, {"bool"}, sign)
            self._expect(found.right, {"bool"}, sign)
            return "bool"
        if sign in ("STARTS", "ENDS", "CONTAINS"):
            self._kind(found.left)
            self._kind(found.right)
            return "bool"
        if sign == "=~":
            self._expect(found.left, {"str"}, sign)
            self._expect(found.right, {"str"}, sign)
            return "bool"
        if sign == "IN":
            self._kind(found.left)
            self._expect(found.right, {"list"}, sign)
            return "bool"
        return self._sum(found) if sign in ("+", "||") else self._arithmetic(found)

    def _sum(self, found: tree.Binary) -> str:
        sides = found.left, found.right
        kinds = [self._kind(side) for side in sides]  # once: in a sum of hundreds each side is a sum again
        if found.operator == "||":
            for side, kind in zip(sides, kinds, strict=True):
                self._fit(kind, side, {"str", "list"}, "||")
        if "list" in kinds:
            return "list"
        for side, kind in zip(sides, kinds, strict=True):
            self._fit(kind, side, {*_NUMBER, "str", "temporal", "duration"}, "+")
        if "any" in kinds:
            return "any"
        if "str" in kinds:
            if set(kinds) & {"temporal", "duration"}:
                wrong(found.token, "type mismatch: + of a text and a date or duration")
            return "str"
        if bool(set(kinds) & _NUMBER) and bool(set(kinds) - _NUMBER):
            wrong(found.token, "type mismatch: + of a number and a date or duration")
        return _numeric(kinds) if set(kinds) <= _NUMBER else "any"

    def _arithmetic(self, found: tree.Binary) -> str:
        also = {"-": {"temporal", "duration"}, "*": {"duration"}, "/": {"duration"}}.get(found.operator, set())
        kinds = [
            self._expect(found.left, _NUMBER | also, found.operator),
            self._expect(found.right, _NUMBER | also - {"temporal"}, found.operator),
        ]
        if found.operator == "^":
            return "float"
        return _numeric(kinds) if set(kinds) <= _NUMBER else "any"

    def _chain(self, found: tree.Chain) -> str:
        if set(found.operators) <= {"=", "<>"} and all(map(_identity, found.operands)):
            for operand in found.operands:
                self._arguments(operand)
            return "bool"
        kinds = {self._kind(operand) for operand in found.operands}
        if not set(found.operators) <= {"=", "<>"} and kinds & {"node", "rel", "path", "map"}:
            refuse(found.token, f"{found.operators[0]} between values of type {' and '.join(sorted(kinds))}")
        return "bool"

    def _isnull(self, found: tree.IsNull) -> str:
        self._kind(found.operand)
        return "bool"

    def _haslabels(self, found: tree.HasLabels) -> str:
        self._expect(found.subject, {"node", "rel"}, "a label")
        return "bool"

    def _istyped(self, found: tree.IsTyped) -> str:
        self._kind(found.operand)
        return "bool"

    def _case(self, found: tree.Case) -> str:
        for test, _ in found.branches:
            self._condition(test)
        results = [result for _, result in found.branches] + ([found.default] if found.default else [])
        return blend(map(self._kind, results))

    def _function(self, found: tree.Function) -> str:
        name = found.name.lower()
        signature = FUNCTIONS.get(name)
        if name in _ELSEWHERE:
            refuse(found.token, f"the function {found.name}")
        if signature is None:
            return wrong(found.token, f"unknown function {found.name!r}")
        if not signature.low <= len(found.arguments) <= signature.high:
            wrong(found.token, f"{found.name} with {len(found.arguments)} arguments")
        kinds = []
        for argument, wanted in zip(found.arguments, signature.takes, strict=False):
            kinds.append(self._expect(argument, set(wanted), found.name) if wanted else self._kind(argument))
        if name == "coalesce":
            return blend(kinds)
        if name == "reverse":
            return kinds[0]
        return signature.gives

    def _arguments(self, found: Expression) -> None:
        for argument in found.arguments if isinstance(found, tree.Function) else ():
            self._expect(argument, {"node", "rel"}, "id")

    def _aggregate(self, found: tree.Aggregate) -> str:
        if not self._aggregating:
            wrong(
                found.token, f"the aggregate {found.name} may only stand in WITH or RETURN, and in no other aggregate"
            )
        with self._within(self._scope):
            for argument in found.arguments:
                self._collected(found, argument)
        if found.name in ("count", "collect"):
            return {"count": "int", "collect": "list"}[found.name]
        return "float" if found.name.startswith(("stdev", "percentilec")) else "any"

    def _collected(self, found: tree.Aggregate, argument: Expression) -> None:
        if found.name == "count" and found.distinct and _identity(argument):
            self._arguments(argument)
        elif found.name in ("count", "collect"):
            self._kind(argument)
        elif found.name in ("min", "max"):
            self._expect(argument, {*_NUMBER, "str", "bool", "temporal", "list"}, found.name)
        elif found.name in ("sum", "avg"):
            self._expect(argument, {*_NUMBER, "duration"}, found.name)
        else:
            self._expect(argument, _NUMBER, found.name)

    # expressions that give names

    def _local(self, variable: str, kind: str = "any") -> Any:
        return self._within({**self._scope, variable: kind})

    def _comprehension(self, found: tree.Comprehension) -> str:
        self._expect(found.source, {"list"}, "a list comprehension")
        with self._local(found.variable):
            if found.where:
                self._condition(found.where)
            if found.body:
                self._kind(found.body)
        return "list"

    def _quantifier(self, found: tree.Quantifier) -> str:
        self._expect(found.source, {"list"}, found.word)
        with self._local(found.variable):
            self._condition(found.where)
        return "bool"

    def _reduce(self, found: tree.Reduce) -> str:
        self._expect(found.source, {"list"}, "reduce")
        self._kind(found.start)
        with self._within({**self._scope, found.total: "any", found.variable: "any"}):
            self._kind(found.body)
        return "any"

    def _patterncomprehension(self, found: tree.PatternComprehension) -> str:
        with self._within(dict(self._scope)):
            self._patterns((found.part,))
            if found.where:
                self._condition(found.where)
            self._kind(found.body)
        return "list"

    def _patternexists(self, found: tree.PatternExists) -> str:
        if not found.called:
            wrong(found.token, "a pattern where no truth value is wanted (write exists(…), or EXISTS { … })")
        return self._exists(found)

    def _exists(self, found: tree.PatternExists) -> str:
        with self._within(dict(self._scope)):
            self._patterns((found.part,), new=False)
        return "bool"

    def _shortestpath(self, found: tree.ShortestPath) -> str:
        with self._within(dict(self._scope)):
            for node in found.part.nodes:
                if not node.variable or node.variable not in self._scope:
                    wrong(node.token, "a shortest path between nodes that are not known")
            self._patterns((found.part,))
        return "list" if found.part.shortest == "allShortestPaths" else "path"

    def _subquery(self, found: tree.Subquery) -> str:
        last = [part[-1] for part in found.query.parts]
        if found.query.bare and not all(isinstance(clause, tree.Match) for clause in last):
            wrong(found.token, f"{found.word} {{ … }} must end with MATCH or RETURN")
        with self._within(dict(self._scope), self._scope):
            columns = self._query(found.query)
        if found.word == "COLLECT" and len(columns) != 1:
            wrong(found.token, "COLLECT { … } must return just one column")
        return {"EXISTS": "bool", "COUNT": "int", "COLLECT": "list"}[found.word]


def _identity(expression: Expression) -> bool:
    return (
        isinstance(expression, tree.Function) and expression.name.lower() in IDENTITY and len(expression.arguments) == 1
    )


def _numeric(kinds: Iterable[str]) -> str:
    found = set(kinds)
    return "float" if "float" in found else "number" if "number" in found else "int"


def blend(kinds: Iterable[str]) -> str:
    """What is known of a value that is one of these."""
    found = set(kinds)
    return found.pop() if len(found) == 1 else "number" if found and found <= _NUMBER else "any"
