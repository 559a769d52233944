"""Who is joined to whom, as a table of cells: the number of claims in each, the weakest modality as its frame."""

from queries.picture.figure import Mark
from queries.picture.style import DASHES, Pen
from queries.picture.svg import FAINT, INK, LINE, measure, shorten

MARGIN, LEAST, MOST = 16, 19.0, 34.0
"""Pixels at the sides; of a cell."""
SHADES = ("#f3e3ec", "#e6bfd5", "#cc79a7", "#8f3f6d")
"""For 1, 2, 3 to 4, 5 and more claims: tints of the colour of competition."""


def draw(pen: Pen, top: float) -> float:
    """Set out a figure as a matrix; where the sheet is narrow with as many entities as fit. Returns where it ends."""
    canvas, figure = pen.canvas, pen.figure
    side = min(200.0, canvas.width * 0.36, max(measure(node.name, 11) for node in figure.nodes) + 10)
    fit = int((canvas.width - 2 * MARGIN - side) // LEAST)
    nodes = figure.nodes[:fit]
    cell = min(MOST, (canvas.width - 2 * MARGIN - side) / len(nodes))
    left = MARGIN + side
    if len(nodes) < len(figure.nodes):
        note = f"The first {len(nodes)} of {len(figure.nodes)} fit here; a wider sheet has all."
        top = canvas.lines(MARGIN, top, [shorten(note, canvas.width - 2 * MARGIN, 11)], size=11, fill=FAINT)
    head = top + min(150.0, max(measure(node.name, 11) for node in nodes) + 10)
    bottom = head + cell * len(nodes)
    for n, node in enumerate(nodes):
        with canvas.group(f"{node.name} · {node.label}"):
            x, y = left + cell * (n + 0.5), head + cell * (n + 0.5)
            canvas.text(x + 4, head - 6, shorten(node.name, head - top - 8, 11), size=11, turn=-90)
            canvas.text(left - 6, y + 4, shorten(node.name, side - 8, 11), size=11, anchor="end")
    for n in range(len(nodes) + 1):
        canvas.path(f"M{left:.1f} {head + cell * n:.1f}H{left + cell * len(nodes):.1f}", stroke=LINE, stroke_width=0.6)
        canvas.path(f"M{left + cell * n:.1f} {head:.1f}V{bottom:.1f}", stroke=LINE, stroke_width=0.6)
    place = {node.id: n for n, node in enumerate(nodes)}
    for n in range(len(nodes)):
        canvas.rect(left + cell * n, head + cell * n, cell, cell, fill=LINE)
    for mark in figure.marks:
        if mark.subject in place and mark.object in place:
            for row, column in ((mark.subject, mark.object), (mark.object, mark.subject)):
                _cell(pen, mark, left + cell * place[column], head + cell * place[row], cell)
    return _shades(pen, bottom + 8)


def _cell(pen: Pen, mark: Mark, x: float, y: float, size: float) -> None:
    shade = _shade(mark.told)
    with pen.linked(mark):
        pen.canvas.rect(
            x + 2, y + 2, size - 4, size - 4, fill=SHADES[shade], stroke=INK, stroke_width=1.3,
            stroke_dasharray=_dash(mark.modality),
        )  # fmt: skip
        if mark.modality == "denied":
            far = size - 4
            pen.canvas.path(
                f"M{x + 2:.1f} {y + 2:.1f}l{far:.1f} {far:.1f}m0 {-far:.1f}l{-far:.1f} {far:.1f}", stroke=INK
            )
        fill = "#ffffff" if shade == 3 else INK
        pen.canvas.text(x + size / 2, y + size / 2 + 4, str(mark.told), size=11, anchor="middle", fill=fill)


def _dash(modality: str) -> str | None:
    return "4 2" if modality == "expected" else DASHES.get(modality)


def _shade(count: int) -> int:
    return sum(count >= least for least in (2, 3, 5))


def _shades(pen: Pen, top: float) -> float:
    x = MARGIN
    pen.canvas.text(x, top + 13, "claims", size=11, fill=FAINT)
    x += 44
    for shade, text in zip(SHADES, ("1", "2", "3 to 4", "5 or more"), strict=True):
        pen.canvas.rect(x, top + 3, 14, 14, fill=shade, stroke=INK, stroke_width=0.8)
        pen.canvas.text(x + 19, top + 14, text, size=11, fill=FAINT)
        x += int(measure(text, 11)) + 32
    return top + 26
