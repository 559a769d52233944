"""What every export is made of: the rows of a store, in order of id, and which columns they have.

The columns follow from the models, so a new property is in every format as soon as it is in `graph/model.py`.
"""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from types import UnionType
from typing import Any, Literal, NamedTuple, Union, get_args, get_origin

from pydantic import BaseModel

from graph.elements import Kind
from graph.model import KINDS, Claim, Document, Fact, Judgement, Qualifiers
from graph.store import Store
from graph.summary import Row, edge_properties, edge_type

Type = Literal["text", "integer", "number", "texts"]
"""`number` is an integer where it is whole, else a float (`graph.model.Amount`); `texts` is a list of text."""


class Column(NamedTuple):
    """A property that rows of a kind may have."""

    name: str
    type: Type


class Node(NamedTuple):
    """A row as a node of a property graph."""

    labels: tuple[str, ...]
    row: Row


class Edge(NamedTuple):
    """An edge between the nodes of two ids."""

    id: str
    type: str
    subject: str
    object: str
    row: Row
    subject_label: str = "Entity"


@dataclass
class Source:
    """The store that is exported, what is told of it, and what the format could not hold."""

    store: Store
    manifest: dict[str, Any]
    excel: bool = False
    left_out: Counter[str] = field(default_factory=Counter)
    """What -> how many."""

    def leave_out(self, what: str, count: int = 1) -> None:
        """Note that the format has no place for something."""
        if count:
            self.left_out[what] += count

    def rows(self, kind: Kind) -> Iterator[Row]:
        """The rows of a kind, in order of id, their properties in the order of the columns, whatever the store."""
        names = [column.name for column in columns(kind)]
        for row in self.store.stream(kind):
            yield {name: row[name] for name in names if name in row}

    def elements(self, kind: Kind) -> Iterator[Node | Edge]:
        """The rows of a kind as a property graph has them: after a mention or claim what joins it to its document."""
        for row in self.rows(kind):
            if kind == "fact":
                yield Edge(row["id"], edge_type(row), row["subject_id"], row["object_id"], edge_properties(row))
                continue
            yield Node(labels(kind, row), row)
            if kind in ("mention", "claim"):
                yield Edge(f"in {row['id']}", "IN", row["id"], row["document"], {}, kind.capitalize())


NODES: tuple[Kind, ...] = ("entity", "document", "mention", "claim", "judgement")
ORDER: tuple[Kind, ...] = (*NODES, "fact")
"""In which every edge comes after its ends."""


def labels(kind: Kind, row: Row) -> tuple[str, ...]:
    """The labels that a server gives the node of a row."""
    return ("Entity", row["label"]) if kind == "entity" else (kind.capitalize(),)


@lru_cache
def columns(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind's rows, the id first, then as its model has them."""
    known = {name: Column(name, "text") for name in ("id", *_ALSO[kind])}
    for model in _MODELS[kind]:
        for name, info in model.model_fields.items():
            if info.annotation is not Qualifiers:
                known.setdefault(name, Column(name, _type(info.annotation)))
    return tuple(known.values())


_ENTITIES: tuple[type[BaseModel], ...] = tuple(KINDS.values())
_MODELS: dict[Kind, tuple[type[BaseModel], ...]] = {
    "document": (Document,),
    "mention": _ENTITIES,
    "claim": (Claim, Qualifiers),
    "entity": _ENTITIES,
    "fact": (Fact,),
    "judgement": (Judgement,),
}
_ALSO: dict[Kind, tuple[str, ...]] = {
    "document": (),
    "mention": ("document", "entity", "label"),
    "claim": ("fact", "publisher", "published"),
    "entity": ("label",),
    "fact": ("subject_id", "object_id"),
    "judgement": (),
}
"""What rows hold besides the fields of their models (`graph.row`)."""


@lru_cache
def edge_columns() -> tuple[Column, ...]:
    """The columns of the edge that a fact is."""
    every = columns("fact")
    kept = edge_properties(dict.fromkeys(column.name for column in every))
    return tuple(column for column in every if column.name in kept)


def node_columns() -> tuple[Column, ...]:
    """The columns of all nodes together, each name once: what a name means does not depend on the kind."""
    return tuple({column.name: column for kind in NODES for column in columns(kind)}.values())


def _type(annotation: Any) -> Type:
    if get_origin(annotation) in (Union, UnionType):
        (annotation,) = (part for part in get_args(annotation) if part is not type(None))
    while hasattr(annotation, "__metadata__"):
        annotation = get_args(annotation)[0]
    if annotation is int or annotation is float:
        return "integer" if annotation is int else "number"
    return "texts" if get_origin(annotation) is tuple else "text"


def flat(value: Any) -> str:
    """A value as text, where a format has no lists: these as JSON."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else str(value)


def parsed(column: Column, text: str) -> Any:
    """The value that `flat` wrote."""
    return text if column.type == "text" else json.loads(text)
