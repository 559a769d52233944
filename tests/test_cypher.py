"""Cypher on the embedded store: every right answer here was also a Neo4j 5.26 server's."""

import doctest
from pathlib import Path

import networkx as nx
import pytest

from graph.clause import check_read_only
from graph.cypher import CypherEngine
from graph.errors import QueryError
from graph.gate import check

FIRMS: list[tuple[str, str | None, dict[str, object]]] = [
    ("nvidia", "NVIDIA", {"founded": 1993, "aliases": ["英伟达", "NVDA"], "listed": True}),
    ("amd", "AMD", {"founded": 1969, "aliases": [], "listed": True}),
    ("huawei", "华为", {"founded": 1987, "aliases": ["Huawei"], "listed": False}),
    ("quiet", 'O\'Brien "X"', {}),
    ("nameless", None, {"founded": 1993}),
]
EDGES: list[tuple[str, str, str, dict[str, object]]] = [
    ("bis", "nvidia", "SANCTIONS", {"id": "f1", "measure": "licence", "claims": 2, "publishers": 1}),
    ("bis", "nvidia", "SANCTIONS", {"id": "f2", "measure": "entity list", "claims": 1, "publishers": 2}),
    ("bis", "huawei", "SANCTIONS", {"id": "f3", "claims": 4, "publishers": 1}),
    ("nvidia", "amd", "COMPETES_WITH", {"id": "f4", "claims": 3, "share": 0.5}),
    ("amd", "nvidia", "COMPETES_WITH", {"id": "f5", "claims": 5, "share": 1.0}),
    ("nvidia", "nvidia", "COMPETES_WITH", {"id": "f6", "claims": 1}),
    ("huawei", "h20", "BUYS", {"id": "f7", "claims": 1, "publishers": 1}),
    ("amd", "h20", "BUYS", {"id": "f8"}),
    ("nvidia", "h20", "DENIED", {"id": "f9", "publishers": 1}),
]
CLAIMS = [("c1", "f1", "d1"), ("c2", "f1", "d2"), ("c3", "f2", "d1"), ("c4", "f3", "d2"), ("c5", "f7", "d2")]


def fixture_graph() -> "nx.MultiDiGraph[str]":
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for key, name, more in FIRMS:
        graph.add_node(key, labels=["Entity", "Firm"], id=key, name=name)
        graph.nodes[key].update(more)
    graph.add_node("bis", labels=["Entity", "Regulator"], id="bis", name="BIS")
    graph.add_node("h20", labels=["Entity", "Chip"], id="h20", name="H20", title="a chip", type="GPU")
    for key, publisher in (("d1", "Reuters"), ("d2", "财新")):
        graph.add_node(f"document {key}", labels=["Document"], id=key, publisher=publisher, date=f"2023-0{key[1]}")
    for subject, obj, kind, more in EDGES:
        graph.edges[subject, obj, graph.add_edge(subject, obj, type=kind)].update(more)
    for key, fact, document in CLAIMS:
        graph.add_node(f"claim {key}", labels=["Claim"], id=key, fact=fact, evidence=f"says {key}")
        graph.add_edge(f"claim {key}", f"document {document}", type="IN")
    return graph


@pytest.fixture(scope="module")
def engine() -> CypherEngine:
    return CypherEngine(fixture_graph())


def one(value: object) -> list[tuple[object, ...]]:
    return [(value,)]


