"""What does the industry look like? Its groups, who stands in the middle, how money flows; as frames and as a graph.

The graph is made of the annotated articles that the tests read. Run it from anywhere: python examples/industry_map.py
"""

from pathlib import Path

import networkx as nx

from graph import open_store
from loaders import claims
from loaders.source import Source
from queries import analysis

ARTICLES = Path(__file__).parents[1] / "tests" / "data" / "dev"


def main() -> None:
    with open_store(":memory:") as store:
        store.add(load for path in sorted(ARTICLES.glob("*.json")) for load in claims.load(Source.read(path)))
        now = analysis.view(store)

        print("Groups, and what joins their members to others:\n")
        groups = analysis.communities(now, limit=6).frame()
        print(groups[["community", "size", "inside", "across"]].to_string(index=False))

        print("\nIn the middle of trade, by supplies and orders alone:\n")
        trade = analysis.view(store, relations=["SUPPLIES", "BUYS"])
        middle = analysis.central(trade, measure="betweenness", limit=6).frame()
        print(middle[["entity", "label", "score", "facts", "rumored"]].to_string(index=False))

        print("\nMoney, by relation, modality and currency (billions; a fact counts once):\n")
        sums = analysis.money(now).frame().dropna(subset=["currency"])
        sums["billions"] = sums["total"] / 1e9
        print(sums[["relation", "modality", "currency", "billions", "facts", "differing"]].to_string(index=False))

        print("\nWho owns whom over more than one holding:\n")
        for row in analysis.ownership(now, "SoftBank Group").rows:
            if row.depth > 1:
                print(f"  {row.path}: {row.low:.0%} to {row.high:.0%} ({row.strength})")

        hit = analysis.graph(now, analysis.exposure(now, "TSMC"))
        parts = nx.number_weakly_connected_components(hit)
        print(f"\nA measure on TSMC: {len(hit)} entities, {hit.number_of_edges()} facts, in {parts} part as a graph")


if __name__ == "__main__":
    main()
