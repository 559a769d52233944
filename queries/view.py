"""The graph at a time: what had happened by one date, of what had been published by another.

Every analysis asks a `View`. It copies nothing: it reads the store's graph and keeps, where a time is asked for, one
word for each fact.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from graph.errors import NotFound, QueryError
from graph.model import Qualifiers
from graph.ontology import DENIED, MODALITIES, RELATIONS, STRENGTH
from graph.partial_date import PartialDate
from graph.store import Rows, Store
from graph.summary import Row

if TYPE_CHECKING:
    import networkx as nx

ASSUMED = "assumed"
"""The modality of a fact that nobody claims, which a what-if supposes."""
ATTRIBUTE = "attribute "
"""How the id of an edge begins that is no fact, but what is known of an entity: its country, the body it is part of."""
RANK = {"denied": 0, "rumored": 1, "expected": 2, ASSUMED: 3, "stated": 4}
"""How strong a hop is. A path is as strong as its weakest."""

BATCH = 5_000
"""Facts whose claims are read at once, and held."""

Told = dict[str, Any]
"""A fact with a claim that says so, as rows show it under `evidence`."""

R = TypeVar("R", bound=tuple[Any, ...])

_date = lru_cache(maxsize=10_000)(PartialDate.parse)


class Edge(NamedTuple):
    """A fact between two entities, given by their ids. Edges sort by id."""

    id: str
    subject: str
    relation: str
    object: str
    modality: str
    detail: str | None = None
    """The measure or metric."""

    def other(self, node: str) -> str:
        """The end that is not this one."""
        return self.object if node == self.subject else self.subject


@dataclass(frozen=True)
class View:
    """The facts that count at a time. Get one from `view`; `changed` supposes others."""

    store: Store
    graph: "nx.MultiDiGraph"
    as_of: PartialDate | None = None
    known_by: PartialDate | None = None
    relations: frozenset[str] = frozenset()
    """The only relations that count; none given: all."""
    modalities: frozenset[str] = frozenset()
    then: Mapping[str, str] | None = None
    """Fact id -> modality at the time; none where no time is asked for and the graph itself tells."""
    undated: int = 0
    """How many claims without a date were kept."""
    unpublished: int = 0
    """How many claims of documents without a publication date were kept."""
    added: tuple[Edge, ...] = ()
    removed: frozenset[str] = frozenset()

    # -- entities

    def node(self, name: str, *labels: str) -> str:
        """The id of an entity by any name that `Store.entity` takes.

        Raises:
            NotFound: there is none, or several; the message offers what comes near.
            QueryError: it has none of the labels.
        """
        entity = self.store.entity(name)
        if labels and entity.label not in labels:
            raise QueryError(f"{entity.name!r} is a {entity.label}, not a {' or '.join(labels)}")
        if entity.id not in self.graph:
            raise NotFound(f"{entity.name!r} came into the store after this view was made; make a new one")
        return entity.id

    def name(self, node: str) -> str:
        return str(self.graph.nodes[node]["name"])

    def label(self, node: str) -> str:
        return str(self.graph.nodes[node]["label"])

    def order(self, node: str) -> tuple[str, str]:
        """What entities are sorted by, so that answers come in one order on every store."""
        return self.name(node), self.label(node)

    # -- facts

    def edges(self, node: str, out: Container[str] = RELATIONS, into: Container[str] = RELATIONS) -> list[Edge]:
        """The facts with this end, in order of id.

        Args:
            out, into: the only relations that are wanted, of facts that begin here and of those that end here.
        """
        found = {edge.id: edge for edge in self._supposed.get(node, ())}
        # networkx's own dictionaries, as in graph.snapshot: its views take several times as long, and all ask this
        for other, parallel in self.graph._adj[node].items():
            for id, data in parallel.items():
                if data["type"] in out and (edge := self._seen(node, other, id, data)):
                    found[id] = edge
        for other, parallel in self.graph._pred[node].items():
            for id, data in parallel.items():
                if data["type"] in into and (edge := self._seen(other, node, id, data)):
                    found[id] = edge
        return sorted(found.values())

    def facts(self) -> Iterator[Edge]:
        """Every fact, in any order."""
        for s, o, id, data in self.graph.edges(keys=True, data=True):
            if edge := self._seen(s, o, id, data):
                yield edge
        yield from self.added

    def fact(self, id: str) -> Edge:
        """The fact of an id.

        Raises:
            NotFound: there is none in this view.
        """
        for edge in self.facts():
            if edge.id == id:
                return edge
        raise NotFound(f"no fact {id!r} in this view of {self.store.uri}; `evidence` in the rows names facts")

    def _seen(self, subject: str, obj: str, id: str, data: Row) -> Edge | None:
        relation = data["type"]
        modality = data["modality"] if self.then is None else self.then.get(id, "denied")
        if relation == DENIED or modality == "denied" or id in self.removed:
            return None
        if relation not in (self.relations or RELATIONS) or modality not in (self.modalities or RANK):
            return None
        return Edge(id, subject, relation, obj, modality, data.get("measure") or data.get("metric"))

    @cached_property
    def _supposed(self) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = defaultdict(list)
        for edge in self.added:
            found[edge.subject].append(edge)
            found[edge.object].append(edge)
        return found

    def changed(self, *, add: Iterable[Edge] = (), remove: Iterable[str] = ()) -> "View":
        """A view in which some facts are supposed and others are not there. The store stays as it is.

        What is supposed takes the place of the same fact where that is less sure; where it is surer nothing changes.
        """
        known = {edge.id: edge for edge in add}
        for edge in self.facts() if known else ():
            if edge.id in known and RANK[edge.modality] >= RANK[known[edge.id].modality]:
                del known[edge.id]
        return replace(self, added=(*self.added, *known.values()), removed=self.removed.union(remove, known))

    # -- evidence

    def counts(self, claim: Row) -> bool:
        """Whether a claim was known, and what it says had happened and not ended, as far as its dates tell."""
        published, begun, ended = claim.get("published"), claim.get("date"), claim.get("end_date")
        if self.known_by and published and self.known_by < _date(published):
            return False
        if self.as_of and begun and self.as_of < _date(begun):
            return False
        return not (self.as_of and ended and _date(ended) < self.as_of)

    def claims(self, facts: Iterable[str]) -> dict[str, list[Row]]:
        """Fact id -> the claims that count, the denials too; the best first."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.store.stream("claim", "fact", sorted({id for id in facts if not id.startswith(ATTRIBUTE)})):
            if self.counts(row):
                found[row["fact"]].append(row)
        for rows in found.values():
            rows.sort(key=_worth, reverse=True)
        return found

    def borne(self, edges: Iterable[Edge]) -> Iterator[tuple[Edge, list[Row]]]:
        """Each fact with the claims that count, as `claims` gives them. Few are held at once."""
        pending = iter(edges)
        while batch := list(islice(pending, BATCH)):
            claims = self.claims(edge.id for edge in batch)
            yield from ((edge, claims[edge.id]) for edge in batch if edge.id in claims)

    def told(self, edges: Iterable[Edge]) -> dict[str, Told]:
        """Fact id -> the fact with its best claim."""
        every = {edge.id: edge for edge in edges}
        claims = self.claims(every)
        return {id: self.telling(edge, claims[id][0] if id in claims else {}) for id, edge in every.items()}

    def telling(self, edge: Edge, claim: Row) -> Told:
        """One fact as one claim has it."""
        return {
            "subject": self.name(edge.subject),
            "relation": edge.relation,
            "object": self.name(edge.object),
            "detail": detail(claim) or edge.detail,
            "modality": claim.get("modality", edge.modality),
            "date": claim.get("date"),
            "attribution": ", ".join(claim.get("attribution", ())) or None,
            "publisher": claim.get("publisher"),
            "published": claim.get("published"),
            "evidence": claim.get("evidence"),
            "document": claim.get("document"),
            "claim": claim.get("id"),
            "fact": edge.id,
        }


