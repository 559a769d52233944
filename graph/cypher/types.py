"""Cypher's names of types, as in `x IS :: INTEGER`, and whether a value is of one."""

from dataclasses import dataclass
from datetime import date, datetime

from graph.clause import refuse, wrong
from graph.cypher.duration import Duration
from graph.cypher.value import Elsewhere, Node, Path, Relationship, Value, kind_name
from graph.cypher.words import Words

_NAMES = {
    "BOOL": "BOOLEAN",
    "BOOLEAN": "BOOLEAN",
    "VARCHAR": "STRING",
    "STRING": "STRING",
    "INT": "INTEGER",
    "INTEGER": "INTEGER",
    "SIGNED INTEGER": "INTEGER",
    "FLOAT": "FLOAT",
    "DATE": "DATE",
    "LOCAL DATETIME": "LOCAL DATETIME",
    "ZONED DATETIME": "ZONED DATETIME",
    "DURATION": "DURATION",
    "MAP": "MAP",
    "ANY MAP": "MAP",
    "NODE": "NODE",
    "ANY NODE": "NODE",
    "VERTEX": "NODE",
    "ANY VERTEX": "NODE",
    "RELATIONSHIP": "RELATIONSHIP",
    "ANY RELATIONSHIP": "RELATIONSHIP",
    "EDGE": "RELATIONSHIP",
    "ANY EDGE": "RELATIONSHIP",
    "PATH": "PATH",
    "NULL": "NULL",
    "NOTHING": "NOTHING",
    "ANY": "ANY",
    "ANY VALUE": "ANY",
    "PROPERTY VALUE": "PROPERTY VALUE",
    "ANY PROPERTY VALUE": "PROPERTY VALUE",
}
_CLASSES: dict[str, type] = {
    "BOOLEAN": bool,
    "STRING": str,
    "INTEGER": int,
    "FLOAT": float,
    "DATE": date,
    "DURATION": Duration,
    "MAP": dict,
    "NODE": Node,
    "RELATIONSHIP": Relationship,
    "PATH": Path,
}


@dataclass(frozen=True, slots=True)
class Type:
    """One type: its name, the type of its members where it is a list, whether null is of it."""

    name: str
    member: "tuple[Type, ...]" = ()
    nullable: bool = True

    def holds(self, value: Value) -> bool:
        """Whether a value is of it."""
        if value is None:
            return self.nullable and self.name != "NOTHING"
        if self.name == "ANY":
            return True
        if self.name == "LIST":
            return type(value) is list and all(_holds(self.member, part) for part in value)
        if self.name == "PROPERTY VALUE":
            return _storable(value)
        return _scalar_name(value) == self.name


def _scalar_name(value: Value) -> str:
    kind = type(value)
    if kind is datetime:
        return "ZONED DATETIME" if value.tzinfo else "LOCAL DATETIME"
    return next((name for name, known in _CLASSES.items() if known is kind), "")


def _holds(types: tuple[Type, ...], value: Value) -> bool:
    return any(type.holds(value) for type in types)


def _storable(value: Value) -> bool:
    """Whether a property can be this: no element or map, and of lists those of values of one type."""
    if type(value) is not list:
        return type(value) not in (dict, Node, Relationship, Path)
    kinds = {_scalar_name(part) for part in value}
    return (len(kinds) < 2 or kinds == {"INTEGER", "FLOAT"}) and not kinds & {"", "MAP", "NODE", "RELATIONSHIP", "PATH"}


def is_of(types: tuple[Type, ...], value: Value) -> bool:
    """Whether a value is of one of the types."""
    return _holds(types, value)


def name_of(value: Value) -> str:
    """The function `valueType`, of anything but lists."""
    if value is None:
        return "NULL"
    if not (name := _scalar_name(value)):
        raise Elsewhere(f"valueType of a {kind_name(value)}")
    return f"{name} NOT NULL"


class Types(Words):
    """Reads the names of types."""

    def types(self) -> tuple[Type, ...]:
        """One type, or several joined by `|`."""
        token, found = self._token, tuple(self._many(self._type, "|"))
        if len({type.nullable for type in found}) > 1:
            wrong(token, "a choice of types of which some may be null and some may not")
        return found

    def _type(self) -> Type:
        if self._token.word in ("LIST", "ARRAY"):
            self._next()
            self._expect("<")
            member = self.types()
            self._expect(">")
            return Type("LIST", member, self._nullable())
        token = self._token
        for length in (3, 2, 1):
            words = " ".join(self._ahead(step).word for step in range(length))
            if words in _NAMES:
                for _ in range(length):
                    self._next()
                return Type(_NAMES[words], (), self._nullable())
        return refuse(token, f"the type {token.text}")

    def _nullable(self) -> bool:
        return not (self._take("NOT", "NULL") or self._take("!"))