NAMED = [
    (
        """MATCH (authority:Regulator)-[s:SANCTIONS]->(target:Entity {name: $name})
        MATCH (c:Claim {fact: s.id})-[:IN]->(d:Document)
        RETURN authority.name AS authority, target.name AS target, s.measure AS measure, c.date AS date,
               c.evidence AS evidence, d.publisher AS publisher
        ORDER BY authority, measure, date, evidence LIMIT $limit""",
        [
            ("BIS", "NVIDIA", "entity list", None, "says c3", "Reuters"),
            ("BIS", "NVIDIA", "licence", None, "says c1", "Reuters"),
            ("BIS", "NVIDIA", "licence", None, "says c2", "财新"),
        ],
    ),
    (
        """MATCH (:Firm {name: $name})-[f:COMPETES_WITH]-(rival:Firm)
        RETURN rival.name AS rival, sum(f.claims) AS claims ORDER BY claims DESC, rival LIMIT $limit""",
        [("AMD", 8), ("NVIDIA", 1)],
    ),
    (
        """MATCH (buyer:Firm)-[b:BUYS]->(chip:Chip {name: 'H20'}) OPTIONAL MATCH (c:Claim {fact: b.id})
        RETURN buyer.name AS buyer, c.quantity AS quantity, c.evidence AS evidence ORDER BY buyer""",
        [("AMD", None, None), ("华为", None, "says c5")],
    ),
    (
        """MATCH (c:Claim)-[:IN]->(d:Document {id: 'd2'}) RETURN c.id, c.fact ORDER BY c.start, c.id""",
        [("c2", "f1"), ("c4", "f3"), ("c5", "f7")],
    ),
    (
        """MATCH (s:Entity)-[f]->(o:Entity) WHERE f.publishers = 1 AND type(f) <> 'DENIED'
        RETURN s.name AS subject, type(f) AS relation, o.name AS object, f.measure AS measure
        ORDER BY relation, object""",
        [("华为", "BUYS", "H20", None), ("BIS", "SANCTIONS", "NVIDIA", "licence"), ("BIS", "SANCTIONS", "华为", None)],
    ),
]

