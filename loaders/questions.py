"""What the learned model is told about the candidates besides their words: distances and counts, as small numbers."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from loaders.candidates import KINDS, Node, ValueSpan, bucket


def bounds_of(spans: Sequence[Node | ValueSpan]) -> tuple[NDArray[Any], NDArray[Any]]:
    """First and last word of each."""
    first, last = np.array([(span.first, span.last) for span in spans], dtype=np.int64).reshape(-1, 2).T
    return first, last


def span_columns(nodes: Sequence[Node], values: Sequence[ValueSpan]) -> tuple[NDArray[Any], ...]:
    """First word, last word and kind of all mentions, then of all values."""
    kinds = [node.kind for node in nodes] + [KINDS + value.slot for value in values]
    return *bounds_of([*nodes, *values]), np.array(kinds, dtype=np.int64)


def antecedent_facts(nodes: Sequence[Node], at: int, whom: Sequence[int]) -> NDArray[Any]:
    """For each candidate: sentences apart (at most 7), rank by nearness (11), how often it was named before (5)."""
    node = nodes[at]
    named = Counter(other.entity for other in nodes[:at] if other.named)
    rows = [
        (min(node.sentence - nodes[n].sentence, 7), min(rank, 11), min(named[nodes[n].entity], 5))
        for rank, n in enumerate(whom)
    ]
    return np.array(rows, dtype=np.int64).reshape(-1, 3)


def value_facts(value: ValueSpan, one: Node, other: Node) -> tuple[int, int]:
    """Sentences from the claim's last to the value (0 to 5; 7: the day of publication), and words from its object."""
    if value.sentence < 0:
        return 7, 0
    apart = value.sentence - max(one.sentence, other.sentence) + 4
    inside = min(one.last, other.last) < value.first < max(one.first, other.first)
    return max(0, min(apart, 5)), bucket(value.first - other.last) + 16 * inside


def entity_groups(nodes: Sequence[Node]) -> tuple[NDArray[Any], NDArray[Any]]:
    """A group number for each mention, one for each entity, and its share in the group's mean: names share alike."""
    groups: dict[int, int] = {}
    numbers = np.array([groups.setdefault(node.entity, len(groups)) for node in nodes], dtype=np.int64)
    named = np.array([node.named for node in nodes])
    names = np.bincount(numbers, weights=named, minlength=len(groups))
    every = np.bincount(numbers, minlength=len(groups))
    counts = np.where(names > 0, names, every)[numbers]
    shares = np.where(named | (names[numbers] == 0), 1 / counts, 0)
    return numbers, shares.astype(np.float32)
