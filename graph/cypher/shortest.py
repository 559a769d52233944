"""Shortest paths between two nodes."""

from collections.abc import Callable, Iterator

from graph.clause import wrong
from graph.cypher.clock import Clock
from graph.cypher.index import Index
from graph.cypher.step import Hop, Row, Step, Test, Used
from graph.cypher.value import Node, Path, Relationship

Accept = Callable[[Row], bool]
Trail = tuple[Relationship, ...]


class Shortest:
    """Finds the shortest way, or all that are as short, of those that meet conditions."""

    def __init__(self, hop: Hop, path: str, index: Index, clock: Clock, *, every: bool, test: Test | None) -> None:
        self._hop, self._path, self._index, self._clock, self._every, self._test = hop, path, index, clock, every, test
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
        nodes: list[Node] = [row[self._hop.source]]
        for relationship in trail:
            nodes.append(relationship.end if relationship.start is nodes[-1] else relationship.start)
        row[self._hop.name] = list(trail) if self._hop.length else trail[0]
        row[self._path] = Path(tuple(nodes), trail)

    def _trails(self, row: Row, accept: list[Accept]) -> Iterator[Trail]:
        start, end = row[self._hop.source], row[self._hop.target]
        if start is None or end is None:
            return
        if start is end:
            wrong(self._hop.token, "a shortest path whose start and end are the same node")
        yield from self._accepted(row, start, end, accept) if accept else self._plain(row, start, end)

    def _steps(self, row: Row, node: Node) -> Iterator[tuple[Relationship, Node]]:
        for relationship, end in self._index.steps(node, self._hop.direction, self._hop.types):
            self._clock.tick()
            if self._hop.fits(relationship) and (self._test is None or self._test(row, relationship)):
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
            for other, trail in following:
                if other is end:
                    self._bind(row, trail)
                    if all(condition(row) for condition in accept):
                        found = True
                        yield trail
            border = following
