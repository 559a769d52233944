"""CSV for `neo4j-admin database import full`, which fills an empty database fastest. Holds everything.

The arguments stand in `import.args`; afterwards `schema.cypher` makes constraints, indexes, and what makes it a store.
A file has the rows of one label or type whose numbers are of one type: a column has a single type.
"""

import csv
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from typing import Any

from graph.elements import Kind
from graph.errors import StoreError
from graph.neo4j_store import ROOT, schema
from graph.store import SCHEMA
from graph.summary import Row
from queries.export import parts
from queries.export.parts import Column, Edge, Node, Source

_TYPES = {"text": "string", "texts": "string[]", "integer": "long"}
_LEAST_BUFFER = 4 * 2**20
"""Bytes: the tool's own default of `--read-buffer-size`, which has to hold the largest value."""
_DELIMITERS = ("\x1f", "\x1e", "\x1d", "\x1c", *map(chr, range(0xE000, 0xF8FF)))
"""What may separate the parts of a list: separators by their meaning, then characters for private use."""


def write(source: Source, folder: Path) -> None:
    """Write the tables, the arguments and the schema into the folder."""
    files = _Files(folder, _delimiter(source))
    with files.stack:
        for kind in parts.ORDER:
            for element in source.elements(kind):
                files.put(element, parts.columns(kind))
    statements = (f"{line};" for line in (*schema(), ROOT.replace("$schema", str(SCHEMA))))
    for name, lines in (("import.args", files.arguments()), ("schema.cypher", statements)):
        (folder / name).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


_ENDS = (Column(":START_ID", "text"), Column(":END_ID", "text"))


def _delimiter(source: Source) -> str:
    """A character that no list has in it."""
    used: set[str] = set()
    kinds: tuple[Kind, ...] = ("mention", "claim", "entity")
    for kind in kinds:
        names = [column.name for column in parts.columns(kind) if column.type == "texts"]
        for row in source.rows(kind):
            used.update(*(text for name in names for text in row.get(name, ())))
    found = next((character for character in _DELIMITERS if character not in used), None)
    if found is None:
        raise StoreError("no character is left to separate the names in a list; export as cypher instead")
    return found


class _Files:
    """The tables, opened as rows for them come."""

    def __init__(self, folder: Path, delimiter: str) -> None:
        self.stack = ExitStack()
        self._folder = folder
        self._delimiter = delimiter
        self._tables: dict[tuple[str, tuple[str, ...], frozenset[str]], Any] = {}
        self._names: dict[str, str] = {}
        self._longest = 0

    def put(self, element: Node | Edge, columns: Iterable[Column]) -> None:
        """Add a node, whose columns are given, or an edge to the table of its labels, or type, and of its floats."""
        if isinstance(element, Edge):
            row = {":START_ID": element.subject, ":END_ID": element.object, **element.row}
            columns = (*_ENDS, *(parts.edge_columns() if element.row else ()))
            self._put("relationships", (element.type,), columns, row)
        else:
            self._put("nodes", element.labels, columns, element.row)

    def _put(self, what: str, labels: tuple[str, ...], columns: Iterable[Column], row: Row) -> None:
        floats = frozenset(name for name, value in row.items() if isinstance(value, float))
        key = what, labels, floats
        if key not in self._tables:
            header = [_header(column, floats) for column in columns]
            self._tables[key] = self._opened(what, labels, ["id:ID", *header[1:]] if what == "nodes" else header)
        cells = [self._cell(row.get(column.name)) for column in columns]
        self._longest = max(self._longest, *map(len, cells))
        self._tables[key].writerow(cells)

    def _opened(self, what: str, labels: tuple[str, ...], header: list[str]) -> Any:
        stem = "-".join((what, *labels)).lower()
        names = (f"{stem}{'' if n == 1 else f'-{n}'}.csv" for n in count(1))
        name = next(name for name in names if name not in self._names)
        self._names[name] = f"--{what}={':'.join(labels)}"
        stream = self.stack.enter_context((self._folder / name).open("w", encoding="utf-8", newline=""))
        table = csv.writer(stream, lineterminator="\n")
        table.writerow(header)
        return table

    def _cell(self, value: Any) -> str:
        if value is None:
            return ""
        return self._delimiter.join(value) if isinstance(value, list) else str(value)

    def arguments(self) -> Iterator[str]:
        """The options of the command, for a call from within the folder."""
        yield f"--array-delimiter=U+{ord(self._delimiter):04X}"
        yield "--multiline-fields=true"
        yield f"--read-buffer-size={max(_LEAST_BUFFER, 8 * self._longest)}"
        for name, option in self._names.items():
            yield f"{option}={name}"


def _header(column: Column, floats: frozenset[str]) -> str:
    if column.name.startswith(":"):
        return column.name
    number = "double" if column.name in floats else "long"
    return f"{column.name}:{_TYPES.get(column.type, number)}"
