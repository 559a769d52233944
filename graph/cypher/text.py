"""Cypher's functions on texts, and how values become texts and back."""

import math
import re
from collections.abc import Callable
from datetime import date, time

from graph.cypher import temporal
from graph.cypher.duration import Duration
from graph.cypher.value import Elsewhere, Mistake, Value, kind_name

# what Java's Character.isWhitespace knows; Python's strip() takes more
_SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f \u1680\u2028\u2029\u205f\u3000"
_SPACES += "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2008\u2009\u200a"
_CONTROLS = "".join(map(chr, range(33)))  # what Java's numbers may have around them
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?)", re.ASCII)


def written(value: Value) -> str:
    """toString: a number, truth value, date or text as text."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, date | time | Duration):
        return temporal.text(value)
    raise Mistake(f"toString of a {kind_name(value)}")


def _float(value: float) -> str:
    """As Java writes it: `1.0E10` from ten millions on, `1.0E-4` below a thousandth."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return _plain(value)
    digits, exponent = f"{value!r}e0".lower().split("e")[:2]
    if "e" not in repr(value):
        exponent = str(math.floor(math.log10(abs(value))))
    significant = repr(value).lower().split("e")[0].lstrip("-").replace(".", "").lstrip("0").rstrip("0") or "0"
    sign = "-" if digits.startswith("-") else ""
    return f"{sign}{significant[0]}.{significant[1:] or '0'}E{int(exponent)}"


def _plain(value: float) -> str:
    found = repr(value)
    return found if "e" not in found else f"{value:.20f}".rstrip("0")


def to_integer(value: Value) -> int | None:
    """toInteger: None for a text that is no number."""
    if isinstance(value, bool | int):
        return int(value)
    if isinstance(value, float):
        return _within(value)
    if not isinstance(value, str):
        raise Mistake(f"toInteger of a {kind_name(value)}")
    if re.fullmatch(r"[+-]?\d+", value, re.ASCII):
        return _within(int(value))
    return _within(float(value)) if _NUMBER.fullmatch(value) else None


def _within(value: float) -> int:
    """Without its fraction."""
    if not -(2**63) <= value < 2**63:
        raise Elsewhere(f"an integer from {value}")
    return int(value)


def to_float(value: Value) -> float | None:
    """toFloat: None for a text that is no number."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        raise Mistake(f"toFloat of a {kind_name(value)}")
    found = value.strip(_CONTROLS)
    if found.lstrip("+-") in ("NaN", "Infinity"):
        return float(found)
    found = found[:-1] if found[-1:] in ("f", "F", "d", "D") else found
    return float(found) if _NUMBER.fullmatch(found) else None


def to_boolean(value: Value) -> bool | None:
    """toBoolean: None for a text that is neither."""
    if isinstance(value, bool | int):
        return bool(value)
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip(_SPACES).lower())
    raise Mistake(f"toBoolean of a {kind_name(value)}")


def or_null(convert: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """The same, None for what cannot be converted."""

    def converted(value: Value) -> Value:
        try:
            return convert(value)
        except Elsewhere:
            raise
        except Mistake:
            return None

    return converted


def each(convert: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """The same for every member of a list."""
    lenient = or_null(convert)
    return lambda values: [None if value is None else lenient(value) for value in values]


def substring(text: str, start: int, length: int | None = None) -> str:
    if not 0 <= start < 2**31 or (length is not None and not 0 <= length < 2**31):
        raise Mistake("substring with a start or length that is negative or beyond 32 bits")
    return text[start:] if length is None else text[start : start + length]


def left(text: str, length: int) -> str:
    if length < 0:
        raise Mistake("left with a negative length")
    return text[:length]


def right(text: str, length: int) -> str:
    if length < 0:
        raise Mistake("right with a negative length")
    return text[max(0, len(text) - length) :]


def split(text: str, delimiter: str) -> list[str]:
    if not delimiter:
        if any(char > "\uffff" for char in text):
            raise Elsewhere("split by an empty text, of characters beyond 16 bits,")
        return list(text) or [""]
    return text.split(delimiter)


def replace(text: str, search: str, other: str) -> str:
    return text.replace(search, other)


def trim(text: str) -> str:
    return text.strip(_SPACES)


def btrim(text: str, what: str | None = None) -> str:
    return text.strip(_SPACES) if what is None else text.strip(_one(what))


def ltrim(text: str, what: str | None = None) -> str:
    return text.lstrip(_SPACES) if what is None else text.lstrip(_one(what))


def rtrim(text: str, what: str | None = None) -> str:
    return text.rstrip(_SPACES) if what is None else text.rstrip(_one(what))


def _one(what: str) -> str:
    if len(what) != 1:
        raise Elsewhere("trimming more than one character")
    return what
