"""Names: what the gazetteer holds, what it finds, what it leaves alone."""

import json
import re
from collections import Counter

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


LEAST = {"Firm": 450, "Fund": 65, "Chip": 160, "Product": 70, "Regulator": 110, "Market": 45, "Sector": 60}


def test_the_lists_are_as_long_as_promised_and_every_line_counts() -> None:
    lines = [json.loads(line) for line in gazetteer.text().splitlines()]
    counts: Counter[str] = Counter(entry.label for entry in gazetteer.default().entries.values())
    assert len(lines) == sum(counts.values())
    assert {label: counts[label] for label in LEAST if counts[label] < LEAST[label]} == {}
    assert counts["Sector"] <= 70


def test_no_alias_is_written_twice() -> None:
    for line in gazetteer.text().splitlines():
        note = json.loads(line)
        forms = [note["name"], *note.get("aliases", [])]
        assert len(forms) == len(set(forms)), note["name"]


STATES = re.compile(
    r"(?:Gujarat|Maharashtra|Karnataka|Odisha|Assam|Saxon|Saxony-Anhalt|Bavarian|Welsh|Scottish|Quebec|Ontario|Queensland|"
    r"Kumamoto|Shanghai|Shenzhen|Hefei|Beijing|Wuhan)(?: city| state| prefectural)? government"
)
TOPMOST = {"European Union", "World Trade Organization", "United Nations"}
"""Bodies of no state."""
TOPMOST |= {"National People's Congress", "Central Commission for Discipline Inspection"}
"""Above or beside the government of theirs."""


def test_only_governments_and_courts_are_part_of_nothing() -> None:
    known = gazetteer.default().entries
    governments = {entry.government for entry in known.values()}
    for entry in known.values():
        if entry.label == "Regulator" and not entry.fields.get("parent"):
            court = re.search(r"\b(?:Court|Tribunal|Enterprise Chamber)\b", entry.name)
            state = STATES.fullmatch(entry.name)
            assert court or state or entry.name in governments | TOPMOST, entry.name


def test_a_body_is_part_of_one_of_its_own_country() -> None:
    known = gazetteer.default().entries
    for entry in known.values():
        above = known.get(("Regulator", entry.fields.get("parent", "")))
        assert not above or above.fields.get("country") == entry.fields.get("country"), entry.name
        seen = {entry.name}
        while above:
            assert above.name not in seen, entry.name
            seen.add(above.name)
            above = known.get(("Regulator", above.fields.get("parent", "")))


def test_what_supports_an_ambiguous_name_is_an_entry() -> None:
    known = {name for _, name in gazetteer.default().entries}
    for entry in gazetteer.default().entries.values():
        assert set(entry.context) <= known, entry.name
        assert not entry.context or entry.ambiguous, entry.name


GENERATIONS = {"TPU v6e": "Trillium", "TPU v7": "Ironwood"}
"""Aliases with a number of chips whose name has none: the same thing, each looked up."""


def test_no_alias_of_a_chip_has_the_number_of_another() -> None:
    chips = [entry for entry in gazetteer.default().entries.values() if entry.label == "Chip"]
    letters: dict[str, list[str]] = {}
    for chip in chips:
        letters.setdefault(re.sub(r"\d+", "#", chip.name), []).append(chip.name)
    for chip in chips:
        for alias in chip.aliases:
            if GENERATIONS.get(alias) != chip.name:
                assert numbers(alias) in ([], numbers(chip.name)), alias
                assert {chip.name}.issuperset(letters.get(re.sub(r"\d+", "#", alias), [])), alias


def numbers(name: str) -> list[str]:
    return re.findall(r"\d+[A-Z]*(?![a-z])", name)


@pytest.mark.parametrize("name", ["Arm", "Apple", "Meta", "Moonshot", "Orange", "Nova", "Sharp", "Disco", "Coherent"])
def test_firms_named_by_words_are_ambiguous(name: str) -> None:
    assert gazetteer.default().entries["Firm", name].ambiguous


@pytest.mark.parametrize("name", ["L2", "L4", "H20", "C1", "AI5", "M5", "Thor", "Journey", "Atlas", "Vera", "Grace"])
def test_chips_named_by_codes_and_words_are_ambiguous(name: str) -> None:
    assert gazetteer.default().entries["Chip", name].ambiguous


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("the RTX 5070 Ti beat the RTX 5070", ["RTX 5070 Ti", "RTX 5070"]),
        ("the Snapdragon 8 Elite Gen 6 and the Snapdragon 8 Elite", ["Snapdragon 8 Elite Gen 6", "Snapdragon 8 Elite"]),
        ("Nvidia's Rubin Ultra and Rubin", ["NVIDIA", "Rubin Ultra", "Rubin"]),
        ("TPU v8e and TPU v5e", ["TPU v8e", "TPU v5e"]),
        ("Dimensity 9400+, Dimensity 9400", ["Dimensity 9400+", "Dimensity 9400"]),
        ("an H100 Super Micro sold", ["H100", "Supermicro"]),
    ],
)
def test_a_variant_is_a_chip_of_its_own(text: str, expected: list[str]) -> None:
    assert names(text) == expected


def test_a_version_is_no_other_version() -> None:
    assert names("Llama 3.9 and Meta's Llama 3") == ["Llama", "Meta", "Llama 3"]


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
        ("Honor is due. It sued Honor.", ["Honor", "Honor"]),
        ("Apple relies on luck.", ["Apple"]),
        ("Apple trees grow.", []),
        ("Arm, the designer, grew.", ["Arm"]),
        ("Arm China grew.", ["Arm China"]),
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
