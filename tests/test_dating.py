"""Which date a claim takes, and what the dates of a text hang on."""

import pytest

from graph.model import Document
from graph.partial_date import PartialDate
from loaders import dating, prose, reading
from loaders.candidates import SLOTS, Node, ValueSpan
from loaders.chronology import Chronology
from loaders.dating import Dating, Scene
from loaders.values import Near, values
from loaders.words import words

PUBLISHED = PartialDate.parse("2025-10-20")


def told(text: str) -> list[list[str]]:
    """The dates of each sentence."""
    chronology = Chronology(PUBLISHED)
    found = []
    for sentence in prose.sentences(text):
        chronology = chronology.at(sentence)
        dates = list(chronology.find(sentence.text))
        chronology = chronology.after(dates)
        found.append([str(when.date) for when in dates])
    return found


def test_a_day_under_the_heading_of_a_year_is_one_of_that_year() -> None:
    assert told("2022\n\nMarch 3 — Alder buys Birch.\n\n2023\n\nMay 9 — Birch sues Cedar.") == [
        ["2022"], ["2022-03-03"], ["2023"], ["2023-05-09"]]  # fmt: skip


def test_entries_of_a_timeline_follow_one_another() -> None:
    text = "5 November 2023 — Alder bids for Birch.\n\n9 January — Birch refuses.\n\n2 December — Alder gives up."
    assert told(text) == [["2023-11-05"], ["2024-01-09"], ["2024-12-02"]]


def test_an_entry_of_a_timeline_is_told_as_of_its_date() -> None:
    assert told("July 3, 2023 — Rules are announced, effective August 1. Alder will pay this year.") == [
        ["2023-07-03", "2023-08-01"], ["2023"]]  # fmt: skip
    assert told("2018: in July Alder buys Birch.\n\nCedar opened in July.") == [["2018", "2018-07"], ["2025-07"]]


def test_what_stands_in_an_entry_may_take_its_date() -> None:
    read = words("4 June 2020. The board removes him.\n\nAlder is silent.", [])
    found = [(near.said, near.span.sentence) for near in values(read, PUBLISHED) if near.span.sentence >= 0]
    assert found == [("2020-06-04", 0), ("2020-06-04", 1)]


def scene(text: str, subject: str, obj: str) -> Scene:
    read = words(text, [])
    forms = read.forms()
    ends = [Node(at, at, "Firm", True, n, read.sentence[at]) for n, at in enumerate(map(forms.index, (subject, obj)))]
    return Scene(read, sorted(ends), str(PUBLISHED), ends[0], ends[1], "ACQUIRES", "stated")


def dates(one: Scene) -> list[tuple[Near, float]]:
    return [(near, 0.0) for near in values(one.words, PUBLISHED) if near.span.slot == SLOTS.index("date")]


def test_the_likeliest_date_is_chosen_and_none_if_that_is_likelier() -> None:
    one = scene("Alder bought Birch in May 2021, and Cedar opened in 2023.", "Alder", "Birch")
    assert _chosen({"alone": 1.0, "nearest": 1.0, "bias": -0.5}, one) == "2021-05"
    assert _chosen({"nearest": 1.0, "bias": -2.0}, one) is None
    assert _chosen({}, one) is None


def _chosen(weights: dict[str, float], one: Scene) -> str | None:
    found = Dating(weights).chosen(one, dates(one))
    return str(found.said) if found else None


def test_a_date_told_twice_counts_for_both_places() -> None:
    one = scene("Alder bought Birch in 2021; in 2021 Cedar opened.", "Alder", "Birch")
    assert _chosen({"bias": -0.3, "published": -9.0}, one) == "2021"


def test_a_claim_without_dates_about_it_takes_none() -> None:
    assert dating.default().chosen(scene("Alder bought Birch.", "Alder", "Birch"), []) is None


def test_scores_beyond_all_measure_do_not_overflow() -> None:
    one = scene("Alder bought Birch in 2021.", "Alder", "Birch")
    near = Near(ValueSpan(3, 3, SLOTS.index("date"), 0), "2021")
    assert Dating({"score": 1.0}).chosen(one, [(near, 1e9)]) == near


DEAL = ("Intel", "ACQUIRES", "Altera")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Intel acquired Altera in 2015.", "2015"),
        ("Intel acquired Altera in 2015, and AMD opened a plant in 2019.", "2015"),
        ("AMD opened a plant in 2019; in 2015 Intel acquired Altera.", "2015"),
        ("Intel, which was founded in 1968, acquired Altera.", None),
    ],
)
def test_a_claim_takes_the_date_of_its_own_clause(text: str, expected: str | None) -> None:
    found = reading.extraction(Document(title="Deals", text=text, published=PUBLISHED), least=0.05)
    dates = [claim.date for claim in found.claims if (claim.subject, claim.relation, claim.object) == DEAL]
    assert [date and str(date) for date in dates] == [expected]
