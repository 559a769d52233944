"""The gate of the embedded store: which queries it answers, and what is said of the others.

It reads a query as a server would: names that are in sight, what may be aggregated where, the types that are known
before anything runs. What a server calls an error is one here; what is not surely answered alike is refused by name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from graph.clause import REMEDY, Token, check_read_only, refuse, wrong
from graph.cypher import tree
from graph.cypher.executor import pattern_names
from graph.cypher.kinds import Kinds, Scope, blend
from graph.cypher.parser import parse
from graph.cypher.tree import Expression, Item, aggregates, names, rebuilt
from graph.errors import QueryError


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


class Gate(Kinds):
    """Goes through a query with the names that are in sight."""

    def __init__(self, query: tree.Query, given: Mapping[str, str]) -> None:
        super().__init__(given)
        self.compiled = Compiled(query)

    def run(self) -> Compiled:
        self.compiled.columns = list(self._query(self.compiled.query))
        return self.compiled

    # clauses

    def _query(self, query: tree.Query) -> Scope:
        """Check a query. Returns its columns."""
        start, found = self._scope, []
        for part in query.parts:
            self._scope = dict(start)
            found.append(self._series(part))
        return _united(query.token, found)

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
        return _united(clause.token, found)

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
            self._check_kinds(part, parts)
        own = set(self._scope) - before
        for part in parts:
            for node in part.nodes:
                self._inside(node, own)
            for relationship in part.relationships:
                self._inside(relationship, own)

    def _check_kinds(self, part: tree.Part, parts: tuple[tree.Part, ...]) -> None:
        """What a server does not take together."""
        every = [relationship for other in parts for relationship in other.relationships if relationship.length]
        if len({relationship.quantified for relationship in every}) > 1:
            wrong(part.token, "relationships of variable length and quantified ones in one clause")
        if part.shortest in ("shortestPath", "allShortestPaths"):
            length = part.relationships[0].length
            if part.relationships[0].quantified or (length and length[0] > 1):
                wrong(part.token, f"{part.shortest} with a minimal length other than 0 or 1")
        elif part.shortest and len(parts) > 1:
            wrong(part.token, f"several patterns in one clause with {part.shortest}")

    def _node(self, node: tree.NodePattern, here: set[str]) -> None:
        name = node.variable
        if name and self._scope.setdefault(name, "node") not in ("node", "any"):
            wrong(node.token, f"the name {name!r} is taken by something that is no node")

    def _relationship(self, pattern: tree.RelationshipPattern, here: set[str], before: set[str]) -> None:
        name = pattern.variable
        for end in filter(None, pattern.several):
            self._declare(pattern.token, end, "list")
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
        group = pattern.group if isinstance(pattern, tree.RelationshipPattern) else None
        ends = (group.start, group.end) if group else ()
        near = {pattern.variable, *(node.variable for node in ends)}
        kinds = dict.fromkeys((node.variable for node in ends), "node")
        if isinstance(pattern, tree.RelationshipPattern) and pattern.quantified:
            kinds |= {pattern.variable: "rel"}
        with self._within({**self._scope, **kinds}):
            for part in (pattern, *ends):
                if part.properties:
                    self._kind(part.properties)
            for where in [part.where for part in (pattern, *ends)] + [group.where if group else None]:
                if where and names(where) & own - near:
                    refuse(where.token, "a condition within a pattern on other parts of it")
                if where:
                    self._condition(where)


def _united(token: Token, parts: list[Scope]) -> Scope:
    """The columns of a UNION, in the order of its first part."""
    if any(part.keys() != parts[0].keys() for part in parts):
        wrong(token, "the parts of a UNION must return the same columns")
    return {name: blend(part[name] for part in parts) for name in parts[0]}


@lru_cache(maxsize=256)
def compiled(cypher: str, given: frozenset[tuple[str, str]] = frozenset()) -> Compiled:
    """A query that is answered.

    Args:
        given: the names of parameters, each with the kind of its value.

    Raises:
        QueryError: names line, column, the construct, and the remedy.
    """
    check_read_only(cypher)
    try:
        return Gate(parse(cypher), dict(given)).run()
    except RecursionError:
        raise QueryError(f"line 1, column 1: a query nested too deeply; {REMEDY}") from None


def check(cypher: str) -> None:
    """Refuse what the embedded store does not surely answer as a Neo4j server would.

    Raises:
        QueryError: names line, column, the construct, and the remedy.

    Example:
        >>> check("MATCH (r:Regulator)-[s:SANCTIONS]->(f:Firm) RETURN f.name, count(s)")
    """
    compiled(cypher)
