"""Names: what the gazetteer holds, what it finds, what it leaves alone."""

import json

import pytest

from graph.errors import SourceError
from graph.model import KINDS
from loaders import gazetteer
from loaders.gazetteer import Gazetteer
from loaders.prose import sentences
from loaders.reference import Reader


def found(text: str) -> list[tuple[str, str]]:
    return [(text[m.start : m.end], m.name) for m in gazetteer.default().mentions(text)]


def names(text: str) -> list[str]:
    return [name for _, name in found(text)]


def referents(text: str) -> list[tuple[str, str]]:
    """What pronouns and descriptions mean."""
    reader = Reader(gazetteer.default(), text)
    mentions = [m for sentence in sentences(text) for m in reader.read(sentence)]
    return [(text[m.start : m.end], m.name) for m in mentions if m.kind in ("pronoun", "description")]


# --- the data


def test_every_entry_is_an_entity_of_the_model() -> None:
    for entry in gazetteer.default().entries.values():
        KINDS[entry.label](name=entry.name, aliases=entry.aliases, **entry.fields)


def test_parents_and_governments_are_entries_themselves() -> None:
    known = gazetteer.default().entries
    for entry in known.values():
        for body in (entry.fields.get("parent"), entry.government):
            assert not body or ("Regulator", body) in known, entry.name


def test_a_form_of_letters_means_one_entity_of_a_label() -> None:
    forms: dict[tuple[str, str], str] = {}
    for entry in gazetteer.default().entries.values():
        for form in (entry.name, *entry.aliases):
            assert forms.setdefault((entry.label, form), entry.name) == entry.name, form


@pytest.mark.parametrize("line", ["{", "[]", '{"name": "Acme"}', '{"name": "Acme", "label": "Company"}'])
def test_a_broken_line_is_named(line: str) -> None:
    good = json.dumps({"name": "Acme", "label": "Firm"})
    with pytest.raises(SourceError, match="mine:2"):
        gazetteer.read(iter([good, line]), "mine")


# --- names in a text


def test_the_longest_name_is_found() -> None:
    assert found("Samsung Catalyst Fund and Samsung met in the AI training chips aisle.") == [
        ("Samsung Catalyst Fund", "Samsung Catalyst Fund"),
        ("Samsung", "Samsung Electronics"),
        ("AI training chips", "AI training chips"),
    ]


def test_model_numbers_stay_apart() -> None:
    assert names("The H20, the H200 and the H20A; the 910B and the Ascend 910C.") == [
        "H20",
        "H200",
        "Ascend 910B",
        "Ascend 910C",
    ]


def test_a_family_with_a_number_is_a_chip_of_its_own() -> None:
    assert names("Nvidia's RTX 3060 and RTX.") == ["NVIDIA", "RTX 3060", "RTX"]


def test_names_keep_to_word_boundaries_and_case() -> None:
    assert names("intelligence, an arm, an apple, SMICs and Intels") == []


def test_plurals_of_chips_are_the_chips() -> None:
    assert found("Two H20s and TPUs.") == [("H20s", "H20"), ("TPUs", "TPU")]


def test_corporate_suffixes_belong_to_the_name() -> None:
    assert found("Meta Platforms Inc. and NVIDIA Corp. grew.") == [
        ("Meta Platforms Inc.", "Meta"),
        ("NVIDIA Corp.", "NVIDIA"),
    ]


def test_chinese_names_need_no_boundaries() -> None:
    assert names("英伟达与华为昇腾910B以及寒武纪") == ["NVIDIA", "Huawei", "Ascend 910B", "Cambricon Technologies"]


def test_curly_quotes_are_quotes() -> None:
    assert names("China’s Ministry of Commerce") == ["China's Ministry of Commerce"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The L2 cache is full.", []),
        ("Nvidia sells the L2.", ["NVIDIA", "L2"]),
        ("Grace and mercy.", []),
        ("Nvidia's Grace", ["NVIDIA", "Grace"]),
        ("Honor is due.", []),
        ("It sued Honor.", ["Honor"]),
    ],
)
def test_ambiguous_names_need_support(text: str, expected: list[str]) -> None:
    assert names(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Beijing wants more.", ["Chinese government"]),
        ("They met in Beijing.", []),
        ("a Beijing-based firm", []),
        ("Chinese regulators met.", ["Chinese government"]),
        ("Regulators in China, or authorities in Seoul", ["China", "South Korean government"]),
        ("the Trump administration", ["US government"]),
        ("The Dutch government acted.", ["Dutch government"]),
        ("China imports chips.", ["China"]),
    ],
)
def test_a_government_goes_by_many_names(text: str, expected: list[str]) -> None:
    assert names(text) == expected


# --- names that are not in the gazetteer, descriptions, pronouns


@pytest.mark.parametrize(
    ("text", "label", "name"),
    [
        ("The start-up Kestrel raised money.", "Firm", "Kestrel"),
        ("Brightwater Semiconductor raised money.", "Firm", "Brightwater Semiconductor"),
        ("Kestrel, a Dutch chip designer, raised money.", "Firm", "Kestrel"),
        ("It got money from Heron Ventures.", "Fund", "Heron Ventures"),
        ("Ann Meyer, chief executive of Nvidia, resigned.", "Person", "Ann Meyer"),
        ("It launched a chip called Osprey.", "Chip", "Osprey"),
    ],
)
def test_names_with_a_cue_are_found(text: str, label: str, name: str) -> None:
    assert (label, name) in Reader(gazetteer.default(), text).own


@pytest.mark.parametrize(
    "text", ["The market grew. Investors cheered.", "The company Thursday said so.", "NEWS FROM THE AGENCY"]
)
def test_capitals_alone_make_no_name(text: str) -> None:
    assert not Reader(gazetteer.default(), text).own


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Intel grew. It hired.", [("It", "Intel")]),
        ("Intel grew and its chips sold.", [("its", "Intel")]),
        ("Intel grew. The chip giant hired.", [("The chip giant", "Intel")]),
        ("Intel beat Huawei. The Chinese company hired.", [("The Chinese company", "Huawei")]),
        ("Intel sells Gaudi 3. The chip is fast.", [("The chip", "Gaudi 3")]),
        ("Bloomberg asked Intel. The company hired.", [("The company", "Intel")]),
        ("It is rumored that Intel hired.", []),
        ("Intel grew. After buying AMD, the company hired.", [("the company", "Intel")]),
    ],
)
def test_descriptions_and_pronouns_mean_what_was_named(text: str, expected: list[tuple[str, str]]) -> None:
    assert referents(text) == expected


def test_an_empty_gazetteer_finds_nothing() -> None:
    assert Gazetteer([]).mentions("Nvidia in China") == []
