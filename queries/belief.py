"""How well claims bear their facts: belief from independent voices, where they contradict, in which order they came.

Belief follows Shafer, A Mathematical Theory of Evidence (1976): each independent voice is a simple support function,
for a fact or against it. Voices that agree combine to `1 - Π (1 - s)`, which is also the noisy-or of truth discovery
(Yin, Han and Yu, Truth Discovery with Multiple Conflicting Information Providers on the Web, 2008). With `f` for and
`a` against,

    belief = f (1 - a) / (1 - f a)    doubt = a (1 - f) / (1 - f a)    open = (1 - f) (1 - a) / (1 - f a)

which add up to 1. How much one voice is worth (`TRUST`, `WEIGHT`) is chosen, not measured: belief orders facts, and is
no frequency.

Who only repeats is no independent voice: claims that credit one source, come from one publisher, or say it in the same
words are one voice.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from heapq import nsmallest
from math import prod
from typing import NamedTuple

from graph.errors import QueryError
from graph.ontology import STRENGTH
from graph.partial_date import PartialDate
from graph.summary import Row
from queries.view import RANK, Answer, Edge, Told, View, answer

TRUST = 0.7
"""How far one voice that states something is believed."""
WEIGHT = {"stated": 1.0, "expected": 0.6, "rumored": 0.4, "denied": 1.0}
"""What part of that trust a claim of each modality has."""
LIMIT = 100
DIGITS = 6


class Belief(NamedTuple):
    """How well a fact is borne out."""

    subject: str
    relation: str
    object: str
    detail: str | None
    modality: str
    belief: float
    doubt: float
    open: float
    voices: list[str]
    """Who says so independently of one another; who repeats whom stands in one text."""
    against: list[str]
    claims: int
    evidence: list[Told]
    """The best claim of each voice."""


class Conflict(NamedTuple):
    """Claims of one fact that cannot all be right."""

    subject: str
    relation: str
    object: str
    about: str
    """`denied`, or the qualifier whose values differ."""
    values: list[str]
    evidence: list[Told]
    """The best claim for each value."""


class Moment(NamedTuple):
    """What is told to have happened at one time."""

    date: str | None
    end_date: str | None
    subject: str
    relation: str
    object: str
    modality: str
    claims: int
    published: str | None
    """When it was told first."""
    evidence: list[Told]


# -- corroboration


def corroborate(
    view: View, name: str | None = None, *, trust: float = TRUST, weakest_first: bool = False, limit: int = LIMIT
) -> Answer[Belief]:
    """How well the facts of an entity, or all of them, are borne out by voices that do not depend on one another.

    Args:
        trust: how far one voice that states something is believed, between 0 and 1.
        weakest_first: what rests on least comes first.

    Raises:
        NotFound: the name is unknown or means several.
        QueryError: `trust` is out of bounds.
    """
    if not 0 < trust < 1:
        raise QueryError(f"trust is {trust}, not between 0 and 1")
    every = (_belief(view, edge, claims, trust) for edge, claims in view.borne(_edges(view, name)))
    sign = 1 if weakest_first else -1
    found = nsmallest(limit + 1, every, lambda row: (sign * row.belief, row.doubt, _ends(row)))
    return answer(Belief, found[:limit], len(found) > limit)


def _ends(row: "Belief | Conflict") -> tuple[str, ...]:
    return row.subject, row.relation, row.object, row.evidence[0]["fact"]


def _belief(view: View, edge: Edge, claims: Sequence[Row], trust: float) -> Belief:
    sides = [[row for row in claims if (row["modality"] == "denied") == denied] for denied in (False, True)]
    pro, contra = (list(_voices(side)) for side in sides)
    belief, doubt, rest = (round(n, DIGITS) for n in combined(_unconvinced(pro, trust), _unconvinced(contra, trust)))
    names = [name for name, _ in pro], [name for name, _ in contra]
    ends = view.name(edge.subject), edge.relation, view.name(edge.object), edge.detail, edge.modality
    quotes = [view.telling(edge, rows[0]) for _, rows in (*pro, *contra)]
    return Belief(*ends, belief, doubt, rest, *names, len(claims), quotes)


def combined(pro: float, contra: float) -> tuple[float, float, float]:
    """Belief, doubt, and what is left open, by Dempster's rule, from `1 - f` and `1 - a` of the formula above.

    Example:
        >>> combined(0.25, 0.5)  # f = 0.75, a = 0.5
        (0.6, 0.2, 0.2)
    """
    pro, contra = max(pro, _LEAST), max(contra, _LEAST)
    whole = pro + contra - pro * contra
    return (1 - pro) * contra / whole, (1 - contra) * pro / whole, pro * contra / whole


_LEAST = 1e-150
"""Hundreds of voices on both sides leave no number that floats can hold."""


def _unconvinced(voices: Iterable[tuple[str, Sequence[Row]]], trust: float) -> float:
    """What independent voices leave of the doubt in them. Each counts once, with the strongest thing it says."""
    return prod(1 - trust * max(WEIGHT[row["modality"]] for row in rows) for _, rows in voices)


def _voices(claims: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Claims parted by who speaks in the end, in order of name: those with a source or a sentence in common are one."""
    groups: list[tuple[set[str], list[Row]]] = []
    for row in claims:
        marks = {f"source {name.casefold()}" for name in _sources(row)} | {f"words {' '.join(row['evidence'].split())}"}
        joined = [group for group in groups if group[0] & marks]
        groups = [group for group in groups if not group[0] & marks]
        groups.append((marks.union(*(m for m, _ in joined)), [r for _, rows in joined for r in rows] + [row]))
    named = [(" = ".join(sorted({name for row in rows for name in _sources(row)})) or "-", rows) for _, rows in groups]
    for name, rows in sorted(named, key=lambda group: (group[0], group[1][0]["id"])):
        yield name, sorted(rows, key=lambda row: (-STRENGTH[row["modality"]], row["id"]))


