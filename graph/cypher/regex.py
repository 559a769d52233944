"""Regular expressions as Java reads them, which Neo4j does -> Python's, where both surely mean the same."""

import re
from functools import lru_cache

from graph.cypher.value import Mistake

try:
    from re import _parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover
    _parser = None

_SAME = set("dDwWsSbBtnrf0123456789") | set(r"\.^$|?*+()[]{}-/&~#!'\"<>=:;,@% _")
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
        raise Mistake(f"the regex flags {match[0]} are not answered by the embedded store")
    flags = 0
    for letter in match[1]:
        flags |= known[letter]
    return flags, pattern[match.end() :]


def _translated(text: str, dot_all: bool) -> str:
    found, at, in_class = [], 0, False
    while at < len(text):
        char, pair = text[at], text[at : at + 2]
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
        raise Mistake(f"the regex escape {pair} is not answered by the embedded store")
    return pair


def _check_construct(text: str, at: int, in_class: bool) -> None:
    rest = text[at:]
    if in_class and (rest.startswith(("[", "&&"))):
        raise Mistake("sets within a set of a regex are not answered by the embedded store")
    if not in_class and rest.startswith(("[]", "[^]")):
        raise Mistake("a regex set that begins with ] is not answered by the embedded store")
    if not in_class and rest.startswith("(?") and not rest.startswith(("(?:", "(?=", "(?!", "(?<=", "(?<!")):
        raise Mistake(f"the regex construct {rest[:3]} is not answered by the embedded store")
    if not in_class and rest.startswith("{") and not re.match(r"\{\d+(,\d*)?\}", rest):
        raise Mistake("invalid regex: a { that begins no count")


def _check_effort(pattern: re.Pattern[str]) -> None:
    """Refuse repetition within repetition: nothing can stop Python while it tries all ways to share a text between them."""
    if _parser and _nested(_parser.parse(pattern.pattern, pattern.flags & ~re.ASCII).data, False):
        raise Mistake(f"the regex {pattern.pattern!r} repeats what repeats itself and may take for ever")


def _nested(parts: object, repeated: bool) -> bool:
    if isinstance(parts, tuple) and len(parts) == 2 and str(parts[0]) in ("MAX_REPEAT", "MIN_REPEAT"):
        _, high, inner = parts[1]
        many = int(high) > 20
        return (repeated and many) or _nested(inner, repeated or many)
    if isinstance(parts, tuple | list) or hasattr(parts, "data"):
        return any(_nested(part, repeated) for part in getattr(parts, "data", parts))
    return False
