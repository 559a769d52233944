"""CSV: a table for each kind of row, in a folder. Lists are JSON arrays in a cell.

With `excel` the files open in a spreadsheet as they are meant: a byte order mark tells the encoding, and what would be
run as a formula is text, by an apostrophe before it (OWASP, "CSV Injection"). That changes such texts, which is told.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

from graph.elements import Kind
from queries.export import parts
from queries.export.parts import Column, Source

CELL = 32_767
"""Characters that a cell of Excel holds (Microsoft, "Excel specifications and limits")."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
FILES: dict[Kind, str] = {
    "document": "documents.csv",
    "mention": "mentions.csv",
    "claim": "claims.csv",
    "entity": "entities.csv",
    "fact": "facts.csv",
    "judgement": "judgements.csv",
}


def write(source: Source, folder: Path) -> None:
    """Write the tables into the folder."""
    cell = _guarded(source) if source.excel else _plain
    for kind, name in FILES.items():
        columns = parts.columns(kind)
        encoding = "utf-8-sig" if source.excel else "utf-8"
        with (folder / name).open("w", encoding=encoding, newline="") as stream:
            table = csv.writer(stream)
            table.writerow([column.name for column in columns])
            table.writerows([cell(column, row.get(column.name)) for column in columns] for row in source.rows(kind))


def _plain(column: Column, value: Any) -> str:
    return "" if value is None else parts.flat(value)


def _guarded(source: Source) -> Callable[[Column, Any], str]:
    def cell(column: Column, value: Any) -> str:
        text = _plain(column, value)
        if column.type in ("integer", "number"):
            return text
        source.leave_out(
            "texts longer than the 32,767 characters of a cell, which a spreadsheet cuts", len(text) > CELL
        )
        if not text.startswith(_FORMULA):
            return text
        source.leave_out("texts that begin like a formula; an apostrophe was put before them")
        return f"'{text}"

    return cell
