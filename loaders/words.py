"""The words of a text with what is known of each before anything is learned: shape, place, the gazetteer's word.

Only words within sentences count; the furniture of a page is none. Numbers and codes stay whole ("3.5bn", "MI300X"),
hyphens, possessives and Chinese characters are words of their own.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from graph.ontology import LABELS
from loaders.gazetteer import SCRIPT, Mention, fold
from loaders.prose import Sentence, sentences

_WORD = re.compile(rf"(?:[A-Z]\.){{2,}}|[{SCRIPT}]|\d+(?:[.,]\d+)+[^\W\d_{SCRIPT}]*|['’]s\b|[^\W_{SCRIPT}]+|[^\s]")
_SHAPES: tuple[Callable[[str], bool], ...] = (
    str.islower,
    lambda word: re.match(f"[{SCRIPT}]", word) is not None,
    lambda word: word[0].isdigit() and not any(map(str.isalpha, word)),
    lambda word: any(map(str.isdigit, word)),
    lambda word: len(word) > 1 and word.isupper(),
    str.istitle,
    str.isalpha,
)
SHAPES = len(_SHAPES) + 1
"""How many shapes a word can have: none of these, lower case, Chinese, number, code, capitals, capital first, mixed."""
HINTS = 2 * (len(LABELS) + 1) + 1
"""How many hints the gazetteer can give a word: none, or label (or demonym) and whether the name begins there."""
PLACES = 3
"""Places of a word: within a sentence, first of one, first of a paragraph."""


@dataclass(frozen=True)
class Words:
    """The words of a text: start and end of each, its sentence, shape, place and hint."""

    text: str
    sentences: Sequence[Sentence]
    starts: Sequence[int]
    ends: Sequence[int]
    sentence: Sequence[int]
    """Number of the sentence that a word stands in."""
    shapes: Sequence[int]
    places: Sequence[int]
    hints: Sequence[int]

    def __len__(self) -> int:
        return len(self.starts)

    def bounds(self) -> list[tuple[int, int]]:
        """First word of each sentence and the word after its last."""
        count = len(self.sentences)
        return [(bisect_left(self.sentence, n), bisect_left(self.sentence, n + 1)) for n in range(count)]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """First and last word of a stretch of text; the last is before the first where it holds no word."""
        first = bisect_left(self.starts, start)
        if first and self.ends[first - 1] > start:
            first -= 1
        return first, bisect_left(self.starts, end) - 1

    def forms(self) -> list[str]:
        """The words as the text has them."""
        return [self.text[a:b] for a, b in zip(self.starts, self.ends, strict=True)]


def words(text: str, known: Sequence[Mention]) -> Words:
    """The words of a text.

    Args:
        known: what the gazetteer finds in it.

    Example:
        >>> words("Nvidia's H20-class chip.", []).forms()
        ['Nvidia', "'s", 'H20', '-', 'class', 'chip', '.']
    """
    folded = fold(text)
    found = list(sentences(text))
    starts: list[int] = []
    ends: list[int] = []
    numbers: list[int] = []
    places: list[int] = []
    for number, sentence in enumerate(found):
        place = 2 if sentence.opens else 1
        for match in _WORD.finditer(folded, sentence.start, sentence.end):
            starts.append(match.start())
            ends.append(match.end())
            numbers.append(number)
            places.append(place)
            place = 0
    shapes = [shape(text[a:b]) for a, b in zip(starts, ends, strict=True)]
    return Words(text, found, starts, ends, numbers, shapes, places, _hints(starts, ends, known))


def shape(word: str) -> int:
    """The number of a word's shape.

    Example:
        >>> [shape(word) for word in ("chip", "H20", "AMD", "Intel", "iPhone", "40", ",")]
        [1, 4, 5, 6, 7, 3, 0]
    """
    return next((n for n, fits in enumerate(_SHAPES, 1) if fits(word)), 0)


def _hints(starts: Sequence[int], ends: Sequence[int], known: Sequence[Mention]) -> list[int]:
    hints = [0] * len(starts)
    for mention in known:
        label = len(LABELS) if mention.kind == "adjective" else LABELS.index(mention.label)
        first = bisect_left(starts, mention.start)
        for number in range(first, bisect_left(starts, mention.end)):
            hints[number] = 2 * label + 1 + (number > first)
    return hints
