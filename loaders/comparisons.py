"""How much more or less: every way in which a sentence says by what fraction one thing differs from another."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from loaders import numerals
from loaders.wording import either

_UP = either(
    "more higher faster better greater larger quicker stronger dearer heavier longer bigger deeper denser costlier "
    "above over ahead beyond extra gains? leads? advantage improvement increase rise premium wider thicker jump up "
    "harder richer brighter taller growth uplift"
)
_DOWN = either(
    "fewer less lower slower worse smaller cheaper weaker shorter lighter below under behind short off reduction "
    "decline drop fall cut savings? discount sooner earlier down thinner shortfall decrease loss quieter cooler"
)
_RISES = either(
    "r(?:ise|ises|ose|isen|ising) rais(?:e|es|ed|ing) increas\\w+ improv\\w+ beat\\w* exceed\\w* outperform\\w* "
    "outr[au]n\\w* "
    "outsells? boost\\w* gain\\w* surpass\\w* grow\\w* grew jump\\w* climb\\w* up lead\\w* led win\\w* advanc\\w* "
    "top(?:s|ped)? "
    "more higher faster better greater larger quicker stronger dearer heavier longer bigger above ahead"
)
_FALLS = either(
    "cut\\w* reduc\\w+ fall\\w* fell drop\\w* trail\\w* lag\\w* undercut\\w* lower\\w* shr[iau]nk\\w* sav(?:e|es|"
    "ed|ing|ings) "
    "slash\\w* declin\\w+ decreas\\w+ down los(?:e|es|t) lack\\w* slipp?\\w* slid shortfall narrow\\w* "
    "fewer less slower worse smaller cheaper weaker shorter lighter below under behind short"
)
_PERCENT = r" ?(?:%|[ -]?per ?cent(?:age points?)?\b)"
_TENTHS = {
    "half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8,
    "ninth": 9, "tenth": 10, "twelfth": 12, "fifteenth": 15, "twentieth": 20, "fiftieth": 50, "hundredth": 100,
    "thousandth": 1000,
}  # fmt: skip
_DIVIDED = "|".join(sorted(_TENTHS, key=len, reverse=True))
_OF = (
    r"of|as|stake|share|interest|holding|owner|owned|less|more|fewer|faster|slower|cheaper|dearer|higher|lower|smaller|"
    r"larger|better|weaker|each|in|to|by|at|for|from|with|again|and|or|is|was|went|goes|came|comes"
)
FRACTION = (
    rf"(?:(?:one|two|three|four|five|six|seven|eight|nine|ten|a)[ -](?:{_DIVIDED})s\b|"
    rf"(?:an?|one|the|remaining|other)[ -](?:{_DIVIDED})\b(?=[.,;:)]|$| (?:{_OF})\b| ⟨)(?<!the third)(?<!the "
    rf"quarter)(?<!the fourth)|"
    r"one[ -](?:third|fifth|quarter|half)\b|"
    r"(?<!first )(?<!first-)(?<!second )(?<!second-)(?<!latter )(?<!back )(?<!and a )(?<!and-a-)\b[Hh]alf\b"
    r"(?![- ]?(?:year|hour|dozen|an?\b|-|day)|-\w))"
)
_FRACTION = re.compile(
    rf"(?:(?P<top>[a-z]+)[ -])?(?P<bottom>{_DIVIDED})s?", re.IGNORECASE
)  # fmt: skip
PERCENTAGE = rf"(?<![\w.,])(?:{numerals.DIGITS}|(?:{numerals.WORD})(?=[ -]per)){_PERCENT}"
_PART = re.compile(rf"(?P<percent>{PERCENTAGE})|(?<![\w-])(?P<fraction>{FRACTION})")
_ABOUT = (
    r"(?:up to |about |around |some |roughly |almost |nearly |over |more than |at least |as much as |just |"
    r"only |well |a )?"
)
_AFTER = re.compile(rf"(?: the| a)? (?:(?P<up>{_UP})|(?P<down>{_DOWN}))\b(?! and (?:above|under))")
_OF_IT = re.compile(r" (?:of (?:what|the|that|its|their|an?|any|his|it|each|⟨|[A-Z])|the \w|as (?:\w+) )|(?: of)?$")
_HELD = re.compile(
    r"\b(?:own|h[oe]ld|stake|acquir|bought|buy|s[eo]ll|sold|keep|kept|retain|share|holding)\w*\b[^,.;]*$"
)
"""Before a part that is held, and so compares nothing."""
_SIDE = re.compile(rf"\b(?:(?P<up>{_RISES})|(?P<down>{_FALLS}))\b")
_BEFORE = re.compile(rf"(?:\bby|\bof|\bis|\bwas|(?P<near>\b(?:up|down))) {_ABOUT}$")
_NUM = rf"(?:{numerals.DIGITS}|{numerals.WORD})"
_TIMES = re.compile(
    rf"(?<![\w.,])(?:(?P<n>{_NUM})(?: to (?P<m>{_NUM}))?(?: times|-times|x|×|[ -]?fold)\b|(?P<joined>two|three|"
    rf"four|five|six|"
    r"seven|eight|nine|ten)fold\b|(?P<word>[Tt]wice|[Tt]hrice|[Dd]oubl(?:e|es|ed|ing)|[Tt](?:ripl|rebl)(?:e|es|ed|ing)|"
    rf"[Qq]uadrupl(?:e|es|ed|ing)|[Hh]alv(?:es|ed|ing))\b|factor of (?P<factor>{_NUM})\b)"
)
_WORDED = {"tw": 1.0, "th": 2.0, "do": 1.0, "tr": 2.0, "qu": 3.0, "ha": -0.5}
_FEWER = re.compile(rf" {_DOWN}\b")
AGAIN = re.compile(r"\b[Hh]alf as (?:much|many|fast|large|big)\b[^,.;]{0,40}? again\b")
_EVEN = re.compile(
    r"\bon (?:a )?par\b|\blevel with\b|\bon a level with\b|\bequal(?:s|led|ed)?\b|\bmatch(?:es|ed)\b|\bno "
    r"(?:faster|slower|"
    r"better|worse)\b|\bthe same (?:\w+ ){1,3}as\b|(?<!times )(?<!twice )(?<!half )(?<!third )(?<!tenth )(?<!fifth )"
    r"\bas (?:fast|powerful|quick|good|well|efficient|strong|quickly|many|much) as\b"
)
_AGAINST = re.compile(
    rf"(?<![\w.,$€£¥])(?P<one>{numerals.DIGITS})(?= |%)[^.;,]{{0,30}}?,? (?:as )?(?:against|versus|instead of|"
    rf"compared with|"
    rf"compared to) (?:[a-z]+ ){{0,2}}(?P<two>{numerals.DIGITS})(?![\w.,]\d)"
)


class Part(NamedTuple):
    """A fraction that a text names, and where it stands."""

    value: float
    start: int
    end: int


class Change(NamedTuple):
    """By what signed fraction something differs, and where that is said."""

    delta: float
    start: int
    end: int


def parts(text: str) -> Iterator[Part]:
    """Yield the percentages and fractions of a text.

    Example:
        >>> [part.value for part in parts("two thirds, one half and a quarter of 4.3 percent")]
        [0.67, 0.5, 0.25, 0.043]
    """
    for match in _PART.finditer(text):
        worth = percentage(match["percent"]) if match["percent"] else fraction(match["fraction"])
        yield Part(worth, match.start(), match.end())


def percentage(words: str) -> float:
    return round(numerals.value(words) / 100, 6)


def fraction(words: str) -> float:
    """What a fraction in words is worth, to two digits where it cannot be written out: a third is 0.33."""
    found = _FRACTION.search(words)
    assert found is not None
    top = found["top"]
    above = numerals.value(top.lower()) if top and top.lower() not in ("the", "remaining", "other") else 1.0
    exact = above / _TENTHS[found["bottom"].lower()]
    return exact if round(exact, 4) == exact else round(exact, 2)


def changes(text: str) -> Iterator[Change]:
    """Yield what a text may say of one thing compared with another: `28% lower` is -0.28, `twice as fast` 1.0.

    Example:
        >>> [change.delta for change in changes("28% lower, a third of the price, on a par and three times as many")]
        [-0.28, -0.67, 0.0, 2.0]
        >>> list(changes("three to five times as strong"))
        []
    """
    found = [*_part_changes(text), *_multiples(text), *_equal(text), *_against(text)]
    yield from sorted(found, key=lambda change: (change.start, change.end))


def _part_changes(text: str) -> Iterator[Change]:
    for part in parts(text):
        if after := _AFTER.match(text, part.end):
            sign = -1 if after["down"] else 1
            yield Change(sign * part.value, part.start, after.end())
            continue
        if part.value < 1 and _compares(text, part):
            yield Change(round(part.value - 1, 6), part.start, part.end)
        if sign := _sign(text[max(0, part.start - 80) : part.start]):
            yield Change(sign * part.value, part.start, part.end)


def _compares(text: str, part: Part) -> bool:
    """Whether a part is one of another thing's measure: "60% of the speed", "a third of what"."""
    if not _OF_IT.match(text, part.end) or AGAIN.match(text, part.start):
        return False
    return not _HELD.search(text[max(0, part.start - 60) : part.start])


