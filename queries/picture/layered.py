"""Entities in layers with lines between them: columns, or rings around one, where there is room; lists where not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import combinations, pairwise
from math import sqrt

from queries.picture import dot
from queries.picture.figure import Figure, Mark
from queries.picture.style import Box, Curve, Pen, Point, point, straight
from queries.picture.svg import BOLD, FAINT, measure, shorten

MARGIN = 16
NARROW = 640
"""Below this width layers are lists, one under the other."""
SWEEPS = 6
"""How often layers are put in order by their neighbours."""

DETOURS = (0, 14, -14, 28, -28, 42, -42, 60, -60, 80, -80, 105, -105, 135, -135)
"""By how many pixels a line of a ring may be bent to pass beside boxes, the least first."""
STEPS = 40
"""Points of a line at which it is looked for behind boxes."""

Layers = dict[int, list[Box]]


def draw(pen: Pen, top: float) -> float:
    """Set out a figure in layers. Returns where it ends."""
    figure = pen.figure
    if pen.canvas.width < NARROW:
        return _lists(pen, top)
    return _rings(pen, top) if figure.view == "ego" else _columns(pen, top)


def boxes(pen: Pen, width: float) -> Layers:
    """A box for each entity, by layer; the strong one is that which is asked about."""
    figure, found = pen.figure, defaultdict[int, list[Box]](list)
    for node, own in zip(figure.nodes, _own(figure), strict=True):
        box = Box(node, width, figure.cited(own, 2), strong=node is figure.nodes[0])
        box.link = pen.link(own[0]) if own else ""
        found[node.layer].append(box)
    return dict(sorted(found.items()))


def _own(figure: Figure) -> list[list[Mark]]:
    """For each node, what joins it to where it was reached from."""
    at = {node.id: node.layer for node in figure.nodes}
    own: dict[str, list[Mark]] = defaultdict(list)
    for mark in figure.marks:
        for end, other in ((mark.subject, mark.object), (mark.object, mark.subject)):
            if abs(at[other]) < abs(at[end]) or (figure.view == "impact" and at[other] <= at[end]):
                own[end].append(mark)
    return [own[node.id] for node in figure.nodes]


def _title(figure: Figure, layer: int) -> str:
    """What a layer is called, if it is called anything."""
    number = layer - figure.first
    return figure.layers[number] if number < len(figure.layers) else ""


def ordered(layers: Layers, marks: Sequence[Mark]) -> None:
    """Put every layer in the order of its neighbours' middles (barycentre heuristic; Sugiyama and others, 1981)."""
    near: dict[str, list[str]] = defaultdict(list)
    for mark in marks:
        near[mark.subject].append(mark.object)
        near[mark.object].append(mark.subject)
    for sweep in range(SWEEPS):
        for layer in sorted(layers, reverse=bool(sweep % 2)):
            place = {
                box.node.id: (n + 0.5) / len(row)
                for at, row in layers.items()
                if at != layer
                for n, box in enumerate(row)
            }
            middle = {
                box.node.id: _middle([place[o] for o in near[box.node.id] if o in place]) for box in layers[layer]
            }
            layers[layer].sort(key=lambda box: middle[box.node.id])


def _middle(places: Sequence[float]) -> float:
    return sum(places) / len(places) if places else 0.5


# -- columns


def _columns(pen: Pen, top: float) -> float:
    figure, canvas = pen.figure, pen.canvas
    count = len({node.layer for node in figure.nodes} | set(range(figure.first, figure.first + len(figure.layers))))
    pitch = (canvas.width - 2 * MARGIN) / max(count, 1)
    layers = boxes(pen, min(200, pitch - max(40, pitch * 0.22)))
    ordered(layers, figure.marks)
    if pen.graphviz:
        _reordered(layers, figure.marks)
    tallest = max(_height(row) for row in layers.values())
    for layer in range(figure.first, figure.first + count):
        x = MARGIN + pitch * (layer - figure.first + 0.5)
        title = _title(figure, layer)
        canvas.text(x, top + 14, shorten(title, (pitch - 8) / BOLD, 12), fill=FAINT, anchor="middle", bold=True)
        y = top + 28 + (tallest - _height(layers.get(layer, []))) / 2
        for box in layers.get(layer, []):
            box.x, box.y = x, y + box.height / 2
            y += box.height + _gap(layers[layer])
    placed = {box.node.id: box for row in layers.values() for box in row}
    for mark, curve in _routes(figure.marks, placed, pitch):
        pen.curve(mark, curve)
    for box in placed.values():
        box.draw(canvas)
    return top + 28 + tallest + 12


