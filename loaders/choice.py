"""Which of the amounts near a claim is its own: their places and the words around them, weighed by what was fitted."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise

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
LEAST = 0.7
"""Log-odds that an amount must have."""
_JOINED = re.compile(r"\s*(?:,|,? (?:and|or|&|with)|, as well as) (?:the |[A-Z]\w+'s )?")
"""What stands between the members of a list."""
_SHARED = re.compile(r"\b(?:each|apiece|respectively|both|led|lead|leads|leading)\b")
_MARKS = frozenset(";:—–•()")
_CONJUNCTIONS = re.compile("and|but|while|whereas|which|who|whose|where|when|after|as|in|with")
"""Words that begin a clause after a comma."""
_CLAUSE = 20
"""Words of a clause that are looked at on either side of a value."""
_BETWEEN = 12
"""Words between a value and an end, for them to be looked at."""
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
    """What may tell whether a value is a claim's own: which side of which end, what lies between, the words around.

    Args:
        rivals: all values near the claim that fill the same slot.
        nodes: all mentions.
    """
    slot = SLOTS[value.span.slot]
    here = [node for node in nodes if node.sentence == value.span.sentence]
    told = {relation, f"{relation} apart {value.span.sentence - max(subject.sentence, obj.sentence)}"}
    ends = (("subject", subject), ("object", obj))
    told |= {one for name, end in ends for one in _place(value, name, end, read, here)}
    told |= {f"{name} {one}" for name, end in ends for one in _rank(value, end, rivals)}
    told |= {f"{name} listed {_shared(value, read)}" for name, end in ends if _listed(end, read, nodes)}
    order = "".join(name for _, name in sorted([(subject.first, "S"), (obj.first, "O"), (value.span.first, "V")]))
    told |= {f"order {order}"} | {f"{side} {_called(node, subject, obj)}" for side, node in _beside(value, here)}
    told |= {f"{relation} {one}" for one in told if "far" not in one and not one.startswith((relation, "between"))}
    told |= set(_around(value, relation, read)) | set(_clause(value, read))
    return sorted(f"{slot} {one}" for one in told)


def _place(value: Near, name: str, end: Node, read: Words, here: Sequence[Node]) -> Iterator[str]:
    """Where a value stands towards an end of its claim, and the words between them."""
    span = value.span
    if end.sentence != span.sentence:
        yield f"{name} elsewhere"
        return
    low, high, side = (end.last, span.first, "after") if span.first > end.last else (span.last, end.first, "before")
    others = {node.entity for node in here if low < node.first < high and node.entity != end.entity and node.named}
    yield f"{name} {side} breaks {min(sum(_ends(at, read) for at in range(low + 1, high)), 3)}"
    yield f"{name} {side} others {min(len(others), 3)}"
    yield f"{name} {side} far {(high - low).bit_length()}"
    if high - low <= _BETWEEN:
        yield from (f"between {name} {side} {_word(at, read)}" for at in range(low + 1, high))


def _listed(end: Node, read: Words, nodes: Sequence[Node]) -> bool:
    """Whether a mention is one of several of its kind in a row: what they pay together is not what each pays."""
    alike = sorted(node for node in nodes if node.sentence == end.sentence and node.label in _kin(end))
    joined = (
        (one.entity, other.entity)
        for one, other in pairwise(alike)
        if one.last < other.first and _JOINED.fullmatch(read.text, read.ends[one.last], read.starts[other.first])
    )
    return any(end.entity in pair and pair[0] != pair[1] for pair in joined)


def _shared(value: Near, read: Words) -> str:
    """What a sentence says of who of several gave a sum."""
    found = _SHARED.search(read.sentences[value.span.sentence].text)
    return found[0].lower() if found else "together"


def _kin(node: Node) -> tuple[str, ...]:
    buyers = ("Firm", "Fund", "Regulator", "Country", "Person")
    return buyers if node.label in buyers else (node.label,)


def _rank(value: Near, end: Node, rivals: Sequence[Near]) -> Iterator[str]:
    """How many rivals there are in the sentence, before the value, and closer to an end."""
    alike = [one for one in rivals if one.span.sentence == value.span.sentence]
    yield f"rivals {min(len(alike), 4)}"
    yield f"rank {min(sum(one.span.first < value.span.first for one in alike), 3)}"
    if end.sentence == value.span.sentence:
        yield f"closer {min(sum(_gap(one, end) < _gap(value, end) for one in alike), 3)}"


def _gap(value: Near, end: Node) -> int:
    return max(end.first - value.span.last, value.span.first - end.last)


def _beside(value: Near, here: Sequence[Node]) -> Iterator[tuple[str, Node | None]]:
    """The mentions on either side of a value."""
    known = [node for node in here if node.entity >= 0]
    yield "left", max((n for n in known if n.last < value.span.first), key=lambda n: n.last, default=None)
    yield "right", min((n for n in known if n.first > value.span.last), key=lambda n: n.first, default=None)


def _called(node: Node | None, subject: Node, obj: Node) -> str:
    if node is None:
        return "none"
    if node.entity == subject.entity:
        return "subject"
    return "object" if node.entity == obj.entity else node.label


def _around(value: Near, relation: str, read: Words) -> Iterator[str]:
    """The words of a value and those next to it."""
    span = value.span
    yield from (f"word {_word(at, read)}" for at in range(span.first, span.last + 1))
    for side, distance, at in _near(value, 4, read):
        word = _word(at, read)
        yield f"word {side} {word}"
        if distance <= 2:
            yield f"word {side} {distance} {word}"
            yield f"{relation} word {side} {word}"


def _clause(value: Near, read: Words) -> Iterator[str]:
    """The words of the value's clause on either side."""
    over: set[str] = set()
    for side, _, at in _near(value, _CLAUSE, read):
        if _ends(at, read):
            over.add(side)
        if side not in over and len(word := _word(at, read)) > 2:
            yield f"clause {side} {word}"


def _near(value: Near, reach: int, read: Words) -> Iterator[tuple[str, int, int]]:
    """The words on either side of a value within its sentence: side, distance and number."""
    for distance in range(1, reach + 1):
        for side, at in (("before", value.span.first - distance), ("after", value.span.last + distance)):
            if 0 <= at < len(read) and read.sentence[at] == value.span.sentence:
                yield side, distance, at


def _ends(at: int, read: Words) -> bool:
    """Whether a clause ends at a word."""
    word = _word(at, read)
    return word in _MARKS or bool(word == "," and at + 1 < len(read) and _CONJUNCTIONS.fullmatch(_word(at + 1, read)))


def _word(at: int, read: Words) -> str:
    text = read.text[read.starts[at] : read.ends[at]]
    return "#" if any(map(str.isdigit, text)) else text.lower()
