"""Which amounts are a claim's own, by the words alone: the model's scores say nothing here."""

from typing import Any

import pytest

from loaders import choice
from loaders.candidates import Node
from loaders.values import values
from loaders.words import Words, words

MARKS = str.maketrans("", "", "[]{}<>")
SENTENCES: list[tuple[str, str, dict[str, Any]]] = [
    ("INVESTS_IN", "[Harrow Capital] invested $40 million in {Quillon Optics}.", {"money": (40e6, "USD")}),
    ("INVESTS_IN", "[Harrow Capital] put 12 million euros into {Quillon Optics}.", {"money": (12e6, "EUR")}),
    (
        "INVESTS_IN",
        "[Harrow Capital] invested $40 million in {Quillon Optics}, which is valued at $3 billion.",
        {"money": (40e6, "USD")},
    ),
    ("ACQUIRES", "[Harrow] agreed to buy {Quillon Optics} for $1.2 billion.", {"money": (1.2e9, "USD")}),
    (
        "ACQUIRES",
        "[Harrow] bought {Quillon Optics} for $61.50 a share, or $1.2 billion.",
        {"money": (1.2e9, "USD")},
    ),
    ("OWNS", "[Harrow] holds a 12% stake in {Quillon Optics}.", {"part": 0.12}),
    ("OWNS", "[Harrow] owns {Quillon Optics}, whose shares fell 12% on Monday.", {}),
    ("OWNS", "[Harrow] owns 60% of {Quillon Optics} and <Lumen> the other 40%.", {"part": 0.6}),
    ("BUYS", "[Harrow] ordered 20,000 {Q40} accelerators for its data centres.", {"quantity": (20000, 20000)}),
    ("BUYS", "[Harrow] has bought the {Q40}, and employs 20,000 people.", {}),
    ("COMPARES_TO", "The [Q50] is twice as fast as the {Q40}.", {"ratio": 1.0}),
]


def placed(marked: str, label: str) -> tuple[Words, list[Node]]:
    """The words of a sentence and its mentions: `[subject]`, `{object}`, `<another>`."""
    read = words(marked.translate(MARKS), [])
    nodes: list[Node] = []
    for opening, closing in ("[]", "{}", "<>"):
        if opening in marked:
            before, _, rest = marked.partition(opening)
            start = len(before.translate(MARKS))
            first, last = read.span(start, start + len(rest.partition(closing)[0]))
            nodes.append(Node(first, last, label, True, len(nodes), 0))
    return read, nodes


def chosen(relation: str, marked: str) -> dict[str, Any]:
    read, nodes = placed(marked, "Chip" if relation == "COMPARES_TO" else "Firm")
    offered = [(near, 0.0) for near in values(read, None)]
    found = choice.chosen(offered, nodes[0], nodes[1], relation, read, sorted(nodes))
    return {slot: near.said for slot, near in found.items()}


@pytest.mark.parametrize(("relation", "marked", "expected"), SENTENCES)
def test_a_claim_takes_the_amounts_that_are_its_own(relation: str, marked: str, expected: dict[str, Any]) -> None:
    assert chosen(relation, marked) == expected


def test_a_claim_takes_no_amount_that_its_relation_does_not_have() -> None:
    assert chosen("PARTNERS_WITH", "[Harrow] and {Quillon Optics} will share a $40 million laboratory.") == {}


def test_what_several_pay_together_is_not_what_each_pays() -> None:
    together = "[Harrow Capital], <Lumen> and Osier put $90 million into {Quillon Optics} last year."
    assert chosen("INVESTS_IN", together) == {}
