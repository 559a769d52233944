"""The query library on both stores over the annotated documents: the same rows, and answers checked by hand."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from conftest import ROOT, empty

import queries
from graph import NotFound, open_store
from graph.model import Extraction
from graph.store import Rows, Store
from loaders import claims
from loaders.source import Source
from queries import analysis, manual

DEV = ROOT / "tests" / "data" / "dev"
SEED = ROOT.parent / "shared" / "corpus" / "seed"
QUESTIONS = [
    json.loads(line)
    for line in (ROOT / "tests" / "data" / "golden" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
"""Questions with the rows that answer them, some columns of each; the answers were written from the annotations."""
MOMENTS: tuple[dict[str, Any], ...] = (
    {},
    {"as_of": "2023-06", "known_by": "2025-03"},
    {"as_of": "2024-08-15", "undated": False, "denied": True},
)


class Pair(NamedTuple):
    """The same graph in both stores."""

    embedded: Store
    server: Store


def gold(folder: Path) -> Iterator[Extraction]:
    for path in sorted(folder.glob("*.json")):
        yield from claims.load(Source.read(path))


@pytest.fixture(scope="module")
def neo4j(server: str) -> Iterator[Store]:
    with open_store(server) as opened:
        yield opened


@pytest.fixture(scope="module")
def dev(neo4j: Store) -> Iterator[Pair]:
    loads = list(gold(DEV))
    empty(neo4j).add(loads)
    with open_store(":memory:") as embedded:
        embedded.add(loads)
        yield Pair(embedded, neo4j)


# -- headers


@pytest.mark.parametrize("name", queries.names())
def test_each_claim_that_a_query_counts_meets_the_condition_of_time(name: str) -> None:
    text = " ".join(queries.find(name).text.split())
    assert {*queries.TIME} <= {field.name for field in queries.find(name).params}
    counted = set(re.findall(r"\((\w+):Claim\b(?! \{id:)", text))
    assert counted
    assert [claim for claim in counted if queries.passing(claim) not in text] == []


@pytest.mark.parametrize("name", queries.names())
def test_each_answer_tells_whose_it_is_and_how_sure(name: str) -> None:
    columns = {column.name for column in queries.find(name).columns}
    assert columns & {"evidence", "ids", "low_evidence", "publishers", "publisher"}
    assert columns & {"modality", "low_modality", "claims"}


def test_each_group_has_queries_and_the_readme_has_their_table() -> None:
    assert {query.group for query in queries.every()} == {*queries.GROUPS}
    assert len(queries.names()) >= 30
    assert manual.table() in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", queries.names())
def test_a_page_names_every_parameter_column_and_example(name: str) -> None:
    query = queries.find(name)
    page = manual.page(query)
    assert all(f"\n  {field.name}" in page for field in (*query.params, *query.columns))
    assert page.count(f"keiretsu query --named {name}") == len(query.examples)


# -- the same on both stores


@pytest.mark.parametrize("name", queries.names())
def test_a_query_gives_the_columns_of_its_header_and_the_same_rows_on_both_stores(dev: Pair, name: str) -> None:
    query = queries.find(name)
    for number in range(len(query.examples)):
        for moment in MOMENTS if number == 0 else MOMENTS[:1]:
            known = {key: value for key, value in moment.items() if key in {field.name for field in query.params}}
            bound = {**query.example(number), **known}
            found = query.rows(dev.embedded, bound)
            assert found.columns == [column.name for column in query.columns]
            assert found.rows or known, "an example has an answer"
            assert query.rows(dev.server, bound) == found


# -- right


def answered(rows: Rows, columns: list[str]) -> list[list[Any]]:
    """The different rows of some columns."""
    at = [rows.columns.index(column) for column in columns]
    found = [[row[n] for n in at] for row in rows.rows]
    return [row for n, row in enumerate(found) if row not in found[:n]]


def check(store: Store, corpus: str) -> None:
    """Every question of a corpus has the answer that was written down, in any order."""
    for question in QUESTIONS:
        if question["corpus"] == corpus:
            run = analysis.run if "analysis" in question else queries.run
            rows = run(store, question.get("analysis") or question["query"], **question["params"])
            found = answered(rows, question["columns"])
            assert sorted(map(str, found)) == sorted(map(str, question["answers"])), question["question"]


def test_there_are_answers_enough() -> None:
    assert len([question for question in QUESTIONS if question["corpus"] == "dev"]) >= 40
    assert {question["query"] for question in QUESTIONS if "query" in question} <= {*queries.names()}
    assert {question["analysis"] for question in QUESTIONS if "analysis" in question} <= {*analysis.ANALYSES}


def test_questions_have_the_answers_that_the_annotations_give(dev: Pair) -> None:
    check(dev.embedded, "dev")
    check(dev.server, "dev")


def test_a_name_is_found_by_its_alias_where_it_is_no_name(dev: Pair) -> None:
    found = queries.run(dev.embedded, "rivals", firm="Cambricon")
    assert found == queries.run(dev.embedded, "rivals", firm="Cambricon Technologies")
    assert found.rows


def test_an_unknown_name_offers_its_neighbours(dev: Pair) -> None:
    for store in dev:
        with pytest.raises(NotFound, match=r"no entity 'Nvidea'.*near: NVIDIA"):
            queries.run(store, "rivals", firm="Nvidea")
        assert queries.run(store, "lawsuits", name="ASML").rows == [], "a known name without an answer is no mistake"


# the last one of the module: it puts something else on the server
@pytest.mark.skipif(
    not SEED.exists(), reason="the user's own documents lie beside the project only where it is worked on"
)
def test_questions_about_the_seed_have_their_answers(neo4j: Store) -> None:
    loads = list(gold(SEED))
    empty(neo4j).add(loads)
    with open_store(":memory:") as embedded:
        embedded.add(loads)
        check(embedded, "seed")
    check(neo4j, "seed")
