"""A figure on a sheet: the question above, the drawing, what its shapes mean, what was left out, the sources beneath.

As SVG by itself, whose lines lead to the sources; or as a page with the claims in a table, whose lines lead to these.
"""

import html
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

from graph.model import Document
from queries.picture import change, layered, matrix, money, timeline
from queries.picture.figure import Figure, Mark
from queries.picture.policy import policy
from queries.picture.style import Pen, hatch, legend
from queries.picture.svg import FAINT, FONTS, INK, LINE, PAPER, Canvas, clean, escape, number, wrap
from queries.view import Told

WIDE, SLIM = 1160, 358
"""Widths of a sheet: for a screen or page, and for a phone."""
MARGIN = 16
SOURCES = 60
"""Sources that a picture lists at most; a page lists all."""

DRAWINGS: dict[str, Callable[[Pen, float], float]] = {
    "ego": layered.draw,
    "impact": layered.draw,
    "ownership": layered.draw,
    "matrix": matrix.draw,
    "money": money.draw,
    "timeline": timeline.draw,
    "diff": change.draw,
}
"""View -> what sets it out, from a height downwards."""


def svg(figure: Figure, width: float = WIDE, *, graphviz: bool = False) -> str:
    """The sheet as an SVG file: the same text for the same figure.

    Args:
        graphviz: let Graphviz's `dot`, where it is installed, put columns in order; another version may do otherwise.
    """
    links = [_source(figure, mark) for mark in figure.marks]
    return _svg(figure, width, links, "", graphviz=graphviz) + "\n"


def _source(figure: Figure, mark: Mark) -> str:
    """Where in the file the source of a mark stands."""
    shown = {id: n for n, id in enumerate(figure.sources[:SOURCES], 1)}
    return next((f"#s{shown[told['document']]}" for told in figure.claims(mark) if told["document"] in shown), "")


def _svg(
    figure: Figure, width: float, links: Sequence[str], prefix: str, *, sources: bool = True, graphviz: bool = False
) -> str:
    canvas = Canvas(width, prefix)
    room = width - 2 * MARGIN
    y = canvas.lines(MARGIN, 6, wrap(figure.title, room * 0.94, 18), size=18)
    counts = ", ".join(
        f"{len(held):,} {one if len(held) == 1 else many}"
        for held, one, many in (
            (figure.nodes, "entity", "entities"),
            (figure.marks, "fact", "facts"),
            (figure.sources, "source", "sources"),
        )
    )
    y = canvas.lines(MARGIN, y, wrap(", ".join(filter(None, (figure.when, counts))), room, 11), size=11, fill=FAINT) + 8
    if figure.marks:
        hatch(canvas)
        y = DRAWINGS[figure.view](Pen(canvas, figure, links, graphviz=graphviz), y)
        canvas.path(f"M{MARGIN} {y + 4:.1f}H{width - MARGIN:.1f}", stroke=LINE)
        y = legend(canvas, figure, y + 10, MARGIN)
    for note in figure.notes:
        y = canvas.lines(MARGIN, y, wrap(note, room, 11), size=11)
    if sources:
        y = _sources(canvas, figure, y + 8)
    y += 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{number(width)}" height="{number(y)}" '
        f'viewBox="0 0 {number(width)} {number(y)}" font-family="{html.escape(FONTS)}" fill="{INK}" role="img">\n'
        f"<title>{escape(figure.title)}</title>\n"
        f'<rect width="100%" height="100%" fill="{PAPER}"/>\n' + "\n".join(canvas.parts) + "\n</svg>"
    )


def _sources(canvas: Canvas, figure: Figure, y: float) -> float:
    for n, id in enumerate(figure.sources[:SOURCES], 1):
        with canvas.group(id=f"s{n}"):
            lines = wrap(f"[{n}] {cited(figure.documents[id])}", canvas.width - 2 * MARGIN, 10, 2)
            y = canvas.lines(MARGIN, y, lines, size=10, fill=FAINT)
    if len(figure.sources) > SOURCES:
        more = f"and {len(figure.sources) - SOURCES} more sources, which the page (-o x.html) lists"
        y = canvas.lines(MARGIN, y, wrap(more, canvas.width - 2 * MARGIN, 10), size=10, fill=FAINT)
    return y


def cited(document: Document) -> str:
    """A source as it is listed."""
    title = f"“{document.title}”" if document.title else ""
    published = str(document.published) if document.published else "no date"
    return ", ".join(filter(None, (document.publisher or "publisher not told", title, published)))


