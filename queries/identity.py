"""Judgements as rows, and as a text file to keep under version control: JSON Lines, sorted."""

import json
from pathlib import Path

from graph import door
from graph.errors import OntologyError, SourceError
from graph.model import Judgement
from graph.store import Rows, Store

COLUMNS = ["label", "a", "b", "verdict", "by", "why", "at"]


def rows(store: Store) -> Rows:
    """Every judgement, in order of label and names."""
    every = [judgement.content() for judgement in store.judgements()]
    return Rows(COLUMNS, [tuple(content.get(column) for column in COLUMNS) for content in every])


def text(store: Store) -> str:
    """Every judgement, a line each."""
    every = (judgement.content() for judgement in store.judgements())
    return "".join(json.dumps(content, ensure_ascii=False) + "\n" for content in every)


def read(path: Path) -> list[Judgement]:
    """The judgements of such a file.

    Raises:
        SourceError: it cannot be read; the message has the line.
    """
    try:
        # only "\n" ends a line: JSON leaves others, such as U+2028, as they are
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceError(f"{path}: {getattr(error, 'strerror', None) or error}") from error
    return [_judgement(f"{path}:{number}", line) for number, line in enumerate(lines, 1) if line.strip()]


def _judgement(where: str, line: str) -> Judgement:
    try:
        return door.judgement(json.loads(line))
    except RecursionError:
        raise SourceError(f"{where}: JSON nested too deeply") from None
    except (ValueError, OntologyError) as error:
        raise SourceError(f"{where}: {error}") from error
