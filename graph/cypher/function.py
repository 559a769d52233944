"""Cypher's functions: what each takes and gives, for the gate; what it computes, for the engine."""

import math
import random
import time as clock
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from functools import partial
from typing import Any

from graph.cypher import temporal, text, types
from graph.cypher.duration import Duration
from graph.cypher.duration import total as together
from graph.cypher.value import Elsewhere, Mistake, Node, Path, Relationship, Value, equal, kind_name

# the types of values, by which arguments are checked
KINDS: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float,),
    "bool": (bool,),
    "str": (str,),
    "list": (list,),
    "map": (dict,),
    "node": (Node,),
    "rel": (Relationship,),
    "path": (Path,),
    "temporal": (date, time),
    "duration": (Duration,),
}
_NUMBER = "int float"
_SCALAR = "int float bool str"


@dataclass(frozen=True, slots=True)
class Signature:
    """A function; `takes` has the kinds of each argument (empty for any), the last for all that follow."""

    call: Callable[..., Value]
    low: int
    high: int
    takes: tuple[frozenset[str], ...]
    gives: str
    strict: bool
    """Whether one null makes the result null."""


FUNCTIONS: dict[str, Signature] = {}


def _function(
    names: str, call: Callable[..., Value], takes: str, gives: str, *, least: int | None = None, strict: bool = True
) -> None:
    """Register a function: `takes` has the kinds of an argument separated by spaces, the arguments by commas."""
    arguments = [frozenset(part.split()) for part in takes.split(",")] if takes else []
    low = len(arguments) if least is None else least
    for name in names.split():
        FUNCTIONS[name.lower()] = Signature(call, low, len(arguments), tuple(arguments), gives, strict)


def checked(signature: Signature, name: str, values: Sequence[Value]) -> None:
    """Refuse arguments of types that a function does not take.

    Raises:
        Mistake: says which.
    """
    for value, kinds in zip(values, signature.takes, strict=False):
        if value is not None and kinds and kind_of(value) not in kinds:
            wanted = " or ".join(sorted(kinds))
            raise Mistake(f"{name} of a {kind_name(value)}, where {wanted} was expected")


def kind_of(value: Value) -> str:
    """The kind of a value, `any` for null."""
    kind = type(value)
    return next(
        (name for name, types in KINDS.items() if kind in types), "temporal" if isinstance(value, date) else "any"
    )


# lists


def _coalesce(*values: Value) -> Value:
    return next((value for value in values if value is not None), None)


def _size(value: str | list[Value]) -> int:
    return len(value)


def _range(first: int | None, last: int | None, step: int | None = 1) -> list[int]:
    if first is None or last is None or step is None:
        raise Mistake("range with a bound or step that is null")
    if not step:
        raise Mistake("range with a step of zero")
    if not -(2**63) <= last - first < 2**63:
        raise Elsewhere("a range between bounds that lie farther apart than an integer can tell")
    found = range(first, last + (1 if step > 0 else -1), step)
    if len(found) > 5_000_000:
        raise Elsewhere(f"a range of {len(found)} numbers")
    return list(found)


def _head(items: list[Value]) -> Value:
    return items[0] if items else None


def _last(items: list[Value]) -> Value:
    return items[-1] if items else None


def _tail(items: list[Value]) -> list[Value]:
    return items[1:]


def _reverse(value: str | list[Value]) -> Value:
    return value[::-1]


def _is_empty(value: str | list[Value] | dict[str, Value]) -> bool:
    return not value


# elements


def _keys(value: Node | Relationship | dict[str, Value]) -> list[str]:
    return list(value if isinstance(value, dict) else value.properties)


def _properties(value: Node | Relationship | dict[str, Value]) -> dict[str, Value]:
    return dict(value if isinstance(value, dict) else value.properties)


# numbers


def _absolute(value: float) -> float:
    if value == -(2**63):
        raise Mistake("long overflow")
    return abs(value)


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _whole(rounded: Callable[[float], int]) -> Callable[[float], float]:
    """As a float, with the sign of the zero and whatever is not finite kept."""
    return lambda value: math.copysign(float(rounded(value)), value) if math.isfinite(value) else float(value)


def _half_up(value: float) -> int:
    """Ties towards positive infinity."""
    below = math.floor(value)
    return below + (value - below >= 0.5)


_MODES = {
    "UP": ROUND_UP,
    "DOWN": ROUND_DOWN,
    "CEILING": ROUND_CEILING,
    "FLOOR": ROUND_FLOOR,
    "HALF_UP": ROUND_HALF_UP,
    "HALF_DOWN": ROUND_HALF_DOWN,
    "HALF_EVEN": ROUND_HALF_EVEN,
}


