"""Store: the contract, and what every store shares.

A store keeps elements as flat rows (`graph.row`): documents, what each document says of an entity (mentions), claims,
judgements; and, derived from these, entities and facts. How the derived ones follow is written here once. A kind of
store only says how rows are read, written and made one transaction: `Elements`.
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar

from graph import door
from graph.errors import NotFound, OntologyError
from graph.identity import Identity
from graph.model import (
    KINDS,
    Claim,
    Document,
    Entity,
    Extraction,
    Fact,
    Judgement,
    Verdict,
    entity_id,
)
from graph.row import (
    as_claim,
    as_document,
    as_entity,
    as_judgement,
    claim_row,
    document_row,
    judgement_row,
    mention_row,
    merged,
)
from graph.summary import Key, Row, Summary, Tally, as_fact, edge_type, sums, tally

if TYPE_CHECKING:
    import networkx as nx

SCHEMA = 1
"""Version of what is kept and how. A store of a newer one is refused."""

Kind = Literal["document", "mention", "claim", "entity", "fact", "judgement"]
KIND_NAMES: tuple[Kind, ...] = ("document", "mention", "claim", "entity", "fact", "judgement")

BATCH_ROWS = 25_000
"""Rows in a transaction, about: a batch ends with the document that reaches it. With 5,000 a server spends a third more
time, on statements for a few dozen facts of one relation each."""
BATCH_TEXT = 16 * 2**20
"""Characters of text in a transaction, about."""

PARCELS = 500
"""Documents whose parts are read at once."""

T = TypeVar("T")


class Elements(ABC):
    """The elements of a store, seen and changed within one transaction."""

    @abstractmethod
    def rows(self, kind: Kind, by: str = "", values: Iterable[str] = ()) -> Iterator[Row]:
        """Rows of one kind, all of them or those whose property `by` is one of the values.

        `by` is `id`; also `document` or `fact` for claims, `document` or `entity` for mentions, `name` for entities,
        and `entity`, the id of an end, for facts. A row that meets several values comes once. Any order.
        """

    @abstractmethod
    def known(self, kind: Kind, ids: Sequence[str]) -> set[str]:
        """Those of the ids that are there."""

    @abstractmethod
    def count(self, kind: Kind) -> int:
        """How many there are."""

    @abstractmethod
    def tallies(self, facts: Sequence[str]) -> Iterator[Tally]:
        """The claims of these facts, counted by publisher, modality and dates."""

    @abstractmethod
    def put(self, kind: Kind, rows: Sequence[Row], *, new: bool = False) -> None:
        """Insert rows, or replace the ones with the same id.

        The caller sees to it that a fact's ends are there, and that the fact is no edge of another type.

        Args:
            new: none of the ids is there yet; documents, mentions and claims always are.
        """

    @abstractmethod
    def drop(self, kind: Kind, ids: Sequence[str]) -> None:
        """Delete by id; a document with its mentions and claims."""

    @abstractmethod
    def drop_edges(self, facts: Sequence[Row]) -> None:
        """Delete facts, given as they are stored."""

    @abstractmethod
    def assign(self, kind: Kind, ids: Mapping[str, str]) -> None:
        """Give claims (id -> fact id) or mentions (id -> entity id) to another fact or entity."""


@dataclass(frozen=True)
class Loaded:
    """What an `add` did. Repeating it does nothing: everything is then known."""

    documents: int = 0
    documents_known: int = 0
    claims: int = 0
    claims_known: int = 0
    facts: int = 0
    """New facts."""
    entities: int = 0
    """New entities."""
    rejects: Mapping[str, int] = field(default_factory=dict)
    """Reason code -> how many claims and entities were refused before they came here."""

    def __add__(self, other: "Loaded") -> "Loaded":
        mine, theirs = asdict(self), asdict(other)
        codes = sorted({*self.rejects, *other.rejects})
        rejects = {code: self.rejects.get(code, 0) + other.rejects.get(code, 0) for code in codes}
        return Loaded(**{name: mine[name] + theirs[name] for name in mine if name != "rejects"}, rejects=rejects)


class Problem(NamedTuple):
    """Something in a store that is not as it must be."""

    code: str
    where: str
    message: str


class Rows(NamedTuple):
    """The answer of a query: column names, and a tuple for each row."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    cut: bool = False
    """Whether there were more rows than the limit allowed."""


