"""Cues to how sure a text is of a claim: words of doubt, plan, refusal, and where they stand to the ends of the claim.

The same word weighs more between the ends of a claim than in the next clause. Lists are data (`data/cues.toml`); what
each weighs where is fitted by `python -m training calibrate`.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from loaders.candidates import Node
from loaders.wording import either
from loaders.words import Words

_BORDER = re.compile(r"[;:—–()\"“”]")
_CLAUSE = re.compile(
    r"(?<![\w-])(?:, "
    + either(
        "which who whose where while whereas although though because but and so as with after before when if unless"
    )
    + "|"
    + either("while whereas although though because but after before when if unless which who that")
    + r")(?![\w-])"
)
ANY = "any"
"""What every claim has."""
_WIDE = ("between", "before", "earlier", "after", "later")
"""The places within the sentence's part that a claim stands in."""
_NO_VERB = ("'", "’", ",", "-", "and ", "or ", "of ")
_VERB = 3
"""Words after the first end that make or hedge its verb."""
_NEXT = 4
"""Words after the first end that are next to it."""
_CLOSE = 3
"""Words before the second end that are close to it, before the first that lead to it, after the second that follow."""


@cache
def groups() -> dict[str, re.Pattern[str]]:
    """The expression of each group of cues."""
    return {
        name: re.compile(rf"(?<![\w-]){either(words)}(?![\w-])")
        for lists in _kinds().values()
        for name, words in lists.items()
    }


@cache
def _kinds() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = tomllib.loads(
        (files("loaders") / "data" / "cues.toml").read_text(encoding="utf-8")
    )
    return found


@cache
def _kind() -> dict[str, str]:
    """The kind of each group."""
    return {name: kind for kind, lists in _kinds().items() for name in lists}


class _Read(NamedTuple):
    """A sentence: its cues by the word where they begin, the words at borders, and those where clauses begin."""

    cues: Sequence[tuple[str, int]]
    borders: Sequence[int]
    clauses: Sequence[int]


class Cues:
    """The cues of a document, each sentence looked through once, and only if asked."""

    def __init__(self, read: Words, nodes: Sequence[Node]) -> None:
        self._read = read
        self._bounds = read.bounds()
        self._ends = {node.first: node.last for node in nodes}
        self._known: dict[int, _Read] = {}

    def near(self, subject: Node, relation: str, obj: Node) -> frozenset[str]:
        """What speaks for or against a claim: cues with where they stand, its relation and its shape."""
        return frozenset((*self._standing(subject, relation, obj), *_shape(subject, relation, obj)))

    def _standing(self, subject: Node, relation: str, obj: Node) -> Iterator[str]:
        one, other = sorted((subject, obj))
        read = [self._sentence(number) for number in range(one.sentence, other.sentence + 1)]
        borders = [at for part in read for at in part.borders]
        every = [*borders, *(at for part in read for at in part.clauses)]
        outer, inner = self._around(one, other, borders), self._around(one, other, every)
        straight = self._is_straight(one, other, every)
        for cue, at in (found for part in read for found in part.cues):
            kind = _kind()[cue]
            if straight and 1 <= at - one.last <= _VERB:
                yield from (f"{cue} of the verb", f"{kind} of the verb", f"{kind} of the verb {relation}")
            for place in _places(at, one, other, inner, outer):
                yield f"{cue} {place}"
                if place in _WIDE:  # who sells its shares owns them no more, who sells chips supplies them
                    yield f"{cue} {relation}"

    def _is_straight(self, one: Node, other: Node, borders: Sequence[int]) -> bool:
        """Whether the first end is followed by a verb that leads to the second: "A will buy B"."""
        end = self._read.ends[one.last]
        after = self._read.text[end : end + 8].lstrip()
        apart = one.sentence != other.sentence or any(one.last < at < other.first for at in borders)
        return not apart and not after.startswith(_NO_VERB)

    def _around(self, one: Node, other: Node, borders: Sequence[int]) -> tuple[int, int]:
        """The words at the last border before a claim and at the first after it, else the ends of its sentences."""
        low, high = self._bounds[one.sentence][0], self._bounds[other.sentence][1]
        before = [at for at in borders if at < one.first]
        after = [at for at in borders if at > other.last]
        return max(before, default=low), min(after, default=high)

    def _sentence(self, number: int) -> _Read:
        if number not in self._known:
            self._known[number] = self._looked_through(*self._bounds[number])
        return self._known[number]

    def _looked_through(self, low: int, high: int) -> _Read:
        pieces, places = self._masked(low, high)
        starts = [0]
        for piece in pieces:
            starts.append(starts[-1] + len(piece) + 1)
        text = " ".join(pieces)

        def found(pattern: re.Pattern[str]) -> list[int]:
            return [places[bisect_right(starts, match.start()) - 1] for match in pattern.finditer(text)]

        cues = [(name, at) for name, pattern in groups().items() for at in found(pattern)]
        return _Read(cues, found(_BORDER), found(_CLAUSE))

    def _masked(self, low: int, high: int) -> tuple[list[str], list[int]]:
        """The words in lower case with mentions as marks, and the place of each."""
        pieces, places = [], []
        at = low
        while at < high:
            last = self._ends.get(at)
            word = self._read.text[self._read.starts[at] : self._read.ends[at]].lower().replace("’", "'")
            pieces.append(word if last is None else "⟨⟩")
            places.append(at)
            at = at + 1 if last is None else max(last, at) + 1
        return pieces, places


def _places(at: int, one: Node, other: Node, inner: tuple[int, int], outer: tuple[int, int]) -> Iterator[str]:
    """Where a word stands to the two ends of a claim."""
    if one.last < at < other.first:
        yield "between"
        if at - one.last <= _NEXT:
            yield "next"
        if other.first - at <= _CLOSE:
            yield "close"
    elif at < one.first:
        yield "before" if at >= inner[0] else "earlier" if at >= outer[0] else "elsewhere"
        if one.first - at <= _CLOSE:
            yield "leading"
    else:
        yield "after" if at <= inner[1] else "later" if at <= outer[1] else "elsewhere"
        if at - other.last <= _CLOSE:
            yield "following"


def _shape(subject: Node, relation: str, obj: Node) -> Iterator[str]:
    yield relation
    yield ANY
    one, other = sorted((subject, obj))
    yield f"gap {min(3, (other.first - one.last) // 4)}"
    if subject.first > obj.first:
        yield "object first"
    if subject.sentence != obj.sentence:
        yield "two sentences"
