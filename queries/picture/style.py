"""How entities and facts look: colour by kind of relation, line by modality, shape by label; and their legend.

Colours are those of Okabe and Ito (Color Universal Design, 2008), which colour-blind readers tell apart. No meaning
hangs on colour alone: modality is the line's, a label is also a shape, and relations are named.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from math import atan2, cos, hypot, sin

from graph.ontology import LABELS, MODALITIES, RELATIONS
from queries.picture.figure import Figure, Mark, Node, labels
from queries.picture.svg import BOLD, FAINT, INK, Canvas, clean, measure, number, shorten, wrap

KINDS = {
    "restriction": ("#D55E00", ("SANCTIONS", "SUES")),
    "capital": ("#0072B2", ("INVESTS_IN", "ACQUIRES", "OWNS")),
    "supply": ("#009E73", ("PRODUCES", "SUPPLIES", "BUYS")),
    "competition": ("#CC79A7", ("COMPETES_WITH", "COMPARES_TO", "BENEFITS_FROM")),
    "cooperation": ("#E69F00", ("PARTNERS_WITH",)),
}
OTHER = "#56B4E9"
COLOURS = {relation: colour for colour, relations in KINDS.values() for relation in relations}
CHANGES = {"added": "#009E73", "changed": "#E69F00", "withdrawn": "#D55E00"}
DASHES = {"stated": None, "expected": "8 4", "rumored": "1.5 4", "denied": None}
"""Denied lines are crossed out besides."""
FILLS = {
    "Firm": "#ffffff",
    "Fund": "#fff6d6",
    "Chip": "#e3f4ee",
    "Product": "#eef1f4",
    "Regulator": "#fdeade",
    "Person": "#ffffff",
    "Market": "#e5f1fa",
    "Sector": "#f7ebf2",
    "Country": "#eef1f4",
}
_SQUARE, _CUT = ("Chip", "Product"), ("Regulator",)
_PILL = ("Person", "Market", "Sector", "Country")

Point = tuple[float, float]
Curve = tuple[Point, ...]
"""Cubic Bézier curves, one after the other: an end; for each the two points it is drawn to, and its other end."""


def colour(relation: str) -> str:
    return COLOURS.get(relation, OTHER)


def directed(mark: Mark, kinds: dict[str, str]) -> bool:
    """Whether a mark goes from its subject to its object, given the labels of entities."""
    relation = RELATIONS.get(mark.relation)
    return relation is None or (kinds.get(mark.subject, ""), kinds.get(mark.object, "")) not in relation.undirected


# -- what is drawn of a fact


class Pen:
    """Draws what stands for facts: each is a link to its claims and tells the best of them in its tool tip."""

    def __init__(self, canvas: Canvas, figure: Figure, links: Sequence[str], *, graphviz: bool = False) -> None:
        self.canvas = canvas
        self.graphviz = graphviz
        """Whether Graphviz, where it is installed, puts columns in order."""
        self.figure = figure
        self._links = dict(zip(figure.marks, links, strict=True))
        self._names = {node.id: node.name for node in figure.nodes}
        self._kinds = {node.id: node.label for node in figure.nodes}

    def name(self, id: str) -> str:
        return self._names.get(id, "")

    def link(self, mark: Mark) -> str:
        """Where the claims of a mark stand."""
        return self._links[mark]

    def said(self, mark: Mark) -> str:
        """The fact as a line."""
        line = f"{self.name(mark.subject)} {mark.relation} {self.name(mark.object)}"
        return line + "".join(f" · {part}" for part in (mark.text, mark.modality) if part)

    @contextmanager
    def linked(self, mark: Mark) -> Iterator[None]:
        """What is drawn within is a link to the claims of a mark."""
        best = next(iter(self.figure.claims(mark)), None)
        title = self.said(mark) + (f" — “{shorten(best['evidence'], 1500, 10)}”" if best and best["evidence"] else "")
        with self.canvas.group(title, self._links[mark]):
            yield

    def curve(self, mark: Mark, curve: Curve, *, paint: str = "", width: float = 1.6) -> None:
        """A fact as a line, with an arrow where it has a direction."""
        d = f"M{_pair(curve[0])}C{' '.join(map(_pair, curve[1:]))}"
        paint = paint or colour(mark.relation)
        with self.linked(mark):
            self.canvas.path(d, stroke="#000", stroke_opacity="0", stroke_width=9)  # to be hit more easily
            cap = "round" if mark.modality == "rumored" else None
            self.canvas.path(
                d, stroke=paint, stroke_width=width, stroke_dasharray=DASHES.get(mark.modality), stroke_linecap=cap
            )
            if directed(mark, self._kinds):
                self.arrow(curve, paint)
            if mark.modality == "denied":
                self.crosses(curve, paint)

    def arrow(self, curve: Curve, paint: str, size: float = 7) -> None:
        (x, y), (nx, ny) = curve[-1], point(curve[-4:], 0.93)
        turn = atan2(y - ny, x - nx)
        ends = [(x - size * cos(turn + side), y - size * sin(turn + side)) for side in (0.4, -0.4)]
        self.canvas.path("M{:.1f} {:.1f}L{:.1f} {:.1f}L{:.1f} {:.1f}Z".format(x, y, *ends[0], *ends[1]), fill=paint)

    def crosses(self, curve: Curve, paint: str) -> None:
        """Crosses along a line: it is denied."""
        curve = curve[-4:]
        length = hypot(curve[3][0] - curve[0][0], curve[3][1] - curve[0][1])
        count = max(1, min(5, int(length // 45)))
        for n in range(1, count + 1):
            x, y = point(curve, n / (count + 1))
            self.canvas.path(
                f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8", stroke=paint, stroke_width=1.8, stroke_linecap="round"
            )


def straight(a: Point, b: Point, bend: float = 0) -> Curve:
    """A line between two points, bent to a side by so many pixels."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = hypot(dx, dy) or 1
    off = -dy / length * bend * 4 / 3, dx / length * bend * 4 / 3
    near, far = ((a[0] + dx * t + off[0], a[1] + dy * t + off[1]) for t in (0.33, 0.67))
    return a, near, far, b


