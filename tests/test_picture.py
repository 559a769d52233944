"""What pictures hold, on both stores, and what the command line says of them."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, empty, extraction, note

import keiretsu
import queries
from graph import NotFound, open_store
from graph.door import admit
from graph.model import Document, Extraction
from graph.store import Store
from loaders import claims
from loaders.source import Source
from queries import picture
from queries.picture import Picture, page, views

DEV = ROOT / "tests" / "data" / "dev"


def annotated() -> Iterator[Extraction]:
    """What the annotated articles say."""
    for path in sorted(DEV.glob("*.json")):
        yield from claims.load(Source.read(path))


@pytest.fixture(scope="module")
def asked(store: Store) -> Store:
    """A store with the annotated articles in it."""
    empty(store).add(annotated())
    return store


@pytest.fixture(scope="module")
def other() -> Iterator[Store]:
    with open_store(":memory:") as opened:
        opened.add(annotated())
        yield opened


def facts(drawn: Picture) -> set[tuple[str, str, str]]:
    return {(edge.fact.subject, edge.fact.relation, edge.fact.object) for edge in drawn.edges}


def test_both_stores_give_the_same_page_and_the_order_of_loading_does_not_matter(asked: Store) -> None:
    with open_store(":memory:") as reversed_store:
        reversed_store.add(reversed(list(annotated())))
        assert page.write(views.everything(asked)) == page.write(views.everything(reversed_store))


def test_everything_holds_all_facts_with_all_their_claims(asked: Store) -> None:
    drawn = views.everything(asked)
    assert len(drawn.nodes) == asked.count("entity")
    assert {edge.fact.id: edge.fact.claims for edge in drawn.edges} == {f.id: f.claims for f in asked.facts()}
    assert all(len(edge.claims) == edge.fact.claims for edge in drawn.edges)
    assert {row["document"] for edge in drawn.edges for row in edge.claims} == set(drawn.documents)
    assert not drawn.notes


def test_an_ego_picture_holds_what_is_near_and_what_joins_it(asked: Store) -> None:
    drawn = views.ego(asked, "Nvidia")
    centre = asked.entity("NVIDIA").id
    around = {end for f in asked.facts(entity=centre) for end in (f.subject_id, f.object_id)}
    assert {node.id for node in drawn.nodes} == around
    assert drawn.nodes[0].id == drawn.focus[0] == centre
    joined = {fact.id for fact in asked.facts() if {fact.subject_id, fact.object_id} <= around}
    assert {edge.fact.id for edge in drawn.edges} == joined
    assert len(views.ego(asked, "Nvidia", hops=2).nodes) > len(drawn.nodes)


def test_an_unknown_name_offers_what_comes_near(asked: Store) -> None:
    with pytest.raises(NotFound, match="near: NVIDIA"):
        views.ego(asked, "Nvidai")


def test_the_focus_is_small_and_without_what_is_denied(other: Store) -> None:
    drawn = views.everything(other)
    focus = set(drawn.focus)
    assert 20 <= len(drawn.focus) == len(focus) <= picture.FOCUS_NODES
    between = [e for e in drawn.edges if {e.fact.subject_id, e.fact.object_id} <= focus]
    assert len([edge for edge in between if edge.fact.modality != "denied"]) <= picture.FOCUS_EDGES


def asking(store: Store, cypher: str, **params: object) -> Picture:
    return views.found(store, "asked", store.query(cypher, params), cypher, params)


def test_a_query_draws_the_facts_whose_ids_it_returns(asked: Store) -> None:
    drawn = asking(asked, "MATCH (a:Firm)-[r:ACQUIRES]->(b) RETURN a.name AS a, r.id AS r, b.name AS b")
    wanted = {(f.subject, f.relation, f.object) for f in asked.facts() if f.relation == "ACQUIRES"}
    assert facts(drawn) <= wanted
    assert len(drawn.edges) > 10


def test_a_query_draws_the_facts_of_the_claims_that_it_returns(asked: Store) -> None:
    drawn = asking(asked, "MATCH (c:Claim) WHERE c.relation = 'SUES' RETURN c.id AS id")
    assert facts(drawn) == {(f.subject, f.relation, f.object) for f in asked.facts() if f.relation == "SUES"}


def test_a_query_that_returns_names_draws_what_joins_them_in_the_relations_that_it_names(asked: Store) -> None:
    query = queries.find("rivals")
    rows = queries.run(asked, "rivals", firm="NVIDIA")
    drawn = views.found(asked, "rivals", rows, query.text, query.bind({"firm": "NVIDIA"}))
    assert {edge.fact.relation for edge in drawn.edges} == {"COMPETES_WITH"}
    assert {row[0] for row in rows.rows} <= {node.name for node in drawn.nodes}
    assert all("NVIDIA" in (edge.fact.subject, edge.fact.object) for edge in drawn.edges)


def test_an_empty_answer_and_one_without_entities_say_so(asked: Store) -> None:
    assert asking(asked, "MATCH (a:Firm {name: 'nobody'}) RETURN a.name AS name").notes == ("The query found nothing.",)
    assert "name no entities" in asking(asked, "RETURN 1 AS x").notes[0]


def test_what_is_over_the_budget_is_left_out_and_told(other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "NODES", 100)
    monkeypatch.setattr(picture, "EDGES", 150)
    drawn = views.everything(other)
    assert (len(drawn.nodes), len(drawn.edges)) == (100, 150)
    left = other.count("entity") - 100, other.count("fact") - 150
    assert drawn.notes[0].startswith(f"{left[0]} entities and {left[1]} facts were left out")
    assert "keiretsu draw ego NAME" in drawn.notes[0]


def test_claims_that_do_not_fit_are_left_out_evenly_and_told(other: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "BYTES", 250_000)
    drawn = views.everything(other)
    shown = [(len(edge.claims), edge.fact.claims) for edge in drawn.edges]
    left = sum(told - held for held, told in shown)
    assert all(held >= 1 for held, _ in shown)
    assert left > 0
    assert drawn.notes == (
        f"{left} claims of facts with many were left out; `keiretsu why A RELATION B` shows all of a fact.",
    )
    most = max(held for held, told in shown if held < told)
    assert all(held == told or held >= most - 1 for held, told in shown)


def data(text: str) -> dict[str, object]:
    """What a page holds."""
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.DOTALL)
    assert found
    return json.loads(found[1])  # type: ignore[no-any-return]


def test_data_cannot_end_the_element_that_it_stands_in() -> None:
    name = "</script><!--<script>]]>&amp;\u2028x\u2029x"
    with open_store(":memory:") as store:
        store.add([extraction(note(name, "OWNS", "Beta"), title=name)])
        text = page.write(views.everything(store))
    assert text.count("</script>") == 3
    held = data(text)
    assert name in [node[2] for node in held["nodes"]]  # type: ignore[attr-defined]


def test_both_ends_are_marked_where_they_stand() -> None:
    text = "\U0001f600 寒武纪 rivals Nvidia’s H20, not the H200."
    assert page.marks(text, ["寒武纪"], ["H20"]) == [3, 6, 23, 26]
    assert page.marks("AMDs", ["AMD"], ["nobody"]) == [-1, -1, -1, -1]
    assert page.marks("nvidia sold", ["NVIDIA"], []) == [0, 6, -1, -1]
    assert page.marks("Intel backs Intel", ["Intel"], ["Intel"]) == [0, 5, 12, 17]


def test_a_name_is_marked_rather_than_a_description() -> None:
    said = "The boss and Acme Corp sell chips."
    entities = [
        {"name": "Acme", "label": "Firm", "aliases": ["Acme Corp", "The boss and"]},
        {"name": "chips", "label": "Sector"},
    ]
    claim = note("Acme", "ACTIVE_IN", "chips", evidence=said)
    with open_store(":memory:") as store:
        store.add([admit(Document(text=said), entities, [claim], "test/1")])
        held: Any = data(page.write(views.everything(store)))["edges"]
    assert held[0][7][0][1] == [13, 22, 28, 33]


# -- the command line


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = keiretsu.run(list(arguments))
    return code, capsys.readouterr().err


@pytest.fixture
def loaded(folder: Path) -> Path:
    with open_store(str(folder / "graph.db"), create=True) as store:
        store.add(annotated())
    return folder


def test_draw_writes_a_page_and_says_what_is_in_it(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, "draw", "ego", "寒武纪", "-o", "pages/c.html")
    assert code == 0, said
    assert re.search(r"pages/c.html: \d+ entities, \d+ facts, 0\.\d MB", said)
    assert data((loaded / "pages" / "c.html").read_text(encoding="utf-8"))["title"] == "Cambricon Technologies"
    assert run(capsys, "draw", "all")[0] == 0
    first = (loaded / "graph.html").read_bytes()
    assert len(first) < 1_000_000
    assert run(capsys, "draw", "all")[0] == 0
    assert (loaded / "graph.html").read_bytes() == first
    named = ("--named", "sanctions", "--param", "name=H20")
    assert run(capsys, "draw", "query", *named)[0] == 0
    assert run(capsys, "draw", "query", "MATCH (a)-[r:SUES]->(b) RETURN r.id AS id")[0] == 0


def test_draw_says_what_is_wrong(loaded: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, expected, told in (
        (("ego", "Nvidai"), 1, "near: NVIDIA"),
        (("all", "-o", "x.png"), 2, "name it .html"),
        (("all", "-o", "/proc/none/x.html"), 3, "/proc/none/x.html: "),
        (("galaxy",), 2, "unknown view 'galaxy'; known: all, query, ego"),
        (("query",), 2, "give one of"),
        (("query", "--named", "nosuch"), 1, "no query 'nosuch'"),
    ):
        code, said = run(capsys, "draw", *arguments)
        assert (code, told in said) == (expected, True), said
    code, said = run(capsys, "draw", "query", "MATCH (a:Firm {name: 'nobody'}) RETURN a.name AS name")
    assert (code, "The query found nothing." in said) == (0, True)


def test_open_shows_the_page(loaded: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    browser = loaded / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {loaded}/shown\n')
    browser.chmod(0o755)
    monkeypatch.setattr("webbrowser._tryorder", None)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    assert run(capsys, "draw", "all", "--open")[0] == 0
    assert (loaded / "shown").read_text().strip() == (loaded / "graph.html").as_uri()
