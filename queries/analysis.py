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
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from graph.errors import NotFound, QueryError
from graph.store import Rows, Store
from queries.belief import conflicts, corroborate, timeline
from queries.exposure import exposure, what_if
from queries.holding import money, ownership
from queries.rivalry import rivals, substitutes
from queries.structure import bridges, central, communities, predict
from queries.view import Told, View, view

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
        raise NotFound(f"no analysis {name!r}; known: {', '.join(ANALYSES)}")
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
        raise QueryError(f"analysis {name} needs parameter {needed[0]}")
    return analysis(view(store, **{key: value for key, value in params.items() if key in TIMES}), **given)


def graph(at: View, rows: Rows) -> "nx.MultiDiGraph":
    """The facts that rows quote, with their ends, as a networkx graph to do with as one likes; nothing supposed."""
    import networkx as nx

    column = rows.columns.index("evidence")
    wanted: set[str] = {told["fact"] for row in rows.rows for told in _quoted(row[column])}
    edges = [(s, o, id) for s, o, id in at.graph.edges(keys=True) if id in wanted]
    return nx.MultiDiGraph(at.graph.edge_subgraph(edges))


def _quoted(evidence: list[Told]) -> list[Told]:
    return [told for told in evidence if told["claim"]]
