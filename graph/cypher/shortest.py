"""Shortest paths between two nodes."""

from collections.abc import Callable, Iterator

from graph.clause import wrong
from graph.cypher import tree
from graph.cypher.clock import Clock
from graph.cypher.index import Index
from graph.cypher.step import Hop, Row, Step, Test, Used, bind
from graph.cypher.value import Node, Path, Relationship

Accept = Callable[[Row], bool]
Trail = tuple[Relationship, ...]


class Shortest:
    """Finds the shortest way, or all that are as short, of those that meet conditions."""

    def __init__(
        self, hop: Hop, path: str, index: Index, clock: Clock, kind: tree.Shortest, *, test: Test | None
    ) -> None:
        self._hop, self._path, self._index, self._clock, self._test = hop, path, index, clock, test
        self._every, self._selects = kind in ("allShortestPaths", "ALL SHORTEST"), not kind.endswith(("Path", "Paths"))
        self._low, self._high = hop.length or (1, 1)

    def step(self, accept: list[Accept]) -> Step:
        """As a step of a pattern whose ends are known.

        Args:
            accept: conditions on the path itself: what is wanted is the shortest that meets them.
        """

        def step(row: Row, used: Used) -> Iterator[None]:
            for trail in self._trails(row, accept):
                self._bind(row, trail)
                yield
                if not self._every:
                    return

        return step

    def _bind(self, row: Row, trail: Trail) -> None:
        nodes = bind(row, self._hop, trail)
        if not self._hop.length:
            row[self._hop.name] = trail[0]
        row[self._path] = Path(tuple(nodes), trail)

    def _trails(self, row: Row, accept: list[Accept]) -> Iterator[Trail]:
        start, end = row[self._hop.source], row[self._hop.target]
        if start is None or end is None:
            return
        if start is end and not self._selects:
            wrong(self._hop.token, "a shortest path whose start and end are the same node")
        if start is end and not self._low:
            yield ()
        elif accept or start is end or self._low > 1:
            yield from self._accepted(row, start, end, accept)
        else:
            yield from self._plain(row, start, end)

    def _steps(self, row: Row, node: Node) -> Iterator[tuple[Relationship, Node]]:
        for relationship, end in self._index.steps(node, self._hop.direction, self._hop.types):
            self._clock.tick()
            if self._hop.fits(relationship) and (self._test is None or self._test(row, relationship, node, end)):
                yield relationship, end

    def _plain(self, row: Row, start: Node, end: Node) -> Iterator[Trail]:
        """By breadth first: how each node is reached by the fewest steps, until the end is."""
        reached: dict[Node, list[tuple[Relationship, Node]]] = {start: []}
        border, length = [start], 0
        while border and end not in reached and (self._high is None or length < self._high):
            length += 1
            following: dict[Node, list[tuple[Relationship, Node]]] = {}
            for node in border:
                for relationship, other in self._steps(row, node):
                    if other not in reached:
                        following.setdefault(other, []).append((relationship, node))
            reached.update(following)
            border = list(following)
        if end in reached:
            yield from self._back(reached, start, end)

    def _back(self, reached: dict[Node, list[tuple[Relationship, Node]]], start: Node, end: Node) -> Iterator[Trail]:
        pending: list[tuple[Node, Trail]] = [(end, ())]
        while pending:
            node, trail = pending.pop()
            self._clock.tick()
            if node is start:
                yield trail
            pending.extend((before, (relationship, *trail)) for relationship, before in reached[node])

    def _accepted(self, row: Row, start: Node, end: Node, accept: list[Accept]) -> Iterator[Trail]:
        """Every way, the shorter ones first, until some of one length meet the conditions."""
        border: list[tuple[Node, Trail]] = [(start, ())]
        length, found = 0, False
        while border and not found and (self._high is None or length < self._high):
            length += 1
            following = []
            for node, trail in border:
                for relationship, other in self._steps(row, node):
                    if relationship not in trail:
                        following.append((other, (*trail, relationship)))
            for other, trail in following if length >= self._low else ():
                if other is end:
                    self._bind(row, trail)
                    if all(condition(row) for condition in accept):
                        found = True
                        yield trail
            border = following
