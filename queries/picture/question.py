"""The questions that pictures for reports answer: each is a function of a `View` that returns a `Figure`."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from graph.errors import NotFound
from graph.ontology import RELATIONS
from graph.summary import Row
from queries.diff import Axis
from queries.diff import diff as differences
from queries.exposure import Path, paths
from queries.holding import money as paid
from queries.holding import ownership as held
from queries.picture.figure import CLAIMS, Figure, Mark, Node, figure
from queries.view import RANK, Edge, Told, View, surest

EGO_NODES, EGO_FIRST, OUTER, LAYER, FIRMS, MARKS, ROWS = 38, 24, 2, 14, 22, 90, 60
"""What is drawn at most: entities around one, of these next to it, facts that join one further away; entities in a
layer; firms of a matrix; facts of a timeline; rows of differences. Of money a layer's worth for each currency."""


def ego(view: View, name: str, *, hops: int = 2) -> Figure:
    """What is around an entity, in rings by distance.

    Raises:
        NotFound: the name is unknown or means several.
    """
    centre = view.node(name)
    rings: dict[str, int] = {centre: 0}
    reached: dict[str, list[Edge]] = {centre: []}
    left = hidden = 0
    for ring in range(1, hops + 1):
        found = _around(view, [node for node, at in rings.items() if at == ring - 1], rings)
        order = sorted(found, key=lambda node: (-len(found[node]), -_degree(view, node), view.order(node)))
        room = (EGO_FIRST if ring == 1 else EGO_NODES) - (len(rings) - 1)
        left += max(0, len(order) - room)
        for node in order[: max(0, room)]:
            rings[node], reached[node] = ring, surest(found[node], OUTER if ring > 1 else None)
            hidden += len(found[node]) - len(reached[node])
    marks = [mark for node in rings for mark in _joined(reached[node])]
    nodes = [Node(node, *view.order(node), rings[node], _relations(reached[node])) for node in rings]
    empty = f"Nothing is said about {view.name(centre)} and others{' then' if view.as_of or view.known_by else ''}."
    title = f"What is around {view.name(centre)}?"
    layers = [view.name(centre), *(f"{n} fact{'s' if n > 1 else ''} away" for n in range(1, hops + 1))]
    notes = [*_more(left, "entities", EGO_WHOLE), *_more(hidden, "facts between what is drawn", EGO_WHOLE)]
    return figure(view, "ego", title, nodes, marks, notes, empty=empty, layers=layers)


EGO_WHOLE = "`keiretsu draw ego NAME -o x.html` draws all, `keiretsu show NAME` lists them"


def _relations(edges: Sequence[Edge]) -> str:
    """The relations of facts in few words: one, and how many others."""
    found = Counter(edge.relation for edge in edges)
    first = next(iter(found), "")
    return first + (f" +{len(found) - 1}" if len(found) > 1 else "")


def _around(view: View, nodes: Iterable[str], known: dict[str, int]) -> dict[str, list[Edge]]:
    """What is one fact further away, with the facts that lead there."""
    found: defaultdict[str, list[Edge]] = defaultdict(list)
    for node in nodes:
        for edge in view.edges(node):
            if edge.other(node) not in known:
                found[edge.other(node)].append(edge)
    return found


def _degree(view: View, node: str) -> int:
    return int(view.graph.degree(node))


def _joined(edges: Iterable[Edge]) -> Iterator[Mark]:
    """A mark for each pair and relation."""
    groups: defaultdict[tuple[str, str, str], list[Edge]] = defaultdict(list)
    for edge in edges:
        groups[edge.subject, edge.relation, edge.object].append(edge)
    for (subject, relation, obj), same in groups.items():
        strongest = max(same, key=lambda edge: RANK[edge.modality]).modality
        yield Mark(subject, relation, obj, strongest, tuple(edge.id for edge in same), ", ".join(_details(same)))


def _details(edges: Iterable[Edge]) -> list[str]:
    return sorted({edge.detail for edge in edges if edge.detail})


