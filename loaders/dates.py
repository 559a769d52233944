"""When something happened, from the words of a text and the day it was published.

The answer is the narrowest year, month or day that surely holds the event: "last week" is a month, a quarter a year.
What cannot be resolved is left open. Grammar of our own (`date_grammar`): libraries for free-form dates invent days.
"""

import re
from calendar import monthrange
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple

from graph.partial_date import PartialDate
from loaders import direction
from loaders.date_grammar import DAYS, GRAMMAR, HOLIDAYS, MONTHS, NUMBERS, SEASONS, SHIFTS


class When(NamedTuple):
    """A date that a text names: what it resolves to, where it stands, and what else it may mean, likeliest first."""

    date: PartialDate | None
    start: int
    end: int
    others: tuple[PartialDate, ...] = ()


Span = tuple[date, date] | None
_NEAR = timedelta(days=30)


@dataclass(frozen=True)
class _Scene:
    """What a relative date hangs on: the day of publication, the date named before, which way the words point."""

    published: PartialDate | None
    anchor: PartialDate | None
    ahead: bool

    @property
    def known(self) -> Span:
        return (self.published.first, self.published.last) if self.published else None

    @property
    def day(self) -> date | None:
        """The day of publication, if it is one day."""
        return _one_day(self.published)

    @property
    def month(self) -> date | None:
        """The first day of publication, if all lies in one month."""
        return _one_month(self.published)


def find(text: str, published: PartialDate | None = None, anchor: PartialDate | None = None) -> Iterator[When]:
    """Yield the dates a text names, in its order; those that cannot be resolved as None.

    Args:
        published: when the text came out; relative words need it.
        anchor: the date that was named last before the text, to which "two years later" and "that month" refer.

    Example:
        >>> [str(when.date) for when in find("since August 26", PartialDate.parse("2024-09-19"))]
        ['2024-08-26']
        >>> [when.date for when in find("last week")]
        [None]
        >>> [str(when.date) for when in find("Bought in 2017, it was sold two years later")]
        ['2017', '2019']
    """
    for match in GRAMMAR.finditer(text):
        ahead = direction.ahead(text, match.start(), match.end())
        dates = list(_readings(match, published, anchor, ahead))
        yield When(dates[0], match.start(), match.end(), tuple(other for other in dates[1:] if other))
        anchor = dates[0] or anchor


def _readings(
    match: re.Match[str], published: PartialDate | None, anchor: PartialDate | None, ahead: bool
) -> Iterator[PartialDate | None]:
    """Yield what an expression means, then what it could mean besides."""
    name = match.lastgroup
    assert name is not None
    seen: set[PartialDate | None] = set()
    for read in (_READERS[name], _ALSO.get(name)):
        for side in (ahead, not ahead):
            span = read(match, _Scene(published, anchor, side)) if read else None
            found = narrowest(*span) if span else None
            if not seen or (found and found not in seen):
                yield found
            seen.add(found)


def resolve(text: str, published: PartialDate | None = None) -> PartialDate | None:
    """The date a phrase names: of two ("late this year or early next") the later, else the first.

    Example:
        >>> str(resolve("in late 2022"))
        '2022'
    """
    return meant(text, list(find(text, published)))


def meant(text: str, found: Sequence[When]) -> PartialDate | None:
    """The date that a phrase names, of all the dates in it."""
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


def _one_day(when: PartialDate | None) -> date | None:
    return when.first if when and when.first == when.last else None


def _one_month(when: PartialDate | None) -> date | None:
    return when.first if when and when.first.month == when.last.month else None


def _month(name: str) -> int:
    return MONTHS[name[:3].lower()]


def _number(day: str) -> int:
    return {"first": 1, "second": 2}.get(day) or int(re.sub(r"\D", "", day))


def _count(word: str) -> int:
    return NUMBERS.get(word.lower()) or int(word)


