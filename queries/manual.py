"""What is told of a named query: purpose, parameters, columns, examples."""

from collections.abc import Iterable

import queries
from queries import Field, Query


def page(query: Query) -> str:
    """The page of a query, for a terminal."""
    parts = [
        f"{query.name}: {query.purpose}",
        _section("Parameters", ((_default(field), field) for field in query.params)),
        _section("Columns", ((field.name, field) for field in query.columns)),
        "Examples:\n" + "\n".join(f"  {command(query, example)}" for example in query.examples),
    ]
    return "\n\n".join(parts)


def command(query: Query, example: str) -> str:
    """How an example is asked on the command line."""
    given = "".join(f" --param {pair}" for pair in _pairs(example))
    return f"keiretsu query --named {query.name}{given}"


def table() -> str:
    """The library as the README has it: a table of all queries, by group."""
    lines = ["| group | query | answers |", "|---|---|---|"]
    group = ""
    for query in queries.every():
        params = ", ".join(f"`{queries.usage(field)}`" for field in queries.own(query) if field.name != "limit")
        name = f"`{query.name}` {params}".strip()
        lines.append(f"| {query.group if query.group != group else ''} | {name} | {query.purpose} |")
        group = query.group
    return "\n".join(lines) + "\n"


def _pairs(example: str) -> list[str]:
    """The pairs of an example, quoted as they are there."""
    import shlex

    lexer = shlex.shlex(example, posix=False)
    lexer.whitespace_split = True
    return list(lexer)


def _default(field: Field) -> str:
    return field.name if field.required else f"{field.name}={queries.shown(field.default)}"


def _section(title: str, fields: Iterable[tuple[str, Field]]) -> str:
    rows = list(fields)
    wide = max(len(name) for name, _ in rows) + 2
    return f"{title}:\n" + "\n".join(f"  {name:<{wide}}{field.type:<9}{field.about}" for name, field in rows)
