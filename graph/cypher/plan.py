"""The order in which the parts of a pattern are looked for: from what is known, else from where there is least."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any, TypeVar

from graph.clause import refuse
from graph.cypher import step, tree
from graph.cypher.clock import Clock
from graph.cypher.evaluator import Evaluator
from graph.cypher.index import Index
from graph.cypher.shortest import Shortest
from graph.cypher.step import Hop, Row, Step, Test, Used
from graph.cypher.tree import Expression, conjuncts, names
from graph.cypher.value import Node, Relationship, Value, key

T = TypeVar("T")
Values = Callable[[Row], Iterable[Any]]
"""What a property may be, by what is known of a row."""

_fresh = count()

LOOKED_UP = 2
"""What a look-up by a property counts for, against the nodes that a label has."""


@dataclass(slots=True)
class Condition:
    """What must hold, once these names are known."""

    expression: Expression
    needs: frozenset[str]
    used: bool = False


@dataclass(slots=True)
class Chain:
    """A part of the pattern under names, its own or made up; which of its relationships are found."""

    part: tree.Part
    nodes: list[str]
    relationships: list[str]
    path: str
    open: list[int] = field(default_factory=list)


class Plan:
    """How to find a pattern for a row in which some names are known."""

    def __init__(
        self,
        parts: tuple[tree.Part, ...],
        where: Expression | None,
        bound: frozenset[str],
        index: Index,
        clock: Clock,
        evaluator: Evaluator,
    ) -> None:
        self._index, self._clock, self._evaluator = index, clock, evaluator
        self._bound, self._given = set(bound), bound
        self._met: set[int] = set()
        self._chains = [self._chain(part) for part in parts]
        self._own = {n for chain in self._chains for n in _names(chain)} - bound
        self._conditions = [self._condition(found) for found in conjuncts(where)]
        for chain in self._chains:
            self._describe(chain)
        self._steps: list[tuple[Step | None, list[Callable[[Row], bool]]]] = [(None, self._ready())]
        self._meet_given()
        self._arrange()

    def _name(self, given: str) -> str:
        # made-up names differ from those of all other patterns: rows hold the names of the patterns around this one
        return given or f"\0{next(_fresh)}"

    def _chain(self, part: tree.Part) -> Chain:
        nodes = [self._name(node.variable) for node in part.nodes]
        relationships = [self._name(relationship.variable) for relationship in part.relationships]
        return Chain(part, nodes, relationships, self._name(part.variable), list(range(len(relationships))))

    def _condition(self, expression: Expression) -> Condition:
        return Condition(expression, names(expression) & self._own)

    def _describe(self, chain: Chain) -> None:
        """Turn property maps and inner conditions into conditions."""
        for name, node in zip(chain.nodes, chain.part.nodes, strict=True):
            self._conditions += self._inner(name, node)
        for name, relationship in zip(chain.relationships, chain.part.relationships, strict=True):
            if not relationship.length:
                self._conditions += self._inner(name, relationship)

    def _inner(self, name: str, pattern: tree.NodePattern | tree.RelationshipPattern) -> Iterator[Condition]:
        subject = tree.Variable(pattern.token, name)
        for expression in (*_equalities(subject, pattern.properties), *conjuncts(pattern.where)):
            yield self._condition(expression)

    # the order

    def _arrange(self) -> None:
        while pending := [chain for chain in self._chains if chain.open or self._loose(chain)]:
            hops = [(chain, at) for chain in pending for at in chain.open if self._reachable(chain, at)]
            if hops:
                self._relate(*min(hops, key=lambda hop: self._effort(*hop)))
            else:
                self._begin(pending)
        for chain in self._chains:
            self._finish(chain)

    def _loose(self, chain: Chain) -> bool:
        return any(name not in self._bound for name in chain.nodes)

    def _reachable(self, chain: Chain, at: int) -> bool:
        ends = [name in self._bound for name in chain.nodes[at : at + 2]]
        known = chain.relationships[at] in self._given
        return all(ends) if chain.part.shortest else any(ends) or known

    def _effort(self, chain: Chain, at: int) -> tuple[bool, ...]:
        pattern = chain.part.relationships[at]
        ends = all(name in self._bound for name in chain.nodes[at : at + 2])
        return chain.relationships[at] not in self._given, bool(pattern.length), not ends

    def _add(self, found: Step) -> None:
        self._steps.append((found, self._ready()))

    def _ready(self) -> list[Callable[[Row], bool]]:
        """The conditions for which all names are known now, and were not before."""
        known = [c for c in self._conditions if not c.used and c.needs <= self._bound]
        for condition in known:
            condition.used = True
        return [self._evaluator.condition(condition.expression) for condition in known]

    def _finish(self, chain: Chain) -> None:
        for name, node in zip(chain.nodes, chain.part.nodes, strict=True):
            self._meet(name, node)
        if chain.part.variable and not chain.part.shortest:
            self._bound.add(chain.path)
            self._add(step.path(chain.path, chain.nodes, chain.relationships))

    def _meet(self, name: str, node: tree.NodePattern) -> None:
        """The labels of a node that something else than its own labels led to."""
        if node.labels and id(node) not in self._met:
            self._met.add(id(node))
            self._add(step.check(name, node.labels))

    def _meet_given(self) -> None:
        """Nodes found before come first, since they rule out most."""
        for chain in self._chains:
            for name, node in zip(chain.nodes, chain.part.nodes, strict=True):
                if name in self._given:
                    self._add(step.known(name, node.token))
                    self._meet(name, node)

    # where to begin

    def _begin(self, pending: list[Chain]) -> None:
        starts = [start for chain in pending for start in self._starts(chain)]
        _, begin = min(starts, key=lambda start: start[0])
        begin()

    def _starts(self, chain: Chain) -> Iterator[tuple[float, Callable[[], None]]]:
        """Ways to begin a part, with what they cost."""
        for name, node in zip(chain.nodes, chain.part.nodes, strict=True):
            if name not in self._bound:
                yield self._node_start(name, node)
        for at in chain.open:
            pattern = chain.part.relationships[at]
            if not chain.part.shortest and not pattern.length and chain.relationships[at] not in self._given:
                yield self._relationship_start(chain, at)

    def _node_start(self, name: str, node: tree.NodePattern) -> tuple[float, Callable[[], None]]:
        labels = node.labels.required() if node.labels else ()
        candidates: Callable[[Row], Iterable[Node]]
        label = min(labels, key=lambda label: len(self._index.having(label)), default="")
        cost, candidates = len(self._index.having(label)), self._all_nodes(label)
        if found := self._equalities(name):
            attribute, values = max(found, key=lambda one: self._index.values("node", (label,), one[0]))
            find = partial(self._index.nodes_with, label, attribute)
            cost, candidates = min(cost, LOOKED_UP), _looked_up(find, values, lambda: self._index.having(label))

        def begin() -> None:
            self._bound.add(name)
            self._met.add(id(node))
            self._add(step.start(name, node.labels, candidates, self._clock))

        return cost, begin

    def _all_nodes(self, label: str) -> Callable[[Row], Sequence[Node]]:
        nodes = self._index.having(label)
        return lambda row: nodes

    def _equalities(self, name: str) -> list[tuple[str, Values]]:
        """Properties that must equal something known, or be in a list of it."""
        found: list[tuple[str, Values]] = []
        for condition in self._conditions:
            if compared := _compared(condition.expression, name):
                attribute, other, among = compared
                if names(other) & self._own <= self._bound and not isinstance(other, tree.Subquery):
                    value = self._evaluator.of(other)
                    found.append((attribute, (_members if among else _only)(value)))
        return found

    def _relationship_start(self, chain: Chain, at: int) -> tuple[float, Callable[[], None]]:
        hop = self._hop(chain, at, backwards=False)
        every: Callable[[Row], Iterable[Relationship]] = lambda row: self._index.of_type(hop.types)  # noqa: E731
        cost: float = self._index.count(hop.types) * (1.5 if hop.direction else 3)
        if hop.types is not None and (found := self._equalities(hop.name)):
            types = hop.types
            attribute, values = max(found, key=lambda one: self._index.values("relationship", types, one[0]))
            find = partial(self._index.relationships_with, types, attribute)
            cost, every = LOOKED_UP + 1, _looked_up(find, values, lambda: self._index.of_type(types))

        def begin() -> None:
            self._bound |= {hop.name, hop.source, hop.target}
            chain.open.remove(at)
            self._add(step.scan(hop, every, self._clock))
            self._meet_ends(chain, at)

        return cost, begin

    # how to go on

    def _hop(self, chain: Chain, at: int, *, backwards: bool) -> Hop:
        pattern = chain.part.relationships[at]
        source, target = chain.nodes[at : at + 2]
        if backwards:
            source, target = target, source
        types = pattern.types.choices() if pattern.types else None
        labels = pattern.types if pattern.types and types is None else None
        direction = -pattern.direction if backwards else pattern.direction
        name = chain.relationships[at]
        length, token = pattern.length, pattern.token
        return Hop(source, target, name, direction, types, labels, length, backwards, token, pattern.several)

    def _relate(self, chain: Chain, at: int) -> None:
        chain.open.remove(at)
        first, second = (name in self._bound for name in chain.nodes[at : at + 2])
        hop = self._hop(chain, at, backwards=second and not first)
        both = (first and second) or hop.source == hop.target
        pattern, before = chain.part.relationships[at], frozenset(self._bound)
        known = hop.name in self._given
        self._bound |= {hop.source, hop.target, hop.name, *hop.several}
        if chain.part.shortest:
            self._shorten(chain, hop, pattern)
        elif known and pattern.length:
            refuse(pattern.token, "a list of relationships, found before, as a pattern")
        elif known:
            self._add(step.given(hop, before, pattern.token))
        elif pattern.length:
            self._add(step.walk(hop, self._index, self._clock, self._test(pattern, hop), both))
        else:
            self._add((step.join if both else step.expand)(hop, self._index, self._clock))
        self._meet_ends(chain, at)

    def _meet_ends(self, chain: Chain, at: int) -> None:
        for end in (at, at + 1):
            self._meet(chain.nodes[end], chain.part.nodes[end])

    def _shorten(self, chain: Chain, hop: Hop, pattern: tree.RelationshipPattern) -> None:
        self._bound |= {chain.path}
        kind = chain.part.shortest
        accept = self._accepting(chain, hop) if kind in ("shortestPath", "allShortestPaths") else []
        found = Shortest(hop, chain.path, self._index, self._clock, kind, test=self._test(pattern, hop))
        self._add(found.step(accept))

    def _accepting(self, chain: Chain, hop: Hop) -> list[Callable[[Row], bool]]:
        """The conditions on a shortest path itself; with a selector they are met afterwards, like all others."""
        about = {chain.path, hop.name}
        ours = [c for c in self._conditions if not c.used and c.needs & about and c.needs <= self._bound]
        if any(not c.used and c.needs & about and c not in ours for c in self._conditions):
            refuse(hop.token, "a condition on a shortest path that depends on a later part of the pattern")
        for condition in ours:
            condition.used = True
        return [self._evaluator.condition(condition.expression) for condition in ours]

    def _test(self, pattern: tree.RelationshipPattern, hop: Hop) -> Test | None:
        """Whether each of several relationships, and the nodes around it, are as asked for."""
        each = pattern.variable if pattern.quantified and pattern.variable else "\0each"
        wanted = [*_equalities(tree.Variable(pattern.token, each), pattern.properties), *conjuncts(pattern.where)]
        ends = [pattern.group.start, pattern.group.end] if pattern.group else []
        keys = [each, *(node.variable or f"\0{at}" for at, node in enumerate(ends))]
        for node, name in zip(ends, keys[1:], strict=True):
            wanted += [*_equalities(tree.Variable(node.token, name), node.properties), *conjuncts(node.where)]
        wanted += conjuncts(pattern.group.where if pattern.group else None)
        if names(tuple(wanted)) & self._own - self._bound:
            refuse(pattern.token, "a condition on several relationships that depends on a later part of the pattern")
        labels = [node.labels for node in ends]
        if not wanted and not any(labels):
            return None
        return _tested([self._evaluator.condition(found) for found in wanted], keys, labels, hop.backwards)

    # running

    def run(self, row: Row) -> Iterator[Row]:
        """The rows that follow from one, with what was found."""
        row = dict(row)
        for _ in self._from(0, row, set()):
            yield dict(row)

    def _from(self, at: int, row: Row, used: Used) -> Iterator[None]:
        if at == len(self._steps):
            yield
            return
        found, conditions = self._steps[at]
        for _ in found(row, used) if found else (None,):
            for condition in conditions:
                if not condition(row):
                    break
            else:
                yield from self._from(at + 1, row, used)


def _names(chain: Chain) -> Iterator[str]:
    yield from (*chain.nodes, *chain.relationships, chain.path)
    for relationship in chain.part.relationships:
        yield from filter(None, relationship.several)


def _tested(
    conditions: list[Callable[[Row], bool]],
    keys: list[str],
    labels: list[tree.Labels | None],
    backwards: bool,
) -> Test:
    """A test of conditions in which these keys name a relationship and the nodes before and after it."""

    def test(row: Row, relationship: Relationship, node: Node, end: Node) -> bool:
        ends = (end, node) if backwards else (node, end)
        if not all(wanted is None or wanted.holds(one.labels) for wanted, one in zip(labels, ends, strict=False)):
            return False
        inner = {**row, **dict(zip(keys, (relationship, *ends), strict=False))}
        return all(condition(inner) for condition in conditions)

    return test


def _looked_up(
    find: Callable[[Value], Sequence[T] | None],
    values: Callable[[Row], Iterable[Value]],
    every: Callable[[], Iterable[T]],
) -> Callable[[Row], Iterable[T]]:
    """What has one of some values, by an index; everything where an index cannot tell."""

    def candidates(row: Row) -> Iterable[T]:
        found: list[T] = []
        for value in values(row):
            some = find(value)
            if some is None and value is not None:
                return every()
            found += some or ()
        return found

    return candidates


def _equalities(subject: Expression, properties: Expression | None) -> Iterator[Expression]:
    """What a property map says, as conditions."""
    if isinstance(properties, tree.MapOf):
        for name, value in properties.pairs:
            yield tree.Chain(value.token, (tree.Property(value.token, subject, name), value), ("=",))


def _compared(expression: Expression, name: str) -> tuple[str, Expression, bool] | None:
    """For `name.attribute = other` and `name.attribute IN other`: attribute, other, and whether it is IN."""
    if isinstance(expression, tree.Chain) and expression.operators == ("=",):
        for one, other in (expression.operands, expression.operands[::-1]):
            if isinstance(one, tree.Property) and _is(one.subject, name) and name not in names(other):
                return one.name, other, False
    if isinstance(expression, tree.Binary) and expression.operator == "IN":
        one, other = expression.left, expression.right
        if isinstance(one, tree.Property) and _is(one.subject, name) and name not in names(other):
            return one.name, other, True
    return None


def _is(expression: Expression, name: str) -> bool:
    return isinstance(expression, tree.Variable) and expression.name == name


def _only(value: Callable[[Row], object]) -> Values:
    return lambda row: (value(row),)


def _members(value: Callable[[Row], object]) -> Values:
    """Each member of a list once."""

    def members(row: Row) -> Iterable[object]:
        found = value(row)
        if not isinstance(found, list):
            return (None,) if found is None else ([],)  # what is no list is told where the condition is computed
        return {key(member): member for member in found}.values()

    return members
