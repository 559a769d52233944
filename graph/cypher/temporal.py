"""Cypher's functions and properties of dates, moments and durations."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

from graph.cypher import duration
from graph.cypher.duration import BILLION, Duration, made
from graph.cypher.value import Elsewhere, Mistake, Value, kind_name

_DATE = re.compile(r"(\d{4})(?:-?(\d\d)-?(\d\d)|-(\d\d)|-?W(\d\d)(?:-?([1-7]))?|-?(\d{3}))?", re.ASCII)
_CLOCK = re.compile(
    r"(\d\d)(?::?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d\d(?::?\d\d)?)?(\[[^\]]*\])?", re.ASCII
)
_DURATION = re.compile(
    r"([+-]?)P(?!$)(?:(-?\d+)Y)?(?:(-?\d+)M)?(?:(-?\d+)W)?(?:(-?\d+)D)?"
    r"(?:T(?!$)(?:(-?\d+)H)?(?:(-?\d+)M)?(?:(-?\d+)(?:[.,](\d{1,9}))?S)?)?",
    re.ASCII,
)


def _guarded(make: Callable[[], Any], what: str) -> Any:
    try:
        return make()
    except (ValueError, OverflowError, TypeError) as error:
        raise Mistake(f"{what}: {error}") from None


def date_of(value: Value = None) -> date:
    """A date from a text, a map or a moment; today's without any."""
    if value is None:
        return datetime.now(UTC).date()
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, str):
        return _date_of_text(value)
    if isinstance(value, dict):
        return _date_of_map(value)
    raise Mistake(f"date of a {kind_name(value)}")


def _date_of_text(text: str) -> date:
    match = _DATE.fullmatch(text)
    if not match:
        raise Mistake(f"text cannot be parsed to a Date: {text!r}")
    year, month, day, only_month, week, weekday, ordinal = (int(part) if part else None for part in match.groups())
    if week is not None:
        return _guarded(lambda: date.fromisocalendar(year or 0, week, weekday or 1), repr(text))  # type: ignore[no-any-return]
    if ordinal is not None:
        found: date = _guarded(lambda: date(year or 0, 1, 1) + timedelta(days=ordinal - 1), repr(text))
        if found.year != year or not ordinal:
            raise Mistake(f"text cannot be parsed to a Date: {text!r}")
        return found
    return _guarded(lambda: date(year or 0, month or only_month or 1, day or 1), repr(text))  # type: ignore[no-any-return]


def _date_of_map(fields: dict[str, Value]) -> date:
    if (
        "date" not in fields
        and "year" in fields
        and fields.keys() - {"year"} <= _BY_WEEK | _BY_QUARTER | {"ordinalDay"}
    ):
        return _date_of_parts({name: _whole(name, value) for name, value in fields.items()})
    if unknown := fields.keys() - {"year", "month", "day", "date"}:
        raise Elsewhere(f"date of a map with {', '.join(sorted(unknown))}")
    given = {name: _whole(name, value) for name, value in fields.items() if name != "date"}
    if base := fields.get("date"):
        start = date_of(base)
        return _guarded(lambda: start.replace(**given), "date")  # type: ignore[no-any-return]
    if "year" not in given or ("day" in given and "month" not in given):
        raise Mistake("date of a map needs the year, and the month where there is a day")
    return _guarded(lambda: date(given["year"], given.get("month", 1), given.get("day", 1)), "date")  # type: ignore[no-any-return]


_BY_WEEK, _BY_QUARTER = {"week", "dayOfWeek"}, {"quarter", "dayOfQuarter"}