ROWS = [
    # labels, types, directions
    ("MATCH (n:Entity) RETURN count(*)", one(7)),
    ("MATCH (n:Firm) RETURN count(n)", one(5)),
    ("MATCH (n:Entity:Firm {name: 'AMD'}) RETURN labels(n)", one(["Entity", "Firm"])),
    ("MATCH (n:Unknown) RETURN n.name", []),
    ("MATCH (n:Firm)-[r:UNKNOWN]->() RETURN n.name", []),
    ("MATCH ()-[r:BUYS|DENIED]->() RETURN count(r)", one(3)),
    ("MATCH ()<-[r:BUYS]-(n) RETURN n.id ORDER BY n.id", [("amd",), ("huawei",)]),
    ("MATCH (:Regulator)-->(n) RETURN n.name ORDER BY n.name", [("NVIDIA",), ("NVIDIA",), ("华为",)]),
    # parallel edges, self-loops, no relationship twice in one pattern
    ("MATCH (:Regulator)-[s]->(:Firm {name: 'NVIDIA'}) RETURN s.id ORDER BY s.id", [("f1",), ("f2",)]),
    ("MATCH (n)-[r:COMPETES_WITH]-(n) RETURN n.id, r.id", [("nvidia", "f6")]),
    ("MATCH (n {id: 'nvidia'})-[r:COMPETES_WITH]-(m) RETURN r.id ORDER BY r.id", [("f4",), ("f5",), ("f6",)]),
    ("MATCH (n {id: 'amd'})-[a:COMPETES_WITH]-(m)-[b:COMPETES_WITH]-(o) WHERE a.id = b.id RETURN a.id", []),
    ("MATCH (n {id: 'amd'})-[a:COMPETES_WITH]-(), (n)-[b:COMPETES_WITH]-() RETURN count(*)", one(2)),
    ("MATCH (n {id: 'amd'})-[a:COMPETES_WITH]-() MATCH (n)-[b:COMPETES_WITH]-() RETURN count(*)", one(4)),
    (
        "MATCH (n {id: 'amd'})-[:COMPETES_WITH*1..2]->(m) RETURN m.id ORDER BY m.id",
        [("amd",), ("nvidia",), ("nvidia",)],
    ),
    ("MATCH (n {id: 'amd'})-[:BUYS*0..1]->(m) RETURN m.id ORDER BY m.id", [("amd",), ("h20",)]),
    # properties with names of the query language
    ("MATCH (n:Firm) WHERE n.title IS NOT NULL OR n.type IS NOT NULL RETURN n.id", []),
    ("MATCH (n:Chip) RETURN n.title, n.type, n.label, n.node_type", [("a chip", "GPU", None, None)]),
    ("MATCH (n:Chip {type: 'GPU', title: 'a chip'}) RETURN n.id", one("h20")),
    ("MATCH (`order`:Chip) RETURN `order`.id AS `end`", one("h20")),
    ("MATCH (where:Chip) RETURN where.id AS match", one("h20")),
    # types
    (
        "MATCH (n {id: 'nvidia'}) RETURN n.founded, n.aliases, n.listed, n.name",
        [(1993, ["英伟达", "NVDA"], True, "NVIDIA")],
    ),
    ("MATCH ()-[r {id: 'f5'}]->() RETURN r.share, r.claims", [(1.0, 5)]),
    # nulls
    ("MATCH (n:Firm) WHERE n.founded <> 1993 RETURN n.id ORDER BY n.id", [("amd",), ("huawei",)]),
    ("MATCH (n:Firm) WHERE NOT (n.founded = 1993) RETURN count(*)", one(2)),
    ("MATCH (n:Firm {name: null}) RETURN n.id", []),
    ("MATCH (n:Firm) WHERE n.name = null OR n.name <> null RETURN n.id", []),
    ("MATCH (n:Firm) WHERE n.name IS NULL RETURN n.id", one("nameless")),
    (
        "MATCH (n:Firm) RETURN n.founded ORDER BY n.founded",
        [(1969,), (1987,), (1993,), (1993,), (None,)],
    ),
    ("MATCH (n:Firm) RETURN n.founded ORDER BY n.founded DESC LIMIT 2", [(None,), (1993,)]),
    ("MATCH (n:Firm) RETURN count(n.founded), count(DISTINCT n.founded), count(*)", [(4, 3, 5)]),
    ("MATCH (n:Firm) RETURN DISTINCT n.founded ORDER BY n.founded", [(1969,), (1987,), (1993,), (None,)]),
    ("MATCH (n:Firm) WHERE n.founded IN [1969, null] RETURN n.id", one("amd")),
    ("MATCH (n:Firm) WHERE NOT n.founded IN [1969, null] RETURN n.id", []),
    ("MATCH (n:Firm) WHERE NOT n.founded IN [] RETURN count(*)", one(5)),
    ("RETURN null = null, null IN [], 1 IN [null], null AND false, null OR true, null XOR true", "nulls"),
    ("MATCH (n:Firm) RETURN n.listed AS listed, count(*) ORDER BY listed", [(False, 1), (True, 2), (None, 2)]),
    ("MATCH (n:Firm) WHERE n.name < 5 OR n.name >= 5 RETURN n.id", []),
    ("MATCH (n:Firm) WHERE NOT (n.listed CONTAINS 'x') RETURN n.listed, count(n.name)", []),
    ("MATCH (n:Firm) WHERE NOT (n.aliases CONTAINS 'x') OR n.founded = 1 RETURN n.id, count(n.name)", []),
    # OPTIONAL MATCH
    (
        "MATCH (n:Firm) OPTIONAL MATCH (n)-[b:BUYS]->(c) RETURN n.id, b.id, c.name ORDER BY n.id",
        [
            ("amd", "f8", "H20"),
            ("huawei", "f7", "H20"),
            ("nameless", None, None),
            ("nvidia", None, None),
            ("quiet", None, None),
        ],
    ),
    ("OPTIONAL MATCH (n:Unknown) RETURN n.id, labels(n), count(n)", [(None, None, 0)]),
    ("OPTIONAL MATCH (n:Unknown) MATCH (n)-->(m) RETURN m.id", []),
    ("MATCH (n:Chip) OPTIONAL MATCH (n)<-[b:BUYS]-(f) WHERE f.founded > 1980 RETURN f.id", one("huawei")),
    ("MATCH (n:Chip) OPTIONAL MATCH (n)<-[b:BUYS]-(f) WHERE n.id = 'other' RETURN f.id", one(None)),
    # aggregates
    ("MATCH (n:Unknown) RETURN count(*), sum(n.x), collect(n.x), min(n.x), avg(n.x)", [(0, 0, [], None, None)]),
    ("MATCH (n:Unknown) RETURN n.name, count(*)", []),
    (
        "MATCH ()-[r]->() RETURN sum(r.share), avg(r.claims), min(r.claims), max(r.measure)",
        [(1.5, 17 / 7, 1, "licence")],
    ),
    ("MATCH (n:Firm) WITH n ORDER BY n.founded DESC, n.id RETURN collect(n.founded)", one([1993, 1993, 1987, 1969])),
    (
        "MATCH (n:Firm)-[r]->(m) WITH n, count(r) AS degree, collect(DISTINCT m.id) AS ends WHERE degree > 2 "
        "RETURN n.id, degree, size(ends)",
        [("nvidia", 3, 3)],
    ),
    (
        "MATCH (n:Firm) WITH n.id AS id ORDER BY id SKIP 1 LIMIT 2 RETURN id ORDER BY id DESC",
        [("nameless",), ("huawei",)],
    ),
    ("MATCH (n:Firm)-[r]->() RETURN n.id, count(r) ORDER BY count(r) DESC, n.id LIMIT 1", [("nvidia", 3)]),
    # texts
    ("MATCH (n:Firm) WHERE n.name STARTS WITH '华' RETURN n.name, size(n.name)", [("华为", 2)]),
    ("MATCH (n:Firm) WHERE n.name ENDS WITH 'X\"' RETURN n.id", one("quiet")),
    ('MATCH (n:Firm) WHERE n.name CONTAINS "\'" RETURN n.id', one("quiet")),
    ("MATCH (n:Firm) WHERE n.name = 'O\\'Brien \"X\"' RETURN n.id", one("quiet")),
    ("MATCH (n:Firm) WHERE toLower(n.name) = 'nvidia' AND '英伟达' IN n.aliases RETURN head(n.aliases)", one("英伟达")),
    ("MATCH (n:Firm) WHERE n.name CONTAINS '' RETURN count(*)", one(4)),
    # expressions
    ("RETURN 7 / 2, -7 / 2, 7.0 / 2, -7 % 3, 2 + 3 * 4, 10 - 2 - 3", [(3, -3, 3.5, -1, 14, 5)]),
    ("RETURN 1 = 1.0, 'a' < 'b', 'A' < 'a', 1 = 'a', 'a' + 'b'", [(True, True, True, False, "ab")]),
    ("RETURN coalesce(null, 'x'), abs(-2), toString(5), last([1, 2]), trim(' a '), toUpper('ä')", "functions"),
    (
        "MATCH (n:Firm) RETURN CASE WHEN n.founded < 1990 THEN 'old' ELSE 'new' END AS age, count(*) ORDER BY age",
        [("new", 3), ("old", 2)],
    ),
    ("RETURN CASE null WHEN null THEN 1 ELSE 2 END, CASE 3 WHEN 1 THEN 'a' END", [(2, None)]),
    ("MATCH (n:Firm), (m:Firm) WHERE n <> m AND n.founded = m.founded RETURN count(*)", one(2)),
    ("RETURN true OR false AND false, NOT true OR true, NOT (true OR true)", [(True, True, False)]),
    ("MATCH (n:Chip) WITH n.name AS n, n.id AS m RETURN n, m", [("H20", "h20")]),
    ("MATCH (n:Chip) RETURN n.name AS n // a comment\n ORDER BY n /* another */;", one("H20")),
]
LONG = {"nulls": [(None, False, None, False, True, None)], "functions": [("x", 2, "5", 2, "a", "Ä")]}


