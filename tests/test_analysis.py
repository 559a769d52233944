"""Analyses: answers worked out by hand on a small industry, the same on both stores; properties of any graph."""

import inspect
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from conftest import ROOT, empty, extraction, extractions, note
from hypothesis import given
from hypothesis import strategies as st

import keiretsu
import queries
from graph import NotFound, QueryError, open_store
from graph.door import admit
from graph.model import Document, Extraction
from graph.ontology import RELATIONS
from graph.store import Rows, Store
from loaders import claims
from loaders.source import Source
from queries import analysis, belief, exposure, structure
from queries.sense import BASED_IN, PART_OF, PASSES, SENSES
from queries.view import RANK, View, view

DEV = ROOT / "tests" / "data" / "dev"


def ban(subject: str, obj: str, measure: str, **more: object) -> dict[str, object]:
    return note(subject, "SANCTIONS", obj, qualifiers={"measure": measure}, **more)


def dollars(amount: float, currency: str = "USD") -> dict[str, object]:
    return {"amount": amount, "currency": currency}


def world() -> list[Extraction]:
    """A small industry around chip H, told by three publishers."""
    ledger = extraction(
        ban("regulator US", "chip H", "export_ban", date="2023"),
        note("Maker", "PRODUCES", "chip H"),
        note(
            "Buyer", "BUYS", "chip H", modality="rumored", qualifiers=dollars(2e9), date="2024", attribution=["Insider"]
        ),
        note("Foundry", "SUPPLIES", "Maker", modality="expected"),
        note("Parent", "OWNS", "Buyer", qualifiers={"stake": 0.6}),
        note("fund F", "OWNS", "Parent", qualifiers={"stake": 0.5}),
        note("Maker", "PARTNERS_WITH", "Friend"),
        note("Ghost", "BUYS", "chip H", modality="denied"),
        note("fund F", "INVESTS_IN", "Rival", qualifiers=dollars(5e6, "EUR")),
        title="one",
        publisher="Ledger",
        published="2024-01-10",
    )
    post = extraction(
        note("Buyer", "BUYS", "chip H", qualifiers=dollars(3e9), date="2024"),
        note("Foundry", "SUPPLIES", "Maker", modality="denied"),
        note("Rival", "PRODUCES", "chip R"),
        note("chip R", "COMPETES_WITH", "chip H"),
        note("Maker", "COMPETES_WITH", "Rival", qualifiers={"field": "accelerators"}),
        note("Buyer", "BUYS", "chip R"),
        note("Maker", "ACTIVE_IN", "sector GPUs"),
        note("Rival", "ACTIVE_IN", "sector GPUs"),
        title="two",
        publisher="Post",
        published="2024-06-01",
    )
    wire = extraction(
        note("chip Z", "COMPARES_TO", "chip H", qualifiers={"metric": "speed", "delta": -0.2}),
        note("Zed", "PRODUCES", "chip Z"),
        ban("regulator US", "Zed", "entity_list", date="2025"),
        note("Buyer", "OWNS", "fund F", qualifiers={"stake": 0.1}),
        note("Buyer", "ACQUIRES", "Startup"),
        note("Buyer", "BUYS", "chip H", qualifiers=dollars(3e9), date="2024", attribution=["Insider"]),
        title="three",
        publisher="Wire",
        published="2025-02",
    )
    return [ledger, post, wire]


@pytest.fixture(scope="module")
def at(store: Store) -> View:
    """The small industry in a store of each kind."""
    empty(store).add(world())
    return view(store)


def made(*loads: Extraction) -> View:
    store = open_store(":memory:")
    store.add(loads)
    return view(store)


def told(rows: Rows, *columns: str) -> list[tuple[Any, ...]]:
    """Some columns of rows."""
    places = [rows.columns.index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in rows.rows]


# -- the view


def test_denied_facts_are_hidden_and_others_keep_their_modality(at: View) -> None:
    seen = {(at.name(edge.subject), edge.relation): edge.modality for edge in at.edges(at.node("chip H"))}
    assert seen == {
        ("regulator US", "SANCTIONS"): "stated",
        ("Maker", "PRODUCES"): "stated",
        ("Buyer", "BUYS"): "stated",
        ("chip H", "COMPETES_WITH"): "stated",
        ("chip Z", "COMPARES_TO"): "stated",
    }, "Ghost's order is denied by all"
    assert {edge.modality for edge in at.edges(at.node("Foundry"))} == {"expected"}, "denied by some only"


def test_what_was_published_later_is_left_out(at: View) -> None:
    past = view(at.store, known_by="2024-03")
    chip = past.node("chip H")
    assert {(past.name(edge.subject), edge.modality) for edge in past.edges(chip)} == {
        ("regulator US", "stated"),
        ("Maker", "stated"),
        ("Buyer", "rumored"),
    }
    assert len(list(view(at.store, known_by="2024-01-09").facts())) == 0