def _more(count: int, what: str, how: str) -> list[str]:
    """That so much was left out, and how to see it."""
    return [f"{count:,} {what} were left out; {how}."] if count > 0 else []


# -- impact

_PARTS = ("Authority", "Restricted", "Makers, owners, suppliers", "Buyers, scarce goods", "Rivals that may gain")
_EFFECTS = {"restricted": 1, "sales": 2, "value": 2, "funding": 2, "ties": 2, "supply": 3}
_FELT = {
    "restricted": "restricted",
    "sales": "sells less",
    "value": "holding loses value",
    "funding": "loses funding",
    "ties": "loses a partner",
    "supply": "gets less",
}


def impact(view: View, name: str, *, depth: int = 3) -> Figure:
    """Who restricts, what is restricted, who makes it, who buys it, which rivals may gain; from left to right.

    Raises:
        NotFound: the name is unknown or means several.
    """
    start = view.node(name)
    found = sorted(paths(view, [start], depth), key=lambda p: (-p.rank, len(p.edges), *view.order(p.node), p.effect))
    parts, said, edges = {start: 0 if view.label(start) == "Regulator" else 1}, {start: ""}, dict[str, Edge]()
    sizes, left = Counter(parts.values()), 0
    for path in found:
        part = _EFFECTS[path.effect]
        if path.node in parts:
            continue
        if sizes[part] >= LAYER or not all({e.subject, e.object} <= {*parts, path.node} for e in path.edges):
            left += 1
            continue
        parts[path.node], said[path.node] = part, _felt(path)
        sizes[part] += 1
        edges |= {edge.id: edge for edge in path.edges}
    for node, edge, about in [*_authorities(view, parts), *_gaining(view, parts)]:
        part = 0 if edge.relation == "SANCTIONS" else 4
        if parts.get(node, part) != part or (node not in parts and sizes[part] >= LAYER):
            left += node not in parts
            continue
        sizes[part] += node not in parts
        parts.setdefault(node, part)
        said.setdefault(node, about)
        edges[edge.id] = edge
    nodes = [Node(node, *view.order(node), part, said[node]) for node, part in parts.items()]
    title = f"Whom does a measure {'of' if parts[start] == 0 else 'on'} {view.name(start)} hit, and who may gain?"
    empty = f"Nothing is known to be hit by a measure on {view.name(start)}."
    how = f"`keiretsu analyze exposure {view.name(start)}` lists them"
    marks = list(_joined(edges.values()))
    return figure(view, "impact", title, nodes, marks, _more(left, "entities", how), empty=empty, layers=_PARTS)


def _felt(path: Path) -> str:
    return ("" if path.strength == "stated" else f"{path.strength}: ") + _FELT[path.effect]


def _authorities(view: View, parts: dict[str, int]) -> list[tuple[str, Edge, str]]:
    """Who restricts what is drawn as restricted."""
    restricted = [node for node, part in parts.items() if part == 1]
    found = [edge for node in restricted for edge in view.edges(node, (), ("SANCTIONS",))]
    return [
        (edge.subject, edge, "") for edge in sorted(found, key=lambda e: (-RANK[e.modality], view.order(e.subject)))
    ]


def _gaining(view: View, parts: dict[str, int]) -> list[tuple[str, Edge, str]]:
    """Who is said to gain, then who competes with what is restricted or with whom it is made by."""
    hit = {node: part for node, part in parts.items() if part in (1, 2)}
    said, rivals = [], []
    for node, part in hit.items():
        for edge in view.edges(node, ("COMPETES_WITH",), ("COMPETES_WITH", "BENEFITS_FROM")):
            if edge.relation == "BENEFITS_FROM":
                said.append((edge.subject, edge, "is said to gain"))
            elif edge.other(node) not in parts and part == 1:
                rivals.append((edge.other(node), edge, f"competes with {view.name(node)}"))
    key = lambda found: (-RANK[found[1].modality], view.order(found[0]), found[1])  # noqa: E731
    return [*sorted(said, key=key), *sorted(rivals, key=key)]


