"""The manifest: what is in an export, whose it is, and by which digits to know it again."""

import os
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

from graph.elements import KIND_NAMES
from graph.errors import SourceError
from graph.partial_date import PartialDate
from graph.store import SCHEMA, Store, digest

Manifest = dict[str, Any]


def of(store: Store, format: str, date: str | None = None) -> Manifest:
    """What can be said of an export beforehand.

    Args:
        date: of the export; else that of SOURCE_DATE_EPOCH, else the latest on which a document was published. Never
            today, so that the same store gives the same bytes.

    Raises:
        SourceError: a date that is none.
    """
    sources = _sources(store)
    date = date or _epoch() or max((s["last"] for s in sources if "last" in s), default=None)
    return {
        "format": format,
        "schema": SCHEMA,
        "keiretsu": version("keiretsu"),
        "date": _checked(date) if date else None,
        "digest": digest(store.stream),
        "counts": {str(kind): store.count(kind) for kind in KIND_NAMES},
        "sources": sources,
    }


def _sources(store: Store) -> list[Manifest]:
    """Publishers with licence, how many documents of theirs there are, and when the first and the last appeared."""
    found: dict[tuple[str, str], Manifest] = {}
    for row in store.stream("document"):
        key = row.get("publisher", ""), row.get("licence", "")
        source = found.setdefault(key, {"publisher": key[0], "licence": key[1], "documents": 0})
        source["documents"] += 1
        if published := row.get("published"):
            source["first"] = min(source.get("first", published), published)
            source["last"] = max(source.get("last", published), published)
    return [found[key] for key in sorted(found)]


def _checked(date: str) -> str:
    try:
        return PartialDate.parse(date).text
    except ValueError as error:
        raise SourceError(f"date of the manifest: {error}") from error


def _epoch() -> str | None:
    """The day that SOURCE_DATE_EPOCH names (reproducible-builds.org): seconds since 1970."""
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if not text:
        return None
    try:
        return datetime.fromtimestamp(int(text), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError) as error:
        raise SourceError(f"SOURCE_DATE_EPOCH is {text!r}, not a number of seconds") from error