def test_what_happened_later_is_left_out_and_what_has_no_date_counted(at: View) -> None:
    past = view(at.store, as_of="2024-12-31")
    banned = {past.name(edge.object) for edge in past.facts() if edge.relation == "SANCTIONS"}
    assert banned == {"chip H"}
    assert {edge.relation for edge in view(at.store, as_of="2022").facts()} == {
        edge.relation for edge in at.facts()
    } - {"SANCTIONS"}
    assert past.undated == sum(1 for claim in at.store.claims() if not claim.date)
    assert "SANCTIONS" in {edge.relation for edge in view(at.store, as_of="2023-05").facts()}, "2023 may be before May"


def test_what_has_ended_is_left_out_from_the_day_after() -> None:
    found = made(extraction(note("A", "OWNS", "B", date="2020", end_date="2022-06")))
    assert [len(list(view(found.store, as_of=day).facts())) for day in ("2019", "2020", "2022-06-30", "2022-07")] == [
        0,
        1,
        1,
        0,
    ]


def test_documents_without_a_date_are_kept_and_counted() -> None:
    found = made(extraction(note("A", "OWNS", "B")))
    past = view(found.store, known_by="2000")
    assert (len(list(past.facts())), past.unpublished, past.undated) == (1, 1, 0)


def test_only_some_relations_and_modalities_count(at: View) -> None:
    some = view(at.store, relations=["buys"], modalities=["stated"])
    assert {(edge.relation, edge.modality) for edge in some.facts()} == {("BUYS", "stated")}
    for wrong in ({"relations": ["BUY"]}, {"modalities": ["sure"]}, {"as_of": "2024-13"}):
        with pytest.raises(QueryError):
            view(at.store, **wrong)


def test_the_embedded_store_shares_one_frozen_graph_and_graph_gives_copies() -> None:
    found = made(extraction(note("A", "OWNS", "B")))
    assert found.graph is view(found.store, as_of="2024").graph is found.store.shared_graph()
    with pytest.raises(nx.NetworkXError):
        found.graph.add_node("x")
    own = found.store.graph()
    own.add_node("x")
    assert "x" not in found.graph


# -- exposure


def test_exposure_is_as_worked_out_by_hand(at: View) -> None:
    rows = analysis.exposure(at, "chip H")
    assert told(rows, "entity", "effect", "strength", "depth") == [
        ("Buyer", "supply", "stated", 1),
        ("Maker", "sales", "stated", 1),
        ("Parent", "value", "stated", 2),
        ("fund F", "value", "stated", 3),
        ("Foundry", "sales", "expected", 2),
    ]
    assert rows.rows[3].path == "chip H <-BUYS- Buyer <-OWNS- Parent <-OWNS- fund F"
    first = rows.rows[0].evidence[0]
    assert (first["publisher"], first["modality"], first["date"]) == ("Wire", "stated", "2024")
    assert all(first[key] for key in ("claim", "fact", "document", "evidence"))


def test_exposure_was_another_when_less_was_known(at: View) -> None:
    past = view(at.store, known_by="2024-03")
    rows = analysis.exposure(past, "chip H")
    assert told(rows, "entity", "strength") == [
        ("Maker", "stated"),
        ("Foundry", "expected"),
        ("Buyer", "rumored"),
        ("Parent", "rumored"),
        ("fund F", "rumored"),
    ]
    assert rows.rows[2].evidence[0]["publisher"] == "Ledger"


def test_exposure_is_bounded_by_depth_and_limit(at: View) -> None:
    assert told(analysis.exposure(at, "chip H", depth=1), "entity") == [("Buyer",), ("Maker",)]
    cut = analysis.exposure(at, "chip H", limit=1)
    assert (len(cut.rows), cut.cut) == (1, True)


def test_exposure_of_a_regulator_begins_with_what_it_restricts(at: View) -> None:
    rows = analysis.exposure(at, "regulator US", depth=2)
    assert told(rows, "entity", "effect", "depth") == [
        ("Zed", "restricted", 1),
        ("chip H", "restricted", 1),
        ("Buyer", "supply", 2),
        ("Maker", "sales", 2),
        ("chip Z", "supply", 2),
    ]


def test_exposure_of_a_firm_reaches_customers_suppliers_partners_owners() -> None:
    found = made(
        extraction(
            note("X", "SUPPLIES", "Customer"),
            note("Supplier", "SUPPLIES", "X"),
            note("X", "PARTNERS_WITH", "Partner"),
            note("Owner", "OWNS", "X"),
            note("X", "OWNS", "Child"),
            note("X", "INVESTS_IN", "Startup"),
            note("X", "BUYS", "chip C"),
            note("X", "COMPETES_WITH", "Rival"),
        )
    )
    assert dict(told(analysis.exposure(found, "X", depth=1), "entity", "effect")) == {
        "Customer": "supply",
        "Supplier": "sales",
        "Partner": "ties",
        "Owner": "value",
        "Child": "restricted",
        "Startup": "funding",
        "chip C": "sales",
    }


