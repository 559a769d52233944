"""What descriptions and pronouns mean, beyond what the model scores."""

from collections.abc import Sequence

import pytest

from graph.model import Document
from graph.ontology import Label
from loaders import prose, reading, resolution
from loaders.candidates import BACK, Node
from loaders.gazetteer import default
from loaders.reference import Reader
from loaders.resolution import Description

KEYS: list[tuple[Label, str]] = [
    ("Firm", "Micron"),
    ("Firm", "YMTC"),
    ("Firm", "Basaltic"),
    ("Regulator", "European Commission"),
]


def mention(entity: int, sentence: int, named: bool = True, label: str = "Firm") -> Node:
    return Node(10 * sentence + entity, 10 * sentence + entity, label, named, entity if named else -1, sentence)


def meant(
    nodes: list[Node], said: dict[int, str], scores: Sequence[Sequence[float]], items: list[int]
) -> dict[int, str]:
    """What each description is taken to mean, by name."""
    asked = resolution.asked(nodes, items)
    surfaces = {number: said.get(number, KEYS[node.entity][1]) for number, node in enumerate(nodes)}
    found = resolution.resolved(nodes, asked, scores, surfaces, KEYS, items, default())
    return {at: KEYS[nodes[number].entity][1] for at, number in found.items()}


@pytest.mark.parametrize(
    ("description", "name", "odds"),
    [
        ("the Boise firm", "Micron", 1),
        ("The Boise-based chipmaker", "YMTC", -1),
        ("the Wuhan firm's", "YMTC", 1),
        ("its American rival", "Micron", 1),
        ("the Chinese designer", "Micron", -1),
        ("the Chinese designer", "Basaltic", 0),
        ("the company", "YMTC", 0),
        ("it", "Micron", 0),
    ],
)
def test_a_description_by_seat_or_country_speaks_for_the_firms_that_are_there(
    description: str, name: str, odds: int
) -> None:
    found = Description(description).fits(("Firm", name), name, default())
    assert (found > 0) - (found < 0) == odds


def test_the_last_word_of_a_description_speaks_for_the_names_that_hold_it() -> None:
    commission = Description("the Commission").fits(("Regulator", "European Commission"), "Commission", default())
    bureau = Description("the Bureau").fits(("Regulator", "European Commission"), "Commission", default())
    assert commission > bureau == 0


def test_a_description_in_the_same_words_means_the_same_again() -> None:
    nodes = [mention(0, 0), mention(2, 0), mention(5, 1, named=False), mention(5, 2, named=False)]
    said = {2: "the joint venture", 3: "the joint venture"}
    close = [[0.1, 2.0], [1.0, 0.5]]  # the nearest name comes first: Basaltic, then Micron
    assert meant(nodes, said, close, [0, 0, 0]) == {2: "Micron", 3: "Micron"}
    assert meant(nodes, {**said, 3: "the buyer"}, close, [0, 0, 0]) == {2: "Micron", 3: "Basaltic"}


def test_a_name_far_back_is_meant_only_where_something_carried_it_on() -> None:
    last = 2 * BACK - 1
    nodes = [mention(0, 1), mention(5, BACK, named=False), mention(5, last, named=False)]
    items = [0] * (last + 1)
    carried = meant(nodes, {1: "the company", 2: "it"}, [[3.0], [9.0]], items)
    alone = meant([nodes[0], nodes[2]], {1: "it"}, [[9.0]], items)
    assert (carried, alone) == ({1: "Micron", 2: "Micron"}, {})


def test_what_another_item_names_is_never_meant_whatever_the_model_scores() -> None:
    nodes = [mention(0, 0), mention(1, 1), mention(5, 1, named=False), mention(5, 2, named=False)]
    assert meant(nodes, {2: "the company", 3: "the company"}, [[-1.0]], [0, 1, 2]) == {}
    assert [one.whom for one in resolution.asked(nodes, [0, 1, 2])] == [[1]]
    assert [one.whom for one in resolution.asked(nodes, [0, 0, 0])] == [[1, 0], [1, 0]]


# -- several items in one file

HEADS = {
    "numbered": ("1. A memory deal\n", "2. A lawsuit\n", ""),
    "marked": ("** 1. A memory deal **\n", "** 2. A lawsuit **\n", ""),
    "mail": ("## A memory deal\n", "## A lawsuit\n", "From: Chips <a@b.example>\nSubject: Chips\n\n"),
    "ruled": ("A memory deal\n", "---\nA lawsuit\n", ""),
    "spaced": ("A memory deal\n", "* * *\nA lawsuit\n", ""),
}
FIRST = "Micron agreed to buy the memory maker Basaltic for $2 billion. Micron wants it for its plant in Boise.\n\n"
SECOND = "The company has been sued by Netlist. It denies everything, and its chips are still sold.\n"


@pytest.mark.parametrize("form", sorted(HEADS))
def test_nothing_in_one_item_of_a_file_means_what_another_item_names(form: str) -> None:
    one, two, head = HEADS[form]
    text = f"{head}{one}{FIRST}{two}{SECOND}"
    border = text.index(two)
    read = reading.findings(Document(text=text), default()).read
    assert read.words.text == text
    for at, number in read.meant.items():
        places = [read.words.starts[read.nodes[n].first] >= border for n in (at, number)]
        assert places[0] == places[1], "a description means a name of another item"
    reader = Reader(default(), text)
    for sentence in prose.sentences(text):
        reader.read(sentence)
    names = {name.name for (start, _), name in reader.meant.items() if start >= border}
    assert "Micron" not in names


def test_the_same_text_without_items_lets_descriptions_reach_back() -> None:
    text = FIRST.strip() + " " + SECOND
    read = reading.findings(Document(text=text), default()).read
    later = text.index("The company has")
    names = {
        read.keys[read.nodes[n].entity][1]
        for at, n in read.meant.items()
        if read.words.starts[read.nodes[at].first] >= later
    }
    assert "Micron" in names


def test_headings_of_an_article_and_numbered_sentences_begin_no_items() -> None:
    assert prose.items("# Chips\n\nMicron grew.\n\n## Background\n\nIt sells memory.\n") == []
    assert prose.items("What to know:\n1. Micron grew in May.\n2. It sells memory.\n") == []