def _reordered(layers: Layers, marks: Sequence[Mark]) -> None:
    """Put layers in the order that Graphviz gives, where it is installed and fewer lines cross then."""
    ids = {layer: [box.node.id for box in row] for layer, row in layers.items()}
    own = {id: float(n) for row in ids.values() for n, id in enumerate(row)}
    place = dot.order(ids, marks)
    if not place or _crossings(ids, marks, place) >= _crossings(ids, marks, own):
        return
    turned = sum((own[id] - (len(row) - 1) / 2) * place[id] for row in ids.values() for id in row) < 0
    for row in layers.values():  # upside down it is as good; as near to the own order as can be
        row.sort(key=lambda box: place[box.node.id], reverse=turned)


def _crossings(ids: Mapping[int, Sequence[str]], marks: Sequence[Mark], place: Mapping[str, float]) -> int:
    """How many pairs of lines between the same layers cross."""
    at = {id: layer for layer, row in ids.items() for id in row}
    lines: dict[tuple[int, int], list[tuple[float, float]]] = defaultdict(list)
    for mark in marks:
        a, b = sorted((mark.subject, mark.object), key=at.__getitem__)
        lines[at[a], at[b]].append((place[a], place[b]))
    same = (pair for ends in lines.values() for pair in combinations(ends, 2))
    return sum((a - c) * (b - d) < 0 for (a, b), (c, d) in same)


def _gap(row: Sequence[Box]) -> float:
    return 26 if len(row) < 8 else 14


def _height(row: Sequence[Box]) -> float:
    return sum(box.height for box in row) + _gap(row) * max(0, len(row) - 1)


def _routes(marks: Sequence[Mark], placed: Mapping[str, Box], pitch: float) -> list[tuple[Mark, Curve]]:
    """A curve for each line: it leaves a box at its side, each at a place of its own."""
    sides: dict[tuple[str, int], list[tuple[float, int]]] = defaultdict(list)
    for n, mark in enumerate(marks):
        a, b = placed[mark.subject], placed[mark.object]
        turn = 0 if a.x == b.x else 1 if a.x < b.x else -1
        sides[mark.subject, turn or 1].append((b.y, n))
        sides[mark.object, -turn or 1].append((a.y, n))
    port = {
        (id, side, n): (place + 0.5) / len(ends)
        for (id, side), ends in sides.items()
        for place, (_, n) in enumerate(sorted(ends))
    }
    found, passing = [], 0
    for n, mark in enumerate(marks):
        a, b = placed[mark.subject], placed[mark.object]
        turn = 0 if a.x == b.x else 1 if a.x < b.x else -1
        start = _port(a, turn or 1, port[mark.subject, turn or 1, n])
        end = _port(b, -turn or 1, port[mark.object, -turn or 1, n])
        reach = max(30, abs(end[0] - start[0]) * 0.45) if turn else min(60, pitch / 4)
        out = start[0] + (turn or 1) * reach, start[1]
        into = end[0] + (-turn or 1) * reach, end[1]
        curve = _through((start, out, into, end), list(placed.values()), (passing % 4) * 3.5 - 5)
        passing += len(curve) > 4  # those that pass between boxes keep apart from one another
        found.append((mark, curve))
    return found


