"""The measure of a restriction, told by the words around it alone: the model's scores say nothing here."""

import time

import pytest

from graph.ontology import MEASURES
from loaders import measure
from loaders.candidates import Node
from loaders.words import Words, words

SENTENCES = [
    ("entity_list", "On Friday the [Bureau of Industry and Security] added {Quillon Optics} to the Entity List."),
    ("entity_list", "{Quillon Optics} has been blacklisted by [Washington] since 2022."),
    ("export_ban", "[The Hague] has forbidden {Quillon Optics} to export its scanners to China."),
    ("export_ban", "[Beijing] banned exports of {gallium} to the United States in December."),
    ("export_licence", "[Washington] now requires a licence for shipments of the {Q40} to China."),
    ("import_ban", "[US Customs and Border Protection] stops imports of the {Q40} at the ports."),
    ("purchase_guidance", "[Beijing] has urged local companies not to use the {Q40}."),
    ("purchase_ban", "The [Cyberspace Administration] ordered Alibaba to stop buying the {Q40}."),
    ("investment_ban", "The [US Treasury] forbids Americans to invest in {Quillon Optics}."),
    ("deal_block", "[Berlin] vetoed the takeover of the Dresden chipmaker by {Quillon Optics}."),
    ("investigation", "The [European Commission] has opened an antitrust investigation into {Quillon Optics}."),
    ("fine", "The [European Commission] fined {Quillon Optics} 40 million euros."),
    ("tariff", "[Washington] has put a tariff of 25% on chips from {China}."),
    ("other", "[Washington] has imposed sanctions on {Quillon Optics}."),
]


MARKS = str.maketrans("", "", "[]{}")


def placed(marked: str) -> tuple[Words, str, Node, Node]:
    """Words, the subject's name, subject and object of a sentence: `[subject]`, `{object}`."""
    read = words(marked.translate(MARKS), [])
    subject, obj = (node(marked, read, *marks) for marks in (("[", "]", "Regulator"), ("{", "}", "Firm")))
    return read, read.text[read.starts[subject.first] : read.ends[subject.last]], subject, obj


def node(marked: str, read: Words, opening: str, closing: str, label: str) -> Node:
    before, _, rest = marked.partition(opening)
    start = len(before.translate(MARKS))
    first, last = read.span(start, start + len(rest.partition(closing)[0]))
    return Node(first, last, label, True, ord(opening), 0)


@pytest.mark.parametrize(("expected", "marked"), SENTENCES)
def test_the_words_of_a_sentence_tell_the_measure(expected: str, marked: str) -> None:
    read, name, subject, obj = placed(marked)
    assert measure.chosen(subject, obj, name, 0, read, [0.0] * len(MEASURES)) == expected


def test_of_two_measures_in_a_sentence_each_object_has_its_own() -> None:
    told = [
        "[Brussels] fined {Quillon Optics} 40 million euros; it also opened an inquiry into Harrow Memory.",
        "[Brussels] fined Quillon Optics 40 million euros; it also opened an inquiry into {Harrow Memory}.",
    ]
    found = [
        measure.chosen(subject, obj, name, 0, read, [0.0] * len(MEASURES))
        for read, name, subject, obj in map(placed, told)
    ]
    assert found == ["fine", "investigation"]


def test_where_the_words_say_little_the_model_decides() -> None:
    read, name, subject, obj = placed("[Lisbon] has acted against {Quillon Optics}.")
    scores = [0.0] * len(MEASURES)
    scores[MEASURES.index("tariff")] = 40.0
    assert measure.chosen(subject, obj, name, 0, read, scores) == "tariff"


def test_every_measure_has_cues() -> None:
    assert set(measure.table()) == set(MEASURES)


@pytest.mark.parametrize("text", ["banned " * 20_000, "not to let a " * 10_000, "sale " * 20_000, "x" * 300_000])
def test_cues_are_looked_for_in_linear_time(text: str) -> None:
    begun = time.process_time()
    list(measure.cues(text))
    assert time.process_time() - begun < 10
