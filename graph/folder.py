"""Folders of the user, kept private and safe: where they are, one process at a time, files replaced as a whole."""

import json
import os
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, TextIO

from graph.errors import SourceError, StoreError


def cache() -> Path:
    """Where downloads are kept: `$KEIRETSU_CACHE` or the user's cache folder."""
    return _folder("KEIRETSU_CACHE", "XDG_CACHE_HOME", ".cache", "Library/Caches")


def data() -> Path:
    """Where servers keep their data: `$KEIRETSU_HOME` or the user's data folder."""
    return _folder("KEIRETSU_HOME", "XDG_DATA_HOME", ".local/share", "Library/Application Support")


def _folder(override: str, xdg: str, linux: str, mac: str) -> Path:
    if own := os.environ.get(override):
        return Path(own).expanduser().resolve()
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local"
    elif sys.platform == "darwin":
        base = Path.home() / mac
    else:
        base = os.environ.get(xdg) or Path.home() / linux
    return Path(base).resolve() / "keiretsu"


@contextmanager
def alone(folder: Path, seconds: float = 600) -> Iterator[None]:
    """Keep other processes out of `folder`. SQLite's lock works on every system and dies with its holder."""
    with closing(sqlite3.connect(folder / "lock", timeout=0, isolation_level=None)) as connection:
        deadline = time.monotonic() + seconds
        while not _locked(connection):
            if time.monotonic() > deadline:
                raise StoreError(f"{folder}: another process has kept it locked for {seconds:.0f} s")
            time.sleep(0.1)  # not SQLite's own waiting, which Ctrl-C cannot interrupt
        yield


def _locked(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise OSError(f"cannot lock it: {error}") from error
        return False
    return True


def write(path: Path, text: str, mode: int = 0o600) -> None:
    """Replace `path` as a whole; by default only its owner may read it."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def read(path: Path) -> dict[str, Any]:
    """The JSON object in `path`; empty when there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


@contextmanager
def replacing(path: Path) -> Iterator[TextIO]:
    """A file to write to, which takes the place of an earlier one when it is whole.

    Raises:
        SourceError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file():  # /dev/stdout is written to, not replaced
            with path.open("w", encoding="utf-8") as stream:
                yield stream
            return
        whole = path.resolve()
        part = whole.with_name(f"{whole.name}.part")
        try:
            with part.open("w", encoding="utf-8") as stream:
                yield stream
            if whole.exists():
                part.chmod(whole.stat().st_mode)
            part.replace(whole)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}") from error
