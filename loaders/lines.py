"""Text with hard line breaks as running text: lines of a paragraph joined, words put together that a hyphen parted.

Every character of the joined text knows its place in the text as it is, so that what is found in the one can be shown
in the other. Bullets, headlines and furniture keep lines of their own. A text without hard breaks stays as it is.
"""

import re
from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from loaders import prose

_LINE = re.compile(r"[^\n]*\n?")
_ITEM = re.compile(r"\s*(?:[-*•‣◦▪–—·»] |\(?\d{1,2}[.)] |\*\*|#{1,6} |>)")
"""What a list item, a headline in a newsletter or a quotation begins with."""
_SMALL = re.compile(r"\s*(?:[a-z][a-z'’,;:. -]|[a-z]$|[,;)\]%&])")
"""How a line begins that can only continue another; "iPhone" does not."""
_HYPHEN = re.compile(r"[^\W\d_](?P<hyphen>[-‐\u00ad\ufffe\x02])$")
_SOFT = "\u00ad\ufffe\x02"
"""Hyphens that are there only because a line ends: U+00AD, and what PDFium puts in their place."""
_SHORTEST = 25
"""Shorter lines tell nothing of where lines are broken: they are headlines, names, cells."""
_WHOLE_BEFORE = re.compile(
    r"(?:all|anti|cross|ex|far|fast|first|five|four|full|half|high|joint|large|last|long|low|mass|mid|multi|near|new|next|non"
    r"|off|old|one|open|part|post|pre|second|self|short|six|small|so|start|state|system|ten|third|three|top|two|ultra|us|well"
    r"|year)$",
    re.IGNORECASE,
)
_WHOLE_AFTER = re.compile(
    r"(?:backed|based|bit|built|controlled|designed|driven|edge|end|facing|focused|free|funded|grade|heavy|home|invested"
    r"|language|led|level|like|linked|listed|looking|made|maker|making|merger|minded|nanomet(?:er|re)|old|only|owned|party"
    r"|priced|quarter|related|round|run|scale|sector|size|specific|speed|style|term|time|to|trained|up|wide|year)$"
)
"""Words before and after a hyphen that more often belong to "state-owned" than to a word that a line end parts."""


@dataclass(frozen=True)
class Joined:
    """A text with its lines joined. `places` has the place of each of its characters in the text as it is."""

    text: str
    places: Sequence[int] | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a piece of the joined text stands in the text as it is."""
        if self.places is None or end <= start:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def joined(text: str) -> Joined:
    r"""The text with its lines joined where they are broken by their length.

    Example:
        >>> joined("Cambricon of Beijing sells chips pro-\nduced by a foundry to some state-\nowned banks.\n").text
        'Cambricon of Beijing sells chips produced by a foundry to some state-owned banks.\n'
    """
    page = _Page(text)
    if not page.wrapped and not any(mark in text for mark in _SOFT):
        return Joined(text)
    pieces: list[str] = []
    places = array("l")

    def keep(start: int, end: int) -> None:
        for run in re.finditer(rf"[^{_SOFT}]+", text[start:end]):
            pieces.append(run[0])
            places.extend(range(start + run.start(), start + run.end()))

    for here, (start, end) in enumerate(page.lines):
        following = page.lines[here + 1] if here + 1 < len(page.lines) else None
        if following is None or not page.joins(here):
            keep(start, end)
            continue
        last = start + len(text[start:end].rstrip())
        if hyphen := _HYPHEN.search(text[start:last]):
            keep(start, last - (not page.is_compound(here, hyphen["hyphen"])))
        else:
            keep(start, last)
            pieces.append(" ")
            places.append(last)
        indent = len(text[following[0] : following[1]]) - len(text[following[0] : following[1]].lstrip())
        page.lines[here + 1] = following[0] + indent, following[1]
    return Joined("".join(pieces), places)


def _goes_on(line: str, after: str) -> bool:
    """Whether the next line can only be the rest of this one."""
    return bool(_HYPHEN.search(line) or (_SMALL.match(after) and not re.search(r"[.!?]$", line)))


class _Page:
    """The lines of a text, and what their lengths and beginnings tell."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = [(m.start(), m.end()) for m in _LINE.finditer(text) if m[0]]

    def line(self, number: int) -> str:
        start, end = self.lines[number]
        return self.text[start:end].rstrip()

    @cached_property
    def wrapped(self) -> bool:
        """Whether many a line goes on in the next."""
        lines = [line.rstrip() for line in self.text.split("\n")]
        pairs = [(a, b) for a, b in pairwise(lines) if len(a) >= _SHORTEST and b.strip() and not _ITEM.match(b)]
        going_on = sum(1 for a, b in pairs if _goes_on(a, b))
        return going_on > 0 and going_on >= len(pairs) / 4

    @cached_property
    def width(self) -> int:
        """The length that nine of ten longer lines keep within."""
        lengths = sorted(n for a, b in self.lines if (n := len(self.text[a:b].rstrip())) >= _SHORTEST)
        return lengths[int(len(lengths) * 0.9)] if lengths else 0

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of the text, in lower case, compounds as one."""
        return frozenset(re.findall(r"\w+(?:-\w+)*", self.text.lower()))

    def joins(self, number: int) -> bool:
        """Whether the line after this one continues it."""
        if not self.wrapped:
            return False
        line, after = self.line(number), self.line(number + 1)
        if not line.strip() or not after.strip() or _ITEM.match(after) or prose.is_furniture(line):
            return False
        if _goes_on(line, after):
            return True
        if prose.is_furniture(after):
            return False
        # a line on which the next word would have had room was ended on purpose
        return len(line) + 1 + len(after.split(maxsplit=1)[0]) >= 0.87 * self.width

    def is_compound(self, number: int, hyphen: str) -> bool:
        """Whether the hyphen at the end of a line belongs to the word."""
        line, after = self.line(number), self.line(number + 1).lstrip()
        first, last = re.search(r"[\w-]*$", line[:-1]), re.match(r"\w+", after)
        if hyphen in _SOFT or not first or not last:
            return False
        if not after[0].islower() or first[0].isupper():
            return True
        left, right = first[0].lower(), last[0].lower()
        if (whole := f"{left}-{right}") in self.words or left + right in self.words:
            return whole in self.words
        return bool(_WHOLE_BEFORE.match(first[0]) or _WHOLE_AFTER.match(last[0]) or "-" in first[0])
