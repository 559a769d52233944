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
_TRUST = 1.0
"""How much what they count is drawn to believing the model and a rule as they are, likewise."""
_WORSE = 2.0
"""How much worse it is to take for told as so what is not than the other way round."""
_STEPS = [step / 20 for step in range(41)]
_PLAIN = np.array([1.0, 0.0, 1.0, 0.0])
"""What the model's scores, the cues, a rule and caution count where nothing is known."""
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
    trust, share, rule, caution = _shares(held, weights)
    cues = {cue: share * row for cue, row in weights.items()}
    cues |= {f"rule {modality}": rule * row for modality, row in zip(MODALITIES, np.eye(len(MODALITIES)), strict=True)}
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


def _shares(held: Sequence[Hedged], weights: Mapping[str, Array]) -> Sequence[float]:
    """What the model's scores, the cues and a rule count, and caution, so that what is right is likeliest."""
    right = _right(held)
    worth = np.where(right @ _STATED, 1, _WORSE)
    parts = np.stack([*_parts(held, weights), np.broadcast_to(-_STATED, right.shape)])

    def loss(shares: Array) -> float:
        told = (_likely(np.tensordot(shares, parts, 1)) * right).sum(axis=1)
        return float(-(worth * np.log(np.maximum(told, 1e-12))).sum()) + _TRUST * float(((shares - _PLAIN) ** 2).sum())

    shares = _PLAIN
    for number in [*range(len(_PLAIN))] * 20:  # one after the other: the loss has but one valley
        shares = min((np.concatenate([shares[:number], [s], shares[number + 1 :]]) for s in _STEPS), key=loss)
    return [round(float(share), 2) for share in shares]


def _parts(held: Sequence[Hedged], weights: Mapping[str, Array]) -> tuple[Array, Array, Array]:
    """What the model's scores, the cues and the rule say, a row for each claim."""
    nothing = np.zeros(len(MODALITIES))
    scores = np.array([one.scores for one in held]).reshape(-1, len(MODALITIES))
    cues = [sum((weights[cue] for cue in sorted(one.cues) if cue in weights), nothing) for one in held]
    rules = [[f"rule {modality}" in one.cues for modality in MODALITIES] for one in held]
    return scores, np.array(cues).reshape(scores.shape), np.array(rules, dtype=float).reshape(scores.shape)
