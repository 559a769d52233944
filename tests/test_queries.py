"""The query library and the answers with evidence: the same on both stores, and right where looked up by hand."""

import io
import json
import math
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, empty, extraction, note

import queries
from graph import NotFound, QueryError, SourceError, open_store
from graph.model import Extraction, Judgement
from graph.store import Rows, Store
from loaders import article, claims
from loaders.source import Source
from queries import evidence, identity, output

DEV = ROOT / "tests" / "data" / "dev"
SEED = ROOT.parent / "shared" / "corpus" / "seed"


def samples() -> Iterator[Extraction]:
    """What the two sample articles say."""
    for path in sorted((ROOT / "loaders" / "data" / "samples").glob("*.txt")):
        yield from article.load(Source.read(path))


@pytest.fixture(scope="module")
def asked(store: Store) -> Store:
    """A store with the two sample articles in it."""
    empty(store).add(samples())
    return store


def test_answers_are_right(asked: Store) -> None:
    buyers = queries.run(asked, "buyers", product="H20")
    (row,) = [dict(zip(buyers.columns, row, strict=True)) for row in buyers.rows if row[0] == "ByteDance"]
    assert (row["quantity"], row["amount"], row["currency"], row["modality"]) == (
        200_000,
        2_000_000_000,
        "USD",
        "rumored",
    )
    assert row["evidence"].startswith("ByteDance has reportedly ordered")
    sanctions = {row[:3] for row in queries.run(asked, "sanctions", name="NVIDIA").rows}
    assert ("US government", "NVIDIA", "export_ban") in sanctions
    rivals = {row[0] for row in queries.run(asked, "rivals", firm="NVIDIA").rows}
    assert {"Huawei", "Alibaba", "Baidu", "Moore Threads"} <= rivals
    investors = queries.run(asked, "investors", name="Baidu").rows
    assert {row[0] for row in investors} == {"Beijing's AI Industry Investment Fund"}


def test_a_limit_in_the_query_and_one_on_the_rows_both_hold(asked: Store) -> None:
    assert len(queries.run(asked, "single-source", limit=3).rows) == 3
    query = queries.find("single-source")
    found = asked.query(query.text, query.bind({"limit": 10}), limit=2)
    assert (len(found.rows), found.cut) == (2, True)


def test_a_limit_in_the_query_tells_that_it_cut(asked: Store) -> None:
    found = queries.run(asked, "documents", limit=1)
    assert (len(found.rows), found.cut) == (1, True)
    assert not queries.run(asked, "documents", limit=2).cut
    assert queries.run(asked, "documents", limit=0).cut
    assert not queries.run(asked, "documents", limit=2**63 - 1).cut
    query = queries.find("documents")
    assert query.rows(asked, query.bind({}), limit=1).cut
    with pytest.raises(QueryError, match="parameter limit is -1, not 0 or more"):
        queries.run(asked, "documents", limit=-1)
    assert evidence.find(asked, "ali", 1).cut
    assert not evidence.find(asked, "NVIDIA", 1000).cut


@pytest.mark.parametrize(
    "cypher",
    [
        "CREATE (n:Entity {id: 'x'})",
        "MATCH (n) SET n.name = 'x'",
        "MATCH (n) DETACH DELETE n",
        "MATCH (n) WITH n MERGE (m:Entity {id: 'x'}) RETURN m",
        "LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line",
        "CALL db.labels()",
        "DROP CONSTRAINT Entity_id",
        "SHOW USERS",
        "MATCH (n) RETURN n.name AS name; MATCH (n) DELETE n",
        "RETURN",
        "MATCH (n RETURN n",
    ],
)
def test_what_writes_or_is_wrong_is_refused(asked: Store, cypher: str) -> None:
    before = asked.digest()
    with pytest.raises(QueryError):
        asked.query(cypher)
    assert asked.digest() == before


