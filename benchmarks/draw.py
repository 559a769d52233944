"""How long a picture takes to make and to open, and how big it is. See README.md here.

Of an invented industry, large enough to fill a picture, and of the annotated articles in tests/data/dev.
Needs a browser: Debian's package `chromium`, or one that `CHROMIUM` names.
"""

import argparse
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from load import admitted, industry
from playwright.sync_api import sync_playwright

from graph import open_store
from graph.model import Extraction
from loaders import claims
from loaders.source import Source
from queries.picture import page, views

DEV = Path(__file__).parents[1] / "tests" / "data" / "dev"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=26_000, help="of the invented industry")
    facts: int = parser.parse_args().facts
    print(f"{'picture':24}{'nodes':>8}{'edges':>8}{'claims':>8}{'MB':>7}{'made s':>8}{'first picture s':>17}")
    with tempfile.TemporaryDirectory() as folder:
        measure("annotated articles", annotated(), Path(folder))
        measure(f"{facts:,} facts", admitted(industry(facts)), Path(folder))


def annotated() -> Iterator[Extraction]:
    for path in sorted(DEV.glob("*.json")):
        yield from claims.load(Source.read(path))


def measure(name: str, parcels: Iterable[Extraction], folder: Path) -> None:
    uri, out = folder / f"{name}.db", folder / f"{name}.html"
    with open_store(str(uri)) as store:
        store.add(parcels)
    started = time.perf_counter()
    with open_store(str(uri)) as store:
        picture = views.everything(store)
    out.write_text(page.write(picture), encoding="utf-8")
    made = time.perf_counter() - started
    sizes = len(picture.nodes), len(picture.edges), sum(len(edge.claims) for edge in picture.edges)
    row = "".join(f"{size:>8,}" for size in sizes)
    print(f"{name:24}{row}{out.stat().st_size / 1e6:>7.2f}{made:>8.2f}{opened(out):>17.2f}")


def opened(path: Path) -> float:
    """Seconds from asking for the page until its picture is there; the middle one of five."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium")
    times = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for _ in range(5):
            tab = browser.new_page()
            started = time.perf_counter()
            tab.goto(path.as_uri())
            tab.wait_for_selector("html[data-ready=yes]")
            tab.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            times.append(time.perf_counter() - started)
            tab.close()
        browser.close()
    return sorted(times)[2]


if __name__ == "__main__":
    main()
