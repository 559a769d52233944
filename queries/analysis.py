"""What Cypher cannot say: analyses on the networkx graph, whose rows carry their evidence.

Each is a function of a `View` (the graph at a time) that returns `Rows`, the last column of which, `evidence`, quotes
for each fact the claim that says so. Rows become a pandas frame by `Rows.frame()` and a networkx graph by `graph`.

Example:
    >>> from graph import open_store
    >>> from queries import analysis
    >>> with open_store(":memory:") as store:
    ...     at = analysis.view(store, as_of="2024-06", known_by="2024-09-30")
    ...     analysis.central(at).rows
    []
"""

import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from graph.errors import QueryError
from graph.store import Rows, Store
from queries import unknown
from queries.belief import conflicts, corroborate, timeline
from queries.exposure import exposure, what_if
from queries.holding import money, ownership
from queries.rivalry import rivals, substitutes
from queries.structure import bridges, central, communities, predict
from queries.view import View, view

if TYPE_CHECKING:
    import networkx as nx

__all__ = [
    "ANALYSES",
    "View",
    "bridges",
    "central",
    "communities",
    "conflicts",
    "corroborate",
    "exposure",
    "find",
    "graph",
    "money",
    "ownership",
    "predict",
    "rivals",
    "run",
    "substitutes",
    "timeline",
    "view",
    "what_if",
]

ANALYSES: dict[str, Callable[..., Rows]] = {
    "exposure": exposure,
    "what-if": what_if,
    "substitutes": substitutes,
    "rivals": rivals,
    "ownership": ownership,
    "money": money,
    "central": central,
    "communities": communities,
    "bridges": bridges,
    "predict": predict,
    "corroborate": corroborate,
    "conflicts": conflicts,
    "timeline": timeline,
}
"""Name -> function, as the command line has them."""

TIMES = frozenset({"as_of", "known_by", "relations", "modalities"})
"""The parameters that make the view."""


def find(name: str) -> Callable[..., Rows]:
    """The analysis of that name.

    Raises:
        NotFound: there is none.
    """
    if name not in ANALYSES:
        raise unknown("analysis", name, list(ANALYSES))
    return ANALYSES[name]


def run(store: Store, name: str, /, **params: Any) -> Rows:
    """The rows of an analysis by name, over the view that `as_of`, `known_by`, `relations` and `modalities` make.

    Raises:
        NotFound: there is no such analysis, or no such entity.
        QueryError: a parameter is missing, unknown or wrong.
    """
    analysis = find(name)
    given = {key: value for key, value in params.items() if key not in TIMES}
    known = inspect.signature(analysis).parameters
    if extra := sorted(given.keys() - (known.keys() - {"view"})):
        raise QueryError(f"analysis {name} has no parameter {extra[0]}; known: {', '.join(list(known)[1:])}")
    needed = [key for key, param in known.items() if param.default is param.empty and key not in ("view", *given)]
    if needed:
        kind = inspect.formatannotation(known[needed[0]].annotation)
        raise QueryError(f"analysis {name} needs parameter {needed[0]} ({kind})")
    return analysis(view(store, **{key: value for key, value in params.items() if key in TIMES}), **given)


def graph(at: View, rows: Rows) -> "nx.MultiDiGraph":
    """The facts that rows quote, with their ends, as a networkx graph to do with as one likes; nothing supposed.

    Args:
        rows: of an analysis, or of a query that tells ids of facts or of claims (columns `fact` or `claim`).

    Raises:
        QueryError: the rows tell neither.
    """
    import networkx as nx

    wanted = set(_facts(at, rows))
    edges = [(s, o, id) for s, o, id in at.graph.edges(keys=True) if id in wanted]
    return nx.MultiDiGraph(at.graph.edge_subgraph(edges))


def _facts(at: View, rows: Rows) -> Iterator[str]:
    """The ids of the facts that rows quote."""
    columns = {name: [row[place] for row in rows.rows] for place, name in enumerate(rows.columns)}
    if "fact" in columns:
        yield from columns["fact"]
    elif "claim" in columns:
        yield from (claim["fact"] for claim in at.store.stream("claim", "id", sorted(set(columns["claim"]))))
    elif "evidence" in columns:
        yield from (told["fact"] for evidence in columns["evidence"] for told in evidence if told["claim"])
    else:
        raise QueryError(f"rows of {', '.join(rows.columns)} name no facts and make no graph")
