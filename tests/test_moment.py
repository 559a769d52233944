"""What counted when: as_of and known_by in queries, and the difference between two dates; on both stores."""

import datetime
from collections.abc import Iterator

import pytest
from conftest import empty, extraction, note
from hypothesis import given
from hypothesis import strategies as st

import queries
from graph import QueryError, open_store
from graph.partial_date import PartialDate
from graph.store import Rows, Store
from queries.diff import diff


@pytest.fixture
def filled(store: Store) -> Iterator[Store]:
    """Four documents about whom Acme supplies."""
    early = [note("Acme", "SUPPLIES", "Beta", date="2022", modality="rumored"), note("Acme", "SUPPLIES", "Gamma")]
    later = [note("Acme", "SUPPLIES", "Beta", date="2023-05", modality="stated")]
    later += [note("Acme", "SUPPLIES", "Delta", date="2021", end_date="2023-03")]
    denial = [note("Acme", "SUPPLIES", "Beta", date="2024-02-10", modality="denied")]
    empty(store).add(
        [
            extraction(*early, publisher="P", published="2022-09-15"),
            extraction(*later, publisher="Q", published="2023-06"),
            extraction(*denial, publisher="R", published="2024"),
            extraction(note("Acme", "SUPPLIES", "Eps", date="2022-01-01"), title="without a date"),
        ]
    )
    yield store
    empty(store)


def customers(store: Store, **params: object) -> set[tuple[str, str]]:
    rows = queries.run(store, "customers", firm="Acme", **params)
    at = [rows.columns.index(column) for column in ("customer", "modality")]
    return {(row[at[0]], row[at[1]]) for row in rows.rows}


def test_what_happened_counts_from_any_day_that_its_date_can_mean(filled: Store) -> None:
    undated = {("Gamma", "stated")}
    for day in ("2022", "2022-01-01", "2022-12-31", "2022-07"):
        found = {("Beta", "rumored"), ("Delta", "stated"), ("Eps", "stated")}
        assert customers(filled, as_of=day) == found | undated, day
    assert customers(filled, as_of="2021-12-31") == {("Delta", "stated")} | undated
    assert ("Beta", "stated") not in customers(filled, as_of="2023-04-30")
    assert ("Beta", "stated") in customers(filled, as_of="2023-05-01")


def test_what_has_ended_does_not_count(filled: Store) -> None:
    assert ("Delta", "stated") in customers(filled, as_of="2023-03-31")
    assert ("Delta", "stated") not in customers(filled, as_of="2023-04-01")
    assert ("Delta", "stated") in customers(filled, as_of="2023"), "some day of 2023 lies before the end"


def test_what_was_published_later_is_not_known(filled: Store) -> None:
    assert customers(filled, known_by="2022-09-14") == {("Eps", "stated")}
    assert customers(filled, known_by="2022-09") == {("Beta", "rumored"), ("Gamma", "stated"), ("Eps", "stated")}
    assert ("Delta", "stated") in customers(filled, known_by="2023-06-01")
    assert ("Beta", "denied") in customers(filled, known_by="2024")


def test_what_tells_no_date_counts_unless_it_is_not_to(filled: Store) -> None:
    assert customers(filled, as_of="2022", undated=False) == {
        ("Beta", "rumored"),
        ("Delta", "stated"),
        ("Eps", "stated"),
    }
    assert customers(filled, known_by="2022", undated=False) == {("Beta", "rumored"), ("Gamma", "stated")}
    assert customers(filled, undated=False) == customers(filled), "without a date asked for nothing is left out"


