"""Dates at the precision a text supports: a year, a month or a day, compared as intervals of days."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """`2022`, `2024-06` or `2024-08-26`: the interval from `first` to `last` day.

    Two are equal when they are the same interval; `a < b` says that all of `a` lies before all of `b`, so of two that
    overlap neither is less.

    Example:
        >>> PartialDate.parse("2022").last
        datetime.date(2022, 12, 31)
        >>> PartialDate.parse("2022") < PartialDate.parse("2023-01")
        True
        >>> PartialDate.parse("2022").overlaps(PartialDate.parse("2022-05-01"))
        True
    """

    text: str
    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ISO 8601 at any precision.

        Raises:
            ValueError: it is no such date, or a day that does not exist.
        """
        match = _ISO.fullmatch(text) if text.isascii() else None
        if not match:
            raise ValueError(f"{text!r} is no date like 2024, 2024-06 or 2024-06-30")
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        try:
            first = date(year, 1 if month is None else month, 1 if day is None else day)
        except ValueError as error:
            raise ValueError(f"{text!r} is no date: {error}") from None
        last_month = month or 12
        return cls(text, first, date(year, last_month, day or monthrange(year, last_month)[1]))

    def __str__(self) -> str:
        return self.text

    def __lt__(self, other: Self) -> bool:
        return self.last < other.first

    def __gt__(self, other: Self) -> bool:
        return other < self

    def overlaps(self, other: Self) -> bool:
        """Whether some day lies in both."""
        return not (self < other or other < self)

    def contains(self, other: Self) -> bool:
        """Whether every day of the other lies in this one."""
        return self.first <= other.first and other.last <= self.last

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(
            cls._validate, serialization=core_schema.to_string_ser_schema(when_used="unless-none")
        )

    @classmethod
    def _validate(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        try:
            return cls.parse(value if isinstance(value, str) else repr(value))
        except ValueError as error:
            raise PydanticCustomError("bad_date", "{why}", {"why": str(error)}) from None
