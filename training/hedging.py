"""How sure a text is of a claim: what cues tell of it, fitted to annotated documents, and what the model's scores add.

The model is nearly perfect on the documents that it learned from, so its scores tell nothing there; cues are fitted to
these documents without it. How much each of the two counts is fitted to the documents held back.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.ontology import MODALITIES
from loaders.calibration import Hedging
from loaders.candidates import REACH, RELATION_NAMES, Node
from loaders.cues import ANY, Cues
from loaders.gazetteer import Gazetteer
from training.annotation import Annotated
from training.example import Example, Target, example

Array = NDArray[Any]
_OFTEN = 20
"""Cues that stand in fewer claims are left out."""
_PRIOR = 5.0
"""How much cues are drawn to telling nothing, in claims or so."""
_TRUST = 5.0
"""How much what the two count is drawn to the model alone, likewise."""
_WORSE = 2.0
"""How much worse it is to take for told as so what is not than the other way round."""
_TENTHS = [step / 10 for step in range(16)]
_STATED = np.array([modality == "stated" for modality in MODALITIES], dtype=float)


class Hedged(NamedTuple):
    """A claim: the model's scores for each modality if it was asked, the cues, and which modalities are right."""

    scores: tuple[float, ...]
    cues: frozenset[str]
    right: frozenset[str]


def hedged(documents: Iterable[Annotated], gazetteer: Gazetteer) -> Iterator[Hedged]:
    """The annotated claims of documents, each told by its closest mentions."""
    for document in documents:
        known = example(document, gazetteer)
        cues = Cues(known.words, known.nodes)
        for target in known.targets:
            if ends := _closest(known, target):
                near = cues.near(ends[0], RELATION_NAMES[target.relation], ends[1])
                yield Hedged((), near, frozenset({MODALITIES[target.modality]}))


def _closest(known: Example, target: Target) -> tuple[Node, Node] | None:
    """The ends of a claim: of their mentions the two that end in its sentence, if any do, and stand closest."""

    def order(ends: tuple[Node, Node]) -> tuple[int, ...]:
        one, other = ends
        last = max(one.sentence, other.sentence)
        return last != target.sentence, abs(one.sentence - other.sentence), abs(one.first - other.first), one.first

    subjects, objects = ([n for n in known.nodes if n.entity == end] for end in (target.subject, target.object))
    near = [ends for ends in product(subjects, objects) if _tells(ends, target.sentence)]
    return min(near, key=order, default=None)


def _tells(ends: tuple[Node, Node], sentence: int) -> bool:
    one, other = (node.sentence for node in ends)
    return sentence in (one, other) and abs(one - other) <= REACH


def fit(known: Sequence[Hedged], held: Sequence[Hedged]) -> Hedging:
    """What cues tell by annotated claims, and what they and the model's scores count by claims held back."""
    weights = _fitted(known)
    trust, share, caution = _shares(held, weights)
    cues = {cue: share * row for cue, row in weights.items()}
    cues[ANY] = cues.get(ANY, np.zeros(len(MODALITIES))) - caution * _STATED
    return Hedging(trust, {cue: tuple(round(float(weight), 2) for weight in row) for cue, row in sorted(cues.items())})


def _fitted(known: Sequence[Hedged]) -> Mapping[str, Array]:
    """The weights of cues for each modality: a multinomial logistic regression, drawn to nothing."""
    often = Counter(cue for one in known for cue in one.cues)
    names = sorted(cue for cue, count in often.items() if count >= _OFTEN)
    columns = {name: number for number, name in enumerate(names)}
    table = np.zeros((len(known), len(names)))
    for row, one in enumerate(known):
        table[row, [columns[cue] for cue in one.cues if cue in columns]] = 1
    return dict(zip(names, _regression(table, _right(known)), strict=True))


def _right(claims: Sequence[Hedged]) -> Array:
    """A row for each claim, a column for each modality: whether it is right."""
    table = [[modality in one.right for modality in MODALITIES] for one in claims]
    return np.array(table, dtype=float).reshape(-1, len(MODALITIES))


def _regression(table: Array, right: Array) -> Array:
    """The weights that make what is right likeliest, by steps under a fixed bound of the curvature (Böhning 1992)."""
    weights = np.zeros((table.shape[1], right.shape[1]))
    bound = np.linalg.inv(table.T @ table / 2 + _PRIOR * np.eye(table.shape[1]))
    for _ in range(1000):
        step = bound @ (table.T @ (right - _likely(table @ weights)) - _PRIOR * weights)
        weights = weights + step
        if not step.size or np.abs(step).max() < 1e-4:
            break
    return weights


def _likely(odds: Array) -> Array:
    powers = np.exp(odds - odds.max(axis=1, keepdims=True, initial=-np.inf))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True))


def _shares(held: Sequence[Hedged], weights: Mapping[str, Array]) -> tuple[float, float, float]:
    """What the model's scores and cues count and what speaks against `stated`, so that what is right is likeliest."""
    nothing = np.zeros(len(MODALITIES))
    scores = np.array([one.scores for one in held]).reshape(-1, len(MODALITIES))
    cues = np.array([sum((weights[c] for c in sorted(one.cues) if c in weights), nothing) for one in held])
    right = _right(held)
    worth = np.where(right @ _STATED, 1, _WORSE)

    def loss(shares: tuple[float, float, float]) -> float:
        trust, share, caution = shares
        likely = _likely(trust * scores + share * cues.reshape(scores.shape) - caution * _STATED)
        told = np.maximum((likely * right).sum(axis=1), 1e-12)
        return float(-(worth * np.log(told)).sum()) + _TRUST * ((trust - 1) ** 2 + share**2 + caution**2)

    return min(product(_TENTHS, _TENTHS, _TENTHS), key=loss)