@pytest.mark.parametrize(("cypher", "rows"), NAMED)
def test_the_named_queries_answer(engine: CypherEngine, cypher: str, rows: list[tuple[object, ...]]) -> None:
    assert engine.run(cypher, {"name": "NVIDIA", "limit": 10})[1] == rows


@pytest.mark.parametrize(("cypher", "rows"), ROWS)
def test_the_rows_are_those_of_a_server(
    engine: CypherEngine, cypher: str, rows: str | list[tuple[object, ...]]
) -> None:
    found = engine.run(cypher)[1]
    wanted = LONG[rows] if isinstance(rows, str) else rows
    assert found == wanted
    assert repr(found) == repr(wanted), "right values, wrong types"


def test_columns_keep_their_order_and_their_text(engine: CypherEngine) -> None:
    columns, rows = engine.run(
        "MATCH (n:Chip) WITH n, 1 AS `x y` RETURN n.name, count( * ), n.id AS a, labels(n), `x y`"
    )
    assert columns == ["n.name", "count( * )", "a", "labels(n)", "x y"]
    assert rows == [("H20", 1, "h20", ["Entity", "Chip"], 1)]


def test_values_come_back_as_they_were() -> None:
    values: list[object] = [
        1,
        1.0,
        True,
        "1",
        "true",
        "2022-10-07",
        "",
        "null",
        [],
        ["a"],
        2**63 - 1,
        1e300,
        "\n\t\0😀",
    ]
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    for index, value in enumerate(values):
        graph.add_node(str(index), labels=["Claim"], index=index, value=value)
        graph.add_edge(str(index), "0", type="IN", index=index, value=value)
    engine = CypherEngine(graph)
    for cypher in (
        "MATCH (n) RETURN n.value ORDER BY n.index",
        "MATCH ()-[r]->() RETURN r.value ORDER BY r.index",
    ):
        assert repr([row[0] for row in engine.run(cypher)[1]]) == repr(values)


