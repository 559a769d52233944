"""What a language model reads in a document, each quote found in the text again before it is believed.

The model is asked about a part of the document at a time. What the door refuses of its answer goes back to it once,
with the reasons; what is refused then too is among the rejects: accepted + rejected = proposed. Names that the
gazetteer knows become canonical, as in whatever was read without a model.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from graph.door import admit
from graph.errors import SourceError
from graph.model import KINDS, Document, Entity, Extraction, Reject
from loaders import prompt
from loaders.answers import Answers
from loaders.extractor import Spent, merged
from loaders.gazetteer import Gazetteer, default, fold
from loaders.lines import Joined, joined
from loaders.settings import Settings

Note = dict[str, Any]

SHORTEST = 500
"""Characters of a part that is not cut any more."""
_CUTS = ("\n\n", "\n", ". ", "。", " ")
"""After what a part may end, best first."""


@dataclass
class Notes:
    """What the model says, in the gold form. Nothing of it is certain: a note may be anything that JSON can hold."""

    entities: list[Any] = field(default_factory=list)
    claims: list[Any] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    """Canonical names, by those that the model gave."""

    def add(self, other: "Notes") -> None:
        self.entities += other.entities
        self.claims += other.claims


@dataclass(frozen=True)
class Text:
    """A document with its lines joined, as the model is shown it, and with plain quotes, as evidence is looked for."""

    document: Document
    lines: Joined
    folded: str

    @classmethod
    def of(cls, document: Document) -> "Text":
        lines = joined(document.text)
        return cls(document, lines, fold(lines.text))

    @property
    def name(self) -> str:
        """What people know the document by."""
        return self.document.title or " ".join(self.document.text[:80].split()) + "…"

    def placed(self, note: Any, start: int, end: int) -> Any:
        """A claim with its evidence as the document has it, if that stands in this part; else as it was."""
        quote = note.get("evidence") if isinstance(note, dict) else None
        if not isinstance(quote, str) or not quote.strip():
            return note
        sought = fold(quote.strip())
        place = self.folded.find(sought, start, end)
        if place < 0:
            return note
        first, last = self.lines.span(place, place + len(sought))
        return {**note, "evidence": self.document.text[first:last], "start": first, "end": last}


class Llm:
    """The extractor that asks the model which the environment names.

    Args:
        spent: is kept up to date.

    Raises:
        ExtractorError: a setting is missing or wrong.
    """

    def __init__(self, spent: Spent, gazetteer: Gazetteer | None = None) -> None:
        self._settings = Settings.read()
        self._answers = Answers(self._settings, spent)
        self._gazetteer = gazetteer or default()
        self._method = f"llm/{prompt.VERSION}:{self._settings.model}"

    def __call__(self, document: Document) -> Extraction:
        """The document with all that the model names and claims.

        Raises:
            ExtractorError: a limit is reached, or there is nobody to ask.
            ConnectionFailed: the endpoint does not answer, or refuses the login.
            SourceError: this document gets no answer.
        """
        text, notes = Text.of(document), Notes()
        for start, end in parts(text.lines.text, self._settings.part):
            notes.add(self._read(text, start, end))
        found = self._admit(document, notes)
        return found.model_copy(update={"entities": merged(found.entities)})

    def _admit(self, document: Document, notes: Notes) -> Extraction:
        return admit(document, notes.entities, notes.claims, self._method)

    def _read(self, text: Text, start: int, end: int) -> Notes:
        part = text.lines.text[start:end]
        message = prompt.question(text.document, part)
        answer = self._answers.ask(message, text.name)
        if answer is None:
            return self._read_halves(text, start, end, message)
        said = self._notes(answer, text, start, end)
        refused = [reject for reject in self._admit(text.document, said).rejects if reject.code != "duplicate"]
        if refused and (answer := self._answers.ask(prompt.question(text.document, part, refused), text.name)):
            return amended(said, refused, self._notes(answer, text, start, end, said.names))
        return said

    def _read_halves(self, text: Text, start: int, end: int, message: str) -> Notes:
        """Ask about half the part at a time: a long answer is what is cut off, or lost its form, most often."""
        if end - start <= SHORTEST:
            self._answers.forget(message)
            raise SourceError(
                f"{text.name}: the model gives no whole answer about {text.lines.text[start : start + 60]!r}"
            )
        middle = start + _end(text.lines.text[start : start + (end - start) * 2 // 3])
        notes = self._read(text, start, middle)
        notes.add(self._read(text, middle, end))
        return notes

    def _notes(
        self, answer: Mapping[str, Any], text: Text, start: int, end: int, known: Mapping[str, str] | None = None
    ) -> Notes:
        """The notes of an answer: what the form has, names canonical, evidence in its place.

        Args:
            known: names of an earlier answer that this one puts right.
        """
        entities = [_entity(note) for note in answer["entities"]]
        names = {**(known or {}), **self._canonical(entities)}
        claims = [_renamed(_fields(note, prompt.Said.model_fields), names) for note in answer["claims"]]
        placed = [text.placed(claim, start, end) for claim in claims]
        return Notes([_called(note, names) for note in entities], placed, names)

    def _canonical(self, entities: Iterable[Any]) -> dict[str, str]:
        """What the gazetteer calls the entities, by the name that the model gave them; no name of two labels."""
        found: dict[str, set[str]] = {}
        for note in entities:
            if isinstance(note, dict) and isinstance(name := note.get("name"), str):
                found.setdefault(name, set()).add(self._name(str(note.get("label")), name))
        return {name: names.pop() for name, names in found.items() if len(names) == 1}

    def _name(self, label: str, name: str) -> str:
        whole = (m for m in self._gazetteer.mentions(name) if m.label == label and (m.start, m.end) == (0, len(name)))
        return next((mention.name for mention in whole), name)


def amended(said: Notes, refused: Sequence[Reject], again: Notes) -> Notes:
    """What was said, with what was said again in the place of what was refused.

    What was refused and is not said again stays, to be refused and counted.
    """
    wrong = {id(reject.item) for reject in refused}

    def kept(first: Iterable[Any], second: Sequence[Any]) -> list[Any]:
        replaced, found = Counter(map(_ends, second)), []
        for note in first:
            if id(note) in wrong and replaced[_ends(note)]:
                replaced[_ends(note)] -= 1
            else:
                found.append(note)
        return found + [note for note in second if note not in found]

    return Notes(kept(said.entities, again.entities), kept(said.claims, again.claims))


def _ends(note: Any) -> tuple[str, ...]:
    """What tells that two notes are of one entity or of one fact."""
    known = note if isinstance(note, dict) else {}
    return tuple(repr(known.get(key)) for key in ("name", "subject", "relation", "object"))


def parts(text: str, most: int) -> Iterator[tuple[int, int]]:
    """Yield start and end of parts of a text, in order, cut between paragraphs where there are any; nothing is lost.

    Example:
        >>> list(parts("First one.\\nSecond.\\nThird.", 16))
        [(0, 11), (11, 25)]
    """
    start = 0
    while len(text) - start > most:
        end = start + _end(text[start : start + most])
        yield start, end
        start = end
    yield start, len(text)


def _end(text: str) -> int:
    """Where to cut a text, in its second half: after a paragraph if there is one, else where it hurts least."""
    places = (text.rfind(mark) + len(mark) for mark in _CUTS)
    return next((place for place in places if place > len(text) // 2), len(text))


def _fields(note: Any, known: Iterable[str]) -> Any:
    """A note without what the form has not and without what says nothing. What is no object is left to be refused."""
    if not isinstance(note, dict):
        return note
    return {key: note[key] for key in known if note.get(key) not in (None, "", [], {})}


def _entity(note: Any) -> Any:
    """An entity with the attributes that its label can have."""
    kind = KINDS.get(str(note.get("label"))) if isinstance(note, dict) else None
    return _fields(note, ("label", *(kind or Entity).model_fields))


def _called(note: Any, names: Mapping[str, str]) -> Any:
    """An entity under its canonical name, with the model's as an alias."""
    if not isinstance(note, dict) or names.get(str(note.get("name")), note.get("name")) == note.get("name"):
        return note
    aliases = note.get("aliases", [])
    others = [*aliases, note["name"]] if isinstance(aliases, list) else aliases
    return {**note, "name": names[note["name"]], "aliases": others}


def _renamed(note: Any, names: Mapping[str, str]) -> Any:
    """A claim with the canonical names of its ends, without qualifiers that say nothing."""
    if not isinstance(note, dict):
        return note
    ends = {key: names.get(note[key], note[key]) for key in ("subject", "object") if isinstance(note.get(key), str)}
    qualifiers = note.get("qualifiers", {})
    if isinstance(qualifiers, dict):
        qualifiers = {key: value for key, value in qualifiers.items() if value not in (None, "")}
    return {**note, **ends, "qualifiers": qualifiers}
