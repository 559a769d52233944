"""Every query over a generated graph of 10,000 facts: the same rows on both stores."""

import random
from collections.abc import Iterator
from itertools import islice

import pytest
from conftest import empty
from test_library import Pair

import queries
from graph import open_store
from graph.door import admit
from graph.model import Document, Extraction
from graph.ontology import MEASURES, MODALITIES, RELATIONS, STAGES
from graph.store import Rows, Store

FACTS = 10_000
DOCUMENTS = 25
SIZES = {"Firm": 500, "Fund": 60, "Chip": 150, "Product": 60, "Regulator": 20, "Person": 80, "Market": 6}
SIZES |= {"Sector": 20, "Country": 12}
COUNTRIES = ("CN", "US", "TW", "KR", "JP", "NL", "DE", "FR", "GB", "SG", "IN", "IL")
DATES = (
    None,
    "2018",
    "2019-05",
    "2021-11-30",
    "2022",
    "2022-10",
    "2022-10-07",
    "2023-01-17",
    "2024",
    "2024-06",
    "2025",
)
PUBLISHERS = ("Reuters", "REUTERS", "Nikkei", "财新", "", "Bloomberg")
CREDITS = ((), (), ("Reuters",), ("Bloomberg", "an official"))
PARAMS = {"firm": "Firm 1", "name": "Firm 2", "product": "Chip 1", "chip": "Chip 1", "authority": "Regulator 1"}
PARAMS |= {"person": "Person 1", "sector": "Sector 1", "market": "Market 1", "publisher": "Nikkei", "a": "Firm 1"}
PARAMS |= {"b": "Firm 2", "document": "Document 3"}


def name(chance: random.Random, label: str) -> str:
    """One of the names of a label; the first of them are hubs."""
    return f"{label} {int(SIZES[label] * chance.random() ** 2) + 1}"


def entity(label: str, number: int) -> dict[str, object]:
    known: dict[str, object] = {"name": f"{label} {number}", "label": label}
    if label in ("Firm", "Regulator", "Market") and number % 3:
        known["country"] = COUNTRIES[number % len(COUNTRIES)]
    if label == "Regulator" and number > 2:
        known["parent"] = f"Regulator {number // 2}"
    return known


def qualifiers(chance: random.Random, relation: str) -> dict[str, object]:
    allowed = RELATIONS[relation].qualifiers
    found: dict[str, object] = {}
    if "measure" in allowed:
        found["measure"] = chance.choice(MEASURES)
    if "metric" in allowed:
        found |= {"metric": chance.choice(["price", "power"]), "delta": chance.choice([-0.5, 0.25, 2])}
    if "amount" in allowed and chance.random() < 0.4:
        found |= {"amount": chance.choice([1_500_000.5, 10**9, 4 * 10**10]), "currency": chance.choice(["USD", "CNY"])}
    if "stage" in allowed and chance.random() < 0.8:
        found["stage"] = chance.choice(STAGES)
    if "field" in allowed and chance.random() < 0.5:
        found["field"] = chance.choice(["GPUs", "DRAM"])
    if "stake" in allowed and chance.random() < 0.3:
        found["stake"] = chance.choice([0.05, 0.51, 1])
    return found


def notes(chance: random.Random) -> Iterator[dict[str, object]]:
    """Claims without end, some of them of facts that were claimed before."""
    made: list[dict[str, object]] = []
    while True:
        if made and chance.random() < 0.25:
            note = dict(chance.choice(made))
        else:
            relation = chance.choice(list(RELATIONS))
            labels = chance.choice(sorted(RELATIONS[relation].ends))
            note = {"subject": name(chance, labels[0]), "relation": relation, "object": name(chance, labels[1])}
            note["qualifiers"] = qualifiers(chance, relation)
            if note["subject"] == note["object"]:
                continue
            made.append(note)
        note |= {"modality": chance.choices(MODALITIES, (6, 1, 2, 1))[0], "date": chance.choice(DATES)}
        note["attribution"] = list(chance.choice(CREDITS))
        if note["date"] and chance.random() < 0.1:
            note["end_date"] = "2025"
        note["evidence"] = f"Claim {len(made)}.{chance.random()} says so."
        yield note


def generated() -> Iterator[Extraction]:
    chance = random.Random(1)
    every = notes(chance)
    for number in range(DOCUMENTS):
        said = list(islice(every, FACTS * 4 // 3 // DOCUMENTS + 40))
        names = sorted({str(note[end]) for note in said for end in ("subject", "object")})
        entities = [entity(label, int(digits)) for label, digits in (text.split() for text in names)]
        text = "\n".join(str(note["evidence"]) for note in said)
        about = {"title": f"Document {number}", "publisher": PUBLISHERS[number % len(PUBLISHERS)], "text": text}
        document = Document.model_validate({**about, "published": chance.choice(DATES)})
        made = admit(document, entities, said, "test/1")
        assert not made.rejects, made.rejects[:3]
        yield made


@pytest.fixture(scope="module")
def large(server: str) -> Iterator[Pair]:
    loads = list(generated())
    with open_store(server) as neo4j, open_store(":memory:") as embedded:
        empty(neo4j).add(loads)
        embedded.add(loads)
        assert embedded.count("fact") >= FACTS
        yield Pair(embedded, neo4j)
        empty(neo4j)


def asked(store: Store, name: str) -> list[Rows]:
    """The answers of a query about names of the generated graph, and those at a moment."""
    query = queries.find(name)
    known = {field.name for field in query.params}
    given = {**query.example(), **{key: value for key, value in PARAMS.items() if key in known}}
    at = {**given, "as_of": "2022-10", "known_by": "2024-06", "limit": 2000}
    return [query.rows(store, bound) for bound in (given, at)]


@pytest.mark.parametrize("name", queries.names())
def test_a_query_gives_the_same_rows_on_both_stores(large: Pair, name: str) -> None:
    found = asked(large.embedded, name)
    assert asked(large.server, name) == found
