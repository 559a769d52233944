"""The gate of the embedded store: which queries it answers, and what is said of the others.

It reads a query as a server would: names that are in sight, what may be aggregated where, the types that are known
before anything runs. What a server calls an error is one here; what is not surely answered alike is refused by name.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from graph.clause import Token, check_read_only, refuse, wrong
from graph.cypher import tree
from graph.cypher.evaluator import IDENTITY
from graph.cypher.executor import pattern_names
from graph.cypher.function import FUNCTIONS
from graph.cypher.parser import parse
from graph.cypher.tree import Expression, Item, aggregates, names, rebuilt

Scope = dict[str, str]
"""Names in sight, with what is known of them: a kind of `graph.cypher.function`, `number`, or `any`."""

_NUMBER = {"int", "float", "number"}
_ELSEWHERE = {"point", "point.distance", "time", "localtime", "rand", "randomuuid", "timestamp", "id", "elementid"}
_ELSEWHERE |= {"valuetype", "normalize", "haversin", "cot", "vector", "datetime.truncate", "file", "linenumber"}
_ELSEWHERE |= {"localdatetime.truncate", "date.realtime", "date.statement", "date.transaction", "todate", "allreduce"}


@dataclass
class Compiled:
    """A query that passed the gate: its tree, its columns, the names that each `*` stands for."""

    query: tree.Query
    columns: list[str] = field(default_factory=list)
    everything: dict[int, list[str]] = field(default_factory=dict)

    def missing(self, given: Mapping[str, object]) -> None:
        """Refuse to run without a parameter that the query names."""
        for parameter in tree.parameters(self.query):
            if parameter.name not in given:
                wrong(parameter.token, f"missing parameter ${parameter.name}")


class Gate:
    """Goes through a query with the names that are in sight."""

    def __init__(self, query: tree.Query, given: Mapping[str, str]) -> None:
        self._given = given
        self._scope: Scope = {}
        self._outer: frozenset[str] = frozenset()
        self._aggregating = False
        self.compiled = Compiled(query)

    def run(self) -> Compiled:
        self.compiled.columns = list(self._query(self.compiled.query))
        return self.compiled

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

    # clauses

    def _query(self, query: tree.Query) -> Scope:
        """Check a query. Returns its columns."""
        start, found = self._scope, []
        for part in query.parts:
            self._scope = dict(start)
            found.append(self._series(part))
        for other in found[1:]:
            if list(other) != list(found[0]):
                wrong(query.token, "the parts of a UNION must return the same columns in the same order")
        return {name: _blend(columns[name] for columns in found) for name in found[0]}

    def _series(self, clauses: tuple[tree.Clause, ...]) -> Scope:
        columns: Scope = {}
        for clause in clauses:
            match clause:
                case tree.Match():
                    self._match(clause)
                case tree.Unwind():
                    self._unwind(clause)
                case tree.Projection():
                    columns = self._project(clause)
                case tree.Call():
                    self._call(clause)
        last = clauses[-1]
        return columns if isinstance(last, tree.Projection) and last.last else {}

    def _declare(self, token: Token, name: str, kind: str) -> None:
        if name in self._scope:
            wrong(token, f"the name {name!r} is taken already")
        self._scope[name] = kind

    def _match(self, clause: tree.Match) -> None:
        self._patterns(clause.parts)
        if clause.where:
            self._condition(clause.where)

    def _unwind(self, clause: tree.Unwind) -> None:
        self._expect(clause.source, {"list", "map", "int", "float", "str", "bool"}, "UNWIND")
        self._declare(clause.token, clause.variable, "any")

    def _call(self, clause: tree.Call) -> None:
        for name in clause.imports or ():
            if name != "*" and name not in self._scope:
                self._unknown(clause.token, name)
        if clause.query.bare:
            refuse(clause.token, "CALL { … } without RETURN")
        for name, kind in self._called(clause).items():
            if name in self._scope:
                wrong(clause.token, f"the subquery returns {name!r}, a name that is taken already")
            self._scope[name] = kind
            self.compiled.everything.setdefault(id(clause), []).append(name)

    def _called(self, clause: tree.Call) -> Scope:
        if clause.imports is not None:
            seen = self._scope if clause.imports == ("*",) else {name: self._scope[name] for name in clause.imports}
            with self._within(dict(seen), seen):
                return self._query(clause.query)
        found = []
        for part in clause.query.parts:
            with self._within(self._imported(part), ()):
                found.append(self._query(tree.Query(clause.token, (part,))))
        if any(list(other) != list(found[0]) for other in found):
            wrong(clause.token, "the parts of a UNION must return the same columns in the same order")
        return {name: _blend(columns[name] for columns in found) for name in found[0]}

    def _imported(self, part: tuple[tree.Clause, ...]) -> Scope:
        """What the first WITH of a subquery takes from the query around it."""
        first = part[0]
        if not isinstance(first, tree.Projection) or first.last:
            return {}
        if first.everything and not first.items:
            return dict(self._scope)
        used = names(first.items) & self._scope.keys()
        plain = all(isinstance(item.expression, tree.Variable) and not item.named for item in first.items)
        cut = first.order or first.where or first.skip or first.limit or first.distinct
        if used and (cut or not plain):
            wrong(first.token, "the WITH that takes names into a subquery must name them and nothing else")
        return {name: self._scope[name] for name in used}

    # WITH and RETURN

    def _project(self, projection: tree.Projection) -> Scope:
        items = self._items(projection)
        grouped = any(aggregates(item.expression) for item in items)
        self._aggregating = True
        after = {item.name: self._kind(item.expression) for item in items}
        self._aggregating = False
        if grouped:
            self._check_groups(items)
        self._check_outer(projection, items)
        merged = grouped or projection.distinct
        seen = after | self._kept() if merged else self._scope | after
        with self._within(seen):
            self._check_order(projection, items)
            if projection.where:
                self._condition(rebuilt(projection.where, tree.renamed(items) if merged else {}))
        for bound in (projection.skip, projection.limit):
            self._check_bound(bound)
        self._scope = after if projection.last else {**self._kept(), **after}
        return after

    def _kept(self) -> Scope:
        return {name: self._scope[name] for name in self._outer if name in self._scope}

    def _items(self, projection: tree.Projection) -> list[Item]:
        items = list(projection.items)
        if projection.everything:
            everything = sorted(self._scope)
            if not everything:
                wrong(projection.token, "* where no names are in sight")
            self.compiled.everything[id(projection)] = everything
            items = [Item(tree.Variable(projection.token, name), name, False) for name in everything] + items
        for item in items:
            if not projection.last and not item.named and not isinstance(item.expression, tree.Variable):
                wrong(item.expression.token, f"{item.name} in WITH needs a name (AS …)")
        if len({item.name for item in items}) < len(items):
            wrong(projection.token, "two columns have one name")
        return items

    def _check_outer(self, projection: tree.Projection, items: list[Item]) -> None:
        """Within a subquery, a name of the query around it keeps its meaning."""
        for item in items:
            same = isinstance(item.expression, tree.Variable) and item.expression.name == item.name
            if item.name in self._outer and not same:
                wrong(projection.token, f"the name {item.name!r} is taken by the query around this one")

    def _check_groups(self, items: list[Item]) -> None:
        """Beside an aggregate there may only stand what the rows are grouped by."""
        simple = (tree.Variable, tree.Property)
        keys = [item.expression for item in items if not aggregates(item.expression)]
        for item in items:
            if aggregates(item.expression):
                self._check_grouped(item.expression, [key for key in keys if isinstance(key, simple)], frozenset())

    def _check_grouped(self, expression: Expression, keys: list[Expression], own: frozenset[str]) -> None:
        if own and names(expression) & self._scope.keys() - own and not aggregates(expression):
            refuse(expression.token, "names of the rows within a comprehension beside an aggregate")
        if expression in keys or isinstance(expression, tree.Aggregate):
            return
        if isinstance(expression, tree.Variable) and expression.name not in own:
            wrong(expression.token, f"{expression.name!r} beside an aggregate is nothing that rows are grouped by")
        if isinstance(expression, tree.Subquery | tree.PatternExists | tree.PatternComprehension | tree.ShortestPath):
            refuse(expression.token, "a pattern or subquery beside an aggregate")
        if isinstance(expression, tree.Comprehension | tree.Quantifier | tree.Reduce):
            own |= {expression.variable} | ({expression.total} if isinstance(expression, tree.Reduce) else set())
        for child in tree.children(expression):
            self._check_grouped(child, keys, own)

    def _check_order(self, projection: tree.Projection, items: list[Item]) -> None:
        for order in projection.order:
            found = rebuilt(order.expression, tree.renamed(items))
            if aggregates(found):
                refuse(order.expression.token, "ORDER BY an aggregate that is no column")
            if (kind := self._kind(found)) in ("node", "rel", "path", "map", "duration"):
                refuse(order.expression.token, f"ORDER BY a {kind}")

    def _check_bound(self, bound: Expression | None) -> None:
        if bound is None:
            return
        with self._within({}):
            self._expect(bound, {"int"}, "SKIP or LIMIT")
        if isinstance(bound, tree.Literal) and isinstance(bound.value, int) and bound.value < 0:
            wrong(bound.token, "a negative number of rows")

    # patterns

    def _patterns(self, parts: tuple[tree.Part, ...], *, new: bool = True) -> None:
        """Take in the names that patterns give, then look at what stands within them.

        Args:
            new: whether they may give any.
        """
        before = set(self._scope)
        if not new and (unknown := {name for name in pattern_names(parts) if name} - before):
            wrong(parts[0].token, f"unknown variable {min(unknown)!r}; a pattern as a condition gives no names")
        here: set[str] = set()
        for part in parts:
            if part.variable:
                self._declare(part.token, part.variable, "path")
            for node in part.nodes:
                self._node(node, here)
            for relationship in part.relationships:
                self._relationship(relationship, here, before)
            if part.shortest and part.relationships[0].length and part.relationships[0].length[0] > 1:
                wrong(part.token, f"{part.shortest} with a minimal length other than 0 or 1")
        own = set(self._scope) - before
        for part in parts:
            for node in part.nodes:
                self._inside(node, own)
            for relationship in part.relationships:
                self._inside(relationship, own)

    def _node(self, node: tree.NodePattern, here: set[str]) -> None:
        name = node.variable
        if name and self._scope.setdefault(name, "node") not in ("node", "any"):
            wrong(node.token, f"the name {name!r} is taken by something that is no node")

    def _relationship(self, pattern: tree.RelationshipPattern, here: set[str], before: set[str]) -> None:
        name = pattern.variable
        if not name:
            return
        if name in here or (name not in before and name in self._scope):
            wrong(pattern.token, f"the name {name!r} for several things in one pattern")
        here.add(name)
        if name not in before:
            self._scope[name] = "list" if pattern.length else "rel"
        elif pattern.length:
            refuse(pattern.token, "a list of relationships, found before, as a pattern")
        elif self._scope[name] not in ("rel", "any"):
            wrong(pattern.token, f"the name {name!r} is taken by something that is no relationship")

    def _inside(self, pattern: tree.NodePattern | tree.RelationshipPattern, own: set[str]) -> None:
        """The property map, which sees all names, and the condition, which sees its own and earlier ones."""
        if pattern.properties:
            self._kind(pattern.properties)
        if pattern.where:
            if names(pattern.where) & own - {pattern.variable}:
                refuse(pattern.where.token, "a condition within a pattern on other parts of it")
            self._condition(pattern.where)

    # expressions

    def _condition(self, expression: Expression) -> None:
        self._expect(expression, {"bool"}, "a condition")

    def _expect(self, expression: Expression, kinds: set[str], what: str) -> str:
        """Check an expression whose value must be of one of these kinds, as far as it is known."""
        if isinstance(expression, tree.PatternExists) and "bool" in kinds:
            return self._exists(expression)
        kind = self._kind(expression)
        fits = kind == "any" or kind in kinds or (kind == "number" and kinds & _NUMBER)
        if not fits:
            wrong(expression.token, f"type mismatch: {what} needs {' or '.join(sorted(kinds))}, but this is {kind}")
        return kind

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
        return self._expect(found.operand, {*_NUMBER, "duration"}, found.operator)

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
        kinds = [self._kind(found.left), self._kind(found.right)]
        if found.operator == "||":
            for operand in (found.left, found.right):
                self._expect(operand, {"str", "list"}, "||")
        if "list" in kinds:
            return "list"
        for operand in (found.left, found.right):
            self._expect(operand, {*_NUMBER, "str", "temporal", "duration"}, "+")
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
        kinds = [self._expect(side, _NUMBER | also, found.operator) for side in (found.left, found.right)]
        if found.operator == "^":
            return "float"
        return _numeric(kinds) if set(kinds) <= _NUMBER else "any"

    def _chain(self, found: tree.Chain) -> str:
        if set(found.operators) <= {"=", "<>"} and all(map(_identity, found.operands)):
            for operand in found.operands:
                self._arguments(operand)
            return "bool"
        kinds = {self._kind(operand) for operand in found.operands}
        if not set(found.operators) <= {"=", "<>"} and kinds & {"node", "rel", "path", "map", "list"}:
            refuse(found.token, f"{found.operators[0]} between values of type {' and '.join(sorted(kinds))}")
        return "bool"

    def _isnull(self, found: tree.IsNull) -> str:
        self._kind(found.operand)
        return "bool"

    def _haslabels(self, found: tree.HasLabels) -> str:
        self._expect(found.subject, {"node", "rel"}, "a label")
        return "bool"

    def _case(self, found: tree.Case) -> str:
        if found.subject:
            self._kind(found.subject)
        kinds = []
        for test, result in found.branches:
            if found.subject:
                self._kind(test)
            else:
                self._condition(test)
            kinds.append(self._kind(result))
        if found.default:
            kinds.append(self._kind(found.default))
        return _blend(kinds)

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
            return _blend(kinds)
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


def _blend(kinds: Iterable[str]) -> str:
    """What is known of a value that is one of these."""
    found = set(kinds)
    return found.pop() if len(found) == 1 else "number" if found and found <= _NUMBER else "any"


@lru_cache(maxsize=256)
def compiled(cypher: str, given: frozenset[tuple[str, str]] = frozenset()) -> Compiled:
    """A query that is answered.

    Args:
        given: the names of parameters, each with the kind of its value.

    Raises:
        QueryError: names line, column, the construct, and the remedy.
    """
    check_read_only(cypher)
    return Gate(parse(cypher), dict(given)).run()


def check(cypher: str) -> None:
    """Refuse what the embedded store does not surely answer as a Neo4j server would.

    Raises:
        QueryError: names line, column, the construct, and the remedy.

    Example:
        >>> check("MATCH (r:Regulator)-[s:SANCTIONS]->(f:Firm) RETURN f.name, count(s)")
    """
    compiled(cypher)
