"""Rows as text: a table for a terminal, JSON Lines for a pipe, JSON, CSV."""

import csv
import json
import re
from typing import TYPE_CHECKING, Any, Literal, TextIO

from graph.store import Rows

if TYPE_CHECKING:
    from rich.console import Console

Format = Literal["table", "json", "jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("table", "json", "jsonl", "csv")

SHORT = 14
"""Characters up to which a column of a table is never broken into lines."""

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
    """A table; with evidence a block for each row, since a sentence and ten columns do not fit side by side."""
    from rich.console import Console

    console = Console(file=stream, highlight=False, soft_wrap=False)
    if "evidence" in rows.columns:
        _blocks(rows, console)
        return
    from rich import box
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=0)
    said = [n for n in range(len(rows.columns)) if any(row[n] is not None for row in rows.rows)]
    for n in said:
        values = [row[n] for row in rows.rows]
        numbers = all(isinstance(value, int | float | None) for value in values)
        short = max(len(_cell(value)) for value in values) <= SHORT
        table.add_column(rows.columns[n], overflow="fold", no_wrap=short, justify="right" if numbers else "left")
    for row in rows.rows:
        table.add_row(*(Text(visible(_cell(row[n]))) for n in said))
    console.print(table)


_HEADLINE = ("subject", "relation", "object")
_PLACE = ("document", "start", "end", "method", "claim", "fact")
"""What a terminal leaves out: other programs want it, readers do not."""


def _blocks(rows: Rows, console: "Console") -> None:
    from rich.padding import Padding
    from rich.text import Text

    for row in rows.rows:
        said = {name: visible(_cell(value)) for name, value in _object(rows, row).items() if value is not None}
        evidence = said.pop("evidence", "")
        source = ", ".join(said.pop(name) for name in ("publisher", "published") if name in said)
        heads = [name for name in _HEADLINE if name in said] or list(said)[:2]
        line = Text(" ".join(said[name] for name in heads), style="bold")
        others = (f"{name} {value}" for name, value in said.items() if name not in heads and name not in _PLACE)
        line.append("".join(f" · {other}" for other in others), style="not bold")
        console.print(line)
        quote = Text(f"“{evidence}”", style="italic").append(f" — {source}" if source else "", style="not italic")
        console.print(Padding(quote, (0, 0, 1, 2)))
