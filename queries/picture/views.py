"""What a picture shows: all there is, what lies around one entity, what a query found."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from graph.model import Document, Entity, Fact
from graph.ontology import RELATIONS, STRENGTH
from graph.row import as_document, as_entity
from graph.store import Rows, Store
from graph.summary import Row, as_fact
from queries import picture
from queries.picture import Edge, Picture
from queries.picture.figure import Figure
from queries.picture.focus import focus

_ID = re.compile("[0-9a-f]{24}")


def everything(store: Store) -> Picture:
    """The whole graph, as far as a picture holds it."""

    def read() -> Picture:
        empty = "The graph is empty: `keiretsu load FILE` puts something into it."
        return _picture(store, "Everything", list(store.entities()), list(store.facts()), empty=empty)

    return store.steadily(read)


def ego(store: Store, name: str, *, hops: int = 1) -> Picture:
    """An entity, all that is at most so many facts away from it, and what joins these.

    Raises:
        NotFound: the name is unknown or means several; the message offers what comes near.
    """

    def read() -> Picture:
        centre = store.entity(name)
        near = _near(store, centre.id, hops)
        facts = [fact for fact in _facts_of(store, near) if {fact.subject_id, fact.object_id} <= near]
        entities = [as_entity(row) for row in store.stream("entity", "id", near)]
        empty = f"Nothing is said about {centre.name} and others."
        return _picture(store, centre.name, entities, facts, centre=centre.id, empty=empty)

    return store.steadily(read)


def found(store: Store, title: str, rows: Rows, cypher: str, params: Mapping[str, Any]) -> Picture:
    """What the rows of a query name: entities and facts by id, entities by name, facts also by the id of a claim.

    Where a row tells no fact, the facts are drawn that join two of its entities, or one of them and one that a
    parameter names: of the relations that the statement names, or all where it names none.
    """

    def read() -> Picture:
        named = _Named(store, [*rows.rows, tuple(params.values())])
        wanted = {name for name in RELATIONS if re.search(rf"\b{name}\b", cypher)} or set(RELATIONS)
        asked = named.entities(params.values())
        facts: dict[str, Fact] = {}
        pairs: set[frozenset[str]] = set()
        for row in rows.rows:
            told = named.facts(row)
            facts |= {fact.id: fact for fact in told}
            if not told:
                ends = named.entities(row)
                pairs |= {frozenset((a, b)) for a in ends for b in ends | asked if a != b}
        facts |= {fact.id: fact for fact in _joining(store, pairs) if fact.relation in wanted}
        ids = {end for fact in facts.values() for end in (fact.subject_id, fact.object_id)}
        ids |= {id for row in rows.rows for id in named.entities(row)}
        entities = [as_entity(row) for row in store.stream("entity", "id", ids)]
        notes = [f"The query found more than {len(rows.rows):,} rows; --limit takes more."] if rows.cut else []
        return _picture(store, title, entities, list(facts.values()), notes, empty=_nothing(rows))

    return store.steadily(read)


def shown(store: Store, figure: Figure) -> Picture:
    """The entities and facts of a picture for a report, to be looked at further."""

    def read() -> Picture:
        facts = store.stream("fact", "id", {id for mark in figure.marks for id in mark.facts})
        entities = [as_entity(row) for row in store.stream("entity", "id", {node.id for node in figure.nodes})]
        empty = " ".join(figure.notes) or "There is nothing to draw."
        return _picture(store, figure.title, entities, list(map(as_fact, facts)), figure.notes, empty=empty)

    return store.steadily(read)


def _nothing(rows: Rows) -> str:
    if not rows.rows:
        return "The query found nothing."
    return (
        "The rows of the query name no entities or facts: return names or ids, as in "
        "MATCH (a)-[r]->(b) RETURN a.name, r.id, b.name."
    )


class _Named:
    """What of a store some rows name, looked up at once."""

    def __init__(self, store: Store, rows: Iterable[tuple[Any, ...]]) -> None:
        texts = {text for row in rows for text in _texts(row)}
        ids = {text for text in texts if _ID.fullmatch(text)}
        self._facts = {row["id"]: as_fact(row) for row in store.stream("fact", "id", ids)}
        rest = ids - self._facts.keys()
        claims = {row["id"]: row["fact"] for row in store.stream("claim", "id", rest)}
        of_claims = {row["id"]: as_fact(row) for row in store.stream("fact", "id", set(claims.values()))}
        self._facts |= {claim: of_claims[fact] for claim, fact in claims.items()}
        self._entities: dict[str, set[str]] = {}
        for by, values in (("id", rest), ("name", texts - ids)):
            for row in store.stream("entity", by, values):
                self._entities.setdefault(row[by], set()).add(row["id"])

    def facts(self, row: Iterable[Any]) -> list[Fact]:
        return [self._facts[text] for text in _texts(row) if text in self._facts]

    def entities(self, row: Iterable[Any]) -> set[str]:
        """Ids of the entities that a row names."""
        return set().union(*(self._entities.get(text, ()) for text in _texts(row)))


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value; of a node or relationship its id."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from _texts(value.get("id", list(value.values())))
    elif isinstance(value, list | tuple) or (isinstance(value, Iterable) and not isinstance(value, bytes)):
        for part in value:
            yield from _texts(part)


def _near(store: Store, centre: str, hops: int) -> set[str]:
    """Ids of what is at most so many facts away, those that everybody denies not counted."""
    near, edge = {centre}, {centre}
    for _ in range(hops):
        facts = (fact for fact in _facts_of(store, edge) if fact.modality != "denied" or hops == 1)
        edge = {end for fact in facts for end in (fact.subject_id, fact.object_id)} - near
        near |= edge
    return near


def _facts_of(store: Store, entities: Collection[str]) -> Iterator[Fact]:
    return map(as_fact, store.stream("fact", "entity", entities))


def _joining(store: Store, pairs: Collection[frozenset[str]]) -> Iterator[Fact]:
    ends = {end for pair in pairs for end in pair}
    return (fact for fact in _facts_of(store, ends) if frozenset((fact.subject_id, fact.object_id)) in pairs)


# -- from what was found to a picture


def _picture(
    store: Store,
    title: str,
    entities: list[Entity],
    facts: list[Fact],
    notes: Iterable[str] = (),
    *,
    centre: str = "",
    empty: str,
) -> Picture:
    """The picture of these, cut to what one holds: the most connected entities, the facts with most claims."""
    degree = Counter(end for fact in facts for end in (fact.subject_id, fact.object_id))
    nodes = sorted(entities, key=lambda e: (e.id != centre, -degree[e.id], e.name, e.label))[: picture.NODES]
    kept = {node.id for node in nodes}
    joined = [fact for fact in facts if fact.subject_id in kept and fact.object_id in kept]
    joined.sort(key=lambda f: (-f.claims, f.relation, f.subject, f.object, f.id))
    drawn = joined[: picture.EDGES]
    edges, documents = _evidence(store, drawn, everything=len(drawn) == len(facts) == store.count("fact"))
    said = [*notes, *_left_out(len(entities) - len(nodes), len(facts) - len(drawn), edges)]
    return Picture(
        title, tuple(nodes), edges, documents, focus(nodes, drawn, centre), tuple(said if nodes else [empty])
    )


def _left_out(entities: int, facts: int, edges: Iterable[Edge]) -> Iterator[str]:
    if entities or facts:
        yield (
            f"{entities:,} entities and {facts:,} facts were left out, those with least said about them; "
            "`keiretsu draw ego NAME` draws what is around one."
        )
    if claims := sum(edge.fact.claims - len(edge.claims) for edge in edges):
        yield f"{claims:,} claims of facts with many were left out; `keiretsu why A RELATION B` shows all of a fact."


def _evidence(store: Store, facts: list[Fact], *, everything: bool) -> tuple[tuple[Edge, ...], dict[str, Document]]:
    """The facts with their claims, as many as fit, and the documents of these."""
    claims: dict[str, list[Row]] = {fact.id: [] for fact in facts}
    for row in store.stream("claim") if everything else store.stream("claim", "fact", claims):
        claims[row["fact"]].append(row)
    for rows in claims.values():
        rows.sort(key=_rank)
    ids = {row["document"] for rows in claims.values() for row in rows}
    documents = {row["id"]: as_document(row) for row in store.stream("document", "id", ids)}
    fitting = _fitting(claims, documents)
    edges = tuple(Edge(fact, fitting[fact.id]) for fact in facts)
    kept = {row["document"] for edge in edges for row in edge.claims}
    return edges, {id: document for id, document in documents.items() if id in kept}


def _rank(row: Row) -> tuple[Any, ...]:
    """The strongest first, of equals the one published last."""
    return -STRENGTH[row["modality"]], *(-ord(c) for c in row.get("published", "").ljust(10)), row["id"]


def _fitting(claims: dict[str, list[Row]], documents: Mapping[str, Document]) -> dict[str, tuple[Row, ...]]:
    """As many claims as fit into a page: the first of every fact, then the second ones, and so on."""
    kept: dict[str, list[Row]] = {fact: [] for fact in claims}
    room, told, turn = picture.BYTES, set[str](), 0
    while some := [(fact, rows[turn]) for fact, rows in claims.items() if len(rows) > turn]:
        for fact, row in some:
            room -= _CLAIM + len(row["evidence"].encode())
            if row["document"] not in told:
                document = documents[row["document"]]
                room -= _CLAIM + len((document.title + document.url + document.publisher).encode())
                told.add(row["document"])
            if room < 0 and turn:
                return {fact: tuple(rows) for fact, rows in kept.items()}
            kept[fact].append(row)
        turn += 1
    return {fact: tuple(rows) for fact, rows in kept.items()}


_CLAIM = 70
"""Bytes of a claim or document besides its texts, about."""
