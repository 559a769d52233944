"""A Cypher script that makes the same store in an empty Neo4j database. A statement is a line. Holds everything.

The node that makes it a store comes last: what was left unfinished is not taken for one.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from graph.neo4j_store import ROOT, schema
from graph.store import SCHEMA
from queries.export.parts import ORDER, Edge, Node, Source

ROWS = 200
"""Rows in a statement: a server parses each as a whole."""

_ESCAPED = re.compile(r"[\\'\x00-\x1f\x7f-\x9f\u2028\u2029]")
_SHORT = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def lines(source: Source) -> Iterator[str]:
    """Yield the script line by line."""
    yield f"// {json.dumps(source.manifest)}\n"
    for statement in schema():
        yield f"{statement};\n"
    for kind in ORDER:
        yield from _grouped(map(_parts, source.elements(kind)))
    yield ROOT.replace("$schema", str(SCHEMA)) + ";\n"


def _grouped(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Statements, each with the rows it is for; the last ones with fewer than `ROWS`."""
    pending: dict[str, list[str]] = {}
    for statement, row in rows:
        group = pending.setdefault(statement, [])
        group.append(row)
        if len(group) == ROWS:
            yield _statement(statement, pending.pop(statement))
    for statement, group in pending.items():
        yield _statement(statement, group)


def _statement(statement: str, rows: list[str]) -> str:
    return f"UNWIND [{', '.join(rows)}] AS row {statement};\n"


def _parts(element: Node | Edge) -> tuple[str, str]:
    """A statement, and the row it is for."""
    if isinstance(element, Edge):
        return _edge_statement(element), _ends(element)
    return f"CREATE (n:{':'.join(element.labels)}) SET n = row", literal(element.row)


def _edge_statement(edge: Edge) -> str:
    if edge.type == "IN":
        return f"MATCH (n:{edge.subject_label} {{id: row.s}}) MATCH (d:Document {{id: row.o}}) CREATE (n)-[:IN]->(d)"
    ends = "MATCH (s:Entity {id: row.s}) MATCH (o:Entity {id: row.o})"
    return f"{ends} CREATE (s)-[r:{edge.type}]->(o) SET r = row.edge"


def _ends(edge: Edge) -> str:
    return literal({"s": edge.subject, "o": edge.object} | ({"edge": edge.row} if edge.row else {}))


def literal(value: Any) -> str:
    """A value as Cypher writes it."""
    if isinstance(value, str):
        return f"'{_ESCAPED.sub(_escape, value)}'"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {literal(part)}" for key, part in value.items()) + "}"
    if isinstance(value, list):
        return f"[{', '.join(map(literal, value))}]"
    return repr(value).replace("e+", "e")


def _escape(found: re.Match[str]) -> str:
    return _SHORT.get(found[0]) or f"\\u{ord(found[0]):04x}"
