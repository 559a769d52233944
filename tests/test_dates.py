"""Dates as the press writes them, against a golden table."""

import csv
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.partial_date import PartialDate
from loaders import dates

THURSDAY = "2024-09-19"


def golden() -> Iterator[tuple[str, str, str]]:
    """Yield dates of publication, sentences, and all that these date, in order; nothing where it cannot be resolved."""
    with (Path(__file__).parent / "data" / "dates.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["published"], row["sentence"], row["expected"]


@pytest.mark.parametrize(("published", "sentence", "expected"), list(golden()))
def test_a_sentence_holds_just_the_dates_of_the_golden_table(published: str, sentence: str, expected: str) -> None:
    found = dates.find(sentence, PartialDate.parse(published) if published else None)
    assert [str(when.date) for when in found if when.date] == expected.split()


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


@pytest.mark.parametrize(
    ("words", "anchor", "expected"),
    [
        ("Two years later it was sold", "2019", "2021"),
        ("Three months later it was sold", "2019-05-02", "2019-08"),
        ("The next day it was sold", "2019-05-02", "2019-05-03"),
        ("It was sold in May of that year", "2019", "2019-05"),
        ("It was sold that September", "2019-05", "2019-09"),
        ("It was sold on the 25th", "2019-05", "2019-05-25"),
    ],
)
def test_words_refer_to_the_date_that_was_named_before(words: str, anchor: str, expected: str) -> None:
    found = list(dates.find(words, PartialDate.parse(THURSDAY), PartialDate.parse(anchor)))
    assert [str(when.date) for when in found] == [expected]


@pytest.mark.parametrize(
    ("words", "anchor", "expected"),
    [
        ("in December", None, ["2023-12", "2024-12"]),
        ("on Friday", None, ["2024-09-13", "2024-09-20"]),
        ("24 February: deliveries stop", "2022", ["2024-02-24", "2025-02-24", "2022-02-24"]),
        ("a year ago", None, ["2023", "2023-09"]),
        ("on 05/08/2023", None, ["2023", "2023-08-05"]),
        ("in 2022", None, ["2022"]),
    ],
)
def test_what_has_several_readings_gives_them_all_the_likeliest_first(
    words: str, anchor: str | None, expected: list[str]
) -> None:
    (found,) = dates.find(words, PartialDate.parse(THURSDAY), PartialDate.parse(anchor) if anchor else None)
    assert [str(found.date), *map(str, found.others)] == expected


@pytest.mark.parametrize(
    "piece",
    ["in the first ", "January ", "the same ", "1 ", "A", "2024-", "of the 1st ", "by early late mid end ",
     "first day of ", "to be planned expected ", "that January 5 of ", "last ", "two weeks ", "1/2/", " "],
)  # fmt: skip
def test_a_long_sentence_of_odd_text_costs_little(piece: str) -> None:
    sentence = (piece * 2000)[:2000]
    began = time.perf_counter()
    list(dates.find(sentence, PartialDate.parse(THURSDAY)))
    assert time.perf_counter() - began < 1


@given(st.text())
def test_no_text_breaks_the_grammar(text: str) -> None:
    list(dates.find(text, PartialDate.parse(THURSDAY), PartialDate.parse("2022")))


@given(st.dates(date(1990, 1, 1), date(2040, 1, 1)), st.integers(0, 400))
def test_the_narrowest_unit_holds_all_days_of_the_interval(first: date, days: int) -> None:
    last = first + timedelta(days)
    found = dates.narrowest(first, last)
    if found is None:
        assert first.year != last.year
    else:
        assert found.first <= first
        assert last <= found.last


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("was told on September 10 that exports would need a licence", "2024-09-10"),
        ("the list of September 30", "2024-09-30"),
        ("the list of December 30", "2023-12-30"),
        ("exports will need a licence from March 3", "2025-03-03"),
    ],
)
def test_a_day_close_to_publication_is_that_one_wherever_the_words_point(words: str, expected: str) -> None:
    assert str(dates.resolve(words, PartialDate.parse(THURSDAY))) == expected
