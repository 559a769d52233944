"""The graph as queries walk it: nodes by label and by property, relationships by their ends and by type."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from graph.collector import paused_collector
from graph.cypher.value import Mistake, Node, Relationship, Value, accepted
from graph.errors import QueryError

if TYPE_CHECKING:
    import networkx as nx

MANY = 64
"""Relationships of one node that are worth sorting by type."""

Step = tuple[Relationship, Node]
_INDEXED = (str, int, float, date)


class Index:
    """Nodes and relationships, to be found quickly."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self.labelled: dict[str, list[Node]] = defaultdict(list)
        self.typed: dict[str, list[Relationship]] = defaultdict(list)
        self._ranks: dict[str, int] = {}
        self._orders: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.lists: set[int] = set()
        """Identities of the lists that are properties."""
        self._found: dict[tuple[str, str, str], dict[Value, list[Any]]] = {}
        self._sorted: dict[tuple[Node, bool], dict[str, list[Relationship]]] = {}

    def add_node(self, labels: tuple[str, ...], properties: Mapping[str, Value]) -> Node:
        node = Node(self._in_order(labels), properties)
        self.lists.update(id(value) for value in properties.values() if type(value) is list)
        self.nodes.append(node)
        for label in labels:
            self.labelled[label].append(node)
        return node

    def _in_order(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        """Labels in the order in which they first came up, in which a server gives them."""
        if labels not in self._orders:
            for label in labels:
                self._ranks.setdefault(label, len(self._ranks))
            self._orders[labels] = tuple(sorted(labels, key=self._ranks.__getitem__))
        return self._orders[labels]

    def add_relationship(self, type: str, start: Node, end: Node, properties: Mapping[str, Value]) -> None:
        relationship = Relationship(type, start, end, properties)
        self.typed[type].append(relationship)
        self.lists.update(id(value) for value in properties.values() if value.__class__ is list)
        if start.outgoing:
            start.outgoing.append(relationship)  # type: ignore[attr-defined]
        else:
            start.outgoing = [relationship]
        if end.incoming:
            end.incoming.append(relationship)  # type: ignore[attr-defined]
        else:
            end.incoming = [relationship]

    def having(self, label: str) -> Sequence[Node]:
        """Nodes with a label; all of them for an empty one."""
        return self.labelled.get(label, ()) if label else self.nodes

    def of_type(self, types: Iterable[str] | None) -> Iterator[Relationship]:
        """Relationships of these types, or of any."""
        for type in self.typed if types is None else types:
            yield from self.typed.get(type, ())

    def count(self, types: Iterable[str] | None) -> int:
        return sum(len(self.typed.get(type, ())) for type in (self.typed if types is None else types))

    def nodes_with(self, label: str, name: str, value: Value) -> Sequence[Node] | None:
        """Nodes with a label whose property may equal a value; None where there is no telling."""
        if type(value) not in _INDEXED:
            return None
        return self._index("node", label, name).get(value, ())

    def relationships_with(self, types: Iterable[str], name: str, value: Value) -> list[Relationship] | None:
        """Relationships of some types whose property may equal a value; None where there is no telling."""
        if type(value) not in _INDEXED:
            return None
        return [found for type in types for found in self._index("relationship", type, name).get(value, ())]

    def values(self, of: str, groups: Iterable[str], name: str) -> int:
        """How many values a property has among nodes of labels, or relationships of types: with more it tells more."""
        return sum(len(self._index(of, group, name)) for group in groups)

    def _index(self, of: str, group: str, name: str) -> dict[Value, list[Any]]:
        found = self._found.get((of, group, name))
        if found is None:
            found = self._found[of, group, name] = {}
            members: Iterable[Node | Relationship] = self.having(group) if of == "node" else self.typed.get(group, ())
            for member in members:
                value = member.properties.get(name)
                if type(value) in _INDEXED:
                    found.setdefault(value, []).append(member)
        return found

    def steps(self, node: Node, direction: int, types: frozenset[str] | None) -> Iterator[Step]:
        """Relationships of a node with the node at their other end; a loop once, whatever the direction."""
        if direction >= 0:
            for relationship in self._of(node, True, types):
                yield relationship, relationship.end
        if direction <= 0:
            for relationship in self._of(node, False, types):
                if direction or relationship.start is not relationship.end:
                    yield relationship, relationship.start

    def _of(self, node: Node, outgoing: bool, types: frozenset[str] | None) -> Iterable[Relationship]:
        every = node.outgoing if outgoing else node.incoming
        if types is None:
            return every[::-1]  # the newest first, as a server does
        if len(every) <= MANY:
            return [relationship for relationship in reversed(every) if relationship.type in types]
        by_type = self._sorted.get((node, outgoing))
        if by_type is None:
            by_type = self._sorted[node, outgoing] = {}
            for relationship in reversed(every):
                by_type.setdefault(relationship.type, []).append(relationship)
        return [relationship for type in types for relationship in by_type.get(type, ())]


def of_graph(graph: "nx.MultiDiGraph[Any]") -> Index:
    """The index of a networkx graph: node attribute `labels`, edge attribute `type`, all others properties.

    Raises:
        QueryError: an attribute is nothing that Cypher can hold.
    """
    found, nodes = Index(), {}
    with paused_collector():
        for key, values in graph.nodes(data=True):
            labels = values.get("labels", ())
            labels = (labels,) if isinstance(labels, str) else tuple(labels)
            nodes[key] = found.add_node(labels, _properties(values, "labels", key))
        for subject, obj, values in graph.edges(data=True):
            if not isinstance(values.get("type"), str):
                raise QueryError(f"the edge {subject!r} -> {obj!r} has no type")
            properties = _properties(values, "type", (subject, obj))
            found.add_relationship(values["type"], nodes[subject], nodes[obj], properties)
    return found


def _properties(values: Mapping[str, object], but: str, key: object) -> dict[str, Value]:
    try:
        return {name: accepted(value) for name, value in values.items() if value is not None and name != but}
    except Mistake as error:
        raise QueryError(f"{key!r}: {error}") from None