# -- as a page

_STYLE = f"""
body{{font:14px/1.45 {FONTS};color:{INK};background:{PAPER};margin:0 auto;max-width:1200px;padding:0 10px 40px}}
svg{{display:block;max-width:100%;height:auto}} a{{color:#0550ae}} svg a:hover{{opacity:.6}} .slim{{display:none}}
h2{{font-size:16px;margin:28px 6px 8px}} ol{{padding-left:30px;overflow-wrap:anywhere}} q{{font-style:italic}}
table{{border-collapse:collapse;width:100%}} th{{font-weight:600}} td.k{{white-space:nowrap}} small{{color:{FAINT}}}
th,td{{text-align:left;vertical-align:top;padding:6px;border-top:1px solid {LINE};overflow-wrap:break-word}}
tbody:target>tr{{background:#fff8c5}}
@media(max-width:760px){{
.wide,thead{{display:none}} .slim,table,tbody,tr,td{{display:block}}
td{{border:0;padding:2px 6px;overflow-wrap:anywhere}} tr{{border-top:1px solid {LINE};padding:6px 0}}
}}
@media print{{.slim{{display:none}} .wide{{display:block}}}}
"""


def page(figure: Figure, *, graphviz: bool = False) -> str:
    """The sheet as a page that needs nothing else, drawn for wide and for slim screens, with the claims behind it."""
    links = [f"#c{n}" for n in range(1, len(figure.marks) + 1)]
    drawings = (("wide", WIDE, "w"), ("slim", SLIM, "n"))
    drawn = "".join(
        f'<div class="{name}">{_svg(figure, width, links, prefix, sources=False, graphviz=graphviz)}</div>\n'
        for name, width, prefix in drawings
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy(_STYLE)}">\n'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">\n'
        f"<title>{escape(figure.title)}</title>\n<style>{_STYLE}</style></head><body>\n<main>\n{drawn}"
        f"{_claims(figure)}{_listed(figure)}</main></body></html>\n"
    )


def _claims(figure: Figure) -> str:
    if not figure.marks:
        return ""
    head = "<tr><th>Fact</th><th>Modality</th><th>Date</th><th>Who says so</th></tr>"
    rows = "".join(_fact(figure, n, mark) for n, mark in enumerate(figure.marks, 1))
    return f"<h2>What it rests on</h2>\n<table><thead>{head}</thead>\n{rows}</table>\n"


def _fact(figure: Figure, number: int, mark: Mark) -> str:
    name = f"{figure.name(mark.subject)} {mark.relation} {figure.name(mark.object)}"
    claims = figure.claims(mark)
    if not claims:
        claims = [{"modality": mark.modality, "evidence": None, "detail": "known of the entity; no claim says it"}]
    return f'<tbody id="c{number}">' + "".join(_claim(figure, name, told) for told in claims) + "</tbody>\n"


def _claim(figure: Figure, name: str, told: Told) -> str:
    document = told.get("document")
    number = figure.sources.index(document) + 1 if document in figure.sources else 0
    detail = f" <small>{escape(told['detail'])}</small>" if told.get("detail") else ""
    credit = f" <small>credited to {escape(told['attribution'])}</small>" if told.get("attribution") else ""
    source = f' <a href="#d{number}">[{number}]</a>' if number else ""
    quote = f"<q>{escape(told['evidence'])}</q>" if told.get("evidence") else ""
    return (
        f"<tr><td>{escape(name)}{detail}</td><td class='k'>{escape(told['modality'])}</td>"
        f"<td class='k'>{escape(told.get('date') or '')}</td><td>{quote}{credit}{source}</td></tr>"
    )


def _listed(figure: Figure) -> str:
    if not figure.sources:
        return ""
    items = "".join(
        f'<li id="d{n}">{escape(cited(figure.documents[id]))}{link(figure.documents[id].url)}</li>\n'
        for n, id in enumerate(figure.sources, 1)
    )
    return f"<h2>Sources</h2>\n<ol>\n{items}</ol>\n"


def link(url: str) -> str:
    """A link where the address is one of the web's; anything else is text."""
    url = clean(url)
    if not url:
        return ""
    try:
        web = urlsplit(url).scheme in ("http", "https")
    except ValueError:
        web = False
    return f' <a href="{escape(url)}" rel="noreferrer noopener">{escape(url)}</a>' if web else f" {escape(url)}"