def test_properties_may_come_up_late() -> None:
    graph: nx.MultiDiGraph[str] = nx.MultiDiGraph()
    graph.add_node("a", labels=["Entity", "Firm"], name="A")
    graph.add_node("b", labels=["Entity", "Chip"], date="2022", named="B")
    graph.add_edge("a", "b", type="MAKES")
    graph.add_edge("a", "a", type="MAKES", date="2023")
    rows = CypherEngine(graph).run("MATCH (n)-[m]->(o) RETURN n.name, n.date, m.date, o.date ORDER BY m.date")[1]
    assert rows == [("A", None, "2023", None), ("A", None, None, "2022")]


def test_parameters_are_bound_and_checked(engine: CypherEngine) -> None:
    cypher = "MATCH (n:Firm) WHERE n.name IN $names RETURN n.id ORDER BY n.id SKIP $skip LIMIT $limit"
    assert engine.run(cypher, {"names": ("AMD", "华为", None), "skip": 1, "limit": 5})[1] == [("huawei",)]
    for params in (
        {"names": ["AMD"], "skip": 0},
        {"names": ["AMD"], "skip": -1, "limit": 5},
        {"names": ["AMD"], "skip": 0, "limit": 1.0},
        {"names": {"a": 1}, "skip": 0, "limit": 1},
        {"names": [object()], "skip": 0, "limit": 1},
        {"names": [2**63], "skip": 0, "limit": 1},
        {"names": "AMD", "skip": 0, "limit": 1},
    ):
        with pytest.raises(QueryError):
            engine.run(cypher, params)


def test_rows_and_time_are_limited(engine: CypherEngine) -> None:
    assert engine.run("MATCH (n:Firm) RETURN n.id ORDER BY n.id", limit=2)[1] == [("amd",), ("huawei",)]
    many = "MATCH (a), (b), (c), (d), (e), (f), (g), (h) RETURN count(a.id < b.id AND g.id < h.id)"
    with pytest.raises(QueryError):
        engine.run(many, timeout=0.05)


@pytest.mark.parametrize("deep", [900, 20_000])
def test_a_query_nested_without_end_is_refused(engine: CypherEngine, deep: int) -> None:
    for cypher in (
        "RETURN " + "(" * deep + "1" + ")" * deep,
        "RETURN " + "NOT " * deep + "true",
        "RETURN " + "[" * deep,
    ):
        with pytest.raises(QueryError):
            engine.run(cypher)


@pytest.mark.parametrize(
    "cypher",
    [
        "MATCH (n:Firm) RETURN sum(n.name)",
        "MATCH (n:Firm) RETURN n.name * 2",
        "MATCH (n:Firm) WHERE toLower(n.founded) = 'a' RETURN n.id",
        "MATCH (n:Firm) WHERE 'a' IN n.name RETURN n.id",
        "MATCH (n:Firm) RETURN abs(n.aliases)",
    ],
)
def test_what_the_properties_do_not_allow_is_refused(engine: CypherEngine, cypher: str) -> None:
    check(cypher)
    with pytest.raises(QueryError, match="line 1, column"):
        engine.run(cypher)


def test_the_example_of_the_readme_is_right() -> None:
    readme = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
    block = readme.partition("```pycon\n")[2].partition("```")[0]
    example = doctest.DocTestParser().get_doctest(block, {}, "README", "README.md", 0)
    assert example.examples
    assert doctest.DocTestRunner().run(example).failed == 0


