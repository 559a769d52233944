"""A whole store verified again, from the text of its documents up."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from graph.door import reason
from graph.errors import OntologyError
from graph.identity import Identity
from graph.model import Document, entity_id
from graph.row import as_claim, as_document, as_entity, as_judgement, claim_row, mention_row, merged
from graph.summary import Key, Row, Summary, tally

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
    identity = Identity()
    try:
        identity = Identity(map(as_judgement, store.stream("judgement")))
    except (ValidationError, OntologyError) as error:
        yield Problem("bad_judgement", "judgements", str(error).splitlines()[0])
    check = _Check(identity)
    for row, mentions, claims in store.parcels():
        yield from check.document(row, mentions, claims)
    if check.claims != store.count("claim") or check.mentions != store.count("mention"):
        yield Problem("dangling", store.uri, "claims or mentions of documents that are not there")
    for row in store.stream("fact"):
        yield from _guarded("fact", row, check.fact(row))
    for row in store.stream("entity"):
        yield from _guarded("entity", row, check.entity(row))
    yield from check.rest()


def _guarded(kind: str, row: Row, found: Iterable[Problem]) -> Iterator[Problem]:
    """The problems found in a row; that it is damaged, where it is too much so to look further."""
    where = f"{kind} {row['id']}"
    try:
        yield from found
    except ValidationError as error:
        yield Problem(reason(error)[0], where, reason(error)[1])
    except (KeyError, TypeError, AttributeError) as error:
        yield Problem("damaged", where, f"it lacks {error}")


class _Check:
    """Goes through the sources and gathers what facts and entities must follow from them."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self._facts: dict[str, tuple[Key, Summary]] = {}
        self._entities: dict[str, list[Row]] = {}
        self.claims = self.mentions = 0

    def document(self, row: Row, mentions: list[Row], claims: list[Row]) -> Iterator[Problem]:
        self.mentions += len(mentions)
        self.claims += len(claims)
        try:
            document = as_document(row)
        except ValidationError as error:
            yield Problem(reason(error)[0], f"document {row['id']}", reason(error)[1])
            return
        if document.id != row["id"]:
            yield Problem("wrong_id", f"document {row['id']}", "its content has changed")
        for mention in mentions:
            yield from _guarded("mention", mention, self._mention(document, mention))
        for claim in claims:
            yield from _guarded("claim", claim, self._claim(document, claim))

    def _mention(self, document: Document, row: Row) -> Iterator[Problem]:
        where = f"mention {row['id']}"
        owner = entity_id(row["label"], self._identity.name(row["label"], row["name"]))
        self._entities.setdefault(owner, []).append(row)
        if mention_row(document, as_entity(row))["id"] != row["id"]:
            yield Problem("wrong_id", where, "its content has changed")
        if row["entity"] != owner:
            yield Problem("wrong_entity", where, f"counts for {row['entity']}, not {owner}")

    def _claim(self, document: Document, row: Row) -> Iterator[Problem]:
        where = f"claim {row['id']}"
        claim = as_claim(row)
        key = Key.of(row, self._identity)
        self._facts.setdefault(key.fact, (key, Summary()))[1].add(tally({**row, "fact": key.fact}))
        if claim.id != row["id"]:
            yield Problem("wrong_id", where, "its content has changed")
        if document.text[claim.start : claim.end] != claim.evidence:
            yield Problem("evidence_not_found", where, f"its document does not say so at {claim.start}")
        if claim_row(document, claim) != {name: value for name, value in row.items() if name != "fact"}:
            yield Problem("wrong_source", where, "its publisher or date is not its document's")
        if row["fact"] != key.fact:
            yield Problem("wrong_fact", where, f"counts for {row['fact']}, not {key.fact}")

    def fact(self, row: Row) -> Iterator[Problem]:
        where = f"fact {row['id']}"
        key, summary = self._facts.pop(row["id"], (None, Summary()))
        if key is None:
            yield Problem("no_claims", where, "it rests on nothing")
        elif summary.fact(key) != row:
            yield Problem("wrong_summary", where, "its summary is not what its claims say")
        for end in ("subject_id", "object_id"):
            if row[end] not in self._entities:
                yield Problem("dangling", where, f"no entity {row[end]}")

    def entity(self, row: Row) -> Iterator[Problem]:
        where = f"entity {row['id']}"
        rows, self._entities[row["id"]] = self._entities.get(row["id"], []), []
        if not rows:
            yield Problem("no_mentions", where, "no document names it")
        elif merged(rows, self._identity.name(rows[0]["label"], rows[0]["name"])) != row:
            yield Problem("wrong_entity", where, "it is not what its documents say")

    def rest(self) -> Iterator[Problem]:
        for id in self._facts:
            yield Problem("missing_fact", f"fact {id}", "its claims are there, it is not")
        for id, rows in self._entities.items():
            if rows:
                yield Problem("missing_entity", f"entity {id}", "documents name it, it is not there")
