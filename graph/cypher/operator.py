"""Cypher's operators on values: arithmetic in 64 bits, logic with three values."""

import math
from collections.abc import Callable
from datetime import date, datetime, time

from graph.cypher import duration, regex, temporal
from graph.cypher.duration import Duration
from graph.cypher.text import written
from graph.cypher.value import (
    Elsewhere,
    Mistake,
    Node,
    Relationship,
    Value,
    contains,
    equal,
    is_number,
    kind_name,
    less,
)


def truth(value: Value) -> bool | None:
    """A value as a condition.

    Raises:
        Mistake: it is no truth value.
    """
    if value is True or value is False or value is None:
        return value
    raise Mistake(f"expected a Boolean, but was a {kind_name(value)}")


def negated(value: Value) -> bool | None:
    found = truth(value)
    return None if found is None else not found


def differing(a: Value, b: Value) -> bool | None:
    """XOR."""
    one, other = truth(a), truth(b)
    return None if one is None or other is None else one is not other


def unequal(a: Value, b: Value) -> bool | None:
    found = equal(a, b)
    return None if found is None else not found


COMPARISONS: dict[str, Callable[[Value, Value], bool | None]] = {
    "=": equal,
    "<>": unequal,
    "<": less,
    "<=": lambda a, b: less(a, b, also=True),
    ">": lambda a, b: less(b, a),
    ">=": lambda a, b: less(b, a, also=True),
}


def _fitting(value: float) -> float:
    if type(value) is int and not -(2**63) <= value < 2**63:
        raise Mistake("long overflow")
    return value


def _wrong(a: Value, word: str, b: Value) -> Mistake:
    return Mistake(f"cannot {word} a {kind_name(a)} and a {kind_name(b)}")


def add(a: Value, b: Value) -> Value:
    if a is None or b is None:
        return None
    if is_number(a) and is_number(b):
        return _fitting(a + b)
    if isinstance(a, list):
        return a + (b if isinstance(b, list) else [b])
    if isinstance(b, list):
        return [a, *b]
    if isinstance(a, str) or isinstance(b, str):
        return _joined(a, b)
    return _later(a, b)


def _joined(a: Value, b: Value) -> str:
    if not all(isinstance(value, str) or is_number(value) for value in (a, b)):
        raise _wrong(a, "add", b)
    return written(a) + written(b)


def _later(a: Value, b: Value) -> Value:
    if isinstance(a, Duration) and isinstance(b, Duration):
        return duration.total(a, b)
    if isinstance(a, Duration):
        a, b = b, a
    if isinstance(a, date) and isinstance(b, Duration):
        try:
            return duration.moved(a, b)
        except (ValueError, OverflowError) as error:
            raise Mistake(str(error)) from None
    raise _wrong(a, "add", b)


def joined(a: Value, b: Value) -> Value:
    """The operator `||`, of two texts or two lists."""
    if a is None or b is None:
        return None
    if type(a) is not type(b) or not isinstance(a, str | list):
        raise _wrong(a, "join", b)
    return a + b


def subtract(a: Value, b: Value) -> Value:
    if a is None or b is None:
        return None
    if is_number(a) and is_number(b):
        return _fitting(a - b)
    if isinstance(b, Duration) and isinstance(a, date | Duration):
        return _later(a, -b)
    raise _wrong(a, "subtract", b)


def multiply(a: Value, b: Value) -> Value:
    if a is None or b is None:
        return None
    if is_number(a) and is_number(b):
        return _fitting(a * b)
    if isinstance(a, Duration) and type(b) is int:
        return duration.scaled(a, b)
    if isinstance(b, Duration) and type(a) is int:
        return duration.scaled(b, a)
    raise _wrong(a, "multiply", b)


def divide(a: Value, b: Value) -> Value:
    """Integers give an integer, cut towards zero."""
    if type(b) is int and b == 0:
        if type(a) is float:
            raise Elsewhere("a float divided by the integer 0 (write 0.0 for infinity)")
        raise Mistake("/ by zero")
    if a is None or b is None:
        return None
    if not is_number(a) or not is_number(b):
        raise _wrong(a, "divide", b)
    if type(a) is int and type(b) is int:
        return _fitting(abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1))
    if b == 0:
        return math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a) * math.copysign(1, b)
    return a / b


