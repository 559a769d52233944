"""What a fact says in sum: how many claims, whose, how sure, from when to when."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple, Self

from graph.identity import Identity
from graph.model import Fact, entity_id, fact_id
from graph.ontology import DENIED, RELATIONS, STRENGTH, Modality
from graph.partial_date import PartialDate

Row = dict[str, Any]
"""An element as a store holds it: property name -> text, number or list of texts, absent keys left out."""


class Tally(NamedTuple):
    """Some claims of a fact that agree in publisher, modality and dates, counted."""

    fact: str
    publisher: str | None
    modality: Modality
    date: str | None
    end_date: str | None
    claims: int


class Key(NamedTuple):
    """What makes claims one fact: the ends under the names they go by, relation, measure or metric."""

    subject: str
    subject_label: str
    relation: str
    object: str
    object_label: str
    variant: str | None

    @classmethod
    def of(cls, claim: Row, identity: Identity) -> Self:
        """The key of the fact that a claim belongs to in this view of identity."""
        relation = RELATIONS[claim["relation"]]
        labels = claim["subject_label"], claim["object_label"]
        ends = [identity.name(label, claim[end]) for label, end in zip(labels, ("subject", "object"), strict=True)]
        if labels in relation.undirected:
            ends.sort()
        return cls(ends[0], labels[0], relation.name, ends[1], labels[1], claim.get(relation.key or ""))

    @property
    def subject_id(self) -> str:
        return entity_id(self.subject_label, self.subject)

    @property
    def object_id(self) -> str:
        return entity_id(self.object_label, self.object)

    @property
    def fact(self) -> str:
        """The id of the fact."""
        return fact_id(self.relation, self.subject_id, self.object_id, self.variant)


SUMS = ("claims", "publishers", "denied", "modality", "first", "last")
"""What a fact says of its claims; all else in it is what its id stands for."""

_ENDS = frozenset({"subject", "subject_id", "subject_label", "object", "object_id", "object_label"})
_date = lru_cache(maxsize=10_000)(PartialDate.parse)


@dataclass
class Summary:
    """Adds up claims in any order; equal sums for equal sets of claims."""

    claims: int = 0
    denied: int = 0
    modality: Modality = "denied"
    publishers: set[str] = field(default_factory=set)
    first: PartialDate | None = None
    last: PartialDate | None = None

    def add(self, tally: Tally) -> None:
        self.claims += tally.claims
        self.denied += tally.claims * (tally.modality == "denied")
        self.modality = max(self.modality, tally.modality, key=lambda modality: STRENGTH[modality])
        self.publishers.add((tally.publisher or "").casefold())
        for text in (tally.date, tally.end_date):
            if text:
                day = _date(text)
                self.first = min(self.first or day, day, key=lambda d: (d.first, d.text))
                self.last = max(self.last or day, day, key=lambda d: (d.last, d.text))

    def fact(self, key: Key) -> Row:
        """The row of the fact with this key."""
        variant = {RELATIONS[key.relation].key or "": key.variant} if key.variant is not None else {}
        return {
            "id": key.fact,
            "subject": key.subject,
            "subject_id": key.subject_id,
            "subject_label": key.subject_label,
            "relation": key.relation,
            "object": key.object,
            "object_id": key.object_id,
            "object_label": key.object_label,
            **variant,
            "claims": self.claims,
            "publishers": len(self.publishers),
            "denied": self.denied,
            "modality": self.modality,
            **({"first": self.first.text} if self.first else {}),
            **({"last": self.last.text} if self.last else {}),
        }


def edge_type(fact: Row) -> str:
    """The type of the edge a fact is: its relation, or DENIED while nobody holds it to be so."""
    return DENIED if fact["modality"] == "denied" else str(fact["relation"])


def edge_properties(fact: Row) -> Row:
    """What an edge says besides its type and ends."""
    return {key: value for key, value in fact.items() if key not in _ENDS}


def sums(tallies: Iterable[Tally]) -> dict[str, Summary]:
    """Fact id -> summary of its claims."""
    found: dict[str, Summary] = {}
    for tally in tallies:
        found.setdefault(tally.fact, Summary()).add(tally)
    return found


def tally(claim: Row) -> Tally:
    """A single claim, counted."""
    get = claim.get
    return Tally(claim["fact"], get("publisher"), claim["modality"], get("date"), get("end_date"), 1)


def as_fact(row: Row) -> Fact:
    """The model of a fact's row."""
    return Fact.model_validate({key: row[key] for key in Fact.model_fields if key in row})
