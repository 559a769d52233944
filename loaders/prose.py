"""The sentences of a text, with their place in it; furniture of the page is passed over."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

HEADERS = frozenset(
    [
        "news",
        "insights",
        "insight",
        "analysis",
        "press release",
        "press releases",
        "market news",
        "semiconductors",
        "technology",
        "business",
        "opinion",
        "company news",
        "industry news",
        "headlines",
        "latest news",
        "breaking news",
        "top story",
        "features",
        "feature",
        "briefs",
        "brief",
        "world",
        "markets",
    ]
)
"""Lines that stand over an article and say what section it is in."""
_FURNITURE = re.compile(
    r"\(?(?:photo|image|picture|cover image|featured image|photo source) ?(?:credit|source|by|courtesy)?s?: .*"
    r"|(?:read|learn|see|show|load) more\b[^.!?]{0,60}|read (?:also|next)\b.*|(?:related|"
    r"recommended)(?: (?:articles?|news|stories|reading|posts))?:?"
    r"|(?:share|follow|subscribe|sign up|like this)\b.{0,120}|(?:all rights reserved|copyright|©).*|advertisement|"
    r"sponsored"
    r"|(?:tags?|topics?|keywords|source|via|contacts?|media contacts?|for immediate release)\b ?:?.{0,80}"
    r"|(?:from|to|cc|sent|date|reply-to)\s*: \S.{0,120}"
    r"|(?:view|read) (?:this (?:e-?mail )?)?(?:in|on) (?:your )?browser\b.*"
    r"|(?:forward|unsubscribe|(?:manage|update) (?:your )?preferences|you are receiving this)\b.{0,200}"
    r"|(?:back to top|print|comments?|leave a comment|previous|next)(?: article| post)?|[-*_=#~ ]{3,}|https?://\S+",
    re.IGNORECASE,
)
_SOURCE_LINE = re.compile(r"[^.!?]{0,80}")
_ITEM = re.compile(r"[ \t]*(?:(?:[-*•‣◦▪–—·»>]|#{1,6}|\*\*|Subject:) +)*(?:\(?\d{1,2}[.)] +(?=\D))?")
"""What stands before an item of a list, a headline of a newsletter or a quoted line, and is no part of it."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a text, from `start` to `end`; `paragraph` counts from 0."""

    text: str
    start: int
    paragraph: int
    opens: bool
    """Whether it is the first of its paragraph."""

    @property
    def end(self) -> int:
        return self.start + len(self.text)


_RULE = re.compile(r"[ \t]*(?:[-*_=~#+•·][ \t]*){3,}")
_NUMBERED = re.compile(r"[ \t]*(?:[#*>]+ +)*\(?\d{1,2}[.)] +(?=\D)(?P<title>\S.{0,100})")
_MARKED = re.compile(r"[ \t]*(?:#{1,6} +|\*\* *)(?P<title>\S.{0,100})")
_MAIL = re.compile(r"(?:From|Subject): ")

LONGEST = 2_000
"""Characters of a sentence at most: lists and tables without full stops are longer, sentences of people are not."""


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the page rather than to what it says.

    Example:
        >>> is_furniture("(Photo credit: NVIDIA)"), is_furniture("Share prices rose.")
        (True, False)
    """
    line = line.strip()
    if line.lower() in HEADERS:
        return True
    return bool(_FURNITURE.fullmatch(line)) and not re.search(
        r"\w[^.]*\b(?:rose|fell|is|was|has|are|were)\b.*\.$", line
    )


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Yield start and end of each paragraph: a line, or the lines up to an empty one where a text is wrapped."""
    lines = [(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text) if m[0].strip()]
    wrapped = _is_wrapped(text)
    begin = end = -1
    for start, stop in lines:
        joins = wrapped and begin >= 0 and text[end:start].count("\n") == 1 and not is_furniture(text[start:stop])
        if joins and end - begin >= 40:
            end = stop
            continue
        if begin >= 0:
            yield begin, end
        begin, end = start, stop
    if begin >= 0:
        yield begin, end


def items(text: str) -> list[int]:
    r"""Where the items of a text with several begin: at a rule, at a numbered headline, in a mail at any marked one.

    Example:
        >>> items("Chips.\n\n1. AMD\nIt grew.\n\n2. Arm\nIt fell.\n"), items("Chips.\n\n## Background\nIt grew.\n")
        ([8, 25], [])
    """
    marked = _MARKED if _MAIL.match(text) else _NUMBERED
    return [
        line.start() for line in re.finditer(r"[^\n]+", text) if _RULE.fullmatch(line[0]) or _heads(line[0], marked)
    ]


def item_numbers(text: str, sentences: Sequence[Sentence]) -> list[int]:
    """The number of the item in which each sentence stands, from 0 for what comes before the first."""
    begins = items(text)
    return [bisect_right(begins, sentence.end) for sentence in sentences]


def _heads(line: str, marked: re.Pattern[str]) -> bool:
    """Whether a line is a headline: marked as one, and no sentence."""
    head = marked.fullmatch(line) or _NUMBERED.fullmatch(line)
    return head is not None and not re.search(r"[.;:,][\"”’)]*$", head["title"].rstrip("*# "))


def _is_wrapped(text: str) -> bool:
    """Whether line ends fall within sentences."""
    lines = [line.rstrip() for line in text.split("\n")]
    pairs = [(a, b) for a, b in pairwise(lines) if len(a) > 50 and b.strip()]
    inside = sum(1 for a, _ in pairs if not re.search(r"[.!?:;\"”’)…]$", a))
    return len(pairs) > 2 and inside > len(pairs) / 2 and max(len(line) for line in lines) <= 160


def sentences(text: str) -> Iterator[Sentence]:
    """Yield the sentences of a text in order."""
    number = 0
    for start, end in paragraphs(text):
        if is_furniture(text[start:end]):
            continue
        if item := _ITEM.match(text, start, end):
            start = item.end()
            if "*" in item[0] or "#" in item[0]:
                end = start + len(text[start:end].rstrip("*# \t"))
        opens = True
        for span in _spans(text, start, end):
            for first, last in _pieces(text, *span):
                yield Sentence(text[first:last], first, number, opens)
                opens = False
        number += 1


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence whole; one that is none, as its length tells, cut at blanks, for reading takes the square of it."""
    while end - start > LONGEST:
        cut = text.rfind(" ", start, start + LONGEST)
        cut = cut if cut > start else start + LONGEST
        yield start, cut
        start = cut + 1 if text[cut] == " " else cut
    if start < end:
        yield start, end


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where each sentence of a paragraph begins and ends; a semicolon, at which syntok cuts long ones, ends none."""
    import syntok.segmenter as segmenter

    open_ = -1
    for piece in segmenter.analyze(text[start:end]):
        for tokens in piece:
            if not (words := [t for t in tokens if t.value.strip()]):
                continue
            first, last = start + words[0].offset, start + words[-1].offset + len(words[-1].value)
            first, open_ = (open_, -1) if open_ >= 0 else (first, -1)
            if text[last - 1] == ";":
                open_ = first
            else:
                yield first, last
    if open_ >= 0:
        yield open_, end
