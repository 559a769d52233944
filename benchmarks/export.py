"""How long each export of a graph takes, how large it is, and how much memory it needs. See README.md here."""

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from multiprocessing import get_context
from pathlib import Path

import keiretsu
from graph import open_store
from graph.elements import KIND_NAMES
from queries import export


def main() -> None:
    """Make a graph, then export it in each format, all in processes of their own: a child's peak begins with ours."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--facts", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        path = str(Path(name) / "graph.db")
        _apart(_make, path, options.facts)
        for format in ("claims", *export.FORMATS):
            _apart(_write, path, format, str(Path(name) / format))


def _apart(work: Callable[..., None], *arguments: object) -> None:
    process = get_context("spawn").Process(target=work, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == 0


def _make(path: str, facts: int) -> None:
    from load import admitted, industry

    with open_store(path) as store:
        store.add(admitted(industry(facts)))
        print({str(kind): store.count(kind) for kind in KIND_NAMES}, flush=True)


def _write(path: str, format: str, out: str) -> None:
    begun, used = time.perf_counter(), time.process_time()
    assert keiretsu.run(["export", format, "-o", out, "--store", path]) == keiretsu.DONE
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    size = sum(file.stat().st_size for file in (Path(out), *Path(out).rglob("*")) if file.is_file()) / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(
        f"{format:12} {seconds:6.1f} s ({processor:.1f} of CPU) {size:7.0f} MB {peak:6.0f} MB at the peak", flush=True
    )


if __name__ == "__main__":
    main()
