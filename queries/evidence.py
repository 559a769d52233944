"""Answers with their evidence, for one entity or one pair: what `show`, `why` and `find` print."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from graph import lookup
from graph.errors import NotFound, QueryError
from graph.model import Claim, Fact
from graph.ontology import KEYS, RELATIONS, STRENGTH
from graph.row import as_claim
from graph.store import Rows, Store
from graph.summary import SUMS, Row, as_fact

FACT = ["subject", "relation", "object", "detail", "modality", "claims", "publishers", "first", "last"]
EDGE = (*sorted(KEYS), *SUMS)
"""What an edge says besides its type, ends and id."""
_ID = re.compile("[0-9a-f]{24}")  # graph.model.content_id
LONGEST_NAME = 200
"""Characters up to which a text in an answer can be a name: sentences are not looked up."""
CLAIM = ["subject", "relation", "object", "detail", "modality", "date", "attribution", "publisher", "published"]


def show(store: Store, name: str, *, denied: bool = False, limit: int = 1000) -> Rows:
    """The facts of an entity, each with its best evidence: the strongest claim, the latest published among equals.

    Args:
        denied: also the facts all of whose claims are denied.

    Raises:
        NotFound: the name is unknown or means several.
    """
    entity = store.entity(name)
    facts = [fact for fact in store.facts(entity=entity.id) if denied or fact.modality != "denied"]
    facts.sort(key=lambda fact: (fact.subject_id != entity.id, *_order(fact)))
    return _told(store, facts, limit)


def every(store: Store, *, relation: str | None = None, denied: bool = False, limit: int = 1000) -> Rows:
    """The facts of the graph, or of a relation, like `show`: in order of relation, the most claimed first.

    Raises:
        QueryError: the relation is unknown.
    """
    relation = _known(relation)
    found = [fact for fact in store.facts() if relation in (None, fact.relation)]
    return _told(store, sorted((fact for fact in found if denied or fact.modality != "denied"), key=_order), limit)


def behind(store: Store, rows: Rows, given: Iterable[object], relations: Collection[str], limit: int) -> Rows:
    """The facts that rows name, like `show`: by their id, or by two entities in one row.

    Args:
        given: parameters that the rows answer to; what they name counts as named in every row.
        relations: of the facts that two entities name; any where there are none.
    """
    named = [set(_texts(row)) for row in rows.rows]
    always = set(_texts(list(given)))
    words = always.union(*named)
    ids = {word for word in words if _ID.fullmatch(word)}
    places: dict[str, set[int]] = defaultdict(set)  # entity id -> rows that name it
    for by, wanted in (("id", ids), ("name", words)):
        for row in store.stream("entity", by, wanted):
            everywhere = row[by] in always
            places[row["id"]].update(n for n, texts in enumerate(named) if everywhere or row[by] in texts)
    found = {row["id"]: as_fact(row) for row in store.stream("fact", "id", ids)}
    for row in store.stream("fact", "entity", list(places)):
        joined = places.get(row["subject_id"], set()) & places.get(row["object_id"], set())
        if joined and (not relations or row["relation"] in relations):
            found[row["id"]] = as_fact(row)
    return _told(store, sorted(found.values(), key=_order), limit)


def _texts(value: object) -> Iterator[str]:
    """The texts in a value that can be names or ids, however deep."""
    if isinstance(value, str):
        if 0 < len(value) <= LONGEST_NAME:
            yield value
    elif isinstance(value, Mapping):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _texts(part)


def _told(store: Store, facts: list[Fact], limit: int) -> Rows:
    """Facts, each with its best evidence, `limit` at most."""
    shown = facts[:limit]
    found = best(store, shown)
    rows = []
    for fact in shown:
        row = found[fact.id]
        rows.append((*_summed(fact), row.get("publisher"), row.get("published"), row["evidence"]))
    return Rows([*FACT, "publisher", "published", "evidence"], rows, len(facts) > limit)


def facts(store: Store, *, denied: bool = False) -> Rows:
    """Every fact, in order of relation.

    Args:
        denied: also those all of whose claims are denied.
    """
    found = sorted((fact for fact in store.facts() if denied or fact.modality != "denied"), key=_order)
    columns = ["subject", "relation", "object", "detail", "modality", "claims", "date"]
    return Rows(columns, [(*_summed(fact)[:6], _span(fact)) for fact in found])


def _span(fact: Fact) -> str | None:
    """From when to when its claims tell, as one text."""
    ends = [str(date) for date in (fact.first, fact.last) if date]
    return " to ".join(dict.fromkeys(ends)) or None


def _order(fact: Fact) -> tuple[object, ...]:
    return list(RELATIONS).index(fact.relation), -fact.claims, fact.subject, fact.object, fact.id


def _summed(fact: Fact) -> tuple[object, ...]:
    ends = (fact.subject, fact.relation, fact.object, fact.measure or fact.metric)
    return (*ends, fact.modality, fact.claims, fact.publishers, _text(fact.first), _text(fact.last))


def why(store: Store, a: str, relation: str | None, b: str) -> Rows:
    """Every claim behind the facts that join two entities, in either direction, those who deny it too.

    Raises:
        NotFound: a name is unknown, or nothing joins the two.
        QueryError: the relation is unknown.
    """
    first, second = store.entity(a), store.entity(b)
    relation = _known(relation)
    both = {first.id, second.id}
    facts = [fact for fact in store.facts(entity=first.id) if {fact.subject_id, fact.object_id} == both]
    wanted = [fact for fact in facts if relation in (None, fact.relation)]
    if not wanted:
        others = sorted({fact.relation for fact in facts})
        hint = f"; what joins them is {', '.join(others)}" if others else ""
        raise NotFound(f"nothing says {first.name} {relation or '-'} {second.name}{hint}")
    rows = []
    for fact in sorted(wanted, key=lambda fact: (fact.relation, fact.id)):
        found = sorted(store.stream("claim", "fact", [fact.id]), key=lambda row: (row.get("published", ""), row["id"]))
        for row in found:
            rows.append(_claimed(fact, as_claim(row), row))
    return Rows([*CLAIM, "evidence", "document", "start", "end", "method", "claim"], rows)


def _known(relation: str | None) -> str | None:
    relation = relation.upper() if relation else None
    if relation and relation not in RELATIONS:
        raise QueryError(f"unknown relation {relation!r}; known: {', '.join(RELATIONS)}")
    return relation


def find(store: Store, text: str, limit: int = 20) -> Rows:
    """Entities one of whose names is, holds or resembles a text, the best first."""
    rows = [
        (match.entity.name, match.entity.label, match.name, round(match.score), match.entity.id)
        for match in lookup.find(store, text, limit + 1)
    ]
    return Rows(["name", "label", "matched", "score", "id"], rows[:limit], len(rows) > limit)


def best(store: Store, facts: Iterable[Fact]) -> dict[str, Row]:
    """Fact id -> the row of its best claim."""
    return strongest(store.stream("claim", "fact", [fact.id for fact in facts]))


def strongest(claims: Iterable[Row]) -> dict[str, Row]:
    """Fact id -> the best of these rows of claims: the strongest, the latest published among equals."""
    chosen: dict[str, tuple[tuple[int, str, str], Row]] = {}
    for row in claims:
        rank = (STRENGTH[row["modality"]], row.get("published", ""), row["id"])
        if row["fact"] not in chosen or rank > chosen[row["fact"]][0]:
            chosen[row["fact"]] = rank, row
    return {fact: row for fact, (_, row) in chosen.items()}


def _claimed(fact: Fact, claim: Claim, row: Row) -> tuple[object, ...]:
    ends = (fact.subject, fact.relation, fact.object, _detail(claim))
    said = (claim.modality, _text(claim.date), ", ".join(claim.attribution) or None)
    place = (claim.document, claim.start, claim.end, claim.method, claim.id)
    return (*ends, *said, row.get("publisher"), row.get("published"), claim.evidence, *place)


def _detail(claim: Claim) -> str | None:
    """The qualifiers as a short text: `measure=export_ban`."""
    return ", ".join(f"{key}={value}" for key, value in claim.qualifiers.content().items()) or None


def _text(value: object) -> str | None:
    return None if value is None else str(value)
