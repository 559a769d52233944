"""Where in a statement an error lies, shown under its line."""

import re

from graph.errors import QueryError

_PLACE = re.compile(r"\(?line (\d+), column (\d+)(?: \(offset: \d+\)\))?")
WIDTH = 100
"""Characters of a line that are shown, about the place."""


def pointed(error: QueryError, text: str) -> QueryError:
    """The error with the line that it names and a mark under the place; as it is, if it names none."""
    message = str(error)
    lines = text.splitlines()
    match = _PLACE.search(message)
    if not match or not 1 <= int(match[1]) <= len(lines):
        return error
    said = message if "\n" not in message else message.partition("\n")[0].strip()
    line, column = lines[int(match[1]) - 1].replace("\t", " "), int(match[2]) - 1
    start = max(0, min(column - WIDTH // 2, len(line) - WIDTH))
    return QueryError(f"{said}\n  {line[start : start + WIDTH]}\n  {' ' * (column - start)}^")