def _pair(point: Point) -> str:
    return f"{number(point[0])} {number(point[1])}"


def point(curve: Curve, t: float) -> Point:
    """The point of a single curve that is the share t of the way along it."""
    weights = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
    x, y = (sum(w * point[axis] for w, point in zip(weights, curve, strict=True)) for axis in (0, 1))
    return x, y


# -- what is drawn of an entity


class Box:
    """An entity with its name, in lines that fit a width, and what is said of it."""

    def __init__(self, node: Node, width: float, cited: str = "", *, strong: bool = False) -> None:
        inner = width - 16
        self.node = node
        self.strong = strong
        heavy = BOLD if strong else 1
        self.names = wrap(node.name, inner / heavy, 12, 2) or ["—"]
        about = clean(node.about)
        room = inner - (measure(cited, 10) + 4 if cited else 0)
        self.about = f"{shorten(about, room, 10)} {cited}".strip() if about or cited else ""
        longest = [*(measure(line, 12) * heavy for line in self.names), measure(self.about, 10)]
        self.width = min(width, max(64, max(longest) + 16))
        self.height = 10 + 16 * len(self.names) + (13 if self.about else 0)
        self.x = self.y = 0.0
        """Of its centre."""
        self.link = ""

    def draw(self, canvas: Canvas) -> None:
        left, top = self.x - self.width / 2, self.y - self.height / 2
        full = [self.node.name, self.node.label, self.node.about]
        with canvas.group(" · ".join(filter(None, full)), self.link):
            outline(canvas, self.node.label, left, top, self.width, self.height, strong=self.strong)
            y = top + 16
            for line in self.names:
                canvas.text(self.x, y, line, anchor="middle", bold=self.strong)
                y += 16
            if self.about:
                canvas.text(self.x, y - 2, self.about, size=10, fill=FAINT, anchor="middle")

    def edge(self, towards: Point) -> Point:
        """Where a line from the centre towards a point leaves the box."""
        dx, dy = towards[0] - self.x, towards[1] - self.y
        scale = min((self.width / 2 + 1) / abs(dx) if dx else 1e9, (self.height / 2 + 1) / abs(dy) if dy else 1e9, 1)
        return self.x + dx * scale, self.y + dy * scale

    def overlaps(self, other: "Box", gap: float = 6) -> bool:
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2 + gap
            and abs(self.y - other.y) < (self.height + other.height) / 2 + gap
        )


