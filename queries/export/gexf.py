"""GEXF 1.2 (what both Gephi and networkx read): entities and facts, each fact with its best claim.

An edge lasts from the first day that its claims name to the last. Claims besides the best, documents, mentions and
judgements have no place in it.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from graph.partial_date import PartialDate
from graph.summary import Row, edge_type
from queries.evidence import strongest
from queries.export import parts, xml
from queries.export.parts import Column, Source

_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">
"""
_TYPES = {"text": "string", "texts": "string", "integer": "long", "number": "double"}
_BEST = ("evidence", "publisher", "published", "attribution", "confidence")
"""What an edge says of its best claim."""
_NODE = tuple(column for column in parts.columns("entity") if column.name not in ("id", "name"))
_EDGE = (
    Column("type", "text"),
    *(column for column in parts.edge_columns() if column.name != "id"),
    *(column for column in parts.columns("claim") if column.name in _BEST),
    Column("title", "text"),
    Column("url", "text"),
)


def lines(source: Source) -> Iterator[str]:
    """Yield the file line by line."""
    best = strongest(source.rows("claim"))
    cited: dict[str, Row] = {row["document"]: {} for row in best.values()}
    for row in source.rows("document"):
        if row["id"] in cited:
            cited[row["id"]] = {key: row[key] for key in ("title", "url") if key in row}
    _tell(source, len(best))
    yield _HEAD
    date = source.manifest["date"]
    modified = f' lastmodifieddate="{PartialDate.parse(date).last}"' if date else ""
    told = f"keiretsu, schema {source.manifest['schema']}, digest {source.manifest['digest']}"
    yield f"<meta{modified}><creator>keiretsu</creator><description>{told}</description></meta>\n"
    yield '<graph defaultedgetype="directed" mode="dynamic" timeformat="date">\n'
    yield from _attributes("node", _NODE)
    yield from _attributes("edge", _EDGE)
    yield "<nodes>\n"
    for row in source.rows("entity"):
        yield f'<node id="{row["id"]}" label="{xml.attribute(row["name"])}">{_values(_NODE, row)}</node>\n'
    yield "</nodes>\n<edges>\n"
    for row in source.rows("fact"):
        yield _edge(row, best[row["id"]], cited)
    yield "</edges>\n</graph>\n</gexf>\n"


def _tell(source: Source, facts: int) -> None:
    counts = source.manifest["counts"]
    source.leave_out("claims besides the best of each edge", counts["claim"] - facts)
    source.leave_out("documents with their texts (edges name title, publisher, date and URL)", counts["document"])
    source.leave_out("mentions", counts["mention"])
    source.leave_out("judgements", counts["judgement"])


def _attributes(of: str, columns: Iterable[Column]) -> Iterator[str]:
    yield f'<attributes class="{of}">\n'
    for column in columns:
        yield f'<attribute id="{of}.{column.name}" title="{column.name}" type="{_TYPES[column.type]}"/>\n'
    yield "</attributes>\n"


def _edge(fact: Row, claim: Row, cited: Mapping[str, Row]) -> str:
    said = {key: claim[key] for key in _BEST if key in claim}
    row = {"type": edge_type(fact), **fact, **said, **cited[claim["document"]]}
    ends = f'id="{fact["id"]}" source="{fact["subject_id"]}" target="{fact["object_id"]}"'
    return f'<edge {ends} label="{row["type"]}"{_span(fact)}>{_values(_EDGE, row)}</edge>\n'


def _span(fact: Row) -> str:
    """From the first to the last day of a fact, as far as they are known."""
    first = f' start="{PartialDate.parse(fact["first"]).first}"' if "first" in fact else ""
    return first + (f' end="{PartialDate.parse(fact["last"]).last}"' if "last" in fact else "")


def _values(columns: Iterable[Column], row: Mapping[str, Any]) -> str:
    of = "node" if columns is _NODE else "edge"
    known = ((column.name, xml.attribute(parts.flat(row[column.name]))) for column in columns if column.name in row)
    values = "".join(f'<attvalue for="{of}.{name}" value="{value}"/>' for name, value in known)
    return f"<attvalues>{values}</attvalues>"
