"""Parquet: a file for each kind of row, in a folder. Holds everything. Needs pyarrow (extra `parquet`)."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph.elements import KIND_NAMES, Kind
from graph.summary import Row
from queries.export import parts
from queries.export.parts import Column, Source

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 20_000
"""Rows in a row group: what is in memory at once."""


def write(source: Source, folder: Path) -> None:
    """Write the files into the folder."""
    from pyarrow import parquet

    told = {"keiretsu": json.dumps(source.manifest)}
    for kind in KIND_NAMES:
        schema = _schema(kind).with_metadata(told)
        with parquet.ParquetWriter(folder / f"{kind}.parquet", schema, compression="zstd") as file:
            for batch in _batches(source.rows(kind)):
                file.write_table(_table(kind, batch, schema))


def _batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    while batch := list(islice(rows, ROWS)):
        yield batch


def _schema(kind: Kind) -> "pa.Schema":
    import pyarrow as pa

    types = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64(), "texts": pa.list_(pa.string())}
    return pa.schema([(column.name, types[column.type]) for column in parts.columns(kind)])


def _table(kind: Kind, rows: list[Row], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    values = [[_value(column, row.get(column.name)) for row in rows] for column in parts.columns(kind)]
    return pa.table([pa.array(column, type) for column, type in zip(values, schema.types, strict=True)], schema=schema)


def _value(column: Column, value: Any) -> Any:
    return float(value) if column.type == "number" and value is not None else value
