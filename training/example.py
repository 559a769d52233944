"""From an annotated document to what the network learns from it: numbers, and what is right of them."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from graph import ontology
from graph.partial_date import PartialDate
from loaders import candidates
from loaders.candidates import Node, ValueSpan
from loaders.gazetteer import Gazetteer, Mention
from loaders.tags import MEANT, NAMED, SOURCE, encoded
from loaders.values import Near, values
from loaders.words import Words, words
from training.annotation import Annotated, Claimed

_ARTICLE = re.compile(r"^(?:the|a|an) ", re.IGNORECASE)
_OWNED = re.compile(r"(?:its|this|that|his|her|their|our) ", re.IGNORECASE)
_PROPER = re.compile(r"[^\W\d_a-z]|\d")
_LAST = re.compile(r"\S+$")
SPURIOUS = 10_000
"""Entities from this number on are none of the document's."""


@dataclass(frozen=True)
class Target:
    """A claim in numbers: entities, relation, sentence, and what it says besides (-1: unknown)."""

    subject: int
    object: int
    relation: int
    sentence: int
    modality: int
    measure: int
    stage: int
    credited: bool
    slots: tuple[tuple[int, ...] | None, ...]
    """For each slot the values that are right; none right, empty; None where that cannot be told."""


@dataclass(frozen=True)
class Example:
    """A document to learn from."""

    name: str
    words: Words
    nodes: tuple[Node, ...]
    """Gold mentions in order."""
    named: np.ndarray
    meant: np.ndarray
    values: tuple[ValueSpan, ...]
    targets: tuple[Target, ...]
    credits: dict[int, frozenset[int]]
    """Entities credited, by sentence that claims something."""


def example(document: Annotated, gazetteer: Gazetteer, rng: random.Random | None = None) -> Example:
    """The document in numbers.

    Args:
        rng: hides some of what the gazetteer knows, so that the network learns to read names in no list.
    """
    hints = _hidden(gazetteer.mentions(document.text), rng)
    read = words(document.text, hints)
    numbers = {entity.name: number for number, entity in enumerate(document.entities)}
    sources = _sources(document, numbers)
    spans = [*_named(document, numbers), *_unnamed(document, sources)]
    names = list(_on_words(_apart(spans), read))
    taken = {at for first, last, _, _ in names for at in range(first, last + 1)}
    described = _on_words(_apart(list(_described(document, numbers))), read)
    meant = [span for span in described if not taken.issuperset(range(span[0], span[1] + 1))]
    nodes = sorted(
        [_node(span, read, True, gazetteer) for span in names] + [_node(span, read, False, gazetteer) for span in meant]
    )
    found = values(read, published(document))
    return Example(
        document.name,
        read,
        tuple(nodes),
        np.array(encoded([s[:3] for s in names], NAMED, len(read))),
        np.array(encoded([s[:3] for s in meant], MEANT, len(read))),
        tuple(near.span for near in found),
        tuple(_targets(document, read, numbers, found)),
        _credits(document, read, {**numbers, **sources}),
    )


def published(document: Annotated) -> PartialDate | None:
    """The day of publication, if it is told."""
    text = document.head.get("published")
    return PartialDate.parse(text) if text else None


def _hidden(known: list[Mention], rng: random.Random | None) -> list[Mention]:
    """What is left of the gazetteer's word: all, none, or a part, by entity."""
    if rng is None:
        return known
    share = rng.choice([0.0, 0.3, 0.6, 1.0])
    hidden = {name for name in sorted({mention.name for mention in known}) if rng.random() < share}
    return [mention for mention in known if mention.name not in hidden]


def is_name(form: str, label: str, name: str) -> bool:
    """Whether a form of an entity is a name rather than a description.

    Args:
        name: the entity's name.

    Example:
        >>> [is_name(form, "Firm", "Fisk") for form in ("the Oslo firm", "The Fisk Group", "fisk", "The chipmaker")]
        [False, True, True, False]
    """
    if label == "Sector":
        return True
    bare = _ARTICLE.sub("", form, count=1)
    if _OWNED.match(bare):
        return False
    if not _PROPER.search(bare):
        return bare.lower() == name.lower() or (label == "Product" and bare == form)
    if bare == form or label in ("Regulator", "Market", "Country"):
        return True
    last = _LAST.search(bare)
    return bool(last and _PROPER.search(last[0]))


Span = tuple[int, int, str, int]
"""Start, end, label, number of the entity."""


def _named(document: Annotated, numbers: dict[str, int]) -> Iterator[Span]:
    """Where the text has the names of entities, without their article."""
    for entity in document.entities:
        forms = [_ARTICLE.sub("", f, count=1) for f in entity.called if is_name(f, entity.label, entity.name)]
        for form in dict.fromkeys(forms):
            yield from _found(form, entity.label, numbers[entity.name], document.text)


def _described(document: Annotated, numbers: dict[str, int]) -> Iterator[Span]:
    """Where the text has descriptions and pronouns: those marked, and the forms that are no names."""
    marked: dict[str, set[str]] = {}
    for start, end, name in document.marks:
        if name in numbers:
            label = document.entities[numbers[name]].label
            text = document.text[start:end]
            marked.setdefault(text.lower(), set()).add(name)
            yield start, start + len(text.removesuffix("'s").removesuffix("’s")), label, numbers[name]
    for entity in document.entities:
        for form in entity.called:
            others = marked.get(form.lower(), set()) - {entity.name}
            if not is_name(form, entity.label, entity.name) and not others:
                yield from _found(form, entity.label, numbers[entity.name], document.text)


