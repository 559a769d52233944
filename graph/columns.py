"""A whole graph out of Neo4j as flat columns that the server collects.

A record for every few ten thousand elements, not one for each, which takes most of the time otherwise.
"""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from math import ceil
from typing import Any

import neo4j

from graph.model import KINDS
from graph.ontology import DENIED, KEYS, RELATIONS
from graph.summary import Row

RANGE = 50_000
"""Elements in one column at most, about."""

_NODE = sorted(set().union(*(kind.model_fields for kind in KINDS.values())) | {"id", "label"})
_EDGE = ("id", "relation", "claims", "publishers", "denied", "modality")
_MAYBE = ("first", "last")

Part = tuple[str, str, dict[str, str]]
"""What one statement reads: the type of its edges (empty for entities), its text, its parameters."""


def plan(session: neo4j.Session, types: Sequence[str]) -> list[Part]:
    """The statements that read all entities, then all edges of these types; each gives one record of columns."""
    patterns = {"": "(:Entity)"} | {type: f"()-[:{type}]->()" for type in types}
    # one statement for all; a kind that has none gives no row
    counts = (f"MATCH {pattern} RETURN '{of}' AS of, count(*) AS n" for of, pattern in patterns.items())
    found = {record["of"]: record["n"] for record in session.run(" UNION ALL ".join(counts))}
    return [part for type in patterns for part in _parts(type, found.get(type, 0))]


def _parts(type: str, count: int) -> Iterator[Part]:
    match, variable = (f"(s)-[r:{type}]->(o)", "r") if type else ("(n:Entity)", "n")
    values = ["s.id", "o.id", *(f"r.{name}" for name in _names(type))] if type else [f"n.{name}" for name in _NODE]
    # collect() leaves nulls out, so absent values come as ''
    columns = ", ".join(f"collect(coalesce({value}, ''))" for value in values)
    if 0 < count <= RANGE:
        yield type, f"MATCH {match} RETURN {columns}", {}
    elif count:
        text = f"MATCH {match} WHERE {variable}.id >= $low AND {variable}.id < $high RETURN {columns}"
        pieces = ceil(count / RANGE)
        # ids are hashes, so their first digits part them evenly
        bounds = [f"{16**6 * piece // pieces:06x}" for piece in range(pieces)]
        yield from ((type, text, {"low": low, "high": high}) for low, high in pairwise([*bounds, "g"]))


def _names(type: str) -> list[str]:
    keys = sorted(KEYS) if type == DENIED else filter(None, [RELATIONS[type].key])
    return [*_EDGE, *_MAYBE, *keys]


def nodes(columns: Sequence[list[Any]]) -> Iterator[tuple[str, Row]]:
    """Id and properties of each entity."""
    for values in zip(*columns, strict=True):
        row = {name: value for name, value in zip(_NODE, values, strict=True) if value != ""}
        yield row["id"], {"labels": ["Entity", row["label"]], **row}


def edges(type: str, columns: Sequence[list[Any]]) -> Iterator[tuple[str, str, str, Row]]:
    """Ends, id and properties of each edge of a type."""
    maybe = _names(type)[len(_EDGE) :]
    for subject, obj, id, relation, claims, publishers, denied, modality, *others in zip(*columns, strict=True):
        row = {"type": type, "id": id, "relation": relation, "claims": claims, "publishers": publishers}
        row |= {"denied": denied, "modality": modality}
        for name, value in zip(maybe, others, strict=True):
            if value != "":
                row[name] = value
        yield subject, obj, id, row


@contextmanager
def paused_collector() -> Iterator[None]:
    """Without Python's garbage collector, which would look in vain through everything built so far, again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
