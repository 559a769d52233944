"""How fast stores take and give a graph, as ratios against the bare driver and plain networkx. See README.md here."""

import argparse
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, TypeVar

import neo4j
import networkx as nx

from graph import login, neo4j_server, open_store
from graph.door import admit
from graph.elements import Elements
from graph.model import Document, Extraction
from graph.neo4j_store import Neo4jStore
from graph.ontology import MEASURES, RELATIONS
from graph.store import Store
from graph.summary import Row, edge_properties, edge_type

T = TypeVar("T")
Notes = tuple[Document, list[dict[str, Any]], list[dict[str, Any]]]

CLAIMS_PER_FACT = 2.5
CLAIMS_PER_DOCUMENT = 12
BATCH = 5_000
READINGS = 3


def industry(facts: int, seed: int = 7) -> list[Notes]:
    """Notes of articles about an invented industry: skewed degrees, several claims a fact, in no order."""
    rng = random.Random(seed)
    names = _names(facts // 5)
    known: dict[tuple[str, str, str, str | None], None] = {}
    while len(known) < facts:
        relation = RELATIONS[rng.choice(_COMMON)]
        subject_label, object_label = rng.choice(sorted(relation.ends))
        subject, obj = _pick(rng, names[subject_label]), _pick(rng, names[object_label])
        if subject != obj:
            variant = rng.choice(MEASURES) if relation.key == "measure" else "speed" if relation.key else None
            known[subject, relation.name, obj, variant] = None
    labels = {name: label for label, group in names.items() for name in group}
    told = list(known) + _more(rng, list(known), round(facts * (CLAIMS_PER_FACT - 1)))
    rng.shuffle(told)
    pieces = (told[n : n + CLAIMS_PER_DOCUMENT] for n in range(0, len(told), CLAIMS_PER_DOCUMENT))
    return [_article(rng, number, piece, labels) for number, piece in enumerate(pieces)]


_COMMON = [name for name in RELATIONS if name not in ("LISTS_ON", "SUES")]


def _names(count: int) -> dict[str, list[str]]:
    shares = {"Firm": 0.5, "Chip": 0.15, "Product": 0.1, "Person": 0.1, "Fund": 0.08, "Regulator": 0.02}
    shares |= {"Sector": 0.02, "Country": 0.01, "Market": 0.01}
    return {label: [f"{label} {n}" for n in range(max(5, round(count * share)))] for label, share in shares.items()}


def _pick(rng: random.Random, names: Sequence[str]) -> str:
    """A name, the first ones much more often than the rest (Pareto)."""
    return names[
        min(int(rng.paretovariate(0.6)) - 1, len(names) - 1) if rng.random() < 0.5 else rng.randrange(len(names))
    ]


def _more(rng: random.Random, facts: Sequence[T], count: int) -> list[T]:
    """Facts told again: some very often, most once or twice."""
    return [
        facts[min(int(rng.paretovariate(0.4)) - 1, len(facts) - 1)] if rng.random() < 0.1 else rng.choice(facts)
        for _ in range(count)
    ]


def _article(
    rng: random.Random, number: int, told: Sequence[tuple[str, str, str, str | None]], labels: dict[str, str]
) -> Notes:
    claims: list[dict[str, Any]] = []
    for n, (subject, relation, obj, variant) in enumerate(dict.fromkeys(told)):
        key = RELATIONS[relation].key
        claims.append(
            {
                "subject": subject,
                "relation": relation,
                "object": obj,
                "qualifiers": {key: variant} if key else {},
                "modality": rng.choice(("stated", "stated", "stated", "expected", "rumored", "denied")),
                "date": rng.choice((None, "2023", f"2024-{rng.randint(1, 12):02}")),
                "evidence": f"In sentence {n} of article {number} it is told that {subject} {relation} {obj}.",
            }
        )
    text = " ".join(claim["evidence"] for claim in claims)
    names = sorted({claim[end] for claim in claims for end in ("subject", "object")})
    document = Document.model_validate(
        {
            "title": f"Article {number}",
            "publisher": f"Publisher {rng.randrange(40)}",
            "published": f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
            "text": text,
        }
    )
    return document, [{"name": name, "label": labels[name], "aliases": [f"{name} Inc"]} for name in names], claims


def admitted(notes: Sequence[Notes]) -> list[Extraction]:
    """The notes checked, and every id worked out."""
    made = [admit(document, entities, claims, "benchmark/1") for document, entities, claims in notes]
    assert not any(extraction.rejects for extraction in made)
    for extraction in made:
        _ = [entity.id for entity in extraction.entities], [claim.id for claim in extraction.claims]
    return made


def timed(work: Callable[[], T]) -> tuple[float, T]:
    begun = time.perf_counter()
    result = work()
    return time.perf_counter() - begun, result


class Bare:
    """What one would write by hand with the driver: the same elements, UNWIND MERGE, a transaction a batch."""

    def __init__(self, driver: neo4j.Driver) -> None:
        self._driver = driver

    def wipe(self) -> None:
        edges = "MATCH (:Entity)-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS"
        nodes = "MATCH (n) WHERE NOT n:Keiretsu CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 10000 ROWS"
        with self._driver.session() as session:
            session.run(edges).consume()
            session.run(nodes).consume()

    def write(self, rows: dict[str, list[Row]]) -> None:
        for kind, label in (("document", "Document"), ("mention", "Mention"), ("claim", "Claim")):
            link = (
                " WITH n, row MATCH (d:Document {id: row.document}) MERGE (n)-[:IN]->(d)" if kind != "document" else ""
            )
            self._send(f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n = row{link}", rows[kind])
        for label, group in _grouped(rows["entity"], lambda row: str(row["label"])):
            self._send(f"UNWIND $rows AS row MERGE (n:Entity {{id: row.id}}) SET n = row, n:{label}", group)
        for type, group in _grouped(rows["fact"], edge_type):
            edges = [{"s": row["subject_id"], "o": row["object_id"], "edge": edge_properties(row)} for row in group]
            self._send(
                "UNWIND $rows AS row MATCH (s:Entity {id: row.s}) MATCH (o:Entity {id: row.o}) "
                f"MERGE (s)-[r:{type} {{id: row.edge.id}}]->(o) SET r = row.edge",
                edges,
            )

    def _send(self, text: str, rows: Sequence[Row]) -> None:
        for start in range(0, len(rows), BATCH):
            self._driver.execute_query(text, rows=rows[start : start + BATCH])

    def read(self) -> "nx.MultiDiGraph":
        """The graph, record by record, with the driver's relationship objects."""
        graph = nx.MultiDiGraph()
        with self._driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            for record in session.run("MATCH (n:Entity) RETURN n"):
                graph.add_node(record["n"]["id"], labels=list(record["n"].labels), **dict(record["n"]))
            for record in session.run("MATCH (s:Entity)-[r]->(o:Entity) WHERE type(r) <> 'DENIED' RETURN s, r, o"):
                edge = record["r"]
                graph.add_edge(record["s"]["id"], record["o"]["id"], edge["id"], type=edge.type, **dict(edge))
        return graph


def _grouped(rows: Sequence[Row], key: Callable[[Row], str]) -> Iterator[tuple[str, list[Row]]]:
    for name, group in groupby(sorted(rows, key=key), key=key):
        yield name, list(group)


def everything(store: Store) -> dict[str, list[Row]]:
    """All rows that a store holds."""

    def rows(elements: Elements) -> dict[str, list[Row]]:
        return {str(kind): list(elements.rows(kind)) for kind in ("document", "mention", "claim", "entity", "fact")}

    return store.read(rows)


def embedded(notes: Sequence[Notes], extractions: Sequence[Extraction]) -> dict[str, list[Row]]:
    """Time the embedded store; give its rows to the other measurements."""
    with tempfile.TemporaryDirectory() as folder, open_store(str(Path(folder) / "graph.db")) as store:
        first, _ = timed(lambda: store.add(extractions))
        second, again = timed(lambda: store.add(extractions))
        reading, graph = timed(store.graph)
        rows = everything(store)
        plain, _ = timed(lambda: _plain(rows["entity"], rows["fact"]))
        claims = len(rows["claim"])
        print(f"embedded: add {first:.1f} s ({claims / first:,.0f} claims/s)")
        print(
            f"  second load / first: {second / first:.2f}  ({again.claims + again.facts + again.entities} new elements)"
        )
        print(f"  its graph of {graph.number_of_edges():,} edges / networkx alone from rows: {reading / plain:.1f}")
    return rows


def _plain(entities: Sequence[Row], facts: Sequence[Row]) -> "nx.MultiDiGraph":
    graph = nx.MultiDiGraph()
    graph.add_nodes_from((row["id"], row) for row in entities)
    graph.add_edges_from((row["subject_id"], row["object_id"], row["id"], edge_properties(row)) for row in facts)
    return graph


def server(
    uri: str, rows: dict[str, list[Row]], notes: Sequence[Notes], extractions: Sequence[Extraction], rounds: int
) -> None:
    """Time the server's store against the bare driver, in turns on the same server."""
    with open_store(uri) as store, neo4j.GraphDatabase.driver(uri, auth=login.credentials(uri)) as driver:
        assert isinstance(store, Neo4jStore)
        bare = Bare(driver)
        bare.wipe()
        bare.write({kind: some[: len(some) // 10] for kind, some in rows.items() if kind != "fact"} | {"fact": []})
        whole = list(_rounds(store, bare, rows, notes, extractions, rounds))
    best = {name: min(figures[name] for figures in whole) for name in whole[0]}
    print("neo4j, the best of", rounds)
    print(f"  bare UNWIND MERGE {best['bare']:.1f} s, add {best['add']:.1f} s, with validation {best['all']:.1f} s")
    print(f"  rate against bare, models validated: {best['bare'] / best['add']:.2f}  (bar 0.7)")
    print(f"  rate against bare, with validation and hashing: {best['bare'] / best['all']:.2f}  (bar 0.4)")
    print(f"  second load / first: {best['again'] / best['add']:.2f}  (bar 1.3), new elements: {whole[-1]['new']:.0f}")
    print(f"  reading record by record {best['records']:.2f} s, graph() {best['graph']:.2f} s")
    print(f"  graph() is faster by: {best['records'] / best['graph']:.1f}  (bar 10)")


def _rounds(
    store: Neo4jStore,
    bare: Bare,
    rows: dict[str, list[Row]],
    notes: Sequence[Notes],
    extractions: Sequence[Extraction],
    rounds: int,
) -> Iterator[dict[str, float]]:
    for _ in range(rounds):
        figures: dict[str, float] = {}
        bare.wipe()
        figures["bare"], _done = timed(lambda: bare.write(rows))
        bare.wipe()
        figures["add"], _loaded = timed(lambda: store.add(extractions))
        figures["again"], again = timed(lambda: store.add(extractions))
        figures["new"] = again.documents + again.claims + again.facts + again.entities
        # the first readings warm the server's caches and compiler, for both
        figures["records"], slow = min((timed(bare.read) for _ in range(READINGS)), key=itemgetter(0))
        figures["graph"], fast = min((timed(store.graph) for _ in range(READINGS)), key=itemgetter(0))
        assert slow.number_of_edges() == fast.number_of_edges()
        bare.wipe()
        figures["all"], _loaded = timed(lambda: store.add(admitted(notes)))
        yield figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--uri", help="a server whose graph may be wiped; else one is started for this")
    arguments = parser.parse_args()
    if arguments.uri:
        measure(arguments.uri, arguments.facts, arguments.rounds)
        return
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        own = neo4j_server.start(home, heap="2g", pagecache="512m")
        os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"] = own.username, own.password
        try:
            measure(own.uri, arguments.facts, arguments.rounds)
        finally:
            neo4j_server.stop(home)


def measure(uri: str, sizes: Sequence[int], rounds: int) -> None:
    for size in sizes:
        notes = industry(size)
        checking, extractions = timed(lambda notes=notes: admitted(notes))  # type: ignore[misc]
        claims = sum(len(extraction.claims) for extraction in extractions)
        print(
            f"\n{size:,} facts, {claims:,} claims, {len(extractions):,} documents; admitted in {checking:.1f} s",
            flush=True,
        )
        rows = embedded(notes, extractions)
        server(uri, rows, notes, extractions, rounds)


if __name__ == "__main__":
    main()
