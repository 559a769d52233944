"""Makes the pictures of docs/pictures anew: `PYTHONPATH=. python tests/pictures.py`. The tests hold them to it."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from graph import open_store
from graph.store import Store
from loaders import claims
from loaders.source import Source
from queries.picture import question, sheet
from queries.view import view

ROOT = Path(__file__).parents[1]
DEV = ROOT / "tests" / "data" / "dev"
FOLDER = ROOT / "docs" / "pictures"
CASES: dict[str, tuple[str, ...]] = {
    "ego": ("Cambricon Technologies",),
    "impact": ("H20",),
    "matrix": ("NVIDIA",),
    "money": ("SoftBank Group",),
    "timeline": ("TSMC",),
    "diff": ("2024-12", "2025-03"),
    "ownership": ("Intel",),
}


def fill(store: Store) -> Store:
    """The store with the annotated documents in it."""
    for path in sorted(DEV.glob("*.json")):
        store.add(claims.load(Source.read(path)))
    return store


def pictures(store: Store) -> Iterator[tuple[str, str]]:
    """The name and the text of each picture."""
    at = view(store)
    for name, given in CASES.items():
        yield f"{name}.svg", sheet.svg(question.find(name)(at, *given))


def demo(folder: Path) -> str:
    """The picture with which the demo ends."""
    import keiretsu

    keiretsu.run(["demo", "--store", str(folder / "demo.db"), "--format", "csv"])
    return (folder / "demo.svg").read_text(encoding="utf-8")


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    with open_store(":memory:") as opened:
        for name, text in pictures(fill(opened)):
            (FOLDER / name).write_text(text, encoding="utf-8")
    with TemporaryDirectory() as folder:
        (FOLDER / "demo.svg").write_text(demo(Path(folder)), encoding="utf-8")
