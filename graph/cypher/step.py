"""The steps in which a pattern is found: each binds names in a row, and takes them on to the next possibility."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from graph.clause import Token, wrong
from graph.cypher.clock import Clock
from graph.cypher.index import Index
from graph.cypher.tree import Labels
from graph.cypher.value import Node, Path, Relationship, Value

Row = dict[str, Value]
Used = set[Relationship]
Step = Callable[[Row, Used], Iterator[None]]
"""Puts each possibility into the row in turn; `used` holds the relationships that the pattern has already."""
Candidates = Callable[[Row], Iterable[Node]]
Test = Callable[[Row, Relationship, Node, Node], bool]
"""Whether one of several relationships will do, walked over from one node to another."""


@dataclass(frozen=True, slots=True)
class Hop:
    """A relationship of a pattern, seen from the end that is known: names of both ends, the way to go."""

    source: str
    target: str
    name: str
    direction: int
    types: frozenset[str] | None
    labels: Labels | None
    length: tuple[int, int | None] | None
    backwards: bool
    token: Token
    several: tuple[str, str] = ("", "")

    def fits(self, relationship: Relationship) -> bool:
        """Whether its type is one that is asked for, where `types` does not say it all."""
        return self.labels is None or self.labels.holds((relationship.type,))


def start(name: str, labels: Labels | None, candidates: Candidates, clock: Clock) -> Step:
    """Every node that it could begin with."""

    def step(row: Row, used: Used) -> Iterator[None]:
        for node in candidates(row):
            clock.tick()
            if labels is None or labels.holds(node.labels):
                row[name] = node
                yield

    return step


def check(name: str, labels: Labels) -> Step:
    """A node that is known already must have labels."""

    def step(row: Row, used: Used) -> Iterator[None]:
        node = row[name]
        if isinstance(node, Node) and labels.holds(node.labels):
            yield

    return step


def known(name: str, token: Token) -> Step:
    """A node that is known already must be one, not null."""

    def step(row: Row, used: Used) -> Iterator[None]:
        if isinstance(row[name], Node):
            yield
        elif row[name] is not None:
            wrong(token, f"{name!r} is no node")

    return step


def scan(hop: Hop, candidates: Callable[[Row], Iterable[Relationship]], clock: Clock) -> Step:
    """Every relationship that it could begin with, binding both ends."""

    def step(row: Row, used: Used) -> Iterator[None]:
        for relationship in candidates(row):
            clock.tick()
            if relationship in used or not hop.fits(relationship):
                continue
            used.add(relationship)
            for ends in _ends(relationship, hop.direction):
                if hop.source != hop.target or ends[0] is ends[1]:
                    row[hop.name], row[hop.source], row[hop.target] = relationship, *ends
                    yield
            used.discard(relationship)

    return step


def _ends(relationship: Relationship, direction: int) -> Iterator[tuple[Node, Node]]:
    if direction >= 0:
        yield relationship.start, relationship.end
    if direction < 0 or (direction == 0 and relationship.start is not relationship.end):
        yield relationship.end, relationship.start


def given(hop: Hop, bound: frozenset[str], token: Token) -> Step:
    """A relationship that an earlier clause has found; its ends are bound or must agree."""

    def step(row: Row, used: Used) -> Iterator[None]:
        relationship = row[hop.name]
        if relationship is None:
            return
        if not isinstance(relationship, Relationship):
            wrong(token, f"{hop.name!r} is no relationship")
        if relationship in used or not hop.fits(relationship):
            return
        if hop.types is not None and relationship.type not in hop.types:
            return
        used.add(relationship)
        for ends in _ends(relationship, hop.direction):
            pairs = list(zip((hop.source, hop.target), ends, strict=True))
            if all(row[name] is node for name, node in pairs if name in bound) and (
                hop.source != hop.target or ends[0] is ends[1]
            ):
                row.update(pair for pair in pairs if pair[0] not in bound)
                yield
        used.discard(relationship)

    return step


def expand(hop: Hop, index: Index, clock: Clock) -> Step:
    """From a node that is known over one relationship to a new one."""
    tick, steps = clock.tick, index.steps

    def step(row: Row, used: Used) -> Iterator[None]:
        node = row[hop.source]
        if node is None:
            return
        for relationship, other in steps(node, hop.direction, hop.types):
            tick()
            if relationship not in used and (hop.labels is None or hop.fits(relationship)):
                row[hop.name], row[hop.target] = relationship, other
                used.add(relationship)
                yield
                used.discard(relationship)

    return step


def join(hop: Hop, index: Index, clock: Clock) -> Step:
    """The relationships between two nodes that are known, looked for from the end that has fewer."""
    tick, steps = clock.tick, index.steps

    def step(row: Row, used: Used) -> Iterator[None]:
        node, other, direction = row[hop.source], row[hop.target], hop.direction
        if node is None or other is None:
            return
        if _degree(other) < _degree(node):
            node, other, direction = other, node, -direction
        for relationship, end in steps(node, direction, hop.types):
            tick()
            if end is other and relationship not in used and hop.fits(relationship):
                row[hop.name] = relationship
                used.add(relationship)
                yield
                used.discard(relationship)

    return step


def _degree(node: Node) -> int:
    return len(node.outgoing) + len(node.incoming)


def walk(hop: Hop, index: Index, clock: Clock, test: Test | None, bound: bool) -> Step:
    """Over as many relationships as the length allows, none of them twice."""
    low, high = hop.length or (1, 1)

    def steps(row: Row, node: Node) -> Iterator[tuple[Relationship, Node]]:
        for relationship, end in index.steps(node, hop.direction, hop.types):
            clock.tick()
            if hop.fits(relationship) and (test is None or test(row, relationship, node, end)):
                yield relationship, end

    def found(row: Row, trail: list[Relationship], end: Node) -> bool:
        if bound and row[hop.target] is not end:
            return False
        if any(hop.several):
            bind(row, hop, trail)
        else:
            row[hop.name] = trail[::-1] if hop.backwards else trail[:]
        if not bound:
            row[hop.target] = end
        return True

    def step(row: Row, used: Used) -> Iterator[None]:
        first = row[hop.source]
        if first is None or (high is not None and high < low):
            return
        trail: list[Relationship] = []
        if low == 0 and found(row, trail, first):
            yield
        stack = [steps(row, first)] if high != 0 else []
        while stack:
            following = next(stack[-1], None)
            if following is None:
                stack.pop()
                if trail:
                    used.discard(trail.pop())
                continue
            relationship, end = following
            if relationship in used:
                continue
            trail.append(relationship)
            used.add(relationship)
            if len(trail) >= low and found(row, trail, end):
                yield
            if high is None or len(trail) < high:
                stack.append(steps(row, end))
            else:
                used.discard(trail.pop())

    return step


def bind(row: Row, hop: Hop, trail: Sequence[Relationship]) -> list[Node]:
    """Give the names of several relationships, and of the nodes around each, what they stand for.

    Returns:
        All nodes on the way, from the hop's source on.
    """
    passed: list[Node] = [row[hop.source]]
    for relationship in trail:
        passed.append(relationship.end if relationship.start is passed[-1] else relationship.start)
    row[hop.name] = list(reversed(trail) if hop.backwards else trail)
    if any(hop.several):
        nodes = passed[::-1] if hop.backwards else passed
        before, after = hop.several
        row[before], row[after] = nodes[:-1], nodes[1:]
    return passed


def path(name: str, nodes: Sequence[str], relationships: Sequence[str]) -> Step:
    """The path that the names of a pattern's parts make, under its own."""

    def step(row: Row, used: Used) -> Iterator[None]:
        row[name] = path_of(row, nodes, relationships)
        yield

    return step


def path_of(row: Row, nodes: Sequence[str], relationships: Sequence[str]) -> Path:
    passed: list[Node] = [row[nodes[0]]]
    found: list[Relationship] = []
    for at, name in enumerate(relationships):
        value = row[name]
        if not isinstance(value, list):
            found.append(value)
            passed.append(row[nodes[at + 1]])
            continue
        for relationship in value:
            passed.append(relationship.end if relationship.start is passed[-1] else relationship.start)
            found.append(relationship)
    return Path(tuple(passed), tuple(found))
