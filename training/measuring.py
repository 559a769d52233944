"""How good a model is on documents that it was not fitted to: the figures that the READMEs show."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from loaders import evaluation, reading
from loaders.calibration import Weights
from loaders.evaluation import Evaluation, Rates
from loaders.gold import Gold, load
from loaders.learned import Model
from training.annotation import documents, is_held_back, write

CONFIDENCES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
"""At which the figures are told."""


@contextmanager
def held_back(corpus: Path) -> Iterator[list[Gold]]:
    """The documents that are held back, as gold documents with a text to read."""
    with TemporaryDirectory() as folder:
        for document in documents(corpus):
            if is_held_back(document.name):
                write(document, Path(folder))
        yield list(load([Path(folder)], tell=print))


def measured(golds: Iterable[Gold], by: Model, weights: Weights) -> Evaluation:
    """What a model finds in gold documents, unlikely claims included."""
    extract = partial(reading.extraction, least=reading.PROPOSED, by=by, weights=weights)
    return evaluation.evaluate(golds, evaluation.reading(extract=extract))


def at_least(whole: Evaluation, confidence: float) -> Evaluation:
    """The same of the claims that are at least so likely."""
    return whole.only(lambda row: row.claim.confidence is None or row.claim.confidence >= confidence)


def table(name: str, whole: Evaluation) -> Iterator[str]:
    """The lines of a table in Markdown: core and all facts at each confidence, and what is said of facts hit."""
    yield f"| {name}: {len(whole.golds)} documents | in the texts | found | right | precision | recall | F1 |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for confidence in CONFIDENCES:
        yield _line(f"core relations, confidence {confidence:g}", at_least(whole, confidence).core.rates())
    usual = at_least(whole, reading.DEFAULT_CONFIDENCE)
    yield _line(f"all relations, confidence {reading.DEFAULT_CONFIDENCE:g}", usual.rates())
    for of, what, *numbers in usual.figures().rows:
        if of == "matched":
            yield _line(f"{what} of facts hit, likewise", Rates(*map(int, numbers[:3])))
    facts, wrong = denied_as_stated(usual)
    yield f"| told as not so, taken as told as so, likewise: {wrong} of {facts} facts hit |" + " |" * 6


def denied_as_stated(whole: Evaluation) -> tuple[int, int]:
    """How many facts are hit, and how many of these are but denied in the text and found as stated."""
    said: dict[object, tuple[set[str], set[str]]] = {}
    for number, rows in enumerate((whole.wanted, whole.found)):
        for row in rows:
            said.setdefault(row.key, (set(), set()))[number].add(row.claim.modality)
    hits = [both for both in said.values() if all(both)]
    return len(hits), sum(wanted == {"denied"} and "stated" in found - wanted for wanted, found in hits)


def _line(name: str, rates: Rates) -> str:
    figures = " | ".join(f"{rate:.2f}" for rate in (rates.precision, rates.recall, rates.f1))
    return f"| {name} | {rates.gold} | {rates.extracted} | {rates.hits} | {figures} |"