def test_exposure_of_a_country_reaches_its_firms_and_what_is_made_for_it() -> None:
    text = "Chip D is designed for China, and made by Q. Bureau bars China."
    document = Document.model_validate({"text": text})
    entities = [
        {"name": "Local", "label": "Firm", "country": "CN"},
        {"name": "China", "label": "Country", "country": "CN"},
        {"name": "D", "label": "Chip"},
        {"name": "Q", "label": "Firm"},
        {"name": "State", "label": "Regulator"},
        {"name": "Bureau", "label": "Regulator", "parent": "State"},
    ]
    ends = [("D", "DESIGNED_FOR", "China"), ("Q", "PRODUCES", "D"), ("Bureau", "SANCTIONS", "China")]
    notes = [note(*end) | {"evidence": text} for end in ends]
    found = made(admit(document, entities, notes, "test/1"))
    assert told(analysis.exposure(found, "China"), "entity", "effect", "depth") == [
        ("D", "sales", 1),
        ("Local", "restricted", 1),
        ("Q", "sales", 2),
    ]
    above = analysis.exposure(found, "State")
    assert told(above, "entity", "depth")[0] == ("China", 2)
    assert above.rows[0].path == "State <-PART_OF- Bureau -SANCTIONS-> China"
    assert above.rows[0].evidence[0]["claim"] is None, "what is known of an entity is no claim"


def test_an_unknown_name_offers_its_neighbours(at: View) -> None:
    with pytest.raises(NotFound, match="near: Foundry"):
        analysis.exposure(at, "Foundri")
    with pytest.raises(QueryError, match="'Maker' is a Firm, not a Chip or Product"):
        analysis.substitutes(at, "Maker")


def test_senses_speak_of_relations_that_are_and_each_case_once() -> None:
    assert {sense.relation for sense in SENSES} <= {*RELATIONS, BASED_IN, PART_OF}
    assert len(PASSES) == sum(len(sense.given) for sense in SENSES)
    assert all(sense.reason for sense in SENSES)


def test_what_an_effect_passes_on_those_before_it_pass_on_too() -> None:
    """Else a path that must not come back to an entity could miss one that is hit."""
    passed = {
        given: {(s.relation, s.hit, s.effect) for s in SENSES if given in s.given} for s in SENSES for given in s.given
    }
    for stronger, weaker in (
        ("restricted", "sales"),
        ("restricted", "supply"),
        ("sales", "value"),
        ("supply", "value"),
    ):
        assert passed[weaker] <= passed[stronger]