class Store(AbstractContextManager["Store"], ABC):
    """Claims with their evidence, and the graph of facts that they make.

    Get one from `graph.open_store`. It is a context manager; the methods raise `StoreError` when the store fails.
    """

    uri: str

    # -- what a kind of store provides

    @abstractmethod
    def read(self, work: Callable[[Elements], T]) -> T:
        """Do some reading in one transaction. Returns what `work` returns."""

    @abstractmethod
    def write(self, work: Callable[[Elements], T]) -> T:
        """Do some writing in one transaction, alone in the store. `work` may be run again after a passing failure."""

    @abstractmethod
    def stream(self, kind: Kind, by: str = "", values: Iterable[str] = ()) -> Iterator[Row]:
        """Like `Elements.rows`, in order of id, without holding them all."""

    @abstractmethod
    def graph(self, *, denied: bool = False) -> "nx.MultiDiGraph":
        """The entities and facts as a networkx graph, a fresh copy to do with as one likes.

        Nodes are entity ids with `labels`, `name` and the attributes known; edges have the fact's id as key, `type`
        (the relation) and the fact's summary.

        Args:
            denied: also give the facts all of whose claims are denied, as edges of type DENIED.
        """

    @abstractmethod
    def query(
        self, cypher: str, params: Mapping[str, Any] | None = None, *, limit: int = 10_000, timeout: float = 60.0
    ) -> Rows:
        """The rows of a Cypher statement that reads.

        Args:
            limit: rows at most; `Rows.cut` tells when there were more.
            timeout: seconds.

        Raises:
            QueryError: it is wrong, would write, or is not to be had on this store.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of files and connections. May be repeated."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # -- writing

    def add(self, extractions: Iterable[Extraction], progress: Callable[[Loaded], None] | None = None) -> Loaded:
        """Keep extractions, in transactions of whole documents. What is known already changes nothing.

        Args:
            progress: is told the sum so far after every transaction.
        """
        total = Loaded()
        for batch in _batches(extractions):
            total += self.write(lambda elements, batch=batch: _add(elements, batch))  # type: ignore[misc]
            if progress:
                progress(total)
        return total

    def retract(self, document: str) -> Document:
        """Take a document out, by id, with all that rests on it alone. Returns it.

        Raises:
            NotFound: there is none of that id.
        """
        found = self.document(document)
        self.write(lambda elements: _retract(elements, found.id))
        return found

    def judge(self, a: str, b: str, verdict: Verdict, *, by: str = "", why: str = "") -> Judgement:
        """Decide whether two names are one entity; a later judgement of the pair replaces an earlier one.

        Args:
            a, b: names as `entity` takes them.

        Raises:
            NotFound: a name is unknown.
            OntologyError: they differ in label, or it contradicts other judgements.
        """
        ends = [self._named(name) for name in (a, b)]
        if ends[0][0] != ends[1][0]:
            (one, first), (other, second) = ends
            raise OntologyError(
                f"{first!r} is a {one}, {second!r} a {other}: entities of different labels are never merged", "label"
            )
        note = {"label": ends[0][0], "a": ends[0][1], "b": ends[1][1], "verdict": verdict, "by": by, "why": why}
        judgement = door.judgement({**note, "at": datetime.now(UTC).date().isoformat()})
        self.add_judgements([judgement])
        return judgement

    def add_judgements(self, judgements: Iterable[Judgement]) -> int:
        """Keep judgements, also about names that are not there yet. Returns how many were new or different.

        Of two about one pair the later stands; of the same day, the one given last.
        """
        every = list(judgements)
        return self.write(lambda elements: _judge(elements, every))

    def unjudge(self, a: str, b: str) -> Judgement:
        """Take the judgement of a pair of names back: the graph is as if it had never been made. Returns it.

        Raises:
            NotFound: the pair is not judged.
        """
        pairs = [{a, b}, {a.partition(":")[2], b.partition(":")[2]}]
        found = [judgement for judgement in self.judgements() if {judgement.a, judgement.b} in pairs]
        if not found:
            raise NotFound(f"{a!r} and {b!r} are not judged; `keiretsu judgements` lists what is")
        if len(found) > 1:
            raise NotFound(f"{a!r} and {b!r} are judged under several labels; say which, as Label:Name")
        self.write(lambda elements: _unjudge(elements, found[0]))
        return found[0]

    # -- reading

    def documents(self) -> Iterator[Document]:
        """Every document, in order of id."""
        return map(as_document, self.stream("document"))

    def document(self, id: str) -> Document:
        """The document of an id.

        Raises:
            NotFound: there is none.
        """
        for row in self.stream("document", "id", [id]):
            return as_document(row)
        raise NotFound(f"no document {id!r} in {self.uri}")

    def claims(self, *, document: str | None = None, fact: str | None = None) -> Iterator[Claim]:
        """Every claim, or those of a document or a fact, in order of id."""
        by, value = ("document", document) if document else ("fact", fact) if fact else ("", "")
        return map(as_claim, self.stream("claim", by, [value] if value else []))

    def entities(self) -> Iterator[Entity]:
        """Every entity, in order of id."""
        return map(as_entity, self.stream("entity"))

    def entity(self, name: str) -> Entity:
        """The entity of an id, a name, `Label:Name`, or an alias that only one entity has.

        Raises:
            NotFound: there is none, or several; the message offers what comes near.
        """
        from graph import lookup

        return lookup.entity(self, name)

    def facts(self, *, entity: str | None = None) -> Iterator[Fact]:
        """Every fact, or those with an end of this id; the denied ones too. In order of id."""
        return map(as_fact, self.stream("fact", "entity" if entity else "", [entity] if entity else []))

    def judgements(self) -> Iterator[Judgement]:
        """Every judgement, in order of label and names."""
        return iter(sorted(map(as_judgement, self.stream("judgement")), key=lambda judgement: judgement.pair))

    def extractions(self) -> Iterator[Extraction]:
        """Every document with what it names and claims, as it was added, in order of document id."""
        for row, mentions, claims in self.parcels():
            yield Extraction.model_construct(
                document=as_document(row), entities=tuple(map(as_entity, mentions)), claims=tuple(map(as_claim, claims))
            )

    def parcels(self) -> Iterator[tuple[Row, list[Row], list[Row]]]:
        """Each document's row with the rows of its mentions and its claims, in order of document id."""
        documents = self.stream("document")
        while batch := list(islice(documents, PARCELS)):
            parts: dict[str, tuple[list[Row], list[Row]]] = {row["id"]: ([], []) for row in batch}
            for row in self.stream("mention", "document", list(parts)):
                parts[row["document"]][0].append(row)
            for row in self.stream("claim", "document", list(parts)):
                parts[row["document"]][1].append(row)
            for row in batch:
                yield (row, *parts[row["id"]])

    def digest(self) -> str:
        """64 hex digits that two stores share exactly when they hold the same, whatever the order it came in.

        When a judgement was made does not count, what it says does.
        """
        whole = hashlib.sha256(f"keiretsu {SCHEMA}".encode())
        for kind in KIND_NAMES:
            lines = sorted(_line({key: v for key, v in row.items() if key != "at"}) for row in self.stream(kind))
            whole.update(f"\n{kind} {len(lines)}\n".encode())
            whole.update(b"".join(lines))
        return whole.hexdigest()

    def info(self) -> dict[str, Any]:
        """Where it is, its schema version, and how many there are of each kind."""
        return {"uri": self.uri, "schema": SCHEMA} | {str(kind): self.count(kind) for kind in KIND_NAMES}

    def count(self, kind: Kind) -> int:
        """How many there are of a kind."""
        return self.read(lambda elements: elements.count(kind))

    def check(self) -> Iterator[Problem]:
        """Verify everything again: evidence, types, ids, summaries, dangling ends. Nothing found: all is well."""
        from graph import verification

        return verification.problems(self)

    def _named(self, name: str) -> tuple[str, str]:
        """Label and name of what is to be judged: a name that some document uses, be it merged with others already."""
        entity = self.entity(name)
        bare = name.partition(":")[2] if name.partition(":")[0] in KINDS else name
        used = self.stream("mention", "entity", [entity.id])
        return entity.label, bare if any(row["name"] == bare for row in used) else entity.name