def _shifted(day: date, months: int) -> Span:
    """The month that lies so many months after that of a day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return _unit(year, month + 1)


def _whole_year(words: str, scene: _Scene) -> int | None:
    """The year meant by `2024`, `last year` or `that year`."""
    if words.isdigit():
        return int(words)
    word = words.lower().removeprefix("the ").split()[0]
    if word in ("that", "same", "previous", "following"):
        base = scene.anchor or (scene.published if word != "same" else None)
        shift = {"that": 0, "same": 0, "previous": -1, "following": 1}[word]
        return base.first.year + shift if base else None
    return scene.published.first.year + SHIFTS[word] if scene.published else None


def _in_year(words: str, scene: _Scene, month: int | None = None, day: int | None = None) -> Span:
    year = _whole_year(words, scene)
    return _unit(year, month, day) if year else None


def _iso(m: re.Match[str], _: _Scene) -> Span:
    return _unit(m["iso_y"], int(m["iso_m"]), int(m["iso_d"]) if m["iso_d"] else None)


def _figures(m: re.Match[str], _: _Scene) -> Span:
    """`26/08/2024`: which is the month shows where the other is above 12; else only the year is sure."""
    one, two = int(m["fi_a"]), int(m["fi_b"])
    if one > 12:
        return _unit(m["fi_y"], two, one) if two <= 12 else None
    return _unit(m["fi_y"], one, two) if two > 12 or one == two else _unit(m["fi_y"])


def _day_first(m: re.Match[str], _: _Scene) -> Span:
    one, two = int(m["fi_a"]), int(m["fi_b"])
    return _unit(m["fi_y"], two, one) if max(one, two) <= 12 else None


def _chinese(m: re.Match[str], _: _Scene) -> Span:
    return _unit(m["zh_y"], int(m["zh_m"]) if m["zh_m"] else None, int(m["zh_d"]) if m["zh_d"] else None)


def _chinese_day(m: re.Match[str], scene: _Scene) -> Span:
    if m["zd_r"]:
        return _in_year({"今年": "this", "去年": "last", "明年": "next"}[m["zd_r"]], scene)
    return _yearless(scene, int(m["zd_m"]), int(m["zd_d"]) if m["zd_d"] else None)


def _mdy(m: re.Match[str], scene: _Scene) -> Span:
    return _days(scene, m["mdy_y"] or m["mdy_r"], _month(m["mdy_m"]), m["mdy_d"], m["mdy_e"])


def _dmy(m: re.Match[str], scene: _Scene) -> Span:
    return _days(scene, m["dmy_y"] or m["dmy_r"], _month(m["dmy_m"]), m["dmy_b"] or m["dmy_d"], m["dmy_d"])


def _days(scene: _Scene, year: str | None, month: int, first: str, last: str | None) -> Span:
    """A day, or several of one month."""
    one, two = (_dated_day(scene, year, month, _number(day)) for day in (first, last or first))
    return (one[0], two[1]) if one and two else None


def _dated_day(scene: _Scene, year: str | None, month: int, day: int) -> Span:
    return _in_year(year, scene, month, day) if year else _yearless(scene, month, day)


def _yearless(scene: _Scene, month: int, day: int | None = None) -> Span:
    """The occurrence nearest before publication, or after it where the words point ahead.

    A day so near to publication that nobody would add a year is that one, wherever the words point: in "was told on
    April 9 that exports would need a licence" they point ahead of another verb.
    """
    if not scene.published or not scene.month:
        return None
    year = scene.published.first.year
    this = _unit(year, month, day)
    if not this or (day and -_NEAR <= this[0] - scene.published.first <= _NEAR):
        return this
    if not scene.ahead and this[0] > scene.published.last:
        return _unit(year - 1, month, day)
    if scene.ahead and this[1] < scene.published.first:
        return _unit(year + 1, month, day)
    return this


def _as_anchored(m: re.Match[str], scene: _Scene) -> Span:
    """A day or month in the year that was named before, as under the heading of a timeline."""
    name = m.lastgroup
    months = {"mdy": "mdy_m", "dmy": "dmy_m", "bare_month": "bm"}
    if not scene.anchor or not name or m.groupdict().get(f"{name}_y") or m.groupdict().get(f"{name}_r"):
        return None
    day = m[f"{name}_d"] if name != "bare_month" else None
    return _unit(scene.anchor.first.year, _month(m[months[name]]), _number(day) if day else None)


def _fiscal(m: re.Match[str], _: _Scene) -> Span:
    """The year that a fiscal year is called after; one called after two is neither."""
    return None if m["fy_span"] else _unit(m["fy"] or f"20{m['fy_2']}")


def _edge(m: re.Match[str], scene: _Scene) -> Span:
    if m["ed_m"]:
        month = _month(m["ed_m"])
        unit = _unit(m["ed_y"], month) if m["ed_y"] else _yearless(scene, month)
    elif m["ed_ry"]:
        unit = _in_year(m["ed_ry"], scene)
    else:
        return _edge_of(m, scene)
    day = unit and unit[0 if m["ed"] == "first" else 1]
    return (day, day) if day else None


def _edge_of(m: re.Match[str], scene: _Scene) -> Span:
    """The first or last day of the month or year of publication; where it has yet to come, of the one before."""
    if not scene.day:
        return None
    months = 12 if m["ed_u"] == "year" else 1
    for shift in (0, months if scene.ahead else -months):
        near = _shifted(scene.day, shift)
        unit = near and _unit(near[0].year, near[0].month if months == 1 else None)
        day = unit and unit[0 if m["ed"] == "first" else 1]
        if day and (day >= scene.day if scene.ahead else day <= scene.day):
            return day, day
    return None


def _unit_of(when: PartialDate | None, unit: str) -> Span:
    """The year or month in which a date lies; None where it is known less exactly."""
    if not when or (unit == "month" and not _one_month(when)):
        return None
    return _unit(when.first.year, when.first.month if unit == "month" else None)


def _part(m: re.Match[str], scene: _Scene) -> Span:
    if m["pa_2"]:
        return _unit(f"20{m['pa_2']}")
    if m["pa_y"] or m["pa_r"]:
        return _in_year(m["pa_y"] or m["pa_r"], scene)
    if m["pa_t"]:
        return _unit_of(scene.published, "year")
    first, last = _months_of(m)
    return _nearest_part(scene, last if "months" in (m["pa_u"] or "") else first, last)


def _months_of(m: re.Match[str]) -> tuple[int, int]:
    """The first and the last month of a quarter, a half or the first months of a year."""
    words, unit = m["pa_w"] or "", m["pa_u"] or "quarter"
    length = {"quarter": 3, "half": 6, "three months": 3, "six months": 6, "nine months": 9}[unit]
    last_one = 12 // length
    number = {"first": 1, "second": 2, "third": 3}.get(words) or (int(words[0]) if words[:1].isdigit() else last_one)
    number = int(m["pa_q"] or m["pa_n"] or number)
    return length * (number - 1) + 1, min(length * number, 12)


def _nearest_part(scene: _Scene, first: int, last: int) -> Span:
    """The year of the last such months that have begun; where words point ahead, of the next that have not passed."""
    if not scene.published or not scene.month:
        return None
    year, month = scene.month.year, scene.month.month
    if scene.ahead:
        return _unit(year + 1 if last < month else year)
    return _unit(year - 1 if first > month else year)


def _ended(m: re.Match[str], scene: _Scene) -> Span:
    month = _month(m["en_m"])
    return _nearest_part(scene, max(month - 2, 1), month)


def _season(m: re.Match[str], scene: _Scene) -> Span:
    if m["s_y"] or m["s_o"]:
        return _in_year(m["s_y"] or m["s_o"], scene)
    word = (m["s_r"] or "").lower()
    if word == "that":
        return _unit_of(scene.anchor, "year")
    if word == "this":
        return _unit_of(scene.published, "year")
    name = next(season for season in SEASONS if season in m[0].lower())
    if word in ("last", "previous"):
        return _last_season(scene, name)
    return _next_season(scene, name) if word else _nearest_part(scene, *SEASONS[name])


def _next_season(scene: _Scene, name: str) -> Span:
    """The year of the next such season that has not begun."""
    if not scene.month:
        return None
    return _unit(scene.month.year + (SEASONS[name][0] <= scene.month.month))


def _last_season(scene: _Scene, name: str) -> Span:
    """The year of a season that is over; open while this year's or the one before may be meant."""
    if not scene.month or name == "winter":
        return None
    first, last = SEASONS[name]
    month = scene.month.month
    if month <= first:
        return _unit(scene.month.year - 1)
    return _unit(scene.month.year) if month > last + 1 else None


