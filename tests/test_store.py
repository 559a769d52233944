"""The contract of a store, kept by each kind of it."""

import random
from collections import defaultdict
from itertools import pairwise

import pytest
from conftest import empty, extraction, extractions, note
from hypothesis import given
from hypothesis import strategies as st

from graph import NotFound, OntologyError, StoreError, open_store
from graph.door import admit
from graph.model import Claim, Document, Extraction, Firm, Judgement
from graph.ontology import STRENGTH
from graph.partial_date import PartialDate
from graph.store import SCHEMA, Store

some = st.lists(extractions(), max_size=4, unique_by=lambda e: e.document.id)


def sound(store: Store) -> bool:
    """Whether a whole verification finds nothing."""
    return list(store.check()) == []


# -- loading and taking back


@given(loads=some, seed=st.integers(0, 99))
def test_loading_once_twice_shuffled_or_in_pieces_gives_the_same(
    store: Store, loads: list[Extraction], seed: int
) -> None:
    empty(store).add(loads)
    digest = store.digest()
    again = store.add(loads)
    assert (again.documents, again.claims, again.facts, again.entities) == (0, 0, 0, 0)
    assert store.digest() == digest
    empty(store)
    for load in random.Random(seed).sample(loads, len(loads)):
        store.add([Extraction(document=load.document, entities=load.entities, claims=load.claims[:1])])
        store.add([load])
    assert store.digest() == digest
    assert sound(store)


@given(kept=some, gone=some)
def test_retracting_equals_never_having_loaded(store: Store, kept: list[Extraction], gone: list[Extraction]) -> None:
    empty(store).add(kept)
    before = store.digest()
    known = {load.document.id for load in kept}
    extra = [load for load in gone if load.document.id not in known]
    store.add(extra)
    for load in extra:
        assert store.retract(load.document.id) == load.document
    assert store.digest() == before
    assert sound(store)


@given(loads=some)
def test_copying_keeps_the_digest(store: Store, loads: list[Extraction]) -> None:
    empty(store).add(loads)
    with open_store(":memory:") as other:
        other.add(store.extractions())
        assert other.digest() == store.digest()
        digest = store.digest()
        empty(store).add(other.extractions())
        assert store.digest() == digest


@given(loads=some)
def test_every_claim_comes_back_once_as_it_was(store: Store, loads: list[Extraction]) -> None:
    empty(store).add(loads)
    found = list(store.claims())
    assert sorted(claim.id for claim in found) == sorted({claim.id for load in loads for claim in load.claims})
    assert {claim.id: claim for claim in found} == {claim.id: claim for load in loads for claim in load.claims}
    assert {d.id: d for d in store.documents()} == {load.document.id: load.document for load in loads}


def test_a_second_extractor_adds_to_a_document_it_does_not_replace(store: Store) -> None:
    first = extraction(note("Acme", "BUYS", "chip X"), note("Beta", "BUYS", "chip X"))
    one = Extraction(document=first.document, entities=first.entities, claims=first.claims[:1])
    loaded = empty(store).add([one, first])
    assert (loaded.documents, loaded.claims) == (1, 2)
    assert store.add([first]).claims_known == 2


def test_retracting_what_is_not_there_is_told(store: Store) -> None:
    with pytest.raises(NotFound, match="no document"):
        store.retract("0" * 24)


# -- facts


def summed(loads: list[Extraction]) -> dict[tuple[object, ...], tuple[object, ...]]:
    """The summaries that facts must have, worked out the plain way."""
    claims = defaultdict(list)
    for load in loads:
        for claim in load.claims:
            key = (claim.subject_label, claim.subject, claim.relation, claim.object_label, claim.object, claim.variant)
            claims[key].append((claim, load.document.publisher.casefold()))
    return {key: _summary(group) for key, group in claims.items()}


def _summary(group: list[tuple[Claim, str]]) -> tuple[object, ...]:
    claims = [claim for claim, _ in group]
    dates = [claim.date for claim in claims if claim.date]
    first = min(dates, key=lambda d: (d.first, str(d)), default=None)
    last = max(dates, key=lambda d: (d.last, str(d)), default=None)
    strongest = max((claim.modality for claim in claims), key=lambda m: STRENGTH[m])
    denied = sum(claim.modality == "denied" for claim in claims)
    return len(claims), len({publisher for _, publisher in group}), denied, strongest, first, last