def view(
    store: Store,
    *,
    as_of: str | PartialDate | None = None,
    known_by: str | PartialDate | None = None,
    relations: Iterable[str] = (),
    modalities: Iterable[str] = (),
) -> View:
    """The graph of a store at a time. Denied facts are not in it.

    Args:
        as_of: leaves out what happened later or had ended: claims whose whole interval lies outside. What has no date
            is kept and counted.
        known_by: leaves out what was published later. Documents without a date are kept, and their claims counted.
        relations, modalities: the only ones that count.

    Raises:
        QueryError: a date, relation or modality is wrong.
    """
    wanted = frozenset(name.upper() for name in relations), frozenset(modalities)
    for what, names, known in (("relation", wanted[0], tuple(RELATIONS)), ("modality", wanted[1], MODALITIES)):
        if unknown := sorted(names - set(known)):
            raise QueryError(f"unknown {what} {unknown[0]!r}; known: {', '.join(known)}")
    found = View(store, store.shared_graph(), _when(as_of), _when(known_by), *wanted)
    return _at(found) if found.as_of or found.known_by else found


def _at(whole: View) -> View:
    """The view with the modality that each fact had at its time."""
    then: dict[str, str] = {}
    undated = unpublished = 0
    for claim in filter(whole.counts, whole.store.stream("claim")):
        id, modality = claim["fact"], claim["modality"]
        undated += whole.as_of is not None and not ("date" in claim or "end_date" in claim)
        unpublished += whole.known_by is not None and "published" not in claim
        if id not in then or STRENGTH[modality] > STRENGTH[then[id]]:  # type: ignore[index]
            then[id] = modality
    return replace(whole, then=then, undated=undated, unpublished=unpublished)


def _when(date: str | PartialDate | None) -> PartialDate | None:
    try:
        return _date(date) if isinstance(date, str) else date
    except ValueError as error:
        raise QueryError(str(error)) from None


def _worth(claim: Row) -> tuple[int, str, str]:
    """The strongest claim is the best, the latest published among equals."""
    return STRENGTH[claim["modality"]], claim.get("published", ""), claim["id"]


def weakest(edges: Iterable[Edge]) -> str:
    """The modality of the weakest hop: how strong a path is."""
    return min((edge.modality for edge in edges), key=RANK.__getitem__, default="stated")


def surest(edges: Iterable[Edge], most: int | None = None) -> list[Edge]:
    """The facts, or as many of them, the strongest first."""
    return sorted(edges, key=lambda edge: (-RANK[edge.modality], edge))[:most]


def detail(claim: Row) -> str | None:
    """The qualifiers of a claim as a short text: `measure=export_ban`."""
    return ", ".join(f"{key}={claim[key]}" for key in Qualifiers.model_fields if key in claim) or None


class Answer(Rows, Generic[R]):
    """Rows that are named tuples of one kind."""

    rows: list[R]  # type: ignore[assignment]


def answer(kind: type[R], found: Sequence[R], cut: bool = False) -> Answer[R]:
    """Typed rows as an answer: the fields of their named tuple are its columns."""
    return Answer(list(kind._fields), list(found), cut)  # type: ignore[attr-defined]
