"""Why claims were made: mentions, what they were taken to mean, values, credits; each in its place."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.door import admit, parted
from graph.model import Document, Extraction
from loaders import article, explanation, gazetteer, reading
from loaders.explanation import Explanation, Place
from loaders.source import Source

ROOT = Path(__file__).parent.parent
TEXT = (
    "Nvidia grew last year. The company sold chips to Tencent for $2 billion in March 2024, Reuters reported. "
    "It acquired Graphcore."
)
WRAPPED = """
The largest maker of accelerators for data centers, which is called Nvi-
dia and has its seat in California, said on Monday that it had acquired
Graphcore. The company paid $2 billion in
March 2024, Reuters reported, and the British designer of processors
which is called Graphcore was pleased.
"""


def explained(text: str = TEXT, least: float = 0) -> list[Explanation]:
    return list(explanation.explanations(reading.extraction(Document(text=text), least=least)))


def ruled(subject: str, relation: str, obj: str) -> Explanation:
    wanted = subject, relation, obj
    return next(e for e in explained() if (e.claim.subject, e.claim.relation, e.claim.object) == wanted)


def place(words: str) -> Place:
    return Place(words, TEXT.index(words), TEXT.index(words) + len(words))


def extractions() -> Iterator[Extraction]:
    for path in sorted((ROOT / "loaders" / "data" / "samples").glob("*.txt")):
        yield from article.load(Source.read(path))
    for text in (TEXT, WRAPPED):
        yield reading.extraction(Document(text=text), least=0.2)


def test_a_description_leads_to_the_name_it_was_taken_for() -> None:
    found = ruled("NVIDIA", "SUPPLIES", "Tencent")
    (subject,) = [meaning for meaning in found.mentions if meaning.role == "subject"]
    assert (subject.place, subject.through) == (place("The company"), (place("Nvidia"),))
    (obj,) = [meaning for meaning in found.mentions if meaning.role == "object"]
    assert (obj.place, obj.through, obj.label) == (place("Tencent"), (), "Firm")


def test_a_pronoun_leads_through_a_description_to_a_name() -> None:
    (subject,) = [meaning for meaning in ruled("NVIDIA", "ACQUIRES", "Graphcore").mentions if meaning.role == "subject"]
    assert subject.place == place("It")
    assert subject.through[-1] == place("Nvidia")


def test_values_credit_and_rule_are_told() -> None:
    found = ruled("NVIDIA", "SUPPLIES", "Tencent")
    assert found.frame == "supplies"
    assert {(value.slot, value.said, value.place) for value in found.values} == {
        ("money", (2000000000, "USD"), place("$2 billion")),
        ("date", "2024-03", place("March 2024")),
    }
    assert [(credit.name, credit.place) for credit in found.credits] == [("Reuters", place("Reuters"))]


def test_an_explanation_is_readable() -> None:
    told = str(ruled("NVIDIA", "SUPPLIES", "Tencent")).split("\n  ")
    assert told[0].startswith("NVIDIA SUPPLIES Tencent · stated · 2024-03 · amount 2000000000 · currency USD")
    assert ": rule supplies; the model " in told[1]
    assert told[2].startswith("“The company sold chips")
    assert f"“The company” 23..34: Firm NVIDIA, which is {place('Nvidia')} (subject)" in told
    assert f"money 2000000000 USD: {place('$2 billion')}" in told
    assert told[-1] == f"credit Reuters: {place('Reuters')}"


def test_all_claims_are_explained_in_order_of_the_text_and_each_piece_stands_in_it() -> None:
    for made in extractions():
        found = list(explanation.explanations(made))
        _, doubtful = parted(made.rejects)
        assert len(found) == len(made.claims) + len(doubtful)
        assert sum(1 for e in found if e.doubt) == len(doubtful)
        assert [e.claim.start for e in found] == sorted(e.claim.start for e in found)
        places = [m.place for e in found for m in e.mentions] + [
            p for e in found for m in e.mentions for p in m.through
        ]
        places += [value.place for e in found for value in e.values if value.place]
        places += [credit.place for e in found for credit in e.credits if credit.place]
        assert all(made.document.text[p.start : p.end] == p.text for p in places)


def test_both_ends_of_what_the_model_finds_are_among_its_mentions() -> None:
    for made in extractions():
        for found in explanation.explanations(made):
            if found.claim.method == reading.METHOD:
                assert found.score is not None
                assert {meaning.role for meaning in found.mentions} >= {"subject", "object"}


def test_what_the_model_resolves_is_a_name_of_the_same_entity() -> None:
    read = reading.findings(Document(text=TEXT), gazetteer.default()).read
    for number, name in read.meant.items():
        assert read.nodes[name].named
        assert not read.nodes[number].named
        assert read.nodes[name].entity == read.nodes[number].entity >= 0


def test_what_is_not_likely_enough_is_marked() -> None:
    found = explained(least=1)
    assert found
    assert all(e.doubt and "\n  doubtful, confidence " in str(e) for e in found)


def test_the_same_is_told_each_time() -> None:
    assert list(explanation.text(explained())) == list(explanation.text(explained()))


@pytest.mark.parametrize("text", [TEXT, WRAPPED])
def test_a_row_has_what_other_programs_want(text: str) -> None:
    rows = explanation.rows(explained(text))
    assert rows.columns == explanation.COLUMNS
    assert all(len(row) == len(rows.columns) for row in rows.rows)


def test_claims_that_somebody_else_made_are_explained_by_their_sentence() -> None:
    firms = [{"name": "NVIDIA", "label": "Firm"}, {"name": "Graphcore", "label": "Firm"}]
    note = {"subject": "NVIDIA", "relation": "SUES", "object": "Graphcore", "evidence": "It acquired Graphcore."}
    (found,) = explanation.explanations(admit(Document(text=TEXT), firms, [note], "mine/1"))
    assert (found.frame, found.claim.confidence) == ("", None)
    assert "confidence unknown: mine/1; the model " in str(found)
