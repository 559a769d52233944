"""A picture as one HTML page: it holds all it needs, opens from a file, and can ask nothing of any host.

Everything that comes from documents is untrusted. It travels as JSON that cannot end the element it stands in; the
page's script puts it nowhere but into text. The page forbids itself all other scripts, styles and connections.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from graph.model import Document, Entity
from graph.ontology import LABELS, MODALITIES, QUALIFIERS, RELATIONS
from graph.summary import Row
from queries.output import visible
from queries.picture import FOCUS_EDGES, FOCUS_NODES, Edge, Picture
from queries.picture.policy import policy

LIBRARY = "cytoscape.min.js"
SCRIPTS = ("data", "filters", "state", "layout", "graph", "panel", "download", "page")
"""Parts of the page's own script, in the order in which they are joined."""

_UNSAFE = str.maketrans({c: f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"})
"""What could end a script element, begin a comment or a line where it stands in one."""


def write(picture: Picture) -> str:
    """The page, the same text for the same picture."""
    script = f"(() => {{\n'use strict';\n{''.join(_part(f'{name}.js') for name in SCRIPTS)}}})();\n"
    scripts = _part(LIBRARY), script
    style = _part("page.css")
    parts = {
        "policy": policy(style, scripts, images="data: blob:"),
        "title": html.escape(visible(picture.title)),
        "style": style,
        "data": json.dumps(_data(picture), ensure_ascii=False, separators=(",", ":")).translate(_UNSAFE),
        "library": scripts[0],
        "script": scripts[1],
    }
    page = re.sub(r"\{\{(\w+)\}\}", lambda found: parts[found[1]], _part("page.html"))
    return page.encode("utf-8", "replace").decode("utf-8")


@cache
def _part(name: str) -> str:
    return files(__package__).joinpath("data", name).read_text(encoding="utf-8")


# -- what the page's script reads (data/data.js has the other side)


class _Table:
    """Values by number, each kept once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def number(self, value: str) -> int:
        return self._numbers.setdefault(value, len(self._numbers))

    def values(self) -> list[str]:
        return list(self._numbers)


def _data(picture: Picture) -> dict[str, Any]:
    number = {node.id: n for n, node in enumerate(picture.nodes)}
    keys = _keys([*number, *(edge.fact.id for edge in picture.edges)])
    documents = {id: n for n, id in enumerate(picture.documents)}
    texts, methods = _Table(), _Table()
    names = {node.id: sorted({node.name, *node.aliases}, key=_by_length) for node in picture.nodes}
    edges = [
        [
            keys[edge.fact.id],
            *(number[edge.fact.subject_id], number[edge.fact.object_id], list(RELATIONS).index(edge.fact.relation)),
            *(edge.fact.measure or edge.fact.metric or "", int(_directed(edge)), edge.fact.claims),
            [
                _claim(row, (names[edge.fact.subject_id], names[edge.fact.object_id]), documents, texts, methods)
                for row in edge.claims
            ],
        ]
        for edge in picture.edges
    ]
    return {
        "title": picture.title,
        "notes": picture.notes,
        "focus": [number[id] for id in picture.focus],
        "most": [FOCUS_NODES, FOCUS_EDGES],
        "labels": LABELS,
        "modalities": MODALITIES,
        "relations": list(RELATIONS),
        "nodes": [_node(keys[node.id], node) for node in picture.nodes],
        "documents": [_document(document) for document in picture.documents.values()],
        "texts": texts.values(),
        "methods": methods.values(),
        "edges": edges,
    }


def _by_length(name: str) -> tuple[bool, int, str]:
    """Order in which names are looked for in a sentence: the longest first, descriptions ("the chip giant") last."""
    return name[0].islower() or name.casefold().startswith(("the ", "a ")), -len(name), name


def _keys(ids: Sequence[str]) -> dict[str, str]:
    """The ids, shortened as far as they stay different: 8 digits nearly always."""
    length = next(n for n in range(8, 25) if n == 24 or len({id[:n] for id in ids}) == len(ids))
    return {id: id[:length] for id in ids}


def _node(key: str, node: Entity) -> list[Any]:
    return [key, LABELS.index(node.label), node.name, node.aliases, node.attributes]


def _document(document: Document) -> list[str]:
    published = str(document.published) if document.published else ""
    return [document.title, document.publisher, published, document.url, document.id]


def _directed(edge: Edge) -> bool:
    return (edge.fact.subject_label, edge.fact.object_label) in RELATIONS[edge.fact.relation].directed


def _claim(
    row: Row, names: tuple[list[str], list[str]], documents: dict[str, int], texts: _Table, methods: _Table
) -> list[Any]:
    said = row["evidence"]
    found = [
        *(texts.number(said), marks(said, *names), documents[row["document"]], MODALITIES.index(row["modality"])),
        *(row.get("date", 0), row.get("end_date", 0), list(row.get("attribution", ()))),
        *(row.get("confidence", -1), methods.number(row["method"])),
        {key: row[key] for key in sorted(QUALIFIERS) if key in row},
    ]
    return found if found[-1] else found[:-1]


def marks(text: str, subject: list[str], obj: list[str]) -> list[int]:
    """Where in a sentence its two ends stand: beginning and end of each, -1 and -1 where it is not named.

    The first name that is there wins, and the two do not overlap. Counted as a browser does, in UTF-16 units.

    Example:
        >>> marks("Intel Capital backs Intel.", ["Intel"], ["Intel Capital"])
        [20, 25, 0, 13]
    """
    spans = [next(_spans(text, names, (0, 0)), None) for names in (subject, obj)]
    a, b = spans
    if a and b and a[0] < b[1] and b[0] < a[1]:
        if a[1] - a[0] >= b[1] - b[0]:
            b = next(_spans(text, obj, a), None)
        else:
            a = next(_spans(text, subject, b), None)
    return [_units(text, place) for found in (a, b) for place in found or (-1, -1)]


def _spans(text: str, names: Iterable[str], taken: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Where names stand in a text as words of their own, outside of what is taken; first as they are written."""
    lower = text.lower()
    versions = [(text, lambda name: name), (lower, str.lower)] if len(lower) == len(text) else [(text, str)]
    for held, form in versions:
        for name in map(form, names):
            start = held.find(name)
            while start >= 0:
                end = start + len(name)
                if _whole(held, start, end) and not (start < taken[1] and taken[0] < end):
                    yield start, end
                start = held.find(name, start + 1)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter or digit goes on before or after."""
    before = start > 0 and _latin(text[start - 1]) and _latin(text[start])
    return not before and not (end < len(text) and _latin(text[end]) and _latin(text[end - 1]))


def _latin(character: str) -> bool:
    return character.isalnum() and character < "\u2e80"


def _units(text: str, place: int) -> int:
    return place if place < 0 or text.isascii() else len(text[:place].encode("utf-16-le", "surrogatepass")) // 2