def modulo(a: Value, b: Value) -> Value:
    """The rest, with the sign of the dividend."""
    if a is None or b is None:
        return None
    if not is_number(a) or not is_number(b):
        raise _wrong(a, "take the rest of", b)
    if type(a) is int and type(b) is int:
        if b == 0:
            raise Mistake("/ by zero")
        rest = abs(a) % abs(b)
        return -rest if a < 0 else rest
    return math.nan if b == 0 or math.isinf(a) else math.fmod(a, b)


def power(a: Value, b: Value) -> Value:
    if a is None or b is None:
        return None
    if not is_number(a) or not is_number(b):
        raise _wrong(a, "raise to a power", b)
    try:
        found = float(a) ** float(b)
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return math.inf if a > 0 or float(b) % 2 == 0 else -math.inf
    return math.nan if isinstance(found, complex) else found


def minus(value: Value) -> Value:
    if value is None:
        return None
    if not is_number(value):
        raise Mistake(f"cannot negate a {kind_name(value)}")
    return _fitting(-value)


def plus(value: Value) -> Value:
    if value is not None and not is_number(value):
        raise Mistake(f"cannot take a {kind_name(value)} for a number")
    return value


def _of_texts(test: Callable[[str, str], bool]) -> Callable[[Value, Value], bool | None]:
    """A test that gives null for anything but texts."""
    return lambda a, b: test(a, b) if isinstance(a, str) and isinstance(b, str) else None


def matches(a: Value, b: Value) -> bool | None:
    """The operator `=~`: the whole text meets a regular expression."""
    if b is not None and not isinstance(b, str):
        raise Mistake(f"a regex that is a {kind_name(b)}")
    if not isinstance(a, str) or b is None:
        return None
    return regex.compiled(b).fullmatch(a) is not None


def within(value: Value, items: Value) -> bool | None:
    """The operator IN."""
    if items is None:
        return None
    if not isinstance(items, list):
        raise Mistake(f"IN a {kind_name(items)}, where a List was expected")
    return contains(items, value)


BINARY: dict[str, Callable[[Value, Value], Value]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "%": modulo,
    "^": power,
    "||": joined,
    "XOR": differing,
    "STARTS": _of_texts(str.startswith),
    "ENDS": _of_texts(str.endswith),
    "CONTAINS": _of_texts(lambda a, b: b in a),
    "=~": matches,
    "IN": within,
}
UNARY: dict[str, Callable[[Value], Value]] = {"NOT": negated, "-": minus, "+": plus}


def property_of(value: Value, name: str) -> Value:
    if type(value) is Node or type(value) is Relationship:
        return value.properties.get(name)
    if value is None:
        return None
    if type(value) is dict:
        return value.get(name)
    if isinstance(value, date | datetime | time | Duration):
        return temporal.component(value, name)
    raise Mistake(f"a {kind_name(value)} has no properties")


def member(value: Value, key: Value) -> Value:
    """`value[key]`."""
    if value is None or key is None:
        return None
    if isinstance(value, list):
        if type(key) is not int:
            raise Mistake(f"a list has no member {kind_name(key)}; an Integer was expected")
        return value[key] if -len(value) <= key < len(value) else None
    if isinstance(value, dict | Node | Relationship) and isinstance(key, str):
        return property_of(value, key)
    raise Mistake(f"a {kind_name(value)} has no members by {kind_name(key)}")


def cut(value: Value, low: Value, high: Value) -> Value:
    """`value[low..high]`."""
    if not isinstance(value, list):
        raise Mistake(f"a {kind_name(value)} cannot be cut; a List was expected")
    for bound in (low, high):
        if type(bound) is not int:
            raise Mistake(f"a bound that is a {kind_name(bound)}; an Integer was expected")
    return value[low:high]