def _line(row: Row) -> bytes:
    text = repr(sorted(row.items()))
    return hashlib.sha256(text.encode("utf-8", "backslashreplace")).digest()


def _batches(extractions: Iterable[Extraction]) -> Iterator[list[Extraction]]:
    batch: list[Extraction] = []
    rows = text = 0
    for extraction in extractions:
        batch.append(extraction)
        rows += 1 + len(extraction.entities) + len(extraction.claims)
        text += len(extraction.document.text)
        if rows >= BATCH_ROWS or text >= BATCH_TEXT:
            yield batch
            batch, rows, text = [], 0, 0
    if batch:
        yield batch


def identity_of(elements: Elements) -> Identity:
    """The view of identity that the stored judgements give."""
    return Identity(map(as_judgement, elements.rows("judgement")))


def _add(elements: Elements, batch: Sequence[Extraction]) -> Loaded:
    identity = identity_of(elements)
    documents = {e.document.id: e.document for e in batch}
    claims = {c.id: (e.document, c) for e in batch for c in e.claims}
    rows = [mention_row(e.document, entity) for e in batch for entity in e.entities]
    mentions = {row["id"]: row for row in rows}
    known = elements.known("document", list(documents))
    # nothing of a new document can be there, which saves looking for it
    known_mentions = elements.known("mention", [row["id"] for row in rows if row["document"] in known])
    known_claims = elements.known("claim", [id for id, (document, _) in claims.items() if document.id in known])
    elements.put("document", [document_row(d) for id, d in documents.items() if id not in known], new=True)
    entities = _add_mentions(elements, [row for id, row in mentions.items() if id not in known_mentions], identity)
    new = [claim_row(document, claim) for id, (document, claim) in claims.items() if id not in known_claims]
    facts = _add_claims(elements, new, identity)
    return Loaded(
        documents=len(documents) - len(known),
        documents_known=len(known),
        claims=len(new),
        claims_known=len(known_claims),
        facts=facts,
        entities=entities,
        rejects=door.count(reject for e in batch for reject in e.rejects),
    )