def test_text_in_a_query_is_no_statement(asked: Store) -> None:
    text = "'DELETE' // CREATE"
    found = asked.query("MATCH (n:Firm {name: $name}) RETURN n.name AS name", {"name": text})
    assert found.rows == []
    assert asked.query("MATCH (n:Firm) WHERE n.name = 'SET' RETURN n.name AS name /* DELETE */").rows == []


def test_denied_facts_are_found_by_their_own_type(store: Store) -> None:
    empty(store).add([extraction(note("Acme", "OWNS", "Beta", modality="denied"))])
    text = "MATCH (a:Firm)-[r:{}]->(b:Firm) RETURN a.name AS a, r.relation AS relation, b.name AS b"
    assert store.query(text.format("OWNS")).rows == []
    assert store.query(text.format("DENIED")).rows == [("Acme", "OWNS", "Beta")]
    empty(store).add(samples())


# -- answers with evidence


def test_show_gives_the_best_evidence_of_each_fact(store: Store) -> None:
    weak = extraction(note("Acme", "OWNS", "Beta", modality="rumored"), publisher="New", published="2024")
    strong = extraction(note("Acme", "OWNS", "Beta", modality="stated"), publisher="Old", published="2020")
    denied = extraction(note("Acme", "BUYS", "chip X", modality="denied"))
    empty(store).add([weak, strong, denied])
    (row,) = evidence.show(store, "Acme").rows
    found = dict(zip(evidence.show(store, "Acme").columns, row, strict=True))
    assert (found["claims"], found["publishers"], found["modality"], found["publisher"]) == (2, 2, "stated", "Old")
    assert len(evidence.show(store, "Acme", denied=True).rows) == 2
    assert evidence.show(store, "Acme", denied=True, limit=1).cut
    empty(store).add(samples())


def test_why_gives_every_claim_in_either_direction(asked: Store) -> None:
    one = evidence.why(asked, "NVIDIA", "PRODUCES", "H20")
    other = evidence.why(asked, "H20", "produces", "NVIDIA")
    assert one.rows == other.rows
    assert one.rows
    with pytest.raises(NotFound, match="nothing says NVIDIA OWNS H20; what joins them is PRODUCES"):
        evidence.why(asked, "NVIDIA", "OWNS", "H20")
    with pytest.raises(QueryError, match="unknown relation 'OWN'"):
        evidence.why(asked, "NVIDIA", "OWN", "H20")


def test_gold_claims_are_all_accepted_and_the_same_on_both_stores(store: Store) -> None:
    loads = [e for path in sorted(DEV.glob("*.json")) for e in claims.load(Source.read(path))]
    assert sum(len(load.claims) for load in loads) == 1008
    assert [reject for load in loads for reject in load.rejects] == []
    empty(store).add(loads)
    with open_store(":memory:") as other:
        other.add(loads)
        assert other.digest() == store.digest()
        assert other.count("fact") == store.count("fact") == 821
        for name in ("single-source", "documents"):
            assert queries.run(other, name, limit=2000) == queries.run(store, name, limit=2000)
    empty(store).add(samples())


@pytest.mark.skipif(
    not SEED.exists(), reason="the user's own documents lie beside the project only where it is worked on"
)
def test_every_claim_of_the_seed_is_accepted_and_answered(store: Store) -> None:
    loads = [e for path in sorted(SEED.glob("*.json")) for e in claims.load(Source.read(path))]
    assert [reject for load in loads for reject in load.rejects] == []
    empty(store).add(loads)
    for path in SEED.glob("*.json"):
        for claim in json.loads(path.read_text(encoding="utf-8"))["claims"]:
            rows = evidence.why(store, claim["subject"], claim["relation"], claim["object"])
            assert claim["evidence"] in {row[rows.columns.index("evidence")] for row in rows.rows}
    empty(store).add(samples())


# -- rows as text


def shown(rows: Rows, format: output.Format) -> str:
    stream = io.StringIO()
    output.write(rows, format, stream)
    return stream.getvalue()