# -- matrix


def matrix(view: View, name: str | None = None) -> Figure:
    """Who competes with whom, how many claims say so, how sure the least sure of these is.

    Raises:
        NotFound: the name is unknown or means several.
    """
    centre = view.node(name) if name else None
    edges = sorted(edge for edge in view.facts() if edge.relation == "COMPETES_WITH")
    if centre:
        near = {centre, *(edge.other(centre) for edge in edges if centre in (edge.subject, edge.object))}
        edges = [edge for edge in edges if {edge.subject, edge.object} <= near]
    rivals = Counter(end for edge in edges for end in (edge.subject, edge.object))
    order = sorted(rivals, key=lambda node: (node != centre, -rivals[node], view.order(node)))[:FIRMS]
    drawn = [edge for edge in edges if {edge.subject, edge.object} <= set(order)]
    order = [node for node in order if any(node in (edge.subject, edge.object) for edge in drawn)]
    claims = view.claims(edge.id for edge in drawn)
    marks = [_rivalry(edge, claims.get(edge.id, [])) for edge in drawn]
    nodes = [Node(node, *view.order(node)) for node in order]
    whom = f"What competes with {view.name(centre)}" if centre else "Who competes with whom"
    left = _more(
        len(edges) - len(drawn), f"pairs of {len(rivals):,} entities", "`keiretsu draw matrix NAME` draws those of one"
    )
    return figure(view, "matrix", f"{whom}, and how many claims say so?", nodes, marks, left, empty="Nothing competes.")


def _rivalry(edge: Edge, claims: Sequence[Row]) -> Mark:
    said = [row["modality"] for row in claims]
    worst = min(said, key=RANK.__getitem__, default=edge.modality)
    return Mark(edge.subject, edge.relation, edge.object, worst, (edge.id,), told=len(said))


# -- money


def money(view: View, name: str | None = None) -> Figure:
    """Who pays whom how much, a panel for each currency.

    Raises:
        NotFound: the name is unknown or means several.
    """
    answer = paid(view, name, each=True, limit=10**9)
    facts = _facts(view, (row.evidence[0]["fact"] for row in answer.rows))
    shown, sizes = [], Counter[str]()
    for row in answer.rows:
        sizes[row.currency or ""] += 1
        if sizes[row.currency or ""] <= LAYER:
            shown.append(row)
    marks = [_payment(facts[row.evidence[0]["fact"]], row) for row in shown]
    ends = dict.fromkeys(end for mark in marks for end in (mark.subject, mark.object))
    nodes = [Node(end, *view.order(end)) for end in ends]
    title = f"What money is told of {view.name(view.node(name))}?" if name else "Who is told to pay whom how much?"
    left = _more(len(answer.rows) - len(shown), "facts", "`keiretsu analyze money --each` lists all")
    return figure(view, "money", title, nodes, marks, left, empty="Nothing is told of money.")


def _payment(fact: Row, row: Any) -> Mark:
    """Money goes from the subject to the object, except that who supplies is paid."""
    ends = fact["subject_id"], fact["object_id"]
    payer, paid_ = ends[::-1] if row.relation == "SUPPLIES" else ends
    several = "; ".join(row.told) if len(row.told) > 1 else ""
    return Mark(payer, row.relation, paid_, row.modality, (fact["id"],), several, row.amount, row.currency)


def _facts(view: View, ids: Iterable[str]) -> dict[str, Row]:
    return {row["id"]: row for row in view.store.stream("fact", "id", sorted(set(ids)))}


# -- timeline