def _round(value: float, precision: int = 0, mode: str = "") -> float:
    if precision >= 2**31:
        raise Mistake(f"round to {precision} digits")
    if not math.isfinite(value):
        return float(value)
    if abs(value) >= 2**63 or precision > 15:
        raise Elsewhere(f"round of {value!r} to {precision} digits")
    if not precision and not mode:
        return float(_half_up(value))
    if precision < 0 or mode.upper() not in {*_MODES, ""}:
        raise Mistake(f"round with precision {precision} and mode {mode!r}")
    if not precision and mode.upper() == "HALF_UP":
        raise Elsewhere("round with precision 0 and mode HALF_UP")
    exact = Decimal(repr(float(value)))
    return float(exact.quantize(Decimal(1).scaleb(-precision), rounding=_MODES[mode.upper() or "HALF_UP"]))


def _real(function: Callable[..., float]) -> Callable[..., float]:
    """NaN where the mathematics have no answer."""

    def computed(*values: float) -> float:
        try:
            return float(function(*map(float, values)))
        except ValueError:
            return math.nan
        except OverflowError:
            return math.inf

    return computed


def _log(value: float) -> float:
    return -math.inf if value == 0 else math.log(value)


def _log10(value: float) -> float:
    return -math.inf if value == 0 else math.log10(value)


def _null_if(value: Value, other: Value) -> Value:
    return None if equal(value, other) else value


def _register() -> None:
    _function("coalesce", _coalesce, ",".join([""] * 50)[:-1], "any", least=1, strict=False)
    _function("size", _size, "str list", "int")
    _function("char_length character_length", len, "str", "int")
    _function("length", len, "path", "int")
    _function("range", _range, "int,int,int", "list", least=2, strict=False)
    _function("head", _head, "list", "any")
    _function("last", _last, "list", "any")
    _function("tail", _tail, "list", "list")
    _function("reverse", _reverse, "str list", "any")
    _function("isEmpty", _is_empty, "str list map", "bool")
    _function("valueType", types.name_of, " ", "str", strict=False)
    _function("nullIf", _null_if, " , ", "any", strict=False)
    _function("labels", lambda node: list(node.labels), "node", "list")
    _function("type", lambda rel: rel.type, "rel", "str")
    _function("keys", _keys, "node rel map", "list")
    _function("properties", _properties, "node rel map", "map")
    _function("startNode", lambda rel: rel.start, "rel", "node")
    _function("endNode", lambda rel: rel.end, "rel", "node")
    _function("nodes", lambda path: list(path.nodes), "path", "list")
    _function("relationships", lambda path: list(path.relationships), "path", "list")
    _numbers()
    _texts()
    _dates()


def _numbers() -> None:
    _function("abs", _absolute, _NUMBER, "number")
    _function("sign", _sign, _NUMBER, "int")
    _function("ceil", _whole(math.ceil), _NUMBER, "float")
    _function("floor", _whole(math.floor), _NUMBER, "float")
    _function("round", _round, f"{_NUMBER},int,str", "float", least=1)
    _function("isNaN", math.isnan, _NUMBER, "bool")
    _function("log", _real(_log), _NUMBER, "float")
    _function("log10", _real(_log10), _NUMBER, "float")
    _function("cot", _real(lambda value: 1 / math.tan(value) if value else math.inf), _NUMBER, "float")
    _function("haversin", _real(lambda value: (1 - math.cos(value)) / 2), _NUMBER, "float")
    _function("rand", random.random, "", "float")
    _function("pi", lambda: math.pi, "", "float")
    _function("e", lambda: math.e, "", "float")
    _function("atan2", _real(math.atan2), f"{_NUMBER},{_NUMBER}", "float")
    for name in ["exp", "sqrt", "sin", "cos", "tan", "asin", "acos", "atan", "degrees", "radians"]:
        _function(name, _real(getattr(math, name)), _NUMBER, "float")


