"""How likely a claim is, by what the model's score meant on documents held back from training."""

import json
import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Protocol

SHIPPED = Path(str(files("loaders") / "data" / "model"))
"""The folder of the model that comes with keiretsu."""


class Weights(Protocol):
    """How likely claims are, from 0 to 1."""

    def learned(self, score: float) -> float:
        """What the model alone finds."""

    def ruled(self, score: float | None) -> float:
        """What a rule finds."""


@dataclass(frozen=True)
class Calibration:
    """Log-odds of a claim: a line through the model's score (Platt 1999), and what a rule that agrees adds."""

    slope: float
    intercept: float
    agreeing: float
    """Added where a rule finds the same."""
    alone: float
    """Log-odds of what only a rule finds."""

    def learned(self, score: float) -> float:
        """How likely it is what the model alone finds, to three digits."""
        return _likely(self.slope * score + self.intercept)

    def ruled(self, score: float | None) -> float:
        """How likely it is what a rule finds, whatever the model's score, if it has one."""
        if score is None:
            return _likely(self.alone)
        return _likely(max(self.alone, self.slope * score + self.intercept + self.agreeing))


def _likely(odds: float) -> float:
    return round(1 / (1 + math.exp(-odds)), 3)


def read(folder: Path) -> Calibration:
    """What was measured for the model in a folder."""
    return Calibration(**json.loads((folder / "calibration.json").read_text(encoding="utf-8")))


@cache
def default() -> Calibration:
    """What was measured for the model that comes with keiretsu."""
    return read(SHIPPED)