def timeline(view: View, name: str, *, other: str | None = None) -> Figure:
    """When what happened to an entity, or between it and another, as far as dates are told; denials too.

    Raises:
        NotFound: a name is unknown or means several.
    """
    from queries.belief import timeline as moments

    answer = moments(view, name, other=other, limit=10**9)
    dated = [row for row in answer.rows if row.date or row.end_date]
    undated = [row for row in answer.rows if not (row.date or row.end_date)]
    shown = [*dated[: MARKS * 3 // 4], *undated]
    shown = shown[:MARKS]
    facts = _facts(view, (row.evidence[0]["fact"] for row in shown))
    marks = [_moment(facts[row.evidence[0]["fact"]], row) for row in shown]
    marks.sort(key=lambda mark: list(RELATIONS).index(mark.relation))
    nodes = [Node(end, *view.order(end)) for end in dict.fromkeys(e for m in marks for e in (m.subject, m.object))]
    who = view.name(view.node(name)) + (f" and {view.name(view.node(other))}" if other else "")
    left = _more(len(answer.rows) - len(shown), "facts", "`keiretsu analyze timeline NAME` lists all")
    return figure(
        view, "timeline", f"When did what happen to {who}?", nodes, marks, left, empty=f"Nothing is told of {who}."
    )


def _moment(fact: Row, row: Any) -> Mark:
    ends = fact["subject_id"], row.relation, fact["object_id"], row.modality
    detail = fact.get("measure") or fact.get("metric") or ""
    return Mark(*ends, (fact["id"],), detail, date=row.date, end_date=row.end_date, told=row.claims)


# -- differences

_CHANGES = {"appeared": "added", "denied": "withdrawn", "ended": "withdrawn", "changed": "changed"}


def diff(view: View, first: str, second: str, *, by: Axis = "publication") -> Figure:
    """What was added, withdrawn or changed between two dates.

    Raises:
        QueryError: a date is none, or the second lies before the first.
    """
    rows = [
        dict(zip(found.columns, row, strict=True))
        for found in [differences(view.store, first, second, by=by)]
        for row in found.rows
    ]
    groups: defaultdict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in rows:
        groups[_CHANGES[row["change"]], row["fact"]].append(row)
    order = sorted(groups, key=lambda key: ("added", "changed", "withdrawn").index(key[0]))
    shown = _fairly(order)
    facts = _facts(view, (fact for _, fact in shown))
    claims = {row["id"]: row for row in view.store.stream("claim", "id", sorted({row["claim"] for row in rows}))}
    marks = [_changed(facts[fact], change, groups[change, fact]) for change, fact in shown]
    told: dict[str, tuple[Told, ...]] = {}
    for mark in marks:
        edge = Edge(mark.facts[0], facts[mark.facts[0]]["subject_id"], mark.relation, mark.object, mark.modality)
        said = [view.telling(edge, claims[row["claim"]]) for row in groups[mark.change, mark.facts[0]][:CLAIMS]]
        told[edge.id] = (*told.get(edge.id, ()), *said)
    nodes = [Node(end, *view.order(end)) for end in dict.fromkeys(e for m in marks for e in (m.subject, m.object))]
    axis = "was published" if by == "publication" else "happened"
    title = f"What changed between {first} and {second}?"
    left = _more(len(order) - len(shown), "changes", f"`keiretsu diff {first} {second}` lists all")
    return figure(
        view, "diff", title, nodes, marks, left, empty="Nothing changed.", told=told, when=f"by what {axis} by then"
    )  # fmt: skip


def _fairly(order: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """So many changes as are drawn, of each kind a part."""
    kinds = Counter(change for change, _ in order)
    most = {change: max(ROWS // max(1, len(kinds)), ROWS - len(order) + count) for change, count in kinds.items()}
    seen = Counter[str]()
    shown = []
    for change, fact in order:
        seen[change] += 1
        if seen[change] <= most[change]:
            shown.append((change, fact))
    return shown


def _changed(fact: Row, change: str, rows: Sequence[Row]) -> Mark:
    row = rows[0]
    said = {
        "changed": f"{row['before']} → {row['after']}",
        "denied": f"was {row['before']}" if row["before"] else "",
        "ended": f"ended {row['end_date']}",
    }
    text = " ".join(filter(None, (row["detail"], said.get(row["change"]))))
    ends = fact["subject_id"], fact["relation"], fact["object_id"], row["modality"]
    return Mark(*ends, (fact["id"],), text, date=row["date"], change=change)


# -- ownership


def ownership(view: View, name: str, *, depth: int = 3) -> Figure:
    """Who owns an entity, and what it owns, with the stakes.

    Raises:
        NotFound: the name is unknown or means several.
    """
    node = view.node(name)
    answer = held(view, name, depth=depth, limit=10**6)
    facts = _facts(view, (told["fact"] for row in answer.rows for told in row.evidence))
    layers, about, edges = {node: 0}, {node: ""}, dict[str, Edge]()
    sizes, left = Counter[int](), set[str]()
    for row in answer.rows:
        chain = [_edge(facts[told["fact"]]) for told in row.evidence]
        up = chain[-1].object == node
        end, layer = (chain[0].subject, -len(chain)) if up else (chain[-1].object, len(chain))
        if end not in layers:
            if sizes[layer] >= LAYER or not {e for edge in chain for e in (edge.subject, edge.object)} <= {
                *layers,
                end,
            }:
                left.add(end)
                continue
            sizes[layer] += 1
            layers[end], about[end] = layer, _stake(row)
        if {e for edge in chain for e in (edge.subject, edge.object)} <= layers.keys():
            edges |= {edge.id: edge for edge in chain}
    stakes = {id: _told_stake(rows) for id, rows in view.claims(edges).items()}
    marks = [
        mark._replace(text=", ".join(filter(None, (stakes.get(id, "") for id in mark.facts))))
        for mark in _joined(edges.values())
    ]
    first, last = min(layers.values()), max(layers.values())
    titles = [_generation(layer) for layer in range(first, last + 1)]
    nodes = [Node(id, *view.order(id), layer, about[id]) for id, layer in layers.items()]
    empty = f"Nobody is told to own {view.name(node)}, nor it to own anybody."
    how = f"`keiretsu analyze ownership {view.name(node)}` lists the chains"
    title = f"Who owns {view.name(node)}, and what does it own?"
    left_out = _more(len(left), "entities", how)
    return figure(view, "ownership", title, nodes, marks, left_out, empty=empty, layers=titles, first=first)


def _edge(row: Row) -> Edge:
    return Edge(row["id"], row["subject_id"], row["relation"], row["object_id"], row["modality"])


def _generation(layer: int) -> str:
    if layer == 0:
        return ""
    kind = "Owners" if layer < 0 else "Holdings"
    return (
        kind if abs(layer) == 1 else f"{kind} of {kind.lower()}" if abs(layer) == 2 else f"{kind}, {abs(layer)} steps"
    )


def _stake(row: Any) -> str:
    if (row.low, row.high) == (0, 1):
        return "stake not told"
    share = _percent(row.low) if row.low == row.high else f"{_percent(row.low)} to {_percent(row.high)}"
    return share + (f" over {row.depth} steps" if row.depth > 1 else "")


def _told_stake(claims: Iterable[Row]) -> str:
    found = sorted({row["stake"] for row in claims if "stake" in row and row["modality"] != "denied"})
    return " or ".join(map(_percent, found))


def _percent(share: float) -> str:
    return f"{round(share * 100, 2):g} %"


VIEWS: dict[str, Callable[..., Figure]] = {
    "ego": ego,
    "impact": impact,
    "matrix": matrix,
    "money": money,
    "timeline": timeline,
    "diff": diff,
    "ownership": ownership,
}
"""Name -> function, as the command line has them."""


def find(name: str) -> Callable[..., Figure]:
    """The view of that name.

    Raises:
        NotFound: there is none.
    """
    if name not in VIEWS:
        raise NotFound(f"no view {name!r}; known: {', '.join(VIEWS)}")
    return VIEWS[name]