def _date_of_parts(given: dict[str, int]) -> date:
    """A date from its year and its week, quarter or day within them."""
    year, keys = given.pop("year"), given.keys()
    if not keys:
        return _guarded(lambda: date(year, 1, 1), "date")  # type: ignore[no-any-return]
    if keys <= _BY_WEEK and "week" in keys:
        return _guarded(lambda: date.fromisocalendar(year, given["week"], given.get("dayOfWeek", 1)), "date")  # type: ignore[no-any-return]
    days = given.get("ordinalDay", given.get("dayOfQuarter", 1))
    quarter = given.get("quarter", 1)
    if not (keys <= {"ordinalDay"} or (keys <= _BY_QUARTER and "quarter" in keys)):
        raise Mistake(f"no date from {', '.join(sorted(keys))}")
    first: date = _guarded(lambda: date(year, quarter * 3 - 2, 1), "date")
    found: date = _guarded(lambda: first + timedelta(days=days - 1), "date")
    if days < 1 or found.year != year or ("quarter" in keys and (found.month - 1) // 3 + 1 != quarter):
        raise Mistake(f"no day {days} in it")
    return found


def _whole(name: str, value: Value) -> int:
    if type(value) is not int:
        raise Mistake(f"{name} must be an integer value, not a {kind_name(value)}")
    return value


def datetime_of(value: Value = None) -> datetime:
    """A moment with its zone; UTC where none is told."""
    if value is None:
        return datetime.now(UTC)
    found = _moment_of(value, "datetime")
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def localdatetime_of(value: Value = None) -> datetime:
    """A moment without a zone."""
    if value is None:
        return datetime.now(UTC).replace(tzinfo=None)
    found = _moment_of(value, "localdatetime")
    if isinstance(value, str) and found.tzinfo:
        raise Mistake(f"text cannot be parsed to a LocalDateTime: {value!r}")
    return found.replace(tzinfo=None)


def _moment_of(value: Value, what: str) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str):
        return _moment_of_text(value)
    if isinstance(value, dict):
        return _moment_of_map(value, what)
    raise Mistake(f"{what} of a {kind_name(value)}")


def _moment_of_text(text: str) -> datetime:
    day, separator, clock = text.partition("T")
    match = _CLOCK.fullmatch(clock) if separator else None
    if separator and (not match or match[6]):
        raise Mistake(f"text cannot be parsed to a DateTime: {text!r}")
    found = date_of(day)
    if not match:
        return datetime(found.year, found.month, found.day)
    hour, minute, second = (int(part or 0) for part in match.groups()[:3])
    micro = _micro(match[4] or "")
    zone = _zone(match[5])
    return _guarded(lambda: datetime(found.year, found.month, found.day, hour, minute, second, micro, zone), repr(text))  # type: ignore[no-any-return]


def _micro(digits: str) -> int:
    if digits[6:].strip("0"):
        raise Elsewhere("parts of a second below a millionth")
    return int(digits[:6].ljust(6, "0"))


def _zone(text: str | None) -> timezone | None:
    if not text or text == "Z":
        return UTC if text else None
    hours, minutes = int(text[1:3]), int(text[-2:]) if len(text) > 3 else 0
    return timezone((1 if text[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))


def _moment_of_map(fields: dict[str, Value], what: str) -> datetime:
    clock = {"hour", "minute", "second", "millisecond", "microsecond"}
    if unknown := fields.keys() - clock - {"year", "month", "day", "date"}:
        raise Elsewhere(f"{what} of a map with {', '.join(sorted(unknown))}")
    day = _date_of_map({name: value for name, value in fields.items() if name not in clock})
    given = {name: _whole(name, fields[name]) for name in clock & fields.keys()}
    micro = given.get("millisecond", 0) * 1000 + given.get("microsecond", 0)
    hour, minute, second = (given.get(name, 0) for name in ("hour", "minute", "second"))
    return _guarded(lambda: datetime(day.year, day.month, day.day, hour, minute, second, micro), what)  # type: ignore[no-any-return]


def duration_of(value: Value) -> Duration:
    """A duration from a text such as `P1M3D` or a map of units."""
    if isinstance(value, Duration):
        return value
    if isinstance(value, str):
        return _duration_of_text(value)
    if isinstance(value, dict):
        return _duration_of_map(value)
    raise Mistake(f"duration of a {kind_name(value)}")


def _duration_of_text(text: str) -> Duration:
    match = _DURATION.fullmatch(text)
    if not match or match[1] == "-":
        raise Mistake(f"text cannot be parsed to a Duration: {text!r}")
    years, months, weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups()[1:8])
    part = int((match[9] or "").ljust(9, "0"))
    sign = -1 if (match[8] or "").startswith("-") else 1
    clock = (hours * 3600 + minutes * 60 + seconds) * BILLION + sign * part
    return made(years * 12 + months, weeks * 7 + days, clock)


