"""Cues to how sure a text is of a claim: where they stand to it, and what follows for the claims of a text."""

import pytest

from graph.model import Document
from loaders import cues, reading
from loaders.calibration import Hedging
from loaders.candidates import Node
from loaders.cues import ANY, Cues
from loaders.words import words


def near(text: str, subject: str, relation: str, obj: str, *others: str) -> frozenset[str]:
    """The cues to a claim between names, each the last of its like; others are names as well."""
    read = words(text, [])
    nodes = [_node(text, name) for name in (subject, obj, *others)]
    return Cues(read, sorted(nodes)).near(nodes[0], relation, nodes[1])


def _node(text: str, name: str) -> Node:
    read = words(text, [])
    first, last = read.span(text.rindex(name), text.rindex(name) + len(name))
    return Node(first, last, "Firm", True, 0, read.sentence[first])


@pytest.mark.parametrize("name", cues.groups())
def test_every_group_has_words_and_none_that_are_empty(name: str) -> None:
    assert not cues.groups()[name].search("⟨⟩ ⟨⟩ 17 zzz")


@pytest.mark.parametrize(
    ("text", "cue"),
    [
        ("Basalt will buy Tuff.", "will between"),
        ("Basalt will buy Tuff.", "will next"),
        ("Basalt won't buy Tuff.", "not between"),
        ("Basalt does not, for all that is known, buy Tuff.", "not next"),
        ("Nobody denied that Basalt bought Tuff.", "denial earlier"),
        ("A deal for Tuff was called off by Basalt.", "over between"),
        ("Basalt's bid for Tuff lapsed.", "over following"),
        ("Basalt sold the last of its shares in Tuff.", "sold OWNS"),
        ("It is said that talks of Basalt with Tuff go on.", "talks leading"),
        ("Basalt bought Tuff; the regulator may object.", "may elsewhere"),
        ("Basalt bought Tuff, which may be split.", "may later"),
    ],
)
def test_a_cue_is_found_where_it_stands(text: str, cue: str) -> None:
    assert cue in near(text, "Basalt", "OWNS", "Tuff")


def test_what_stands_elsewhere_says_nothing_of_the_relation() -> None:
    found = near("Basalt owns Tuff; Gneiss sold all its shares.", "Basalt", "OWNS", "Tuff", "Gneiss")
    assert "sold elsewhere" in found
    assert "sold OWNS" not in found


def test_names_are_no_cues() -> None:
    text = "Will Semiconductor owns May Chips."
    assert not {"will next", "may close"} & near(text, "Will Semiconductor", "OWNS", "May Chips")
    assert not {"will next", "will between"} & near(
        "Basalt and Will Semi own Tuff.", "Basalt", "OWNS", "Tuff", "Will Semi"
    )


def test_sentences_between_the_ends_are_looked_through() -> None:
    found = near("Basalt is large. It may grow. It owns Tuff.", "Basalt", "OWNS", "Tuff")
    assert {"two sentences", "may between", ANY} <= found


def test_without_cues_the_highest_score_tells() -> None:
    assert Hedging().modality((0.1, 0.4, 0.2, 0.3), {"will between"}) == "rumored"


def test_cues_are_added_to_what_the_scores_count() -> None:
    hedging = Hedging(0.5, {"will between": (0.0, 0.0, 1.0, 0.0), ANY: (0.2, 0.0, 0.0, 0.0)})
    assert hedging.modality((1.0, 0.0, 0.0, 0.0), {"will between", ANY, "unknown"}) == "expected"
    assert hedging.modality((3.0, 0.0, 0.0, 0.0), {"will between", ANY}) == "stated"


@pytest.mark.parametrize(
    ("text", "relation", "modality"),
    [
        ("Hartwell Capital owns 12% of Basalt Semiconductor.", "OWNS", "stated"),
        ("Hartwell Capital sold the last of its shares in Basalt Semiconductor in May.", "OWNS", "denied"),
        ("Basalt Semiconductor dropped its plan to acquire Tuff Photonics in June.", "ACQUIRES", "denied"),
        ("Basalt Semiconductor has stopped buying the H20 from Nvidia.", "BUYS", "denied"),
        ("Basalt Semiconductor no longer supplies Tuff Photonics.", "SUPPLIES", "denied"),
        ("Basalt Semiconductor signed a letter of intent to acquire Tuff Photonics.", "ACQUIRES", "expected"),
        ("Basalt Semiconductor plans to list on Nasdaq next year.", "LISTS_ON", "expected"),
        ("Hartwell Capital is in talks to invest $40 million in Basalt Semiconductor.", "INVESTS_IN", "expected"),
        ("Basalt Semiconductor is rumored to be in line to acquire Tuff Photonics.", "ACQUIRES", "rumored"),
        ("Basalt Semiconductor agreed to acquire Tuff Photonics for $2 billion.", "ACQUIRES", "stated"),
    ],
)
def test_hedges_of_what_no_rule_knows_are_heard(text: str, relation: str, modality: str) -> None:
    head = "Basalt Semiconductor and Tuff Photonics are chipmakers. Hartwell Capital is a fund in Boston.\n\n"
    found = reading.extraction(Document(text=head + text))
    assert {claim.modality for claim in found.claims if claim.relation == relation} == {modality}


def test_how_sure_the_text_is_of_what_a_rule_finds_the_model_and_cues_hear() -> None:
    text = "Nvidia, a chipmaker, has never acquired Arm."
    [claim] = [c for c in reading.extraction(Document(text=text)).claims if c.relation == "ACQUIRES"]
    assert claim.modality == "denied"