@given(loads=some, gone=st.sets(st.integers(0, 3)))
def test_summaries_are_right_after_loads_and_retractions(store: Store, loads: list[Extraction], gone: set[int]) -> None:
    empty(store)
    for load in loads:
        store.add([load])
    for number, load in enumerate(loads):
        if number in gone:
            store.retract(load.document.id)
    wanted = summed([load for number, load in enumerate(loads) if number not in gone])
    found = {
        (f.subject_label, f.subject, f.relation, f.object_label, f.object, f.measure or f.metric): (
            (f.claims, f.publishers, f.denied, f.modality, f.first, f.last)
        )
        for f in store.facts()
    }
    assert found == wanted


def test_two_measures_between_one_pair_are_two_facts(store: Store) -> None:
    ban, fine = ({"qualifiers": {"measure": measure}} for measure in ("export_ban", "fine"))
    load = extraction(
        note("regulator R", "SANCTIONS", "Acme", **ban), note("regulator R", "SANCTIONS", "Acme", **fine, date="2022")
    )
    empty(store).add([load])
    assert sorted(str(fact.measure) for fact in store.facts()) == ["export_ban", "fine"]
    assert store.graph().number_of_edges() == 2


def test_a_pair_without_direction_is_one_fact_either_way_round(store: Store) -> None:
    loads = [
        extraction(note("Beta", "COMPETES_WITH", "Acme")),
        extraction(note("Acme", "COMPETES_WITH", "Beta", date="2022")),
    ]
    empty(store).add(loads)
    (fact,) = store.facts()
    assert (fact.subject, fact.object, fact.claims) == ("Acme", "Beta", 2)


def test_a_denied_fact_is_no_edge_unless_asked_for(store: Store) -> None:
    denied = extraction(note("Acme", "OWNS", "Beta", modality="denied"), publisher="P")
    stated = extraction(note("Acme", "OWNS", "Beta", modality="rumored"), publisher="Q")
    empty(store).add([denied])
    assert store.graph().number_of_edges() == 0
    assert [kind for *_, kind in store.graph(denied=True).edges(data="type")] == ["DENIED"]
    store.add([stated])
    assert [data["type"] for *_, data in store.graph(denied=True).edges(data=True)] == ["OWNS"]
    (fact,) = store.facts()
    assert (fact.claims, fact.denied, fact.modality, fact.publishers) == (2, 1, "rumored", 2)
    store.retract(stated.document.id)
    assert store.graph().number_of_edges() == 0
    assert sound(store)


def test_facts_of_an_entity_are_found_from_both_ends(store: Store) -> None:
    empty(store).add(
        [extraction(note("Acme", "OWNS", "Beta"), note("Gamma", "OWNS", "Acme"), note("Gamma", "OWNS", "Beta"))]
    )
    facts = list(store.facts(entity=store.entity("Acme").id))
    assert sorted((fact.subject, fact.object) for fact in facts) == [("Acme", "Beta"), ("Gamma", "Acme")]


def test_both_stores_give_the_same_graph(store: Store) -> None:
    loads = [extraction(note("Acme", "OWNS", "Beta", date="2022"), note("Acme", "BUYS", "chip X"), publisher="P")]
    empty(store).add(loads)
    with open_store(":memory:") as other:
        other.add(loads)
        for denied in (False, True):
            mine, theirs = store.graph(denied=denied), other.graph(denied=denied)
            assert dict(mine.nodes(data=True)) == dict(theirs.nodes(data=True))
            edges = [sorted(g.edges(keys=True, data=True), key=lambda edge: edge[2]) for g in (mine, theirs)]
            assert edges[0] == edges[1]


# a server's own node also counts what was written to it
SHOWN = [
    "MATCH (n) WHERE NOT n:Keiretsu RETURN labels(n) AS labels, properties(n) AS properties",
    "MATCH (n:Keiretsu) RETURN labels(n) AS labels, n.id, n.schema",
    "MATCH (a)-[r]->(b) RETURN a.id, type(r), properties(r) AS properties, b.id",
    "MATCH (n:!Keiretsu) UNWIND labels(n) AS label UNWIND keys(n) AS key RETURN label, key, count(*)",
]


@given(loads=some)
def test_both_stores_show_cypher_the_same(store: Store, loads: list[Extraction]) -> None:
    loads = [*loads, extraction(note("Acme", "OWNS", "Beta", date="2022"), note("Acme", "BUYS", "chip X"))]
    with open_store(":memory:") as other:
        for each in (empty(store), other):
            each.add(loads)
            each.judge("Acme", "Beta", "unsure", why="no telling")
        for cypher in SHOWN:
            rows = [sorted(map(repr, map(_ordered, each.query(cypher).rows))) for each in (store, other)]
            assert rows[0] == rows[1]
            assert rows[0]


