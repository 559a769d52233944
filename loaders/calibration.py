"""How likely a claim is and how sure the text is of it, by what the model's scores meant on documents held back."""

import json
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

from graph.ontology import MODALITIES, Modality

SHIPPED = Path(str(files("loaders") / "data" / "model"))
"""The folder of the model that comes with keiretsu."""


class Weights(Protocol):
    """How likely claims are, from 0 to 1."""

    def learned(self, score: float) -> float:
        """What the model alone finds."""

    def ruled(self, score: float | None) -> float:
        """What a rule finds."""

    def modality(self, scores: Sequence[float], cues: Collection[str]) -> Modality:
        """How sure the text is of a claim."""


@dataclass(frozen=True)
class Hedging:
    """How sure a text is of a claim: the model's scores and what cues add to them, in the order of `MODALITIES`."""

    trust: float = 1.0
    """What the model's scores count."""
    cues: Mapping[str, Sequence[float]] = field(default_factory=dict, repr=False)
    """What each cue adds; see `loaders.cues`."""

    def modality(self, scores: Sequence[float], cues: Collection[str]) -> Modality:
        """The likeliest modality."""
        known = [self.cues[cue] for cue in sorted(cues) if cue in self.cues]
        odds = [self.trust * score + math.fsum(added) for score, *added in zip(scores, *known, strict=True)]
        return MODALITIES[odds.index(max(odds))]


@dataclass(frozen=True)
class Calibration:
    """Log-odds of a claim: a line through the model's score (Platt 1999), and what a rule that agrees adds."""

    slope: float
    intercept: float
    agreeing: float
    """Added where a rule finds the same."""
    alone: float
    """Log-odds of what only a rule finds."""
    hedging: Hedging = Hedging()

    def learned(self, score: float) -> float:
        """How likely it is what the model alone finds, to three digits."""
        return _likely(self.slope * score + self.intercept)

    def ruled(self, score: float | None) -> float:
        """How likely it is what a rule finds, whatever the model's score, if it has one."""
        if score is None:
            return _likely(self.alone)
        return _likely(max(self.alone, self.slope * score + self.intercept + self.agreeing))

    def modality(self, scores: Sequence[float], cues: Collection[str]) -> Modality:
        """How sure the text is of a claim, by the model and by cues."""
        return self.hedging.modality(scores, cues)


def _likely(odds: float) -> float:
    return round(1 / (1 + math.exp(-odds)), 3)


def read(folder: Path) -> Calibration:
    """What was measured for the model in a folder."""
    known = json.loads((folder / "calibration.json").read_text(encoding="utf-8"))
    return Calibration(**{**known, "hedging": Hedging(**known["hedging"])})


@cache
def default() -> Calibration:
    """What was measured for the model that comes with keiretsu."""
    return read(SHIPPED)
