"""Named queries: questions kept as `.cypher` files, each with a header that is checked, run on any store.

The header is the file's first comment:

    // What it answers, in a sentence or two.
    //
    // group   name
    // param   name   type[=default]   what it is
    // also    as_of known_by undated denied
    // return  name   type             what it is
    // example name=value name='a value'

Types are string, integer, number, boolean, list, date (a year, a month or a day) and name (of an entity). A parameter
without a default must be given; `=` alone is the empty text. One called `limit` says how many rows come out at most,
and the query ends with `LIMIT $limit`. `also` names parameters that mean the same in every query (`SHARED`); each query
has those of time, and each of its claims meets the condition `passing`.
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from graph import lookup
from graph.errors import NotFound, QueryError
from graph.partial_date import PartialDate
from graph.store import Rows, Store


class Field(NamedTuple):
    """A parameter or a column."""

    name: str
    type: str
    about: str
    default: Any = None
    required: bool = False


SHARED = {
    field.name: field
    for field in (
        Field("as_of", "date", "only what happened by then and had not ended; all without it", ""),
        Field("known_by", "date", "only what was published by then; all without it", ""),
        Field("undated", "boolean", "whether claims that tell no date, or were published without one, count", True),
        Field("denied", "boolean", "also facts that every claim that counts denies", False),
    )
}
"""Parameters that mean the same in every query that has them."""
TIME = ("as_of", "known_by", "undated")

GROUPS = ("sanctions", "supply", "capital", "competition", "people and markets", "facts", "certainty", "sources")


@dataclass(frozen=True)
class Query:
    """A named query: what it answers, what it takes, what it returns, its Cypher."""

    name: str
    purpose: str
    group: str
    params: tuple[Field, ...]
    columns: tuple[Field, ...]
    examples: tuple[str, ...]
    text: str

    def bind(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """All parameters, defaults filled in, text turned into the type that is wanted.

        Raises:
            QueryError: one is missing, unknown or of another type.
        """
        known = {field.name: field for field in self.params}
        if extra := given.keys() - known.keys():
            raise QueryError(
                f"query {self.name} has no parameter {', '.join(sorted(extra))}; known: {', '.join(known)}"
            )
        for field in self.params:
            if field.required and field.name not in given:
                raise QueryError(f"query {self.name} needs parameter {field.name} ({field.type}): {field.about}")
        bound = {name: _typed(self.name, known[name], given.get(name, known[name].default)) for name in known}
        if bound.get("limit", 0) < 0:
            raise QueryError(f"query {self.name}: parameter limit is {bound['limit']}, not 0 or more")
        return bound

    def rows(self, store: Store, bound: Mapping[str, Any], *, limit: int = 10_000, timeout: float = 60.0) -> Rows:
        """The rows for such parameters, at most `limit`. `Rows.cut` tells when either limit left some out.

        Names are looked up only where nothing was found: by their aliases then.

        Raises:
            NotFound: a name is unknown, or an alias of several; the message offers what comes near.
        """
        found = self._ask(store, bound, limit, timeout)
        if found.rows or found.cut:
            return found
        named = {field.name: bound[field.name] for field in self.params if field.type == "name" and bound[field.name]}
        meant = {name: lookup.entity(store, value).name for name, value in named.items()}
        return found if meant == named else self._ask(store, {**bound, **meant}, limit, timeout)

    def _ask(self, store: Store, bound: Mapping[str, Any], limit: int, timeout: float) -> Rows:
        wanted = min(bound.get("limit", limit), limit)
        more = {"limit": wanted + 1} if "limit" in bound else {}
        found = store.query(self.text, {**bound, **more}, limit=limit, timeout=timeout)
        return Rows(found.columns, found.rows[:wanted], found.cut or len(found.rows) > wanted)

    def example(self, number: int = 0) -> dict[str, Any]:
        """The parameters of an example, ready for `rows`."""
        pairs = (pair.partition("=") for pair in shlex.split(self.examples[number]))
        return self.bind({name: value for name, _, value in pairs})


_LINE = re.compile(r"//\s*(param|return)\s+(\w+)\s+([a-z]+)(=\S*)?\s*(.*)|//\s*(group|also|example)\b\s*(.*)")
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
    "date": (str,),
    "name": (str,),
}
_PLAIN = ("string", "date", "name")
"""Types whose values are text: never read as JSON."""


def names() -> list[str]:
    """The names of all queries, sorted."""
    return sorted(
        path.name.removesuffix(".cypher") for path in files(__name__).iterdir() if path.name.endswith(".cypher")
    )


@cache
def find(name: str) -> Query:
    """The query of that name.

    Raises:
        NotFound: there is none.
    """
    if name not in names():
        raise unknown("query", name, names())
    return parse(name, files(__name__).joinpath(f"{name}.cypher").read_text(encoding="utf-8"))


def unknown(what: str, name: str, known: Sequence[str]) -> NotFound:
    """That there is nothing of that name; what comes near, else all that is known."""
    near = get_close_matches(name, known)
    return NotFound(f"no {what} {name!r}; " + (f"near: {', '.join(near)}" if near else f"known: {', '.join(known)}"))


def every() -> list[Query]:
    """All queries, by group and name."""
    return sorted(map(find, names()), key=lambda query: (GROUPS.index(query.group), query.name))


def listing() -> Rows:
    """Every query: its group, its name, what it answers, what it takes besides what all take."""
    rows = [(q.group, q.name, q.purpose, ", ".join(map(usage, own(q)))) for q in every()]
    return Rows(["group", "query", "answers", "parameters"], rows)


def own(query: Query) -> list[Field]:
    """The parameters that are not the same in every query."""
    return [field for field in query.params if field.name not in SHARED]


def usage(field: Field) -> str:
    """A parameter as it is written in lists: its name, with its default where that says something."""
    if field.required:
        return field.name
    return f"[{field.name}]" if field.default == "" else f"{field.name}={shown(field.default)}"


def shown(value: Any) -> str:
    """A value as it is given on the command line."""
    return value if isinstance(value, str) else json.dumps(value)


def run(store: Store, name: str, /, **params: Any) -> Rows:
    """The rows of a named query.

    Raises:
        NotFound: there is no such query, or no entity of a name that was given.
        QueryError: a parameter is missing, unknown or of another type.
    """
    query = find(name)
    return query.rows(store, query.bind(params))


def passing(claim: str) -> str:
    """The condition that a claim counts at `$as_of` and `$known_by`, as it stands in every query.

    Dates are compared as intervals at their precision: the text itself sorts with the first day it can mean, and with a
    tilde after it, which follows every digit and hyphen, behind the last.
    """
    return (
        f"($as_of = '' OR {claim}.date <= $as_of + '~' OR ({claim}.date IS NULL AND $undated = true)) "
        f"AND ($as_of = '' OR {claim}.end_date IS NULL OR {claim}.end_date + '~' >= $as_of) "
        f"AND ($known_by = '' OR {claim}.published <= $known_by + '~' "
        f"OR ({claim}.published IS NULL AND $undated = true))"
    )


def parse(name: str, source: str) -> Query:
    """The query of a file's text, its header checked against its body.

    Raises:
        QueryError: the header does not name exactly the parameters and columns that the body has.
    """
    lines = source.splitlines()
    size = next((n for n, line in enumerate(lines) if not line.startswith("//")), len(lines))
    body = "\n".join(lines[size:]).strip()
    read = [(line, _LINE.fullmatch(line.strip())) for line in lines[:size]]
    purpose = " ".join(line.removeprefix("//").strip() for line, match in read if not match).strip()
    fields = [match for _, match in read if match]
    notes: dict[str, list[str]] = {"group": [], "also": [], "example": []}
    for match in fields:
        notes.get(match[6], []).append(match[7])
    params = _params(name, fields, notes["also"])
    columns = tuple(Field(match[2], _type(name, match), match[5]) for match in fields if match[1] == "return")
    query = Query(name, purpose, " ".join(notes["group"]), params, columns, tuple(notes["example"]), body)
    _check(query)
    return query


def _params(name: str, fields: list[re.Match[str]], also: list[str]) -> tuple[Field, ...]:
    """The parameters of a header: its own, those shared with others, the limit."""
    found = [_param(name, match) for match in fields if match[1] == "param"]
    shared = " ".join(also).split()
    if unknown := [word for word in shared if word not in SHARED]:
        raise QueryError(f"query {name}: no shared parameter {', '.join(unknown)}; known: {', '.join(SHARED)}")
    limit = [field for field in found if field.name == "limit"]
    return (*(field for field in found if field not in limit), *(SHARED[word] for word in shared), *limit)


def _check(query: Query) -> None:
    name, body = query.name, query.text
    _compare(name, "parameters", {p.name for p in query.params}, set(re.findall(r"\$(\w+)", body)))
    returned = re.split(r"\bRETURN\b", body)[-1]
    _compare(name, "columns", {c.name for c in query.columns}, set(re.findall(r"\bAS (\w+)", returned)))
    if not query.purpose:
        raise QueryError(f"query {name}: the header does not say what it answers")
    if query.group not in GROUPS:
        raise QueryError(f"query {name}: group {query.group!r} is unknown; known: {', '.join(GROUPS)}")
    if not query.examples:
        raise QueryError(f"query {name}: the header has no example")
    for number in range(len(query.examples)):
        query.example(number)


def _compare(name: str, what: str, said: set[str], used: set[str]) -> None:
    if said != used:
        raise QueryError(f"query {name}: its header has the {what} {sorted(said)}, its body {sorted(used)}")


def _type(name: str, match: re.Match[str]) -> str:
    if match[3] not in _TYPES:
        raise QueryError(f"query {name}: {match[2]} has unknown type {match[3]}; known: {', '.join(_TYPES)}")
    return match[3]


def _param(name: str, match: re.Match[str]) -> Field:
    field = Field(match[2], _type(name, match), match[5], required=match[4] is None)
    return field if field.required else field._replace(default=_typed(name, field, match[4][1:]))


def _typed(query: str, field: Field, value: Any) -> Any:
    """The value as the type of its field; text is read as JSON where something else is wanted."""
    if isinstance(value, str) and field.type not in _PLAIN:
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if not isinstance(value, _TYPES[field.type]) or (isinstance(value, bool) and field.type != "boolean"):
        raise QueryError(f"query {query}: parameter {field.name} is {value!r:.80}, not of type {field.type}")
    if field.type == "date" and value != "":
        try:
            PartialDate.parse(str(value))
        except ValueError as error:
            raise QueryError(f"query {query}: parameter {field.name}: {error}") from None
    return value
