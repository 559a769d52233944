"""Rows of elements -> networkx graphs."""

from collections.abc import Iterable, Mapping

import networkx as nx

from graph.ontology import DENIED
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


def everything(rows: Mapping[str, Iterable[Row]]) -> "nx.MultiDiGraph":
    """All that a server would hold: also documents, claims, mentions and judgements, for Cypher."""
    found = graph(rows["entity"], rows["fact"])
    for kind in ("document", "mention", "claim", "judgement"):
        found.add_nodes_from((f"{kind} {row['id']}", {"labels": [kind.capitalize()], **row}) for row in rows[kind])
    parts = [node for node, labels in found.nodes(data="labels") if labels[0] in ("Claim", "Mention")]
    found.add_edges_from((node, f"document {found.nodes[node]['document']}", "in", {"type": "IN"}) for node in parts)
    return found