def _sign(before: str) -> int:
    """Which way the words before a part point; 0 where they do not lead up to it."""
    lead = _BEFORE.search(before)
    if not lead:
        return 0
    side = next(reversed(list(_SIDE.finditer(re.split(r"[.;:] ", before)[-1]))), None)
    return 0 if side is None else -1 if side["down"] else 1


def _multiples(text: str) -> Iterator[Change]:
    for match in AGAIN.finditer(text):
        yield Change(0.5, match.start(), match.end())
    for match in _TIMES.finditer(text):
        for times in _times(match):
            less = bool(_FEWER.match(text, match.end())) or (
                match["factor"] and _sign(text[max(0, match.start() - 60) : match.start()] + "by ") < 0
            )
            delta = 1 / times - 1 if less and times else times - 1
            yield Change(round(delta, 2 if less else 6), match.start(), match.end())


def _times(match: re.Match[str]) -> list[float]:
    """The one number that something is multiplied by; none for a range, of which a claim could hold but an end."""
    if match["word"]:
        return [1 + _WORDED[match["word"][:2].lower()]]
    if match["m"]:
        return []
    named = [match["n"], match["joined"], match["factor"]]
    return [numerals.value(number) for number in named if number]


def _equal(text: str) -> Iterator[Change]:
    for match in _EVEN.finditer(text):
        yield Change(0.0, match.start(), match.end())


def _against(text: str) -> Iterator[Change]:
    """Two figures set against each other: `144 gigabytes instead of 96`."""
    for match in _AGAINST.finditer(text):
        one, two = numerals.value(match["one"]), numerals.value(match["two"])
        if two:
            yield Change(round(one / two - 1, 2), match.start(), match.end())
