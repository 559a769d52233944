"""The engine that answers Cypher on the embedded store: kglite, behind the gate.

Networkx stays the truth; kglite answers from a disposable copy.
"""

from collections import defaultdict
from collections.abc import Mapping
from itertools import product
from typing import TYPE_CHECKING, Any

from graph.deadline import over, within
from graph.errors import QueryError
from graph.gate import Known, compiled, join_kinds, kind_of, quote

if TYPE_CHECKING:
    import networkx as nx

BATCH = 10_000
INDEXED = ("id", "name", "fact")
# The passes of kglite's optimizer that let indexes serve. The others stay off: `fuse_node_scan_aggregate` takes
# NOT (null) for true, and what they gain, a fifth of a second per full scan of 300,000 nodes, is not worth the doubt.
PASSES = {"push_where_into_match.1", "push_where_into_match.2", "optimize_pattern_start_node"}
PASSES |= {
    "extract_pushable_rel_predicates",
    "reorder_match_patterns",
    "reorder_match_clauses",
    "push_limit_into_match",
}

_Element = tuple[dict[str, str], Mapping[str, object]]  # what identifies a node or the ends of an edge, its properties


class CypherEngine:
    """Answers Cypher about a networkx graph as it was when the engine was made."""

    def __init__(self, graph: "nx.MultiDiGraph[str]") -> None:
        import kglite

        kglite.set_query_warning_policy("silent")
        self._copy = kglite.KnowledgeGraph()
        self._passes_off = [name for name in kglite.cypher_pass_names() if name not in PASSES]
        self._late = kglite.CypherTimeoutError
        self._errors = (kglite.KgError, ValueError, TypeError, OverflowError, RuntimeError)
        self._seen: dict[str, set[str]] = defaultdict(set)
        self._add_nodes(graph)
        self._add_edges(graph)
        self._kinds = {name: join_kinds(kinds) for name, kinds in self._seen.items()}

    def _add_nodes(self, graph: "nx.MultiDiGraph[str]") -> None:
        grouped: dict[tuple[str, ...], list[_Element]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        for key, values in graph.nodes(data=True):
            if not values.get("labels"):
                raise QueryError(f"node {key!r} has no label")
            grouped[tuple(values["labels"])].append(({"id": key}, values))
            names[values["labels"][0]].update(values.keys() - {"labels"})
        for labels, nodes in grouped.items():
            made = "".join(f":{quote(label)}" for label in labels)
            self._write(nodes, names[labels[0]], ["id"], f"CREATE ({made}", ")")
        for label, name in product(names, INDEXED):
            self._copy.create_index(label, f"p_{name}")

    def _add_edges(self, graph: "nx.MultiDiGraph[str]") -> None:
        first = {key: values["labels"][0] for key, values in graph.nodes(data=True)}
        grouped: dict[tuple[str, str, str], list[_Element]] = defaultdict(list)
        names: dict[str, set[str]] = defaultdict(set)
        for subject, obj, values in graph.edges(data=True):
            ends = {"subject": subject, "object": obj}
            grouped[values["type"], first[subject], first[obj]].append((ends, values))
            names[values["type"]].update(values.keys() - {"type"})
        for (kind, one, other), edges in grouped.items():
            found = f"MATCH (a:{quote(one)} {{id: row.subject}}) MATCH (b:{quote(other)} {{id: row.object}})"
            self._write(edges, names[kind], [], f"{found} CREATE (a)-[:{quote(kind)}", "]->(b)")

    def _write(self, elements: list[_Element], names: set[str], keys: list[str], before: str, after: str) -> None:
        """Create nodes or edges by a map that is spelled out: twice as quick as `SET n = row`.

        Args:
            names: the properties of all elements of the type: kglite refuses one that comes up later.
        """
        pairs = ", ".join(f"{quote(key)}: row.{quote(key)}" for key in keys + [f"p_{name}" for name in sorted(names)])
        for start in range(0, len(elements), BATCH):
            rows = [own | self._properties(values, names) for own, values in elements[start : start + BATCH]]
            self._copy.cypher(f"UNWIND $rows AS row {before} {{{pairs}}}{after}", params={"rows": rows})

    def _properties(self, values: Mapping[str, object], names: set[str]) -> dict[str, object]:
        found = {}
        for name in names:
            value = values.get(name)
            if value is not None:
                self._seen[name].add(kind_of(value))
                found[f"p_{name}"] = value
        return found

    def run(
        self, cypher: str, params: Mapping[str, object] = {}, *, limit: int | None = None, timeout: float | None = None
    ) -> tuple[list[str], list[tuple[object, ...]]]:
        """The columns and rows that answer a query.

        Args:
            limit: rows at most.
            timeout: seconds at most.

        Raises:
            QueryError: the gate refuses the query, a parameter is missing, or the time is over.
        """
        query = compiled(cypher, Known(self._kinds, params))
        bound = query.bind(params)
        if timeout is None:
            return query.columns, self._rows(query.text, bound, limit, None)
        # kglite looks at the clock between steps, and gives memory back before it says that time is over
        rows = within(timeout, lambda: self._rows(query.text, bound, limit, timeout), daemon=False)
        return query.columns, rows

    def _rows(
        self, text: str, bound: dict[str, object], limit: int | None, timeout: float | None
    ) -> list[tuple[object, ...]]:
        milliseconds = None if timeout is None else max(1, round(timeout * 1000))
        try:
            result: Any = self._copy.cypher(
                text, params=bound, row_limit=limit, timeout_ms=milliseconds, disabled_passes=self._passes_off
            )
            return [tuple(row.values()) for row in result.to_list()]
        except self._late as error:
            raise over(timeout or 0.0) from error
        except self._errors as error:
            raise QueryError(str(error).splitlines()[0]) from error
