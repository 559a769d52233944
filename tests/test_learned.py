"""The parts of the learned reader that need no training: pieces and windows, tags, candidates, calibration."""

from collections import Counter
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from tokenizers import Tokenizer

from graph.ontology import LABELS, RELATIONS
from loaders import candidates, pieces, tags
from loaders.calibration import Calibration
from loaders.candidates import Node
from loaders.gazetteer import default
from loaders.words import Words, words

MODEL = Path(__file__).parents[1] / "loaders" / "data" / "model"
_WORDS = st.sampled_from(
    [
        "Nvidia",
        "H20",
        "the",
        "$3.5bn",
        "华为",
        "Ardonomicrelectroniconductors",
        "x" * 90,
        "-",
        "’s",
        "2025.",
        "said",
        "\u200b",
    ]
)
TEXTS = st.lists(st.one_of(_WORDS, st.text(st.characters(exclude_categories=["Cs"]), max_size=8)), max_size=1500).map(
    " ".join
)
"""Texts of any characters, some with sentences longer than a window."""


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return Tokenizer.from_file(str(MODEL / "tokenizer.json"))


# -- windows


@given(TEXTS)
def test_windows_hold_each_word_once_and_are_never_too_long(tokenizer: Tokenizer, text: str) -> None:
    read = words(text, [])
    cut = list(pieces.windows(read, tokenizer))
    held = [int(number) for window in cut for number in window.words if number >= 0]
    assert all(len(window.pieces) == len(window.words) == len(window.hints) <= 512 for window in cut)
    assert held == sorted(held)
    assert Counter(held) == _sizes(read, tokenizer)


def _sizes(read: Words, tokenizer: Tokenizer) -> Counter[int]:
    """How many pieces each word has; a word of invisible characters has none, a very long one not all."""
    sizes = (min(len(tokenizer.encode(form, add_special_tokens=False)), 12) for form in read.forms())
    return Counter({number: size for number, size in enumerate(sizes) if size})


def test_a_later_window_begins_with_what_stands_before_it(tokenizer: Tokenizer) -> None:
    read = words("Nvidia said that it would ship the chips to customers in China by the end of March. " * 60, [])
    cut = list(pieces.windows(read, tokenizer))
    assert len(cut) > 2
    for before, after in pairwise(cut):
        context = [int(piece) for piece, word in zip(after.pieces, after.words, strict=True) if word < 0][1:-1]
        assert 0 < len(context) <= pieces.CONTEXT
        assert [int(piece) for piece in before.pieces][-len(context) - 1 : -1] == context


# -- tags


@st.composite
def logits(draw: st.DrawFn) -> NDArray[np.float64]:
    chance = np.random.default_rng(draw(st.integers(0, 2**32)))
    count, scale = draw(st.integers(0, 60)), draw(st.sampled_from([0.1, 1.0, 30.0]))
    return chance.normal(scale=scale, size=(count, tags.width(LABELS)))


@given(logits(), st.sets(st.integers(0, 59)))
def test_spans_neither_overlap_nor_cross_a_sentence(scores: NDArray[np.float64], breaks: set[int]) -> None:
    spans = tags.decoded(scores, LABELS, sorted(breaks))
    assert all(0 <= span.first <= span.last < len(scores) and 0 < span.score <= 1 for span in spans)
    assert all(before.last < after.first for before, after in pairwise(spans))
    assert not any(span.first < start <= span.last for span in spans for start in breaks)


@given(logits(), st.sets(st.integers(1, 4)))
def test_the_decoded_sequence_is_the_likeliest_of_all(scores: NDArray[np.float64], breaks: set[int]) -> None:
    few = scores[:5, :5]  # two labels
    spans = tags.decoded(few, LABELS[:2], sorted(breaks))
    chosen = tags.encoded([span[:3] for span in spans], LABELS[:2], len(few))

    def possible(sequence: tuple[int, ...]) -> bool:
        return all(
            tag == 0 or tag % 2 or (at > 0 and at not in breaks and sequence[at - 1] in (tag, tag - 1))
            for at, tag in enumerate(sequence)
        )

    def worth(sequence: tuple[int, ...]) -> float:
        return float(sum(few[at, tag] for at, tag in enumerate(sequence)))

    best = max(map(worth, filter(possible, product(range(5), repeat=len(few)))))
    assert worth(tuple(chosen)) == pytest.approx(best)


