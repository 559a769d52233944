"""Lists of restricted parties: whom an authority lists where no sentence names both."""

import pytest

from graph.model import Document
from loaders import reading
from loaders.gazetteer import default

ACT = "The Bureau of Industry and Security today added five parties to the Entity List, effective immediately."


def listed(text: str) -> set[tuple[str, str, str]]:
    """Authority, party and modality of the sanctions that are found."""
    claims = reading.extraction(Document(text=text), least=0.5).claims
    return {(c.subject, c.object, c.modality) for c in claims if c.relation == "SANCTIONS"}


def parties(text: str) -> set[str]:
    return {party for authority, party, modality in listed(text) if authority == "Bureau of Industry and Security"}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            f"{ACT}\n\nBasaltic Optics Co., Ltd. and Tarn Photonics Inc. were added for buying lenses for the army.",
            {"Basaltic Optics", "Tarn Photonics"},
        ),
        (f"{ACT}\n\nSugon, which was placed on the List in 2019, buys from them.", {"Sugon"}),
        (
            f"{ACT}\n\nThe following parties are added:\n\n- Basaltic Optics, for buying lenses;\n\n"
            "- Tarn Photonics, a unit of Basaltic Optics;\n\nLicences will be refused. Micron is glad of it.",
            {"Basaltic Optics", "Tarn Photonics"},
        ),
        (f"{ACT} Among them are Basaltic Optics and Tarn Photonics.", {"Basaltic Optics", "Tarn Photonics"}),
        (f"{ACT} The additions comprise parties located in Iran, Pakistan and the United Arab Emirates.", {"Iran"}),
    ],
)
def test_the_parties_of_a_list_are_hit_by_the_authority_that_the_text_names_once(text: str, names: set[str]) -> None:
    assert names <= parties(text)


def test_who_is_taken_off_a_list_is_denied_to_be_hit() -> None:
    text = f"{ACT}\n\nBasaltic Optics was removed after an appeal to the committee."
    assert ("Bureau of Industry and Security", "Basaltic Optics", "denied") in listed(text)


@pytest.mark.parametrize(
    "text",
    [
        "Basaltic Optics and Tarn Photonics were added for buying lenses for the army.",
        f"{ACT}\n\nBasaltic Optics was listed on the Nasdaq in June, and Tarn Photonics was listed in Hong Kong.",
        f"{ACT}\n\nThe European Commission said that Basaltic Optics was added for other reasons.",
    ],
)
def test_nobody_is_listed_without_an_authority_or_by_another_or_on_an_exchange(text: str) -> None:
    assert {"Basaltic Optics", "Tarn Photonics"}.isdisjoint(parties(text))


def test_a_name_with_a_place_in_brackets_is_one_name_unless_the_line_ends_there() -> None:
    text = "Basaltic (Beijing) Electronics makes lenses.\n\nTarn (France)\nTarn makes lasers."
    names = {name for _, name in reading.findings(Document(text=text), default()).read.keys}
    assert "Basaltic (Beijing) Electronics" in names
    assert not any(name.startswith("Tarn (") for name in names)


def test_a_dash_between_blanks_parts_a_headline_from_a_name() -> None:
    text = "MEMORY - Micron sued Netlist. It will take years, Micron said of Netlist and of Basaltic-9."
    found = reading.findings(Document(text=text), default()).read
    assert not any(" - " in form for forms in found.aliases for form in forms)
