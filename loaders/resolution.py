"""What descriptions and pronouns mean: how the model scores the names before, and what is known of those besides.

The model sees words and distances. It does not know where a firm has its seat, nor that "the joint venture" is the same
one throughout a text, so such knowledge is added to its log-odds here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from graph.ontology import Label
from loaders.candidates import BACK, Node, antecedents, is_alike
from loaders.gazetteer import Gazetteer, fold

_FAR = 4.0
"""Taken from names further back than the model was taught to look, which pronouns or descriptions have carried on.
This and the weights below are log-odds, chosen on the documents held back."""
_SAME = 1.5
"""Added for what a description in the same words meant before: in 19 of 20 cases it is meant again."""
_COUNTRY = 2.0
"""Added to a firm of the country that a description names, taken from one of another country."""
_SEAT = 4.0
"""Likewise for the town in which it has its seat."""
_HEAD = 3.0
"""Added where the description's last word is in the name: "the Commission", "the bank"."""
_MORE = 15
"""Names further back that are looked at."""

_PRONOUN = re.compile(
    r"(?:its?|itself|he|him|his|she|hers?|they|them|theirs?|we|us|ours?|you|yours?|both|which|who|whose)\b", re.I
)
_DEFINITE = re.compile(r"(?:the|this|that) (?=\w)", re.IGNORECASE)
_PLACE = re.compile(r"[A-Z][\w.]*\w(?: [A-Z]\w+)*")
_POSSESSIVE = re.compile(r"'s?$")
_COMMON = frozenset(["firm", "company", "group", "maker", "chipmaker", "designer", "supplier"])
"""Last words of descriptions that stand in many names and tell none apart."""


@dataclass(frozen=True)
class Asked:
    """A description or pronoun, by its number, and the names that it may mean; the first `near` are not far back."""

    at: int
    whom: list[int]
    near: int


def asked(nodes: Sequence[Node], items: Sequence[int]) -> list[Asked]:
    """What is to be resolved: each mention that is no name and has names before it in its item.

    Args:
        items: the item of a text in which each sentence stands: what is told of in another is never meant.
    """
    found = [_asked(nodes, at, items) for at, node in enumerate(nodes) if not node.named]
    return [one for one in found if one.whom]


def _asked(nodes: Sequence[Node], at: int, items: Sequence[int]) -> Asked:
    item = items[nodes[at].sentence]
    near = [number for number in antecedents(nodes, at) if items[nodes[number].sentence] == item]
    further: dict[int, int] = {}
    known = {nodes[number].entity for number in near}
    for number in range(at - 1, -1, -1):
        other = nodes[number]
        if items[other.sentence] != item:
            break
        fits = other.named and other.last < nodes[at].first and is_alike(nodes[at], other)
        if fits and other.entity not in known and len(further) < _MORE:
            further.setdefault(other.entity, number)
    return Asked(at, near + list(further.values()), len(near))


def resolved(
    nodes: Sequence[Node],
    asked: Sequence[Asked],
    scores: Sequence[Sequence[float]],
    surfaces: Mapping[int, str],
    keys: Sequence[tuple[Label, str]],
    items: Sequence[int],
    gazetteer: Gazetteer,
) -> dict[int, int]:
    """Which name each description or pronoun means, by their numbers; what means none that is known is left out.

    Args:
        scores: of each that is asked, the model's log-odds of the names it may mean.
        surfaces: how the text words names and descriptions, by their numbers.
        keys: label and name of each entity.
        items: as for `asked`.
    """
    found: dict[int, int] = {}
    before, item = _Before(), 0
    for one, odds in zip(asked, scores, strict=True):
        node, description = nodes[one.at], Description(surfaces[one.at])
        if items[node.sentence] != item:
            before, item = _Before(), items[node.sentence]
        best: dict[int, tuple[float, int]] = {}
        for rank, (number, score) in enumerate(zip(one.whom, odds, strict=True)):
            entity = nodes[number].entity
            again = before.meant(description) == entity
            if rank < one.near or again or before.carries(entity, node.sentence):
                far = 0.0 if rank < one.near else _FAR
                known = description.fits(keys[entity], surfaces[number], gazetteer)
                best[entity] = (score - far + _SAME * again + known, number)
        odd, number = max(best.values(), default=(0.0, -1), key=lambda pair: pair[0])
        if odd > 0:
            found[one.at] = number
            before.note(description, nodes[number].entity, node.sentence)
    return found


@dataclass
class _Before:
    """What was resolved before, by its words and its place."""

    said: dict[str, int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)
    """The last sentence in which something meant an entity."""

    def meant(self, description: "Description") -> int | None:
        return self.said.get(description.key) if description.is_definite else None

    def carries(self, entity: int, sentence: int) -> bool:
        return sentence - self.last.get(entity, -BACK - 1) <= BACK

    def note(self, description: "Description", entity: int, sentence: int) -> None:
        self.last[entity] = sentence
        if description.is_definite:
            self.said[description.key] = entity


@dataclass(frozen=True)
class Description:
    """What stands for a name: a description, or a pronoun, which tells nothing of what it means."""

    surface: str

    @cached_property
    def key(self) -> str:
        return _POSSESSIVE.sub("", fold(self.surface)).lower()

    @property
    def is_definite(self) -> bool:
        return bool(_DEFINITE.match(self.surface))

    @cached_property
    def places(self) -> list[str]:
        """The places it may name: `The Santa Clara company`, `its American rival`."""
        if _PRONOUN.fullmatch(self.surface):
            return []
        words = [match[0] for match in _PLACE.finditer(_DEFINITE.sub("", fold(self.surface)))]
        return [part for word in words for part in dict.fromkeys((word, *word.split()))]

    def fits(self, key: tuple[Label, str], surface: str, gazetteer: Gazetteer) -> float:
        """Log-odds that what is known of an entity speaks for or against this."""
        odds = 0.0
        seats, countries = gazetteer.seats(*key), {gazetteer.fields(*key).get("country")} - {None}
        for known, given, weight in (
            (seats, next((p for p in self.places if p in gazetteer.towns), None), _SEAT),
            (countries, next((c for p in self.places if (c := gazetteer.country(p))), None), _COUNTRY),
        ):
            if known and given:
                odds += weight if given in known else -weight
        head = self.key.rsplit(" ", 1)[-1]
        if self.is_definite and len(head) > 3 and head not in _COMMON:
            names = f"{key[1]} {surface}".lower()
            odds += _HEAD if re.search(rf"\b{re.escape(head)}\b", names) else 0.0
        return odds
