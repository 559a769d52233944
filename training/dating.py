"""What says that a claim takes a date, fitted to annotated documents.

How much each feature of a date counts is learned from the documents that the network learns from, without the network:
there it has seen the answers. How much its score adds is learned from the documents held back.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor

from graph.folder import write
from graph.model import Document, Extraction
from graph.ontology import MODALITIES
from loaders import candidates, dating, evaluation, gazetteer, reading
from loaders.candidates import RELATION_NAMES, SLOTS, Node
from loaders.dating import Dating, Scene
from loaders.gold import Gold
from loaders.learned import Model, Reading, Told
from loaders.values import Near, values
from training.annotation import Annotated
from training.example import Example, Target, closest, example, published

_RARE = 10
"""Features seen less often count nothing."""
_PRIOR = 20.0
"""How strongly weights are drawn to 0, where thousands of features are fitted."""
_LOOSE = 0.3
"""The same, where there are but a few."""
_OWN = ("bias", "score", "published")
"""The features that are fitted to the documents held back."""

Features = Mapping[str, float]


class Choice(NamedTuple):
    """A claim with the features of the dates it may take, and which of these are right; none where all are wrong."""

    dates: list[Features]
    right: list[bool]


def annotated(documents: Iterable[Annotated]) -> Iterator[Choice]:
    """The claims of annotated documents, as far as both ends are mentioned about where they are told."""
    known = gazetteer.default()
    for document in documents:
        read = example(document, known)
        near = values(read.words, published(document))
        for target in read.targets:
            right = target.slots[SLOTS.index("date")]
            pair = closest(read.nodes, target)
            if pair and right is not None:
                yield _choice(_scene(read, document, target, pair), near, frozenset(right))


def _scene(read: Example, document: Annotated, target: Target, pair: tuple[Node, Node]) -> Scene:
    relation, modality = RELATION_NAMES[target.relation], MODALITIES[target.modality]
    return Scene(read.words, read.nodes, document.head.get("published"), *pair, relation, modality)


def _choice(scene: Scene, near: Sequence[Near], right: frozenset[int]) -> Choice:
    places = [value.span for value in near]
    around = candidates.near_values(places, scene.subject, scene.object)
    chosen = [number for number in around if near[number].span.slot == SLOTS.index("date")]
    found = dating.features(scene, [(near[number], 0.0) for number in chosen])
    return Choice([dict(one) for one in found], [number in right for number in chosen])


def held_back(golds: Iterable[Gold], by: Model) -> Iterator[Choice]:
    """The claims that are found rightly in documents held back, with the model's scores of their dates."""
    scenes: dict[tuple[str, str, str, str], tuple[Reading, Told, Document]] = {}

    def extract(document: Document) -> Extraction:
        found = reading.findings(document, gazetteer.default(), by)
        for told in found.read.told:
            subject, obj = (reading.meant(end, found.read, gazetteer.default()) for end in (told.subject, told.object))
            scenes[document.id, subject[1], told.relation, obj[1]] = found.read, told, document
        return reading.extraction(document, by=by)

    held = evaluation.evaluate(golds, evaluation.reading(extract=extract))
    right: dict[object, set[str]] = {}
    for row in held.wanted:
        right.setdefault(row.key, set()).add(str(row.claim.date))
    for row in held.found:
        claim = row.claim
        scene = scenes.get((claim.document, claim.subject, claim.relation, claim.object))
        if scene and row.key in right:
            read, told, document = scene
            dates = dating.dates(told)
            found = dating.features(dating.scene(told, read, document.published), dates)
            yield Choice([dict(one) for one in found], [near.said in right[row.key] for near, _ in dates])


def fit(learned: Sequence[Choice], unseen: Sequence[Choice]) -> Dating:
    """The weights that make what was seen likeliest: of what the text says, then of this and the model's score."""
    counts = Counter(name for choice in learned for found in choice.dates for name in found if name not in _OWN)
    names = sorted(name for name, count in counts.items() if count >= _RARE)
    texts = _likeliest(learned, names, _PRIOR)
    summed = [Choice([_summed(found, texts) for found in choice.dates], choice.right) for choice in unseen]
    scale, *own = _likeliest(summed, ["text", *_OWN], _LOOSE).values()
    weights = {name: scale * weight for name, weight in texts.items()} | dict(zip(_OWN, own, strict=True))
    return Dating({name: round(weight, 3) for name, weight in weights.items() if abs(weight) >= 0.01})


def _summed(found: Features, weights: Features) -> Features:
    text = sum(weights.get(name, 0.0) * value for name, value in found.items())
    return {"text": text, **{name: found[name] for name in _OWN}}


def _likeliest(choices: Sequence[Choice], names: Sequence[str], prior: float) -> dict[str, float]:
    """The weights of the features named that make the right dates likeliest; no date at all has the score 0."""
    numbers = {name: number for number, name in enumerate(names)}
    cells = [
        (row, numbers[name], value)
        for row, found in enumerate(found for choice in choices for found in choice.dates)
        for name, value in found.items()
        if name in numbers
    ]
    rows, columns = (torch.tensor([cell[at] for cell in cells], dtype=torch.long) for at in (0, 1))
    counts = torch.tensor([cell[2] for cell in cells], dtype=torch.float64)
    groups = torch.tensor([g for g, choice in enumerate(choices) for _ in choice.dates], dtype=torch.long)
    right = torch.tensor([right for choice in choices for right in choice.right], dtype=torch.float64)
    none = torch.tensor([float(not any(choice.right)) for choice in choices], dtype=torch.float64)
    weights = torch.zeros(len(names), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([weights], max_iter=300, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        odds = torch.zeros(len(right), dtype=torch.float64).index_add(0, rows, weights[columns] * counts).clamp(-50, 50)
        every = torch.ones(len(choices), dtype=torch.float64).index_add(0, groups, odds.exp())
        good = none.index_add(0, groups, odds.exp() * right)
        found = (every.log() - good.log()).sum() + prior / 2 * (weights**2).sum()
        found.backward()  # type: ignore[no-untyped-call]
        return found

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return dict(zip(names, weights.tolist(), strict=True))


def date(
    documents: Iterable[Annotated], golds: Iterable[Gold], by: Model, folder: Path, tell: Callable[[str], None]
) -> Dating:
    """Fit the dating of a model and write it beside it."""
    learned, unseen = list(annotated(documents)), list(held_back(golds, by))
    made = fit(learned, unseen)
    write(folder / "dating.json", json.dumps(made.weights, ensure_ascii=False, indent=0) + "\n", mode=0o644)
    tell(f"{len(made.weights)} weights, fitted to {len(learned)} claims of the corpus and {len(unseen)} held back")
    return made
