"""What cues and words count for each measure, fitted to the claims of the documents that are not held back."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from graph.folder import write
from graph.ontology import MEASURES
from loaders import measure
from loaders.candidates import Node
from loaders.gazetteer import Gazetteer
from training.annotation import Annotated, Named
from training.example import Example, example

LEAST = 3
"""Claims in which a feature stands, for it to be weighed."""
DECAY = 2.0
"""What a squared weight costs, in claims or so; chosen by cross-validation over documents, as the cues were."""


class Case(NamedTuple):
    """A claim of a restriction: what may tell its measure, and the measure."""

    features: list[str]
    measure: int


def cases(documents: Iterable[Annotated], gazetteer: Gazetteer) -> Iterator[Case]:
    """The restrictions claimed in documents."""
    for document in documents:
        given = example(document, gazetteer)
        entities = {entity.name: (number, entity) for number, entity in enumerate(document.entities)}
        for claim in document.claims:
            first, last = given.words.span(claim.start, claim.end)
            if claim.relation == "SANCTIONS" and "measure" in claim.qualifiers and first <= last:
                sentences = range(given.words.sentence[first], given.words.sentence[last] + 1)
                ends = [_mentions(given, *entities[name], sentences) for name in (claim.subject, claim.object)]
                subject, obj = min(product(*ends), key=lambda pair: _apart(*pair))
                at = max(subject.sentence, obj.sentence, sentences.start)
                found = measure.features(subject, obj, claim.subject, at, given.words)
                yield Case(found, MEASURES.index(claim.qualifiers["measure"]))


def _mentions(given: Example, number: int, entity: Named, sentences: range) -> list[Node]:
    """The mentions of an entity in some sentences; one without any is nowhere."""
    found = [node for node in given.nodes if node.entity == number and node.sentence in sentences]
    return [node._replace(label=entity.label) for node in found] or [Node(0, 0, entity.label, False, number, -1)]


def _apart(one: Node, other: Node) -> tuple[int, int]:
    return abs(one.sentence - other.sentence), abs(one.first - other.first)


def fit(given: Sequence[Case]) -> measure.Weights:
    """The weights that make the measures likeliest (multinomial logistic regression with a quadratic penalty)."""
    counts = Counter(feature for case in given for feature in case.features)
    names = ["", *sorted(feature for feature, count in counts.items() if count >= LEAST)]
    columns = torch.from_numpy(_columns(given, {name: number for number, name in enumerate(names)}))
    right = torch.tensor([case.measure for case in given])
    weights = torch.zeros(len(names), len(MEASURES), dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        total = torch.nn.functional.cross_entropy(columns @ weights, right, reduction="sum")
        total = (total + DECAY * (weights[1:] ** 2).sum()) / len(given)
        total.backward()  # type: ignore[no-untyped-call]
        return total

    search.step(loss)  # type: ignore[no-untyped-call]
    return dict(zip(names, weights.detach().numpy(), strict=True))


def _columns(given: Sequence[Case], numbers: dict[str, int]) -> NDArray[Any]:
    columns = np.zeros((len(given), len(numbers)))
    columns[:, 0] = 1
    for row, case in enumerate(given):
        columns[row, [numbers[feature] for feature in case.features if feature in numbers]] = 1
    return columns


def weigh(documents: Iterable[Annotated], gazetteer: Gazetteer, folder: Path, tell: Callable[[str], None]) -> None:
    """Fit the weights and write them beside the model."""
    given = list(cases(documents, gazetteer))
    weights = fit(given)
    write(folder / measure.FILE, "\n".join(measure.lines(weights)) + "\n", mode=0o644)
    tell(f"{len(given)} restrictions, {len(weights)} features")
