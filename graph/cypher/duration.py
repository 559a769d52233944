"""Durations, as Cypher has them: months, days and seconds that do not turn into one another."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

D = TypeVar("D", date, datetime)

BILLION = 10**9


@dataclass(frozen=True, slots=True)
class Duration:
    """Months, days, seconds and billionths of a second (0 to 999,999,999)."""

    months: int = 0
    days: int = 0
    seconds: int = 0
    nanoseconds: int = 0

    def __neg__(self) -> "Duration":
        return scaled(self, -1)

    def isoformat(self) -> str:
        """As a server writes it: `P1Y2M3DT4H5M6S`."""
        years, months = _split(self.months, 12)
        days = "".join(f"{n}{unit}" for n, unit in ((years, "Y"), (months, "M"), (self.days, "D")) if n)
        total = self.seconds * BILLION + self.nanoseconds
        minutes, rest = _split(total, 60 * BILLION)
        hours, minutes = _split(minutes, 60)
        clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M")) if n)
        if rest:
            whole, part = _split(rest, BILLION)
            digits = f".{abs(part):09d}".rstrip("0") if part else ""
            clock += f"{'-' if rest < 0 and not whole else ''}{whole}{digits}S"
        return f"P{days}{'T' if clock else ''}{clock}" if days or clock else "PT0S"


def _split(number: int, unit: int) -> tuple[int, int]:
    """Whole units and the rest, both with the sign of the number."""
    sign = -1 if number < 0 else 1
    whole, rest = divmod(abs(number), unit)
    return sign * whole, sign * rest


def made(months: int = 0, days: int = 0, nanoseconds: int = 0) -> Duration:
    """A duration whose seconds and their parts are told as billionths."""
    return Duration(months, days, *divmod(nanoseconds, BILLION))


def scaled(duration: Duration, factor: int) -> Duration:
    total = (duration.seconds * BILLION + duration.nanoseconds) * factor
    if max(abs(duration.months * factor), abs(duration.days * factor), abs(total) // BILLION) >= 2**63:
        raise OverflowError("a duration that does not fit into 64 bits")
    return made(duration.months * factor, duration.days * factor, total)


def total(a: Duration, b: Duration) -> Duration:
    """The sum of two."""
    nanoseconds = (a.seconds + b.seconds) * BILLION + a.nanoseconds + b.nanoseconds
    return made(a.months + b.months, a.days + b.days, nanoseconds)


def moved(start: D, duration: Duration) -> D:
    """A day or a moment, later by a duration; the end of a shorter month stands for days it does not have."""
    months = start.year * 12 + start.month - 1 + duration.months
    year, month = months // 12, months % 12 + 1
    day = start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))
    later = day + timedelta(days=duration.days)
    clock = duration.seconds * BILLION + duration.nanoseconds
    if isinstance(later, datetime):
        return later + timedelta(microseconds=clock // 1000)
    return later + timedelta(days=_split(clock, 86_400 * BILLION)[0])


def between(start: date, end: date) -> Duration:
    """Months, then days, then seconds from one to the other."""
    a, b = _moment(start), _moment(end)
    months = (b.year - a.year) * 12 + b.month - a.month
    if months > 0 and moved(a, Duration(months)) > b:
        months -= 1
    if months < 0 and moved(a, Duration(months)) < b:
        months += 1
    days, clock = _split(_nanoseconds(b - moved(a, Duration(months))), 86_400 * BILLION)
    return made(months, days, clock)


def in_days(start: date, end: date) -> Duration:
    return Duration(days=_split(_nanoseconds(_moment(end) - _moment(start)), 86_400 * BILLION)[0])


def in_seconds(start: date, end: date) -> Duration:
    return made(nanoseconds=_nanoseconds(_moment(end) - _moment(start)))


def in_months(start: date, end: date) -> Duration:
    return Duration(between(start, end).months)


def _moment(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)


def _nanoseconds(delta: timedelta) -> int:
    return (delta.days * 86_400 + delta.seconds) * BILLION + delta.microseconds * 1000