def _add_mentions(elements: Elements, mentions: Sequence[Row], identity: Identity) -> int:
    """Keep mentions and what they add to their entities. Returns how many entities are new."""
    groups: dict[str, list[Row]] = {}
    names: dict[str, str] = {}
    for row in mentions:
        name = identity.name(row["label"], row["name"])
        row["entity"] = entity_id(row["label"], name)
        names[row["entity"]] = name
        groups.setdefault(row["entity"], []).append(row)
    known = {row["id"]: row for row in elements.rows("entity", "id", list(groups))}
    after = {id: merged([*group, known[id]] if id in known else group, names[id]) for id, group in groups.items()}
    elements.put("mention", mentions, new=True)
    _put_changes(elements, "entity", known, after)
    return len(groups) - len(known)


def _add_claims(elements: Elements, claims: Sequence[Row], identity: Identity) -> int:
    """Keep claims that are new and what they add to their facts. Returns how many facts are new."""
    keys: dict[str, Key] = {}
    for row in claims:
        key = Key.of(row, identity)
        row["fact"] = key.fact
        keys[row["fact"]] = key
    summaries = sums(elements.tallies(list(keys)))
    before = {id: summary.fact(keys[id]) for id, summary in summaries.items()}
    for row in claims:
        summaries.setdefault(row["fact"], Summary()).add(tally(row))
    elements.put("claim", claims, new=True)
    _settle(elements, before, {id: summaries[id].fact(key) for id, key in keys.items()})
    return len(keys) - len(before)


