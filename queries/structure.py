"""The shape of the graph: who stands in the middle, what groups there are, what holds them together, what is missing.

The algorithms are networkx's own and are called through its dispatch, so that a backend that is installed and
configured (`NETWORKX_BACKEND_PRIORITY`, `nx.config.backend_priority`) does the work. They get a skeleton of the view:
ids and counts, without the properties of nodes and facts, in an order of its own, so that answers do not depend on how
the graph came to be.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any, Literal, NamedTuple

import networkx as nx

from graph import ontology
from graph.errors import OntologyError, QueryError, first_line, installing
from queries.view import RANK, Answer, Edge, Told, View, answer, surest

LIMIT = 50
EXACT = 1_000
"""Entities up to which betweenness is worked out for all pairs."""
PIVOTS = 100
"""Entities from which betweenness is estimated in larger graphs."""
HUB = 200
"""Neighbours above which an entity proposes no pairs: what everybody is joined to says little of any two."""
EXAMPLES = 3
"""Facts that a row of this module quotes."""
DIGITS = 9
"""To which scores are rounded, so that the order of a sum does not show."""

Measure = Literal["degree", "betweenness", "pagerank"]
Method = Literal["adamic_adar", "resource_allocation", "jaccard", "preferential_attachment"]


class Central(NamedTuple):
    """An entity and how central it is."""

    entity: str
    label: str
    measure: str
    score: float
    facts: int
    stated: int
    expected: int
    rumored: int
    evidence: list[Told]


class Community(NamedTuple):
    """Entities that are joined to one another more than to others."""

    community: str
    """The names of its most central members."""
    size: int
    inside: int
    """Facts between members."""
    across: int
    """Facts between a member and somebody else."""
    members: list[str]
    """The most central first."""
    evidence: list[Told]


class Bridge(NamedTuple):
    """Two entities without whose facts two parts of the graph would not hang together."""

    a: str
    b: str
    cut: int
    """Entities in the smaller part."""
    facts: int
    strength: str
    evidence: list[Told]


class Guess(NamedTuple):
    """Two entities that nothing joins yet, and that something perhaps does. A guess, never a claim."""

    a: str
    b: str
    relation: str
    modality: str
    score: float
    method: str
    shared: list[str]
    """Neighbours of both."""
    evidence: list[Told]
    """The facts that join both to the neighbour with the fewest others."""


def skeleton(view: View, *, directed: bool = False) -> "nx.Graph":
    """Who is joined to whom, in order of id; `weight` is the number of facts. Entities without facts are left out."""
    pairs: Counter[tuple[str, str]] = Counter()
    for edge in view.facts():
        a, b = edge.subject, edge.object
        if a != b:
            pairs[(a, b) if directed or a < b else (b, a)] += 1
    found = nx.DiGraph() if directed else nx.Graph()
    found.add_nodes_from(sorted({node for pair in pairs for node in pair}))
    found.add_weighted_edges_from((a, b, pairs[a, b]) for a, b in sorted(pairs))
    return found


def central(view: View, *, measure: Measure = "degree", seed: int = 1, limit: int = LIMIT) -> Answer[Central]:
    """The most central entities, by degree, betweenness or PageRank. The view's relations and modalities count.

    Degree is the share of others it is joined to; betweenness of more than 1,000 entities is estimated from 100 of
    them, taken by the seed; PageRank follows facts from subject to object, once for each.

    Raises:
        QueryError: the measure is unknown, or PageRank lacks scipy.
    """
    if measure not in _SCORES:
        raise QueryError(f"unknown measure {measure!r}; known: {', '.join(_SCORES)}")
    scores = _SCORES[measure](view, seed)
    order = sorted(scores, key=lambda node: (-round(scores[node], DIGITS), *view.order(node)))
    shown = order[:limit]
    edges = {node: view.edges(node) for node in shown}
    told = view.told(edge for node in shown for edge in _best(edges[node]))
    rows = []
    for node in shown:
        sure = Counter(edge.modality for edge in edges[node])
        counts = len(edges[node]), sure["stated"], sure["expected"], sure["rumored"]
        quotes = [told[edge.id] for edge in _best(edges[node])]
        rows.append(Central(view.name(node), view.label(node), measure, round(scores[node], DIGITS), *counts, quotes))
    return answer(Central, rows, len(order) > limit)


def _degree(view: View, seed: int) -> dict[str, float]:
    return dict(nx.degree_centrality(skeleton(view)))


def _betweenness(view: View, seed: int) -> dict[str, float]:
    graph = skeleton(view)
    pivots = None if len(graph) <= EXACT else PIVOTS
    return dict(nx.betweenness_centrality(graph, k=pivots, seed=seed))


def _pagerank(view: View, seed: int) -> dict[str, float]:
    graph = skeleton(view, directed=True)
    try:
        return dict(nx.pagerank(graph, weight="weight")) if graph else {}
    except ImportError:
        raise QueryError(f"PageRank needs scipy: {installing('analysis')}") from None


_SCORES = {"degree": _degree, "betweenness": _betweenness, "pagerank": _pagerank}


def _best(edges: Iterable[Edge]) -> list[Edge]:
    return surest(edges, EXAMPLES)


# -- groups


def communities(
    view: View,
    *,
    method: Literal["louvain", "leiden"] = "louvain",
    resolution: float = 1.0,
    least: int = 2,
    seed: int = 1,
    limit: int = LIMIT,
) -> Answer[Community]:
    """Groups of entities that are joined to one another more than to others, the largest first.

    Args:
        method: Leiden only with a networkx backend that has it; networkx itself has Louvain.
        resolution: above 1 for smaller groups, below for larger.
        least: members of a group that is told.

    Raises:
        QueryError: no backend has the method.
    """
    graph = skeleton(view)
    groups = [group for found in _partition(graph, method, resolution, seed) if len(group := set(found)) >= least]
    inner, across = _sides(view, groups)
    ranked = [sorted(group, key=lambda node: (-inner[node], *view.order(node))) for group in groups]
    order = sorted(range(len(groups)), key=lambda n: (-len(groups[n]), *map(view.order, ranked[n])))
    quotes = {n: _inside(view, ranked[n][0], groups[n]) for n in order[:limit]}
    told = view.told(edge for edges in quotes.values() for edge in edges)
    rows = []
    for n, edges in quotes.items():
        counts = len(groups[n]), sum(inner[node] for node in groups[n]) // 2, across[n]
        members = [view.name(node) for node in ranked[n]]
        rows.append(Community(", ".join(members[:3]), *counts, members, [told[edge.id] for edge in edges]))
    return answer(Community, rows, len(order) > limit)


def _sides(view: View, groups: Sequence[set[str]]) -> tuple[Counter[str], Counter[int]]:
    """How many facts each entity has with others of its group, and each group with the rest."""
    owner = {node: n for n, group in enumerate(groups) for node in group}
    inner, across = Counter[str](), Counter[int]()
    for edge in view.facts():
        ends = {owner.get(edge.subject, -1), owner.get(edge.object, -1)}
        if len(ends) > 1:
            across.update(ends)
        elif edge.subject != edge.object:
            inner.update((edge.subject, edge.object))
    return inner, across


def _inside(view: View, node: str, group: set[str]) -> list[Edge]:
    """The strongest few of the facts that join a node to its group."""
    return _best(edge for edge in view.edges(node) if edge.other(node) in group - {node})


def _partition(graph: "nx.Graph", method: str, resolution: float, seed: int) -> Sequence[Iterable[str]]:
    if method not in ("louvain", "leiden"):
        raise QueryError(f"unknown method {method!r}; known: louvain, leiden")
    if not graph:
        return []
    options: dict[str, Any] = {"weight": "weight", "resolution": resolution, "seed": seed}
    if method == "louvain":
        return list(nx.community.louvain_communities(graph, **options))
    try:
        return list(nx.community.leiden_communities(graph, **options))
    except (AttributeError, NotImplementedError) as error:
        why = first_line(error)
        raise QueryError(f"Leiden needs a networkx backend that has it; Louvain needs none ({why})") from None


# -- what holds it together


def bridges(view: View, *, least: int = 2, limit: int = LIMIT) -> Answer[Bridge]:
    """Pairs of entities without whose facts two parts would not hang together, the largest parts first.

    Args:
        least: entities in the smaller part; with 1 every entity that is joined to one other only is one.
    """
    graph = skeleton(view)
    cuts = {pair: size for pair, size in _cuts(graph, nx.bridges(graph)).items() if size >= least}
    ends = {pair: sorted(pair, key=view.order) for pair in cuts}
    order = sorted(cuts, key=lambda pair: (-cuts[pair], *map(view.order, ends[pair])))
    facts = {pair: _between(view, *pair) for pair in order[:limit]}
    told = view.told(edge for edges in facts.values() for edge in edges)
    rows = []
    for pair, edges in facts.items():
        strength = max((edge.modality for edge in edges), key=RANK.__getitem__)
        quotes = [told[edge.id] for edge in edges]
        a, b = map(view.name, ends[pair])
        rows.append(Bridge(a, b, cuts[pair], len(edges), strength, quotes))
    return answer(Bridge, rows, len(order) > limit)


def _cuts(graph: "nx.Graph", found: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """Each bridge with the number of entities that it joins to the rest; of the two parts the smaller."""
    pairs = {(a, b) if a < b else (b, a) for a, b in found}
    cuts: dict[tuple[str, str], int] = {}
    below: Counter[str] = Counter()
    for part in sorted(sorted(nodes) for nodes in nx.connected_components(graph)):
        steps = list(nx.dfs_edges(graph, part[0]))
        for parent, child in reversed(steps):
            below[child] += 1
            pair = (parent, child) if parent < child else (child, parent)
            if pair in pairs:
                cuts[pair] = min(below[child], len(part) - below[child])
            below[parent] += below[child]
    return cuts


def _between(view: View, a: str, b: str) -> list[Edge]:
    return [edge for edge in view.edges(a) if b in (edge.subject, edge.object)]


# -- what may be missing


def predict(
    view: View,
    name: str | None = None,
    *,
    relation: str = "COMPETES_WITH",
    method: Method = "adamic_adar",
    limit: int = LIMIT,
) -> Answer[Guess]:
    """Pairs that nothing joins, but neighbours that they share: link-prediction baselines of networkx. Only guesses.

    The facts of all relations in the view make neighbours; the relation that is guessed says only which labels may
    pair. Neighbours of more than 200 propose no pairs.

    Args:
        name: only pairs with this entity.

    Raises:
        NotFound: the name is unknown or means several.
        QueryError: the relation or method is unknown.
    """
    if method not in _BASELINES:
        raise QueryError(f"unknown method {method!r}; known: {', '.join(_BASELINES)}")
    try:
        ends = ontology.find(relation.upper()).ends
    except OntologyError as error:
        raise QueryError(str(error)) from None
    graph = skeleton(view)
    node = view.node(name) if name else None
    pairs = sorted(
        pair
        for pair in _candidates(graph, node)
        if not graph.has_edge(*pair) and {labels := (view.label(pair[0]), view.label(pair[1])), labels[::-1]} & ends
    )
    scores = [((a, b), round(score, DIGITS)) for a, b, score in _BASELINES[method](graph, pairs)]
    scores.sort(key=lambda found: (-found[1], *map(view.order, _turned(view, found[0], ends))))
    shown = [(_turned(view, pair, ends), score) for pair, score in scores[:limit]]
    return _guesses(view, graph, shown, relation.upper(), method, len(scores) > limit)


_BASELINES = {
    "adamic_adar": nx.adamic_adar_index,
    "resource_allocation": nx.resource_allocation_index,
    "jaccard": nx.jaccard_coefficient,
    "preferential_attachment": nx.preferential_attachment,
}


def _candidates(graph: "nx.Graph", node: str | None) -> Iterator[tuple[str, str]]:
    """Pairs that share a neighbour which is no hub, each once, in order of id."""
    if node is not None and node not in graph:
        return
    found: set[tuple[str, str]] = set()
    for middle in graph if node is None else graph[node]:
        if len(graph[middle]) > HUB:
            continue
        others = sorted(graph[middle])
        new = combinations(others, 2) if node is None else (_sorted(node, other) for other in others if other != node)
        found.update(new)
    yield from found


def _sorted(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a < b else (b, a)


def _turned(view: View, pair: tuple[str, str], ends: Iterable[tuple[str, str]]) -> tuple[str, str]:
    """The pair as the relation would go; by name where it may go either way."""
    labels = view.label(pair[0]), view.label(pair[1])
    if labels in ends and labels[::-1] in ends:
        a, b = sorted(pair, key=view.order)
        return a, b
    return pair if labels in ends else pair[::-1]


def _guesses(
    view: View,
    graph: "nx.Graph",
    shown: Sequence[tuple[tuple[str, str], float]],
    relation: str,
    method: str,
    cut: bool,
) -> Answer[Guess]:
    shared = {pair: sorted(set(graph[pair[0]]) & set(graph[pair[1]]), key=view.order) for pair, _ in shown}
    facts = {}
    for pair, _ in shown:
        rarest = min(shared[pair], key=lambda node: (len(graph[node]), *view.order(node)))
        facts[pair] = [edge for end in pair for edge in _best(_between(view, end, rarest))[:1]]
    told = view.told(edge for edges in facts.values() for edge in edges)
    rows = []
    for (a, b), score in shown:
        names, quotes = [view.name(node) for node in shared[a, b]], [told[edge.id] for edge in facts[a, b]]
        rows.append(Guess(view.name(a), view.name(b), relation, "guess", score, method, names, quotes))
    return answer(Guess, rows, cut)
