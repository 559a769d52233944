"""Who owns how much of whom, over chains; and how much money is told of."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from math import prod
from typing import Any, Literal, NamedTuple

from graph.summary import Row
from queries.exposure import written
from queries.view import RANK, Answer, Edge, Told, View, answer, weakest

DEPTH = 5
"""Holdings in a chain, at most."""
LIMIT = 200
EXAMPLES = 10
"""Facts that a sum quotes, the largest first."""

_CONTROL = ("OWNS", "ACQUIRES")
"""What makes a holding also where no stake is told; money put in makes one only where it is."""


class Chain(NamedTuple):
    """One way in which something is held; the whole of several chains between two is their sum."""

    owner: str
    held: str
    low: float
    """Between which bounds the product of the chain's stakes lies. One that is not told is 0 to 1."""
    high: float
    strength: str
    depth: int
    path: str
    evidence: list[Told]


class Sum(NamedTuple):
    """What facts of one relation and modality come to in one currency."""

    relation: str
    side: str | None
    """Whether the entity asked about is their subject or object."""
    modality: str
    currency: str | None
    """Nothing: these facts tell no amount."""
    total: float | None
    low: float | None
    """The same with the smallest and the largest amount that is told of each fact."""
    high: float | None
    facts: int
    differing: int
    """Of how many facts several amounts are told."""
    evidence: list[Told]


class Money(NamedTuple):
    """What is told of the money in one fact."""

    subject: str
    relation: str
    object: str
    modality: str
    amount: float | None
    """The best claim's: the strongest, the latest published among equals."""
    currency: str | None
    told: list[str]
    """Every amount that is told."""
    evidence: list[Told]


def ownership(
    view: View,
    name: str,
    *,
    side: Literal["both", "owners", "holdings"] = "both",
    depth: int = DEPTH,
    limit: int = LIMIT,
) -> Answer[Chain]:
    """The chains of holdings that end at an entity (its owners) or begin there (its holdings), with multiplied stakes.

    A chain never comes back to where it was, so that cross-holdings end. Of several stakes told of one fact the
    smallest and the largest count.

    Raises:
        NotFound: the name is unknown or means several.
    """
    node = view.node(name)
    stakes: dict[str, tuple[float, float] | None] = {}
    found = [
        chain
        for up in (True, False)
        if side in ("both", "owners" if up else "holdings")
        for chain in _chains(view, node, up, depth, stakes)
    ]
    found.sort(key=lambda chain: (len(chain), *(view.order(e.subject) + view.order(e.object) for e in chain), chain))
    shown = found[:limit]
    told = view.told(edge for chain in shown for edge in chain)
    return answer(Chain, [_chain(view, chain, stakes, told) for chain in shown], len(found) > limit)


def _chains(
    view: View, node: str, up: bool, depth: int, stakes: dict[str, tuple[float, float] | None]
) -> Iterator[tuple[Edge, ...]]:
    """Chains from the owner down, without circles."""
    pending: list[tuple[str, tuple[Edge, ...]]] = [(node, ())]
    while pending:
        end, chain = pending.pop()
        if chain:
            yield chain
        if len(chain) == depth:
            continue
        seen = {node, *(other for edge in chain for other in (edge.subject, edge.object))}
        for edge in _holdings(view, end, up, stakes):
            if (other := edge.other(end)) not in seen:
                pending.append((other, (edge, *chain) if up else (*chain, edge)))


def _holdings(view: View, node: str, up: bool, stakes: dict[str, tuple[float, float] | None]) -> list[Edge]:
    """Facts by which a node is held (up) or holds. What their stakes are is kept for later."""
    kinds = (*_CONTROL, "INVESTS_IN")
    found = [
        edge for edge in view.edges(node) if edge.relation in kinds and node == (edge.object if up else edge.subject)
    ]
    unknown = [edge for edge in found if edge.id not in stakes]
    claims = view.claims(edge.id for edge in unknown)
    for edge in unknown:
        stakes[edge.id] = _stake(edge, claims.get(edge.id, ()))
    return [edge for edge in found if stakes[edge.id]]


def _stake(edge: Edge, claims: Iterable[Row]) -> tuple[float, float] | None:
    known = [row["stake"] for row in claims if "stake" in row and row["modality"] != "denied"]
    if known:
        return min(known), max(known)
    return (0.0, 1.0) if edge.relation in _CONTROL else None


def _chain(
    view: View, chain: tuple[Edge, ...], stakes: Mapping[str, tuple[float, float] | None], told: Mapping[str, Told]
) -> Chain:
    bounds = [stakes[edge.id] or (0.0, 1.0) for edge in chain]
    low, high = (round(prod(bound[end] for bound in bounds), 9) for end in (0, 1))
    owner, held = chain[0].subject, chain[-1].object
    path = written(view, chain, held)
    evidence = [told[edge.id] for edge in chain]
    return Chain(view.name(owner), view.name(held), low, high, weakest(chain), len(chain), path, evidence)


