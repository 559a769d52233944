"""Numbers in digits and in words: `200,000`, `1.2 million`, `two and a half`, `half a billion`, `a dozen`."""

import re

from loaders.wording import exactly

_SHORT = {
    "k": 1e3, "m": 1e6, "mn": 1e6, "mln": 1e6, "K": 1e3, "M": 1e6, "MM": 1e6, "B": 1e9, "T": 1e12, "b": 1e9, "bn": 1e9,
    "bln": 1e9, "Bn": 1e9, "Mn": 1e6, "t": 1e12, "tn": 1e12, "trn": 1e12, "万": 1e4, "萬": 1e4, "万亿": 1e12,
    "亿": 1e8, "億": 1e8, "兆": 1e12, "만": 1e4, "억": 1e8, "조": 1e12, "cr": 1e7,
}  # fmt: skip
_LONG = {
    "hundred": 1e2, "thousand": 1e3, "lakh": 1e5, "million": 1e6, "crore": 1e7, "oku": 1e8, "eok": 1e8, "billion": 1e9,
    "trillion": 1e12,
}  # fmt: skip
_SCALES = _SHORT | _LONG | {name.capitalize(): scale for name, scale in _LONG.items()}
WORDS = {
    word: float(number)
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
         "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"], 1
    )
} | {
    "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "seventy": 70.0, "eighty": 80.0, "ninety": 90.0,
    "a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5, "a quarter of a": 0.25, "a dozen": 12.0, "a hundred": 100.0,
    "half a dozen": 6.0, "half": 0.5,
}  # fmt: skip
WORDS |= {word.capitalize(): number for word, number in WORDS.items()}
DIGITS = r"(?:\d{1,3}(?:,\d{2})*(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
SCALE = (
    rf"(?:[ -]?(?:{exactly(_SHORT)})|"
    rf"[ -](?:{exactly(set(_SCALES) - set(_SHORT))})(?:[ -](?:{exactly(_LONG)}))?)(?![A-Za-z])"
)
_WORD_SCALE = rf"(?:[ -](?:{exactly(_LONG)})){{1,2}}(?![A-Za-z])"
WORD = (
    rf"(?:{exactly(set(WORDS) - {'half', 'Half'})}|[Hh]alf(?=[ -][mbt]r?illion))"
    r"(?:[- ]and[- ]a[- ](?:half|quarter))?(?![A-Za-z])"
)
NUMBER = rf"(?:(?:{DIGITS}|{WORD})(?:{_WORD_SCALE})?)"
"""A number whose scale, if any, is written out: `15 m` may be metres."""
SUM = rf"(?:{DIGITS}(?:{SCALE})?|{WORD}(?:{_WORD_SCALE})?)"
"""A number that may be abbreviated, as with money."""
SCALED = rf"(?:{DIGITS}{SCALE}|{WORD}{_WORD_SCALE})"
"""A number that has a scale."""
_PARTS = re.compile(rf"(?P<digits>{DIGITS})|(?P<word>{WORD})")


def value(text: str) -> float:
    """What a number says.

    Example:
        >>> value("1.2 million"), value("half a billion"), value("two and a half"), value("1.5 lakh crore")
        (1200000.0, 500000000.0, 2.5, 1500000000000.0)
    """
    found = _PARTS.match(text)
    if not found:
        raise ValueError(f"{text!r} is no number")
    base = float(found["digits"].replace(",", "")) if found["digits"] else _worded(found["word"])
    for scale in re.split(r"[ -]+", text[found.end() :].strip(" -")):
        base *= _SCALES.get(scale, 1.0)
    return round(base, 6)


def _worded(words: str) -> float:
    plain = words.replace("-", " ")
    for tail, more in ((" and a half", 0.5), (" and a quarter", 0.25)):
        if plain.endswith(tail):
            return WORDS[plain.removesuffix(tail)] + more
    return WORDS[plain]


def scale_of(text: str) -> str:
    """The scale that closes a number, with what joins it; empty where there is none.

    Example:
        >>> scale_of("2 billion"), scale_of("2bn"), scale_of("2")
        (' billion', 'bn', '')
    """
    found = _PARTS.match(text)
    return text[found.end() :] if found else ""
