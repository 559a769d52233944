"""What would a ban of one chip do? Who is hit, over which facts, what could take its place, and who says so.

The graph is made of the annotated articles that the tests read. Run it from anywhere: python examples/chip_ban.py
"""

from pathlib import Path

from graph import open_store
from loaders import claims
from loaders.source import Source
from queries import analysis

ARTICLES = Path(__file__).parents[1] / "tests" / "data" / "dev"
CHIP = "Ascend 910C"


def main() -> None:
    with open_store(":memory:") as store:
        store.add(load for path in sorted(ARTICLES.glob("*.json")) for load in claims.load(Source.read(path)))
        now = analysis.view(store)

        print(f"If the US government banned the {CHIP}:\n")
        for row in analysis.what_if(now, ban=[CHIP], by="US government").rows:
            print(f"  {row.entity} ({row.label}): {row.change}, {row.effect}, since {row.reason}")
            print(f"      {row.path}")
            for hop in row.evidence:
                if hop["evidence"]:
                    print(f"      {hop['publisher']}, {hop['published']} ({hop['modality']}): {hop['evidence']}")

        print("\nWhat could take its place:\n")
        for other in analysis.substitutes(now, CHIP).rows:
            print(f"  {other.substitute} of {', '.join(other.makers) or 'a maker not told'} ({', '.join(other.ways)})")
            for measure in other.restricted:
                print(f"      but {measure}")

        print("\nWho is hit by a measure on the H20, by what was known at the end of each year:\n")
        for year in ("2023", "2024", "2025"):
            hits = analysis.exposure(analysis.view(store, known_by=year), "H20").rows
            print(f"  {year}: {', '.join(dict.fromkeys(hit.entity for hit in hits)) or 'nobody yet'}")


if __name__ == "__main__":
    main()