def _ordered(value: object) -> object:
    """The same with maps in the order of their keys, in which stores differ."""
    if isinstance(value, tuple | list):
        return [_ordered(part) for part in value]
    return sorted(value.items()) if isinstance(value, dict) else value


def test_a_graph_is_the_askers_own(store: Store) -> None:
    empty(store).add([extraction(note("Acme", "OWNS", "Beta"))])
    graph = store.graph()
    for _, data in graph.nodes(data=True):
        data["labels"].append("Mine")
        data["name"] = "other"
    graph.remove_nodes_from(list(graph))
    assert sorted(data["name"] for _, data in store.graph().nodes(data=True)) == ["Acme", "Beta"]
    assert all(data["labels"] == ["Entity", "Firm"] for _, data in store.graph().nodes(data=True))


# -- awkward text

AWKWARD = [
    "He said \"no\" and 'yes'",
    "{braces} ${dollar} %s \\n \\",
    "华为技术有限公司",
    "🚀🔥 emoji 👩‍👩‍👧",
    "شركة עברית mixed",
    "`back` ticks // comment /* c */",
    "e\u0301 is not \u00e9",
    "nul \x00 inside",
    "new\nline\ttab",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_comes_back_unchanged(store: Store, text: str) -> None:
    load = extraction(note(text, "OWNS", "Beta"), title=text, publisher=text)
    empty(store).add([load])
    assert store.entity(text).name == text
    assert [c.subject for c in store.claims()] == [text]
    assert next(store.documents()) == load.document
    assert sound(store)


def test_evidence_of_100_kb_comes_back_unchanged(store: Store) -> None:
    evidence = "Acme owns Beta" + " 芯片" * 50_000 + "."
    load = extraction({**note("Acme", "OWNS", "Beta"), "evidence": evidence})
    empty(store).add([load])
    assert [claim.evidence for claim in store.claims()] == [evidence]


def test_a_name_of_100_kb_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="a name of 100000 characters; at most 1000"):
        Firm(name="x" * 100_000)


def test_half_a_surrogate_pair_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="surrogate"):
        Document(text="\ud800")


# -- identity


@given(
    loads=some,
    pairs=st.lists(st.sampled_from(list(pairwise(["firm a", "firm b", "firm c", "firm ax", "firm zz"]))), unique=True),
)
def test_taking_judgements_back_restores_the_graph(
    store: Store, loads: list[Extraction], pairs: list[tuple[str, str]]
) -> None:
    empty(store).add(loads)
    before = store.digest()
    made = [Judgement(label="Firm", a=a, b=b, verdict="same", at=PartialDate.parse("2024-01-01")) for a, b in pairs]
    assert store.add_judgements(made) == len(made)
    assert sound(store)
    judged = store.digest()
    for load in loads:
        store.retract(load.document.id)
    store.add(loads)
    assert store.digest() == judged, "judgements hold for what is loaded after them"
    for judgement in reversed(made):
        store.unjudge(judgement.a, judgement.b)
    assert store.digest() == before
    assert sound(store)


def test_names_judged_the_same_are_one_entity_in_every_answer(store: Store) -> None:
    empty(store).add([extraction(note("Biren", "OWNS", "Beta"), note("Biren Technology", "OWNS", "Beta", date="2022"))])
    store.judge("Biren Technology", "Biren", "same", by="me", why="short form")
    for name in ("Biren", "Biren Technology", "Firm:Biren"):
        assert store.entity(name).name == "Biren"
    (fact,) = store.facts()
    assert fact.claims == 2
    assert {claim.subject for claim in store.claims()} == {"Biren", "Biren Technology"}, "claims keep their names"
    assert sorted(name for _, name in store.graph().nodes(data="name")) == ["Beta", "Biren"]
    store.unjudge("Biren", "Biren Technology")
    assert store.count("fact") == 2


def test_a_different_judgement_forbids_the_merge(store: Store) -> None:
    empty(store).add([extraction(note("A", "OWNS", "B"), note("B", "OWNS", "C"))])
    store.judge("A", "B", "same")
    store.judge("A", "C", "different")
    with pytest.raises(OntologyError, match="take one of them back"):
        store.judge("B", "C", "same")
    assert store.count("judgement") == 2
    assert sound(store)


