"""Claims as JSON: what `export claims` and `extract` write, and the annotations of a corpus. Read and written here.

One document is one object: its fields (`title`, `publisher`, `published`, …, `text`), `entities`, `claims`. A file
holds one such object, one a line (JSON Lines), or `{"documents": [...]}`.

An annotation without `text` is of the text in `text_file` (from `text_span`, if given), else in the `.txt` of its own
name beside it. Where there is none to be read (a web page, a feed), its document's text is what it quotes, a sentence a
line. With `items` (a feed), each item is a document, and `item` tells whose a claim is.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from graph.door import admit
from graph.errors import SourceError
from graph.model import Document, Extraction
from loaders.source import Source

METHOD = "claims/1"
"""What claims that do not name their method are given."""
_FIELDS = frozenset(Document.model_fields) - {"text"}

Note = dict[str, Any]


def knows(source: Source) -> bool:
    """Whether it begins like a JSON object, or is called JSON."""
    start = source.data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    return start.startswith(b"{") or Path(source.name).suffix in (".json", ".jsonl")


def load(source: Source) -> Iterator[Extraction]:
    """Yield the extraction of each document. Claims that do not fit are among its rejects.

    Raises:
        SourceError: no JSON, or a document that cannot be, unless `source.problem` lets the others go on.
    """
    for where, note in notes(source):
        try:
            yield from extractions(where, note, source)
        except SourceError as error:
            source.problem(error)


def dump(extraction: Extraction) -> Note:
    """The JSON object of an extraction. Loading it gives the same again."""
    document = extraction.document
    entities = [{"name": entity.name, "label": entity.label, **entity.content()} for entity in extraction.entities]
    claims = [_claim(claim.content()) for claim in extraction.claims]
    return {"id": document.id, **document.content(), "text": document.text, "entities": entities, "claims": claims}


def line(extraction: Extraction) -> str:
    """The extraction as a line of JSON Lines."""
    return json.dumps(dump(extraction), ensure_ascii=False) + "\n"


def text(extractions: Sequence[Extraction]) -> str:
    """The extractions of one file as one JSON file, to be read by people too."""
    notes = [dump(extraction) for extraction in extractions]
    return json.dumps(notes[0] if len(notes) == 1 else {"documents": notes}, ensure_ascii=False, indent=1) + "\n"


def _claim(content: Note) -> Note:
    """The fields of the gold form always, in its order, then those that say something."""
    known = {key: content.get(key) for key in ("subject", "relation", "object")}
    known |= {"qualifiers": content.get("qualifiers", {}), "modality": content["modality"]}
    known |= {"attribution": content.get("attribution", []), "date": content.get("date")}
    return {**known, **{key: value for key, value in content.items() if key != "document"}}


def notes(source: Source) -> Iterator[tuple[str, Note]]:
    """Yield each document's object with its place in the file. What is none goes to `source.problem`.

    Raises:
        SourceError: no JSON.
    """
    text = source.text
    try:
        whole = json.loads(text)
    except ValueError as error:
        yield from _lines(source, text, error)
        return
    except RecursionError:
        raise SourceError(f"{source.name}: JSON nested too deeply") from None
    documents = whole.get("documents", [whole]) if isinstance(whole, dict) else [whole]
    if not isinstance(documents, list):
        raise SourceError(f"{source.name}: `documents` is no list")
    for number, note in enumerate(documents, 1):
        where = source.name if len(documents) == 1 else f"{source.name}, document {number}"
        yield from _checked(source, where, note)


def _lines(source: Source, text: str, error: ValueError) -> Iterator[tuple[str, Note]]:
    lines = text.split("\n")
    # a pretty-printed object that breaks somewhere is told by its own error, not as a bad first line
    if Path(source.name).suffix == ".json" or lines[0].strip() in ("", "{", "["):
        raise SourceError(f"{source.name}: not JSON: {error}")
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"{source.name}:{number}"
        try:
            note = json.loads(line)
        except (ValueError, RecursionError) as problem:
            source.problem(SourceError(f"{where}: not JSON: {problem}; is the line cut off?"))
        else:
            yield from _checked(source, where, note)


def _checked(source: Source, where: str, note: Any) -> Iterator[tuple[str, Note]]:
    parts = isinstance(note, dict) and all(
        isinstance(note.get(key, []), list) for key in ("entities", "claims", "items")
    )
    if parts and "claims" in note:
        yield where, note
    else:
        source.problem(SourceError(f"{where}: not a document with a list of `entities` and of `claims`"))


def _check(where: str, note: Note) -> None:
    """Check what tells which text an annotation is of."""
    items, span = note.get("items", []), note.get("text_span")
    if not all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in items):
        raise SourceError(f"{where}: `items` are objects with an `id`")
    if span and not (isinstance(span, list) and len(span) == 2 and all(isinstance(place, int) for place in span)):
        raise SourceError(f"{where}: `text_span` is not a pair of offsets")


def extractions(where: str, note: Note, source: Source) -> Iterator[Extraction]:
    """Yield the extraction of such an object; of a feed, one for each item.

    Raises:
        SourceError: it cannot be a document.
    """
    _check(where, note)
    for fields, claims in _parts(note):
        found = {key: value for key, value in fields.items() if key in _FIELDS and value is not None}
        document = Source(where, b"", details=source.details).document(_text(fields, claims, source), **found)
        yield admit(document, note.get("entities", []), claims, METHOD)


def _parts(note: Note) -> Iterator[tuple[Note, list[Any]]]:
    """The documents of an annotation: one, or one for each item of a feed."""
    items = note.get("items")
    if not items:
        yield note, note["claims"]
        return
    names = {item.get("id") for item in items if isinstance(item, dict)}
    if lost := [claim for claim in note["claims"] if not isinstance(claim, dict) or claim.get("item") not in names]:
        raise SourceError(f"a claim of no item: {lost[0]!r:.200}")
    for item in items:
        claims = [
            {k: v for k, v in claim.items() if k != "item"} for claim in note["claims"] if claim["item"] == item["id"]
        ]
        fields = {key: value for key, value in note.items() if key not in ("items", "text", "text_file")}
        yield {**fields, **item, "published": _day(item.get("published"))}, claims


def _day(text: Any) -> Any:
    """The day of an RFC 2822 date, as feeds have it; anything else as it is."""
    from email.utils import parsedate_to_datetime

    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (TypeError, ValueError):
        return text


def beside(note: Note, path: Path) -> Path:
    """Where the text of the annotation at a path lies, if it is a text."""
    name = note.get("text_file")
    return path.with_name(Path(name).name) if isinstance(name, str) else path.with_suffix(".txt")


def _text(note: Note, claims: list[Any], source: Source) -> Any:
    """The text that the evidence of a document points into."""
    if "text" in note:
        return note["text"]
    if source.path and "items" not in note:
        text = beside(note, source.path)
        if text.is_file() and text != source.path:
            start, end = note.get("text_span") or (0, None)
            return Source.read(text).text[start:end]
    quotes = (claim.get("evidence") for claim in claims if isinstance(claim, Mapping))
    return "\n".join(dict.fromkeys(quote for quote in quotes if isinstance(quote, str)))
