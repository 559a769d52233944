"""When something happened, from the words of a text and the day it was published.

The answer is the narrowest year, month or day that surely holds the event: "last week" is a month, a quarter a year.
What cannot be resolved is left open. Grammar of our own: libraries for free-form dates invent days.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from graph.partial_date import PartialDate

_MONTHS = {
    name[:3]: number
    for number, name in enumerate(
        [
            "january",
            "february",
            "march",
            "april",
            "may",
            "june",
            "july",
            "august",
            "september",
            "october",
            "november",
            "december",
        ],
        1,
    )
}
_DAYS = {
    name: number
    for number, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
}
_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 1
    )
} | {"a": 1, "an": 1, "a couple of": 2}

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?:19[7-9]\d|20[0-4]\d)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_WEEKDAY = "(?:" + "|".join(name.capitalize() for name in _DAYS) + ")"
_COUNT = "(?:" + "|".join(sorted(_NUMBERS, key=len, reverse=True)) + r"|\d{1,2})"
_PART = r"(?:first|second|third|fourth|1st|2nd|3rd|4th|last|final)"
_SEASON = r"(?:spring|summer|autumn|fall|winter)"

_GRAMMAR = re.compile(
    "|".join(
        rf"(?P<{name}>{pattern})"
        for name, pattern in {
            "iso": rf"(?<![\d-])(?P<iso_y>{_YEAR})-(?P<iso_m>0[1-9]|1[0-2])(?:-(?P<iso_d>[0-2]\d|3[01]))?(?![\d-])",
            "chinese": r"(?P<zh_y>(?:19|20)\d\d)年(?:(?P<zh_m>1[0-2]|[1-9])月(?:(?P<zh_d>[12]\d|3[01]|[1-9])日)?)?",
            "mdy": rf"\b(?P<mdy_m>{_MONTH}) (?P<mdy_d>{_DAY})(?:,? (?P<mdy_y>{_YEAR}))?(?!\d|,\d)\b",
            "dmy": rf"\b(?P<dmy_d>{_DAY}) (?P<dmy_m>{_MONTH})(?:,? (?P<dmy_y>{_YEAR}))?\b",
            "quarter": rf"\b(?:Q[1-4]|[1-4]Q|H[12]|{_PART} (?:quarter|half)) ?(?:(?:of |in )?(?P<q_y>{_YEAR})|"
            "(?:of )?(?P<q_r>this|last|next) year)",
            "season": rf"(?i:\b(?:(?P<s_r>last|this|next) {_SEASON}|{_SEASON} (?:of )?(?P<s_y>{_YEAR}))\b)",
            "my": rf"\b(?P<my_m>{_MONTH}),? (?:of )?(?P<my_y>{_YEAR})\b",
            "day": r"(?i:\b(?P<day_w>today|yesterday|tomorrow|tonight)\b)",
            "weekday": rf"\b(?:(?P<wd_r>[Ll]ast|[Nn]ext|[Tt]his) )?(?P<wd>{_WEEKDAY})\b",
            "week": r"(?i:\b(?:(?P<wk_r>this|last|next|past|previous|coming) week|(?P<wk_e>week)end)\b)",
            "month": r"(?i:\b(?P<mo_r>this|last|next|past|previous|coming) month\b)",
            "recent": r"(?i:\b(?:in|over|for) (?:the )?(?:recent|past(?: few)?|last few) (?P<rc>days|weeks|months)\b)",
            "span": r"(?i:\b(?P<sp_r>this|last|next|past|previous|current|coming) (?:fiscal )?quarter\b)",
            "year": r"(?i:\b(?P<yr_r>this|last|next|past|previous|coming) year\b)",
            "ago": rf"(?i:\b(?P<ago_n>{_COUNT}) (?P<ago_u>day|week|month|year)s? (?:ago|earlier|before)\b)",
            "bare_month": rf"\b(?:(?P<bm_r>[Ll]ast|[Nn]ext|[Tt]his) )?(?P<bm>(?!May\b|Mar\b|Sep\b){_MONTH}|"
            r"(?<=in )May|(?<=last )May|(?<=since )May)(?![a-z]|\.?[A-Z])",
            "bare_year": rf"(?<![\d$€£¥₩.,-])(?P<by>{_YEAR})(?![\d%,]\d|\d|-\d|%)\b(?! (?:chips|units|GPUs|wafers))",
        }.items()
    )
)
_AHEAD = re.compile(r"(?:by|until|before|from|starting|next|will|to|expected|planned|due|set)\W+(?:\w+\W+){0,6}$")


class When(NamedTuple):
    """A date that a text names: what it resolves to, and where it stands."""

    date: PartialDate | None
    start: int
    end: int


def find(text: str, published: PartialDate | None = None) -> Iterator[When]:
    """Yield the dates a text names, in its order; those that cannot be resolved as None.

    Args:
        published: when the text came out; relative words need it.

    Example:
        >>> [str(when.date) for when in find("since August 26", PartialDate.parse("2024-09-19"))]
        ['2024-08-26']
        >>> [when.date for when in find("last week")]
        [None]
    """
    for match in _GRAMMAR.finditer(text):
        named = next(name for name, value in match.groupdict().items() if value is not None and name in _READERS)
        span = _READERS[named](match, published)
        yield When(narrowest(*span) if span else None, match.start(), match.end())


def resolve(text: str, published: PartialDate | None = None) -> PartialDate | None:
    """The date a phrase names: of two ("late this year or early next") the later, else the first.

    Example:
        >>> str(resolve("in late 2022"))
        '2022'
    """
    found = list(find(text, published))
    for one, other in pairwise(found):
        if re.fullmatch(r"\W*or (?:\w+ ){0,4}", text[one.end : other.start]) and other.date:
            return other.date
    return found[0].date if found else None


def narrowest(first: date, last: date) -> PartialDate | None:
    """The smallest day, month or year that holds all days from first to last; None where no year does."""
    if first == last:
        return PartialDate.parse(first.isoformat())
    if (first.year, first.month) == (last.year, last.month):
        return PartialDate.parse(f"{first:%Y-%m}")
    return PartialDate.parse(f"{first:%Y}") if first.year == last.year else None


Span = tuple[date, date] | None


def _unit(year: str | int, month: int | None = None, day: int | None = None) -> Span:
    """The days of a year, a month or a day; None where there is no such day."""
    try:
        first = date(int(year), month or 1, day or 1)
    except ValueError:
        return None
    if day:
        return first, first
    last_month = month or 12
    return first, date(first.year, last_month, monthrange(first.year, last_month)[1])


def _month(name: str) -> int:
    return _MONTHS[name[:3].lower()]


def _number(day: str) -> int:
    return int(re.sub(r"\D", "", day))


def _iso(m: re.Match[str], _: PartialDate | None) -> Span:
    return _unit(m["iso_y"], int(m["iso_m"]), int(m["iso_d"]) if m["iso_d"] else None)


def _chinese(m: re.Match[str], _: PartialDate | None) -> Span:
    return _unit(m["zh_y"], int(m["zh_m"]) if m["zh_m"] else None, int(m["zh_d"]) if m["zh_d"] else None)


def _mdy(m: re.Match[str], published: PartialDate | None) -> Span:
    month, day = _month(m["mdy_m"]), _number(m["mdy_d"])
    return _unit(m["mdy_y"], month, day) if m["mdy_y"] else _yearless(m, published, month, day)


def _dmy(m: re.Match[str], published: PartialDate | None) -> Span:
    month, day = _month(m["dmy_m"]), _number(m["dmy_d"])
    return _unit(m["dmy_y"], month, day) if m["dmy_y"] else _yearless(m, published, month, day)


def _yearless(m: re.Match[str], published: PartialDate | None, month: int, day: int | None = None) -> Span:
    """The occurrence nearest before publication, or after it where the words before point ahead."""
    if not published or published.first.month != published.last.month:
        return None
    this = _unit(published.first.year, month, day)
    ahead = m[0].lower().startswith("next") or bool(_AHEAD.search(m.string[: m.start()].rsplit(". ", 1)[-1]))
    if this and not ahead and this[0] > published.last:
        return _unit(published.first.year - 1, month, day)
    if this and ahead and this[1] < published.first:
        return _unit(published.first.year + 1, month, day)
    return this


def _quarter(m: re.Match[str], published: PartialDate | None) -> Span:
    return _unit(m["q_y"]) if m["q_y"] else _relative_year(m["q_r"], published)


def _season(m: re.Match[str], published: PartialDate | None) -> Span:
    if m["s_y"]:
        return _unit(m["s_y"])
    return None if m["s_r"].lower() == "last" else _relative_year(m["s_r"], published)


def _my(m: re.Match[str], _: PartialDate | None) -> Span:
    return _unit(m["my_y"], _month(m["my_m"]))


def _day_word(m: re.Match[str], published: PartialDate | None) -> Span:
    day = _published_day(published)
    if not day:
        return _known(published) if m["day_w"].lower() == "today" else None
    day += timedelta({"yesterday": -1, "tomorrow": 1}.get(m["day_w"].lower(), 0))
    return day, day


def _weekday(m: re.Match[str], published: PartialDate | None) -> Span:
    """The last such day up to publication; with `next` or words that point ahead, the one after it."""
    day = _published_day(published)
    if not day:
        return None
    back = (day.weekday() - _DAYS[m["wd"].lower()]) % 7
    if (m["wd_r"] or "").lower() == "next" or re.search(
        r"\b(?:will|on the coming)\b", m.string[max(0, m.start() - 30) : m.start()]
    ):
        day += timedelta(7 - back)
    else:
        day -= timedelta(back)
    return day, day


def _week(m: re.Match[str], published: PartialDate | None) -> Span:
    day = _published_day(published)
    if not day or m["wk_e"]:
        return None
    shift = _SHIFTS[m["wk_r"].lower()] * 7
    monday = day - timedelta(day.weekday()) + timedelta(shift)
    return monday, monday + timedelta(6)


_SHIFTS = {"this": 0, "current": 0, "last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1}


def _month_word(m: re.Match[str], published: PartialDate | None) -> Span:
    known = _known(published)
    if not known or known[0].month != known[1].month:
        return None
    months = known[0].year * 12 + known[0].month - 1 + _SHIFTS[m["mo_r"].lower()]
    return _unit(months // 12, months % 12 + 1)


def _recent(m: re.Match[str], published: PartialDate | None) -> Span:
    day = _published_day(published)
    return (day - timedelta({"days": 7, "weeks": 31, "months": 122}[m["rc"].lower()]), day) if day else None


def _span(m: re.Match[str], published: PartialDate | None) -> Span:
    day = _published_day(published)
    if not day:
        return None
    quarter = day.year * 4 + (day.month - 1) // 3 + _SHIFTS[m["sp_r"].lower()]
    return _unit(quarter // 4)


def _year_word(m: re.Match[str], published: PartialDate | None) -> Span:
    return _relative_year(m["yr_r"], published)


def _relative_year(word: str, published: PartialDate | None) -> Span:
    return _unit(published.first.year + _SHIFTS[word.lower()]) if published else None


def _ago(m: re.Match[str], published: PartialDate | None) -> Span:
    count = _NUMBERS.get(m["ago_n"].lower()) or int(m["ago_n"])
    day = _published_day(published)
    if m["ago_u"].lower() == "year":
        return _unit(published.first.year - count) if published else None
    if not day or m[0].endswith(("earlier", "before")):
        return None
    if m["ago_u"].lower() == "day":
        day -= timedelta(count)
        return day, day
    if m["ago_u"].lower() == "week":
        day -= timedelta(7 * count)
        return day - timedelta(3), day + timedelta(3)
    months = day.year * 12 + day.month - 1 - count
    return _unit(months // 12, months % 12 + 1)


def _bare_month(m: re.Match[str], published: PartialDate | None) -> Span:
    return _yearless(m, published, _month(m["bm"]))


def _bare_year(m: re.Match[str], _: PartialDate | None) -> Span:
    return _unit(m["by"])


def _published_day(published: PartialDate | None) -> date | None:
    return published.first if published and published.first == published.last else None


def _known(published: PartialDate | None) -> Span:
    return (published.first, published.last) if published else None


_READERS = {
    "iso": _iso,
    "chinese": _chinese,
    "mdy": _mdy,
    "dmy": _dmy,
    "quarter": _quarter,
    "season": _season,
    "my": _my,
    "day": _day_word,
    "weekday": _weekday,
    "week": _week,
    "month": _month_word,
    "recent": _recent,
    "span": _span,
    "year": _year_word,
    "ago": _ago,
    "bare_month": _bare_month,
    "bare_year": _bare_year,
}
