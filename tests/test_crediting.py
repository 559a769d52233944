"""Who says what in a sentence."""

import pytest

from loaders import crediting
from loaders.candidates import Node
from loaders.tags import SOURCE
from loaders.words import Words, words

NAMES = ("Prates", "Alder", "Birch", "Cedar")


def read(text: str) -> tuple[Words, list[Node]]:
    """The words of a text and the names in it."""
    whole = words(text, [])
    forms = whole.forms()
    nodes = [Node(at, at, "Firm", True, NAMES.index(form), 0) for at, form in enumerate(forms) if form in NAMES]
    return whole, nodes


def said(text: str) -> list[tuple[str, str]]:
    """Who says what in a sentence."""
    whole, nodes = read(text)
    keys = [("Firm", name) for name in NAMES]
    return [(one.who, text[one.start : one.end].strip()) for one in crediting.credits(whole, nodes, keys, 0)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Prates said that Alder bought Birch.", [("Prates", "Alder bought Birch.")]),
        ("Prates, who leads it, said on Monday that Alder won.", [("Prates", "Alder won.")]),
        ("Prates has denied a local report that Alder bought Birch.", [("Prates", "Alder bought Birch.")]),
        ("Prates told a court that Alder bought Birch.", [("Prates", "Alder bought Birch.")]),
        ("Alder bought Birch, Prates said.", [("Prates", "Alder bought Birch,")]),
        ("Alder, Prates said, bought Birch.", [("Prates", "Alder, Prates said, bought Birch.")]),
        ("Alder bought Birch, says Prates.", [("Prates", "Alder bought Birch, says Prates.")]),
        ("Alder bought Birch, according to a report by Prates.",
         [("Prates", "Alder bought Birch, according to a report by Prates.")]),
        ("Cedar is silent; Prates says Alder bought Birch; Birch shrugs.", [("Prates", "Alder bought Birch")]),
        ("Two bankers said Alder bought Birch.", [("Two bankers", "Alder bought Birch.")]),
        ("According to lawyers, Alder bought Birch.", [("lawyers", "According to lawyers, Alder bought Birch.")]),
        ("Alder bought Birch, people familiar with the deal said.",
         [("people familiar with the deal", "Alder bought Birch,")]),
        ("Prates wrote to Alder about Birch.", []),
        ("Prates told Alder to sell Birch.", []),
        ("Prates bought Alder.", []),
    ],
)  # fmt: skip
def test_a_verb_of_saying_credits_as_far_as_it_reaches(text: str, expected: list[tuple[str, str]]) -> None:
    assert said(text) == expected


def test_a_source_whose_words_were_cut_off_has_all_of_them() -> None:
    text = "Alder bought Birch, says a person who saw the papers."
    whole, nodes = read(text)
    cut = Node(5, 7, SOURCE, True, len(NAMES), 0)
    keys = [*(("Firm", name) for name in NAMES), (SOURCE, "a person who")]
    found = crediting.credits(whole, [*nodes, cut], keys, 0)  # type: ignore[arg-type]
    assert [one.who for one in found] == ["a person who saw the papers"]
    assert whole.forms()[5:8] == ["a", "person", "who"]


def test_what_somebody_says_covers_its_places_and_comes_after_others() -> None:
    text = "Alder bought Birch, though Prates insists that Cedar did."
    whole, nodes = read(text)
    found = list(crediting.credits(whole, nodes, [("Firm", name) for name in NAMES], 0))
    place = text.index("Birch")
    assert crediting.covering(found, place) == []
    assert crediting.later(found, place) == {"Prates"}
    assert crediting.covering(found, text.index("did")) == ["Prates"]
    assert crediting.later(found, text.index("did")) == set()
