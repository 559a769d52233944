"""How well is it known? Facts that many voices bear out, facts that hang on one, voices that contradict one another.

The graph is made of the annotated articles that the tests read. Run it from anywhere: python examples/who_says_so.py
"""

from pathlib import Path

from graph import open_store
from loaders import claims
from loaders.source import Source
from queries import analysis

ARTICLES = Path(__file__).parents[1] / "tests" / "data" / "dev"


def main() -> None:
    with open_store(":memory:") as store:
        store.add(load for path in sorted(ARTICLES.glob("*.json")) for load in claims.load(Source.read(path)))
        now = analysis.view(store)

        print("Borne out best (belief, doubt, who says so independently):\n")
        for row in analysis.corroborate(now, limit=5).rows:
            print(f"  {row.belief:.2f} {row.doubt:.2f}  {row.subject} {row.relation} {row.object}")
            print(f"      {'; '.join(row.voices)}")

        print("\nOf what NVIDIA is said to do, what rests on least:\n")
        for row in analysis.corroborate(now, "NVIDIA", weakest_first=True, limit=5).rows:
            print(f"  {row.belief:.2f} {row.doubt:.2f}  {row.subject} {row.relation} {row.object}")
            for quoted in row.evidence:
                print(f"      {quoted['publisher']} ({quoted['modality']}): {quoted['evidence']}")

        print("\nWhat cannot all be right:\n")
        for conflict in analysis.conflicts(now, limit=4).rows:
            fact = f"{conflict.subject} {conflict.relation} {conflict.object}"
            print(f"  {fact}, {conflict.about}: {' against '.join(conflict.values)}")

        print("\nSoftBank Group and Arm, in order:\n")
        for told in analysis.timeline(now, "SoftBank Group", other="Arm").rows:
            print(f"  {told.date or 'undated'}: {told.subject} {told.relation} {told.object} ({told.modality})")


if __name__ == "__main__":
    main()
