"""How fast articles are read on one core, what the encoder takes of it, and what a cold start takes. See README.md."""

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from graph.model import Document
from loaders import model, reading, rules
from loaders.gazetteer import default
from loaders.words import words

WORDS = 400
"""Words of the articles that speed is told in."""
READINGS = 3


def articles(folder: Path) -> list[Document]:
    """The texts of a folder as documents."""
    return [Document(text=path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.txt"))]


def seconds(work: Callable[[], object]) -> float:
    """The shortest of a few readings, in CPU seconds: other processes do not count."""
    taken = []
    for _ in range(READINGS):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return min(taken)


def cold(path: Path) -> float:
    """Seconds from the shell to the claims of one article."""
    with tempfile.TemporaryDirectory() as out:
        begin = time.monotonic()
        subprocess.run(  # noqa: S603  # our own command line
            [sys.executable, "-m", "keiretsu", "extract", str(path), "--out", out], check=True, capture_output=True
        )
        return time.monotonic() - begin


def main() -> None:
    """Print the figures, one a line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path("tests/data/dev"), help="folder of .txt articles")
    folder = parser.parse_args().folder
    known = articles(folder)
    size = sum(len(document.text.split()) for document in known) / WORDS
    gazetteer = default()
    reading.extraction(known[0])
    whole = seconds(lambda: [reading.extraction(document) for document in known])
    ruled = seconds(lambda: [rules.ruled(document, gazetteer) for document in known])
    texts = [words(document.text, gazetteer.mentions(document.text)) for document in known]
    encoded = seconds(lambda: [model.default().encode(text) for text in texts])
    print(f"articles of {WORDS} words a CPU second: {size / whole:.1f}")
    print(f"of that time, the encoder: {encoded / whole:.0%}; rules: {ruled / whole:.0%}")
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print(f"cold start of keiretsu extract, one article: {cold(sorted(folder.glob('*.txt'))[0]):.1f} s")


if __name__ == "__main__":
    main()
