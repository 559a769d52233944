"""Rows as text: a table for a terminal, JSON Lines for a pipe, JSON, CSV."""

import csv
import json
import re
from typing import Any, Literal, TextIO

from graph.store import Rows

Format = Literal["table", "json", "jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("table", "json", "jsonl", "csv")

# evidence is untrusted: escape sequences and direction marks could make a terminal show what is not there
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def write(rows: Rows, format: Format | None, stream: TextIO) -> None:
    """Write rows; without a format a table where the stream is a terminal, else JSON Lines."""
    format = format or ("table" if stream.isatty() else "jsonl")
    if format == "table":
        _table(rows, stream)
    elif format == "csv":
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(rows.columns)
        writer.writerows([_cell(value) for value in row] for row in rows.rows)
    elif format == "json":
        stream.write(json.dumps([_object(rows, row) for row in rows.rows], ensure_ascii=False, indent=1) + "\n")
    else:
        for row in rows.rows:
            stream.write(json.dumps(_object(rows, row), ensure_ascii=False) + "\n")


def visible(text: str) -> str:
    """Text without characters that move the cursor, change colours or turn the direction of writing."""
    return _CONTROL.sub("\ufffd", text)


def _object(rows: Rows, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(rows.columns, row, strict=True))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(rows: Rows, stream: TextIO) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name in rows.columns:
        table.add_column(name, overflow="fold", ratio=4 if name == "evidence" else None)
    for row in rows.rows:
        table.add_row(*(Text(visible(_cell(value))) for value in row))
    width = None if stream.isatty() else 160
    Console(file=stream, width=width, highlight=False).print(table)
