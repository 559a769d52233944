"""Cypher on a networkx graph: an interpreter that reads, and answers as Neo4j 5.26 does or refuses.

    run(graph, "MATCH (a)-[r:OWNS]->(b) RETURN a.name, r, b", {"name": "value"})

A graph is a `MultiDiGraph` whose nodes have the attribute `labels`, whose edges have the attribute `type`; all other
attributes are properties: text, numbers, booleans, dates, lists. `run` reads the graph anew each time; a
`CypherEngine` reads it once, for many queries. Rows hold plain Python values and `Node`, `Relationship` and `Path`.
"""

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any

from graph.cypher.duration import Duration
from graph.cypher.value import Node, Path, Relationship
from graph.errors import QueryError

if TYPE_CHECKING:
    import networkx as nx

    from graph.cypher.index import Index
    from graph.store import Rows

__all__ = ["CypherEngine", "Duration", "Node", "Path", "Relationship", "plain", "run"]


def run(graph: "nx.MultiDiGraph[Any]", cypher: str, params: Mapping[str, object] | None = None) -> "Rows":
    """The answer of a query about a graph.

    Raises:
        QueryError: the query is wrong or refused; the message has line, column, construct and remedy.

    Example:
        >>> import networkx as nx
        >>> graph = nx.MultiDiGraph()
        >>> graph.add_node(1, labels=["Firm"], name="Acme")
        >>> graph.add_node(2, labels=["Firm"], name="Beta")
        >>> _ = graph.add_edge(1, 2, type="OWNS", stake=0.5)
        >>> found = run(graph, "MATCH (a)-[o:OWNS]->(b {name: $name}) RETURN a, o.stake", {"name": "Beta"})
        >>> found.columns, found.rows
        (['a', 'o.stake'], [((:Firm {'name': 'Acme'}), 0.5)])
        >>> found.rows[0][0].labels, found.rows[0][0].properties["name"]
        (('Firm',), 'Acme')
    """
    from graph.store import Rows

    return Rows(*CypherEngine(graph).run(cypher, params or {}))


class CypherEngine:
    """Answers Cypher about a networkx graph, or an index made otherwise, as it was when the engine was made."""

    def __init__(self, graph: "nx.MultiDiGraph[Any] | Index") -> None:
        from graph.cypher import index

        self._index = graph if isinstance(graph, index.Index) else index.of_graph(graph)

    def run(
        self, cypher: str, params: Mapping[str, object] = {}, *, limit: int | None = None, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """The columns and rows that answer a query.

        Args:
            limit: rows at most.
            timeout: seconds at most.

        Raises:
            QueryError: the gate refuses the query, a parameter is missing, or the time is over.
        """
        from graph.cypher.clock import Clock
        from graph.cypher.evaluator import told
        from graph.cypher.executor import Executor
        from graph.cypher.function import kind_of
        from graph.cypher.value import Mistake
        from graph.gate import compiled

        bound = _bound(params)
        checked = compiled(cypher, frozenset((name, kind_of(value)) for name, value in bound.items()))
        checked.missing(params)
        executor = Executor(self._index, bound, Clock(timeout), checked.everything)
        columns = checked.columns
        try:
            found = executor.rows(checked.query, {}, {})
            return columns, [tuple(row[name] for name in columns) for row in islice(found, limit)]
        except RecursionError as error:
            raise QueryError("line 1, column 1: a query nested too deeply") from error
        except Mistake as error:  # of what rows are told apart by, which has no place of its own
            told(checked.query.token, error)


def plain(value: Any) -> Any:
    """A value as rows of a store hold it: nodes and relationships as maps, dates as ISO text."""
    if isinstance(value, Node):
        return {"labels": sorted(value.labels), **value.properties}
    if isinstance(value, Relationship):
        return {"type": value.type, **value.properties}
    if isinstance(value, Path):
        return [plain(part) for part in (*value.nodes, *value.relationships)]
    if isinstance(value, list):
        return [plain(part) for part in value]
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    return value.isoformat() if hasattr(value, "isoformat") else value


def _bound(params: Mapping[str, object]) -> dict[str, Any]:
    from graph.cypher.value import Mistake, accepted

    found = {}
    for name, value in params.items():
        try:
            found[name] = accepted(value)
        except Mistake as error:
            raise QueryError(f"parameter ${name}: {error}") from None
    return found
