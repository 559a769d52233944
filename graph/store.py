"""Store: the contract, and what every store shares.

A store keeps elements as flat rows (`graph.row`): documents, what each document says of an entity (mentions), claims,
judgements; and, derived from these, entities and facts (`graph.change`).
"""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from graph import change, door, lookup
from graph.change import Loaded
from graph.collector import paused_collector
from graph.elements import KIND_NAMES, Elements, Kind
from graph.errors import NotFound, OntologyError, QueryError, StoreChanged, installing
from graph.model import Claim, Document, Entity, Extraction, Fact, Judgement, Verdict
from graph.row import as_claim, as_document, as_entity, as_judgement
from graph.summary import Row, as_fact

if TYPE_CHECKING:
    import networkx as nx
    import pandas

    from graph.verification import Problem

SCHEMA = 1
"""Version of what is kept and how. A store of a newer one is refused."""

BATCH_ROWS = 25_000
"""Rows in a transaction, about: a batch ends with the document that reaches it. With 5,000 a server spends a third more
time, on statements for a few dozen facts of one relation each."""
BATCH_TEXT = 16 * 2**20
"""Characters of text in a transaction, about."""

PARCELS = 500
"""Documents whose parts are read at once."""

ATTEMPTS = 5
"""How often something is read that a writer may disturb."""

T = TypeVar("T")


class Rows(NamedTuple):
    """The answer of a query: column names, and a tuple for each row."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    cut: bool = False
    """Whether there were more rows than the limit allowed."""

    def frame(self) -> "pandas.DataFrame":
        """The rows as a pandas frame.

        Raises:
            QueryError: pandas is not installed.
        """
        try:
            import pandas
        except ImportError:
            raise QueryError(f"a frame needs pandas: {installing('analysis')}") from None
        return pandas.DataFrame(self.rows, columns=self.columns)

    def _repr_html_(self) -> str:
        """The first rows as a table, for notebooks. What comes from documents is text there, never markup."""
        import html

        def line(tag: str, values: Iterable[Any]) -> str:
            return f"<tr>{''.join(f'<{tag}>{html.escape(_shown(value))}</{tag}>' for value in values)}</tr>"

        body = "".join(line("td", row) for row in self.rows[:SHOWN])
        more = f"<p>{SHOWN} of {len(self.rows)} rows</p>" if len(self.rows) > SHOWN else ""
        return f"<table><thead>{line('th', self.columns)}</thead><tbody>{body}</tbody></table>{more}"


SHOWN = 100
"""Rows that a notebook shows at most."""


def _shown(value: Any) -> str:
    """A value as a notebook shows it; of claims their sentences."""
    if isinstance(value, list | tuple):
        return "; ".join(map(_shown, value))
    if isinstance(value, dict) and value.get("evidence"):
        return f"“{value['evidence']}”"
    return "" if value is None else str(value)


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
    def snapshot(self) -> AbstractContextManager[None]:
        """While it is open, all that is read is of one state of the store, whoever writes meanwhile.

        Raises:
            StoreChanged: at the end, when that could not be had.
        """

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

    def shared_graph(self) -> "nx.MultiDiGraph":
        """The graph to read only: frozen, the denied facts in it, and not copied where the store keeps one itself."""
        import networkx as nx

        return nx.freeze(self.graph(denied=True))

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
            with paused_collector():
                total += self.write(partial(change.add, batch=batch))
            if progress:
                progress(total)
        return total

    def retract(self, document: str) -> Document:
        """Take a document out, by id, with all that rests on it alone. Returns it.

        Raises:
            NotFound: there is none of that id.
        """
        found = self.document(document)
        self.write(lambda elements: change.retract(elements, found.id))
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
        return self.write(lambda elements: change.judge(elements, every))

    def unjudge(self, a: str, b: str) -> Judgement:
        """Take the judgement of a pair of names back: the graph is as if it had never been made. Returns it.

        Args:
            a, b: names, or `Label:Name`.

        Raises:
            NotFound: the pair is not judged, or under several labels.
        """
        wanted = {lookup.labelled(a), lookup.labelled(b)} | {("", a), ("", b)}
        found = [
            judgement
            for judgement in self.judgements()
            if all({(judgement.label, name), ("", name)} & wanted for name in (judgement.a, judgement.b))
            and {label for label, _ in wanted} <= {"", judgement.label}
        ]
        if not found:
            raise NotFound(f"{a!r} and {b!r} are not judged; `keiretsu judgements` lists what is")
        if len(found) > 1:
            raise NotFound(f"{a!r} and {b!r} are judged under several labels; say which, as Label:Name")
        self.write(lambda elements: change.unjudge(elements, found[0]))
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
        return lookup.entity(self, name)

    def facts(self, *, entity: str | None = None) -> Iterator[Fact]:
        """Every fact, or those with an end of this id; the denied ones too. In order of id."""
        return map(as_fact, self.stream("fact", "entity" if entity else "", [entity] if entity else []))

    def judgements(self) -> Iterator[Judgement]:
        """Every judgement, in order of label and names."""
        return iter(sorted(map(as_judgement, self.stream("judgement")), key=lambda judgement: judgement.pair))

    def extractions(self) -> Iterator[Extraction]:
        """Every document with what it names and claims, as it was added, in order of document id. Of one state.

        Raises:
            StoreChanged: at the end, when it was not.
        """
        with self.snapshot():
            for row, mentions, claims in self.parcels():
                yield Extraction.model_construct(
                    document=as_document(row),
                    entities=tuple(map(as_entity, mentions)),
                    claims=tuple(map(as_claim, claims)),
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
        return self.steadily(lambda: digest(self.stream))

    def info(self) -> dict[str, Any]:
        """Where it is, its schema version, and how many there are of each kind."""
        counts = self.steadily(lambda: {str(kind): self.count(kind) for kind in KIND_NAMES})
        return {"uri": self.uri, "schema": SCHEMA, **counts}

    def count(self, kind: Kind) -> int:
        """How many there are of a kind."""
        return self.read(lambda elements: elements.count(kind))

    def check(self) -> Iterator["Problem"]:
        """Verify everything again: evidence, types, ids, summaries, dangling ends. Nothing found: all is well."""
        from graph import verification

        return iter(self.steadily(lambda: list(verification.problems(self))))

    def steadily(self, work: Callable[[], T]) -> T:
        """What some reading gives that sees one state of the store; repeated when a writer came between."""
        for _ in range(ATTEMPTS - 1):
            with suppress(StoreChanged), self.snapshot():
                return work()
        with self.snapshot():
            return work()

    def _named(self, name: str) -> tuple[str, str]:
        """Label and name of what is to be judged: a name that some document uses, be it merged with others already."""
        entity = self.entity(name)
        bare = lookup.labelled(name)[1]
        used = self.stream("mention", "entity", [entity.id])
        return entity.label, bare if any(row["name"] == bare for row in used) else entity.name


def digest(rows: Callable[[Kind], Iterable[Row]]) -> str:
    """The digest of whatever holds these rows of each kind, in any order: a store, or a file that was made of one."""
    whole = hashlib.sha256(f"keiretsu {SCHEMA}".encode())
    for kind in KIND_NAMES:
        lines = sorted(_line({key: v for key, v in row.items() if key != "at"}) for row in rows(kind))
        whole.update(f"\n{kind} {len(lines)}\n".encode())
        whole.update(b"".join(lines))
    return whole.hexdigest()


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