_DAYS = {"weeks": 7, "days": 1}
_MONTHS = {"years": 12, "quarters": 3, "months": 1}
_NANOS = {"hours": 3600 * BILLION, "minutes": 60 * BILLION, "seconds": BILLION}
_NANOS |= {"milliseconds": 10**6, "microseconds": 1000, "nanoseconds": 1}


def _duration_of_map(fields: dict[str, Value]) -> Duration:
    if not fields:
        raise Mistake("a duration of no units")
    if unknown := fields.keys() - _DAYS.keys() - _MONTHS.keys() - _NANOS.keys():
        raise Mistake(f"no such unit of a duration: {', '.join(sorted(unknown))}")
    if any(type(value) is float for value in fields.values()):
        raise Elsewhere("a duration of parts of a unit")
    sums = [
        sum(unit * _whole(name, fields[name]) for name, unit in units.items() if name in fields)
        for units in (_MONTHS, _DAYS, _NANOS)
    ]
    return made(*sums)


def _span(measure: Callable[[date, date], Duration], what: str) -> Callable[[Value, Value], Duration]:
    def measured(start: Value, end: Value) -> Duration:
        for value in (start, end):
            if not isinstance(value, date):
                raise Mistake(f"{what} of a {kind_name(value)}")
        if _zoned(start) != _zoned(end):
            raise Elsewhere(f"{what} of a moment with a zone and one without")
        return measure(start, end)

    return measured


def _zoned(value: date) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None


between = _span(duration.between, "duration.between")
in_days = _span(duration.in_days, "duration.inDays")
in_months = _span(duration.in_months, "duration.inMonths")
in_seconds = _span(duration.in_seconds, "duration.inSeconds")


