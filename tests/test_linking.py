"""Linking: names that are one entity become one, look-alikes stay apart, and what could be either is left alone."""

import random
import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.identity import Identity
from graph.model import Document
from graph.ontology import Label
from loaders import gazetteer, reading
from loaders.gazetteer import Gazetteer
from loaders.known import Known, index
from loaders.linking import Linked, Name, link

PAIRS = tomllib.loads((Path(__file__).parent / "data" / "names.toml").read_text(encoding="utf-8"))
APART = [cast(tuple[str, str], tuple(pair)) for pair in PAIRS["apart"]]
SAME = [cast(tuple[Label, str, str], tuple(pair)) for pair in PAIRS["same"]]
NOTHING = Gazetteer([])
"""A gazetteer that knows no name."""


def linked(*said: tuple[str, Label], known: Gazetteer | None = None) -> list[Linked]:
    """What names that stand one behind the other are linked to."""
    return link(*document(said), known or gazetteer.default())


def document(said: Sequence[tuple[str, Label]]) -> tuple[str, list[Name]]:
    text, names = "", []
    for surface, label in said:
        text += " and then "
        names.append(Name(len(text), len(text) + len(surface), label))
        text += surface
    return text, names


def keys(*said: tuple[str, Label]) -> list[tuple[str, str]]:
    return [entity.key for entity in linked(*said)]


def names(text: str, *found: tuple[str, Label]) -> list[str]:
    """What the first occurrences of names in a text are linked to."""
    spans = [Name(text.index(surface), text.index(surface) + len(surface), label) for surface, label in found]
    return [entity.name for entity in link(text, spans, gazetteer.default())]


# --- chips that look alike


def test_there_are_enough_pairs() -> None:
    assert len({frozenset(pair) for pair in APART}) == len(APART) >= 60
    assert len(SAME) >= 30


@pytest.mark.parametrize("label", ["Chip", "Product"])
@pytest.mark.parametrize(("one", "other"), APART)
def test_look_alikes_stay_apart(one: str, other: str, label: Label) -> None:
    for known in (gazetteer.default(), NOTHING):
        for pair in ((one, other), (other, one)):
            first, second = linked(*((name, label) for name in pair), known=known)
            assert first.key != second.key
            assert not {first.name, *first.aliases} & {second.name, *second.aliases}


def test_all_look_alikes_in_one_document_stay_apart() -> None:
    said: list[tuple[str, Label]] = [(name, "Chip") for name in dict.fromkeys(sum(APART, ()))]
    for known in (gazetteer.default(), NOTHING):
        found = dict(zip((name for name, _ in said), linked(*said, known=known), strict=True))
        assert [pair for pair in APART if found[pair[0]].key == found[pair[1]].key] == []


@pytest.mark.parametrize(("one", "other"), APART)
def test_look_alikes_stay_apart_where_a_text_is_read(one: str, other: str) -> None:
    text = f"Huawei, NVIDIA, AMD, Intel and Apple compete. Analysts set the {one} against the {other} today."
    entities = reading.extraction(Document(text=text)).entities
    assert not any({one, other} <= {entity.name, *entity.aliases} for entity in entities)


@pytest.mark.parametrize(("one", "other"), APART)
def test_the_gazetteer_gives_look_alikes_no_common_name(one: str, other: str) -> None:
    text = f"Huawei, NVIDIA, AMD, Intel and Apple compete. Analysts set the {one} against the {other} today."
    mentions = gazetteer.default().mentions(text)
    chips = {text[m.start : m.end]: m.name for m in mentions if m.label in ("Chip", "Product")}
    if one in chips and other in chips:
        assert chips[one] != chips[other]


def test_what_links_apart_is_apart_in_the_store() -> None:
    view = Identity()
    for one, other in APART:
        first, second = linked((one, "Chip"), (other, "Chip"))
        assert view.name(*first.key) != view.name(*second.key)


def test_a_text_with_two_models_has_two_entities() -> None:
    text = "NVIDIA sells the H20 and H200 in China."
    assert names(text, ("H20", "Chip"), ("H200", "Chip")) == ["H20", "H200"]
    assert {m.name for m in gazetteer.default().mentions(text) if m.label == "Chip"} == {"H20", "H200"}


