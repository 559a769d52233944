"""Word lists as regular expressions."""

import re
from collections.abc import Iterable


def either(words: str) -> str:
    """An expression for any of the words, which are separated by blanks; `_` stands for a blank within one.

    Words may themselves be expressions.

    Example:
        >>> either("take_over buys?")
        '(?:take over|buys?)'
    """
    return f"(?:{'|'.join(words.split()).replace('_', ' ')})"


def exactly(words: Iterable[str]) -> str:
    """An expression for any of the words as they stand, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
