"""How likely a claim is, fitted to what is right and wrong of what is found in documents held back from training."""

import json
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from graph.folder import write
from loaders import evaluation, reading
from loaders.calibration import Calibration
from loaders.evaluation import Row
from loaders.gold import Fact, Gold
from loaders.learned import Model

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


def seen(golds: Iterable[Gold], by: Model) -> list[Seen]:
    """The distinct facts that are found in gold documents."""
    extract = partial(reading.extraction, least=0.0, by=by, weights=_Unweighed())
    held = evaluation.evaluate(golds, evaluation.reading(extract=extract))
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
    return Calibration(*(round(float(number), 4) for number in (slope, intercept, agreeing, odds)))


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


def calibrate(golds: Sequence[Gold], by: Model, folder: Path, tell: Callable[[str], None]) -> Calibration:
    """Fit the calibration of a model and write it beside it."""
    found = seen(golds, by)
    made = fit(found)
    write(folder / "calibration.json", json.dumps(asdict(made)) + "\n", mode=0o644)
    tell(f"{len(found)} facts found in {len(golds)} documents, {sum(one.right for one in found)} of them right: {made}")
    return made
