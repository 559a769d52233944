"""Linear models of few lines: each feature has a name, and counts something for each outcome.

What counts what is JSON, a feature a line; what counts always is under the empty name. `python -m training weigh`
fits it.
"""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Weights = dict[str, Array]
"""What each feature counts for each outcome."""


def odds(features: Iterable[str], weights: Weights) -> Array:
    """Log-odds of the outcomes.

    Example:
        >>> odds(["a", "c"], {"": np.array([1.0, 0.0]), "a": np.array([0.5, 2.0]), "b": np.array([9.0, 9.0])}).tolist()
        [1.5, 2.0]
    """
    return np.sum([weights[""], *(weights[one] for one in features if one in weights)], axis=0)  # type: ignore[no-any-return]


def read(path: Path) -> Weights:
    """The weights in a file."""
    told = json.loads(path.read_text(encoding="utf-8"))
    return {feature: np.array(row, dtype=float) for feature, row in told.items()}


def lines(weights: Weights) -> Iterator[str]:
    """Weights as JSON, to two digits; features that count nothing then are left out."""
    told = {name: [round(float(one), 2) for one in row] for name, row in weights.items()}
    rows = [f"{json.dumps(name)}: {json.dumps(row)}" for name, row in told.items() if any(row)]
    yield "{"
    yield ",\n".join(rows)
    yield "}"
