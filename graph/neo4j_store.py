"""Neo4jStore: the driver, the constraints, and all Cypher that writes."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import groupby
from typing import TYPE_CHECKING, Any, LiteralString, Protocol, TypeVar

import neo4j
from neo4j import exceptions

from graph.elements import Elements, Kind
from graph.errors import ConnectionFailed, NotFound, QueryError, StoreChanged, StoreError, first_line
from graph.ontology import DENIED, LABELS, RELATIONS
from graph.store import SCHEMA, Rows, Store
from graph.summary import SUMS, Row, Tally, edge_properties, edge_type

if TYPE_CHECKING:
    import networkx as nx

BATCH = 5_000
"""Rows in one UNWIND."""
READERS = 4
"""Sessions that read a whole graph together: the server uses its cores, while one core here builds."""
RETRY = 30.0
"""Seconds for which the driver repeats a transaction that failed for a passing reason."""

NODE: dict[Kind, str] = {
    "document": "Document",
    "mention": "Mention",
    "claim": "Claim",
    "entity": "Entity",
    "judgement": "Judgement",
}
EDGE_TYPES = (*RELATIONS, DENIED)
_EDGES = "|".join(EDGE_TYPES)
_INDEXES = {"Claim": ("fact", "document"), "Mention": ("entity", "document"), "Entity": ("name",)}
_FACT = (
    "r{.*, subject: s.name, subject_id: s.id, subject_label: s.label, "
    "object: o.name, object_id: o.id, object_label: o.label}"
)


# this node is every writer's first stop: they take turns, for summaries are read before they are written
_LOCK: LiteralString = "MATCH (k:Keiretsu {id: 'graph'}) SET k.writes = k.writes + 1"

ROOT: LiteralString = "MERGE (k:Keiretsu {id: 'graph'}) ON CREATE SET k.schema = $schema, k.writes = 0"
"""Makes the node without which a database is no store."""

# the driver tells of every attempt that it repeats; what becomes of them in the end is told by our errors
logging.getLogger("neo4j").addHandler(logging.NullHandler())

T = TypeVar("T")


class _Runner(Protocol):
    """A session or a transaction."""

    def run(self, query: LiteralString, parameters: dict[str, Any] | None = None) -> neo4j.Result: ...


def schema() -> Iterator[str]:
    """The statements that make constraints and indexes; what is there already stays."""
    for label in ("Keiretsu", *NODE.values()):
        yield f"CREATE CONSTRAINT {label}_id IF NOT EXISTS FOR (n:{label}) REQUIRE n.id IS UNIQUE"
    for kind in EDGE_TYPES:
        yield f"CREATE CONSTRAINT {kind}_id IF NOT EXISTS FOR ()-[r:{kind}]-() REQUIRE r.id IS UNIQUE"
    for label, names in (_INDEXES | dict.fromkeys(LABELS, ("name",))).items():
        for name in names:
            yield f"CREATE INDEX {label}_{name} IF NOT EXISTS FOR (n:{label}) ON (n.{name})"


class _Neo4jElements(Elements):
    """The elements of a database, seen through a session or a transaction."""

    def __init__(self, runner: _Runner) -> None:
        self._runner = runner

    def _run(self, text: str, **parameters: Any) -> neo4j.Result:
        # the text is put together from names of the ontology only; values are always parameters
        return self._runner.run(text, parameters)

    def _batches(self, text: str, rows: Sequence[Any]) -> None:
        for start in range(0, len(rows), BATCH):
            self._run("UNWIND $rows AS row " + text, rows=rows[start : start + BATCH]).consume()

    def rows(self, kind: Kind, by: str = "", values: Iterable[str] = ()) -> Iterator[Row]:
        wanted = sorted(set(values))
        if by and not wanted:
            return
        for text in _readings(kind, by):
            for record in self._run(text, values=wanted):
                yield record[0]

    def known(self, kind: Kind, ids: Sequence[str]) -> set[str]:
        text = f"UNWIND $ids AS id MATCH (n:{NODE[kind]} {{id: id}}) RETURN collect(id)"
        record = self._run(text, ids=ids).single()
        return set(record[0]) if record else set()

    def count(self, kind: Kind) -> int:
        pattern = f"(:Entity)-[:{_EDGES}]->(:Entity)" if kind == "fact" else f"(:{NODE[kind]})"
        return int(self._run(f"MATCH {pattern} RETURN count(*)").single(strict=True)[0])

    def tallies(self, facts: Sequence[str]) -> Iterator[Tally]:
        text = (
            "UNWIND $facts AS fact MATCH (c:Claim {fact: fact}) "
            "RETURN fact, c.publisher, c.modality, c.date, c.end_date, count(*)"
        )
        return (Tally(*record) for record in self._run(text, facts=facts))

    def put(self, kind: Kind, rows: Sequence[Row], *, new: bool = False) -> None:
        for group, members in _grouped(kind, rows):
            self._batches(_writing(kind, group, new), _sendable(kind, members))

    def drop(self, kind: Kind, ids: Sequence[str]) -> None:
        if kind == "document":
            self._batches("MATCH (:Document {id: row})<-[:IN]-(n) DETACH DELETE n", ids)
        self._batches(f"MATCH (n:{NODE[kind]} {{id: row}}) DETACH DELETE n", ids)

    def drop_edges(self, facts: Sequence[Row]) -> None:
        for kind, rows in _grouped("fact", facts):
            self._batches(f"MATCH ()-[r:{kind} {{id: row}}]->() DELETE r", [row["id"] for row in rows])

    def assign(self, kind: Kind, ids: Mapping[str, str]) -> None:
        owner = {"claim": "fact", "mention": "entity"}[kind]
        self._batches(
            f"MATCH (n:{NODE[kind]} {{id: row[0]}}) SET n.{owner} = row[1]", [list(pair) for pair in ids.items()]
        )


def _readings(kind: Kind, by: str) -> Iterator[str]:
    """Statements that return one row each as a map, ordered by id within a statement."""
    if kind != "fact":
        where = f" WHERE n.{by} IN $values" if by else ""
        yield f"MATCH (n:{NODE[kind]}){where} RETURN properties(n) ORDER BY n.id"
    elif by == "entity":
        yield (
            f"MATCH (e:Entity)-[r:{_EDGES}]-(:Entity) WHERE e.id IN $values "
            f"WITH DISTINCT r, startNode(r) AS s, endNode(r) AS o RETURN {_FACT} ORDER BY r.id"
        )
    elif by:
        for type in EDGE_TYPES:
            yield f"MATCH (s)-[r:{type}]->(o) WHERE r.{by} IN $values RETURN {_FACT} ORDER BY r.id"
    else:
        yield f"MATCH (s:Entity)-[r:{_EDGES}]->(o:Entity) RETURN {_FACT} ORDER BY r.id"


def _grouped(kind: Kind, rows: Sequence[Row]) -> Iterator[tuple[str, list[Row]]]:
    """Rows with what must be written into the text of their statement: the type of an edge, the label of an entity."""
    group = edge_type if kind == "fact" else _label if kind == "entity" else _one
    for name, members in groupby(sorted(rows, key=group), key=group):
        yield name, list(members)


def _sendable(kind: Kind, rows: list[Row]) -> list[Row]:
    """Facts with the properties of their edge in one map; the others are their node's properties themselves."""
    if kind != "fact":
        return rows
    ends = ("id", "subject_id", "object_id")
    return [{**{end: row[end] for end in ends}, "edge": edge_properties(row)} for row in rows]