def test_json_holds_what_is_no_number_as_text() -> None:
    rows = Rows(["x"], [(math.nan,), ([1.5, math.inf],), ({"a": -math.inf},)])
    assert json.loads(shown(rows, "json"), parse_constant=pytest.fail) == [
        {"x": "NaN"},
        {"x": [1.5, "Infinity"]},
        {"x": {"a": "-Infinity"}},
    ]
    assert shown(rows, "jsonl").splitlines()[0] == '{"x": "NaN"}'
    assert shown(rows, "csv").splitlines()[:2] == ["x", "NaN"]


def test_json_holds_what_would_move_a_terminal_escaped() -> None:
    text = "a\x9b31m\u202e\x7f\ud800 b\n"
    found = shown(Rows(["x"], [(text,)]), "jsonl")
    assert found == '{"x": "a\\u009b31m\\u202e\\u007f\\ud800 b\\n"}\n'
    assert json.loads(found) == {"x": text}
    assert shown(Rows(["x"], [(text,)]), "csv").encode()


def test_csv_shows_a_terminal_no_escape_sequences() -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    stream = Terminal()
    output.write(Rows(["x\x1b"], [("\x1b[31mred",)]), "csv", stream)
    assert stream.getvalue() == "x\ufffd\n\ufffd[31mred\n"
    assert shown(Rows(["x"], [("\x1b[31mred",)]), "csv") == "x\n\x1b[31mred\n", "a file gets the value as it is"