def _my(m: re.Match[str], scene: _Scene) -> Span:
    if m["my_2"]:
        return _unit(f"20{m['my_2']}", _month(m["my_n"]))
    return _in_year(m["my_y"] or m["my_r"], scene, _month(m["my_m"]))


def _range(m: re.Match[str], _: _Scene) -> Span:
    return _unit(m["ra_y"], _month(m["ra_m"]))


def _day_word(m: re.Match[str], scene: _Scene) -> Span:
    word, day = m["day_w"].lower(), scene.day
    if not day:
        return scene.known if word == "today" else None
    shift = {"yesterday": -1, "last night": -1, "the day before yesterday": -2, "tomorrow": 1}.get(word, 0)
    return day + timedelta(shift), day + timedelta(shift)


def _weekday(m: re.Match[str], scene: _Scene) -> Span:
    """The last such day up to publication; where the words point ahead, the one after it."""
    day = scene.day
    if not day:
        return None
    word = (m["wd_r"] or "").lower()
    back = (day.weekday() - DAYS[m["wd"].lower()]) % 7
    if scene.ahead and word != "last":
        day += timedelta(7 - back)
    else:
        day -= timedelta(7 if word == "last" and not back else back)
    return day, day


def _weekend(m: re.Match[str], scene: _Scene) -> Span:
    day = scene.day
    if not day:
        return None
    word = (m["we_r"] or "").lower()
    saturday = day - timedelta((day.weekday() - 5) % 7)
    if word in ("next", "coming") or (scene.ahead and word not in ("last", "past")):
        saturday += timedelta(7)
    return saturday, saturday + timedelta(1)


