"""Who is hit by a measure, over which facts; what would change if there were others; what could take a chip's place."""

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import NamedTuple

from graph import ontology
from graph.errors import OntologyError, QueryError
from graph.model import entity_id, fact_id
from queries.sense import BASED_IN, FELT, PART_OF, PASSES, Sense
from queries.view import ASSUMED, ATTRIBUTE, RANK, Answer, Edge, Told, View, answer, weakest

DEPTH = 3
"""Hops from what is restricted, at most."""
LIMIT = 200


class Path(NamedTuple):
    """How an entity is hit: the hops from the measure to it."""

    node: str
    effect: str
    rank: int = RANK["stated"]
    """Of the weakest hop."""
    edges: tuple[Edge, ...] = ()
    last: Sense | None = None
    """The rule of the last hop."""

    @property
    def strength(self) -> str:
        return weakest(self.edges)

    @property
    def order(self) -> tuple[object, ...]:
        """The strongest path comes first, then the shortest, then any one, always the same."""
        return -self.rank, len(self.edges), self.edges

    def passes(self, node: str) -> bool:
        """Whether an entity is on it."""
        return any(node in (edge.subject, edge.object) for edge in self.edges)


class Hop(NamedTuple):
    """How a hit goes on from an entity."""

    edge: Edge
    node: str
    """Where it arrives."""
    rank: int
    sense: Sense


class Exposed(NamedTuple):
    """Somebody or something that is hit."""

    entity: str
    label: str
    effect: str
    strength: str
    """The modality of the weakest hop."""
    depth: int
    path: str
    reason: str
    evidence: list[Told]
    """Each hop with its best claim, from the measure on."""


class Change(NamedTuple):
    """Somebody or something that is hit otherwise than before."""

    entity: str
    label: str
    effect: str
    change: str
    """hit, spared, surer, less sure."""
    before: str | None
    after: str | None
    path: str
    reason: str
    evidence: list[Told]


def exposure(view: View, name: str, *, depth: int = DEPTH, limit: int = LIMIT) -> Answer[Exposed]:
    """Who is hit by a measure on a firm, chip, regulator or country, over which facts, and how sure that is.

    One row for each way in which an entity is hit, with the strongest path, the shortest among equals. From a regulator
    the search begins with what it restricts.

    Args:
        depth: hops at most.

    Raises:
        NotFound: the name is unknown or means several.
    """
    found = _sorted(view, paths(view, [view.node(name)], depth))
    shown = found[:limit]
    told = view.told(edge for path in shown for edge in path.edges)
    rows = [
        Exposed(*_hit(view, path), path.strength, len(path.edges), *_said(view, path), _quoted(path, told))
        for path in shown
    ]
    return answer(Exposed, rows, len(found) > limit)


def what_if(
    view: View,
    *,
    ban: Sequence[str] = (),
    by: str | None = None,
    measure: str = "export_ban",
    add: Sequence[tuple[str, str, str]] = (),
    remove: Sequence[str] = (),
    of: str | None = None,
    depth: int = DEPTH,
    limit: int = LIMIT,
) -> Answer[Change]:
    """Who would be hit, or spared, if some facts were there and others were not. The store stays as it is.

    Args:
        ban: names that `by` restricts with this `measure`.
        add: subject, relation and object of other facts to suppose.
        remove: ids of facts to leave out.
        of: whose exposure is compared. Without it that of all authorities: whom any measure hits.
        depth: hops at most, of which the one from the authority to what it restricts is the first.

    Raises:
        NotFound: a name or fact is unknown.
        QueryError: nothing is supposed, `by` is missing, or a fact is not possible.
    """
    if ban and by is None:
        raise QueryError("who bans it? give the authority (by)")
    if not (ban or add or remove):
        raise QueryError("nothing is supposed: give what is banned (ban), facts to add or ids of facts to remove")
    supposed = [_supposed(view, str(by), "SANCTIONS", name, measure) for name in ban]
    supposed += [_supposed(view, subject, relation.upper(), obj) for subject, relation, obj in add]
    other = view.changed(add=supposed, remove=[view.fact(id).id for id in remove])
    start = [view.node(of)] if of else None
    before = {path[:2]: path for path in paths(view, start or _authorities(view), depth)}
    after = {path[:2]: path for path in paths(other, start or _authorities(other), depth)}
    return _compared(other, before, after, limit)


def _compared(
    view: View, before: dict[tuple[str, str], Path], after: dict[tuple[str, str], Path], limit: int
) -> Answer[Change]:
    changes: list[tuple[Path, str, str | None, str | None]] = []
    for path in _sorted(view, (after.get(key) or before[key] for key in before.keys() | after.keys())):
        was, now = (known[path[:2]].strength if path[:2] in known else None for known in (before, after))
        if word := _change(was, now):
            changes.append((path, word, was, now))
    shown = changes[:limit]
    told = view.told(edge for path, *_ in shown for edge in path.edges)
    rows = [
        Change(*_hit(view, path), word, was, now, *_said(view, path), _quoted(path, told))
        for path, word, was, now in shown
    ]
    return answer(Change, rows, len(changes) > limit)


def _change(before: str | None, after: str | None) -> str | None:
    if before is None or after is None:
        return "hit" if before is None else "spared"
    return {1: "surer", 0: None, -1: "less sure"}[(RANK[after] > RANK[before]) - (RANK[after] < RANK[before])]