def test_unsure_changes_nothing_and_a_later_judgement_replaces_it(store: Store) -> None:
    empty(store).add([extraction(note("A", "OWNS", "B"))])
    store.judge("A", "B", "unsure")
    assert store.count("entity") == 2
    store.judge("B", "A", "same")
    assert [judgement.verdict for judgement in store.judgements()] == ["same"]
    assert store.count("entity") == 1
    assert sound(store), "a fact between two names of one entity stays, as a loop"
    assert store.count("fact") == 1


def test_entities_of_different_labels_are_never_merged(store: Store) -> None:
    empty(store).add([extraction(note("Kunlun", "PRODUCES", "chip Kunlun"))])
    with pytest.raises(OntologyError, match="never merged"):
        store.judge("Kunlun", "chip Kunlun", "same")


def test_an_older_judgement_does_not_replace_a_newer_one(store: Store) -> None:
    empty(store)
    newer = Judgement(label="Firm", a="A", b="B", verdict="different", at=PartialDate.parse("2024-06-01"))
    older = Judgement(label="Firm", a="A", b="B", verdict="same", at=PartialDate.parse("2024-05-01"))
    store.add_judgements([newer])
    assert store.add_judgements([older]) == 0
    assert [judgement.verdict for judgement in store.judgements()] == ["different"]


def test_a_judgement_is_taken_back_by_whatever_names_it(store: Store) -> None:
    empty(store).add([extraction(note("Kunlun", "PRODUCES", "chip X"), note("Kunlun Inc", "PRODUCES", "chip X"))])
    notes = [{"name": name, "label": "Chip"} for name in ("Kunlun", "Kunlun Inc")]
    store.add([admit(Document(text="t"), notes, [], "test/1")])
    before = store.digest()
    for pair in (("Firm:Kunlun", "Firm:Kunlun Inc"), ("Chip:Kunlun", "Chip:Kunlun Inc")):
        store.judge(*pair, "same")
    with pytest.raises(NotFound, match="several labels"):
        store.unjudge("Kunlun", "Kunlun Inc")
    assert store.unjudge("Chip:Kunlun Inc", "Chip:Kunlun").label == "Chip"
    assert store.unjudge("Kunlun", "Firm:Kunlun Inc").label == "Firm"
    assert store.digest() == before
    with pytest.raises(NotFound, match="not judged"):
        store.unjudge("Kunlun", "Kunlun Inc")


# -- names


def test_a_name_that_looks_like_one_with_a_label_is_found(store: Store) -> None:
    empty(store).add([extraction(note("Firm:Odd", "OWNS", "Beta"))])
    assert store.entity("Firm:Odd").name == "Firm:Odd"
    assert store.entity("Firm:Firm:Odd").name == "Firm:Odd"


def test_an_unknown_name_offers_its_neighbours(store: Store) -> None:
    empty(store).add([extraction(note("Cambricon", "OWNS", "Beta"))])
    with pytest.raises(NotFound, match="near: Cambricon"):
        store.entity("Cambrican")


def test_a_name_with_two_labels_must_say_which(store: Store) -> None:
    load = extraction(note("Kunlun", "PRODUCES", "chip X"))
    notes = [{"name": "Kunlun", "label": "Firm"}, {"name": "Kunlun", "label": "Chip"}]
    empty(store).add([load, admit(Document(text="t"), notes, [], "test/1")])
    with pytest.raises(NotFound, match="Chip:Kunlun, Firm:Kunlun"):
        store.entity("Kunlun")
    assert store.entity("Chip:Kunlun").label == "Chip"


def test_a_chip_is_not_near_another_whose_number_differs(store: Store) -> None:
    empty(store).add([extraction(note("Acme", "PRODUCES", "chip H200"))])
    with pytest.raises(NotFound) as caught:
        store.entity("chip H20 x")
    assert "H200" not in str(caught.value)


# -- the store itself


def test_a_newer_schema_is_refused(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    empty(store)
    for module in ("graph.neo4j_store", "graph.networkx_store"):
        monkeypatch.setattr(f"{module}.SCHEMA", SCHEMA - 1)
    with pytest.raises(StoreError, match=f"newer keiretsu \\(schema {SCHEMA}, this one knows {SCHEMA - 1}\\)"):
        open_store(store.uri)


def test_reading_never_makes_a_store(folder: object) -> None:
    with pytest.raises(NotFound, match="no graph at"):
        open_store("nothing.db", create=False)


def test_info_counts_what_is_there(store: Store) -> None:
    empty(store).add([extraction(note("Acme", "OWNS", "Beta"))])
    counts = {"document": 1, "mention": 2, "claim": 1, "entity": 2, "fact": 1, "judgement": 0}
    assert store.info() == {"uri": store.uri, "schema": SCHEMA, **counts}
