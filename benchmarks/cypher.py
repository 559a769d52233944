"""How soon and how quickly the embedded store answers Cypher, and what memory that takes. See README.md here."""

import argparse
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from load import admitted, industry, timed

import queries
from graph import QueryError, open_store
from graph.store import Store

NAMED = {"sanctions": "name", "rivals": "firm", "buyers": "product"}
"""One-hop queries of the library, with the parameter that names where to begin."""
ENDLESS = "MATCH p = (a:Firm)-[*]-(b:Firm) RETURN count(p) AS n"
LIMIT = 2.0
ROUNDS = 5


def measure(path: str) -> None:
    """What a process of its own measures of a file: it has not built the graph."""
    began = time.perf_counter()
    with open_store(path) as store:
        store.query("MATCH (n:Firm) RETURN count(n) AS firms")
        store.graph()
        print(f"  the graph and what Cypher needs are ready in {time.perf_counter() - began:.1f} s  (bar 20)")
        print(f"  memory then: {_peak()} MB at the peak  (bar 1,200)")
        _one_hop(store)
        _endless(store)
    print(f"  after all these queries: {_peak()} MB at the peak")


def _peak() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f}"


def _one_hop(store: Store) -> None:
    """Named queries about entities of all degrees, the busiest among them."""
    names = {
        "name": "MATCH (:Regulator)-[:SANCTIONS]->(t) RETURN t.name AS name, count(*) AS n ORDER BY n DESC, name",
        "product": "MATCH ()-[:BUYS]->(c) RETURN c.name AS name, count(*) AS n ORDER BY n DESC, name",
        "firm": "MATCH (f:Firm)-[r:COMPETES_WITH]-() RETURN f.name AS name, count(r) AS n ORDER BY n DESC, name",
    }
    for query, parameter in NAMED.items():
        found = [name for name, _ in store.query(names[parameter]).rows]
        asked = found[:5] + found[:: max(1, len(found) // 100)]
        queries.run(store, query, **{parameter: asked[0]})  # makes the index
        spent = sorted(timed(partial(queries.run, store, query, **{parameter: name}))[0] * 1000 for name in asked)
        middle, most = statistics.median(spent), spent[-1]
        print(f"  {query}: p50 {middle:.1f} ms, slowest {most:.1f} ms of {len(spent)}  (bar 20)")


def _endless(store: Store) -> None:
    began = time.perf_counter()
    try:
        store.query(ENDLESS, timeout=LIMIT)
    except QueryError:
        late = time.perf_counter() - began - LIMIT
        print(f"  open-ended paths: stopped {late:.2f} s after the limit of {LIMIT:g} s  (bar 1)")
    seconds, _ = timed(lambda: store.query("MATCH (f:Firm) RETURN count(f) AS n"))
    print(f"  the next query after it: {seconds * 1000:.1f} ms")


def cold(path: str, facts: int) -> None:
    """The first answer of a new process of the command line."""
    command = [sys.executable, "-m", "keiretsu", "query", "--named", "rivals", "--param", "firm=Firm 0"]
    ask = partial(subprocess.run, [*command, "--store", path], check=True, capture_output=True)
    spent = [timed(ask)[0] for _ in range(ROUNDS)]
    print(f"{facts:,} facts, from a cold start: {statistics.median(spent):.2f} s, slowest {max(spent):.2f}  (bar 1.5)")


def build(path: str, facts: int) -> None:
    with open_store(path) as store:
        store.add(admitted(industry(facts)))


def _apart(*arguments: str) -> None:
    """Work in a process of its own: the peak of one that does more would be theirs who come after, too."""
    subprocess.run([sys.executable, __file__, *arguments], check=True)  # noqa: S603


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=100_000)
    parser.add_argument("--folder", type=Path, help="where the graphs are kept; else they are made anew")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    parser.add_argument("--build", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        measure(arguments.measure)
        return
    if arguments.build:
        build(arguments.build, arguments.facts)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = arguments.folder or Path(made)
        small, large = str(folder / "1000.db"), str(folder / f"{arguments.facts}.db")
        for path, facts in ((small, 1000), (large, arguments.facts)):
            if not Path(path).exists():
                _apart("--build", path, "--facts", str(facts))
        cold(small, 1000)
        print(f"{arguments.facts:,} facts", flush=True)
        _apart("--measure", large)


if __name__ == "__main__":
    main()