def _sources(claim: Row) -> list[str]:
    """To whom a claim is credited, else its publisher; all documents without one are one source."""
    return claim.get("attribution") or [claim.get("publisher", "")]


def _edges(view: View, name: str | None) -> list[Edge]:
    return view.edges(view.node(name)) if name else sorted(view.facts())


# -- contradictions

_MEASURED = ("amount", "stake", "quantity", "share", "delta")
"""Qualifiers of which one fact has one value, or several that contradict."""


def conflicts(view: View, name: str | None = None, *, tolerance: float = 0.01, limit: int = LIMIT) -> Answer[Conflict]:
    """Facts, of an entity or all, that some state and others deny, or of which different amounts or shares are told.

    Amounts in different currencies are no conflict, nor are values at different dates.

    Args:
        tolerance: by what part of the larger two values may differ, as rounded ones do.

    Raises:
        NotFound: the name is unknown or means several.
    """
    borne = view.borne(_edges(view, name))
    every = (row for edge, claims in borne for row in _conflicts(view, edge, claims, tolerance))
    found = nsmallest(limit + 1, every, lambda row: (row.about != "denied", _ends(row), row.about, row.values))
    return answer(Conflict, found[:limit], len(found) > limit)


def _conflicts(view: View, edge: Edge, claims: Sequence[Row], tolerance: float) -> Iterator[Conflict]:
    ends = view.name(edge.subject), edge.relation, view.name(edge.object)
    sides = {row["modality"]: row for row in reversed(claims)}
    if "denied" in sides and len(sides) > 1:
        words = sorted(sides, key=RANK.__getitem__, reverse=True)
        yield Conflict(*ends, "denied", words, [view.telling(edge, sides[word]) for word in words])
    for qualifier in _MEASURED:
        values = _values(claims, qualifier)
        for group in _differing(values, tolerance):
            told = [f"{group[value].get('currency', '')} {value:g}".strip() for value in sorted(group)]
            yield Conflict(*ends, qualifier, told, [view.telling(edge, group[value]) for value in sorted(group)])


def _values(claims: Sequence[Row], qualifier: str) -> list[tuple[float, Row]]:
    return [(row[qualifier], row) for row in claims if qualifier in row and row["modality"] != "denied"]


def _differing(values: Iterable[tuple[float, Row]], tolerance: float) -> Iterator[dict[float, Row]]:
    """Values of one currency and date that lie too far apart, each with its best claim."""
    groups: dict[tuple[str, str], dict[float, Row]] = defaultdict(dict)
    for value, row in values:
        groups[row.get("currency", ""), row.get("date", "")].setdefault(value, row)
    for _, group in sorted(groups.items()):
        if max(group) - min(group) > tolerance * max(map(abs, group)):
            yield group


# -- the order of things


def timeline(view: View, name: str, *, other: str | None = None, limit: int = 1000) -> Answer[Moment]:
    """What is told of an entity, or of it and another, in order of date; what has none comes last. Denials too.

    Raises:
        NotFound: a name is unknown or means several.
    """
    node = view.node(name)
    second = view.node(other) if other else None
    facts = [
        row
        for row in view.store.stream("fact", "entity", [node])
        if second in (None, row["subject_id"], row["object_id"])
    ]
    wanted = {row["id"]: _edge(row) for row in facts if not view.relations or row["relation"] in view.relations}
    groups: dict[tuple[str, str, str, str], list[Row]] = defaultdict(list)
    for id, rows in view.claims(wanted).items():
        for row in rows:
            if not view.modalities or row["modality"] in view.modalities:
                groups[row.get("date", ""), row.get("end_date", ""), id, row["modality"]].append(row)
    found = sorted((_moment(view, wanted[key[2]], rows) for key, rows in groups.items()), key=_when)
    return answer(Moment, found[:limit], len(found) > limit)


def _edge(row: Row) -> Edge:
    variant = row.get("measure") or row.get("metric")
    return Edge(row["id"], row["subject_id"], row["relation"], row["object_id"], row["modality"], variant)


def _moment(view: View, edge: Edge, rows: Sequence[Row]) -> Moment:
    first = rows[0]
    ends = view.name(edge.subject), edge.relation, view.name(edge.object), first["modality"]
    published = min((row["published"] for row in rows if "published" in row), default=None)
    quotes = [view.telling(edge, row) for row in rows]
    return Moment(first.get("date"), first.get("end_date"), *ends, len(rows), published, quotes)


def _when(moment: Moment) -> tuple[object, ...]:
    """By the first day that the date can mean, the wider interval first; without a date last."""
    dates = [PartialDate.parse(text) for text in (moment.date or moment.end_date,) if text]
    days = [(date.first.isoformat(), -date.last.toordinal()) for date in dates]
    return not days, days, moment.end_date or "", moment[2:6], moment.evidence[0]["fact"]
