"""Claims as JSON: what `export claims` and `extract` write, and the annotations of a corpus. Read and written here.

One document is one object: its fields (`title`, `publisher`, `published`, …, `text`), `entities`, `claims`. A file
holds one such object, one a line (JSON Lines), or `{"documents": [...]}`.

An annotation without `text` is of the text in `text_file` (from `text_span`, if given), else in the `.txt` of its own
name beside it. Where there is none to be read (a web page, a feed), its document's text is what it quotes, a sentence a
line, and the method of its claims says so. With `items` (a feed), each item is a document, and `item` tells whose a
claim is. `aside`, in a claim or an entity, is for people: why `load` or `extract` put it aside (`loaders.aside`).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from graph.door import admit
from graph.errors import SourceError
from graph.model import Document, Extraction
from loaders.source import Source

METHOD = "claims/1"
"""What claims that do not name their method are given."""
QUOTES = "claims/1:quotes"
"""The same where there was no text: the evidence was only found among the sentences quoted."""
ASIDE = "aside"
"""What tells people why a claim or an entity was put aside; it is not read."""
_FIELDS = frozenset(Document.model_fields) - {"text"}

Note = dict[str, Any]


def knows(source: Source) -> bool:
    """Whether it begins like a JSON object, or is called JSON."""
    start = source.head.removeprefix(b"\xef\xbb\xbf").lstrip()
    nothing = source.name == "-" and not start
    return start.startswith(b"{") or nothing or Path(source.name).suffix in (".json", ".jsonl")


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
    claims = [gold(claim.content()) for claim in extraction.claims]
    return {"id": document.id, **document.content(), "text": document.text, "entities": entities, "claims": claims}


def line(extraction: Extraction) -> str:
    """The extraction as a line of JSON Lines."""
    return json.dumps(dump(extraction), ensure_ascii=False) + "\n"


def text(extractions: Sequence[Extraction], source: Source | None = None) -> str:
    """The extractions of one file as one JSON file, to be read by people too.

    Args:
        source: the file; then each document tells its place in it, where its text stands there as it is.
    """
    notes = [dump(extraction) for extraction in extractions]
    if source and source.path and not source.binary:
        _add_spans(notes, source)
    return json.dumps(notes[0] if len(notes) == 1 else {"documents": notes}, ensure_ascii=False, indent=1) + "\n"


def _add_spans(notes: Sequence[Note], source: Source) -> None:
    try:
        whole = source.text
    except SourceError:  # a format with an encoding of its own
        return
    end = 0
    for note in notes:
        start = whole.find(note["text"], end)
        if start >= 0:
            end = start + len(note["text"])
            note |= {"text_file": Path(source.name).name, "text_span": [start, end]}


def gold(content: Note) -> Note:
    """A claim in the gold form: its fields always, in its order, then those that say something."""
    known = {key: content.get(key) for key in ("subject", "relation", "object")}
    known |= {"qualifiers": content.get("qualifiers", {}), "modality": content.get("modality", "stated")}
    known |= {"attribution": content.get("attribution", []), "date": content.get("date")}
    return {**known, **{key: value for key, value in content.items() if key != "document"}}


def notes(source: Source) -> Iterator[tuple[str, Note]]:
    """Yield each document's object with its place in the file. What is none goes to `source.problem`.

    Raises:
        SourceError: no JSON.
    """
    if _is_lines(source):
        for number, line in source.lines():
            where = f"{source.name}:{number}"
            if line.strip():
                yield from _documents(source, where, _line(source, where, line))
    elif source.head.strip():
        yield from _documents(source, source.name, _parsed(source.name, source.text))


def _is_lines(source: Source) -> bool:
    """Whether each line is an object of its own: one of the first lines that say something is.

    One of three, since a single line may be cut off; a pretty-printed object has none such in its first lines.
    """
    said = list(islice((line for _, line in source.lines() if line.strip()), 3))
    if len(said) == 1:
        return Path(source.name).suffix == ".jsonl"
    return any(isinstance(_object(line), dict) for line in said)


def _object(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def _line(source: Source, where: str, line: bytes) -> Any:
    try:
        return _parsed(where, line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        source.problem(SourceError(f"{where}: not UTF-8; convert it first"))
    except SourceError as error:
        source.problem(SourceError(f"{error}; is the line cut off?"))
    return {"documents": []}


def _parsed(where: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise SourceError(f"{where}: not JSON: {error}") from error
    except RecursionError:
        raise SourceError(f"{where}: JSON nested too deeply") from None


def _documents(source: Source, where: str, whole: Any) -> Iterator[tuple[str, Note]]:
    """The document that an object is, or those that it holds."""
    documents = whole.get("documents", [whole]) if isinstance(whole, dict) else [whole]
    if not isinstance(documents, list):
        source.problem(SourceError(f"{where}: `documents` is no list"))
        return
    for number, note in enumerate(documents, 1):
        yield from _checked(source, where if len(documents) == 1 else f"{where}, document {number}", note)


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
    items, span, file = note.get("items") or [], note.get("text_span"), note.get("text_file")
    if not all(isinstance(item, dict) and isinstance(item.get("id"), str) for item in items):
        raise SourceError(f"{where}: `items` are objects with an `id`")
    if span is not None and not _is_span(span):
        raise SourceError(f"{where}: `text_span` is not a pair of offsets, the first the smaller")
    if file is not None and not (isinstance(file, str) and Path(file).name):
        raise SourceError(f"{where}: `text_file` is no file name")


def _is_span(span: Any) -> bool:
    pair = isinstance(span, list) and len(span) == 2 and all(type(place) is int for place in span)
    return pair and 0 <= span[0] < span[1]


def extractions(where: str, note: Note, source: Source) -> Iterator[Extraction]:
    """Yield the extraction of such an object; of a feed, one for each item.

    Raises:
        SourceError: it cannot be a document.
    """
    _check(where, note)
    for fields, claims in _parts(where, note):
        found = {key: value for key, value in fields.items() if key in _FIELDS and value is not None}
        text = _text(where, fields, source)
        method = METHOD if text is not None else QUOTES
        kept = Source(where, b"", details=source.details)
        document = kept.document(_quoted(fields, claims) if text is None else text, **found)
        yield admit(document, map(_read, note.get("entities", [])), map(_read, claims), method)


def _read(note: Any) -> Any:
    """A claim or an entity without what is only for people."""
    if not isinstance(note, dict) or ASIDE not in note:
        return note
    return {key: value for key, value in note.items() if key != ASIDE}


def _parts(where: str, note: Note) -> Iterator[tuple[Note, list[Any]]]:
    """The documents of an annotation: one, or one for each item of a feed."""
    items = note.get("items")
    if not items:
        yield note, note["claims"]
        return
    claims: dict[str, list[Any]] = {item["id"]: [] for item in items}
    for claim in note["claims"]:
        item = claim.get("item") if isinstance(claim, dict) else None
        if not isinstance(item, str) or item not in claims:
            raise SourceError(f"{where}: a claim of no item: {claim!r:.200}")
        claims[item].append({key: value for key, value in claim.items() if key != "item"})
    for item in items:
        fields = {key: value for key, value in note.items() if key not in ("items", "text", "text_file", "text_span")}
        yield {**fields, **item, "published": _day(item.get("published")), "item": item["id"]}, claims[item["id"]]


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


def _text(where: str, note: Note, source: Source) -> Any:
    """The text that the evidence of a document points into; None where there is none to be had."""
    if "text" in note:
        return note["text"]
    if source.path is None or "item" in note:
        return None
    file = beside(note, source.path)
    if not file.is_file() or file == source.path:
        if "text_file" in note:
            raise SourceError(f"{where}: its text is not there: {file}")
        return None
    start, end = note.get("text_span") or (0, None)
    text = Source.read(file).text
    if end is not None and end > len(text):
        raise SourceError(f"{where}: `text_span` ends at {end}, {file.name} at {len(text)}")
    return text[start:end]


def _quoted(note: Note, claims: list[Any]) -> str:
    """What stands in for a text: the sentences quoted, a line each; a title where nothing is."""
    quotes = (claim.get("evidence") for claim in claims if isinstance(claim, Mapping))
    title = note.get("title")
    found = "\n".join(dict.fromkeys(quote for quote in quotes if isinstance(quote, str)))
    return found or (title if isinstance(title, str) else "")
