"""The graph as files for other tools: one table of formats, a module for each.

A format of one file yields its text, one of several files writes them into a folder. What it has no place for it tells
by `Source.leave_out`. Beside the file, or in the folder, lies the manifest.
"""

import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from graph.errors import SourceError, installing
from graph.folder import replacing
from graph.store import Store
from queries.export import manifest
from queries.export.parts import Source

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class Format:
    """How the graph is written: as the lines of one file, or as files in a folder."""

    lines: Callable[[Source], Iterable[str]] | None = None
    files: Callable[[Source, Path], None] | None = None
    needs: str = ""
    """The module that an extra brings; its name is the format's."""


def _lines(module: str) -> Format:
    return Format(lines=lambda source: import_module(f"queries.export.{module}").lines(source))


def _files(module: str, needs: str = "") -> Format:
    return Format(
        files=lambda source, folder: import_module(f"queries.export.{module}").write(source, folder), needs=needs
    )


FORMATS: Mapping[str, Format] = {
    "graphml": _lines("graphml"),
    "gexf": _lines("gexf"),
    "csv": _files("sheet"),
    "cypher": _lines("cypher"),
    "neo4j-admin": _files("admin"),
    "ftm": _lines("ftm"),
    "jsonld": _lines("jsonld"),
    "parquet": _files("parquet", "pyarrow"),
}


def write(
    store: Store, name: str, out: Path, *, format: Format | None = None, date: str | None = None, excel: bool = False
) -> Counter[str]:
    """Write a store, of one state, with its manifest. Returns what the format had no place for, counted.

    Args:
        name: of the format.
        format: how it is written, if not as in `FORMATS`.
        date: of the manifest (`manifest.of`).

    Raises:
        SourceError: `out` cannot be written, is a folder that is not empty, or what the format needs is not installed.
    """
    chosen = format or FORMATS[name]
    if chosen.needs and find_spec(chosen.needs) is None:
        raise SourceError(f"{name} needs the package {chosen.needs}: {installing(name)}")
    return store.steadily(lambda: _write(Source(store, manifest.of(store, name, date), excel), chosen, out))


def _write(source: Source, format: Format, out: Path) -> Counter[str]:
    if format.lines:
        with replacing(out) as stream:
            stream.writelines(format.lines(source))
        if out.is_file():
            with replacing(out.with_name(f"{out.name}.{MANIFEST}")) as stream:
                stream.write(_told(source))
    elif format.files:
        with _new_folder(out) as folder:
            format.files(source, folder)
            (folder / MANIFEST).write_text(_told(source), encoding="utf-8")
    return source.left_out


def _told(source: Source) -> str:
    return json.dumps({**source.manifest, "left_out": source.left_out}, ensure_ascii=False, indent=1) + "\n"


@contextmanager
def _new_folder(out: Path) -> Iterator[Path]:
    """A folder to write into, which becomes `out` when all is in it."""
    try:
        if out.exists() and not (out.is_dir() and not any(out.iterdir())):
            raise SourceError(f"{out}: exists and is no empty folder; name a new one")
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{out.name}.", dir=out.parent, ignore_cleanup_errors=True) as name:
            part = Path(name) / out.name
            part.mkdir()
            yield part
            if out.exists():
                out.rmdir()
            shutil.move(part, out)
    except OSError as error:
        raise SourceError(f"{out}: {error.strerror or error}") from error