def _label(row: Row) -> str:
    return str(row["label"])


def _one(row: Row) -> str:
    return ""


def _writing(kind: Kind, group: str, new: bool) -> str:
    """What is done with each row of an UNWIND."""
    verb = "CREATE" if new else "MERGE"
    if kind == "fact" and not new:
        # the rest of it is its id; a null takes the property away
        sums = ", ".join(f"r.{name} = row.edge.{name}" for name in SUMS)
        return f"MATCH ()-[r:{group} {{id: row.id}}]->() SET {sums}"
    if kind == "fact":
        return (
            "MATCH (s:Entity {id: row.subject_id}) MATCH (o:Entity {id: row.object_id}) "
            f"CREATE (s)-[r:{group} {{id: row.id}}]->(o) SET r = row.edge"
        )
    if kind in ("claim", "mention"):
        return f"MATCH (d:Document {{id: row.document}}) CREATE (n:{NODE[kind]} {{id: row.id}})-[:IN]->(d) SET n = row"
    labels = f", n:{group}" if group else ""
    return f"{verb} (n:{NODE[kind]} {{id: row.id}}) SET n = row{labels}"


def _driver(uri: str, **options: Any) -> neo4j.Driver:
    try:
        driver = neo4j.GraphDatabase.driver(uri, **options)
        try:
            driver.verify_connectivity()
        except BaseException:
            driver.close()
            raise
        return driver
    except ValueError as error:
        raise ConnectionFailed(f"{uri}: {first_line(error)}") from error