REFUSED = [
    "RETURN",
    "MATCH (n)",
    "MATCH (n) RETURN id(n)",
    "MATCH (n) RETURN elementId(n)",
    "MATCH (n) RETURN n.a AS a, n.b AS a",
    "MATCH (n) RETURN DISTINCT n.a ORDER BY n.b",
    "MATCH (n) RETURN n.a, count(*) ORDER BY n.b",
    "MATCH (n) WITH n ORDER BY n RETURN n.a",
    "MATCH (n) RETURN n.a ORDER BY count(*)",
    "MATCH (n) RETURN n.a LIMIT -1",
    "MATCH (n) RETURN m.a",
    "MATCH (n) WITH n.a AS a RETURN n.b",
    "MATCH (n) WITH n.a RETURN 1",
    "MATCH (n) WHERE NOT 123 RETURN n.a",
    "MATCH (n $props) RETURN n.a",
    "MATCH (n)-[r]->(r) RETURN r.a",
    "RETURN 9223372036854775808",
    "RETURN 'a\\qb'",
    "RETURN toLower(1)",
    "RETURN 1 + true",
    "RETURN 'a' IN 'a'",
    "RETURN 'open",
    "RETURN `open",
    "RETURN 1 /* open",
    "RETURN 1 AS x extra",
    "RETURN $ x",
    "MATCH (n) RETURN n ORDER BY n",
    "MATCH (a), (b) WHERE a < b RETURN a.x",
    "MATCH (n) WHERE elementId(n) = $id RETURN n",
    "MATCH (n) RETURN point({x: 1, y: 2})",
    "MATCH p = SHORTEST 2 (a)-->+(b) RETURN p",
    "MATCH ((a)-->(b)-->(c)){1,2} RETURN a",
    "MATCH REPEATABLE ELEMENTS (a)-->(b) RETURN a",
]


@pytest.mark.parametrize("cypher", REFUSED)
def test_what_is_not_surely_right_is_refused(cypher: str) -> None:
    with pytest.raises(QueryError, match=r"^line \d+, column \d+: "):
        check(cypher)


def test_a_refusal_names_place_construct_and_remedy() -> None:
    with pytest.raises(QueryError) as error:
        check("MATCH (n)\n  RETURN point(n)")
    assert str(error.value) == (
        "line 2, column 10: the function point is not answered by the embedded store; "
        "load the graph into a Neo4j server and ask there: keiretsu neo4j start"
    )


WRITES = [
    "CREATE (n)",
    "MATCH (n) SET n.x = 1",
    "MATCH (n) set n.x = 1 RETURN n",
    "MATCH (n) DETACH DELETE n",
    "MATCH (n) NODETACH DELETE n",
    "MATCH (n) REMOVE n.x",
    "MERGE (n:A) RETURN n",
    "MATCH (n) WITH * CREATE (m) RETURN m",
    "MATCH (n) WITH n, 1 AS x ORDER BY x DESC SET n.x = 1",
    "MATCH (n) RETURN n UNION CREATE (m) RETURN m",
    "MATCH (n) RETURN n UNION ALL MERGE (n:A) RETURN n",
    "FOREACH (x IN [1] | CREATE (n))",
    "MATCH (n) FOREACH (x IN [1] | SET n.x = 1)",
    "CALL { CREATE (n) RETURN n } RETURN n",
    "MATCH (n) CALL (n) { SET n.x = 1 } RETURN n",
    "MATCH (n) CALL { WITH n DELETE n } IN TRANSACTIONS OF 10 ROWS",
    "MATCH (n) CALL { RETURN 1 AS a } IN TRANSACTIONS RETURN a",
    "CALL db.labels()",
    "CALL db.labels() YIELD label RETURN label",
    "CALL db.labels",
    "MATCH (n) CALL apoc.create.node(['A'], {}) YIELD node RETURN node",
    "MATCH (n) OPTIONAL CALL apoc.x() YIELD node RETURN node",
    "RETURN apoc.load.json('x')",
    "RETURN `apoc`.`load` (1)",
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "MATCH (n) LOAD CSV FROM 'x' AS row RETURN row",
    "WITH 1 AS x LOAD CSV FROM 'x' AS row RETURN row",
    "SHOW USERS",
    "SHOW TRANSACTIONS",
    "TERMINATE TRANSACTIONS 'neo4j-transaction-1'",
    "USE system MATCH (n) RETURN n",
    "MATCH (n) USE neo4j RETURN n",
    "CALL { USE neo4j MATCH (n) RETURN n } RETURN n",
    "DROP INDEX x",
    "CREATE INDEX FOR (n:A) ON (n.x)",
    "ALTER USER x SET PASSWORD 'y'",
    "GRANT ROLE x TO y",
    "DENY ACCESS ON DATABASE x TO y",
    "START DATABASE x",
    "STOP DATABASE x",
    "EXPLAIN MATCH (n) RETURN n",
    "PROFILE MATCH (n) DELETE n",
    "CYPHER 25 MATCH (n) RETURN n",
    "INSERT (n)",
    "MATCH (n) INSERT (n)-[:A]->()",
    "MATCH (n) FINISH",
    "MATCH (n) RETURN n; CREATE (m)",
    "MATCH (n) RETURN n;; ",
    "; MATCH (n) RETURN n",
    "",
    "// only a comment",
    "(n)",
    "MATCH (n) /* hidden */ SET /* here */ n.x = 1",
    "MATCH (n) // it's\nSET n.x = 1",
    "RETURN 'a' // '\nMATCH (n) DELETE n",
    "MATCH (n) S\\u0045T n.x = 1",
    "RETURN 1 // \\u000a MATCH (n) DELETE n",
    "RETURN '\\u0027 AS x MATCH (n) DELETE n //'",
    "RETURN 1 AS `a\\u0060 MATCH (n) DELETE n //`",
    "RETURN 1 /* \\u002a\\u002f MATCH (n) DELETE n",
    "RETURN 'open",
    "RETURN 1\u2028MATCH (n) DELETE n",
    "MATCH (n) SET\u00a0n.x = 1",
]


