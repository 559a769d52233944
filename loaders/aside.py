"""What was refused or put aside as doubtful, as JSON Lines to be corrected by hand and loaded as claims.

A line is a document with its text, its entities, and as claims those that it could not hold or that were doubtful, each
with the reason in `aside`. What is right already stays out: loading the line adds to the document what was put right.
"""

import json
import re
import reprlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from graph.model import Extraction, Reject
from loaders import claims
from loaders.claims import ASIDE, Note

_HALF = re.compile("[\ud800-\udfff]")
"""Half a surrogate pair: JSON can say it, a file cannot hold it as it is."""


def lines(extraction: Extraction) -> Iterator[str]:
    """Yield the line of an extraction, if anything of it was put aside. A claim given twice is known: it stays out."""
    rejects = [reject for reject in extraction.rejects if reject.code != "duplicate"]
    if not rejects:
        return
    whole = claims.dump(extraction.model_copy(update={"claims": ()}))
    for reject in rejects:
        whole["entities" if _is_entity(reject.item) else "claims"].append(_note(reject, extraction))
    text = json.dumps(whole, ensure_ascii=False)
    yield _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text) + "\n"


def printable(item: Any) -> Any:
    """A thing that was refused in a form that JSON has: it may be no Unicode, nested deeply, or no JSON."""
    for form in (lambda item: item, repr, reprlib.repr):
        with suppress(RecursionError, TypeError, ValueError):
            found = form(item)
            json.dumps([[[[[[[[found]]]]]]]], allow_nan=False)  # deeper than anything that it is put into
            return found
    return None


def _note(reject: Reject, extraction: Extraction) -> Note:
    """What was put aside, in the gold form if it is an object at all, and why."""
    why = {ASIDE: f"{reject.code}: {reject.message}"}
    item = printable(reject.item)
    if not isinstance(item, dict):
        return {"given": item, **why}
    return {**(item if _is_entity(item) else _plain(item, extraction)), **why}


def _is_entity(item: Any) -> bool:
    return isinstance(item, Mapping) and not {"name", "label"}.isdisjoint(item) and "relation" not in item


def _plain(note: Note, extraction: Extraction) -> Note:
    """A claim without places and labels that follow from the rest: whoever corrects that need not correct them too."""
    implied = set()
    if _is_first(note, extraction.document.text):
        implied |= {"start", "end"}
    for end in ("subject", "object"):
        labels = {entity.label for entity in extraction.entities if entity.name == note.get(end)}
        if labels == {note.get(f"{end}_label")}:
            implied.add(f"{end}_label")
    return {key: value for key, value in claims.gold(note).items() if key not in implied}


def _is_first(note: Note, text: str) -> bool:
    """Whether the evidence is where it would be looked for."""
    evidence, start, end = (note.get(key) for key in ("evidence", "start", "end"))
    return isinstance(evidence, str) and text.find(evidence) == start and end == start + len(evidence)
