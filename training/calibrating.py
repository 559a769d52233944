"""How likely a claim is, fitted to what is right and wrong of what is found in documents held back from training."""

import json
import math
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.folder import write
from graph.model import Document
from graph.ontology import RELATIONS, Modality
from loaders import evaluation, gazetteer, reading
from loaders.calibration import Calibration, Hedging
from loaders.evaluation import Evaluation, Row
from loaders.gold import Fact, Gold
from loaders.learned import Model
from loaders.reading import Key
from training import hedging
from training.annotation import Annotated
from training.hedging import Hedged

_PRIOR = np.array([1.0, 0.0, 0.0])
"""Slope, intercept and what agreeing adds, where nothing was measured: the model is believed as it is."""
_TRUST = 0.1
"""How much the prior counts, in claims or so: only where little was measured."""
_FLAT = 8.0
"""Scores are told as confidences by a flat curve, so that none comes near 0 or 1."""


class Seen(NamedTuple):
    """A fact that was found: the model's score if it has one, whether a rule found it, and whether it is right."""

    score: float | None
    ruled: bool
    right: bool


class _Unweighed:
    """Confidences from which scores can be told again; what has none gets 0."""

    def learned(self, score: float) -> float:
        return 1 / (1 + math.exp(-score / _FLAT))

    def ruled(self, score: float | None) -> float:
        return 0.0 if score is None else self.learned(score)

    def modality(self, scores: Sequence[float], cues: Collection[str]) -> Modality:
        return Hedging().modality(scores, cues)


def found(golds: Iterable[Gold], by: Model) -> Evaluation:
    """All that is found in gold documents, unlikely claims included."""
    extract = partial(reading.extraction, least=0.0, by=by, weights=_Unweighed())
    return evaluation.evaluate(golds, evaluation.reading(extract=extract))


def seen(held: Evaluation) -> list[Seen]:
    """The distinct facts that are found."""
    best: dict[tuple[Gold, Fact], Seen] = {}
    for row in held.found:
        one = _seen(row)
        if row.key not in best or _order(one) > _order(best[row.key]):
            best[row.key] = one
    return list(best.values())


def _seen(row: Row) -> Seen:
    confidence = row.claim.confidence
    score = _FLAT * math.log(confidence / (1 - confidence)) if confidence else None
    return Seen(score, row.claim.method != reading.METHOD, row.fact in row.gold.facts)


def _order(one: Seen) -> tuple[bool, float]:
    return one.ruled, -math.inf if one.score is None else one.score


def hedged(held: Evaluation, by: Model) -> Iterator[Hedged]:
    """The distinct facts that the model finds rightly."""
    right: dict[tuple[Gold, Fact], set[str]] = defaultdict(set)
    for row in held.wanted:
        right[row.key].add(row.claim.modality)
    told = {extraction.document.id: _told(extraction.document, by) for extraction in held.extractions}
    for key, row in {row.key: row for row in held.found if row.key in right}.items():
        claim = row.claim
        ends = (claim.subject_label, claim.subject), (claim.object_label, claim.object)
        if one := told[claim.document].get(_fact(ends[0], claim.relation, ends[1])):
            yield one._replace(right=frozenset(right[key]))


def _told(document: Document, by: Model) -> dict[tuple[Key, str, Key], Hedged]:
    """Each fact that the model tells: its scores for how sure the text is, and the cues."""
    known = gazetteer.default()
    return {
        _fact(one.subject, one.told.relation, one.object): Hedged(one.told.modality, one.cues, frozenset())
        for one in reading.heard(reading.findings(document, known, by), known)
    }


def _fact(subject: Key, relation: str, obj: Key) -> tuple[Key, str, Key]:
    one, other = RELATIONS[relation].in_order(subject, obj)
    return one, relation, other


def fit(found: Sequence[Seen]) -> Calibration:
    """The calibration that makes what was seen likeliest (Platt 1999, with one more column for the rules).

    Example:
        >>> fit([Seen(None, True, True)] * 5 + [Seen(None, True, False)]).alone
        1.0986
    """
    scored = [one for one in found if one.score is not None]
    columns = np.array([[one.score, 1.0, one.ruled] for one in scored], dtype=float).reshape(-1, 3)
    slope, intercept, agreeing = _logistic(columns, np.array([one.right for one in scored], dtype=float))
    alone = [one.right for one in found if one.score is None]
    odds = math.log((sum(alone) + 1) / (len(alone) - sum(alone) + 1))
    slope, intercept, agreeing, odds = (round(float(number), 4) for number in (slope, intercept, agreeing, odds))
    return Calibration(slope, intercept, agreeing, odds)


def _logistic(columns: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """The weights of the columns by Newton's method, each step as long as it helps."""
    weights = _PRIOR
    for _ in range(50):
        likely = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (likely - right) + _TRUST * (weights - _PRIOR)
        curve = (columns.T * (likely * (1 - likely))) @ columns + _TRUST * np.eye(3)
        step = np.linalg.solve(curve, slope)
        while _loss(columns, right, weights - step) > _loss(columns, right, weights) and np.abs(step).max() > 1e-9:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def _loss(columns: NDArray[Any], right: NDArray[Any], weights: NDArray[Any]) -> float:
    odds = columns @ weights
    return float((np.logaddexp(0, odds) - right * odds).sum() + _TRUST / 2 * ((weights - _PRIOR) ** 2).sum())


def calibrate(
    golds: Sequence[Gold], known: Iterable[Annotated], by: Model, folder: Path, tell: Callable[[str], None]
) -> Calibration:
    """Fit the calibration of a model and write it beside it.

    Args:
        known: the documents that it learned from.
    """
    held = found(golds, by)
    facts, sure = seen(held), list(hedged(held, by))
    made = replace(fit(facts), hedging=hedging.fit(list(hedging.hedged(known, gazetteer.default())), sure))
    write(folder / "calibration.json", json.dumps(asdict(made)) + "\n", mode=0o644)
    tell(f"{len(facts)} facts found in {len(golds)} documents, {sum(one.right for one in facts)} of them right: {made}")
    alone, cued = (
        sum(how.modality(one.scores, one.cues) in one.right for one in sure) for how in (Hedging(), made.hedging)
    )
    tell(f"of {len(sure)} right ones the modality is right too of {alone} by the model alone, of {cued} with cues")
    return made