def test_a_fact_that_only_denials_speak_of_at_a_time_is_hidden_unless_asked_for(store: Store) -> None:
    denial = note("Acme", "SUPPLIES", "Beta", date="2022", modality="denied")
    empty(store).add([extraction(denial, note("Acme", "SUPPLIES", "Beta", date="2024"))])
    assert customers(store, as_of="2023") == set()
    assert customers(store, as_of="2023", denied=True) == {("Beta", "denied")}
    assert customers(store, as_of="2024") == {("Beta", "denied"), ("Beta", "stated")}
    counted = queries.run(store, "most-claimed", as_of="2024")
    (row,) = [dict(zip(counted.columns, row, strict=True)) for row in counted.rows]
    assert (row["modality"], row["claims"], row["denials"]) == ("stated", 2, 1)
    empty(store)


_DAYS = st.dates(datetime.date(2021, 12, 1), datetime.date(2023, 2, 1))
_TEXTS = st.builds(lambda day, size: day.isoformat()[:size], _DAYS, st.sampled_from([4, 7, 10]))


@given(date=_TEXTS, end=st.none() | _TEXTS, asked=_TEXTS)
def test_dates_as_texts_compare_like_the_intervals_they_mean(date: str, end: str | None, asked: str) -> None:
    first, at = PartialDate.parse(date), PartialDate.parse(asked)
    last = PartialDate.parse(end) if end else None
    if last and last < first:
        return
    known = {"end_date": end} if end else {}
    with open_store(":memory:") as store:
        store.add([extraction(note("Acme", "SUPPLIES", "Beta", date=date, **known), published=date)])
        counts = first.first <= at.last and (last is None or last.last >= at.first)
        assert bool(customers(store, as_of=asked)) == counts
        assert bool(customers(store, known_by=asked)) == (first.first <= at.last)


# -- differences


def changes(rows: Rows, *columns: str) -> list[tuple[object, ...]]:
    at = [rows.columns.index(column) for column in ("change", "object", *columns)]
    return [tuple(row[n] for n in at) for row in rows.rows]


def test_a_difference_names_the_claims_that_made_it(filled: Store) -> None:
    found = diff(filled, "2022", "2023")
    assert changes(found, "before", "after", "date") == [
        ("appeared", "Delta", None, "stated", "2021"),
        ("changed", "Beta", "rumored", "stated", "2023-05"),
        ("ended", "Delta", None, "stated", "2021"),
    ]
    assert changes(diff(filled, "2023", "2024"), "before", "after") == [("denied", "Beta", "stated", "stated")]
    assert changes(diff(filled, "2021", "2022")) == [("appeared", "Beta"), ("appeared", "Gamma")]
    assert diff(filled, "2024", "2025").rows == []
    evidence = found.rows[1][found.columns.index("evidence")]
    assert str(evidence).startswith("Acme SUPPLIES Beta")


def test_a_difference_of_events_goes_by_when_they_happened(filled: Store) -> None:
    assert changes(diff(filled, "2021-12", "2022-12", by="event")) == [("appeared", "Beta"), ("appeared", "Eps")]
    assert changes(diff(filled, "2022", "2023-12", by="event"), "before", "after") == [
        ("changed", "Beta", "rumored", "stated"),
        ("ended", "Delta", "stated", None),
    ]
    assert changes(diff(filled, "2023", "2024", by="event")) == [("denied", "Beta")]
    assert diff(filled, "2022-02", "2022-11", by="event").rows == [], "2022 may lie in either"


def test_what_was_denied_before_appears(store: Store) -> None:
    denial = extraction(note("Acme", "OWNS", "Beta", modality="denied"), published="2022")
    empty(store).add([denial, extraction(note("Acme", "OWNS", "Beta"), published="2023")])
    assert changes(diff(store, "2022", "2023"), "before", "after") == [("appeared", "Beta", "denied", "stated")]
    assert changes(diff(store, "2021", "2022")) == [("denied", "Beta")]
    assert diff(store, "2021", "2023", limit=1).cut
    empty(store)


def test_dates_that_are_none_or_go_back_are_refused(store: Store) -> None:
    for dates in (("2024", "2023"), ("2024-06", "2024-05-31"), ("then", "2024")):
        with pytest.raises(QueryError, match=r"lies before|is no date"):
            diff(store, *dates)
