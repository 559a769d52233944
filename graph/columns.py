"""A whole graph out of Neo4j as flat columns that the server collects.

A record for every few ten thousand elements, not one for each, which takes most of the time otherwise.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import ceil
from typing import Any

import neo4j

from graph.ontology import DENIED, KEYS, RELATIONS
from graph.snapshot import Edge
from graph.summary import Row

RANGE = 50_000
"""Elements in one column at most, about."""

_ALWAYS = ("id", "claims", "publishers", "denied", "modality")
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
    values = ["s.id", "o.id", *(f"r.{name}" for name in _ALWAYS)] if type else ["properties(n)"]
    # collect() leaves nulls out, so absent values come as ''
    values += [f"coalesce(r.{name}, '')" for name in (*_MAYBE, *_extra(type))] if type else []
    columns = ", ".join(f"collect({value})" for value in values)
    if 0 < count <= RANGE:
        yield type, f"MATCH {match} RETURN {columns}", {}
    elif count:
        text = f"MATCH {match} WHERE {variable}.id >= $low AND {variable}.id < $high RETURN {columns}"
        pieces = ceil(count / RANGE)
        # ids are hashes, so their first digits part them evenly
        bounds = [f"{16**6 * piece // pieces:06x}" for piece in range(pieces)]
        yield from ((type, text, {"low": low, "high": high}) for low, high in pairwise([*bounds, "g"]))


def _extra(type: str) -> list[str]:
    """What edges of a type say besides: the variant of the fact; what is denied, where the type does not tell."""
    if type == DENIED:
        return ["relation", *sorted(KEYS)]
    key = RELATIONS[type].key
    return [key] if key else []


def nodes(columns: Sequence[list[Any]]) -> Iterator[tuple[str, Row]]:
    """Id and properties of each entity. They differ in what they have, and are few beside the edges: maps will do."""
    return ((row["id"], {"labels": ["Entity", row["label"]], **row}) for row in columns[0])


def edges(type: str, columns: Sequence[list[Any]]) -> Iterator[Edge]:
    """Each edge of a type."""
    extra = _extra(type)
    for subject, obj, id, claims, publishers, denied, modality, first, last, *others in zip(*columns, strict=True):
        row = {
            "type": type,
            "id": id,
            "relation": type,
            "claims": claims,
            "publishers": publishers,
            "denied": denied,
            "modality": modality,
        }
        if first:
            row["first"], row["last"] = first, last
        for key, value in zip(extra, others, strict=True):
            if value:
                row[key] = value
        yield subject, obj, id, row
