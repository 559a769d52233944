"""Who pays whom how much: a Sankey diagram for each currency, since currencies are never added up."""

from collections import defaultdict
from collections.abc import Sequence

from queries.picture.figure import Mark
from queries.picture.style import DASHES, Pen, colour
from queries.picture.svg import FAINT, INK, shorten

MARGIN, BAR, GAP, ROW = 16, 8, 6, 18
"""Pixels at the sides, of a bar's width, between bars, of a line of text."""
LARGEST = 60
"""How thick the largest amount of a currency is drawn."""

Ends = dict[str, list[tuple[Mark, float]]]
"""Entity -> what it pays or gets, with how thick that is drawn."""


def draw(pen: Pen, top: float) -> float:
    """Set out a figure as one panel for each currency, that with most facts first. Returns where it ends."""
    panels: dict[str, list[Mark]] = defaultdict(list)
    for mark in pen.figure.marks:
        panels[mark.currency or ""].append(mark)
    order = sorted(panels, key=lambda currency: (not currency, -len(panels[currency]), currency))
    narrow = pen.canvas.width < 760
    columns = 1 if narrow or len(order) == 1 else 2
    width, ends = pen.canvas.width / columns, [top] * columns
    for currency in order:
        column = ends.index(min(ends))
        ends[column] = _panel(pen, currency, panels[currency], width * column, ends[column], width) + 14
    return max(ends)


def _panel(pen: Pen, currency: str, marks: Sequence[Mark], left: float, top: float, width: float) -> float:
    largest = max((mark.amount or 0 for mark in marks), default=0)
    thick = [
        (m, max(2.0, (m.amount or 0) / largest * LARGEST) if m.amount is not None and largest else 7.0) for m in marks
    ]
    payers, paid = _ends(thick, "subject"), _ends(thick, "object")
    pen.canvas.text(left + MARGIN, top + 16, currency or "Amount not told", size=13, bold=True)
    label = min(190.0, (width - 2 * MARGIN) * 0.36)
    a, b = left + MARGIN + label, left + width - MARGIN - label
    top += 26
    start = _bars(pen, payers, a - BAR, top, label, "end", currency)
    end = _bars(pen, paid, b, top, label, "start", currency)
    for mark, size in thick:
        _flow(pen, mark, (a, start[mark]), (b, end[mark]), size)
    return max(_height(payers), _height(paid)) + top


def _ends(marks: Sequence[tuple[Mark, float]], end: str) -> Ends:
    found: Ends = defaultdict(list)
    for mark, size in marks:
        found[getattr(mark, end)].append((mark, size))
    return found


def _height(ends: Ends) -> float:
    return sum(_room(parts) for parts in ends.values())


def _room(parts: Sequence[tuple[Mark, float]]) -> float:
    """Of a bar with its text and the gap beneath."""
    return max(sum(size for _, size in parts), 2 * ROW - 4) + GAP


def _bars(pen: Pen, ends: Ends, x: float, top: float, label: float, anchor: str, currency: str) -> dict[Mark, float]:
    """Bars with names beside them. Returns where in them each flow begins or ends."""
    places: dict[Mark, float] = {}
    for id, parts in ends.items():
        size = sum(thick for _, thick in parts)
        y = top + (_room(parts) - GAP - size) / 2
        pen.canvas.rect(x, y, BAR, size, fill=INK)
        middle, at = y + size / 2, x - 6 if anchor == "end" else x + BAR + 6
        cited = pen.figure.cited([mark for mark, _ in parts], 2)
        sums = f"{_sum([mark for mark, _ in parts])} {cited}".strip() if currency else cited
        with pen.canvas.group(pen.name(id)):
            pen.canvas.text(at, middle, shorten(pen.name(id), label - 16, 12), anchor=anchor)
            if sums:
                pen.canvas.text(at, middle + 13, shorten(sums, label - 16, 10), size=10, fill=FAINT, anchor=anchor)
        for mark, thick in parts:
            places[mark] = y + thick / 2
            y += thick
        top += _room(parts)
    return places


def _sum(marks: Sequence[Mark]) -> str:
    """What is paid, the parts apart that are not stated: they are never added up."""
    by: dict[str, float] = defaultdict(float)
    for mark in marks:
        by[mark.modality] += mark.amount or 0
    return ", ".join(f"{short(total)}{'' if word == 'stated' else ' ' + word}" for word, total in sorted(by.items()))


def short(amount: float) -> str:
    """An amount in few characters.

    Example:
        >>> short(1_250_000_000), short(300)
        ('1.25 bn', '300')
    """
    for size, word in ((1e12, " tn"), (1e9, " bn"), (1e6, " m"), (1e3, " k")):
        if amount >= size:
            return f"{amount / size:.3g}{word}" if amount < 1000 * size else f"{amount / size:,.0f}{word}"
    return f"{amount:g}"


def _flow(pen: Pen, mark: Mark, start: tuple[float, float], end: tuple[float, float], size: float) -> None:
    (x, y), (u, v), half = start, end, size / 2
    m = (x + u) / 2
    d = f"M{x:.1f} {y - half:.1f}C{m:.1f} {y - half:.1f} {m:.1f} {v - half:.1f} {u:.1f} {v - half:.1f}"
    d += f"V{v + half:.1f}C{m:.1f} {v + half:.1f} {m:.1f} {y + half:.1f} {x:.1f} {y + half:.1f}Z"
    paint = f"url(#{pen.canvas.prefix}hatch)" if mark.amount is None else colour(mark.relation)
    opacity = 1 if mark.amount is None else 0.35
    with pen.linked(mark):
        pen.canvas.path(
            d, fill=paint, fill_opacity=opacity, stroke=colour(mark.relation), stroke_width=1.1,
            stroke_dasharray=DASHES.get(mark.modality),
        )  # fmt: skip
