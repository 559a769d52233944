"""Annotated documents in the compact form: a head, entities, text with marked references, claims by sentence number.

# published: 2025-11-17
## entities
Samsung Electronics | Firm | Samsung
## text
Samsung raised the price of {its|Samsung Electronics} DDR5 modules.
## claims
1 | Samsung Electronics | PRODUCES | DDR5 | stated |  |  |
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from graph import ontology
from graph.errors import OntologyError, SourceError

_MARK = re.compile(r"\{([^{}|]+)\|([^{}|]+)\}")
_PARTS = ("entities", "text", "claims")
_NUMBERS = {"amount", "quantity", "quantity_low", "quantity_high", "stake", "share", "delta"}


HELD_BACK = 8
"""Percent of the documents that are held back for validation."""


def is_held_back(name: str) -> bool:
    """Whether a document is held back: by a hash of its name, so that other documents change nothing."""
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 100 < HELD_BACK


@dataclass(frozen=True)
class Named:
    """An entity: its name, label, and what else the text calls it by name."""

    name: str
    label: str
    forms: tuple[str, ...]
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def called(self) -> tuple[str, ...]:
        """All that the text calls it, each once."""
        return tuple(dict.fromkeys((self.name, *self.forms)))


@dataclass(frozen=True)
class Claimed:
    """A claim, by names of entities; `start` is where its sentence begins in the text."""

    subject: str
    relation: str
    object: str
    modality: str
    credit: tuple[str, ...]
    date: str
    qualifiers: dict[str, Any]
    start: int
    end: int


@dataclass(frozen=True)
class Annotated:
    """A document with what it names and claims. `marks` are descriptions and pronouns: start, end, name."""

    name: str
    text: str
    head: dict[str, str]
    entities: tuple[Named, ...]
    marks: tuple[tuple[int, int, str], ...]
    claims: tuple[Claimed, ...]

    def gold(self) -> dict[str, Any]:
        """The annotation in the gold form of the ontology; qualifiers it does not know are left out."""
        entities = [{"name": e.name, "label": e.label, "aliases": list(e.forms), **e.fields} for e in self.entities]
        keys = ("title", "publisher", "published")
        return {
            **{key: self.head[key] for key in keys if self.head.get(key)},
            "entities": entities,
            "claims": [_gold(claim, self.text) for claim in self.claims],
        }

    def shifted(self, text: str, places: dict[int, int]) -> "Annotated":
        """The same with another text; `places` has the new place of each old one that is in use."""
        marks = tuple((places[a], places[b], name) for a, b, name in self.marks)
        claims = tuple(replace(c, start=places[c.start], end=places[c.end]) for c in self.claims)
        return replace(self, text=text, marks=marks, claims=claims)


def _gold(claim: Claimed, text: str) -> dict[str, Any]:
    return {
        "subject": claim.subject,
        "relation": claim.relation,
        "object": claim.object,
        "qualifiers": {key: value for key, value in claim.qualifiers.items() if _holds(claim.relation, key, value)},
        "modality": claim.modality,
        "attribution": list(claim.credit),
        "date": claim.date or None,
        "evidence": text[claim.start : claim.end],
    }


def _holds(relation: str, key: str, value: object) -> bool:
    """Whether a relation can have a qualifier: some annotations give a fine's sum, or a stage of their own."""
    return key in ontology.find(relation).qualifiers and (key != "stage" or value in ontology.STAGES)


def read(path: Path) -> Annotated:
    """The annotated document in a file.

    Raises:
        SourceError: the file has a fault; the message names file and line.
    """
    head: dict[str, str] = {}
    parts: dict[str, list[tuple[int, str]]] = {part: [] for part in _PARTS}
    part = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith("## "):
            part = line[3:].strip()
        elif part:
            parts.setdefault(part, []).append((number, line.rstrip()))
        elif line.startswith("# "):
            key, _, value = line[2:].partition(":")
            head[key.strip()] = value.strip()
    try:
        entities = tuple(_entity(line) for number, line in parts["entities"] if line.strip())
        text, sentences, marks = _text([line for _, line in parts["text"]])
        claims = tuple(_claim(line, sentences) for number, line in parts["claims"] if line.strip())
    except (ValueError, IndexError, KeyError, OntologyError) as error:
        raise SourceError(f"{path.name}: no annotation: {error!r}") from error
    return Annotated(path.stem, text, head, entities, marks, claims)


def _entity(line: str) -> Named:
    fields = [piece.strip() for piece in line.split("|")]
    if fields[1] not in ontology.LABELS:
        raise ValueError(f"unknown label in {line!r}")
    forms = tuple(form.strip() for form in fields[2].split(";") if form.strip()) if len(fields) > 2 else ()
    extra: dict[str, str] = {}
    for piece in filter(None, fields[3:]):
        key, equals, value = piece.partition("=")
        extra |= {key.strip(): value.strip()} if equals else {"country": piece}
    return Named(fields[0], fields[1], forms, extra)


def _text(lines: list[str]) -> tuple[str, list[tuple[int, int]], tuple[tuple[int, int, str], ...]]:
    """The plain text, the sentences' places in it, and the marks: a blank joins sentences, an empty line paragraphs."""
    text, sentences, marks = "", [], []
    for line in lines:
        if not line.strip():
            text = text.rstrip(" \n") + "\n\n" if text else ""
            continue
        text += " " if text and not text.endswith("\n") else ""
        start, cursor = len(text), 0
        for match in _MARK.finditer(line):
            text += line[cursor : match.start()]
            marks.append((len(text), len(text) + len(match[1]), match[2].strip()))
            text += match[1]
            cursor = match.end()
        text += line[cursor:]
        sentences.append((start, len(text)))
    return text.rstrip() + "\n", sentences, tuple(marks)


def _claim(line: str, sentences: list[tuple[int, int]]) -> Claimed:
    fields = [piece.strip() for piece in line.split("|")]
    where, subject, relation, obj, modality, credit, date, extras = (fields + [""] * 8)[:8]
    start, end = sentences[int(where) - 1]
    qualifiers: dict[str, Any] = {}
    for pair in filter(None, (piece.strip() for piece in extras.split(";"))):
        key, _, value = (piece.strip() for piece in pair.partition("="))
        qualifiers[key] = float(value) if key in _NUMBERS else value
    ontology.find(relation)
    credited = tuple(one.strip() for one in credit.split(";") if one.strip())
    return Claimed(subject, relation, obj, modality, credited, date, qualifiers, start, end)


def documents(folder: Path) -> Iterator[Annotated]:
    """The annotated documents of a folder, in order of their names."""
    for path in sorted(folder.glob("*.ann")):
        yield read(path)


def write(document: Annotated, folder: Path) -> None:
    """Write NAME.txt and NAME.json, as `keiretsu evaluate` reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{document.name}.txt").write_text(document.text, encoding="utf-8")
    (folder / f"{document.name}.json").write_text(json.dumps(document.gold(), ensure_ascii=False), encoding="utf-8")