def simple_paths(at: View, node: str, effect: str, depth: int, seen: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Every entity that is hit with the strength of some path to it, by trying all."""
    if not depth:
        return
    for edge in at.edges(node):
        sense = PASSES.get((edge.relation, "subject" if edge.subject == node else "object", effect))
        other = edge.other(node)
        if sense and other not in seen:
            if sense.effect != "acts":
                yield other, edge.modality
            for end, rest in simple_paths(at, other, sense.effect, depth - 1, (*seen, other)):
                yield end, min(edge.modality, rest, key=RANK.__getitem__)


@given(loads=st.lists(extractions(), max_size=6))
def test_exposure_finds_whoever_is_hit_with_the_strongest_path_and_its_weakest_hop(loads: list[Extraction]) -> None:
    found = made(*loads)
    for start in sorted(found.graph):
        effect = "acts" if found.label(start) == "Regulator" else "restricted"
        wanted: dict[str, int] = {}
        for node, strength in simple_paths(found, start, effect, 3, (start,)):
            wanted[node] = max(wanted.get(node, 0), RANK[strength])
        best: dict[str, int] = {}
        for path in exposure.paths(found, [start], 3):
            assert path.strength == min((edge.modality for edge in path.edges), key=RANK.__getitem__)
            assert RANK[path.strength] == path.rank
            assert len(path.edges) <= 3
            best[path.node] = max(best.get(path.node, 0), path.rank)
        assert best == wanted


# -- what if


def test_a_ban_is_supposed_without_touching_the_store(at: View) -> None:
    before = at.store.digest()
    rows = analysis.what_if(at, ban=["chip R"], by="regulator US")
    assert told(rows, "entity", "effect", "change", "before", "after") == [
        ("chip R", "restricted", "hit", None, "assumed"),
        ("Rival", "sales", "hit", None, "assumed"),
        ("fund F", "value", "hit", None, "assumed"),
    ]
    assumed = rows.rows[0].evidence[0]
    assert (assumed["modality"], assumed["claim"], assumed["evidence"]) == ("assumed", None, None)
    assert at.store.digest() == before
    assert analysis.what_if(at, ban=["chip H"], by="regulator US").rows == [], "it is in force already"


def test_what_is_removed_spares(at: View) -> None:
    (fact,) = [edge.id for edge in at.facts() if edge.relation == "SANCTIONS" and at.name(edge.object) == "chip H"]
    rows = analysis.what_if(at, remove=[fact], depth=2)
    assert told(rows, "entity", "change", "after") == [
        ("chip H", "spared", None),
        ("Buyer", "spared", None),
        ("Maker", "spared", None),
    ]


def test_a_supposed_fact_makes_surer(at: View) -> None:
    rows = analysis.what_if(at, add=[("Foundry", "produces", "chip H")], of="chip H")
    assert told(rows, "entity", "change", "before", "after") == [("Foundry", "surer", "expected", "assumed")]


def test_what_cannot_be_supposed_is_refused(at: View) -> None:
    for wrong, why in (
        ({}, "nothing is supposed"),
        ({"ban": ["chip H"]}, "who bans it"),
        ({"ban": ["chip H"], "by": "Maker"}, "does not go from Firm to Chip"),
        ({"ban": ["chip H"], "by": "regulator US", "measure": "curse"}, "unknown measure"),
        ({"add": [("Maker", "EATS", "Rival")]}, "unknown relation"),
    ):
        with pytest.raises(QueryError, match=why):
            analysis.what_if(at, **wrong)
    with pytest.raises(NotFound, match="no fact 'x'"):
        analysis.what_if(at, remove=["x"])


# -- rivals and substitutes


def test_rivals_are_as_worked_out_by_hand(at: View) -> None:
    (row,) = analysis.rivals(at, "Maker").rows
    assert (row.rival, row.strength, row.ways) == ("Rival", "stated", 2)
    assert (row.fields, row.sectors, row.products) == (["accelerators"], ["sector GPUs"], ["chip H", "chip R"])
    assert len(row.evidence) == 4


def test_substitutes_are_as_worked_out_by_hand(at: View) -> None:
    rows = analysis.substitutes(at, "chip H")
    assert told(rows, "substitute", "makers", "ways", "delta", "buyers", "restricted") == [
        ("chip R", ["Rival"], ["competes"], [], ["Buyer"], []),
        ("chip Z", ["Zed"], ["compared"], ["speed -0.2"], [], ["regulator US: entity_list on Zed"]),
    ]
    assert len(rows.rows[1].evidence) == 3, "the comparison, the maker and the measure"
    past = analysis.substitutes(view(at.store, as_of="2024"), "chip H")
    assert told(past, "restricted") == [([],), ([],)]


def test_a_product_that_challenges_the_maker_is_a_substitute() -> None:
    found = made(extraction(note("M", "PRODUCES", "chip A"), note("chip B", "COMPETES_WITH", "M")))
    assert told(analysis.substitutes(found, "chip A"), "substitute", "ways") == [("chip B", ["challenges its maker"])]


# -- ownership


def test_stakes_multiply_and_circles_end(at: View) -> None:
    rows = analysis.ownership(at, "Buyer", side="owners")
    assert told(rows, "owner", "held", "low", "high", "depth") == [
        ("Parent", "Buyer", 0.6, 0.6, 1),
        ("fund F", "Buyer", 0.3, 0.3, 2),
    ]
    assert rows.rows[1].path == "fund F -OWNS-> Parent -OWNS-> Buyer"
    assert told(analysis.ownership(at, "Buyer", side="holdings"), "held", "low", "high") == [
        ("Startup", 0.0, 1.0),
        ("fund F", 0.1, 0.1),
        ("Parent", 0.05, 0.05),
    ]
    assert analysis.ownership(at, "Buyer", depth=1, limit=1).cut


def test_several_stakes_of_one_fact_are_bounds() -> None:
    stakes = (note("A", "OWNS", "B", qualifiers={"stake": stake}, date=f"202{n}") for n, stake in enumerate((0.2, 0.4)))
    found = made(extraction(*stakes, note("B", "OWNS", "C")))
    assert told(analysis.ownership(found, "C"), "owner", "low", "high") == [("B", 0.0, 1.0), ("A", 0.0, 0.4)]


_HOLDINGS = st.lists(
    st.tuples(st.sampled_from("ABCD"), st.sampled_from("ABCD"), st.sampled_from([None, 0, 0.25, 0.5, 1])),
    min_size=1,
    max_size=10,
    unique_by=lambda holding: holding[:2],
)


@given(holdings=_HOLDINGS)
def test_a_chain_lies_within_the_bounds_of_its_stakes(holdings: list[tuple[str, str, float | None]]) -> None:
    stakes = {(owner, held): stake for owner, held, stake in holdings if owner != held}
    if not stakes:
        return
    notes = (
        note(owner, "OWNS", held, qualifiers={} if stake is None else {"stake": stake})
        for (owner, held), stake in stakes.items()
    )
    found = made(extraction(*notes))
    for name in sorted({end for ends in stakes for end in ends}):
        for row in analysis.ownership(found, name).rows:
            hops = [stakes[quoted["subject"], quoted["object"]] for quoted in row.evidence]
            low = high = 1.0
            for stake in hops:
                low, high = low * (stake or 0), high * (1 if stake is None else stake)
            assert 0 <= row.low <= row.high <= 1
            assert [row.low, row.high] == pytest.approx([low, high])
            assert len({quoted["subject"] for quoted in row.evidence} | {row.held}) == row.depth + 1


# -- money


def test_money_is_as_worked_out_by_hand(at: View) -> None:
    assert told(analysis.money(at, "Buyer"), "relation", "side", "modality", "currency", "total", "low", "high") == [
        ("ACQUIRES", "subject", "stated", None, None, None, None),
        ("BUYS", "subject", "stated", "USD", 3_000_000_000, 2_000_000_000, 3_000_000_000),
        ("BUYS", "subject", "stated", None, None, None, None),
    ]
    every = analysis.money(at)
    assert told(every, "relation", "modality", "currency", "facts", "differing") == [
        ("ACQUIRES", "stated", None, 1, 0),
        ("BUYS", "stated", "USD", 1, 1),
        ("BUYS", "stated", None, 1, 0),
        ("INVESTS_IN", "stated", "EUR", 1, 0),
        ("SUPPLIES", "expected", None, 1, 0),
    ]
    assert [quoted["publisher"] for quoted in every.rows[1].evidence] == ["Wire", "Ledger"]


def test_money_told_fact_by_fact(at: View) -> None:
    rows = analysis.money(at, each=True)
    assert told(rows, "subject", "object", "amount", "currency", "told")[:2] == [
        ("fund F", "Rival", 5_000_000, "EUR", ["EUR 5,000,000"]),
        ("Buyer", "chip H", 3_000_000_000, "USD", ["USD 2,000,000,000", "USD 3,000,000,000"]),
    ]
    assert {row.amount for row in rows.rows[2:]} == {None}


def test_one_deal_in_two_currencies_is_summed_once_and_told() -> None:
    found = made(
        extraction(note("A", "ACQUIRES", "B", qualifiers=dollars(100)), publisher="P", published="2024"),
        extraction(note("A", "ACQUIRES", "B", qualifiers=dollars(700, "CNY")), publisher="Q", published="2025"),
    )
    (row,) = analysis.money(found).rows
    assert (row.currency, row.total, row.facts, row.differing) == ("CNY", 700, 1, 1)
    assert [quoted["detail"] for quoted in row.evidence] == ["amount=700, currency=CNY", "amount=100, currency=USD"]


_DEALS = st.lists(
    st.tuples(st.sampled_from("AB"), st.sampled_from("CD"), st.sampled_from(["USD", "CNY", None]), st.integers(1, 99)),
    min_size=1,
    max_size=8,
)


@given(deals=_DEALS)
def test_no_sum_mixes_currencies_or_counts_a_fact_twice(deals: list[tuple[str, str, str | None, int]]) -> None:
    notes = [
        note(a, "ACQUIRES", b, qualifiers=dollars(n, c) if c else {}, date=str(2000 + at))
        for at, (a, b, c, n) in enumerate(deals)
    ]
    rows = analysis.money(made(extraction(*notes))).rows
    assert sum(row.facts for row in rows) == len({deal[:2] for deal in deals})
    assert len({row.currency for row in rows}) == len(rows)
    for row in rows:
        amounts: dict[tuple[str, str], list[int]] = {}
        for a, b, currency, amount in deals:
            if currency == row.currency:
                amounts.setdefault((a, b), []).append(amount)
        if row.currency:
            assert row.low <= row.total <= row.high <= sum(map(max, amounts.values()))
        else:
            assert row.total is row.low is row.high is None


# -- structure


def star() -> View:
    """A in the middle of B, C and D; D leads on to E, which has a fact more."""
    ends = [("A", "B"), ("A", "C"), ("A", "D"), ("D", "E")]
    more = [note("D", "SUPPLIES", "E", modality="rumored")]
    return made(extraction(*(note(a, "OWNS", b) for a, b in ends), *more))


def test_centrality_is_as_worked_out_by_hand() -> None:
    rows = analysis.central(star())
    assert told(rows, "entity", "score", "facts", "rumored") == [
        ("A", 0.75, 3, 0),
        ("D", 0.5, 3, 1),
        ("B", 0.25, 1, 0),
        ("C", 0.25, 1, 0),
        ("E", 0.25, 2, 1),
    ]
    # of the 6 pairs of others, A lies between B-C, B-D, B-E, C-D, C-E; D between E and A, B, C
    between = told(analysis.central(star(), measure="betweenness"), "entity", "score")
    assert between[:3] == [("A", pytest.approx(5 / 6)), ("D", 0.5), ("B", 0)]
    ranks = dict(told(analysis.central(star(), measure="pagerank"), "entity", "score"))
    assert sum(ranks.values()) == pytest.approx(1)
    assert ranks["E"] > ranks["D"] > ranks["A"], "it flows from owner to owned"
    with pytest.raises(QueryError, match="unknown measure 'fame'"):
        analysis.central(star(), measure="fame")  # type: ignore[arg-type]


def test_centrality_counts_the_relations_and_modalities_of_the_view() -> None:
    some = view(star().store, relations=["SUPPLIES"])
    assert told(analysis.central(some), "entity", "score") == [("D", 1), ("E", 1)]
    assert analysis.central(view(star().store, modalities=["expected"])).rows == []
    for name in ("communities", "bridges", "predict", "money", "corroborate", "conflicts"):
        assert analysis.find(name)(made()).rows == [], "of an empty graph"
    assert analysis.central(made(), measure="pagerank").rows == []


def test_two_groups_are_found_and_named_by_their_middle() -> None:
    ends = [(a, b) for group in ("ABCD", "WXYZ") for a in group for b in group if a < b]
    found = made(
        extraction(*(note(a, "PARTNERS_WITH", b) for a, b in ends), note("D", "OWNS", "W"), note("A", "OWNS", "B"))
    )
    rows = analysis.communities(found)
    assert told(rows, "community", "size", "inside", "across") == [("A, B, C", 4, 7, 1), ("W, X, Y", 4, 6, 1)]
    assert rows == analysis.communities(found)
    with pytest.raises(QueryError, match="Leiden needs a networkx backend"):
        analysis.communities(found, method="leiden")


def test_bridges_are_told_with_what_they_cut_off() -> None:
    ring = [note(a, "OWNS", b) for a, b in ("AB", "BC", "AC", "CD", "DE", "DF", "EF")]
    found = made(extraction(*ring, note("C", "SUPPLIES", "D"), note("G", "OWNS", "A")))
    assert told(analysis.bridges(found), "a", "b", "cut", "facts", "strength") == [("C", "D", 3, 2, "stated")]
    assert told(analysis.bridges(found, least=1), "a", "b", "cut") == [("C", "D", 3), ("A", "G", 1)]


def test_guesses_are_marked_typed_and_kept_out_of_the_store(at: View) -> None:
    found = made(
        extraction(
            note("A", "BUYS", "chip H"),
            note("B", "BUYS", "chip H"),
            note("C", "BUYS", "chip H"),
            note("A", "COMPETES_WITH", "C"),
        )
    )
    before = found.store.digest()
    rows = analysis.predict(found)
    assert told(rows, "a", "b", "relation", "modality", "shared") == [
        ("A", "B", "COMPETES_WITH", "guess", ["chip H"]),
        ("B", "C", "COMPETES_WITH", "guess", ["chip H"]),
    ]
    assert len(rows.rows[0].evidence) == 2
    assert rows.rows[0].score == pytest.approx(1.0 / math.log(3), abs=1e-8), "1 / log degree of the chip"
    assert told(analysis.predict(found, "C"), "a", "b") == [("B", "C")]
    buys = analysis.predict(found, relation="BUYS", method="jaccard")
    assert told(buys, "a", "b") == [], "all firms have it, or are no neighbours of a neighbour of a chip"
    assert found.store.digest() == before
    with pytest.raises(QueryError, match="unknown method"):
        analysis.predict(at, method="luck")  # type: ignore[arg-type]


def test_algorithms_are_called_through_the_dispatch_to_backends() -> None:
    baselines = [baseline.__name__ for baseline in structure._BASELINES.values()]
    for name in (
        "degree_centrality",
        "betweenness_centrality",
        "pagerank",
        "bridges",
        "connected_components",
        *baselines,
    ):
        assert name in nx.utils.backends._registered_algorithms


# -- belief


def said(subject: str, relation: str, obj: str, words: str, **more: object) -> dict[str, object]:
    return note(subject, relation, obj, **more) | {"evidence": words}


def test_belief_is_as_worked_out_by_hand() -> None:
    found = made(
        extraction(said("A", "OWNS", "B", "A owns B."), publisher="P"),
        extraction(said("A", "OWNS", "B", "B is A's."), publisher="Q"),
        extraction(said("A", "OWNS", "B", "A, it is said, has B.", modality="rumored"), publisher="R"),
        extraction(said("A", "OWNS", "B", "A does not own B.", modality="denied"), publisher="S"),
    )
    (row,) = analysis.corroborate(found, trust=0.5).rows
    # for: 1 - 0.5 * 0.5 * (1 - 0.5 * 0.4) = 0.8; against: 0.5; 1 - 0.8 * 0.5 = 0.6
    assert [row.belief, row.doubt, row.open] == pytest.approx([0.4 / 0.6, 0.1 / 0.6, 0.1 / 0.6], abs=1e-6)
    assert (row.voices, row.against, row.claims, len(row.evidence)) == (["P", "Q", "R"], ["S"], 4, 4)


def test_who_only_repeats_is_no_voice_of_its_own() -> None:
    found = made(
        extraction(said("A", "OWNS", "B", "A owns B."), publisher="P"),
        extraction(said("A", "OWNS", "B", "A owns B."), publisher="Q", title="the same words"),
        extraction(said("A", "OWNS", "B", "P has it that A owns B.", attribution=["p"]), publisher="R"),
        extraction(said("A", "OWNS", "B", "B belongs to A.", attribution=["T", "U"]), publisher="R"),
        extraction(said("A", "OWNS", "B", "U says B is A's.", attribution=["U"]), publisher="V"),
    )
    (row,) = analysis.corroborate(found, "A").rows
    assert row.voices == ["P = Q = p", "T = U"]
    assert row.belief == pytest.approx(1 - 0.3 * 0.3)


@given(pro=st.floats(0, 1), contra=st.floats(0, 1))
def test_belief_doubt_and_what_is_open_add_up(pro: float, contra: float) -> None:
    parts = belief.combined(pro, contra)
    assert sum(parts) == pytest.approx(1)
    assert all(-1e-12 <= part <= 1 + 1e-12 for part in parts)


def test_what_rests_on_least_comes_first_on_demand(at: View) -> None:
    first = analysis.corroborate(at, weakest_first=True, limit=1)
    assert (first.rows[0].subject, first.rows[0].doubt > 0, first.cut) == ("Foundry", True, True)
    best = analysis.corroborate(at, limit=1).rows[0]
    assert (best.subject, best.voices) == ("Buyer", ["Insider", "Post"])
    with pytest.raises(QueryError, match="trust is 1"):
        analysis.corroborate(at, trust=1)


def test_conflicts_are_as_worked_out_by_hand(at: View) -> None:
    rows = analysis.conflicts(at)
    assert told(rows, "subject", "about", "values") == [
        ("Foundry", "denied", ["expected", "denied"]),
        ("Buyer", "amount", ["USD 2e+09", "USD 3e+09"]),
    ]
    assert [quoted["publisher"] for quoted in rows.rows[0].evidence] == ["Ledger", "Post"]
    assert analysis.conflicts(at, "Maker", tolerance=0.5).rows == [rows.rows[0]]
    assert told(analysis.conflicts(at, "Buyer", tolerance=0.5), "about") == []


# -- time


def test_a_timeline_is_in_order_with_denials_and_what_has_no_date_last(at: View) -> None:
    rows = analysis.timeline(at, "chip H")
    assert told(rows, "date", "subject", "modality", "claims") == [
        ("2023", "regulator US", "stated", 1),
        ("2024", "Buyer", "rumored", 1),
        ("2024", "Buyer", "stated", 2),
        (None, "Ghost", "denied", 1),
        (None, "Maker", "stated", 1),
        (None, "chip H", "stated", 1),
        (None, "chip Z", "stated", 1),
    ]
    assert rows.rows[2].published == "2024-06-01"
    assert told(analysis.timeline(at, "chip H", other="Ghost"), "subject") == [("Ghost",)]
    past = view(at.store, known_by="2024-03", relations=["BUYS"], modalities=["rumored"])
    assert told(analysis.timeline(past, "chip H"), "subject", "modality") == [("Buyer", "rumored")]


# -- every analysis

QUESTIONS: dict[str, dict[str, Any]] = {
    "exposure": {"name": "NVIDIA"},
    "what-if": {"ban": ["Ascend 910C"], "by": "US government"},
    "substitutes": {"name": "H20"},
    "rivals": {"name": "NVIDIA"},
    "ownership": {"name": "SoftBank Group"},
    "money": {},
    "central": {"measure": "betweenness"},
    "communities": {},
    "bridges": {},
    "predict": {"name": "NVIDIA"},
    "corroborate": {"limit": 1000},
    "conflicts": {},
    "timeline": {"name": "NVIDIA"},
}


def gold() -> list[Extraction]:
    return [load for path in sorted(DEV.glob("*.json")) for load in claims.load(Source.read(path))]


@pytest.mark.parametrize("time", [{}, {"as_of": "2024", "known_by": "2025-06"}], ids=["now", "then"])
def test_every_analysis_gives_the_same_rows_on_both_stores_whatever_the_order(
    store: Store, time: dict[str, str]
) -> None:
    assert QUESTIONS.keys() == analysis.ANALYSES.keys()
    empty(store).add(gold())
    with open_store(":memory:") as other:
        other.add(reversed(gold()))
        for name, params in QUESTIONS.items():
            rows = analysis.run(store, name, **time, **params)
            assert rows == analysis.run(other, name, **time, **params), name
            assert rows.rows, name
            assert rows.columns[-1] == "evidence"
            for quoted in (quoted for row in rows.rows for quoted in row[-1]):
                assert quoted["evidence"] or quoted["modality"] == "assumed" or not quoted["claim"]
    empty(store).add(world())


@given(loads=st.lists(extractions(), max_size=5))
def test_the_order_of_loading_does_not_matter(loads: list[Extraction]) -> None:
    one, other = made(*loads), made(*reversed(loads))
    names = [f"{one.label(node)}:{one.name(node)}" for node in sorted(one.graph)]
    for name in ("money", "central", "communities", "bridges", "predict", "corroborate", "conflicts"):
        assert analysis.find(name)(one) == analysis.find(name)(other)
    for name in names[:2]:
        assert analysis.exposure(one, name) == analysis.exposure(other, name)
        assert analysis.ownership(one, name) == analysis.ownership(other, name)


def test_a_parameter_that_is_missing_or_unknown_is_told(at: View) -> None:
    with pytest.raises(QueryError, match=r"needs parameter name \(str\)"):
        analysis.run(at.store, "exposure")
    with pytest.raises(QueryError, match="has no parameter deep; known: name, depth, limit"):
        analysis.run(at.store, "exposure", name="Maker", deep=2)
    with pytest.raises(NotFound, match="no analysis 'guess'; known: exposure"):
        analysis.run(at.store, "guess")
    with pytest.raises(NotFound, match=r"no analysis 'expsure'; near: exposure$"):
        analysis.run(at.store, "expsure")


# -- frames and graphs


def test_rows_become_a_frame(at: View) -> None:
    frame = analysis.exposure(at, "chip H").frame()
    assert list(frame.columns) == list(exposure.Exposed._fields)
    assert list(frame[frame.strength == "stated"].entity) == ["Buyer", "Maker", "Parent", "fund F"]


def test_without_pandas_a_frame_says_what_to_install(at: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(QueryError, match=r"pip install '\.\[analysis\]'"):
        analysis.bridges(at).frame()


def test_without_scipy_pagerank_says_what_to_install(at: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(QueryError, match=r"pip install '\.\[analysis\]'"):
        analysis.central(at, measure="pagerank")


def test_rows_become_a_graph_to_do_with_as_one_likes(at: View) -> None:
    graph = analysis.graph(at, analysis.exposure(at, "chip H", depth=1))
    assert {(at.name(s), at.name(o)) for s, o in graph.edges()} == {("Buyer", "chip H"), ("Maker", "chip H")}
    graph.clear()
    assert "chip H" in {name for _, name in at.graph.nodes(data="name")}
    assert analysis.graph(at, analysis.what_if(at, ban=["chip R"], by="regulator US", depth=1)).number_of_edges() == 0


def test_rows_of_queries_become_a_graph_by_their_facts_or_claims(at: View) -> None:
    by_claim = analysis.graph(at, queries.run(at.store, "sanctions", name="Zed"))
    assert [(at.name(s), at.name(o)) for s, o in by_claim.edges()] == [("regulator US", "Zed")]
    by_fact = analysis.graph(at, queries.run(at.store, "customers", firm="Foundry"))
    assert [(at.name(s), at.name(o)) for s, o in by_fact.edges()] == [("Foundry", "Maker")]
    with pytest.raises(QueryError, match=r"rows of publisher, .* name no facts"):
        analysis.graph(at, queries.run(at.store, "publishers"))


# -- the command line

COMMANDS = {
    "exposure": ["chip H"],
    "what-if": ["--ban", "chip R", "--by", "regulator US"],
    "substitutes": ["chip H"],
    "rivals": ["Maker"],
    "ownership": ["Buyer"],
    "predict": ["Maker", "--method", "jaccard", "--relation", "PARTNERS_WITH"],
    "timeline": ["Maker"],
    "bridges": ["--least", "1"],
    "central": ["--measure", "pagerank"],
}


def test_options_are_those_of_the_functions() -> None:
    assert keiretsu._ANALYSES.keys() == analysis.ANALYSES.keys()
    for name, (_, params) in keiretsu._ANALYSES.items():
        known = dict(inspect.signature(analysis.find(name)).parameters)
        del known["view"]
        assert {param.name for param in params} == known.keys(), name
        for param in params:
            default = known[str(param.name)].default
            if default not in (None, False, (), inspect.Parameter.empty):
                assert param.default == default, (name, param.name)
    assert set(keiretsu._MEASURES) == structure._SCORES.keys()
    assert set(keiretsu._BASELINES) == structure._BASELINES.keys()


@pytest.mark.parametrize("name", sorted(analysis.ANALYSES))
def test_every_analysis_is_a_command(folder: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    with open_store("graph.db") as store:
        store.add(world())
    arguments = COMMANDS.get(name, [])
    assert keiretsu.run(["analyze", name, *arguments]) == 0
    captured = capsys.readouterr()
    assert captured.out, captured.err
    assert keiretsu.run(["analyze", name, *arguments, "--format", "table"]) == 0
    assert "“" in capsys.readouterr().out, "a table quotes sentences"


def test_what_a_time_keeps_for_want_of_a_date_is_told(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with open_store("graph.db") as store:
        store.add([*world(), extraction(note("X", "OWNS", "Y"))])
    assert keiretsu.run(["analyze", "money", "--as-of", "2023", "--known-by", "2024-12"]) == 0
    told = capsys.readouterr().err
    assert "As of 2023: " in told
    assert "Known by 2024-12: 1 claims are of documents without a date and are kept" in told
    assert keiretsu.run(["analyze", "exposure", "Foundri"]) == 1
    assert "near: Foundry" in capsys.readouterr().err
    for wrong in (["money", "--as-of", "soon"], ["central", "--only", "LIKES"], ["what-if"], ["exposure"]):
        assert keiretsu.run(["analyze", *wrong]) == 2, wrong
