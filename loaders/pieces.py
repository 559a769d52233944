"""Words as the pieces that the encoder knows, in windows of bounded length that begin and end with sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from loaders.words import Words

if TYPE_CHECKING:
    from tokenizers import Tokenizer

LENGTH = 500
"""Pieces of a window at most; the encoder takes 512."""
CONTEXT = 100
"""Pieces of the sentences before that a window begins with, so that its first sentence is not read alone."""
_LONGEST = 12
"""Pieces of a word at most: what has more is no word."""


@dataclass(frozen=True)
class Window:
    """Pieces of some sentences: `hints` has a row for each, `words` the word it belongs to, -1 where none is meant."""

    pieces: NDArray[Any]
    hints: NDArray[Any]
    words: NDArray[Any]


def windows(read: Words, tokenizer: "Tokenizer") -> Iterator[Window]:
    """The windows of a text; together they hold each word once."""
    encoding = tokenizer.encode(read.forms(), is_pretokenized=True, add_special_tokens=False)
    ids, places = np.array(encoding.ids, dtype=np.int64), np.array(_places(encoding.word_ids), dtype=np.int64)
    kept = _kept(places)
    ids, places = ids[kept], places[kept]
    hints = np.stack([np.array(column, dtype=np.int64) for column in (read.shapes, read.places, read.hints)], axis=1)
    opening, closing = (tokenizer.token_to_id(mark) for mark in ("[CLS]", "[SEP]"))
    for before, low, high in _cuts(np.array(read.sentence, dtype=np.int64)[places] if len(places) else places):
        at = places[before:high]
        meant = np.where(np.arange(before, high) >= low, at, -1)
        yield Window(
            np.concatenate([[opening], ids[before:high], [closing]]),
            np.concatenate([np.zeros((1, 3), dtype=np.int64), hints[at], np.zeros((1, 3), dtype=np.int64)]),
            np.concatenate([[-1], meant, [-1]]),
        )


def _places(word_ids: Sequence[int | None]) -> list[int]:
    return [-1 if number is None else number for number in word_ids]


def _kept(places: NDArray[Any]) -> NDArray[Any]:
    """Which pieces stay: of very long words only the first."""
    if not len(places):
        return np.zeros(0, dtype=bool)
    first = np.searchsorted(places, places)
    kept: NDArray[Any] = np.arange(len(places)) - first < _LONGEST
    return kept


def _cuts(sentence: NDArray[Any]) -> Iterator[tuple[int, int, int]]:
    """Where windows begin to read, begin to count, and end, by pieces."""
    count, low = len(sentence), 0
    while low < count:
        before = _context(sentence, low)
        high = min(before + LENGTH, count)
        if high < count:
            cut = int(np.searchsorted(sentence, sentence[high]))
            high = cut if cut > low else high
        yield before, low, high
        low = high


def _context(sentence: NDArray[Any], low: int) -> int:
    """Where the first of the sentences before a window begins that fit in with it."""
    number = sentence[max(0, low - CONTEXT)]
    start = int(np.searchsorted(sentence, number))
    return start if low - start <= CONTEXT else min(low, int(np.searchsorted(sentence, number + 1)))
