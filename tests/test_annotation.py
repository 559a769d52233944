"""What is trained on: the annotated documents, the same under other names, and what follows in numbers. No torch."""

import doctest
import random
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from graph.errors import SourceError
from graph.model import Claim
from loaders import gold, tags
from loaders.gazetteer import default
from training import annotation, calibrating, swapping
from training import example as examples
from training.annotation import Annotated
from training.example import Example, example

CORPUS = Path(__file__).parents[1] / "training" / "corpus"
MINIMAL = """\
# published: 2025-11-17
## entities
Acme | Firm | Acme Corp; the company
X1 | Chip | X1
## text
Acme sells {its|Acme} X1.
## claims
1 | Acme | PRODUCES | X1 | stated | Acme | 2025 | product=X1
"""


@cache
def corpus() -> tuple[Annotated, ...]:
    return tuple(annotation.documents(CORPUS))


def some(step: int) -> Iterator[Annotated]:
    return iter(corpus()[::step])


# -- annotations


def test_every_document_of_the_corpus_is_read() -> None:
    assert len(corpus()) == len(list(CORPUS.glob("*.ann"))) > 600
    for document in corpus():
        names = {entity.name for entity in document.entities}
        assert {end for claim in document.claims for end in (claim.subject, claim.object)} <= names, document.name
        assert {name for _, _, name in document.marks} <= names, document.name


def test_a_document_says_what_its_file_says(tmp_path: Path) -> None:
    path = tmp_path / "minimal.ann"
    path.write_text(MINIMAL, encoding="utf-8")
    read = annotation.read(path)
    assert read.text == "Acme sells its X1.\n"
    assert [(read.text[a:b], name) for a, b, name in read.marks] == [("its", "Acme")]
    assert read.gold()["claims"][0]["evidence"] == "Acme sells its X1."


@pytest.mark.parametrize("fault", [("1 | Acme", "7 | Acme"), ("PRODUCES", "MAKES"), ("| Firm |", "| Company |")])
def test_a_faulty_document_is_refused_by_name(tmp_path: Path, fault: tuple[str, str]) -> None:
    path = tmp_path / "faulty.ann"
    path.write_text(MINIMAL.replace(*fault), encoding="utf-8")
    with pytest.raises(SourceError, match=r"faulty\.ann"):
        annotation.read(path)


def test_documents_that_are_written_are_gold_documents_with_the_same_claims(tmp_path: Path) -> None:
    for document in corpus():
        annotation.write(document, tmp_path)
    golds = {one.name: one for one in gold.load([tmp_path], pytest.fail)}
    ends_refused = 0
    assert set(golds) == {document.name for document in corpus()}
    for document in corpus():
        found = golds[document.name].extraction
        assert found.document.text == document.text
        assert {reject.code for reject in found.rejects} <= {"bad_ends"}, document.name
        refused = {_annotated(reject.item) for reject in found.rejects}
        assert {*map(_said, found.claims)} | refused == {*map(_annotated, document.gold()["claims"])}, document.name
        ends_refused += len(refused)
    assert ends_refused <= 2  # a chip that competes with a product


def _said(claim: Claim) -> tuple[object, ...]:
    ends = gold.ordered(claim.subject, claim.relation, claim.object)
    return *ends, claim.modality, frozenset(claim.attribution), str(claim.date or ""), claim.evidence


def _annotated(note: dict[str, Any]) -> tuple[object, ...]:
    ends = gold.ordered(note["subject"], note["relation"], note["object"])
    return *ends, note["modality"], frozenset(note["attribution"]), note["date"] or "", note["evidence"]


# -- other names


def test_under_other_names_marks_and_claims_point_at_the_same_places() -> None:
    pool = swapping.pool(corpus())
    changed = 0
    for number, document in enumerate(corpus()):
        other = swapping.swapped(document, pool, random.Random(number))
        changed += other is not document
        assert [other.text[a:b] for a, b, _ in other.marks] == [document.text[a:b] for a, b, _ in document.marks]
        assert len(other.claims) == len(document.claims)
        for old, new in zip(document.claims, other.claims, strict=True):
            assert _lines(document.text, old.start) == _lines(other.text, new.start), document.name
            assert new.start == 0 or other.text[new.start - 1] in " \n", document.name
            assert _end(other.text, new.end) == _end(document.text, old.end), document.name
    assert changed > len(corpus()) / 2


def _lines(text: str, at: int) -> int:
    return text.count("\n", 0, at)


def _end(text: str, at: int) -> str:
    """What follows a sentence, which itself ends with no blank."""
    assert text[:at] == text[:at].rstrip()
    return text[at : at + 1]


def test_under_other_names_a_document_still_has_ends_for_its_claims() -> None:
    pool = swapping.pool(corpus())
    for document in some(7):
        other = swapping.swapped(document, pool, random.Random(document.name), share=1.0)
        names = {entity.name for entity in other.entities}
        assert len(names) == len(document.entities)
        assert {end for claim in other.claims for end in (claim.subject, claim.object)} <= names
        assert {name for _, _, name in other.marks} <= names


def test_other_names_depend_on_nothing_but_the_seed() -> None:
    pool, document = swapping.pool(corpus()), corpus()[0]
    one, other = (swapping.swapped(document, pool, random.Random(5)) for _ in range(2))
    assert one == other


# -- examples


def test_the_tags_of_an_example_stand_for_its_mentions() -> None:
    for document in some(6):
        found = example(document, default(), random.Random(document.name))
        for name, labels, named in (("named", tags.NAMED, True), ("meant", tags.MEANT, False)):
            told = [(span.first, span.last, span.label) for span in _decoded(getattr(found, name), labels, found)]
            assert told == [(n.first, n.last, n.label) for n in found.nodes if n.named == named], document.name


def _decoded(numbers: np.ndarray, labels: tuple[str, ...], found: Example) -> list[tags.Span]:
    logits = 20.0 * np.eye(tags.width(labels))[numbers]
    return tags.decoded(logits, labels, [low for low, _ in found.words.bounds()])


def test_an_example_has_every_claim_and_most_of_their_ends() -> None:
    ends = there = 0
    for document in some(6):
        found = example(document, default())
        assert len(found.targets) == len(document.claims), document.name
        entities = {node.entity for node in found.nodes}
        ends += 2 * len(found.targets)
        there += sum((target.subject in entities) + (target.object in entities) for target in found.targets)
    assert there > 0.97 * ends


def test_hiding_the_gazetteer_changes_hints_only() -> None:
    document = corpus()[0]
    whole = example(document, default())
    parts = [example(document, default(), random.Random(seed)) for seed in range(8)]
    assert len({tuple(part.words.hints) for part in parts}) > 2
    assert any(not any(part.words.hints) for part in parts)
    assert all(part.nodes == whole.nodes and part.targets == whole.targets for part in parts)


def test_the_examples_in_docstrings_are_right() -> None:
    for module in (calibrating, examples):
        assert doctest.testmod(module).failed == 0
