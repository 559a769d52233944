"""What changed between two dates: facts that appeared, changed modality, were denied or ended, and by which claims."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

from graph.errors import QueryError
from graph.ontology import RELATIONS, STRENGTH, Modality
from graph.partial_date import PartialDate
from graph.row import as_claim
from graph.store import Rows, Store
from graph.summary import Row

Axis = Literal["publication", "event"]
AXES: tuple[Axis, ...] = ("publication", "event")

CHANGES = ("appeared", "changed", "denied", "ended")
COLUMNS = ["change", "subject", "relation", "object", "detail", "before", "after", "modality", "date", "end_date"]
COLUMNS += ["publisher", "published", "attribution", "evidence", "claim", "fact"]
_DATED: dict[Axis, tuple[str, ...]] = {"publication": ("published",), "event": ("date", "end_date")}
"""What a claim must have one of to count; the first is when it begins to."""

Dates = tuple[PartialDate, PartialDate]
_date = lru_cache(maxsize=10_000)(PartialDate.parse)


@dataclass
class _Change:
    """What the claims of one fact say at either date, those that count at the second only, and those that ended."""

    before: Modality | None = None
    after: Modality | None = None
    new: list[Row] = field(default_factory=list)
    ended: list[Row] = field(default_factory=list)

    def kind(self, claim: Row) -> str | None:
        """What a claim that is new did."""
        if claim["modality"] == "denied":
            return "denied"
        if self.before in (None, "denied"):
            return "appeared"
        return "changed" if claim["modality"] == self.after != self.before else None


def diff(store: Store, first: str, second: str, *, by: Axis = "publication", limit: int = 10_000) -> Rows:
    """A row for each change and claim that did it, by kind of change, relation and names.

    A fact appears when a claim that does not deny it is the first to count; it changes when its strongest claim becomes
    a stronger one; it is denied by each new claim that denies it, and ended by one that tells an end that has come.
    Claims without a date on the axis make no difference and are left out.

    Args:
        first, second: days, months or years; what may lie in one counts at it.
        by: compare what was published by then, or what had happened by then.

    Raises:
        QueryError: a date is none, or the second lies before the first.
    """
    dates = _ordered(first, second)
    changes = store.steadily(lambda: _changes(store, dates, by))
    facts = {row["id"]: row for row in store.stream("fact", "id", list(changes))}
    rows = [row for id, change in changes.items() if id in facts for row in _rows(facts[id], change)]
    rows.sort(key=lambda row: (CHANGES.index(str(row[0])), list(RELATIONS).index(str(row[2])), *map(str, row[1:])))
    return Rows(COLUMNS, rows[:limit], len(rows) > limit)


def _ordered(first: str, second: str) -> Dates:
    try:
        dates = PartialDate.parse(first), PartialDate.parse(second)
    except ValueError as error:
        raise QueryError(str(error)) from None
    if dates[1].last < dates[0].last:
        raise QueryError(f"{second} lies before {first}")
    return dates


def _changes(store: Store, dates: Dates, by: Axis) -> dict[str, _Change]:
    """Fact id -> what changed, for the facts of which something did."""
    found: dict[str, _Change] = {}
    for claim in store.stream("claim"):
        if any(claim.get(name) for name in _DATED[by]):
            _add(found.setdefault(claim["fact"], _Change()), claim, dates, by)
    return {id: change for id, change in found.items() if change.new or change.ended}


def _add(change: _Change, claim: Row, dates: Dates, by: Axis) -> None:
    before, after = (_counts(claim, date, by) for date in dates)
    if before:
        change.before = _stronger(change.before, claim["modality"])
    if after:
        change.after = _stronger(change.after, claim["modality"])
    new = after and not before
    if new:
        change.new.append(claim)
    if _ended(claim, dates[1]) and (new if by == "publication" else not _ended(claim, dates[0])):
        change.ended.append(claim)


def _counts(claim: Row, at: PartialDate, by: Axis) -> bool:
    """Whether a claim was published by a date, or whether what it tells had happened by then and had not ended."""
    known = claim.get(_DATED[by][0])
    if not known or _date(known).first > at.last:
        return False
    return by == "publication" or not claim.get("end_date") or _date(claim["end_date"]).last >= at.first


def _ended(claim: Row, at: PartialDate) -> bool:
    """Whether the end that a claim tells has come by a date."""
    return bool(claim.get("end_date")) and _date(claim["end_date"]).first <= at.last


def _stronger(one: Modality | None, other: Modality) -> Modality:
    return other if one is None or STRENGTH[other] > STRENGTH[one] else one


def _rows(fact: Row, change: _Change) -> Iterator[tuple[object, ...]]:
    for claim in change.new:
        if kind := change.kind(claim):
            yield _row(kind, fact, change, claim)
    for claim in change.ended:
        yield _row("ended", fact, change, claim)


def _row(kind: str, fact: Row, change: _Change, claim: Row) -> tuple[object, ...]:
    ends = fact["subject"], fact["relation"], fact["object"], fact.get("measure") or fact.get("metric")
    said = as_claim(claim)
    dates = (claim.get("date"), claim.get("end_date"), claim.get("publisher"), claim.get("published"))
    credit = list(said.attribution) or None
    return (kind, *ends, change.before, change.after, said.modality, *dates, credit, said.evidence, said.id, fact["id"])
