"""Rows of elements -> networkx graphs, and the index that Cypher is answered from."""

import sys
from collections.abc import Iterable, Mapping
from typing import Any

import networkx as nx

from graph.collector import paused_collector
from graph.cypher.index import Index
from graph.ontology import DENIED
from graph.store import SCHEMA
from graph.summary import Row, edge_properties, edge_type

Edge = tuple[str, str, str, Row]
"""Ends, key and properties."""


def connect(graph: nx.MultiDiGraph, edges: Iterable[Edge]) -> None:
    """Add edges with new keys between nodes that are there: what `add_edges_from` does, at a sixth of its time.

    It goes to the dictionaries that networkx keeps a graph in, since a view is made for each edge otherwise.
    """
    successors, predecessors = graph._adj, graph._pred
    for subject, obj, key, properties in edges:
        parallel = successors[subject].get(obj)
        if parallel is None:
            successors[subject][obj] = predecessors[obj][subject] = {key: properties}
        else:
            parallel[key] = properties


def graph(entities: Iterable[Row], facts: Iterable[Row]) -> "nx.MultiDiGraph":
    """Entities as nodes, facts as edges, the denied ones too. See `Store.graph`."""
    found: nx.MultiDiGraph = nx.MultiDiGraph()
    found.add_nodes_from((row["id"], {"labels": ["Entity", row["label"]], **row}) for row in entities)
    edges = (
        (row["subject_id"], row["object_id"], row["id"], {"type": edge_type(row), **edge_properties(row)})
        for row in facts
    )
    connect(found, edges)
    return found


def view(whole: "nx.MultiDiGraph", *, denied: bool) -> "nx.MultiDiGraph":
    """A copy, without the edges of type DENIED unless they are asked for."""
    copy = whole.copy()
    for _, properties in copy.nodes(data=True):
        properties.update({key: list(value) for key, value in properties.items() if isinstance(value, list)})
    if not denied:
        gone = [(s, o, key) for s, o, key, kind in copy.edges(keys=True, data="type") if kind == DENIED]
        copy.remove_edges_from(gone)
    return copy


def index(rows: Mapping[str, Iterable[Row]]) -> Index:
    """All that a server would hold, for Cypher: also documents, claims, mentions, judgements, the graph's own node."""
    found, slim = Index(), _Slim()
    with paused_collector():
        found.add_node(("Keiretsu",), {"id": "graph", "schema": SCHEMA})
        entities = {
            row["id"]: found.add_node(("Entity", sys.intern(row["label"])), slim(row)) for row in rows["entity"]
        }
        for row in rows["fact"]:
            ends = entities[row["subject_id"]], entities[row["object_id"]]
            found.add_relationship(edge_type(row), *ends, slim(edge_properties(row)))
        documents = {row["id"]: found.add_node(("Document",), slim(row)) for row in rows["document"]}
        for kind in ("mention", "claim"):
            labels = (kind.capitalize(),)
            for row in rows[kind]:
                found.add_relationship("IN", found.add_node(labels, slim(row)), documents[row["document"]], _NONE)
        for row in rows["judgement"]:
            found.add_node(("Judgement",), slim(row))
    return found


_NONE: Row = {}
_ONCE = frozenset({"id", "evidence", "text"})


class _Slim:
    """Keeps names, texts and lists that come often just once: rows are read one by one, each with values of its own."""

    def __init__(self) -> None:
        self._known: dict[object, Any] = {}

    def __call__(self, row: Row) -> Row:
        known, intern = self._known.setdefault, sys.intern
        found: Row = {}
        for key, value in row.items():
            if value.__class__ is str and key not in _ONCE:
                value = known(value, value)
            elif value.__class__ is list and all(part.__class__ is str for part in value):
                value = known(tuple(value), value)
            found[intern(key)] = value
        return found
