"""A whole store verified again, from the text of its documents up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from graph.door import reason
from graph.errors import OntologyError
from graph.identity import Identity
from graph.model import entity_id
from graph.row import as_claim, as_document, as_entity, as_judgement, claim_row, mention_row, merged
from graph.summary import Key, Row, Summary, as_fact, tally

if TYPE_CHECKING:
    from graph.store import Store


class Problem(NamedTuple):
    """Something in a store that is not as it must be."""

    code: str
    where: str
    message: str


def problems(store: "Store") -> Iterator[Problem]:
    """What is not as it must be: evidence that is not in the text, wrong ids and types, sums that do not add up, ends
    that dangle. Sources first, then what is derived from them.
    """
    try:
        identity = Identity(map(as_judgement, store.stream("judgement")))
    except (ValidationError, OntologyError) as error:
        yield Problem("bad_judgement", "judgements", str(error).splitlines()[0])
        identity = Identity()
    check = _Check(identity)
    for row, mentions, parts in store.parcels():
        yield from (Problem(*found) for found in check.document(row, mentions, parts))
    if check.claims != store.count("claim") or check.mentions != store.count("mention"):
        yield Problem("dangling", store.uri, "claims or mentions of documents that are not there")
    for row in store.stream("fact"):
        yield from (Problem(*found) for found in check.fact(row))
    for row in store.stream("entity"):
        yield from (Problem(*found) for found in check.entity(row))
    yield from (Problem(*found) for found in check.rest())


class _Check:
    """Goes through the sources and gathers what facts and entities must follow from them."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._facts: dict[str, tuple[Key, Summary]] = {}
        self._entities: dict[str, list[Row]] = {}
        self.claims = self.mentions = 0

    def document(self, row: Row, mentions: list[Row], claims: list[Row]) -> Iterator[tuple[str, str, str]]:
        where = f"document {row['id']}"
        self.mentions += len(mentions)
        self.claims += len(claims)
        for mention in mentions:
            yield from self._mention(row, mention)
        for claim in claims:
            yield from self._claim(row, claim)
        try:
            if as_document(row).id != row["id"]:
                yield "wrong_id", where, "its content has changed"
        except ValidationError as error:
            yield reason(error)[0], where, reason(error)[1]

    def _mention(self, document: Row, row: Row) -> Iterator[tuple[str, str, str]]:
        where = f"mention {row['id']}"
        owner = entity_id(row["label"], self._identity.name(row["label"], row["name"]))
        self._entities.setdefault(owner, []).append(row)
        try:
            if mention_row(as_document(document), as_entity(row))["id"] != row["id"]:
                yield "wrong_id", where, "its content has changed"
        except ValidationError as error:
            yield reason(error)[0], where, reason(error)[1]
        if row["entity"] != owner:
            yield "wrong_entity", where, f"counts for {row['entity']}, not {owner}"

    def _claim(self, document: Row, row: Row) -> Iterator[tuple[str, str, str]]:
        where = f"claim {row['id']}"
        try:
            claim = as_claim(row)
            key = Key.of(row, self._identity)
        except ValidationError as error:
            yield reason(error)[0], where, reason(error)[1]
            return
        self._facts.setdefault(key.fact, (key, Summary()))[1].add(tally({**row, "fact": key.fact}))
        if claim.id != row["id"]:
            yield "wrong_id", where, "its content has changed"
        if document["text"][claim.start : claim.end] != claim.evidence:
            yield "evidence_not_found", where, f"document {document['id']} does not say so at {claim.start}"
        if claim_row(as_document(document), claim) != {name: value for name, value in row.items() if name != "fact"}:
            yield "wrong_source", where, "its publisher or date is not its document's"
        if row["fact"] != key.fact:
            yield "wrong_fact", where, f"counts for {row['fact']}, not {key.fact}"

    def fact(self, row: Row) -> Iterator[tuple[str, str, str]]:
        where = f"fact {row['id']}"
        key, summary = self._facts.pop(row["id"], (None, Summary()))
        if key is None:
            yield "no_claims", where, "it rests on nothing"
        elif summary.fact(key) != row:
            yield "wrong_summary", where, f"{as_fact(row)} is not what its claims say"
        for end in ("subject_id", "object_id"):
            if row[end] not in self._entities:
                yield "dangling", where, f"no entity {row[end]}"

    def entity(self, row: Row) -> Iterator[tuple[str, str, str]]:
        where = f"entity {row['id']}"
        rows = self._entities.get(row["id"], [])
        if not rows:
            yield "no_mentions", where, "no document names it"
        elif merged(rows, self._identity.name(rows[0]["label"], rows[0]["name"])) != row:
            yield "wrong_entity", where, "it is not what its documents say"
        self._entities[row["id"]] = []

    def rest(self) -> Iterator[tuple[str, str, str]]:
        for id in self._facts:
            yield "missing_fact", f"fact {id}", "its claims are there, it is not"
        for id, rows in self._entities.items():
            if rows:
                yield "missing_entity", f"entity {id}", "documents name it, it is not there"