class Neo4jStore(Store):
    """The graph in a Neo4j database: plain Cypher, Community features, one managed transaction a batch of documents."""

    def __init__(
        self, uri: str, *, create: bool = True, username: str = "", password: str = "", database: str = ""
    ) -> None:
        self.uri = uri
        self._database = database or None
        with self._failing():
            auth = (username or "neo4j", password) if password else None
            self._driver = _driver(
                uri,
                auth=auth,
                max_transaction_retry_time=RETRY,
                connection_timeout=15.0,
                notifications_min_severity=neo4j.NotificationMinimumSeverity.OFF,
                telemetry_disabled=True,
                user_agent="keiretsu",
            )
            try:
                self._prepare(create)
            except BaseException:
                self._driver.close()
                raise

    def _prepare(self, create: bool) -> None:
        text: LiteralString = "MATCH (k:Keiretsu {id: 'graph'}) RETURN k.schema"
        version = self._driver.execute_query(text, database_=self._database, result_transformer_=_value)
        if version is None and not create:
            raise NotFound(f"no graph in the database at {self.uri}; `keiretsu load` makes one")
        if version is None:
            self._check_ours()
            with self._session() as session:
                session.execute_write(_create_schema)
                session.execute_write(_create_root)
        elif version > SCHEMA:
            raise StoreError(
                f"{self.uri}: made by a newer keiretsu (schema {version}, this one knows {SCHEMA}); upgrade"
            )

    def _check_ours(self) -> None:
        """Refuse to make a graph among somebody else's nodes of the same labels."""
        text = f"MATCH (n:{'|'.join(NODE.values())}) RETURN labels(n)[0] LIMIT 1"
        if found := self._driver.execute_query(text, database_=self._database, result_transformer_=_value):
            why = "another program's, or imported without running schema.cypher; use an empty one, or run that"
            raise StoreError(f"{self.uri}: the database has {found} nodes that are no graph of keiretsu: {why}")

    def _session(self, *, read: bool = False) -> neo4j.Session:
        mode = neo4j.READ_ACCESS if read else neo4j.WRITE_ACCESS
        return self._driver.session(database=self._database, default_access_mode=mode)

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except exceptions.AuthError as error:
            why = "the server refuses the login; set NEO4J_USERNAME and NEO4J_PASSWORD"
            raise ConnectionFailed(f"{self.uri}: {why}") from error
        except (exceptions.ServiceUnavailable, exceptions.SessionExpired, OSError) as error:
            raise ConnectionFailed(f"{self.uri}: no connection: {first_line(error)}; is the server up?") from error
        except (exceptions.Neo4jError, exceptions.DriverError) as error:
            raise StoreError(f"{self.uri}: {_message(error)}") from error

    def read(self, work: Callable[[Elements], T]) -> T:
        with self._failing(), self._session(read=True) as session:
            return session.execute_read(lambda tx: work(_Neo4jElements(tx)))

    def write(self, work: Callable[[Elements], T]) -> T:
        def alone(tx: neo4j.ManagedTransaction) -> T:
            tx.run(_LOCK).consume()
            return work(_Neo4jElements(tx))

        with self._failing(), self._session() as session:
            return session.execute_write(alone)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        # the server shows each statement the newest state, so a writer that came between can only be noticed
        before = self._writes()
        yield
        if self._writes() != before:
            raise StoreChanged(f"{self.uri}: changed by another writer while it was read; try again")

    def steadily(self, work: Callable[[], T]) -> T:
        try:
            return super().steadily(work)
        except StoreChanged:
            # writers that never rest are made to wait: all of them stop at the node that is locked here
            with self._failing(), self._session() as session, session.begin_transaction() as tx:
                tx.run(_LOCK).consume()
                return work()

    def _writes(self) -> Any:
        text: LiteralString = "MATCH (k:Keiretsu {id: 'graph'}) RETURN k.writes"
        with self._failing():
            return self._driver.execute_query(
                text, database_=self._database, routing_=neo4j.RoutingControl.READ, result_transformer_=_value
            )

    def stream(self, kind: Kind, by: str = "", values: Iterable[str] = ()) -> Iterator[Row]:
        with self._failing(), self._session(read=True) as session:
            yield from _Neo4jElements(session).rows(kind, by, values)

    def graph(self, *, denied: bool = False) -> "nx.MultiDiGraph":
        return self.steadily(lambda: self._read_graph(denied))

    def _read_graph(self, denied: bool) -> "nx.MultiDiGraph":
        import networkx as nx

        from graph.collector import paused_collector
        from graph.columns import edges, nodes, plan
        from graph.snapshot import connect

        found = nx.MultiDiGraph()
        with self._failing(), paused_collector(), ThreadPoolExecutor(READERS) as pool:
            with self._session(read=True) as session:
                wanted = plan(session, (*RELATIONS, DENIED) if denied else tuple(RELATIONS))
            for (type, _, _), columns in zip(wanted, pool.map(self._columns, wanted), strict=True):
                if type:
                    connect(found, edges(type, columns))
                else:
                    found.add_nodes_from(nodes(columns))
        return found

    def _columns(self, part: tuple[str, str, dict[str, str]]) -> list[list[Any]]:
        _, text, bounds = part
        with self._session(read=True) as session:
            return list(session.run(text, bounds).single(strict=True))

    def query(
        self, cypher: str, params: Mapping[str, Any] | None = None, *, limit: int = 10_000, timeout: float = 60.0
    ) -> Rows:
        from graph.clause import check_read_only
        from graph.deadline import over, within

        check_read_only(cypher)
        statement = neo4j.Query(cypher, timeout=timeout)
        with self._failing():
            try:
                # the server looks at the clock every two seconds
                return within(timeout, lambda: self._ask(statement, dict(params or {}), limit))
            except (OverflowError, TypeError, UnicodeEncodeError) as error:
                raise QueryError(f"a parameter that a server cannot take: {first_line(error)}") from error
            except exceptions.ClientError as error:
                if isinstance(error, exceptions.AuthError):
                    raise
                if "TimedOut" in (error.code or ""):
                    raise over(timeout) from error
                raise QueryError(f"{_message(error)}") from error

    def _ask(self, statement: neo4j.Query, params: dict[str, Any], limit: int) -> Rows:
        with self._session(read=True) as session:
            result = session.run(statement, params)
            found = [tuple(map(_plain, record)) for record in result.fetch(limit + 1)]
            return Rows(list(result.keys()), found[:limit], len(found) > limit)

    def close(self) -> None:
        self._driver.close()


def _value(result: neo4j.Result) -> Any:
    record = result.single()
    return record[0] if record else None


def _create_schema(tx: neo4j.ManagedTransaction) -> None:
    for statement in schema():
        tx.run(statement).consume()


def _create_root(tx: neo4j.ManagedTransaction) -> None:
    tx.run(ROOT, schema=SCHEMA).consume()


def _plain(value: Any) -> Any:
    """A value as rows hold it: nodes and relationships as maps, dates as ISO text."""
    if isinstance(value, neo4j.graph.Node):
        return {"labels": sorted(value.labels), **value}
    if isinstance(value, neo4j.graph.Relationship):
        return {"type": value.type, **value}
    if isinstance(value, neo4j.graph.Path):
        return [_plain(part) for part in (*value.nodes, *value.relationships)]
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value.iso_format() if hasattr(value, "iso_format") else value


def _message(error: exceptions.Neo4jError | exceptions.DriverError) -> str:
    """What a server says, without the codes around it."""
    said = error.message if isinstance(error, exceptions.Neo4jError) else None
    return (said or first_line(error)).strip()
