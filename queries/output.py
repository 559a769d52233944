"""Rows as text: a table for a terminal, JSON Lines for a pipe, JSON, CSV."""

import csv
import json
import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TextIO

from graph.store import Rows

if TYPE_CHECKING:
    from rich.console import Console

Format = Literal["table", "json", "jsonl", "csv"]
FORMATS: tuple[Format, ...] = ("table", "json", "jsonl", "csv")

SHORT = 14
"""Characters up to which a column of a table is never broken into lines, and to which none is squeezed."""
GAP = 1
"""Columns of a terminal between two columns of a table."""

# evidence is untrusted: escape sequences and direction marks could make a terminal show what is not there;
# half a surrogate pair cannot be written at all
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BREAK = re.compile(r"[\s\u2e80-\uffef]+")
"""Where a line may end: spaces, and Chinese, Japanese and Korean characters."""


def write(rows: Rows, format: Format | None, stream: TextIO) -> None:
    """Write rows; without a format a table where the stream is a terminal, else JSON Lines."""
    format = format or ("table" if stream.isatty() else "jsonl")
    if format == "table":
        _table(rows, stream)
    elif format == "csv":
        clean = visible if stream.isatty() else _encodable
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(map(clean, rows.columns))
        writer.writerows([clean(_cell(value)) for value in row] for row in rows.rows)
    elif format == "json":
        stream.write(escaped(_json([_object(rows, row) for row in rows.rows], indent=1)) + "\n")
    else:
        for row in rows.rows:
            stream.write(escaped(_json(_object(rows, row))) + "\n")


def visible(text: str) -> str:
    """Text without characters that move the cursor, change colours or turn the direction of writing."""
    return _CONTROL.sub("\ufffd", text)


def escaped(line: str) -> str:
    """JSON that says the same without any such character."""
    return _CONTROL.sub(lambda found: f"\\u{ord(found[0]):04x}", line)


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _json(value: Any, indent: int | None = None) -> str:
    return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False, indent=indent)


def _finite(value: Any) -> Any:
    """The value with what JSON has no number for as text: "NaN", "Infinity", "-Infinity"."""
    if isinstance(value, float) and not math.isfinite(value):
        return json.dumps(value)
    if isinstance(value, dict):
        return {key: _finite(part) for key, part in value.items()}
    return [_finite(part) for part in value] if isinstance(value, list | tuple) else value


def _object(rows: Rows, row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(rows.columns, row, strict=True))


def _cell(value: Any) -> str:
    if value is None:
        return ""
    value = _finite(value)
    return value if isinstance(value, str) else _json(value)


class _Column(NamedTuple):
    """A column of a table: its cells as text, and between which widths it can be."""

    name: str
    cells: list[str]
    numbers: bool
    least: int
    most: int

    @classmethod
    def of(cls, name: str, values: list[Any]) -> "_Column":
        from rich.cells import cell_len

        name, cells = visible(name), [visible(_cell(value)).replace("\t", " ") for value in values]
        most = max(cell_len(line) for text in (name, *cells) for line in text.split("\n"))
        words = max(cell_len(word) for text in cells for word in _BREAK.split(text))
        least = min(most, max(words, cell_len(name), SHORT))
        return cls(name, cells, all(isinstance(value, int | float | None) for value in values), least, most)


def _table(rows: Rows, stream: TextIO) -> None:
    """A table where it fits, else, and with evidence, a block for each row: nothing is cropped, no word broken.

    Where columns do not fit, the ids that readers do not want give way first.
    """
    from rich.console import Console

    console = Console(file=stream, highlight=False, soft_wrap=False)
    if not rows.rows:
        return
    said = [n for n in range(len(rows.columns)) if any(row[n] is not None for row in rows.rows)]
    columns = [_Column.of(rows.columns[n], [row[n] for row in rows.rows]) for n in said or range(len(rows.columns))]
    named = [column for column in columns if column.name not in _IDS] or columns
    if "evidence" in rows.columns:
        _blocks(rows, console)
    elif sum(column.most + GAP for column in columns) <= console.width + GAP:
        _grid(columns, console)
    elif sum(column.least + GAP for column in named) <= console.width + GAP:
        _grid(named, console)
    elif all(name in rows.columns for name in _HEADLINE):
        _blocks(rows, console)
    else:
        _list(columns, len(rows.rows), console)


