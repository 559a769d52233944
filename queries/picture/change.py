"""What was added, changed and withdrawn: a line for each fact, by kind of change."""

from collections.abc import Sequence

from queries.picture.figure import Mark
from queries.picture.style import CHANGES, Pen, straight
from queries.picture.svg import FAINT, measure, shorten

MARGIN, ROW, NARROW = 16, 24, 640
SIGNS = {"added": "+", "changed": "±", "withdrawn": "−"}


def draw(pen: Pen, top: float) -> float:
    """Set out a figure as changes, in two columns where there is room. Returns where it ends."""
    width = pen.canvas.width
    rows: list[tuple[str, Mark | None]] = []
    for change in CHANGES:
        marks = [mark for mark in pen.figure.marks if mark.change == change]
        if marks:
            rows += [
                (f"{SIGNS[change]} {change.capitalize()} ({len(marks)})", None),
                *((change, mark) for mark in marks),
            ]
    columns = 1 if width < NARROW else 2
    split = (len(rows) + columns - 1) // columns
    pitch, ends = (width - 2 * MARGIN) / columns, []
    for column in range(columns):
        part = rows[column * split : (column + 1) * split]
        if part and part[0][1]:
            part = [(f"{SIGNS[part[0][0]]} {part[0][0].capitalize()}, continued", None), *part]
        ends.append(_column(pen, part, MARGIN + pitch * column, top, pitch - (20 if columns > 1 else 0)))
    return max(ends)


def _column(pen: Pen, rows: Sequence[tuple[str, Mark | None]], left: float, top: float, width: float) -> float:
    y = top
    for text, mark in rows:
        if mark is None:
            pen.canvas.text(left, y + 18, text, size=13, bold=True)
        elif width < 420:
            y = _tall(pen, mark, left, y, width)
        else:
            _wide(pen, mark, left, y, width)
        y += ROW
    return y + 6


def _wide(pen: Pen, mark: Mark, left: float, y: float, width: float) -> None:
    """On one line: who, a line with the relation above it, whom, what is said of it."""
    side, middle = width * 0.27, width * 0.25
    pen.canvas.text(left + side, y + 16, shorten(pen.name(mark.subject), side - 8), anchor="end")
    pen.curve(mark, straight((left + side + 6, y + 17), (left + side + middle - 4, y + 17)), paint=CHANGES[mark.change])
    label = shorten(mark.relation, middle - 12, 9)
    pen.canvas.text(left + side + middle / 2, y + 9, label, size=9, fill=FAINT, anchor="middle")
    x = left + side + middle + 2
    whom = shorten(pen.name(mark.object), side - 8)
    pen.canvas.text(x, y + 16, whom)
    x += measure(whom) + 8
    pen.canvas.text(x, y + 16, shorten(_said(pen, mark), left + width - x, 10), size=10, fill=FAINT)


def _tall(pen: Pen, mark: Mark, left: float, y: float, width: float) -> float:
    """On two lines: the ends, and what joins them between. Returns where the second begins."""
    half = width / 2
    pen.canvas.text(left, y + 14, shorten(pen.name(mark.subject), half - 24))
    start = left + min(measure(pen.name(mark.subject)), half - 24) + 5
    pen.curve(mark, straight((start, y + 10), (left + half, y + 10)), paint=CHANGES[mark.change])
    pen.canvas.text(left + half + 5, y + 14, shorten(pen.name(mark.object), half - 8))
    said = f"{mark.relation} {_said(pen, mark)}"
    pen.canvas.text(left, y + 28, shorten(said, width - 4, 10), size=10, fill=FAINT)
    return y + 12


def _said(pen: Pen, mark: Mark) -> str:
    return " ".join(filter(None, (mark.text, mark.date, pen.figure.cited([mark], 2))))