def _week(m: re.Match[str], scene: _Scene) -> Span:
    if not scene.day:
        return None
    monday = scene.day - timedelta(scene.day.weekday()) + timedelta(SHIFTS[m["wk_r"].lower()] * 7)
    return monday, monday + timedelta(6)


def _week_month(m: re.Match[str], scene: _Scene) -> Span:
    """The month that holds most of a week."""
    week = _week(m, scene)
    return _unit(week[0].year, (week[0] + timedelta(3)).month) if week and week[0].year == week[1].year else None


def _month_word(m: re.Match[str], scene: _Scene) -> Span:
    return _shifted(scene.month, SHIFTS[(m["mo_r"] or "this").lower()]) if scene.month else None


_STRETCHES = {"day": (1, 7), "week": (7, 31), "month": (31, 122), "year": (366, 1464)}
"""Days of one such unit, and of a few."""


def _stretch(m: re.Match[str], scene: _Scene) -> Span:
    """The days up to publication, or from it on, in which something lies."""
    if not scene.day:
        return None
    one, few = _STRETCHES[m["st_u"].lower()]
    word, count = (m["st_r"] or "").lower(), (m["st_n"] or "").lower()
    days = few if count in ("few", "several") or m["st_x"] else one * (_count(count) if count else 1)
    if word in ("next", "coming", "following"):
        return scene.day, scene.day + timedelta(days)
    return scene.day - timedelta(days), scene.day


