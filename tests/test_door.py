"""What may enter, and what is turned away for which reason."""

from typing import Any

import pytest

from graph.door import admit, count, doubted, parted
from graph.model import Document, Extraction

TEXT = "Acme buys Beta. Regulator R bans Acme. Acme makes the X1."
ENTITIES = [
    {"name": "Acme", "label": "Firm"},
    {"name": "Beta", "label": "Firm"},
    {"name": "R", "label": "Regulator"},
    {"name": "X1", "label": "Chip"},
]
CLAIM = {"subject": "Acme", "relation": "ACQUIRES", "object": "Beta", "evidence": "Acme buys Beta."}
BAN = {"subject": "R", "relation": "SANCTIONS", "object": "Acme", "evidence": "Regulator R bans Acme."}
USD = {"amount": 5, "currency": "USD"}


def admitted(*claims: Any, entities: list[Any] | None = None) -> Extraction:
    return admit(Document(text=TEXT), ENTITIES if entities is None else entities, claims, "test/1")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"relation": "OWN"}, "unknown_relation"),
        ({"relation": None}, "missing_field"),
        ({"object": "X1"}, "bad_ends"),
        ({"subject": "X1", "relation": "PRODUCES", "object": "Acme"}, "reversed_ends"),
        ({"object": "Acme"}, "same_ends"),
        ({"subject": "Gamma"}, "unknown_entity"),
        ({"object": None}, "unknown_entity"),
        ({"date": "2024-13-01"}, "bad_date"),
        ({"date": "2023-02-29"}, "bad_date"),
        ({"date": "last week"}, "bad_date"),
        ({"date": "2024", "end_date": "2023"}, "bad_date"),
        ({"qualifiers": {"amount": "5", "currency": "USD"}}, "bad_number"),
        ({"qualifiers": {"amount": -5, "currency": "USD"}}, "bad_number"),
        ({"qualifiers": {"amount": True, "currency": "USD"}}, "bad_number"),
        ({"qualifiers": {"amount": float("nan"), "currency": "USD"}}, "bad_number"),
        ({"qualifiers": {"amount": 5}}, "bad_amount"),
        ({"qualifiers": {"amount": 5, "currency": "dollars"}}, "bad_currency"),
        ({"qualifiers": {"stake": 51}}, "bad_number"),
        ({"qualifiers": {"round": "A"}}, "bad_qualifier"),
        ({"qualifiers": {"nonsense": 1}}, "bad_qualifier"),
        ({"qualifiers": "none"}, "bad_qualifier"),
        ({"modality": "maybe"}, "bad_modality"),
        ({"attribution": "Reuters"}, "bad_attribution"),
        ({"evidence": "Acme bought Beta."}, "evidence_not_found"),
        ({"start": 1, "end": 16}, "evidence_not_found"),
        ({"start": -58, "end": -43}, "evidence_not_found"),
        ({"evidence": " "}, "missing_evidence"),
        ({"evidence": None}, "missing_evidence"),
        ({"mood": "good"}, "unknown_field"),
    ],
)
def test_a_claim_that_does_not_fit_is_rejected_with_a_reason(change: dict[str, Any], code: str) -> None:
    bad = {**CLAIM, **change}
    made = admitted(CLAIM, bad)
    assert len(made.claims) == 1, "the good one is kept"
    assert [(reject.code, reject.item) for reject in made.rejects] == [(code, bad)]
    assert made.rejects[0].message


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"qualifiers": {}}, "missing_qualifier"),
        ({"qualifiers": {"measure": "embargo"}}, "bad_measure"),
    ],
)
def test_a_sanction_needs_a_known_measure(change: dict[str, Any], code: str) -> None:
    assert [reject.code for reject in admitted({**BAN, **change}).rejects] == [code]