def _through(curve: Curve, placed: Sequence[Box], aside: float) -> Curve:
    """A curve with the same ends that passes between the boxes of columns on its way, not behind them."""
    start, end = curve[0], curve[-1]
    turn = 1 if start[0] < end[0] else -1
    low, high = sorted((start[0], end[0]))
    columns: dict[float, list[Box]] = defaultdict(list)
    for box in placed:
        if low + box.width / 2 < box.x < high - box.width / 2:
            columns[box.x].append(box)
    points = [start]
    for n, x in enumerate(sorted(columns, reverse=turn < 0), 1):
        half = max(box.width for box in columns[x]) / 2 + 4
        (px, py), step = points[-1], (end[1] - points[-1][1]) / (len(columns) - n + 2)
        y = _gap_near(columns[x], py + step) + aside
        bend = abs(x - turn * half - px) * 0.5
        points += [(px + turn * bend, py), (x - turn * (half + bend), y), (x - turn * half, y)]
        points += [(x - turn * half / 3, y), (x + turn * half / 3, y), (x + turn * half, y)]
    if len(points) == 1:
        return curve
    bend = abs(end[0] - points[-1][0]) * 0.5
    px, py = points[-1]
    return (*points, (px + turn * bend, py), (end[0] - turn * bend, end[1]), end)


def _gap_near(column: Sequence[Box], y: float) -> float:
    """The height nearest to y at which a column has no box."""
    tops = sorted(column, key=lambda box: box.y)
    gaps = [tops[0].y - tops[0].height / 2 - 10, tops[-1].y + tops[-1].height / 2 + 10]
    gaps += [(a.y + a.height / 2 + b.y - b.height / 2) / 2 for a, b in pairwise(tops)]
    free = [y] if y < gaps[0] or y > gaps[1] else gaps
    return min(free, key=lambda gap: abs(gap - y))


def _port(box: Box, side: int, place: float) -> Point:
    return box.x + side * (box.width / 2 + 1), box.y + (place - 0.5) * (box.height - 8)


# -- rings