def outline(
    canvas: Canvas, label: str, x: float, y: float, width: float, height: float, *, strong: bool = False
) -> None:
    """The shape of a label."""
    look: dict[str, str | float | None] = {"fill": FILLS.get(label, "#ffffff"), "stroke": INK if strong else "#6e7781"}
    look["stroke_width"] = 2.2 if strong else 1
    if label in _CUT:
        c = min(6.0, height / 3)
        across, down = f"{width - 2 * c:.1f}", f"{height - 2 * c:.1f}"
        d = f"M{x + c:.1f} {y:.1f}h{across}l{c} {c}v{down}l{-c} {c}h-{across}l{-c} {-c}v-{down}Z"
        canvas.path(d, **look)
        return
    corner = 0 if label in _SQUARE else height / 2 if label in _PILL else 5
    canvas.rect(x, y, width, height, rx=min(corner, 16), **look)
    if label == "Fund":
        canvas.rect(x + 2.5, y + 2.5, width - 5, height - 5, rx=3, fill="none", stroke="#6e7781", stroke_width=0.6)


# -- what it all means


def legend(canvas: Canvas, figure: Figure, top: float, left: float) -> float:
    """What shapes, colours and lines mean, of those that are drawn, with counts. Returns where it ends."""
    x, y = left, top
    for kind, key, text in _entries(figure):
        width = 34 + measure(text, 11) + 16
        if x > left and x + width > canvas.width - left:
            x, y = left, y + 20
        _sample(canvas, kind, key, x, y + 10)
        canvas.text(x + 32, y + 14, text, size=11, fill=FAINT)
        x += width
    return y + 24 if x > left else y


def _entries(figure: Figure) -> Iterator[tuple[str, str, str]]:
    counts = labels(figure)
    if figure.view in ("ego", "impact", "ownership"):
        yield from (("label", label, f"{label} ({counts[label]})") for label in LABELS if label in counts)
    if figure.view == "diff":
        yield from (("change", change, f"{change} ({n})") for change in CHANGES if (n := _count(figure, change)))
    elif figure.view != "matrix":
        yield from _kinds(mark.relation for mark in figure.marks)
    used = [mark.modality for mark in figure.marks]
    for modality in MODALITIES:
        if modality in used:
            yield "modality", modality, f"{modality} ({used.count(modality)})"
    if figure.view == "money" and any(mark.amount is None for mark in figure.marks):
        yield "hatched", "", "amount not told: drawn equally wide, in no proportion"
    if figure.sources:
        yield "note", "", "number of a source beneath"


def _count(figure: Figure, change: str) -> int:
    return sum(mark.change == change for mark in figure.marks)


def _kinds(relations: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    used = list(relations)
    for relation in RELATIONS:
        if relation in used:
            yield "relation", relation, f"{relation} ({used.count(relation)})"


def _sample(canvas: Canvas, kind: str, key: str, x: float, y: float) -> None:
    if kind == "label":
        outline(canvas, key, x, y - 7, 26, 14)
    elif kind in ("relation", "change"):
        canvas.rect(x, y - 5, 26, 10, fill=colour(key) if kind == "relation" else CHANGES[key])
    elif kind == "hatched":
        canvas.rect(x, y - 6, 26, 12, fill=f"url(#{canvas.prefix}hatch)", stroke="#6e7781", stroke_width=0.8)
    elif kind == "note":
        canvas.text(x + 13, y + 4, "[1]", size=11, fill=FAINT, anchor="middle")
    else:
        ends: Curve = straight((x, y), (x + 26, y))
        cap = "round" if key == "rumored" else None
        canvas.path(
            f"M{x:.1f} {y:.1f}h26", stroke=INK, stroke_width=2, stroke_dasharray=DASHES.get(key), stroke_linecap=cap
        )
        if key == "denied":
            x, y = point(ends, 0.5)
            canvas.path(f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8", stroke=INK, stroke_width=1.8)


def hatch(canvas: Canvas) -> None:
    """The pattern of what is not told."""
    canvas.parts.append(
        f'<defs><pattern id="{canvas.prefix}hatch" width="6" height="6" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff"/>'
        f'<rect width="2" height="6" fill="#8c959f"/></pattern></defs>'
    )