def _grid(columns: Sequence[_Column], console: "Console") -> None:
    """Columns side by side, each no narrower than it can be; the widest give way first."""
    from rich import box
    from rich.table import Table
    from rich.text import Text

    room = console.width - GAP * (len(columns) - 1)
    widths = [min(column.most, room) for column in columns]
    while sum(widths) > room:
        widths[max((width, n) for n, width in enumerate(widths) if width > columns[n].least)[1]] -= 1
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=0)
    for column, width in zip(columns, widths, strict=True):
        table.add_column(Text(column.name), overflow="fold", width=width, justify="right" if column.numbers else "left")
    for row in zip(*(column.cells for column in columns), strict=True):
        table.add_row(*map(Text, row))
    console.print(table)


def _list(columns: Sequence[_Column], size: int, console: "Console") -> None:
    """A line for each value, an empty one between rows."""
    from rich.table import Table
    from rich.text import Text

    for n in range(size):
        lines = Table.grid(padding=(0, 1, 0, 0))
        lines.add_column(no_wrap=True)
        lines.add_column(overflow="fold")
        for column in columns:
            if column.cells[n]:
                lines.add_row(Text(column.name, style="bold"), Text(column.cells[n]))
        if n:
            console.print()
        console.print(lines)


def _quote(hop: dict[str, Any], console: "Console") -> None:
    """A fact with a claim that says so, as analyses give them: a line for the fact, the sentence below it."""
    from rich.padding import Padding
    from rich.text import Text

    said = {name: visible(_cell(value)) for name, value in hop.items() if value is not None}
    line = " ".join(said.pop(name) for name in _HEADLINE if name in said)
    source = ", ".join(said.pop(name) for name in ("publisher", "published") if name in said)
    sentence = said.pop("evidence", "")
    line += "".join(f" · {name} {value}" for name, value in said.items() if name not in _PLACE)
    console.print(Padding(Text(line), (0, 0, 0, 2)))
    if sentence:
        quote = Text(f"“{sentence}”", style="italic").append(f" — {source}" if source else "", style="not italic")
        console.print(Padding(quote, (0, 0, 0, 4)))


_HEADLINE = ("subject", "relation", "object")
_PLACE = ("document", "start", "end", "method", "claim", "fact")
"""What a terminal leaves out: other programs want it, readers do not."""
_IDS = {"id", *_PLACE} - {"document"}
"""What a table leaves out where it does not fit. A document is taken out by its id."""


def _blocks(rows: Rows, console: "Console") -> None:
    from rich.padding import Padding
    from rich.text import Text

    for row in rows.rows:
        said = {name: visible(_cell(value)) for name, value in _object(rows, row).items() if value not in (None, [])}
        hops = row[rows.columns.index("evidence")] if "evidence" in rows.columns else None
        evidence = said.pop("evidence", "")
        source = ", ".join(said.pop(name) for name in ("publisher", "published") if name in said)
        heads = [name for name in _HEADLINE if name in said] or list(said)[:2]
        line = Text(" ".join(said[name] for name in heads), style="bold")
        others = (f"{name} {value}" for name, value in said.items() if name not in heads and name not in _PLACE)
        line.append("".join(f" · {other}" for other in others), style="not bold")
        console.print(line)
        if isinstance(hops, list) and all(isinstance(hop, dict) for hop in hops):
            for hop in hops:
                _quote(hop, console)
            console.print()
            continue
        if not evidence:
            continue
        quote = Text(f"“{evidence}”", style="italic").append(f" — {source}" if source else "", style="not italic")
        console.print(Padding(quote, (0, 0, 1, 2)))
