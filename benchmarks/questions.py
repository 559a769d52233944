"""What named queries on a server take beyond the bare driver that sends the same statement. See README.md here."""

import argparse
import os
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import neo4j
from load import admitted, industry, timed

import queries
from graph import login, neo4j_server, open_store
from graph.store import Store

BAR = 1.2
WARM_UP = 5
NAMES = {"product": "Chip 0", "chip": "Chip 0", "authority": "Regulator 0", "person": "Person 0", "sector": "Sector 0"}
NAMES |= {"firm": "Firm 0", "name": "Firm 0", "a": "Firm 0", "b": "Firm 1", "publisher": "Publisher 3"}
"""The best connected entity of each kind."""
HOPS = {
    "one": ("buyers", "customers", "facts", "investors", "makers", "products", "rivals", "sanctions", "suppliers"),
    "two": ("around-restricted", "ownership-chain", "sanctions-by-authority", "substitutes"),
}
"""Facts that lie between the name that is given and what is told of it; three in chains and roll-ups."""


class Cost(NamedTuple):
    """The medians of a question, in seconds."""

    rows: int
    named: float
    bare: float


def asked(store: Store, driver: neo4j.Driver, name: str, rounds: int) -> Cost:
    """A query through the library and through the driver, in turns; the first turns only warm caches."""
    query = queries.find(name)
    known = {field.name for field in query.params}
    bound = query.bind({key: value for key, value in NAMES.items() if key in known})

    def bare() -> list[tuple[Any, ...]]:
        with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
            return [tuple(record) for record in session.run(query.text, bound)]

    def named() -> list[tuple[Any, ...]]:
        return queries.run(store, name, **bound).rows

    assert len(named()) == len(bare()), name
    turns = [(timed(named)[0], timed(bare)[0]) for _ in range(WARM_UP + rounds)][WARM_UP:]
    return Cost(len(named()), *(statistics.median(times) for times in zip(*turns, strict=True)))


def measure(uri: str, facts: int, rounds: int) -> None:
    with open_store(uri) as store, neo4j.GraphDatabase.driver(uri, auth=login.credentials(uri)) as driver:
        store.add(admitted(industry(facts)))
        print(f"{facts:,} facts; medians of {rounds}", flush=True)
        for hops, names in HOPS.items():
            costs = {name: asked(store, driver, name, rounds) for name in names}
            for name, cost in costs.items():
                times = f"{1000 * cost.named:.1f} ms, bare driver {1000 * cost.bare:.1f} ms"
                print(f"  {name}: {cost.rows} rows, {times}, ratio {cost.named / cost.bare:.2f}", flush=True)
            ratio = statistics.geometric_mean(cost.named / cost.bare for cost in costs.values())
            print(f"{hops} hop: ratio {ratio:.2f} as geometric mean  (bar {BAR})", flush=True)


def on_a_server(work: Callable[[str], None]) -> None:
    """Do something with a server that is started for it."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        own = neo4j_server.start(home, heap="1g", pagecache="256m")
        os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"] = own.username, own.password
        try:
            work(own.uri)
        finally:
            neo4j_server.stop(home)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    on_a_server(lambda uri: measure(uri, arguments.facts, arguments.rounds))


if __name__ == "__main__":
    main()