NARROW = Rows(
    ["published", "publisher", "title", "pieces", "document", "claim"],
    [("2024-09-30", "Silicon Ledger", "Seven Firms That Want a Piece", 1234567890123, "d" * 24, "c" * 24)],
)


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_a_table_is_no_wider_than_the_terminal_and_crops_nothing(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    text = shown(NARROW, "table")
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    words = ("1234567890123", "2024-09-30", "publisher", "Silicon", "Piece", "title", "d" * 24)
    assert all(word in text for word in words), text
    assert (text.split()[:2] == ["published", "publisher"]) == (width >= 80), "side by side, else a line for each"


def test_a_table_leaves_out_ids_before_it_breaks_up(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = Rows(["name", "fact"], [("a name of some length", "f" * 24)])
    monkeypatch.setenv("COLUMNS", "60")
    assert "f" * 24 in shown(rows, "table")
    monkeypatch.setenv("COLUMNS", "40")
    assert shown(rows, "table").splitlines()[0].split() == ["name"]
    assert "f" * 24 in shown(Rows(["fact", "claim"], [("f" * 24, "c" * 24)]), "table")


def test_facts_that_do_not_fit_side_by_side_are_a_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "45")
    columns = ["subject", "relation", "object", "claims", "modality", "fact"]
    rows = Rows(columns, [("Alibaba Group", "INVESTS_IN", "Moonshot", 12, "stated", "f" * 24)])
    assert " ".join(shown(rows, "table").split()) == "Alibaba Group INVESTS_IN Moonshot · claims 12 · modality stated"


def test_a_table_of_nothing_is_nothing_and_one_of_nulls_has_a_head() -> None:
    assert shown(Rows(["x"], []), "table") == ""
    assert shown(Rows(["x"], [(None,)]), "table").split()[0] == "x"


# -- judgements as a file


def test_judgements_survive_their_file_whatever_is_in_them(folder: Path) -> None:
    note = {"label": "Firm", "a": "A\u2028x", "b": "B\x85y", "verdict": "same", "at": "2024-01-01"}
    made = Judgement.model_validate({**note, "why": "so\u2029 it is\x0c"})
    with open_store(":memory:") as store:
        store.add_judgements([made])
        text = identity.text(store)
    Path("j.jsonl").write_text(text, encoding="utf-8")
    assert identity.read(Path("j.jsonl")) == [made]
    Path("j.jsonl").write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig", newline="")
    assert identity.read(Path("j.jsonl")) == [made], "an editor's byte order mark and line ends do no harm"


def test_a_judgement_nested_too_deeply_is_told(folder: Path) -> None:
    for depth in (900, 100_000):
        Path("j.jsonl").write_text("\n" + "[" * depth + "]" * depth + "\n", encoding="utf-8")
        with pytest.raises(SourceError, match=r"j\.jsonl:2: "):
            identity.read(Path("j.jsonl"))


# -- headers

GOOD = """// What it answers.
//
// group  facts
// param  name  string  a name
// param  limit  integer=5  rows
// return  a  string  x
// example name=x
"""


BODY = "MATCH (n {name: $name}) RETURN n.name AS a LIMIT $limit"


def test_a_header_is_read() -> None:
    query = queries.parse("q", GOOD + "MATCH (n {name: $name}) RETURN n.name AS a LIMIT $limit")
    assert query.purpose == "What it answers."
    assert query.bind({"name": "x"}) == {"name": "x", "limit": 5}
    assert query.bind({"name": "5", "limit": "7"}) == {"name": "5", "limit": 7}
    assert (query.group, query.examples, query.example()) == ("facts", ("name=x",), {"name": "x", "limit": 5})


def test_a_date_is_a_day_a_month_a_year_or_nothing() -> None:
    query = queries.parse("q", GOOD + "// param since date= x\n" + BODY.replace("RETURN", "WHERE n.x > $since RETURN"))
    for date in ("", "2024", "2024-02", "2024-02-29"):
        assert query.bind({"name": "x", "since": date})["since"] == date
    for date in ("2023-02-29", "now", "2024-1"):
        with pytest.raises(QueryError, match=r"parameter since: .* is no date"):
            query.bind({"name": "x", "since": date})
    with pytest.raises(QueryError, match="since is 2024, not of type date"):
        query.bind({"name": "x", "since": 2024})


def test_a_parameter_nested_too_deeply_is_of_the_wrong_type() -> None:
    query = queries.parse("q", GOOD + "MATCH (n {name: $name}) RETURN n.name AS a LIMIT $limit")
    with pytest.raises(QueryError, match="not of type integer") as caught:
        query.bind({"name": "x", "limit": "[" * 100_000})
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (GOOD + "MATCH (n) RETURN n.name AS a LIMIT $limit", "parameters"),
        (GOOD + "MATCH (n {name: $name}) RETURN n.name AS b LIMIT $limit", "columns"),
        (
            GOOD.replace("string  a", "text  a") + "MATCH (n {name: $name}) RETURN n.name AS a LIMIT $limit",
            "unknown type",
        ),
        ("// return a string x\nMATCH (n) RETURN n.name AS a", "does not say what it answers"),
        (GOOD.replace("facts", "others") + BODY, "group 'others' is unknown; known: sanctions, "),
        (GOOD.replace("// example name=x\n", "") + BODY, "the header has no example"),
        (GOOD.replace("name=x", "nam=x") + BODY, "has no parameter nam; known: name, limit"),
        (GOOD + "// also as_off\n" + BODY, "no shared parameter as_off; known: as_of, known_by"),
    ],
)
def test_a_header_that_does_not_fit_its_body_is_refused(text: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        queries.parse("q", text)


def test_the_project_holds_no_sentence_of_the_seed() -> None:
    seed = SEED / "trendforce.txt"
    if not seed.exists():
        pytest.skip("the seed lies beside the project only where it is worked on")
    lines = seed.read_text(encoding="utf-8").replace(". ", ".\n").splitlines()
    kept = [path for folder in ("loaders", "tests", "queries", "graph") for path in Path(ROOT / folder).rglob("*.*")]
    texts = [p.read_text(encoding="utf-8") for p in kept if p.suffix in (".py", ".txt", ".json", ".jsonl", ".toml")]
    assert [line for line in lines if len(line) > 60 and any(line.strip() in text for text in texts)] == []
