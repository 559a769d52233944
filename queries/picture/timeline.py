"""What happened when: lanes by relation, a bar for a year or month, a tick for a day; a tray for what has no date."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import groupby
from typing import NamedTuple

from graph.partial_date import PartialDate
from queries.picture.figure import Mark
from queries.picture.style import DASHES, Pen, colour
from queries.picture.svg import FAINT, INK, LINE, measure, shorten

MARGIN, ROW, SIZE = 16, 19, 11
"""Pixels at the sides and of a row; of the text."""
PLAIN = 60
"""A bar that is shorter is too short for its dashes to be told apart: a word says its modality."""


class Scale(NamedTuple):
    """Days as pixels."""

    first: date
    last: date
    left: float
    right: float

    def x(self, day: date) -> float:
        return self.left + (self.right - self.left) * (day - self.first).days / max(1, (self.last - self.first).days)


class Item(NamedTuple):
    """A fact on its row: its bar, and its text beside it."""

    mark: Mark
    start: float
    end: float
    text: str
    at: float
    """Where the text begins."""
    row: int


def draw(pen: Pen, top: float) -> float:
    """Set out a figure as a timeline. Returns where it ends."""
    dated = [mark for mark in pen.figure.marks if mark.date or mark.end_date]
    undated = [mark for mark in pen.figure.marks if not (mark.date or mark.end_date)]
    y = top
    if dated:
        scale = _scale(dated, pen.canvas.width)
        start = len(pen.canvas.parts)
        y = top + 24
        for relation, marks in groupby(dated, key=lambda mark: mark.relation):
            y = _lane(pen, relation, list(marks), scale, y)
        lines = _years(pen, scale, top, y)
        pen.canvas.parts[start:] = [*lines, *pen.canvas.parts[start : -len(lines)]]  # beneath the bars
    return _tray(pen, undated, y + 10) if undated else y


def _scale(marks: Sequence[Mark], width: float) -> Scale:
    spans = [_span(mark) for mark in marks]
    first, last = min(a for a, _ in spans), max(b for _, b in spans)
    return Scale(first.replace(month=1, day=1), last.replace(month=12, day=31), MARGIN, width - MARGIN)


def _span(mark: Mark) -> tuple[date, date]:
    """From the first day that it can mean to the last."""
    dates = [PartialDate.parse(text) for text in (mark.date, mark.end_date) if text]
    return dates[0].first, dates[-1].last


def _years(pen: Pen, scale: Scale, top: float, bottom: float) -> list[str]:
    """Draws lines at years with their numbers. Returns what was drawn."""
    before = len(pen.canvas.parts)
    pitch = (scale.right - scale.left) / (scale.last.year - scale.first.year + 1)
    step = next((n for n in (1, 2, 5, 10, 20, 50) if pitch * n >= 38), 100)
    for year in range(scale.first.year, scale.last.year + 1, step):
        x = scale.x(date(year, 1, 1))
        pen.canvas.path(f"M{x:.1f} {top + 18:.1f}V{bottom:.1f}", stroke=LINE, stroke_width=0.8)
        pen.canvas.text(x, top + 13, str(year), size=SIZE, fill=FAINT)
    return pen.canvas.parts[before:]


def _lane(pen: Pen, relation: str, marks: list[Mark], scale: Scale, top: float) -> float:
    pen.canvas.rect(MARGIN, top + 2, scale.right - scale.left, 16, fill="#f6f8fa")
    pen.canvas.text(MARGIN + 4, top + 14, relation, size=SIZE, fill=FAINT, bold=True)
    top += 20
    items = _packed(pen, marks, scale)
    for item in items:
        _item(pen, item, top + ROW * item.row)
    return top + ROW * (max(item.row for item in items) + 1) + 4


def _packed(pen: Pen, marks: list[Mark], scale: Scale) -> list[Item]:
    """Each on the first row where it meets no other, with its text beside it on the side that has room."""
    rows: list[list[tuple[float, float]]] = []
    found = []
    for mark in sorted(marks, key=_span):
        first, last = _span(mark)
        start, end = scale.x(first), max(scale.x(last + timedelta(days=1)), scale.x(first) + 3)
        end = min(end, scale.right)
        room = max(scale.right - end, start - scale.left) - 8
        short = end - start < PLAIN and mark.modality in ("expected", "rumored")
        text = shorten(_text(pen, mark) + (f" · {mark.modality}" if short else ""), room, SIZE)
        width = measure(text, SIZE)
        at = end + 6 if end + 6 + width <= scale.right else start - 6 - width
        taken = min(start, at) - 5, max(end, at + width) + 5
        row = next(
            (n for n, held in enumerate(rows) if all(taken[1] <= a or b <= taken[0] for a, b in held)), len(rows)
        )
        rows[row:] = rows[row:] or [[]]
        rows[row].append(taken)
        found.append(Item(mark, start, end, text, at, row))
    return found


def _text(pen: Pen, mark: Mark) -> str:
    arrow = "→" if mark.relation not in ("COMPETES_WITH", "PARTNERS_WITH") else "–"
    names = f"{shorten(pen.name(mark.subject), 130, SIZE)} {arrow} {shorten(pen.name(mark.object), 130, SIZE)}"
    detail = f" ({mark.text})" if mark.text else ""
    return f"{names}{detail} {pen.figure.cited([mark], 2)}".strip()


def _item(pen: Pen, item: Item, top: float) -> None:
    mark, middle, paint = item.mark, top + ROW / 2, colour(item.mark.relation)
    day = len(mark.date or mark.end_date or "") == 10 and not (mark.date and mark.end_date)
    with pen.linked(mark):
        if day:
            pen.canvas.rect(
                item.start - 1.5,
                top + 2,
                3,
                ROW - 4,
                fill=paint if mark.modality == "stated" else "#ffffff",
                stroke=paint,
            )
        else:
            pen.canvas.rect(
                item.start, middle - 5, item.end - item.start, 10, fill=paint, stroke=paint, rx=2, stroke_width=1.4,
                fill_opacity=0.55 if mark.modality == "stated" else 0.08, stroke_dasharray=DASHES.get(mark.modality),
            )  # fmt: skip
        if mark.modality == "denied":
            x = (item.start + item.end) / 2
            pen.canvas.path(f"M{x - 5:.1f} {middle - 5:.1f}l10 10m0 -10l-10 10", stroke=INK, stroke_width=1.6)
        pen.canvas.text(item.at, middle + 4, item.text, size=SIZE)


def _tray(pen: Pen, marks: Sequence[Mark], top: float) -> float:
    """What has no date, in lines."""
    start = len(pen.canvas.parts)
    right = pen.canvas.width - MARGIN
    pen.canvas.text(MARGIN + 8, top + 18, f"Without a date ({len(marks)})", size=SIZE, fill=FAINT, bold=True)
    x, y = MARGIN + 8.0, top + 28
    for mark in marks:
        text = shorten(f"{_text(pen, mark)} · {mark.relation}", right - MARGIN - 40, SIZE)
        width = measure(text, SIZE) + 22
        if x > MARGIN + 8 and x + width > right - 8:
            x, y = MARGIN + 8.0, y + ROW
        with pen.linked(mark):
            dash = "4 2" if DASHES.get(mark.modality) else None
            pen.canvas.path(
                f"M{x:.1f} {y + 9:.1f}h14", stroke=colour(mark.relation), stroke_width=3, stroke_dasharray=dash
            )
            if mark.modality == "denied":
                pen.canvas.path(f"M{x + 3:.1f} {y + 5:.1f}l8 8m0 -8l-8 8", stroke=INK, stroke_width=1.6)
            pen.canvas.text(x + 18, y + 13, text, size=SIZE)
        x += width + 10
    bottom = y + ROW + 8
    pen.canvas.rect(MARGIN, top, right - MARGIN, bottom - top, fill="#f6f8fa", rx=4)
    pen.canvas.parts.insert(start, pen.canvas.parts.pop())
    return bottom + 4