def _rings(pen: Pen, top: float) -> float:
    """An ellipse for each distance: boxes lie on its two sides at even heights, so that none meets another."""
    figure, canvas = pen.figure, pen.canvas
    layers = boxes(pen, 170)
    ordered(layers, figure.marks)
    centre = canvas.width / 2
    half: dict[int, float] = {0: 0}
    placed: list[Box] = []
    for ring, row in layers.items():
        pitch = max((box.height for box in row), default=40) + 10
        half[ring] = max(half.get(ring - 1, 0) + (40 if ring else 0), pitch * (len(row) + 1) // 2 / 2)
        reach = 0 if ring == 0 else 430 if len(layers) == 2 else 235 + (ring - 1) * 195
        for box, (x, y) in zip(row, _ellipse(row, reach, half[ring], len(layers) == 2), strict=True):
            box.x, box.y = x, y
            _aside(box, placed, (canvas.width / 2) - MARGIN - box.width / 2)
            placed.append(box)
    low = min(box.y - box.height / 2 for box in placed)
    for box in placed:
        box.x, box.y = box.x + centre, box.y - low + top + 8
    _lines(pen, {box.node.id: box for box in placed})
    for box in placed:
        box.draw(canvas)
    return max(box.y + box.height / 2 for box in placed) + 12


def _ellipse(row: Sequence[Box], reach: float, half: float, alone: bool) -> list[Point]:
    """Places on the two sides, in the order of the row: down the right side, up the left one.

    Args:
        alone: no other ring is there, so that the ellipse may be whole, and no line passes behind another's box.
    """
    if reach == 0:
        return [(0.0, 0.0) for _ in row]
    found = []
    right = (len(row) + 1) // 2
    for n in range(len(row)):
        side, place, count = (1, n, right) if n < right else (-1, len(row) - 1 - n, len(row) - right)
        y = -half + 2 * half * (place + 0.5) / count
        flat = 0.1 if alone else 0.55
        x = reach * (flat + (1 - flat) * sqrt(max(0.0, 1 - (y / (half + 1)) ** 2)))
        found.append((side * x, y))
    return found


def _aside(box: Box, placed: Sequence[Box], most: float) -> None:
    """Move a box outwards until it meets none; where there is no room left, downwards."""
    step = 8 if box.x >= 0 else -8
    while any(box.overlaps(other) for other in placed):
        if abs(box.x + step) <= most:
            box.x += step
        else:
            box.y += 8


def _lines(pen: Pen, placed: Mapping[str, Box]) -> None:
    pairs: dict[frozenset[str], list[Mark]] = defaultdict(list)
    for mark in pen.figure.marks:
        pairs[frozenset((mark.subject, mark.object))].append(mark)
    for ends, marks in pairs.items():
        boxes = [box for id, box in placed.items() if id not in ends]
        bundles = (_bundle(marks, placed, detour) for detour in DETOURS)
        best = min(bundles, key=lambda curves: sum(_behind(curve, boxes) for curve in curves))
        for mark, curve in zip(marks, best, strict=True):
            pen.curve(mark, curve)


def _bundle(marks: Sequence[Mark], placed: Mapping[str, Box], detour: float) -> list[Curve]:
    """Lines between the same two boxes, beside one another, bent to a side."""
    first = min(marks[0].subject, marks[0].object)
    found = []
    for n, mark in enumerate(marks):
        a, b = placed[mark.subject], placed[mark.object]
        bend = ((n - (len(marks) - 1) / 2) * 16 + detour) * (1 if mark.subject == first else -1)
        middle = straight((a.x, a.y), (b.x, b.y), bend)
        found.append(straight(a.edge(middle[1]), b.edge(middle[2]), bend * 0.8))
    return found


def _behind(curve: Curve, boxes: Sequence[Box]) -> int:
    """How many of the boxes a line passes behind."""
    points = [point(curve, n / STEPS) for n in range(STEPS + 1)]
    return sum(
        any(abs(x - box.x) < box.width / 2 + 2 and abs(y - box.y) < box.height / 2 + 2 for x, y in points)
        for box in boxes
    )


# -- lists


def _lists(pen: Pen, top: float) -> float:
    """Layers one under the other: each entity with a line for each fact that joins it to what came before it."""
    figure, y = pen.figure, top
    layer, told = None, _once(figure)
    for node in sorted(figure.nodes, key=lambda node: node.layer):
        title = _title(figure, node.layer)
        if node.layer != layer and title and title != node.name:
            pen.canvas.text(MARGIN, y + 16, title, fill=FAINT, bold=True)
            y += 26
        layer = node.layer
        about = "" if figure.view == "ego" else node.about  # of a neighbour it is the relation, which its lines name
        box = Box(node._replace(about=about), pen.canvas.width - 2 * MARGIN, strong=node is figure.nodes[0])
        box.x, box.y = MARGIN + box.width / 2, y + box.height / 2
        box.draw(pen.canvas)
        y += box.height + 4
        for mark in told[node.id]:
            y = _line(pen, mark, node.id, y)
        y += 10
    return y


def _once(figure: Figure) -> dict[str, list[Mark]]:
    """For each node the facts that are told at it: each fact once, at the end farther from what is asked about."""
    at = {node.id: abs(node.layer - figure.nodes[0].layer) for node in figure.nodes}
    found: dict[str, list[Mark]] = defaultdict(list)
    for mark in figure.marks:
        found[mark.object if at[mark.object] > at[mark.subject] else mark.subject].append(mark)
    return found


def _line(pen: Pen, mark: Mark, own: str, y: float) -> float:
    """A fact of an entity: an arrow, the other end, and what joins them. Returns where it ends."""
    start, end = (MARGIN + 14, y + 9), (MARGIN + 52, y + 9)
    pen.curve(mark, straight(start, end) if mark.subject == own else straight(end, start))
    x, right = end[0] + 6, pen.canvas.width - MARGIN
    said = " ".join(filter(None, (mark.relation, pen.figure.cited([mark], 2))))
    other = pen.name(mark.object if mark.subject == own else mark.subject)
    other = shorten(other, right - x - measure(said, 10) - 8)
    pen.canvas.text(x, y + 13, other)
    pen.canvas.text(x + measure(other) + 8, y + 13, said, size=10, fill=FAINT)
    return y + 18
