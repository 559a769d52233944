"""Who competes with whom and in what, and what could take the place of a chip."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from queries.view import RANK, Answer, Edge, Told, View, answer, weakest

Way = tuple[Edge, ...]
"""Facts that together make a rival or a substitute of something."""

LIMIT = 100


class Rival(NamedTuple):
    """A firm that competes with another."""

    rival: str
    strength: str
    """Of the strongest way in which they compete, its weakest hop."""
    ways: int
    fields: list[str]
    """In what, as the claims say."""
    sectors: list[str]
    """In which both are active."""
    products: list[str]
    """Their products that meet, or that challenge the other firm."""
    evidence: list[Told]


class Substitute(NamedTuple):
    """A product that could take the place of another."""

    substitute: str
    makers: list[str]
    strength: str
    ways: list[str]
    """competes, compared, challenges its maker."""
    delta: list[str]
    """What comparisons say, as `metric -0.28`: of the fact's subject against its object."""
    buyers: list[str]
    """Who buys both."""
    restricted: list[str]
    """Which measures of whom meet the substitute itself or its makers."""
    evidence: list[Told]


def rivals(view: View, name: str, *, limit: int = LIMIT) -> Answer[Rival]:
    """The firms that compete with a firm, themselves or by products, with the fields and sectors they share.

    Raises:
        NotFound: the name is unknown or means several.
        QueryError: it is no firm.
    """
    firm = view.node(name, "Firm")
    found: dict[str, list[Way]] = defaultdict(list)
    for rival, way in _rivalries(view, firm):
        if rival != firm:
            found[rival].append(way)
    order = sorted(found, key=lambda node: (-_rank(found[node]), -len(_facts(found[node])), *view.order(node)))
    facts = [edge for node in order[:limit] for edge in _facts(found[node])]
    fields, told = _fields(view, facts), view.told(facts)
    home = _sectors(view, firm)
    rows = [
        Rival(
            view.name(node),
            _strength(found[node]),
            len(found[node]),
            sorted({field for edge in _facts(found[node]) for field in fields.get(edge.id, ())}),
            sorted(home & _sectors(view, node)),
            sorted({view.name(e.object) for e in _facts(found[node]) if e.relation == "PRODUCES"}),
            [told[edge.id] for edge in _facts(found[node])],
        )
        for node in order[:limit]
    ]
    return answer(Rival, rows, len(order) > limit)


def _rivalries(view: View, firm: str) -> Iterator[tuple[str, Way]]:
    for edge in view.edges(firm):
        if edge.relation == "COMPETES_WITH":
            yield from _behind(view, edge.other(firm), (edge,))
        elif edge.relation == "PRODUCES":
            for rivalry in _of(view, edge.object, "COMPETES_WITH"):
                yield from _behind(view, rivalry.other(edge.object), (edge, rivalry))


def _behind(view: View, node: str, way: Way) -> Iterator[tuple[str, Way]]:
    """The firm itself, or the makers of a product."""
    if view.label(node) == "Firm":
        yield node, way
    else:
        yield from ((edge.subject, (*way, edge)) for edge in _makers(view, node))


def _fields(view: View, edges: Iterable[Edge]) -> dict[str, set[str]]:
    claims = view.claims(edge.id for edge in edges if edge.relation == "COMPETES_WITH")
    return {id: {row["field"] for row in rows if "field" in row} for id, rows in claims.items()}


def _sectors(view: View, firm: str) -> set[str]:
    return {view.name(edge.object) for edge in _of(view, firm, "ACTIVE_IN")}


# -- substitutes


def substitutes(view: View, name: str, *, limit: int = LIMIT) -> Answer[Substitute]:
    """What could take the place of a chip or product: what competes or is compared with it, or challenges its maker.

    What no measure meets comes first, then what more of the same firms buy already. That a substitute is as good, or to
    be had, no fact says.

    Raises:
        NotFound: the name is unknown or means several.
        QueryError: it is no chip or product.
    """
    chip = view.node(name, "Chip", "Product")
    found: dict[str, list[tuple[str, Way]]] = defaultdict(list)
    for other, word, way in _alternatives(view, chip):
        if other != chip:
            found[other].append((word, way))
    met = {node: _measures(view, node) for node in found}
    users = {node: _buyers(view, node) & _buyers(view, chip) for node in found}
    order = sorted(
        found,
        key=lambda node: (bool(met[node]), -len(users[node]), -_rank(_ways(found[node])), *view.order(node)),
    )[: limit + 1]
    facts = {node: [*_facts(_ways(found[node])), *_makers(view, node), *met[node]] for node in order[:limit]}
    every = [edge for edges in facts.values() for edge in edges]
    told, deltas = view.told(every), _deltas(view, every)
    rows = [
        Substitute(
            view.name(node),
            sorted({view.name(edge.subject) for edge in _makers(view, node)}),
            _strength(_ways(found[node])),
            sorted({word for word, _ in found[node]}),
            sorted({delta for edge in edges for delta in deltas.get(edge.id, ())}),
            sorted(map(view.name, users[node])),
            sorted({f"{view.name(edge.subject)}: {edge.detail} on {view.name(edge.object)}" for edge in met[node]}),
            [told[edge.id] for edge in dict.fromkeys(edges)],
        )
        for node, edges in facts.items()
    ]
    return answer(Substitute, rows, len(order) > limit)


def _alternatives(view: View, chip: str) -> Iterator[tuple[str, str, Way]]:
    """Each thing that could take a chip's place, why, and by which facts."""
    for edge in view.edges(chip):
        other = edge.other(chip)
        if edge.relation in _WORDS and view.label(other) in ("Chip", "Product"):
            yield other, _WORDS[edge.relation], (edge,)
        elif edge.relation == "PRODUCES":
            for rivalry in _of(view, other, "COMPETES_WITH"):
                if view.label(rivalry.subject) in ("Chip", "Product"):
                    yield rivalry.subject, "challenges its maker", (edge, rivalry)


_WORDS = {"COMPETES_WITH": "competes", "COMPARES_TO": "compared"}


def _measures(view: View, node: str) -> list[Edge]:
    """The measures on a product or its makers."""
    hit = [node, *(edge.subject for edge in _makers(view, node))]
    return sorted({edge for one in hit for edge in _of(view, one, "SANCTIONS") if edge.object == one})


def _buyers(view: View, node: str) -> set[str]:
    return {edge.subject for edge in _of(view, node, "BUYS")}


def _deltas(view: View, edges: Iterable[Edge]) -> dict[str, set[str]]:
    claims = view.claims(edge.id for edge in edges if edge.relation == "COMPARES_TO")
    return {id: {f"{row['metric']} {row['delta']:+g}" for row in rows if "delta" in row} for id, rows in claims.items()}


# -- shared


def _of(view: View, node: str, relation: str) -> list[Edge]:
    return [edge for edge in view.edges(node) if edge.relation == relation]


def _makers(view: View, node: str) -> list[Edge]:
    return [edge for edge in _of(view, node, "PRODUCES") if edge.object == node]


def _ways(found: Iterable[tuple[str, Way]]) -> list[Way]:
    return [way for _, way in found]


def _facts(ways: Iterable[Way]) -> list[Edge]:
    return list(dict.fromkeys(edge for way in ways for edge in way))


def _strength(ways: Iterable[Way]) -> str:
    return max(map(weakest, ways), key=RANK.__getitem__)


def _rank(ways: Iterable[Way]) -> int:
    return RANK[_strength(ways)]
