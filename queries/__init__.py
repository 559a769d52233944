"""Named queries: questions kept as `.cypher` files, each with a header that is checked, run on any store.

The header is the file's first comment:

    // What it answers, in a sentence or two.
    //
    // param   name   type[=default]   what it is
    // return  name   type             what it is

Types are string, integer, number, boolean, list. A parameter without a default must be given. One called `limit` says
how many rows come out at most, and the query ends with `LIMIT $limit`.
"""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from graph.errors import NotFound, QueryError
from graph.store import Rows, Store


class Field(NamedTuple):
    """A parameter or a column."""

    name: str
    type: str
    about: str
    default: Any = None
    required: bool = False


@dataclass(frozen=True)
class Query:
    """A named query: what it answers, what it takes, what it returns, its Cypher."""

    name: str
    purpose: str
    params: tuple[Field, ...]
    columns: tuple[Field, ...]
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
        """The rows for such parameters, at most `limit`. `Rows.cut` tells when either limit left some out."""
        wanted = min(bound.get("limit", limit), limit)
        more = {"limit": wanted + 1} if "limit" in bound else {}
        found = store.query(self.text, {**bound, **more}, limit=limit, timeout=timeout)
        return Rows(found.columns, found.rows[:wanted], found.cut or len(found.rows) > wanted)


_LINE = re.compile(r"//\s*(param|return)\s+(\w+)\s+([a-z]+)(=\S+)?\s*(.*)")
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "list": (list,),
}


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
        raise NotFound(f"no query {name!r}; known: {', '.join(names())}")
    return parse(name, files(__name__).joinpath(f"{name}.cypher").read_text(encoding="utf-8"))


def listing() -> Rows:
    """Every query: its name, what it answers, what it takes."""
    every = [find(name) for name in names()]
    return Rows(
        ["query", "answers", "parameters"], [(q.name, q.purpose, ", ".join(map(_usage, q.params))) for q in every]
    )


def _usage(field: Field) -> str:
    return field.name if field.required else f"{field.name}={field.default}"


def run(store: Store, name: str, /, **params: Any) -> Rows:
    """The rows of a named query.

    Raises:
        NotFound: there is no such query.
        QueryError: a parameter is missing, unknown or of another type.
    """
    query = find(name)
    return query.rows(store, query.bind(params))


def parse(name: str, source: str) -> Query:
    """The query of a file's text, its header checked against its body.

    Raises:
        QueryError: the header does not name exactly the parameters and columns that the body has.
    """
    lines = source.splitlines()
    size = next((n for n, line in enumerate(lines) if not line.startswith("//")), len(lines))
    head, body = lines[:size], "\n".join(lines[size:]).strip()
    fields = [match for line in head if (match := _LINE.fullmatch(line.strip()))]
    purpose = " ".join(line.removeprefix("//").strip() for line in head if not _LINE.fullmatch(line.strip()))
    params = tuple(_param(name, match) for match in fields if match[1] == "param")
    columns = tuple(Field(match[2], _type(name, match), match[5]) for match in fields if match[1] == "return")
    query = Query(name, purpose.strip(), params, columns, body)
    _compare(name, "parameters", {p.name for p in params}, set(re.findall(r"\$(\w+)", body)))
    returned = re.split(r"\bRETURN\b", body)[-1]
    _compare(name, "columns", {c.name for c in columns}, set(re.findall(r"\bAS (\w+)", returned)))
    if not query.purpose:
        raise QueryError(f"query {name}: the header does not say what it answers")
    return query


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
    if isinstance(value, str) and field.type != "string":
        with suppress(ValueError, RecursionError):
            value = json.loads(value)
    if not isinstance(value, _TYPES[field.type]) or (isinstance(value, bool) and field.type != "boolean"):
        raise QueryError(f"query {query}: parameter {field.name} is {value!r:.80}, not of type {field.type}")
    return value
