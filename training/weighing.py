"""What words and places count for the measure and the amounts of a claim, fitted to all but the documents held back."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from graph.folder import write
from graph.ontology import MEASURES
from loaders import choice, linear, measure
from loaders.candidates import SLOTS, Node, near_values
from loaders.gazetteer import Gazetteer
from loaders.linear import Weights
from loaders.values import values
from training.annotation import Annotated, Claimed, Named
from training.example import Example, example, published, wanted

LEAST = 3
"""Cases in which a feature stands, for it to be weighed."""
DECAY = 4.0
"""What a squared weight costs, in cases or so; chosen by cross-validation over documents."""


class Case(NamedTuple):
    """What may tell the outcome, and the outcome: a measure's number; 1 for an amount that is the claim's, else 0."""

    features: list[str]
    outcome: int


def measures(document: Annotated, given: Example) -> Iterator[Case]:
    """The restrictions that a document claims."""
    for claim, subject, obj, sentence in _placed(document, given):
        if claim.relation == "SANCTIONS" and "measure" in claim.qualifiers:
            found = measure.features(subject, obj, claim.subject, sentence, given.words)
            yield Case(found, MEASURES.index(claim.qualifiers["measure"]))


def amounts(document: Annotated, given: Example) -> Iterator[Case]:
    """The amounts near the claims of a document that can have some."""
    near = values(given.words, published(document))
    spans = [one.span for one in near]
    right: defaultdict[tuple[str, ...], list[object]] = defaultdict(list)
    for claim in document.claims:
        for slot in choice.AMOUNTS:
            right[claim.subject, claim.relation, claim.object, slot].append(wanted(slot, claim))
    for claim, subject, obj, sentence in _placed(document, given):
        low, high = (end._replace(sentence=sentence) if end.sentence < 0 else end for end in (subject, obj))
        around = [near[number] for number in near_values(spans, low, high)]
        for slot in choice.slots(claim.relation):
            rivals = [one for one in around if SLOTS[one.span.slot] == slot]
            for one in rivals:
                found = choice.features(one, rivals, subject, obj, claim.relation, given.words, given.nodes)
                yield Case(found, one.said in right[claim.subject, claim.relation, claim.object, slot])


def _placed(document: Annotated, given: Example) -> Iterator[tuple[Claimed, Node, Node, int]]:
    """The claims with the mentions of their ends, as near to each other as can be, and their sentence."""
    entities = {entity.name: (number, entity) for number, entity in enumerate(document.entities)}
    for claim in document.claims:
        first, last = given.words.span(claim.start, claim.end)
        if first <= last:
            sentences = range(given.words.sentence[first], given.words.sentence[last] + 1)
            ends = [_mentions(given, *entities[name], sentences) for name in (claim.subject, claim.object)]
            subject, obj = min(product(*ends), key=lambda pair: _apart(*pair))
            yield claim, subject, obj, max(subject.sentence, obj.sentence, sentences.start)


def _mentions(given: Example, number: int, entity: Named, sentences: range) -> list[Node]:
    """The mentions of an entity in some sentences; one without any is nowhere."""
    found = [node for node in given.nodes if node.entity == number and node.sentence in sentences]
    return [node._replace(label=entity.label) for node in found] or [Node(0, 0, entity.label, False, number, -1)]


def _apart(one: Node, other: Node) -> tuple[int, int]:
    return abs(one.sentence - other.sentence), abs(one.first - other.first)


def fit(given: Sequence[Case], outcomes: int, least: int = LEAST, decay: float = DECAY) -> Weights:
    """The weights that make the outcomes likeliest: logistic regression with a quadratic penalty.

    Args:
        outcomes: how many; with 1, a case has it or not.
        least: features that stand in fewer cases are left out.
        decay: what a squared weight costs; that of `""`, which counts always, costs nothing.
    """
    counts = Counter(feature for case in given for feature in case.features)
    names = ["", *sorted(feature for feature, count in counts.items() if count >= least)]
    columns = torch.from_numpy(_columns(given, {name: number for number, name in enumerate(names)}))
    right = torch.tensor([case.outcome for case in given], dtype=torch.long)
    weights = torch.zeros(len(names), outcomes, dtype=torch.float64, requires_grad=True)
    search = torch.optim.LBFGS([weights], max_iter=200, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        search.zero_grad()
        total = (_loss(columns @ weights, right) + decay * (weights[1:] ** 2).sum()) / max(1, len(given))
        total.backward()  # type: ignore[no-untyped-call]
        return total

    search.step(loss)  # type: ignore[no-untyped-call]
    return dict(zip(names, weights.detach().numpy(), strict=True))


def _loss(odds: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    if odds.shape[1] == 1:
        return functional.binary_cross_entropy_with_logits(odds[:, 0], right.double(), reduction="sum")
    return functional.cross_entropy(odds, right, reduction="sum")


def _columns(given: Sequence[Case], numbers: dict[str, int]) -> NDArray[Any]:
    columns = np.zeros((len(given), len(numbers)))
    columns[:, 0] = 1
    for row, case in enumerate(given):
        columns[row, [numbers[feature] for feature in case.features if feature in numbers]] = 1
    return columns


def weigh(documents: Iterable[Annotated], gazetteer: Gazetteer, folder: Path, tell: Callable[[str], None]) -> None:
    """Fit the weights and write them beside the model."""
    read = [(document, example(document, gazetteer)) for document in documents]
    for cases, outcomes, name in ((measures, len(MEASURES), measure.FILE), (amounts, 1, choice.FILE)):
        given = [case for document, one in read for case in cases(document, one)]
        weights = fit(given, outcomes)
        write(folder / name, "\n".join(linear.lines(weights)) + "\n", mode=0o644)
        tell(f"{name}: {len(weights)} features, from {len(given)} cases")
