"""Which way a measure is felt: a table of how a hit at one end of a fact reaches the other end.

Effects: `restricted` (a measure forbids or hinders it), `sales` (sells less), `supply` (gets less of what it needs, or
is itself scarce), `value` (a holding is worth less), `funding` (loses money that was to come), `ties` (loses
cooperation), `acts` (an authority that takes measures; where a search from an authority begins).

The table is a judgement, not a measurement; its reasons are there to be argued with. What is not in it passes nothing
on: `COMPETES_WITH` and `BENEFITS_FROM` bring gains; `COMPARES_TO`, `LISTS_ON`, `FILES_WITH`, `SUES`, `LEADS` and
`ACTIVE_IN` move neither goods nor money.
"""

from typing import Literal, NamedTuple, get_args

Effect = Literal["acts", "restricted", "sales", "supply", "value", "funding", "ties"]
End = Literal["subject", "object"]

BASED_IN = "BASED_IN"
"""A firm or fund and its country: what is known of the firm (`country`), not a fact."""
PART_OF = "PART_OF"
"""An authority and the body above it (`parent`), not a fact."""


class Sense(NamedTuple):
    """A rule: where one end of such a fact is hit in one of these ways, so is the other end."""

    relation: str
    hit: End
    given: frozenset[str]
    effect: Effect
    reason: str


def _sense(relation: str, hit: End, given: str, effect: Effect, reason: str) -> Sense:
    return Sense(relation, hit, frozenset(given.split()), effect, reason)


SENSES = (
    _sense(PART_OF, "object", "acts", "acts", "a part of an authority acts for it"),
    _sense("SANCTIONS", "subject", "acts", "restricted", "the authority restricts it"),
    _sense(BASED_IN, "object", "restricted", "restricted", "a measure on a country meets the firms based there"),
    _sense("DESIGNED_FOR", "object", "restricted", "sales", "it was made for a market that is restricted"),
    _sense("PRODUCES", "object", "restricted sales", "sales", "its maker cannot sell it, or sells less of it"),
    _sense("BUYS", "object", "restricted supply", "supply", "its buyer cannot get it"),
    _sense("PRODUCES", "subject", "restricted supply", "supply", "its maker is restricted or lacks what it needs"),
    _sense("SUPPLIES", "object", "restricted sales", "sales", "its customer is restricted or sells less"),
    _sense("SUPPLIES", "subject", "restricted supply", "supply", "its supplier is restricted or lacks what it needs"),
    _sense("BUYS", "subject", "restricted", "sales", "one of its buyers is restricted"),
    _sense("OWNS", "subject", "restricted", "restricted", "a measure on an owner reaches what it holds"),
    _sense("OWNS", "object", "restricted sales supply value", "value", "what it holds is hit"),
    _sense("ACQUIRES", "object", "restricted sales supply value", "value", "what it buys is hit"),
    _sense("INVESTS_IN", "object", "restricted sales supply value", "value", "what it invested in is hit"),
    _sense("INVESTS_IN", "subject", "restricted", "funding", "its investor is restricted"),
    _sense("ACQUIRES", "subject", "restricted", "funding", "its acquirer is restricted"),
    _sense("PARTNERS_WITH", "subject", "restricted", "ties", "its partner is restricted"),
    _sense("PARTNERS_WITH", "object", "restricted", "ties", "its partner is restricted"),
)

PASSES: dict[tuple[str, str, str], Sense] = {
    (sense.relation, sense.hit, given): sense for sense in SENSES for given in sense.given
}
"""Relation, the end that is hit and how it is hit -> the rule."""

FELT: dict[str, tuple[frozenset[str], ...]] = {
    effect: tuple(
        frozenset(sense.relation for sense in SENSES if effect in sense.given and sense.hit == end)
        for end in get_args(End)
    )
    for effect in get_args(Effect)
}
"""Effect -> the relations that pass it on from their subject, and those that do from their object."""