# -- money

_PAID = frozenset({"INVESTS_IN", "ACQUIRES", "SUPPLIES", "BUYS"})


def money(view: View, name: str | None = None, *, each: bool = False, limit: int = LIMIT) -> Answer[Any]:
    """What investments, takeovers, supplies and orders come to, of one entity or of all, by relation and currency.

    Currencies are never added up, nor is what is rumored with what is stated. A fact counts once, however many claims
    tell it, with the amount of its best claim; what tells no amount is counted apart.

    Args:
        each: a row for each fact instead of sums.

    Raises:
        NotFound: the name is unknown or means several.
    """
    node = view.node(name) if name else None
    edges = [edge for edge in (view.edges(node) if node else view.facts()) if edge.relation in _PAID]
    every: dict[Edge, list[Row]] = {edge: [] for edge in sorted(edges)}
    every |= {edge: _amounts(claims) for edge, claims in view.borne(every)}
    return _listed(view, every, limit) if each else _summed(view, every, node, limit)


def _amounts(claims: Iterable[Row]) -> list[Row]:
    """The claims that tell an amount and deny nothing, the best first."""
    return [row for row in claims if "amount" in row and row["modality"] != "denied"]


def _summed(view: View, every: Mapping[Edge, list[Row]], node: str | None, limit: int) -> Answer[Sum]:
    groups: dict[tuple[str, str, int, str], list[Edge]] = defaultdict(list)
    for edge, told in every.items():
        side = "" if node is None else "subject" if edge.subject == node else "object"
        groups[edge.relation, side, -RANK[edge.modality], told[0]["currency"] if told else "~"].append(edge)
    order = sorted(groups)
    rows = [_sum(view, group[1], groups[group], every) for group in order[:limit]]
    return answer(Sum, rows, len(order) > limit)


def _sum(view: View, side: str, edges: list[Edge], every: Mapping[Edge, list[Row]]) -> Sum:
    first = edges[0]
    currency = every[first][0]["currency"] if every[first] else None
    edges = sorted(edges, key=lambda edge: (-every[edge][0]["amount"] if every[edge] else 0, edge))
    same = [[row["amount"] for row in every[edge] if row["currency"] == currency] for edge in edges]
    best, low, high = (_total(pick(a) for a in same) if currency else None for pick in (_first, min, max))
    evidence = _quotes(view, edges[:EXAMPLES], every)
    differing = sum(len(_distinct(every[edge])) > 1 for edge in edges)
    group = first.relation, side or None, first.modality, currency
    return Sum(*group, best, low, high, len(edges), differing, evidence)


def _quotes(view: View, edges: list[Edge], every: Mapping[Edge, list[Row]]) -> list[Told]:
    """The facts with each amount that is told of them."""
    silent = view.told(edge for edge in edges if not every[edge])
    return [
        told
        for edge in edges
        for told in ([view.telling(edge, row) for row in _distinct(every[edge]).values()] or [silent[edge.id]])
    ]


def _listed(view: View, every: Mapping[Edge, list[Row]], limit: int) -> Answer[Money]:
    order = sorted(
        every,
        key=lambda edge: (
            not every[edge],
            every[edge][0]["currency"] if every[edge] else "",
            -every[edge][0]["amount"] if every[edge] else 0,
            view.order(edge.subject),
            edge,
        ),
    )
    rows = []
    for edge in order[:limit]:
        best = every[edge][0] if every[edge] else {}
        told = sorted(f"{row['currency']} {_plain(row['amount'])}" for row in _distinct(every[edge]).values())
        ends = view.name(edge.subject), edge.relation, view.name(edge.object), edge.modality
        rows.append(Money(*ends, best.get("amount"), best.get("currency"), told, _quotes(view, [edge], every)))
    return answer(Money, rows, len(order) > limit)


def _distinct(told: Iterable[Row]) -> dict[tuple[str, float], Row]:
    """One claim for each amount, the best."""
    found: dict[tuple[str, float], Row] = {}
    for row in told:
        found.setdefault((row["currency"], row["amount"]), row)
    return found


def _first(amounts: list[float]) -> float:
    return amounts[0]


def _total(amounts: Iterable[float]) -> float:
    """A sum that does not depend on the order, whole where it is."""
    from math import fsum

    total = fsum(amounts)
    return int(total) if total.is_integer() and abs(total) < 2**53 else total


def _plain(amount: float) -> str:
    return f"{amount:,.0f}" if float(amount).is_integer() else f"{amount:,}"
