"""Ids, tables and dates: the values everything else stands on."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph import OntologyError, ontology
from graph.model import KINDS, Claim, Document, Qualifiers
from graph.ontology import LABELS, MODALITIES, QUALIFIERS, RELATIONS, STRENGTH
from graph.partial_date import PartialDate

DAYS = st.dates().map(lambda day: f"{day:%Y-%m-%d}".rjust(10, "0"))
TEXTS = DAYS.flatmap(lambda day: st.sampled_from([day[:4], day[:7], day]))


def test_the_tables_of_labels_relations_and_qualifiers_agree() -> None:
    assert set(KINDS) == set(LABELS)
    assert set(Qualifiers.model_fields) == QUALIFIERS
    assert set(STRENGTH) == set(MODALITIES)
    assert len(RELATIONS) == 17
    for relation in RELATIONS.values():
        assert all(label in LABELS for pair in relation.ends for label in pair)
        assert relation.key is None or relation.key in relation.qualifiers
        assert not relation.directed & relation.undirected


def test_every_relation_of_the_ontology_takes_its_ends_and_no_others() -> None:
    allowed = {name: len(relation.ends) for name, relation in RELATIONS.items()}
    assert allowed["SANCTIONS"] == 6
    assert allowed["COMPETES_WITH"] == 5
    assert {name for name, relation in RELATIONS.items() if relation.undirected} == {"COMPETES_WITH", "PARTNERS_WITH"}
    assert {name for name, relation in RELATIONS.items() if relation.soft} == {
        "ACTIVE_IN",
        "DESIGNED_FOR",
        "BENEFITS_FROM",
    }
    for name, (subject, obj) in product(RELATIONS, product(LABELS, LABELS)):
        fits = (subject, obj) in RELATIONS[name].ends
        assert _makes(name, subject, obj) == fits, (name, subject, obj)


def _makes(relation: str, subject: str, obj: str) -> bool:
    key = RELATIONS[relation].key
    qualifiers = {key: "other" if key == "measure" else "speed"} if key else {}
    ends = {"subject": "a", "subject_label": subject, "object": "b", "object_label": obj}
    place = {"document": "0" * 24, "evidence": "e", "start": 0, "end": 1, "method": "test/1"}
    try:
        Claim.model_validate({**ends, **place, "relation": relation, "qualifiers": qualifiers})
    except ValueError:
        return False
    return True


def test_an_unknown_relation_is_told_with_those_that_are_known() -> None:
    with pytest.raises(OntologyError, match="unknown relation 'OWN'; known: SANCTIONS"):
        ontology.find("OWN")


def test_the_id_of_a_document_is_its_content() -> None:
    same = Document(text="a", title="t"), Document(title="t", text="a", publisher="")
    assert same[0].id == same[1].id
    others = [Document(text="b", title="t"), Document(text="a", title="t", publisher="p"), Document(text="a")]
    assert len({document.id for document in (*same, *others)}) == 4


def test_ids_are_the_same_in_every_release() -> None:
    # stores outlive releases: a change of these is a new schema version
    assert Document(text="Acme owns Beta.", published=PartialDate.parse("2024-09")).id == "dde2a3b465818200b0838d85"


@given(text=TEXTS)
def test_a_date_keeps_its_text_and_contains_its_days(text: str) -> None:
    date = PartialDate.parse(text)
    assert str(date) == text
    assert date.first <= date.last
    assert date.contains(date)
    assert date.overlaps(date)


@given(a=TEXTS, b=TEXTS)
def test_two_dates_are_before_after_or_overlapping(a: str, b: str) -> None:
    one, other = PartialDate.parse(a), PartialDate.parse(b)
    assert [one < other, one > other, one.overlaps(other)].count(True) == 1
    assert (one < other) == (one.last < other.first)


@pytest.mark.parametrize(
    "text", ["2024-13", "2024-02-30", "24", "2024-1-1", "2024-06-", "２０２４", "0000", "2024-00-01", ""]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no date"):
        PartialDate.parse(text)
