"""GraphML: every row as a node, facts and the documents of claims as edges. Holds everything.

Lists are JSON arrays in text; characters that XML lacks are `_xHHHH_`.
"""

from collections.abc import Iterable, Iterator

from graph.summary import Row
from queries.export import parts, xml
from queries.export.parts import Column, Edge, Node, Source

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<graphml xmlns="http://graphml.graphdrawing.org/xmlns">
"""
_TYPES = {"text": "string", "texts": "string", "integer": "long", "number": "double"}


def lines(source: Source) -> Iterator[str]:
    """Yield the file line by line."""
    yield _HEAD
    yield from _keys("graph", [Column(name, "text") for name in source.manifest])
    yield from _keys("node", [Column("labels", "texts"), *parts.node_columns()])
    yield from _keys("edge", [Column("type", "text"), *parts.edge_columns()])
    yield '<graph id="keiretsu" edgedefault="directed">\n'
    yield _data("graph", {name: parts.flat(value) for name, value in source.manifest.items()})
    for kind in parts.ORDER:
        yield from map(_element, source.elements(kind))
    yield "</graph>\n</graphml>\n"


def _element(element: Node | Edge) -> str:
    if isinstance(element, Edge):
        ends = f'id="{element.id}" source="{element.subject}" target="{element.object}"'
        return f"<edge {ends}>{_data('edge', {'type': element.type, **element.row})}</edge>\n"
    row = {"labels": [*element.labels], **element.row}
    return f'<node id="{element.row["id"]}">{_data("node", row)}</node>\n'


def _keys(domain: str, columns: Iterable[Column]) -> Iterator[str]:
    for column in columns:
        name = f'attr.name="{column.name}" attr.type="{_TYPES[column.type]}"'
        yield f'<key id="{domain}.{column.name}" for="{domain}" {name}/>\n'


def _data(domain: str, row: Row) -> str:
    values = ((name, xml.element(parts.flat(value))) for name, value in row.items())
    return "".join(f'<data key="{domain}.{name}">{value}</data>' for name, value in values)
