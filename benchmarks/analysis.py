"""How long analyses take on a large graph, and what they add to its memory. See README.md here."""

import argparse
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from load import admitted, industry, timed

from graph import open_store
from graph.store import Rows, Store
from queries import analysis
from queries.view import View

READINGS = 3
Question = Callable[[View], Rows]


def questions(at: View) -> dict[str, Question]:
    """Analyses, of the best connected firm, chip and regulator where they ask for one."""
    firm, chip, regulator = (_busiest(at, label) for label in ("Firm", "Chip", "Regulator"))
    return {
        "exposure of a firm, depth 3": lambda at: analysis.exposure(at, firm),
        "exposure of a chip, depth 3": lambda at: analysis.exposure(at, chip),
        "exposure of a regulator, depth 3": lambda at: analysis.exposure(at, regulator),
        "what-if": lambda at: analysis.what_if(at, ban=[chip], by=regulator),
        "substitutes": lambda at: analysis.substitutes(at, chip),
        "rivals": lambda at: analysis.rivals(at, firm),
        "ownership, depth 3": lambda at: analysis.ownership(at, firm, depth=3),
        "timeline": lambda at: analysis.timeline(at, firm),
        "central by degree": analysis.central,
        "central by pagerank": lambda at: analysis.central(at, measure="pagerank"),
        "bridges": analysis.bridges,
        "money": analysis.money,
        "corroborate": analysis.corroborate,
        "conflicts": analysis.conflicts,
        "communities": analysis.communities,
        "predict for a firm": lambda at: analysis.predict(at, firm),
        "central by betweenness": lambda at: analysis.central(at, measure="betweenness"),
    }


def _busiest(at: View, label: str) -> str:
    nodes = (node for node, found in at.graph.nodes(data="label") if found == label)
    return f"{label}:{at.name(max(nodes, key=lambda node: (at.graph.degree(node), node)))}"


def measure(store: Store, only: str) -> None:
    reading, at = timed(lambda: analysis.view(store))
    print(f"graph of {at.graph.number_of_edges():,} facts read in {reading:.1f} s; {_memory()}", flush=True)
    for name, question in questions(at).items():
        if only in name:
            times = sorted(timed(lambda question=question: question(at))[0] for _ in range(READINGS))  # type: ignore[misc]
            print(
                f"  {name}: {times[0]:.2f} s at best of {READINGS}, {times[-1]:.2f} s at worst; {_memory()}", flush=True
            )
    if not only:
        reading, past = timed(lambda: analysis.view(store, as_of="2024-06", known_by="2024-06"))
        asking, _ = timed(lambda: analysis.exposure(past, _busiest(past, "Chip")))
        print(f"  view at a time: {reading:.1f} s, exposure in it {asking:.2f} s; {_memory()}")


def _memory() -> str:
    return f"at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB so far"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=100_000)
    parser.add_argument("--only", default="", help="the analyses whose line holds this")
    parser.add_argument("--store", help="a graph that is there already; else one is made and thrown away")
    arguments = parser.parse_args()
    if arguments.store:
        with open_store(arguments.store, create=False) as store:
            measure(store, arguments.only)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "graph.db")
        with open_store(path) as store:
            store.add(admitted(industry(arguments.facts)))
        with open_store(path) as store:
            measure(store, arguments.only)


if __name__ == "__main__":
    main()
