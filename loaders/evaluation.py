"""What a loader finds, held against gold annotations: precision, recall and F1, and every difference.

What counts is the distinct fact of a document. The headline is the core: all relations but the soft ones. Figures are
pooled over all documents. What claims say besides (modality, attribution, date, amounts) is compared on the facts hit.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import loaders
from graph.model import Claim, Extraction
from graph.ontology import RELATIONS
from graph.store import Rows
from loaders import claims
from loaders.extractor import Extractor, offline
from loaders.gold import Fact, Gold, normal, ordered, place
from loaders.source import Source

AMOUNTS = ("amount", "currency", "quantity", "quantity_low", "quantity_high", "stake", "share", "delta")
"""The qualifiers that are right or wrong together."""

FIGURES = ["of", "name", "gold", "extracted", "hits", "precision", "recall", "f1"]
DIFFERENCES = ["subject", "relation", "object", "outcome", "gold", "modality", "evidence", "method", "confidence"]

Answers = Callable[[Gold], Sequence[Extraction]]
"""What was extracted from the file that a gold document annotates."""


class Rates(NamedTuple):
    """How many were to be found, how many were found, and how many of these rightly."""

    gold: int
    extracted: int
    hits: int

    @property
    def precision(self) -> float:
        return self.hits / self.extracted if self.extracted else float(not self.gold)

    @property
    def recall(self) -> float:
        return self.hits / self.gold if self.gold else float(not self.extracted)

    @property
    def f1(self) -> float:
        total = self.gold + self.extracted
        return 2 * self.hits / total if total else 1.0


class Row(NamedTuple):
    """A claim of a gold document or held against it, its fact and sources in gold names."""

    gold: Gold
    fact: Fact
    claim: Claim
    sources: frozenset[str]

    @property
    def key(self) -> tuple[Gold, Fact]:
        return self.gold, self.fact

    @property
    def variant(self) -> Hashable:
        """The fact as it is told apart by measure or metric."""
        return self.key, normal(self.claim.variant or "")


def _amounts(row: Row) -> Hashable:
    values = tuple(getattr(row.claim.qualifiers, name) for name in AMOUNTS)
    return values if any(value is not None for value in values) else None


SAID: Mapping[str, Callable[[Row], Hashable]] = {
    "modality": lambda row: row.claim.modality,
    "attribution": lambda row: row.sources or None,
    "date": lambda row: str(row.claim.date) if row.claim.date else None,
    "amounts": _amounts,
}
"""What is compared on the facts hit. None is nothing said."""


@dataclass(frozen=True)
class Evaluation:
    """What gold documents claim (`wanted`) and what was extracted from their texts (`found`)."""

    golds: Sequence[Gold]
    wanted: Sequence[Row]
    found: Sequence[Row]
    extractions: Sequence[Extraction] = ()
    """What was extracted, of each file once; what was refused of it is not among the rows."""

    def only(self, wanted: Callable[[Row], bool]) -> "Evaluation":
        """The same of fewer rows."""
        return Evaluation(self.golds, list(filter(wanted, self.wanted)), list(filter(wanted, self.found)))

    def rates(self, said: Callable[[Row], Hashable] = lambda row: row.key) -> Rates:
        """Compare the distinct values that the rows of both sides have."""
        gold, extracted = set(map(said, self.wanted)), set(map(said, self.found))
        return Rates(len(gold), len(extracted), len(gold & extracted))

    @property
    def core(self) -> "Evaluation":
        """All relations but the soft ones."""
        return self.only(lambda row: not row.fact.soft)

    def figures(self) -> Rows:
        """The figures: of all documents, the core first; by relation; the core by document; of what was matched."""
        named = [*self._pooled(), *self._by_relation(), *self._by_document(), *self._matched()]
        return Rows(FIGURES, [(of, name, *r, *_rounded(r.precision, r.recall, r.f1)) for of, name, r in named])

    def _pooled(self) -> Iterator[tuple[str, str, Rates]]:
        yield "facts", "core", self.core.rates()
        yield "facts", "soft", self.only(lambda row: row.fact.soft).rates()
        yield "facts", "all", self.rates()

    def _by_relation(self) -> Iterator[tuple[str, str, Rates]]:
        there = {row.fact.relation for row in (*self.wanted, *self.found)}
        for relation in (relation for name, relation in RELATIONS.items() if name in there):
            part = self._of(relation.name)
            yield "relation", relation.name, part.rates()
            if relation.key:
                yield "relation", f"{relation.name} by {relation.key}", part.rates(lambda row: row.variant)

    def _of(self, relation: str) -> "Evaluation":
        return self.only(lambda row: row.fact.relation == relation)

    def _by_document(self) -> Iterator[tuple[str, str, Rates]]:
        for gold in self.golds:
            yield "document", gold.name, self.core.document(gold).rates()

    def document(self, gold: Gold) -> "Evaluation":
        """The same of one document."""
        return self.only(lambda row: row.gold is gold)

    def _matched(self) -> Iterator[tuple[str, str, Rates]]:
        hits = {row.key for row in self.wanted} & {row.key for row in self.found}
        matched = self.only(lambda row: row.key in hits)
        for name, said in SAID.items():
            yield "matched", name, matched._saying(said)

    def _saying(self, said: Callable[[Row], Hashable]) -> Rates:
        return self.only(lambda row: said(row) is not None).rates(lambda row: (row.key, said(row)))

    def differences(self) -> Rows:
        """Every fact missed and every one too many, with the first sentence that says so; of each document in order."""
        rows = []
        for gold in self.golds:
            part = self.document(gold)
            wanted, found = _first(part.wanted), _first(part.found)
            rows += [_difference("miss", row) for key, row in wanted.items() if key not in found]
            rows += [_difference("extra", row) for key, row in found.items() if key not in wanted]
        return Rows(DIFFERENCES, rows)


def _rounded(*rates: float) -> tuple[float, ...]:
    return tuple(round(rate, 3) for rate in rates)


def _first(rows: Iterable[Row]) -> dict[Fact, Row]:
    """The row of each fact that stands first in the text."""
    found: dict[Fact, Row] = {}
    for row in sorted(rows, key=lambda row: (row.claim.start, row.fact)):
        found.setdefault(row.fact, row)
    return found


def _difference(outcome: str, row: Row) -> tuple[object, ...]:
    claim = row.claim
    made = (claim.method, claim.confidence) if outcome == "extra" else (None, None)
    return claim.subject, claim.relation, claim.object, outcome, row.gold.name, claim.modality, claim.evidence, *made


def reading(loader: str | None = None, extract: Extractor = offline) -> Answers:
    """Answers by reading the texts now, with the loader of that name or the one that knows the file.

    Raises:
        NotFound: no such loader.
        SourceError: a text cannot be read.
    """

    @lru_cache(maxsize=1)  # the items of a feed follow one another
    def read(path: Path, details: tuple[tuple[str, str], ...]) -> list[Extraction]:
        source = Source.read(path, dict(details), extract=extract)
        return list((loaders.find(loader) if loader else loaders.choose(source)).load(source))

    return lambda gold: read(gold.path, tuple(gold.details.items()))


def stored(folder: Path) -> Answers:
    """Answers from the NAME.json in a folder, named after the text or after the annotation.

    Raises:
        SourceError: such a file cannot be read.
    """
    files = sorted(folder.rglob("*.json"))

    def read(gold: Gold) -> list[Extraction]:
        names = {gold.path.stem, gold.file.stem}
        return [found for file in files if file.stem in names for found in claims.load(Source.read(file))]

    return read


def evaluate(golds: Iterable[Gold], answers: Answers) -> Evaluation:
    """Hold what was extracted against the gold documents.

    Of a file that is annotated in parts, each claim counts for the part that it stands in; documents without gold do
    not count.
    """
    known = sorted(golds, key=lambda gold: gold.path)
    wanted = [row for gold in known for row in _wanted(gold)]
    found: list[Row] = []
    every: list[Extraction] = []
    for _, group in groupby(known, key=lambda gold: gold.path):
        parts = list(group)
        for gold in parts:
            extractions = answers(gold)
            found += [row for extraction in extractions for row in _found(gold, parts, extraction)]
        every += extractions  # of the last part: all have the same file read
    return Evaluation(known, wanted, found, every)


def _wanted(gold: Gold) -> Iterator[Row]:
    for claim in gold.extraction.claims:
        yield Row(gold, ordered(claim.subject, claim.relation, claim.object), claim, gold.sources(claim))


def _found(gold: Gold, parts: Sequence[Gold], extraction: Extraction) -> Iterator[Row]:
    aliases: dict[tuple[str, str], Iterable[str]] = {(e.label, e.name): e.aliases for e in extraction.entities}
    for home, claim in place(extraction, parts):
        if home is gold:
            yield Row(gold, gold.told(claim, aliases), claim, gold.sources(claim))