def test_a_family_is_not_its_model() -> None:
    assert len(set(keys(("Sequoia", "Chip"), ("Sequoia S2", "Chip")))) == 2
    assert len(set(keys(("Ascend", "Chip"), ("Ascend 910C", "Chip")))) == 2


# --- names that are one


@pytest.mark.parametrize(("label", "one", "other"), SAME)
def test_variants_are_one(label: Label, one: str, other: str) -> None:
    for pair in ((one, other), (other, one)):
        first, second = linked(*((name, label) for name in pair))
        assert first == second


def test_a_known_entity_goes_by_its_canonical_name() -> None:
    said: list[tuple[str, Label]] = [
        ("英伟达", "Firm"),
        ("SK hynix's", "Firm"),
        ("H20s", "Chip"),
        ("the U.S.", "Country"),
    ]
    assert [name for _, name in keys(*said)] == ["NVIDIA", "SK Hynix", "H20", "United States"]


def test_an_unknown_entity_goes_by_its_fullest_form_and_keeps_the_others() -> None:
    entity = linked(("Basalt", "Firm"), ("Basalt Semiconductor Holdings Co., Ltd.", "Firm"), ("Basalt's", "Firm"))[0]
    assert entity.name == "Basalt Semiconductor Holdings"
    assert entity.aliases == ("Basalt", "Basalt Semiconductor Holdings Co., Ltd")


def test_white_space_within_a_name_is_folded() -> None:
    first, second = linked(("Basalt\n  Semiconductor", "Firm"), ("Basalt Semiconductor", "Firm"))
    assert first == second == Linked("Firm", "Basalt Semiconductor")


@pytest.mark.parametrize(
    ("surface", "label", "key"),
    [
        ("H20", "Product", ("Chip", "H20")),
        ("BIS", "Firm", ("Regulator", "Bureau of Industry and Security")),
        ("Dutch government", "Country", ("Regulator", "Dutch government")),
        ("Beijing", "Regulator", ("Regulator", "Chinese government")),
        ("Beijing", "Country", ("Country", "China")),
        ("Washington", "Firm", ("Regulator", "US government")),
        ("Chinese regulators", "Regulator", ("Regulator", "Chinese government")),
        ("Hong Kong", "Market", ("Market", "Hong Kong Stock Exchange")),
        ("Hong Kong", "Country", ("Country", "Hong Kong")),
        ("Sequoia", "Chip", ("Chip", "Sequoia")),
        ("Huawei", "Person", ("Person", "Huawei")),
    ],
)
def test_the_gazetteer_corrects_a_near_label_and_no_other(surface: str, label: Label, key: tuple[str, str]) -> None:
    assert keys((surface, label)) == [key]


def test_one_spelling_with_two_near_labels_is_one_with_the_label_of_most() -> None:
    found = linked(("Basalt 9", "Product"), ("Basalt 9", "Chip"), ("Basalt-9", "Chip"))
    assert {entity.key for entity in found} == {("Chip", "Basalt 9")}
    assert len(set(keys(("Basalt", "Chip"), ("Basalt", "Firm")))) == 2


def test_a_bracket_tells_an_acronym_or_the_name_in_another_script() -> None:
    text = "Yangtze Flash Works (YFW) and Sanyu Guangdian (三宇光电) merge. 三宇光电 leads YFW."
    firms: list[tuple[str, Label]] = [("Yangtze Flash Works", "Firm"), ("YFW", "Firm")]
    firms += [("Sanyu Guangdian", "Firm"), ("三宇光电", "Firm")]
    assert names(text, *firms) == ["Yangtze Flash Works"] * 2 + ["Sanyu Guangdian"] * 2


def test_an_acronym_may_stand_within_a_name() -> None:
    said: list[tuple[str, Label]] = [
        ("Basalt Semiconductor Manufacturing Company (BSMC) GmbH", "Firm"),
        ("BSMC", "Firm"),
    ]
    assert set(keys(*said)) == {("Firm", "Basalt Semiconductor Manufacturing Company")}


