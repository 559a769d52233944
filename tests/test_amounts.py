"""Numbers as the press writes them, against a golden table."""

import csv
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loaders import amounts
from loaders.amounts import Value


def golden() -> Iterator[tuple[str, str]]:
    """Yield sentences with all values that stand in them, in order: `money 2e9 USD; part 0.05; ratio -0.28 power`."""
    with (Path(__file__).parent / "data" / "amounts.tsv").open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            yield row["sentence"], row["expected"]


def told(value: Value) -> str:
    """A value as the table writes it, numbers in their shortest form."""
    return " ".join([value.kind, *(f"{v:.10g}" if isinstance(v, float) else v for v in value.qualifiers.values())])


def shortest(expected: str) -> str:
    def short(word: str) -> str:
        try:
            return f"{float(word):.10g}"
        except ValueError:
            return word

    return " ".join(short(word) for word in expected.replace("..", " ").split(" "))


@pytest.mark.parametrize(("sentence", "expected"), list(golden()))
def test_a_sentence_holds_just_the_values_of_the_golden_table(sentence: str, expected: str) -> None:
    found = list(amounts.expressions(sentence))
    assert [told(value) for value in found] == [shortest(words) for words in expected.split("; ") if words]


def test_values_say_where_they_stand() -> None:
    text = "It paid US$1.5-2 billion for a 4.3 percent stake and ordered 200,000 chips, a third cheaper."
    assert [text[value.start : value.end] for value in amounts.expressions(text)] == [
        "US$1.5", "2 billion", "4.3 percent", "200,000 chips", "a third", "a third cheaper",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "piece",
    ["1,", "1 ", "$1", "$1 to ", "two ", "half a ", "one two and a half million ", "a third ", "1 Aa ", "5 aa-",
     "50-50-", "1 against ", "9,999", "9 million ", "by up to ", "1.5-", "A", "twice as many as "],
)  # fmt: skip
def test_a_long_sentence_of_odd_text_costs_little(piece: str) -> None:
    sentence = (piece * 2000)[:2000]
    began = time.perf_counter()
    list(amounts.expressions(sentence))
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("over USD 2 billion", [(2e9, "USD")]),
        ("more than $5.5 billion", [(5.5e9, "USD")]),
        ("US$64 million", [(64e6, "USD")]),
        ("$14.05B", [(14.05e9, "USD")]),
        ("$23.28 apiece", [(23.28, "USD")]),
        ("60 million US dollars", [(6e7, "USD")]),
        ("RMB 3.5bn", [(3.5e9, "CNY")]),
        ("RMB3.5bn", [(3.5e9, "CNY")]),
        ("2.58 billion yuan", [(2.58e9, "CNY")]),
        ("70亿元", [(7e9, "CNY")]),
        ("NT$10 billion", [(1e10, "TWD")]),
        ("10 billion Taiwan dollars", [(1e10, "TWD")]),
        ("HK$5.6 billion", [(5.6e9, "HKD")]),
        ("€400m", [(4e8, "EUR")]),
        ("EUR 3,499.93 million", [(3499.93e6, "EUR")]),
        ("10 billion euros", [(1e10, "EUR")]),
        ("£24bn", [(24e9, "GBP")]),
        ("₩1.2 trillion", [(1.2e12, "KRW")]),
        ("1.2 trillion won ($800 million)", [(1.2e12, "KRW"), (8e8, "USD")]),
        ("¥920 billion", [(9.2e11, "JPY")]),
        ("100 billion yen", [(1e11, "JPY")]),
        ("Rs 76,000 crore", [(7.6e11, "INR")]),
        ("100,000 yuan a card", [(1e5, "CNY")]),
        ("200,000 chips in 2024", []),
        ("the A100 and the H20", []),
        ("won 3 orders", []),
    ],
)
def test_money_is_read_with_its_currency(words: str, expected: list[tuple[float, str]]) -> None:
    assert [(found.amount, found.currency) for found in amounts.money(words)] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("200,000 chips", [(200_000, 200_000)]),
        ("over 90,000 AMD MI308 cards last year", [(90_000, 90_000)]),
        ("600,000 to 800,000 chips", [(600_000, 800_000)]),
        ("between 600,000 and 800,000 units", [(600_000, 800_000)]),
        ("1.2 million GPUs", [(1_200_000, 1_200_000)]),
        ("$2 billion worth of chips", []),
        ("in 2023 chips were scarce", []),
        ("41% fewer chips", []),
        ("a 5 nanometer chip", []),
    ],
)
def test_quantities_are_counts_of_goods(words: str, expected: list[tuple[float, float]]) -> None:
    assert [(found.low, found.high) for found in amounts.quantities(words)] == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [("a 9.9% stake", [0.099]), ("51 percent", [0.51]), ("47 per cent and 3%", [0.47, 0.03]), ("47 parts", [])],
)
def test_shares_are_fractions(words: str, expected: list[float]) -> None:
    assert list(amounts.shares(words)) == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("35% fewer units and 20% lower bandwidth than", [("units", -0.35), ("bandwidth", -0.2)]),
        ("76% more memory than", [("memory", 0.76)]),
        ("10% faster than", [("speed", 0.1)]),
        ("30% cheaper than", [("price", -0.3)]),
        ("twice as fast as", [("speed", 1.0)]),
        ("three times the performance per watt of", [("performance per watt", 2.0)]),
        ("half the power", [("power", -0.5)]),
        ("4.7 times the peak performance", [("peak performance", 3.7)]),
        ("better than", []),
    ],
)
def test_ratios_are_signed_fractions_of_a_metric(words: str, expected: list[tuple[str, float]]) -> None:
    assert [tuple(ratio) for ratio in amounts.ratios(words)] == expected


@given(st.integers(1, 10**9))
def test_grouped_digits_are_read_back(value: int) -> None:
    (found,) = amounts.money(f"${value:,}")
    assert found.amount == value


@given(st.text())
def test_no_text_breaks_the_grammar(text: str) -> None:
    for read in (amounts.expressions, amounts.money, amounts.quantities, amounts.shares, amounts.ratios):
        list(read(text))


def test_the_number_of_a_mark_is_no_quantity() -> None:
    assert not list(amounts.expressions("⟨Firm:0⟩ and ⟨Firm:1⟩ bought ⟨Chip:2⟩ chips last year."))