@pytest.mark.parametrize(
    ("entity", "code"),
    [
        ({"name": "", "label": "Firm"}, "bad_name"),
        ({"name": " Acme", "label": "Firm"}, "bad_name"),
        ({"name": "x" * 1001, "label": "Firm"}, "bad_name"),
        ({"name": "\ud800", "label": "Firm"}, "bad_text"),
        ({"name": "Acme", "label": "Company"}, "unknown_label"),
        ({"name": "Acme"}, "unknown_label"),
        ({"name": "Acme", "label": "Firm", "country": "USA"}, "bad_country"),
        ({"name": "Acme", "label": "Firm", "lei": "123"}, "bad_lei"),
        ({"name": "Acme", "label": "Firm", "kind": "GPU"}, "unknown_field"),
        ({"name": "X1", "label": "Chip", "kind": "toaster"}, "bad_kind"),
        ({"name": "X1", "label": "Chip", "launched": "soon"}, "bad_date"),
        ("Acme", "not_an_object"),
    ],
)
def test_an_entity_that_does_not_fit_is_rejected_with_a_reason(entity: Any, code: str) -> None:
    made = admitted(entities=[entity])
    assert [reject.code for reject in made.rejects] == [code]


def test_accepted_and_rejected_add_up_to_what_was_given() -> None:
    claims = [CLAIM, CLAIM, "text", None, {}, BAN]
    made = admitted(*claims)
    assert len(made.claims) + len(made.rejects) == len(claims)
    assert count(made.rejects) == {
        "not_an_object": 2,
        "duplicate": 1,
        "unknown_entity": 1,
        "missing_qualifier": 1,
    }


def test_what_is_less_likely_than_wanted_is_doubtful_and_not_refused() -> None:
    likely = [{**CLAIM, "date": f"202{n}", "confidence": confidence} for n, confidence in enumerate((0.2, 0.5, 0.9))]
    made = admitted(CLAIM, *likely, {**CLAIM, "relation": "OWN"})
    for least, kept in ((0, 4), (0.5, 3), (0.6, 2), (1, 1)):
        found = doubted(made, least)
        refused, doubtful = parted(found.rejects)
        assert (len(found.claims), len(doubtful), len(refused)) == (kept, 4 - kept, 1)
        assert found.claims[0].confidence is None, "nobody doubts what says nothing of it"
        assert [reject.code for reject in refused] == ["unknown_relation"]


def test_evidence_gets_its_offsets_and_the_claim_its_method() -> None:
    (claim,) = admitted(
        {"subject": "Acme", "relation": "PRODUCES", "object": "X1", "evidence": "Acme makes the X1."}
    ).claims
    assert TEXT[claim.start : claim.end] == claim.evidence
    assert claim.method == "test/1"


def test_a_name_with_two_labels_goes_by_what_the_relation_allows() -> None:
    both = [*ENTITIES, {"name": "X1", "label": "Firm"}]
    made = admit(Document(text=TEXT), both, [{**CLAIM, "relation": "PRODUCES", "object": "X1"}], "test/1")
    assert made.claims[0].object_label == "Chip"
    made = admit(Document(text=TEXT), both, [{**CLAIM, "relation": "BENEFITS_FROM", "object": "X1"}], "test/1")
    assert [reject.code for reject in made.rejects] == ["ambiguous_entity"]


def test_a_pair_without_direction_is_put_in_order() -> None:
    (claim,) = admitted({**CLAIM, "relation": "COMPETES_WITH", "subject": "Beta", "object": "Acme"}).claims
    assert (claim.subject, claim.object) == ("Acme", "Beta")


def test_one_number_has_one_spelling() -> None:
    whole, real = (admitted({**CLAIM, "qualifiers": {**USD, "amount": amount}}).claims[0] for amount in (5, 5.0))
    assert whole.id == real.id
    assert whole.content()["qualifiers"]["amount"] == 5


def test_an_extraction_made_directly_is_checked_whole() -> None:
    made = admitted(CLAIM)
    changes: tuple[dict[str, Any], ...] = (
        {"document": Document(text="Another text.")},
        {"entities": ()},
        {"claims": (made.claims[0].model_copy(update={"start": 1, "end": 16}),)},
    )
    for change in changes:
        with pytest.raises(ValueError, match=r"evidence|entity|document"):
            Extraction(**{"document": made.document, "entities": made.entities, "claims": made.claims, **change})
