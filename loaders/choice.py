"""Which of the amounts near a claim is its own: where they stand and the words around them, weighed by what was fitted."""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from graph.ontology import RELATIONS
from loaders import linear
from loaders.calibration import SHIPPED
from loaders.candidates import SLOTS, Node
from loaders.linear import Weights
from loaders.values import Near
from loaders.words import Words

AMOUNTS = {
    "money": ("amount",), "quantity": ("quantity",), "part": ("stake", "share"), "ratio": ("delta",),
}  # fmt: skip
"""The slots that are chosen for here, and what they are called as qualifiers."""
FILE = "choice.json"
TRUST = 0.5
"""How much the model's score counts beside the words; chosen on the documents held back, like `LEAST`."""
LEAST = 0.5
"""Log-odds that an amount must have."""
_BREAK = re.compile(r"[;:—–•()]| - |\. |, (?:and|but|while|whereas|which|who|whose|where|when|after|as|in|with)\b")
_STEPS = (1, 2, 4, 7, 12, 20)


def slots(relation: str) -> list[str]:
    """The slots that a claim of a relation can fill.

    Example:
        >>> slots("OWNS"), slots("BUYS")
        (['part'], ['money', 'quantity'])
    """
    takes = RELATIONS[relation].qualifiers
    return [slot for slot, names in AMOUNTS.items() if not takes.isdisjoint(names)]


def chosen(
    offered: Sequence[tuple[Near, float]],
    subject: Node,
    obj: Node,
    relation: str,
    read: Words,
    nodes: Sequence[Node],
) -> dict[str, Near]:
    """The amounts of a claim, by slot.

    Args:
        offered: the values near the claim, with the model's scores.
        nodes: all mentions.
    """
    found: dict[str, Near] = {}
    for slot in slots(relation):
        rivals = [(near, score) for near, score in offered if SLOTS[near.span.slot] == slot]
        best = LEAST
        for near, score in rivals:
            told = features(near, [one for one, _ in rivals], subject, obj, relation, read, nodes)
            odds = TRUST * score + float(linear.odds(told, default())[0])
            if odds > best:
                best, found[slot] = odds, near
    return found


@cache
def default() -> Weights:
    """What was fitted for the model that comes with keiretsu."""
    return linear.read(SHIPPED / FILE)


def features(
    value: Near, rivals: Sequence[Near], subject: Node, obj: Node, relation: str, read: Words, nodes: Sequence[Node]
) -> list[str]:
    """What may tell whether a value is a claim's own.

    Args:
        rivals: all values near the claim that fill the same slot.
        nodes: all mentions.
    """
    slot = SLOTS[value.span.slot]
    return sorted(f"{slot} {one}" for one in _told(value, rivals, subject, obj, relation, read, nodes))


def _told(
    value: Near, rivals: Sequence[Near], subject: Node, obj: Node, relation: str, read: Words, nodes: Sequence[Node]
) -> Iterator[str]:
    span = value.span
    yield relation
    yield f"{relation} apart {span.sentence - max(subject.sentence, obj.sentence)}"
    here = [node for node in nodes if node.sentence == span.sentence]
    for name, end in (("subject", subject), ("object", obj)):
        yield from (f"{name} {one}" for one in _place(value, end, rivals, read, here))
        yield from (f"{relation} {name} {one}" for one in _place(value, end, rivals, read, here) if "far" not in one)
    order = "".join(name for _, name in sorted([(subject.first, "S"), (obj.first, "O"), (span.first, "V")]))
    yield f"order {order}"
    yield f"{relation} order {order}"
    yield from (f"{side} {_called(node, subject, obj)}" for side, node in _beside(value, here))
    alike = [one for one in rivals if one.span.sentence == span.sentence]
    yield f"rivals {min(len(alike), 4)}"
    yield f"rank {min(sum(one.span.first < span.first for one in alike), 3)}"
    yield from _around(value, read)


def _place(value: Near, end: Node, rivals: Sequence[Near], read: Words, here: Sequence[Node]) -> Iterator[str]:
    """Where a value stands towards an end of its claim."""
    span = value.span
    if end.sentence != span.sentence:
        yield "elsewhere"
        return
    after = span.first > end.last
    low, high = (end.last, span.first) if after else (span.last, end.first)
    side = "after" if after else "before"
    between = read.text[read.ends[low] : read.starts[high]] if high > low else ""
    breaks = min(len(_BREAK.findall(between)), 3)
    others = {node.entity for node in here if low < node.first < high and node.entity != end.entity and node.named}
    yield f"{side} breaks {breaks}"
    yield f"{side} others {min(len(others), 3)}"
    yield f"{side} far {sum(high - low > step for step in _STEPS)}"
    closer = [one for one in rivals if one.span.sentence == span.sentence and _gap(one, end) < _gap(value, end)]
    yield f"closer {min(len(closer), 3)}"


def _gap(value: Near, end: Node) -> int:
    return max(end.first - value.span.last, value.span.first - end.last)


def _beside(value: Near, here: Sequence[Node]) -> Iterator[tuple[str, Node | None]]:
    named = [node for node in here if node.entity >= 0]
    yield "left", max((n for n in named if n.last < value.span.first), key=lambda n: n.last, default=None)
    yield "right", min((n for n in named if n.first > value.span.last), key=lambda n: n.first, default=None)


def _called(node: Node | None, subject: Node, obj: Node) -> str:
    if node is None:
        return "none"
    if node.entity == subject.entity:
        return "subject"
    return "object" if node.entity == obj.entity else node.label


def _around(value: Near, read: Words) -> Iterator[str]:
    """The words before and after a value, those within its sentence."""
    span = value.span
    for at in range(span.first - 4, span.last + 5):
        if 0 <= at < len(read) and read.sentence[at] == span.sentence and not span.first <= at <= span.last:
            word = _word(read.text[read.starts[at] : read.ends[at]])
            side = "before" if at < span.first else "after"
            near = span.first - at if at < span.first else at - span.last
            yield f"word {side} {word}"
            if near <= 2:
                yield f"word {side} {near} {word}"
    for at in range(span.first, span.last + 1):
        yield f"word {_word(read.text[read.starts[at] : read.ends[at]])}"


def _word(text: str) -> str:
    return "#" if any(map(str.isdigit, text)) else text.lower()