def _span(m: re.Match[str], scene: _Scene) -> Span:
    day = scene.day
    if not day:
        return None
    quarter = day.year * 4 + (day.month - 1) // 3 + SHIFTS[m["sp_r"].lower()]
    return _unit(quarter // 4)


def _year_word(m: re.Match[str], scene: _Scene) -> Span:
    return _in_year(m["yr_r"] or "this", scene)


def _same(m: re.Match[str], scene: _Scene) -> Span:
    """The day, month or year of the date named before."""
    unit = m["sa_u"].lower()
    if unit in ("month", "year"):
        return _unit_of(scene.anchor, unit)
    day = _one_day(scene.anchor)
    return (day, day) if day else None


def _beside(m: re.Match[str], scene: _Scene) -> Span:
    """The day, month or year before or after that of the date named before."""
    unit = (m["be_u"] or m["be_v"] or m["be_m"]).lower()
    back = (m["be_r"] or m["be_s"] or "next").lower() in ("previous", "before")
    if unit == "year" and (m["be_r"] or "").lower() == "previous" and not scene.anchor:
        return _in_year("last", scene)
    return _moved(scene.anchor, unit, -1 if back else 1)


def _moved(when: PartialDate | None, unit: str, count: int) -> Span:
    """So many units after a date, as exactly as it is known."""
    day, month = _one_day(when), _one_month(when)
    if unit == "year":
        return _unit(when.first.year + count) if when else None
    if unit == "month":
        return _shifted(month, count) if month else None
    if unit == "week":
        return _around(day + timedelta(7 * count), 3) if day else None
    return _around(day + timedelta(count), 0) if day else None


def _around(day: date, days: int) -> Span:
    return day - timedelta(days), day + timedelta(days)


def _ago(m: re.Match[str], scene: _Scene) -> Span:
    if m["ago_h"]:
        middle = _shifted(scene.month, -6) if scene.month else None
        return (middle[0] - timedelta(20), middle[1] + timedelta(20)) if middle else None
    unit, count = m["ago_u"].lower(), _count(m["ago_n"])
    if unit == "decade":
        unit, count = "year", count * 10
    if unit != "year" and not scene.day:
        return None
    return _moved(scene.published, unit, -count)


def _ago_month(m: re.Match[str], scene: _Scene) -> Span:
    """The month of "a year ago" or "three weeks ago", taken at its word."""
    unit, count = (m["ago_u"] or "").lower(), _count(m["ago_n"] or "1")
    if not scene.day or unit not in ("year", "week"):
        return None
    day = scene.day - timedelta(7 * count)
    return _shifted(scene.day, -12 * count) if unit == "year" else _unit(day.year, day.month)


def _later(m: re.Match[str], scene: _Scene) -> Span:
    back = m["la_d"].lower() in ("earlier", "previously", "before")
    count = _count(m["la_n"])
    return _moved(scene.anchor, m["la_u"].lower(), -count if back else count)


def _later_month(m: re.Match[str], scene: _Scene) -> Span:
    """The month, where the words are taken exactly; counted from publication where no date was named."""
    unit, count = m["la_u"].lower(), _count(m["la_n"])
    back = m["la_d"].lower() in ("earlier", "previously", "before")
    day = _one_month(scene.anchor or scene.published)
    if not day or unit in ("day", "week"):
        return None
    return _shifted(day, (-count if back else count) * (12 if unit == "year" else 1))


def _hence(m: re.Match[str], scene: _Scene) -> Span:
    """So long after publication; "in two years" without a verb that points ahead says how long something took."""
    if not (scene.ahead or m["he_t"] or m["he_f"]):
        return None
    return _moved(scene.published, (m["he_u"] or m["he_v"]).lower(), _count(m["he_n"] or m["he_m"]))


def _holiday(m: re.Match[str], scene: _Scene) -> Span:
    month, day = HOLIDAYS[m["ho"].lower().replace("’", "'")]
    return _yearless(scene, month, day)


def _nth(m: re.Match[str], scene: _Scene) -> Span:
    """A day of the month that was named before, else of the one of publication."""
    day, month = _number(m["nt_d"]), _one_month(scene.anchor)
    if m["nt_r"] in ("that", "the same") or (month and not m["nt_r"] and not m["nt_t"]):
        named = _unit(month.year, month.month, day) if month else None
        if named and not scene.ahead and scene.published and named[0] > scene.published.last:
            return _published_nth(m, scene)
        return named
    if m["nt_r"] and scene.month:
        first = _shifted(scene.month, SHIFTS[m["nt_r"]])
        return _unit(first[0].year, first[0].month, day) if first else None
    return _published_nth(m, scene)


def _published_nth(m: re.Match[str], scene: _Scene) -> Span:
    """Such a day nearest to publication, before or after it."""
    if not scene.day:
        return None
    day = _number(m["nt_d"])
    gone = day <= scene.day.day
    months = (1 if gone else 0) if scene.ahead else (0 if gone else -1)
    first = _shifted(scene.day, months)
    return _unit(first[0].year, first[0].month, day) if first else None


def _decade(_: re.Match[str], scene: _Scene) -> Span:
    """The year at which a decade ends: by the end of the 2020s is by 2030."""
    return _unit(scene.published.first.year // 10 * 10 + 10) if scene.published else None


def _bare_month(m: re.Match[str], scene: _Scene) -> Span:
    month, word = _month(m["bm"]), (m["bm_r"] or "").lower()
    if word == "that":
        return _unit(scene.anchor.first.year, month) if scene.anchor else None
    if word == "this" and scene.published:
        return _unit(scene.published.first.year, month)
    if word == "last" and scene.month and scene.month.month == month:
        return _unit(scene.month.year - 1, month)
    return _yearless(scene, month)


def _bare_year(m: re.Match[str], _: _Scene) -> Span:
    return _unit(m["by"])


_READERS: dict[str, Callable[[re.Match[str], _Scene], Span]] = {
    "iso": _iso,
    "figures": _figures,
    "chinese": _chinese,
    "chinese_day": _chinese_day,
    "mdy": _mdy,
    "dmy": _dmy,
    "fiscal": _fiscal,
    "edge": _edge,
    "part": _part,
    "ended": _ended,
    "season": _season,
    "my": _my,
    "range": _range,
    "day": _day_word,
    "weekday": _weekday,
    "weekend": _weekend,
    "stretch": _stretch,
    "week": _week,
    "month": _month_word,
    "span": _span,
    "same": _same,
    "beside": _beside,
    "year": _year_word,
    "ago": _ago,
    "later": _later,
    "hence": _hence,
    "holiday": _holiday,
    "nth": _nth,
    "decade": _decade,
    "bare_month": _bare_month,
    "bare_year": _bare_year,
}
_ALSO: dict[str, Callable[[re.Match[str], _Scene], Span]] = {
    "figures": _day_first,
    "mdy": _as_anchored,
    "dmy": _as_anchored,
    "bare_month": _as_anchored,
    "week": _week_month,
    "ago": _ago_month,
    "later": _later_month,
    "nth": _published_nth,
}
"""Second readings of what has two."""
