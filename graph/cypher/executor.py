"""A checked query -> its rows, clause by clause."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TypeVar

from graph.clause import wrong
from graph.cypher import tree
from graph.cypher.clock import Clock
from graph.cypher.evaluator import Evaluator, Row
from graph.cypher.index import Index
from graph.cypher.plan import Plan
from graph.cypher.projection import Projector
from graph.cypher.tree import Clause, Expression
from graph.cypher.value import Path, Value, key

T = TypeVar("T")
Found = Callable[[Row], Iterator[Row]]


class Executor:
    """Answers one query; what it makes of each clause is kept, since subqueries run once a row."""

    def __init__(
        self, index: Index, params: Mapping[str, Value], clock: Clock, everything: Mapping[int, list[str]]
    ) -> None:
        self._index, self._clock, self._everything = index, clock, everything
        self._evaluator = Evaluator(params, clock, self, index.lists)
        self._kept: dict[int, object] = {}

    def rows(self, query: tree.Query, row: Row, keep: Row, *, alone: bool = False) -> Iterator[Row]:
        """The rows of a query that begins with one.

        Args:
            keep: what stays in sight whatever WITH says: the names of the query around a subquery.
            alone: the query sees of the row only what a first WITH takes of it.
        """
        parts = [self._series(part, {} if alone and not _imports(part) else row, keep) for part in query.parts]
        if len(parts) == 1:
            return parts[0]
        return chain(*parts) if query.every else self._distinct(parts)

    def _distinct(self, parts: Iterable[Iterable[Row]]) -> Iterator[Row]:
        seen, columns = set(), None
        for row in chain.from_iterable(parts):
            columns = columns or list(row)
            known = tuple(key(row[column]) for column in columns)
            if known not in seen:
                seen.add(known)
                yield row

    def _series(self, clauses: tuple[Clause, ...], row: Row, keep: Row) -> Iterator[Row]:
        rows: Iterator[Row] = iter((row,))
        for clause in clauses:
            match clause:
                case tree.Match():
                    rows = self._matched(clause, rows)
                case tree.Unwind():
                    rows = self._unwound(clause, rows)
                case tree.Projection():
                    rows = self._projector(clause).run(rows, keep)
                case tree.Call():
                    rows = self._called(clause, rows)
        return rows

    def _keep(self, thing: object, make: Callable[[], T]) -> T:
        found = self._kept.get(id(thing))
        if found is None:
            found = self._kept[id(thing)] = make()
        return found  # type: ignore[return-value]

    # patterns

    def matches(self, parts: tuple[tree.Part, ...], where: Expression | None) -> Found:
        """What finds a pattern for a row; how depends on the names that are known, which are alike in all rows."""
        plans: dict[frozenset[str], Plan] = {}
        own = tree.names(parts)

        def found(row: Row) -> Iterator[Row]:
            bound = own.intersection(row)
            plan = plans.get(bound)
            if plan is None:
                plan = plans[bound] = Plan(parts, where, bound, self._index, self._clock, self._evaluator)
            return plan.run(row)

        return found

    def shortest(self, part: tree.Part) -> Callable[[Row], list[Path]]:
        """What finds shortest paths where a value is wanted."""
        named = tree.Part(part.token, "\0path", part.nodes, part.relationships, part.shortest)
        found = self.matches((named,), None)

        def paths(row: Row) -> list[Path]:
            for node in part.nodes:
                if node.variable not in row:
                    wrong(node.token, "a shortest path between nodes that are not known")
            return [match["\0path"] for match in found(row)]

        return paths

    def answers(self, query: tree.Query) -> Callable[[Row], Iterable[Row]]:
        return lambda row: self.rows(query, row, row)

    # clauses

    def _matched(self, clause: tree.Match, rows: Iterator[Row]) -> Iterator[Row]:
        matches = self._keep(clause, lambda: self.matches(clause.parts, clause.where))
        new = [name for name in pattern_names(clause.parts) if name]
        for row in rows:
            found = False
            for match in matches(row):
                found = True
                yield match
            if clause.optional and not found:
                yield {**dict.fromkeys(new), **row}

    def _unwound(self, clause: tree.Unwind, rows: Iterator[Row]) -> Iterator[Row]:
        source = self._keep(clause, lambda: self._evaluator.of(clause.source))
        for row in rows:
            value = source(row)
            if value is None:
                continue
            for item in value if isinstance(value, list) else [value]:
                self._clock.tick()
                yield {**row, clause.variable: item}

    def _projector(self, clause: tree.Projection) -> Projector:
        everything = self._everything.get(id(clause), [])
        return self._keep(clause, lambda: Projector(clause, everything, self._evaluator, self._clock))

    def _called(self, clause: tree.Call, rows: Iterator[Row]) -> Iterator[Row]:
        for row in rows:
            self._clock.tick()
            found = False
            for answer in self._answered(clause, row):
                found = True
                yield {**row, **answer}
            if clause.optional and not found:
                yield {**dict.fromkeys(self._everything[id(clause)]), **row}

    def _answered(self, clause: tree.Call, row: Row) -> Iterator[Row]:
        if clause.imports is None:
            return self.rows(clause.query, row, {}, alone=True)
        names = row.keys() if clause.imports == ("*",) else clause.imports
        inner = {name: row[name] for name in names}
        return self.rows(clause.query, inner, inner)


def _imports(part: tuple[Clause, ...]) -> bool:
    return isinstance(part[0], tree.Projection) and not part[0].last


def pattern_names(parts: Iterable[tree.Part]) -> Iterator[str]:
    """The names that patterns give, in the order in which they are written."""
    for part in parts:
        yield part.variable
        for at, node in enumerate(part.nodes):
            yield node.variable
            if at < len(part.relationships):
                yield part.relationships[at].variable
                yield from part.relationships[at].several
