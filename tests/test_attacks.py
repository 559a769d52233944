"""Statements that do more than read are refused on both stores, those that merely look like it are answered."""

from collections.abc import Iterator

import pytest
from conftest import empty, extraction, note
from test_cypher import WRITES

from graph import QueryError, clause, gate
from graph.clause import check_read_only
from graph.store import Store

ATTACKS = [
    # writes, wherever a clause can begin
    "MATCH (n) SET n:Firm",
    "MATCH (n) SET n += {x: 1} RETURN n",
    "MATCH (n) SET n = $x",
    "MATCH (n) REMOVE n:Firm RETURN n",
    "MATCH (n) DELETE n",
    "MATCH (n) WHERE n:Firm DELETE n",
    "MATCH (n) WHERE n:% SET n.x = 1",
    "MATCH (n) WHERE n.x IS NULL SET n.x = 1",
    "MATCH (n) WHERE n.x IS :: LIST<INTEGER> SET n.x = 1",
    "MATCH (n) WHERE n.x IS NORMALIZED SET n.x = 'a'",
    "MATCH (n) WHERE true SET n.x = 1",
    "MATCH (n) WITH n ORDER BY n.x DESC LIMIT 1 DELETE n",
    "MATCH (n) WITH DISTINCT * SET n.x = 1",
    "MATCH (n) WITH n LIMIT $x SET n.x = 1",
    "MATCH (n) WITH n, 'a' AS a CREATE (:X {a: a})",
    "MATCH (n) WITH n, [1] AS a CREATE (:X)",
    "MATCH (n) WITH n, {a: 1} AS a CREATE (:X)",
    "MATCH (n) WITH n, CASE WHEN true THEN 1 END AS a CREATE (:X)",
    "MATCH (n) WHERE CASE WHEN true THEN true END CREATE (:X)",
    "MATCH ((a)-[]->(b))+ SET a.x = 1",
    "MATCH ((a)-[]->(b)){1,3} SET a.x = 1",
    "UNWIND [1] AS x CREATE (:X {x: x})",
    "UNWIND $rows AS row MERGE (n:X {id: row.id}) ON CREATE SET n.x = 1",
    "MATCH (n) MERGE (n)-[:A]->(m) ON MATCH SET m.x = 1 RETURN m",
    "RETURN 1.CREATE (n)",
    "MATCH (n) WHERE n.x = 1.SET n.x = 2",
    "MATCH (n) WHERE n.x = 1SET n.x = 2",
    # names that hide a clause behind them
    "MATCH (as) WITH as SET as.x = 1",
    "MATCH (n) WITH n AS as SET as.x = 1",
    "MATCH (n) WITH n AS set SET set.x = 1",
    "MATCH (`set`) SET `set`.x = 1",
    "MATCH (n:Set) SET n.set = 1",
    "MATCH (n) WHERE n.create SET n.x = 1",
    "MATCH (n {set: 1}) SET n.x = 1",
    "MATCH (a)-[:A|SET]->(b) SET a.x = 1",
    "RETURN [x IN [1] WHERE x:A | x] AS y CREATE (n)",
    "MATCH (n) WHERE n:A|B DELETE n",
    # in subqueries
    "CALL { MATCH (n) SET n.x = 1 RETURN n } RETURN n",
    "CALL () { MERGE (n:X) RETURN n } RETURN n",
    "CALL (*) { CREATE (:X) } RETURN 1",
    "MATCH (n) CALL (n) { CALL (n) { DELETE n } } RETURN 1",
    "MATCH (n) CALL { WITH n RETURN n AS m UNION CREATE (m) RETURN m } RETURN m",
    "MATCH (n) WHERE EXISTS { MATCH (n) SET n.x = 1 RETURN n } RETURN n",
    "RETURN COUNT { CREATE (n) RETURN n }",
    "RETURN COLLECT { MATCH (n) DELETE n RETURN 1 }",
    "RETURN COLLECT { USE `neo4j` MATCH (n) RETURN n.x }",
    "RETURN exists { use neo4j match (n) return n }",
    "MATCH (n) FOREACH (x IN CASE WHEN true THEN [1] ELSE [] END | MERGE (:X))",
    "MATCH (n) FOREACH (x IN [1] | FOREACH (y IN [2] | DELETE n))",
    "MATCH (n) CALL (n) { DELETE n } IN 4 CONCURRENT TRANSACTIONS OF 10 ROWS",
    "MATCH (n) CALL (n) { RETURN 1 AS a } IN /* */ TRANSACTIONS ON ERROR CONTINUE RETURN a",
    # procedures and functions
    "CALL dbms.components()",
    "CALL `db`.`labels`()",
    "CALL db . labels ( ) YIELD *",
    "CALL tx.setMetaData({a: 1})",
    "CALL dbms.killQuery('query-1')",
    "CALL db.createLabel('X')",
    "CALL dbms.security.createUser('x', 'y', false)",
    "OPTIONAL CALL db.labels() YIELD label RETURN label",
    "MATCH (n) CALL apoc.refactor.rename.label('A', 'B') RETURN n",
    "CALL (x) db.labels()",
    "RETURN EXISTS { CALL db.labels() YIELD label RETURN label }",
    "RETURN `apoc.load.json`('http://example.org')",
    "RETURN apoc . load . json ('http://example.org')",
    "RETURN date.load.json('http://example.org')",
    "RETURN genai.vector.encode('a', 'b', {})",
    # files, databases, administration, plans
    "USING PERIODIC COMMIT LOAD CSV FROM 'x' AS row CREATE (:X)",
    "LOAD CSV WITH HEADERS FROM $x AS row FIELDTERMINATOR ';' RETURN row",
    "UNWIND [1] AS x LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "CALL { LOAD CSV FROM 'x' AS row RETURN row } RETURN row",
    "MATCH (n) RETURN n UNION USE system MATCH (n) RETURN n",
    "MATCH (n) WITH * USE `neo4j` RETURN n",
    "USE graph.byName('system') MATCH (n) RETURN n",
    "SHOW DATABASES YIELD *",
    "SHOW INDEXES",
    "SHOW SETTINGS YIELD name, value",
    "SHOW FUNCTIONS EXECUTABLE",
    "SHOW TRANSACTIONS YIELD transactionId AS id TERMINATE TRANSACTIONS id",
    "TERMINATE TRANSACTION $x",
    "MATCH (n) TERMINATE TRANSACTION 'x'",
    "CREATE USER x SET PASSWORD 'y'",
    "CREATE OR REPLACE DATABASE neo4j",
    "DROP CONSTRAINT Claim_id IF EXISTS",
    "CREATE CONSTRAINT FOR (n:X) REQUIRE n.id IS UNIQUE",
    "RENAME USER neo4j TO x",
    "REVOKE ROLE admin FROM x",
    "ENABLE SERVER 'x'",
    "DEALLOCATE DATABASES FROM SERVER 'x'",
    "ALTER DATABASE neo4j SET ACCESS READ ONLY",
    "EXPLAIN CREATE (n)",
    "PROFILE MATCH (n) RETURN n",
    "CYPHER runtime=slotted MATCH (n) RETURN n",
    "CYPHER 5 EXPLAIN MATCH (n) SET n.x = 1",
    "MATCH (n) RETURN n NEXT CREATE (m)",
    "WHEN true THEN CREATE (n)",
    "{ CREATE (n) }",
    # several statements
    "MATCH (n) RETURN n; MATCH (n) DELETE n",
    "RETURN 1;\nDROP INDEX x;",
    "RETURN ';' AS x; CREATE (n)",
    # spelling and space
    "mAtCh (n) sEt n.x = 1",
    "MATCH (n)SET n.x = 1",
    "MATCH(n)DETACH\t\r\nDELETE(n)",
    "MATCH (n)/**/SET/**/n.x=1",
    "MATCH (n) /* /* */ SET n.x = 1 /* */ */",
    "MATCH (n) /*/ RETURN n /*/ SET n.x = 1",
    "MATCH (n) //*\nSET n.x = 1 //*/",
    "MATCH (n) // */ \r SET n.x = 1",
    "RETURN 1 // \u2028 CREATE (n)",
    "RETURN 1 // \x85 CREATE (n)",
    "RETURN '\\\\' CREATE (n) //'",
    'RETURN "\\"" CREATE (n) //"',
    "RETURN '\\'' AS x CREATE (n) //'",
    "RETURN 1 AS `a\\` CREATE (n) //`",
    "RETURN 1 AS `a```CREATE (n)",
    "MATCH (n)\u3000SET n.x = 1",
    "MATCH (n)\x0bSET n.x = 1",
    "\ufeffCREATE (n)",
    "MATCH (n) \\u0053\\u0045\\u0054 n.x = 1",
    "MATCH (n) \\uuu0053ET n.x = 1",
    "RETURN 1 // \\\\u000a CREATE (n)",
    "RETURN 1 /* \\u002a\\u002f CREATE (n) */",
    "RETURN '\\u005c' CREATE (n) //'",
    "RETURN 1 AS `\\u0060 CREATE (n) //`",
    "MATCH (n) \u017fET n.x = 1",
    "MATCH (n) ſet n.x = 1",
]