def test_whose_a_body_is_must_fit_what_the_gazetteer_knows() -> None:
    bureau: list[tuple[str, Label]] = [("Commerce Department's Bureau of Industry and Security", "Regulator")]
    assert keys(*bureau) == [("Regulator", "Bureau of Industry and Security")]
    assert keys(("America's SMIC", "Firm")) == [("Firm", "America's SMIC")]


def test_a_bracket_joins_no_two_models() -> None:
    text = "The Basalt 9 (玄武10) and the Basalt 8 (B7) ship."
    assert len(set(names(text, ("Basalt 9", "Chip"), ("玄武10", "Chip"), ("Basalt 8", "Chip"), ("B7", "Chip")))) == 4


# --- what could be either


@pytest.mark.parametrize(
    ("label", "short", "longer"),
    [
        ("Person", "Kim", ("Kim Dong-won", "Kim Min-seok")),
        ("Person", "Mr Lee", ("Lee Jae-yong", "Bruce Lee")),
        ("Firm", "Basalt", ("Basalt Optics", "Basalt Robotics")),
        ("Firm", "BSC", ("Basalt Silicon Carbide", "Boreal Storage Cells")),
        ("Regulator", "the Commission", ("European Commission", "Korea Fair Trade Commission")),
        ("Chip", "810", ("Zhenwu 810", "Xuanwu 810")),
        ("Chip", "X9", ("Basalt X9", "Boreal X9")),
    ],
)
def test_a_short_form_of_two_is_of_neither(label: Label, short: str, longer: tuple[str, str]) -> None:
    one, first, second = linked((short, label), *((name, label) for name in longer))
    assert len({one.key, first.key, second.key}) == 3


def test_a_short_form_means_the_one_that_others_are_named_after() -> None:
    said: list[tuple[str, Label]] = [("Basalt", "Firm"), ("Basalt Optics", "Firm"), ("Basalt Optics Korea", "Firm")]
    assert [name for _, name in keys(*said)] == ["Basalt Optics", "Basalt Optics", "Basalt Optics Korea"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Samsung", "Firm"), ("Samsung Display", "Firm")),
        (("Basalt", "Firm"), ("Basalt Ventures", "Fund")),
        (("Basalt", "Firm"), ("Basalt China", "Firm")),
        (("Falkner", "Firm"), ("Ulrike Falkner", "Person")),
        (("Nasdaq", "Market"), ("Nasdaq Stockholm", "Market")),
        (("China", "Country"), ("Chinese government", "Regulator")),
        (("Hua Hong", "Firm"), ("Hua Hong Group", "Firm")),
        (("Capital", "Fund"), ("Lotus Bridge Capital", "Fund")),
        (("Basalt 9", "Chip"), ("Basalt 9", "Person")),
    ],
)
def test_names_that_share_a_word_are_not_one_for_it(one: tuple[str, Label], other: tuple[str, Label]) -> None:
    assert len(set(keys(one, other))) == 2


def test_a_bare_model_number_is_of_the_family_that_the_document_names() -> None:
    assert keys(("910D", "Chip")) == [("Chip", "Ascend 910D")]
    assert set(keys(("Tianmu 910D", "Chip"), ("910D", "Chip"))) == {("Chip", "Tianmu 910D")}


# --- who acts


@pytest.mark.parametrize(
    ("surface", "label", "name"),
    [
        ("China", "Country", "Chinese government"),
        ("Chinese", "Country", "Chinese government"),
        ("Beijing", "Country", "Chinese government"),
        ("The Hague", "Country", "Dutch government"),
        ("Washington", "Regulator", "US government"),
        ("Huawei", "Firm", "Huawei"),
        ("Atlantis", "Country", "Atlantis"),
    ],
)
def test_a_country_that_acts_is_its_government(surface: str, label: Label, name: str) -> None:
    assert gazetteer.default().acting(linked((surface, label))[0].key)[1] == name


# --- for all names

