"""What the learned model is asked about a document: which pairs, which antecedents, which values, which credits.

All is numbers: words and mentions by their place in the document's lists. Training and reading ask the same questions.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.ontology import LABELS, MEASURES, MODALITIES, RELATIONS, STAGES
from loaders.gazetteer import Gazetteer
from loaders.tags import NAMED, SOURCE

RELATION_NAMES = tuple(RELATIONS)
REACH = 2
"""Sentences that may lie between the two ends of a claim."""
CROWD = 60
"""Mentions that may lie between the two ends of a claim: in a list of thousands not each is asked about with each."""
BACK = 5
"""Sentences that a description or pronoun may lie behind what it means."""
CHOICE = 10
"""Entities among which the antecedent of a description or pronoun is looked for."""
CREDIT_REACH = 3
"""Sentences over which a credit may carry."""
VALUE_REACH = 1
"""Sentences that a value may lie from either end of a claim."""
SLOTS = ("date", "money", "quantity", "part", "ratio", "round")
"""Kinds of value that a claim may take one of."""
KINDS = len(NAMED) * 2
"""Kinds of mention: each label, by name or by description."""
_CLOSE = 8


class Node(NamedTuple):
    """A mention: its words, its label, whether it is a name, the entity it means, the sentence it stands in."""

    first: int
    last: int
    label: str
    named: bool
    entity: int
    sentence: int
    place: bool = False
    """Whether it names a country, which may act as its government."""

    @property
    def kind(self) -> int:
        return NAMED.index(self.label) * 2 + (not self.named)


def is_place(label: str, text: str, gazetteer: Gazetteer) -> bool:
    """Whether a mention in these words names a country, by itself or by its government."""
    return label in ("Country", "Regulator") and bool(gazetteer.government(text))


class ValueSpan(NamedTuple):
    """The words of a date or an amount, and which slot it may fill."""

    first: int
    last: int
    slot: int
    sentence: int


def _allowed() -> NDArray[Any]:
    table = np.zeros((len(LABELS), len(LABELS), len(RELATIONS)), dtype=bool)
    for number, relation in enumerate(RELATIONS.values()):
        for subject, obj in relation.ends:
            table[LABELS.index(subject), LABELS.index(obj), number] = True
    return table


ALLOWED = _allowed()
"""Which relations may join two labels."""


def labels(node: Node) -> tuple[int, ...]:
    """The labels that a mention can act as, by their numbers."""
    if node.label == SOURCE:
        return ()
    acting = {node.label, "Country", "Regulator"} if node.place else {node.label}
    return tuple(sorted((LABELS.index(label) for label in acting), key=lambda n: LABELS[n] != node.label))


def bucket(distance: int) -> int:
    """A signed distance in words, coarser the longer: 1 to 15.

    Example:
        >>> [bucket(n) for n in (-200, -1, 0, 1, 3, 200)]
        [1, 7, 8, 9, 10, 15]
    """
    size = min(abs(distance).bit_length(), 7)
    return _CLOSE + size if distance >= 0 else _CLOSE - size


@dataclass(frozen=True)
class Pairs:
    """Ordered pairs of mentions.

    `table` has a row for each: subject, object, first word of the sentences that it spans and the word after their
    last, sentences from subject to object (from 0 for two back to 4 for two on), distance in words as a bucket.
    `allowed` has a column for each relation.
    """

    table: NDArray[Any]
    allowed: NDArray[Any]

    def parts(self, size: int) -> Iterator["Pairs"]:
        """The same in order, at most so many at once."""
        for low in range(0, len(self), size):
            yield Pairs(self.table[low : low + size], self.allowed[low : low + size])

    def __len__(self) -> int:
        return len(self.table)

    @property
    def subject(self) -> NDArray[Any]:
        return self.table[:, 0]

    @property
    def object(self) -> NDArray[Any]:
        return self.table[:, 1]


def pairs(nodes: Sequence[Node], bounds: Sequence[tuple[int, int]]) -> Pairs:
    """The pairs of mentions that some relation may join.

    Args:
        nodes: in order of their sentences.
        bounds: first word of each sentence and the word after its last.
    """
    acting = [labels(node) for node in nodes]
    found: list[tuple[int, ...]] = []
    allowed: list[NDArray[Any]] = []
    for i, one in enumerate(nodes):
        for j in range(max(0, i - CROWD), min(len(nodes), i + CROWD + 1)):
            other = nodes[j]
            apart = other.sentence - one.sentence
            if abs(apart) > REACH or one.entity == other.entity:
                continue
            mask = _joining(acting[i], acting[j])
            if mask is None or (one.first <= other.last and other.first <= one.last):
                continue
            near, far = sorted((one.sentence, other.sentence))
            distance = other.first - one.last if other.first > one.last else other.last - one.first
            found.append((i, j, bounds[near][0], bounds[far][1], apart + REACH, bucket(distance)))
            allowed.append(mask)
    table = np.array(found, dtype=np.int64).reshape(-1, 6)
    return Pairs(table, np.array(allowed, dtype=bool).reshape(-1, len(RELATIONS)))


@cache
def _joining(subject: tuple[int, ...], obj: tuple[int, ...]) -> NDArray[Any] | None:
    """Which relations may join mentions that can act as such labels; None if none may."""
    masks = [ALLOWED[a, b] for a in subject for b in obj]
    mask: NDArray[Any] = np.logical_or.reduce(masks) if masks else np.zeros(len(RELATIONS), dtype=bool)
    return mask if mask.any() else None


def antecedents(nodes: Sequence[Node], at: int) -> list[int]:
    """The mentions among which what a description or pronoun means is looked for: of each entity the last name before.

    The nearest comes first; names of the first sentence, a headline as a rule, count as near.
    """
    node = nodes[at]
    found: dict[int, int] = {}
    for number in range(at - 1, -1, -1):
        other = nodes[number]
        near = node.sentence - other.sentence <= BACK or other.sentence == 0
        if near and other.named and is_alike(node, other) and other.last < node.first and other.entity not in found:
            found[other.entity] = number
            if len(found) == CHOICE:
                break
    return list(found.values())


_FAMILIES = ({"Firm", "Fund"}, {"Chip", "Product"}, {"Regulator", "Country"})


def is_alike(one: Node, other: Node) -> bool:
    """Whether a description of the one label may mean a name of the other."""
    return one.label == other.label or any({one.label, other.label} <= family for family in _FAMILIES)


def near_values(values: Sequence[ValueSpan], one: Node, other: Node) -> list[int]:
    """The values that a claim between two mentions may take."""
    low = min(one.sentence, other.sentence) - VALUE_REACH
    high = max(one.sentence, other.sentence)
    return [number for number, value in enumerate(values) if low <= value.sentence <= high or value.sentence == -1]


def creditors(nodes: Sequence[Node], sentence: int) -> list[int]:
    """The mentions to whom a sentence may be credited."""
    may = {"Firm", "Fund", "Person", "Regulator", "Country", SOURCE}
    return [
        number
        for number, node in enumerate(nodes)
        if node.label in may and 0 <= sentence - node.sentence <= CREDIT_REACH
    ]


OUTPUTS = {
    "relation": len(RELATIONS),
    "credited": 1,
    "modality": len(MODALITIES),
    "measure": len(MEASURES),
    "stage": len(STAGES),
}
"""What the pair head says of each pair, in this order, and how many columns each takes."""
_STARTS = list(accumulate(OUTPUTS.values(), initial=0))
COLUMNS = {name: slice(low, high) for name, (low, high) in zip(OUTPUTS, pairwise(_STARTS), strict=True)}
