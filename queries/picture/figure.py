"""What a picture for a report shows: entities, what joins them, and the claims that say so.

A view (`question`) answers one question with a `Figure`; a drawing (`sheet`) sets it out on a sheet.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from graph.model import Document
from graph.row import as_document
from queries.view import ATTRIBUTE, Edge, Told, View

CLAIMS = 5
"""Claims of one fact that a figure quotes at most."""


class Node(NamedTuple):
    """An entity, and where it belongs."""

    id: str
    name: str
    label: str
    layer: int = 0
    """Its distance, or its part."""
    about: str = ""
    """What is said of it beneath its name."""


class Mark(NamedTuple):
    """Something that is drawn of one or several facts: a line, a bar, a cell."""

    subject: str
    """Ids of entities."""
    relation: str
    object: str
    modality: str
    facts: tuple[str, ...]
    text: str = ""
    """What is said of it."""
    amount: float | None = None
    currency: str | None = None
    date: str | None = None
    end_date: str | None = None
    told: int = 0
    """Of its claims."""
    change: str = ""
    """What happened to it between two dates."""


@dataclass(frozen=True)
class Figure:
    """What a view found, ready to be set out."""

    view: str
    title: str
    """The question that it answers."""
    nodes: tuple[Node, ...]
    marks: tuple[Mark, ...]
    told: Mapping[str, tuple[Told, ...]]
    """Fact id -> what its claims say, the best first."""
    documents: Mapping[str, Document]
    """Of these claims, by id."""
    when: str = ""
    """Of which time it is."""
    layers: tuple[str, ...] = ()
    """What the layers of nodes are called, from layer `first` on."""
    first: int = 0
    notes: tuple[str, ...] = ()
    """What was left out, and how to see it; why it is empty. A sentence each."""
    sources: tuple[str, ...] = field(default=())
    """Ids of documents in the order in which footnotes number them."""

    def claims(self, mark: Mark) -> list[Told]:
        """What is told of a mark."""
        return [told for fact in mark.facts for told in self.told.get(fact, ())]

    def cited(self, marks: Iterable[Mark], most: int = 3) -> str:
        """The footnotes of marks, as `[1, 4]`."""
        numbers = {id: n for n, id in enumerate(self.sources, 1)}
        found = sorted({numbers[told["document"]] for mark in marks for told in self.claims(mark) if told["document"]})
        return f"[{', '.join(map(str, found[:most]))}{', …' if len(found) > most else ''}]" if found else ""

    def _repr_html_(self) -> str:
        """The sheet, for notebooks."""
        from queries.picture import sheet

        return sheet.svg(self)

    def name(self, id: str) -> str:
        return next((node.name for node in self.nodes if node.id == id), "")


def figure(
    view: View,
    kind: str,
    title: str,
    nodes: Iterable[Node],
    marks: Iterable[Mark],
    notes: Iterable[str] = (),
    *,
    empty: str,
    layers: Sequence[str] = (),
    first: int = 0,
    told: Mapping[str, tuple[Told, ...]] | None = None,
    when: str = "",
) -> Figure:
    """The figure of these, with the claims of their facts and the documents of these."""
    nodes, marks = tuple(nodes), tuple(marks)
    told = _told(view, marks) if told is None else told
    order = dict.fromkeys(
        t["document"] for mark in marks for id in mark.facts for t in told.get(id, ()) if t["document"]
    )
    documents = {row["id"]: as_document(row) for row in view.store.stream("document", "id", order)}
    said = (*notes, *_kept(view)) if marks else (empty, *notes)
    return Figure(
        *(kind, title, nodes, marks, told, documents, when or _when(view), tuple(layers), first, said),
        sources=tuple(id for id in order if id in documents),
    )


def _told(view: View, marks: Iterable[Mark]) -> dict[str, tuple[Told, ...]]:
    """The best claims of every fact that is drawn; of what is known of an entity though no claim says it, itself."""
    facts = {id for mark in marks for id in mark.facts if not id.startswith(ATTRIBUTE)}
    edges = {
        row["id"]: Edge(row["id"], row["subject_id"], row["relation"], row["object_id"], row["modality"])
        for row in view.store.stream("fact", "id", sorted(facts))
    }
    claims = view.claims(edges)
    return {id: tuple(view.telling(edges[id], row) for row in rows[:CLAIMS]) for id, rows in claims.items()}


def _when(view: View) -> str:
    parts = [f"as of {view.as_of}"] if view.as_of else []
    parts += [f"known by {view.known_by}"] if view.known_by else []
    return ", ".join(parts)


def _kept(view: View) -> Iterable[str]:
    if view.undated:
        yield f"{view.undated:,} claims of the graph have no date and were kept, whenever what they tell happened."
    if view.unpublished:
        yield f"{view.unpublished:,} claims are of documents without a date and were kept."


def labels(figure: Figure) -> dict[str, int]:
    """How many entities of each label are drawn."""
    return dict(Counter(node.label for node in figure.nodes))
