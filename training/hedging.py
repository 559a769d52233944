"""How sure a text is of a claim: what cues tell of it, fitted to annotated documents, and what the model's scores add.

The model is nearly perfect on the documents that it learned from, so its scores tell nothing there; cues are fitted to
these documents without it. How much each of the two counts is fitted to the documents held back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.ontology import MODALITIES
from loaders.calibration import Hedging
from loaders.candidates import RELATION_NAMES
from loaders.cues import ANY, Cues
from loaders.gazetteer import Gazetteer
from training import weighing
from training.annotation import Annotated
from training.example import closest, example
from training.weighing import Case

Array = NDArray[Any]
_OFTEN = 20
"""Cues that stand in fewer claims are left out."""
_PRIOR = 2.5
"""What a squared weight of a cue costs, in claims or so."""
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
            if ends := closest(known.nodes, target):
                near = cues.near(ends[0], RELATION_NAMES[target.relation], ends[1])
                yield Hedged((), near, frozenset({MODALITIES[target.modality]}))


def fit(known: Sequence[Hedged], held: Sequence[Hedged]) -> Hedging:
    """What cues tell by annotated claims, and what they and the model's scores count by claims held back."""
    cases = [Case(sorted(one.cues), MODALITIES.index(min(one.right))) for one in known]
    weights = weighing.fit(cases, len(MODALITIES), least=_OFTEN, decay=_PRIOR)
    weights[ANY] = weights.get(ANY, 0) + weights.pop("")
    trust, share, rule, caution = _shares(held, weights)
    cues = {cue: share * row for cue, row in weights.items()}
    cues |= {f"rule {modality}": rule * row for modality, row in zip(MODALITIES, np.eye(len(MODALITIES)), strict=True)}
    cues[ANY] -= caution * _STATED
    return Hedging(trust, {cue: tuple(round(float(weight), 2) for weight in row) for cue, row in sorted(cues.items())})


def _right(claims: Sequence[Hedged]) -> Array:
    """A row for each claim, a column for each modality: whether it is right."""
    table = [[modality in one.right for modality in MODALITIES] for one in claims]
    return np.array(table, dtype=float).reshape(-1, len(MODALITIES))


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