def _texts() -> None:
    _function("toLower lower", str.lower, "str", "str")
    _function("toUpper upper", str.upper, "str", "str")
    _function("trim", text.trim, "str", "str")
    _function("btrim", text.btrim, "str,str", "str", least=1)
    _function("ltrim", text.ltrim, "str,str", "str", least=1)
    _function("rtrim", text.rtrim, "str,str", "str", least=1)
    _function("substring", text.substring, "str,int,int", "str", least=2)
    _function("left", text.left, "str,int", "str")
    _function("right", text.right, "str,int", "str")
    _function("replace", text.replace, "str,str,str", "str")
    _function("split", text.split, "str,str", "list")
    _function("randomUUID", lambda: str(uuid.uuid4()), "", "str")
    _function("toString", text.written, f"{_SCALAR} temporal duration", "str")
    _function("toInteger", text.to_integer, _SCALAR, "int")
    _function("toFloat", text.to_float, f"{_NUMBER} str", "float")
    _function("toBoolean", text.to_boolean, "bool str int", "bool")
    conversions: dict[str, Callable[[Value], Value]] = {
        "toString": text.written,
        "toInteger": text.to_integer,
        "toFloat": text.to_float,
        "toBoolean": text.to_boolean,
    }
    for name, convert in conversions.items():
        _function(f"{name}OrNull", text.or_null(convert), " ", "any")
        _function(f"{name}List", text.each(convert), "list", "list")


def _dates() -> None:
    moment = "str map temporal"
    _function("date", temporal.date_of, moment, "temporal", least=0)
    _function("datetime", temporal.datetime_of, moment, "temporal", least=0)
    _function("localdatetime", temporal.localdatetime_of, moment, "temporal", least=0)
    _function("duration", temporal.duration_of, "str map", "duration")
    _function("duration.between", temporal.between, "temporal,temporal", "duration")
    _function("duration.inDays", temporal.in_days, "temporal,temporal", "duration")
    _function("duration.inMonths", temporal.in_months, "temporal,temporal", "duration")
    _function("duration.inSeconds", temporal.in_seconds, "temporal,temporal", "duration")
    _function("date.truncate", temporal.truncated, "str,temporal", "temporal", strict=False)
    _function("datetime.truncate", temporal.truncated_moment, "str,temporal", "temporal", strict=False)
    _function("localdatetime.truncate", temporal.truncated_local, "str,temporal", "temporal", strict=False)
    _function("timestamp", lambda: int(clock.time() * 1000), "", "int")
    for name, now in {
        "date": temporal.date_of,
        "datetime": temporal.datetime_of,
        "localdatetime": temporal.localdatetime_of,
    }.items():
        for when in ("transaction", "statement", "realtime"):
            _function(f"{name}.{when}", now, "", "temporal")


_register()


# aggregates


def _sum(values: Iterable[Value]) -> Value:
    found: Any = None
    for value in values:
        if found is None:
            found = value if type(value) is Duration else total(0, value)
        elif type(found) is Duration and type(value) is Duration:
            found = together(found, value)
        else:
            found = total(found, value)
    return 0 if found is None else found


def total(a: Value, b: Value) -> Value:
    """The sum of two numbers.

    Raises:
        Mistake: they are none, or the sum of integers does not fit into 64 bits.
    """
    for value in (a, b):
        if type(value) not in (int, float):
            raise Mistake(f"a sum of a {kind_name(value)}")
    found = a + b
    if type(found) is int and not -(2**63) <= found < 2**63:
        raise Mistake("long overflow")
    return found


def _average(values: Sequence[Value]) -> float | None:
    """The mean, by way of running means, whose roundings are a server's too."""
    found = 0.0
    for count, value in enumerate(values, 1):
        if type(value) not in (int, float):
            raise Mistake(f"an average of a {kind_name(value)}")
        found += (value - found) / count
    return found if values else None


def _deviation(values: Sequence[Value], less: int) -> float:
    for value in values:
        total(0, value)
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - less))


def percentile(values: Sequence[Value], share: Value, *, continuous: bool) -> Value:
    """The value below which that share of the values lies."""
    if not values:
        return None
    if type(share) not in (int, float) or not 0 <= share <= 1:
        raise Mistake(f"a percentile of {share!r}, where a number from 0 to 1 was expected")
    for value in values:
        total(0, value)
    found = sorted(values)
    if not continuous:
        at = share * len(found)
        return found[max(0, math.ceil(at) - 1)]
    at = share * (len(found) - 1)
    low, high = math.floor(at), math.ceil(at)
    if low == high:
        return found[low]
    return found[low] * (high - at) + found[high] * (at - low)


AGGREGATES: dict[str, Callable[[Sequence[Value]], Value]] = {
    "count": len,
    "collect": list,
    "sum": _sum,
    "avg": _average,
    "stdev": partial(_deviation, less=1),
    "stdevp": partial(_deviation, less=0),
}
"""From the values that are not null; min, max and the percentiles apart."""