ARTICLE: list[tuple[str, Label]] = [
    ("Basalt", "Firm"),
    ("Basalt Semiconductor", "Firm"),
    ("Basalt Semiconductor Korea", "Firm"),
    ("BSC", "Firm"),
    ("Basalt 9", "Chip"),
    ("Basalt 9", "Product"),
    ("Basalt-9", "Chip"),
    ("Ascend 910C", "Chip"),
    ("910C", "Chip"),
    ("910B", "Chip"),
    ("Kim", "Person"),
    ("Kim Dong-won", "Person"),
    ("Commerce", "Regulator"),
    ("US Department of Commerce", "Regulator"),
]


@given(seed=st.integers())
def test_the_order_of_the_names_changes_nothing(seed: int) -> None:
    text, spans = document(ARTICLE)
    shuffled = spans.copy()
    random.Random(seed).shuffle(shuffled)
    expected = dict(zip(spans, link(text, spans, gazetteer.default()), strict=True))
    assert dict(zip(shuffled, link(text, shuffled, gazetteer.default()), strict=True)) == expected


@given(seed=st.integers())
def test_the_order_of_the_text_changes_no_group(seed: int) -> None:
    said = list(dict.fromkeys((surface, "Chip" if label == "Product" else label) for surface, label in ARTICLE))
    shuffled = cast(list[tuple[str, Label]], said.copy())
    random.Random(seed).shuffle(shuffled)

    def groups(order: Sequence[tuple[str, Label]]) -> set[frozenset[str]]:
        found: dict[tuple[str, str], set[str]] = {}
        for (surface, _), entity in zip(order, linked(*order), strict=True):
            found.setdefault(entity.key, set()).add(surface)
        return {frozenset(group) for group in found.values()}

    assert groups(shuffled) == groups(cast(list[tuple[str, Label]], said))


FAMILIES = st.sampled_from(["", "Basalt ", "Basalt-", "Ascend ", "RTX ", "Core Ultra ", "昇腾", "Nvidia ", "DGX "])
MODELS = st.from_regex(r"[A-Z]{0,3}[1-9][0-9]{0,3}[A-Za-z]{0,2}", fullmatch=True)
VARIANTS = st.sampled_from(["", " Ti", " Super", " Pro", " Max", "+", " Ultra", " Lite", "s", " chips", " Gen 2"])
CHIPS = st.builds(lambda family, model, variant: family + model + variant, FAMILIES, MODELS, VARIANTS)


def digits(name: str) -> list[str]:
    return re.findall(r"\d+", name)


@settings(max_examples=300)
@given(chips=st.lists(CHIPS, min_size=2, max_size=8))
def test_no_two_names_with_different_digits_are_one(chips: list[str]) -> None:
    for known in (gazetteer.default(), NOTHING):
        found = linked(*((chip, "Chip") for chip in chips), known=known)
        for one, first in zip(chips, found, strict=True):
            for other, second in zip(chips, found, strict=True):
                if first.key == second.key and (first.label, first.name) not in known.entries:
                    assert digits(one) == digits(other)


@settings(max_examples=300)
@given(family=FAMILIES, model=MODELS, one=VARIANTS, other=VARIANTS)
def test_a_word_behind_the_number_makes_another_chip(family: str, model: str, one: str, other: str) -> None:
    first, second = linked((family + model + one, "Chip"), (family + model + other, "Chip"), known=NOTHING)
    same = {one, other} <= {"", "s", " chips"} or one == other
    assert same or first.key != second.key


@given(said=st.lists(st.tuples(st.text(max_size=12), st.sampled_from(["Firm", "Chip", "Person", "Market", "Sector"]))))
def test_whatever_is_tagged_is_linked(said: list[tuple[str, Label]]) -> None:
    found = linked(*said)
    assert len(found) == len(said)
    assert all(entity.name for (surface, _), entity in zip(said, found, strict=True) if surface.strip())


def test_a_town_that_acts_as_a_firm_is_the_one_firm_that_has_its_seat_there() -> None:
    found = index(gazetteer.default())
    assert found.find("Redmond", "Firm") == Known(("Firm", "Microsoft"), "host")
    assert found.find("Hsinchu", "Firm") is None, "many firms have their seat there"
    assert found.find("Redmond", "Product") is None