def _settle(elements: Elements, before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
    """Make the edges what they are to be: those that are gone or of another type now are dropped first."""
    kept = {id: row for id, row in before.items() if id in after and edge_type(after[id]) == edge_type(row)}
    elements.drop_edges([row for id, row in before.items() if id not in kept])
    _put_changes(elements, "fact", kept, after)


def _put_changes(elements: Elements, kind: Kind, before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
    elements.put(kind, [row for id, row in after.items() if id not in before], new=True)
    elements.put(kind, [row for id, row in after.items() if id in before and row != before[id]])


def _facts(elements: Elements, claims: Iterable[Row], identity: Identity) -> dict[str, Row]:
    """The facts that these claims belong to, as all stored claims make them now."""
    keys = {row["fact"]: Key.of(row, identity) for row in claims}
    return {id: summary.fact(keys[id]) for id, summary in sums(elements.tallies(list(keys))).items()}


def _entities(elements: Elements, ids: Iterable[str], identity: Identity) -> None:
    """Make these entities what the stored mentions say now."""
    ids = sorted(set(ids))
    groups: dict[str, list[Row]] = {}
    for row in elements.rows("mention", "entity", ids):
        groups.setdefault(row["entity"], []).append(row)
    rows = [merged(group, identity.name(group[0]["label"], group[0]["name"])) for group in groups.values()]
    elements.put("entity", rows)
    elements.drop("entity", [id for id in ids if id not in groups])


def _retract(elements: Elements, document: str) -> None:
    identity = identity_of(elements)
    claims = list(elements.rows("claim", "document", [document]))
    entities = [row["entity"] for row in elements.rows("mention", "document", [document])]
    before = _facts(elements, claims, identity)
    elements.drop("document", [document])
    _settle(elements, before, _facts(elements, claims, identity))
    _entities(elements, entities, identity)


def _judge(elements: Elements, judgements: Sequence[Judgement]) -> int:
    stored = {judgement.pair: judgement for judgement in map(as_judgement, elements.rows("judgement"))}
    wanted = dict(stored)
    for judgement in judgements:
        known = wanted.get(judgement.pair)
        if known is None or not judgement.at < known.at:
            wanted[judgement.pair] = judgement
    changed = [judgement for pair, judgement in wanted.items() if judgement != stored.get(pair)]
    _reidentify(elements, Identity(stored.values()), Identity(wanted.values()), changed)
    elements.put("judgement", [judgement_row(judgement) for judgement in changed])
    return len(changed)


def _unjudge(elements: Elements, judgement: Judgement) -> None:
    stored = list(map(as_judgement, elements.rows("judgement")))
    kept = [other for other in stored if other.pair != judgement.pair]
    _reidentify(elements, Identity(stored), Identity(kept), [judgement])
    elements.drop("judgement", [judgement_row(judgement)["id"]])


def _reidentify(elements: Elements, old: Identity, new: Identity, changed: Iterable[Judgement]) -> None:
    """Move claims and mentions from the entities of one view of identity to those of another."""
    ends = {(judgement.label, name) for judgement in changed for name in (judgement.a, judgement.b)}
    names = {(label, name) for label, end in ends for view in (old, new) for name in view.group(label, end)}
    moved = {(label, name) for label, name in names if old.name(label, name) != new.name(label, name)}
    if not moved:
        return
    left = {entity_id(label, old.name(label, name)) for label, name in moved}
    reached = {entity_id(label, new.name(label, name)) for label, name in moved}
    touched = [row["id"] for row in elements.rows("fact", "entity", left | reached)]
    claims = list(elements.rows("claim", "fact", touched))
    before = _facts(elements, claims, old)
    facts = {row["id"]: Key.of(row, new).fact for row in claims}
    elements.assign("claim", {row["id"]: facts[row["id"]] for row in claims if facts[row["id"]] != row["fact"]})
    mentions = list(elements.rows("mention", "entity", left | reached))
    owners = {row["id"]: entity_id(row["label"], new.name(row["label"], row["name"])) for row in mentions}
    elements.assign("mention", {row["id"]: owners[row["id"]] for row in mentions if owners[row["id"]] != row["entity"]})
    after = _facts(elements, [{**row, "fact": facts[row["id"]]} for row in claims], new)
    _entities(elements, owners.values(), new)
    _settle(elements, before, after)
    elements.drop("entity", sorted((left | reached) - {*owners.values()}))