def _supposed(view: View, subject: str, relation: str, obj: str, variant: str | None = None) -> Edge:
    """A fact that nobody claims.

    Raises:
        QueryError: the relation is unknown or does not join such ends.
    """
    ends = [view.node(subject), view.node(obj)]
    try:
        known = ontology.find(relation)
    except OntologyError as error:
        raise QueryError(str(error)) from None
    labels = (view.label(ends[0]), view.label(ends[1]))
    if labels not in known.ends:
        raise QueryError(f"{relation} does not go from {labels[0]} to {labels[1]}")
    if relation == "SANCTIONS" and variant not in (None, *ontology.MEASURES):
        raise QueryError(f"unknown measure {variant!r}; known: {', '.join(ontology.MEASURES)}")
    if labels in known.undirected:
        ends.sort(key=view.order)
    return Edge(fact_id(relation, ends[0], ends[1], variant), ends[0], relation, ends[1], ASSUMED, variant)


def _authorities(view: View) -> list[str]:
    return sorted({edge.subject for edge in view.facts() if edge.relation == "SANCTIONS"})


# -- the search


def paths(view: View, starts: Iterable[str], depth: int) -> list[Path]:
    """The best path to every entity that is hit, for each way in which it is, in any order.

    The best paths of so many hops are the best of a hop less, each with one hop more, since no hop makes a path
    stronger. None comes back to where it was: nothing is hit by what it suffers itself. Whoever is hit is found, with
    the strongest path: what an effect passes on, the effects before it pass on too (`sense`).
    """
    begun = [Path(node, "acts" if view.label(node) == "Regulator" else "restricted") for node in sorted(starts)]
    best = {path[:2]: path for path in begun}
    hops, frontier = _hops(view, {path.node for path in begun}), begun
    for _ in range(depth):
        found: dict[tuple[str, str], Path] = {}
        for path in frontier:
            for hop in hops(path.node, path.effect):
                key = hop.node, hop.sense.effect
                if step := _step(path, hop, found.get(key) or best.get(key)):
                    found[key] = step
        best |= found
        frontier = list(found.values())
    return [path for path in best.values() if path.edges and path.effect != "acts"]


def _step(path: Path, hop: Hop, rival: Path | None) -> Path | None:
    """A path and a hop more, unless it comes back to where it was, or another that arrives there is better."""
    rank = min(path.rank, hop.rank)
    if (rival and (-rival.rank, len(rival.edges)) < (-rank, len(path.edges) + 1)) or path.passes(hop.node):
        return None
    step = Path(hop.node, hop.sense.effect, rank, (*path.edges, hop.edge), hop.sense)
    return step if rival is None or step.order < rival.order else None


def _hops(view: View, sources: set[str]) -> Callable[[str, str], list[Hop]]:
    """What gives the hops from an entity that is hit in some way, to all but the sources."""
    attributes = _attributes(view)

    @cache
    def hops(node: str, effect: str) -> list[Hop]:
        found = []
        for edge in [*view.edges(node, *FELT[effect]), *attributes.get(node, ())]:
            sense = PASSES.get((edge.relation, "subject" if edge.subject == node else "object", effect))
            other = edge.other(node)
            if sense and other != node and other not in sources:
                found.append(Hop(edge, other, RANK[edge.modality], sense))
        return found

    return hops


def _attributes(view: View) -> dict[str, list[Edge]]:
    """What is known of entities that hits pass over though it is no fact, by the object of such an edge."""
    countries: dict[str, list[str]] = {}
    for node, data in view.graph.nodes(data=True):
        if data["label"] == "Country" and "country" in data:
            countries.setdefault(data["country"], []).append(node)
    found: dict[str, list[Edge]] = {}
    for node, data in view.graph.nodes(data=True):
        above: list[tuple[str, str]] = []
        if data["label"] in ("Firm", "Fund"):
            above = [(BASED_IN, country) for country in countries.get(data.get("country", ""), ())]
        elif data["label"] == "Regulator" and "parent" in data:
            above = [(PART_OF, entity_id("Regulator", data["parent"]))]
        for relation, of in above:
            found.setdefault(of, []).append(Edge(f"{ATTRIBUTE}{node} {of}", node, relation, of, "stated"))
    return {of: sorted(edges) for of, edges in found.items()}


# -- as rows


def _sorted(view: View, found: Iterable[Path]) -> list[Path]:
    return sorted(found, key=lambda path: (-path.rank, len(path.edges), *view.order(path.node), path.effect))


def _hit(view: View, path: Path) -> tuple[str, str, str]:
    return view.name(path.node), view.label(path.node), path.effect


def _said(view: View, path: Path) -> tuple[str, str]:
    return written(view, path.edges, path.node), path.last.reason if path.last else ""


def _quoted(path: Path, told: dict[str, Told]) -> list[Told]:
    return [told[edge.id] for edge in path.edges]


def written(view: View, edges: Sequence[Edge], end: str) -> str:
    """Hops that lead to an end as a text: `H20 <-PRODUCES- NVIDIA`."""
    parts: list[str] = []
    for edge in reversed(edges):
        parts.append(f" -{edge.relation}-> " if edge.object == end else f" <-{edge.relation}- ")
        parts[-1] += view.name(end)
        end = edge.other(end)
    return view.name(end) + "".join(reversed(parts))
