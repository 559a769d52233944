"""Tags of words and the spans they stand for: the best sequence in which no name goes on that was not begun.

Each layer has one tag for "nothing" and two for each label: the first word of a span, and its further words.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.ontology import LABELS

SOURCE = "Source"
"""Label of somebody without a name to whom a text credits something: "two people familiar with the matter"."""
NAMED: tuple[str, ...] = (*LABELS, SOURCE)
"""Labels of the first layer: names."""
MEANT: tuple[str, ...] = LABELS
"""Labels of the second layer: pronouns and descriptions, by what they stand for."""


class Span(NamedTuple):
    """Words that mean something: the first, the last, the label, and how likely it is."""

    first: int
    last: int
    label: str
    score: float


def width(labels: Sequence[str]) -> int:
    """How many tags a layer has."""
    return 2 * len(labels) + 1


def encoded(spans: Sequence[tuple[int, int, str]], labels: Sequence[str], count: int) -> list[int]:
    """The tags of words in which such spans stand.

    Example:
        >>> encoded([(1, 2, "Fund")], LABELS, 4)
        [0, 3, 4, 0]
    """
    tags = [0] * count
    for first, last, label in spans:
        tag = 2 * labels.index(label) + 1
        tags[first : last + 1] = [tag] + [tag + 1] * (last - first)
    return tags


def decoded(logits: NDArray[Any], labels: Sequence[str], breaks: Sequence[int]) -> list[Span]:
    """The spans of the best sequence of tags.

    Args:
        logits: one row a word, one column a tag.
        breaks: words at which a sentence begins: no span reaches over.
    """
    if not len(logits):
        return []
    shifted = logits - logits.max(axis=1, keepdims=True)
    scores = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    tags = _best(scores, set(breaks))
    spans: list[Span] = []
    at = 0
    while at < len(tags):
        end = at + 1
        if tags[at]:
            while end < len(tags) and tags[end] == tags[at] + 1 and tags[at] % 2:
                end += 1
            score = float(np.exp(scores[range(at, end), tags[at:end]].mean()))
            spans.append(Span(at, end - 1, labels[(tags[at] - 1) // 2], score))
        at = end
    return spans


def _best(scores: NDArray[Any], breaks: set[int]) -> list[int]:
    """The likeliest sequence in which a further word follows a word of the same span (Viterbi)."""
    count, width = scores.shape
    within = np.arange(2, width, 2)
    begun = within - 1
    best = scores[0].copy()
    best[within] = -np.inf
    came = np.zeros((count, width), dtype=np.int64)
    for at in range(1, count):
        top = int(best.argmax())
        came[at] = top
        step = np.full(width, best[top])
        if at in breaks:
            step[within] = -np.inf
        else:
            further = best[within] >= best[begun]
            step[within] = np.where(further, best[within], best[begun])
            came[at, within] = np.where(further, within, begun)
        best = step + scores[at]
    tags = [int(best.argmax())]
    for at in range(count - 1, 0, -1):
        tags.append(int(came[at, tags[-1]]))
    return tags[::-1]