def truncated(unit: Value, value: Value) -> date:
    """The first day of the year, quarter, month or week that a date lies in."""
    if not isinstance(unit, str) or not isinstance(value, date):
        raise Mistake(f"date.truncate of a {kind_name(unit)} and a {kind_name(value)}")
    day = date_of(value)
    years = {"decade": 10, "century": 100, "millennium": 1000}.get(unit.lower())
    if years:
        return date(max(1, day.year // years * years), 1, 1)
    match unit.lower():
        case "year":
            return day.replace(month=1, day=1)
        case "quarter":
            return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
        case "month":
            return day.replace(day=1)
        case "week":
            return day - timedelta(days=day.weekday())
        case "day":
            return day
        case "weekyear":
            return date.fromisocalendar(day.isocalendar()[0], 1, 1)
    raise Elsewhere(f"date.truncate to {unit!r}")


_OF_CLOCK = ("hour", "minute", "second")


def truncated_moment(unit: Value, value: Value) -> datetime:
    """The first moment of the year, month, day, hour, minute or second that a moment lies in."""
    if not isinstance(unit, str) or not isinstance(value, date):
        raise Mistake(f"datetime.truncate of a {kind_name(unit)} and a {kind_name(value)}")
    found = datetime_of(value if isinstance(value, datetime) else f"{value.isoformat()}T00:00")
    if unit.lower() in _OF_CLOCK:
        smaller = _OF_CLOCK[_OF_CLOCK.index(unit.lower()) + 1 :]
        return found.replace(microsecond=0, **dict.fromkeys(smaller, 0))  # type: ignore[arg-type]
    day = truncated(unit, found)
    return datetime(day.year, day.month, day.day, tzinfo=found.tzinfo)


def truncated_local(unit: Value, value: Value) -> datetime:
    """The same without a zone."""
    return truncated_moment(unit, value).replace(tzinfo=None)


_OF_DATE: dict[str, Callable[[date], int]] = {
    "year": lambda day: day.year,
    "quarter": lambda day: (day.month - 1) // 3 + 1,
    "month": lambda day: day.month,
    "week": lambda day: day.isocalendar()[1],
    "weekYear": lambda day: day.isocalendar()[0],
    "day": lambda day: day.day,
    "ordinalDay": lambda day: day.timetuple().tm_yday,
    "dayOfWeek": lambda day: day.isoweekday(),
    "weekDay": lambda day: day.isoweekday(),
    "dayOfQuarter": lambda day: (day.toordinal() - truncated("quarter", day).toordinal()) + 1,
}
_OF_MOMENT: dict[str, Callable[[datetime], int]] = {
    "hour": lambda moment: moment.hour,
    "minute": lambda moment: moment.minute,
    "second": lambda moment: moment.second,
    "millisecond": lambda moment: moment.microsecond // 1000,
    "microsecond": lambda moment: moment.microsecond,
    "nanosecond": lambda moment: moment.microsecond * 1000,
}


def _towards_zero(number: int, unit: int) -> int:
    return abs(number) // unit * (-1 if number < 0 else 1)


_OF_DURATION: dict[str, Callable[[Duration], int]] = {
    "years": lambda span: _towards_zero(span.months, 12),
    "quarters": lambda span: _towards_zero(span.months, 3),
    "months": lambda span: span.months,
    "weeks": lambda span: _towards_zero(span.days, 7),
    "days": lambda span: span.days,
    "hours": lambda span: _towards_zero(span.seconds, 3600),
    "minutes": lambda span: _towards_zero(span.seconds, 60),
    "seconds": lambda span: span.seconds,
    "milliseconds": lambda span: (span.seconds * BILLION + span.nanoseconds) // 10**6,
    "microseconds": lambda span: (span.seconds * BILLION + span.nanoseconds) // 1000,
    "nanoseconds": lambda span: span.seconds * BILLION + span.nanoseconds,
    "millisecondsOfSecond": lambda span: span.nanoseconds // 10**6,
    "microsecondsOfSecond": lambda span: span.nanoseconds // 1000,
    "nanosecondsOfSecond": lambda span: span.nanoseconds,
    "monthsOfYear": lambda span: span.months - 12 * _towards_zero(span.months, 12),
    "monthsOfQuarter": lambda span: span.months - 3 * _towards_zero(span.months, 3),
    "quartersOfYear": lambda span: _towards_zero(span.months, 3) - 4 * _towards_zero(span.months, 12),
    "daysOfWeek": lambda span: span.days - 7 * _towards_zero(span.days, 7),
    "minutesOfHour": lambda span: _towards_zero(span.seconds, 60) - 60 * _towards_zero(span.seconds, 3600),
    "secondsOfMinute": lambda span: span.seconds - 60 * _towards_zero(span.seconds, 60),
}


def component(value: Value, name: str) -> Value:
    """A property of a date, moment or duration, such as `year`."""
    if isinstance(value, Duration) and name in _OF_DURATION:
        return _OF_DURATION[name](value)
    if isinstance(value, datetime) and name in _OF_MOMENT:
        return _OF_MOMENT[name](value)
    if isinstance(value, datetime) and value.tzinfo and name in ("epochSeconds", "epochMillis"):
        millis = (value - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
        return millis if name == "epochMillis" else millis // 1000
    if isinstance(value, datetime) and value.tzinfo and name in ("offset", "timezone"):
        return text(value).removeprefix(text(value.replace(tzinfo=None)))
    if isinstance(value, date) and name in _OF_DATE:
        return _OF_DATE[name](value)
    raise Mistake(f"no such field: {name}")


def text(value: Value) -> str:
    """As a server writes it."""
    if isinstance(value, datetime):
        return re.sub(r"(\.\d+?)0+(?=$|[+-Z])", r"\1", value.isoformat()).replace("+00:00", "Z")
    return str(value.isoformat())