def _found(form: str, label: str, number: int, text: str) -> Iterator[Span]:
    flags = re.IGNORECASE if label == "Sector" or not _PROPER.search(form) else 0
    for match in re.finditer(rf"(?<!\w){re.escape(form)}(?!\w|-\d|\.\d)", text, flags):
        yield match.start(), match.end(), label, number


def _sources(document: Annotated, numbers: dict[str, int]) -> dict[str, int]:
    """A number for each source without a name, after those of the entities."""
    called = {form for entity in document.entities for form in (entity.name, *entity.forms)}
    texts = dict.fromkeys(text for claim in document.claims for text in claim.credit if text not in called)
    return {text: len(numbers) + n for n, text in enumerate(texts)}


def _unnamed(document: Annotated, sources: dict[str, int]) -> Iterator[Span]:
    for text, number in sources.items():
        for match in re.finditer(rf"(?<!\w){re.escape(text)}(?!\w)", document.text):
            yield match.start(), match.end(), SOURCE, number


def _apart(spans: list[Span]) -> list[Span]:
    """Without those that overlap a longer one; of a place that is country and government the government's stands."""
    kept: list[Span] = []
    taken: set[int] = set()
    for span in sorted(spans, key=lambda s: (s[0] - s[1], s[2] != "Regulator", s)):
        if taken.isdisjoint(range(span[0], span[1])):
            kept.append(span)
            taken.update(range(span[0], span[1]))
    return sorted(kept)


def _on_words(spans: Sequence[Span], read: Words) -> Iterator[Span]:
    """The spans by first and last word; those outside sentences or across them are left out."""
    for start, end, label, number in spans:
        first, last = read.span(start, end)
        if first <= last and read.sentence[first] == read.sentence[last]:
            yield first, last, label, number


def _node(span: Span, read: Words, named: bool, gazetteer: Gazetteer) -> Node:
    first, last, label, number = span
    text = read.text[read.starts[first] : read.ends[last]]
    place = candidates.is_place(label, text, gazetteer)
    return Node(first, last, label, named, number, read.sentence[first], place)


def _targets(document: Annotated, read: Words, numbers: dict[str, int], found: Sequence[Near]) -> Iterator[Target]:
    for claim in document.claims:
        first, last = read.span(claim.start, claim.end)
        if first > last:
            continue
        measure = claim.qualifiers.get("measure")
        stage = claim.qualifiers.get("stage")
        yield Target(
            numbers[claim.subject],
            numbers[claim.object],
            candidates.RELATION_NAMES.index(claim.relation),
            read.sentence[first],
            ontology.MODALITIES.index(claim.modality),
            ontology.MEASURES.index(measure) if measure in ontology.MEASURES else -1,
            ontology.STAGES.index(stage) if stage in ontology.STAGES else -1,
            bool(claim.credit),
            tuple(_right(slot, claim, found) for slot in candidates.SLOTS),
        )


def _right(slot: str, claim: Claimed, found: Sequence[Near]) -> tuple[int, ...] | None:
    """The values that are right for a slot of a claim; None where what is right was not found among them."""
    said = wanted(slot, claim)
    if said is None:
        return ()
    at = candidates.SLOTS.index(slot)
    right = tuple(n for n, near in enumerate(found) if near.span.slot == at and near.said == said)
    return right or None


def wanted(slot: str, claim: Claimed) -> object:
    """What a claim has in a slot, in the form of `Near.said`; None for nothing."""
    said = claim.qualifiers
    if slot == "date":
        return claim.date or None
    if slot == "money":
        return (said.get("amount"), said.get("currency")) if "amount" in said else None
    if slot == "quantity":
        low, high = said.get("quantity_low"), said.get("quantity_high")
        whole = said.get("quantity")
        return (low or whole, high or whole) if low or high or whole else None
    if slot == "part":
        return said.get("stake", said.get("share"))
    return said.get("delta") if slot == "ratio" else said.get("round")


def _credits(document: Annotated, read: Words, numbers: dict[str, int]) -> dict[int, frozenset[int]]:
    called = {form: numbers[e.name] for e in document.entities for form in (*e.forms, e.name)} | numbers
    found: dict[int, set[int]] = {}
    for claim in document.claims:
        first, last = read.span(claim.start, claim.end)
        if first <= last:
            credited = {called[who] for who in claim.credit if who in called}
            found.setdefault(read.sentence[first], set()).update(credited)
    return {sentence: frozenset(who) for sentence, who in found.items()}


def closest(nodes: Sequence[Node], target: Target) -> tuple[Node, Node] | None:
    """The ends of a claim: of their mentions the two that end in its sentence, if any do, and stand closest."""

    def order(ends: tuple[Node, Node]) -> tuple[int, ...]:
        one, other = ends
        last = max(one.sentence, other.sentence)
        return last != target.sentence, abs(one.sentence - other.sentence), abs(one.first - other.first), one.first

    subjects, objects = ([n for n in nodes if n.entity == end] for end in (target.subject, target.object))
    near = [ends for ends in product(subjects, objects) if _tells(ends, target.sentence)]
    return min(near, key=order, default=None)


def _tells(ends: tuple[Node, Node], sentence: int) -> bool:
    one, other = (node.sentence for node in ends)
    return sentence in (one, other) and abs(one - other) <= candidates.REACH
