"""A query without an end is stopped by the time limit on both stores, and they answer the next."""

import time
from itertools import combinations

import networkx as nx
import pytest
from conftest import empty, extraction, note

from graph import QueryError
from graph.cypher import CypherEngine
from graph.deadline import within
from graph.store import Store

NODES = 12
LIMIT = 0.5
LATE = 1.0
"""Seconds that may pass between the limit and the answer."""


@pytest.fixture(scope="module")
def dense(store: Store) -> Store:
    """A complete graph: every firm partners with and owns every other."""
    pairs = combinations([f"F{n:02}" for n in range(NODES)], 2)
    empty(store).add([extraction(*(note(a, kind, b) for a, b in pairs for kind in ("PARTNERS_WITH", "OWNS")))])
    store.query("MATCH (n:Firm) RETURN count(n) AS firms")  # the index is made; it is not under the limit
    return store


ENDLESS = [
    "MATCH (a:Firm)-[:PARTNERS_WITH*1..11]-(b:Firm) RETURN count(*) AS n",
    "MATCH (a:Firm)-[*1..11]-(b:Firm) WITH a.name AS a, b.name AS b, count(*) AS n RETURN a, b, n ORDER BY n, a",
    "MATCH p=(a)-[*]-(b) RETURN count(p) AS n",
    "MATCH (a:Firm), (b:Firm), (c:Firm), (d:Firm), (e:Firm), (f:Firm), (g:Firm), (h:Firm), (i:Firm) "
    "RETURN count(a.name + b.name + c.name + d.name + e.name + f.name + g.name + h.name + i.name) AS n",
]
WITHOUT_BOUNDS = ["MATCH p=(a)-[*]-(b) RETURN count(p)", "MATCH p=(a)-[*]->(b) RETURN count(p)"]


@pytest.mark.parametrize("cypher", ENDLESS)
def test_an_open_ended_query_is_stopped_and_the_store_answers_the_next(dense: Store, cypher: str) -> None:
    _stopped(dense, cypher)
    assert dense.query("MATCH (n:Firm) RETURN count(n) AS firms").rows == [(NODES,)]


@pytest.mark.parametrize("cypher", WITHOUT_BOUNDS)
def test_the_engine_stops_by_itself_on_any_graph(cypher: str) -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_nodes_from((str(n), {"labels": ["Firm"]}) for n in range(NODES))
    graph.add_edges_from((str(a), str(b), {"type": "OWNS"}) for a in range(NODES) for b in range(NODES) if a != b)
    engine, began = CypherEngine(graph), time.monotonic()
    with pytest.raises(QueryError, match="time limit"):
        engine.run(cypher, timeout=LIMIT)
    assert time.monotonic() - began < LIMIT + LATE


def _stopped(store: Store, cypher: str) -> None:
    began = time.monotonic()
    with pytest.raises(QueryError, match=r"no answer within the time limit of 0\.5 seconds"):
        store.query(cypher, timeout=LIMIT)
    assert time.monotonic() - began < LIMIT + LATE


def test_what_does_not_stop_is_left_alone() -> None:
    began = time.monotonic()
    with pytest.raises(QueryError, match="time limit"):
        within(0.01, lambda: time.sleep(2))
    assert time.monotonic() - began < LATE


def test_what_is_done_in_time_gives_its_result_or_its_own_error() -> None:
    def fail() -> None:
        raise TimeoutError("a socket's")

    assert within(10, lambda: 1) == 1
    with pytest.raises(TimeoutError, match="a socket's"):
        within(10, fail)
