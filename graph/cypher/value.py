"""What Cypher computes with: nodes, relationships, paths, plain values; when two are equal, and which comes first."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from graph.cypher.duration import Duration

Value = Any
"""None, bool, int, float, str, date, datetime, time, Duration, list, dict, Node, Relationship or Path."""


class Mistake(Exception):
    """A value that cannot be worked with, found while a query runs."""


class Elsewhere(Mistake):
    """What a server answers, and this does not: named without "is not answered by …"."""


_EXACT = 2**53
"""Up to here a float tells integers apart."""


class Node:
    """A node: its labels and properties."""

    __slots__ = ("incoming", "labels", "outgoing", "properties")

    def __init__(self, labels: tuple[str, ...], properties: Mapping[str, Value]) -> None:
        self.labels = labels
        self.properties = properties
        self.outgoing: Sequence[Relationship] = ()
        self.incoming: Sequence[Relationship] = ()

    def __repr__(self) -> str:
        return f"(:{':'.join(self.labels)} {dict(self.properties)!r})"


class Relationship:
    """A relationship: its type and properties, the nodes that it leads from and to."""

    __slots__ = ("end", "properties", "start", "type")

    def __init__(self, type: str, start: Node, end: Node, properties: Mapping[str, Value]) -> None:
        self.type = type
        self.start = start
        self.end = end
        self.properties = properties

    def __repr__(self) -> str:
        return f"[:{self.type} {dict(self.properties)!r}]"


@dataclass(frozen=True, slots=True)
class Path:
    """A path: its nodes, and the relationships between them."""

    nodes: tuple[Node, ...]
    relationships: tuple[Relationship, ...]

    def __len__(self) -> int:
        return len(self.relationships)


def is_number(value: Value) -> bool:
    return type(value) is int or type(value) is float


def equal(a: Value, b: Value) -> bool | None:
    """Whether two values are equal; None where null keeps it open."""
    if a is None or b is None:
        return None
    one, other = type(a), type(b)
    if one is list and other is list:
        return _all_equal(a, b)
    if one is dict and other is dict:
        return a.keys() == b.keys() and _all_equal(list(a.values()), [b[key] for key in a])
    if one is other:
        return bool(a == b) and (one is not datetime or a.utcoffset() == b.utcoffset())
    return bool(_surely(a, b) and a == b) if is_number(a) and is_number(b) else False


def _all_equal(a: Sequence[Value], b: Sequence[Value]) -> bool | None:
    if len(a) != len(b):
        return False
    found: bool | None = True
    for one, other in zip(a, b, strict=True):
        same = equal(one, other)
        if same is False:
            return False
        found = found if same else None
    return found


def contains(items: Sequence[Value], value: Value) -> bool | None:
    """Whether a list holds a value; None where null keeps it open."""
    found: bool | None = False
    for item in items:
        same = equal(value, item)
        if same:
            return True
        found = None if same is None else found
    return found


def less(a: Value, b: Value, *, also: bool = False) -> bool | None:
    """Whether one is less than the other; None where they cannot be compared.

    Args:
        also: equal will do.
    """
    kind = type(a)
    if kind is list and type(b) is list:
        return _list_less(a, b, also=also)
    if not _comparable(a, b):
        return None
    if kind is datetime:
        a, b = _moment_rank(a), _moment_rank(b)
    return bool(a <= b if also else a < b)


def _moment_rank(value: datetime) -> tuple[datetime, timedelta]:
    """Of moments that are the same, the one further east comes last."""
    return value, value.utcoffset() or timedelta()


def _list_less(a: Sequence[Value], b: Sequence[Value], *, also: bool) -> bool | None:
    """The first members that differ decide, else the shorter list comes first."""
    for one, other in zip(a, b, strict=False):
        same = equal(one, other)
        if same is None:
            return None
        if not same:
            return less(one, other)
    return len(a) <= len(b) if also else len(a) < len(b)


def _comparable(a: Value, b: Value) -> bool:
    if a is None or b is None:
        return False
    if is_number(a):
        return is_number(b) and _surely(a, b)
    kind = type(a)
    if kind is not type(b):
        return False
    if kind in (str, bool, date):
        return True
    if kind is datetime or kind is time:
        return (a.tzinfo is None) == (b.tzinfo is None)
    if kind in (dict, Node, Relationship, Path):
        raise Elsewhere(f"a comparison of two values of type {kind_name(a)}")
    return False


def _surely(a: float, b: float) -> bool:
    """Refuse a large integer beside a float, which a server compares now exactly and now not."""
    if type(a) is not type(b) and abs(a) >= _EXACT and abs(b) >= _EXACT:
        raise Elsewhere("a comparison of an integer beyond 2^53 with a float")
    return True


def key(value: Value) -> object:
    """What is the same for values that DISTINCT and grouping take for one."""
    kind = type(value)
    if kind is str or kind is int or value is None:
        return value
    if kind is float:
        if math.isnan(value):
            raise Elsewhere("telling NaN from NaN, for DISTINCT or groups,")
        return value
    if kind is bool:
        return bool, value
    if kind is list:
        return list, tuple(map(key, value))
    if kind is dict:
        return dict, frozenset((name, key(part)) for name, part in value.items())
    if kind is datetime:
        return datetime, value.utcoffset(), value
    return kind, value


# the order of types in ORDER BY; maps come first, null last
_RANKS: dict[type, int] = {
    list: 3,
    Path: 4,
    datetime: 5,
    date: 7,
    time: 8,
    Duration: 10,
    str: 11,
    bool: 12,
    int: 13,
    float: 13,
}


def rank(value: Value) -> tuple[object, ...]:
    """A key that sorts as ORDER BY does.

    Raises:
        Mistake: the order would be a server's own, as with nodes.
    """
    if value is None:
        return (15,)
    kind = type(value)
    if kind not in _RANKS or kind in (Path, Duration):
        raise Elsewhere(f"ordering by values of type {kind_name(value)}")
    if kind is float:
        return (13, math.isnan(value), 0.0 if math.isnan(value) else value)
    if kind is int:
        return (13, False, value)
    if kind is list:
        return (3, tuple(map(rank, value)))
    if kind is datetime:
        return (_RANKS[kind] + (value.tzinfo is None), _moment_rank(value))
    if kind is time:
        return (_RANKS[kind] + (value.tzinfo is None), value)
    return (_RANKS[kind], value)


_NAMES: dict[type, str] = {
    bool: "Boolean",
    int: "Integer",
    float: "Float",
    str: "String",
    list: "List",
    dict: "Map",
    date: "Date",
    datetime: "DateTime",
    time: "Time",
    Duration: "Duration",
    Node: "Node",
    Relationship: "Relationship",
    Path: "Path",
    type(None): "Null",
}


def kind_name(value: Value) -> str:
    return _NAMES.get(type(value), type(value).__name__)


def ordered(rows: list[Any], sorts: Sequence[tuple[Callable[[Any], Value], bool]]) -> None:
    """Sort rows in place.

    Args:
        sorts: what to sort by, and whether descending; the most important first.
    """
    for value_of, descending in reversed(sorts):
        rows.sort(key=lambda row: rank(value_of(row)), reverse=descending)


def accepted(value: Any) -> Value:
    """A value from outside, as a parameter or a property, as Cypher has it.

    Raises:
        Mistake: it has no place in Cypher.
    """
    kind = type(value)
    if kind in (str, bool, date, datetime, time, Duration) or value is None:
        return value
    if kind is int:
        if not -(2**63) <= value < 2**63:
            raise Mistake(f"{value} does not fit into 64 bits")
        return value
    if kind is float or kind in (Node, Relationship, Path):
        return value
    if kind is list or kind is tuple:
        return [accepted(part) for part in value]
    if isinstance(value, Mapping) and all(isinstance(name, str) for name in value):
        return {name: accepted(part) for name, part in value.items()}
    if callable(native := getattr(value, "to_native", None)):  # the driver's own dates
        return accepted(native())
    if isinstance(value, str):  # a class of its own made from text
        return str(value)
    raise Mistake(f"a value of type {kind.__name__} is none that Cypher knows")
