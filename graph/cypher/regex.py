"""Regular expressions as Java reads them, which Neo4j does -> Python's, where both surely mean the same."""

import re
from functools import lru_cache
from typing import Any

from graph.cypher.value import Elsewhere, Mistake

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover
    _parser = None

_SAME = set("dDwWsSbBtnrfu0123456789") | set(r"\.^$|?*+()[]{}-/&~#!'\"<>=:;,@% _")
# Unicode 15's script Han, which is Java 21's
_HAN = "\u2e80-\u2e99\u2e9b-\u2ef3\u2f00-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff"
_HAN += "\uf900-\ufa6d\ufa70-\ufad9\U00016fe2-\U00016fe3\U00016ff0-\U00016ff1\U00020000-\U0002a6df"
_HAN += "\U0002a700-\U0002b739\U0002b740-\U0002b81d\U0002b820-\U0002cea1\U0002ceb0-\U0002ebe0"
_HAN += "\U0002f800-\U0002fa1d\U00030000-\U0003134a\U00031350-\U000323af"
_CLASSES = {"IsHan": _HAN, "script=Han": _HAN, "Alpha": "A-Za-z", "Digit": "0-9", "Alnum": "0-9A-Za-z"}
_CLASSES |= {"Upper": "A-Z", "Lower": "a-z", "ASCII": "\\x00-\\x7f"}
_CLASS = re.compile(r"\\p\{([\w=]+)\}")
_ANY = "[^\\n\\r\\x85\\u2028\\u2029]"


@lru_cache(maxsize=256)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern for `fullmatch`.

    Raises:
        Mistake: it is none, is not read alike by both, or could take for ever.
    """
    flags, text = _flags(pattern)
    try:
        found = re.compile(_translated(text, bool(flags & re.DOTALL)), flags | re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise Mistake(f"invalid regex {pattern!r}: {error}") from None
    _check_effort(found)
    return found


def _flags(pattern: str) -> tuple[int, str]:
    """The flags that a pattern begins with, and the rest."""
    match = re.match(r"\(\?([a-zA-Z]+)\)", pattern)
    if not match:
        return 0, pattern
    known = {"i": re.IGNORECASE, "s": re.DOTALL}
    if not set(match[1]) <= known.keys():
        raise Elsewhere(f"the regex flags {match[0]}")
    flags = 0
    for letter in match[1]:
        flags |= known[letter]
    return flags, pattern[match.end() :]


def _translated(text: str, dot_all: bool) -> str:
    found, at, in_class = [], 0, False
    while at < len(text):
        char, pair = text[at], text[at : at + 2]
        if (match := _CLASS.match(text, at)) and match[1] in _CLASSES:
            members = _CLASSES[match[1]]
            found.append(members if in_class else f"[{members}]")
            at = match.end()
            continue
        if char == "\\":
            found.append(_escape(pair))
            at += 2
            continue
        _check_construct(text, at, in_class)
        if char == "[":
            in_class = True
            found.append(char)
            if text[at + 1 : at + 2] == "^":
                found.append("^")
                at += 1
        elif char == "]":
            in_class = False
            found.append(char)
        else:
            found.append(_ANY if char == "." and not in_class and not dot_all else char)
        at += 1
    return "".join(found)


def _escape(pair: str) -> str:
    if len(pair) < 2:
        raise Mistake("invalid regex: it ends with a backslash")
    if pair[1] not in _SAME:
        raise Elsewhere(f"the regex escape {pair}")
    return pair


def _check_construct(text: str, at: int, in_class: bool) -> None:
    rest = text[at:]
    if in_class and (rest.startswith(("[", "&&"))):
        raise Elsewhere("sets within a set of a regex")
    if not in_class and rest.startswith(("[]", "[^]")):
        raise Elsewhere("a regex set that begins with ]")
    if not in_class and rest.startswith("(?") and not rest.startswith(("(?:", "(?=", "(?!", "(?<=", "(?<!")):
        raise Elsewhere(f"the regex construct {rest[:3]}")
    if not in_class and rest.startswith("{") and not re.match(r"\{\d+(,\d*)?\}", rest):
        raise Mistake("invalid regex: a { that begins no count")


def _check_effort(pattern: re.Pattern[str]) -> None:
    """Refuse repetition within repetition: nothing stops Python while it tries all ways to share a text among them."""
    if _parser and _nested(_parser.parse(pattern.pattern, pattern.flags & ~re.ASCII).data, False):
        raise Elsewhere(f"the regex {pattern.pattern!r}, which repeats what repeats itself and may take for ever,")


def _nested(parts: Any, repeated: bool) -> bool:
    if isinstance(parts, tuple) and len(parts) == 2 and str(parts[0]) in ("MAX_REPEAT", "MIN_REPEAT"):
        _, high, inner = parts[1]
        many = int(high) > 20
        return (repeated and many) or _nested(inner, repeated or many)
    if isinstance(parts, tuple | list) or hasattr(parts, "data"):
        return any(_nested(part, repeated) for part in getattr(parts, "data", parts))
    return False