INNOCENT = [
    "RETURN 'CREATE (n)' AS x",
    'RETURN "MATCH (n) DETACH DELETE n" AS x',
    "RETURN 'it\\'s; DROP DATABASE neo4j' AS x",
    "RETURN 'TERMINATE TRANSACTIONS' AS x;",
    "RETURN 'a' + '; CREATE (n)' AS x",
    "RETURN '/*' AS x, 'SET' AS y, '*/' AS z",
    "RETURN '//' AS x, \"'\" AS y, 'LOAD CSV' AS z",
    "RETURN 'back`tick SET n.x = 1' AS x",
    "RETURN '\\\\' AS x /* ' SET n.x = 1 */",
    "RETURN '\\\\u0027 CREATE (n) //' AS x",
    "RETURN '\\u00e9 \\u4e2d' AS x",
    "RETURN $set AS x",
    "RETURN $x AS x",
    "RETURN 1 AS `LOAD CSV FROM 'x' AS row`",
    "RETURN 1 AS `a``b; DELETE n`",
    "RETURN 1 AS create, 2 AS set, 3 AS call, 4 AS finish",
    "/* CALL db.labels() */ RETURN 1 AS x",
    "// USE neo4j\nRETURN 1 AS x // CREATE (n)",
    "MATCH (n) /* DELETE n */ RETURN count(n) AS x",
    "MATCH (n) // SET n.x = 1\nRETURN count(n) AS x",
    "MATCH (`delete`) RETURN count(`delete`) AS `create`",
    "MATCH (n) WHERE n.set = 1 RETURN count(n) AS x",
    "MATCH (n) WHERE n.insert IS NULL AND n.foreach IS NULL RETURN count(n) AS x",
    "MATCH (n {create: 'x'}) RETURN count(n) AS x",
    "MATCH (n {merge: 1, delete: 2}) RETURN n.name AS x",
    "MATCH (n:Create) RETURN count(n) AS x",
    "MATCH (n)-[r:MERGE|DELETE|SET]->(m) RETURN count(r) AS x",
    "MATCH (n)-[:`CREATE`]->(m:`SET`) RETURN count(*) AS x",
    "MATCH (set:Firm) RETURN count(*) AS x",
    "MATCH (creates:Firm) WITH creates AS setting RETURN count(setting) AS deleted",
    "MATCH (show:Firm) RETURN count(show) AS use",
    "MATCH (start:Firm) RETURN start.remove AS stop, start.detach AS alter LIMIT 1",
    "MATCH (n) WHERE n.name CONTAINS 'DROP' RETURN count(n) AS x",
    "MATCH (n) WHERE n.name IN ['CREATE', 'MERGE', $x] RETURN count(n) AS x",
    "MATCH (n:Firm) RETURN CASE WHEN n.name = 'SHOW' THEN 'USE' ELSE 'FINISH' END AS x",
    "MATCH (n:Firm) WITH n.name AS `load` WHERE `load` <> 'LOAD' RETURN count(`load`) AS x",
]
PARAMS = {"x": "CREATE (n) DETACH DELETE n", "set": "'; MATCH (n) DELETE n //", "rows": [{"id": "1"}]}