@pytest.mark.parametrize("cypher", WRITES)
def test_what_does_more_than_read_is_refused(cypher: str) -> None:
    with pytest.raises(QueryError, match=r"^line \d+, column \d+: "):
        check_read_only(cypher)
    with pytest.raises(QueryError):
        check(cypher)


READS = [
    "MATCH (n:Create {set: 1})-[:DELETE]->(m:Merge) WHERE n.remove = 'DROP' RETURN n.set AS x;",
    "MATCH (n) RETURN n.name AS start, n.end AS `set`, 'it\\'s' AS show, \"CREATE (n)\" AS use // DELETE",
    "OPTIONAL MATCH (n)-[r:A|B*1..3 {x: $set}]-(m) WHERE n.x IS NOT NULL AND NOT m.y IN [1, 2] RETURN DISTINCT n, m",
    "MATCH (n) WITH *, count(*) AS c ORDER BY c DESC SKIP 1 LIMIT 2 WHERE c > 1 RETURN * ",
    "MATCH (n) RETURN n.a AS a UNION ALL MATCH (m) RETURN m.a AS a",
    "MATCH (n) RETURN n.a AS a UNION WITH 1 AS a RETURN a",
    "UNWIND $rows AS row WITH row MATCH (n {id: row.id}) RETURN collect({a: n.a, b: row.b})",
    "MATCH (n) CALL { WITH n MATCH (n)-->(m) RETURN count(m) AS c } RETURN n.a, c",
    "MATCH (n) CALL (n) { MATCH (n)-->(m) RETURN m LIMIT 1 } RETURN m.a",
    "MATCH (n) WHERE EXISTS { (n)-->(m) WHERE m.x STARTS WITH 'a' } AND COUNT { (n)--() } > 2 RETURN n {.name, x: 1}",
    "MATCH p = shortestPath((a)-[*..5]-(b)) RETURN [x IN nodes(p) WHERE x.a > 1 | x.name], length(p)",
    "MATCH (n) RETURN CASE WHEN n.x ENDS WITH 'a' THEN 1 ELSE 2 END AS c, all(x IN n.l WHERE x = 1)",
    "MATCH (n) RETURN date.truncate('month', n.d), point.distance(n.p, n.q), n.s =~ 'a.*'",
    "MATCH (n:A&!B|C) WHERE n.x CONTAINS 'x' XOR false RETURN n[$key], -n.y ^ 2 % 3 AS y ORDER BY y ASCENDING",
    "MATCH (`match`) RETURN `match`.`delete` AS `create`",
]


@pytest.mark.parametrize("cypher", READS)
def test_what_only_reads_passes_the_clause_check(cypher: str) -> None:
    check_read_only(cypher)