# -- candidates


@st.composite
def mentions(draw: st.DrawFn) -> tuple[list[Node], list[tuple[int, int]]]:
    """Mentions in sentences of ten words."""
    count = draw(st.integers(1, 12))
    found = []
    for first in sorted(draw(st.sets(st.integers(0, 10 * count - 1), max_size=25))):
        label = draw(st.sampled_from(tags.NAMED))
        last = min(first + draw(st.integers(0, 2)), first // 10 * 10 + 9)
        place = label in ("Country", "Regulator") and draw(st.booleans())
        found.append(Node(first, last, label, draw(st.booleans()), draw(st.integers(-1, 6)), first // 10, place))
    return found, [(10 * n, 10 * n + 10) for n in range(count)]


@given(mentions())
def test_pairs_are_all_that_some_relation_may_join_within_reach(
    given_: tuple[list[Node], list[tuple[int, int]]],
) -> None:
    nodes, bounds = given_
    found = candidates.pairs(nodes, bounds)
    expected = {
        (i, j)
        for (i, one), (j, other) in product(enumerate(nodes), repeat=2)
        if abs(one.sentence - other.sentence) <= candidates.REACH
        and one.entity != other.entity
        and (one.last < other.first or other.last < one.first)
        and _joining(one, other)
    }
    assert set(zip(found.subject.tolist(), found.object.tolist(), strict=True)) == expected
    assert len(found) == len(expected)
    for (i, j, low, high, apart, distance), allowed in zip(found.table.tolist(), found.allowed, strict=True):
        names = {name for name, may in zip(RELATIONS, allowed, strict=True) if may}
        assert names == _joining(nodes[i], nodes[j])
        assert low <= min(nodes[i].first, nodes[j].first)
        assert max(nodes[i].last, nodes[j].last) < high
        assert apart in range(2 * candidates.REACH + 1)
        assert distance in range(16)


def test_in_a_list_of_thousands_a_mention_is_asked_about_with_those_around_it() -> None:
    crowd = [Node(at, at, "Firm", True, at, 0) for at in range(0, 4000, 2)]
    found = candidates.pairs(crowd, [(0, 4000)])
    assert len(found) == sum(min(at, candidates.CROWD) + min(1999 - at, candidates.CROWD) for at in range(2000))
    parts = list(found.parts(1000))
    assert {len(part) for part in parts[:-1]} == {1000}
    assert np.concatenate([part.table for part in parts]).tolist() == found.table.tolist()


def _joining(one: Node, other: Node) -> set[str]:
    ends = set(product(_acting(one), _acting(other)))
    return {name for name, relation in RELATIONS.items() if ends & set(relation.ends)}


def _acting(node: Node) -> set[str]:
    return {node.label} | ({"Country", "Regulator"} if node.place else set())


@given(mentions())
def test_antecedents_are_names_before_of_different_entities(
    given_: tuple[list[Node], list[tuple[int, int]]],
) -> None:
    nodes, _ = given_
    for at, node in enumerate(nodes):
        whom = candidates.antecedents(nodes, at)
        assert len(whom) <= candidates.CHOICE
        assert all(nodes[n].named and nodes[n].last < node.first for n in whom)
        assert len({nodes[n].entity for n in whom}) == len(whom)


# -- words


@given(TEXTS)
def test_words_are_in_order_within_their_sentences(text: str) -> None:
    read = words(text, default().mentions(text))
    assert all(a < b for a, b in zip(read.starts, read.ends, strict=True))
    assert all(end <= start for end, start in zip(read.ends, read.starts[1:], strict=False))
    for number, (low, high) in enumerate(read.bounds()):
        sentence = read.sentences[number]
        assert all(sentence.start <= read.starts[n] and read.ends[n] <= sentence.end for n in range(low, high))


# -- calibration


@given(st.floats(-20, 20), st.floats(-20, 20))
def test_a_higher_score_is_never_less_likely_and_a_rule_never_less_than_alone(one: float, other: float) -> None:
    weights = Calibration(slope=0.7, intercept=-0.4, agreeing=1.2, alone=0.9)
    low, high = sorted((one, other))
    assert 0 <= weights.learned(low) <= weights.learned(high) <= 1
    assert weights.ruled(None) <= weights.ruled(low) <= weights.ruled(high)
    assert weights.learned(low) <= weights.ruled(low)