@pytest.fixture(scope="module")
def asked(store: Store) -> Iterator[Store]:
    """A store that must be the same after all attacks."""
    empty(store).add([extraction(note("A", "OWNS", "B"))])
    before = store.digest()
    yield store
    assert store.digest() == before


def test_there_are_enough_attacks_and_look_alikes() -> None:
    assert len(set(ATTACKS) | set(WRITES)) >= 120
    assert len(set(INNOCENT)) >= 30


@pytest.mark.parametrize("cypher", ATTACKS)
def test_the_gate_refuses_an_attack_with_place_and_remedy(cypher: str) -> None:
    with pytest.raises(QueryError, match=r"^line \d+, column \d+: .*;") as error:
        check_read_only(cypher)
    assert "\n" not in str(error.value)


def test_no_attack_gets_past_a_store_with_or_without_parameters(asked: Store) -> None:
    for cypher in (*ATTACKS, *WRITES):
        for params in (None, PARAMS):
            with pytest.raises(QueryError, match=r"^line \d+, column \d+: "):
                asked.query(cypher, params)


@pytest.mark.parametrize("cypher", INNOCENT)
def test_what_merely_looks_like_an_attack_is_answered(asked: Store, cypher: str) -> None:
    used = {name: value for name, value in PARAMS.items() if f"${name}" in cypher}
    assert asked.query(cypher, used).columns


def test_parameters_never_become_text(asked: Store) -> None:
    assert asked.query("RETURN $x AS x, $set AS y", PARAMS).rows == [(PARAMS["x"], PARAMS["set"])]


def test_a_second_wall_stands_behind_the_gate(asked: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (clause, gate):
        monkeypatch.setattr(module, "check_read_only", lambda cypher: None)
    for cypher in ("CREATE (n:Firm)", "MATCH (n) SET n.x = 1", "MATCH (n) DETACH DELETE n"):
        with pytest.raises(QueryError):
            asked.query(cypher)
