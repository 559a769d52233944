"""The values of a text that claims may take."""

from graph.partial_date import PartialDate
from loaders.values import values
from loaders.words import words

TIMELINE = """A quarrel in dates
2019
December 15 — Kestrel is put on the list.
A day later it sues.
2022
March 3 — The list is made longer, as announced in December 2021.
Last week it grew again."""


def test_under_the_heading_of_a_year_days_are_of_that_year() -> None:
    found = [near.said for near in values(words(TIMELINE, []), PartialDate.parse("2024-09-19"))]
    assert found[3:] == ["2019", "2019-12-15", "2019-12-16", "2022", "2022-03-03", "2021-12", "2024-09"]


def test_without_a_heading_days_are_near_the_day_of_publication() -> None:
    read = words("December 15 — Kestrel is put on the list.", [])
    assert [near.said for near in values(read, PartialDate.parse("2024-09-19"))][3:] == ["2023-12-15"]
