"""Gold annotations: what a careful reader finds in a text, and which extracted names stand for what is named there.

An annotation is a JSON file as `loaders.claims` reads it, with its text beside it. Two names are compared without case,
accents, full stops, commas, a leading "the" and corporate suffixes.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from pathlib import Path
from typing import NamedTuple

import loaders
from graph.errors import SourceError
from graph.model import Claim, Country, Document, Entity, Extraction
from graph.ontology import RELATIONS
from loaders import claims
from loaders.source import Source

_CORPORATE = re.compile(
    r"(?: (?:inc|incorporated|corp|corporation|co|company|llc|llp|lp|limited|ltd|plc|pte|group|holdings?|"
    r"ag|gmbh|kgaa|se|sa|sas|spa|ab|asa|oyj|bv|nv|kk))+$"
)
_DROPPED = str.maketrans({".": None, ",": None, "’": "'"})


class Fact(NamedTuple):
    """What is counted, whatever the modality. The ends of a relation without direction are in sorted order."""

    subject: str
    relation: str
    object: str

    @property
    def soft(self) -> bool:
        return RELATIONS[self.relation].soft


def ordered(subject: str, relation: str, obj: str) -> Fact:
    """The fact with these ends.

    Example:
        >>> ordered("NVIDIA", "COMPETES_WITH", "AMD") == ordered("AMD", "COMPETES_WITH", "NVIDIA")
        True
    """
    subject, obj = RELATIONS[relation].in_order(subject, obj)
    return Fact(subject, relation, obj)


@lru_cache(maxsize=10_000)
def normal(name: str) -> str:
    """The form in which names are compared.

    Example:
        >>> normal("The Müller Holding Co., Ltd.")
        'muller'
    """
    letters = (letter for letter in unicodedata.normalize("NFKD", name) if not unicodedata.combining(letter))
    words = " ".join("".join(letters).translate(_DROPPED).casefold().split())
    return _CORPORATE.sub("", words.removeprefix("the "))


@dataclass(frozen=True, eq=False)
class Gold:
    """One annotated document."""

    name: str
    extraction: Extraction
    path: Path
    """The file it annotates. If there is none to be read, where its text would lie."""
    file: Path
    """The annotation."""
    part: bool
    """Whether it annotates but a part of that file: an article among others, an item of a feed."""
    details: Mapping[str, str]
    """What a loader of that file is to know of the document."""

    @cached_property
    def facts(self) -> frozenset[Fact]:
        return frozenset(ordered(c.subject, c.relation, c.object) for c in self.extraction.claims)

    @cached_property
    def _called(self) -> tuple[Mapping[str, list[Entity]], Mapping[str, list[Entity]]]:
        """The entities by their names, and by what else they are called."""
        names: dict[str, list[Entity]] = defaultdict(list)
        others: dict[str, list[Entity]] = defaultdict(list)
        for entity in self.extraction.entities:
            names[normal(entity.name)].append(entity)
            code = [entity.country] if isinstance(entity, Country) and entity.country else []
            for other in {normal(alias) for alias in [*entity.aliases, *code]}:
                others[other].append(entity)
        return names, others

    def meant(self, name: str, label: str = "", aliases: Iterable[str] = ()) -> list[str]:
        """The gold names that an extracted name may stand for, of its own label if there are any.

        A name goes before aliases, on both sides. What nothing here is called keeps its own name, in normal form.
        """
        for spelling in map(normal, (name, *aliases)):
            for called in self._called:
                if found := called.get(spelling):
                    alike = [entity for entity in found if entity.label == label]
                    return sorted(entity.name for entity in alike or found)
        return [normal(name)]

    def told(self, claim: Claim, aliases: Mapping[tuple[str, str], Iterable[str]]) -> Fact:
        """The fact of an extracted claim in gold names. Of several that it may mean, it means one that is here.

        Args:
            aliases: of the extracted entities, by label and name.
        """
        named = (claim.subject_label, claim.subject), (claim.object_label, claim.object)
        ends = [self.meant(name, label, aliases[label, name]) for label, name in named]
        possible = [ordered(subject, claim.relation, obj) for subject, obj in product(*ends)]
        return next((f for f in possible if f in self.facts), possible[0])

    def sources(self, claim: Claim) -> frozenset[str]:
        """To whom a claim is credited, in gold names."""
        return frozenset(self.meant(name)[0] for name in claim.attribution)


def place(extraction: Extraction, parts: Sequence[Gold]) -> Iterator[tuple[Gold, Claim]]:
    """Yield each extracted claim with the part of its file that holds its sentence, else most of its document.

    A document that shares no text with any part is left out: nobody has annotated it.

    Args:
        parts: the gold documents of that file.
    """
    nearest = _nearest(extraction.document, parts)
    for claim in extraction.claims:
        holding = [part for part in parts if claim.evidence in part.extraction.document.text]
        home = nearest if nearest in holding or not holding else holding[0]
        if home:
            yield home, claim


def _nearest(document: Document, parts: Sequence[Gold]) -> Gold | None:
    """The part that shares most text with a document, if any does."""
    if len(parts) == 1 and not parts[0].part:
        return parts[0]
    shares = [_shared(part.extraction.document, document) for part in parts]
    return parts[shares.index(max(shares))] if any(shares) else None


def _shared(part: Document, document: Document) -> int:
    """How many characters of the one, in whole lines, stand in the other."""
    return sum(len(line) for line in part.text.splitlines() if line in document.text)


def load(paths: Iterable[Path], tell: Callable[[str], None]) -> Iterator[Gold]:
    """Yield the gold documents of files and folders, each file once.

    Args:
        tell: is told of files in a folder that are JSON but no annotations.

    Raises:
        SourceError: a file is missing, not JSON, or holds a document that cannot be.
    """
    seen: set[Path] = set()
    for path in paths:
        for file in sorted(path.rglob("*.json")) if path.is_dir() else [path]:
            if file.resolve() in seen:
                continue
            seen.add(file.resolve())
            if path.is_dir():
                yield from _documents(Source.read(file, problem=lambda error: tell(f"Left out: {error}")), file)
            else:
                yield from _documents(Source.read(file), file)


def readable(golds: Iterable[Gold], tell: Callable[[str], None]) -> Iterator[Gold]:
    """Yield the gold documents whose text some loader can read; the files of the others are told."""
    told: set[Path] = set()
    for gold in golds:
        if gold.path.is_file():
            yield gold
        elif gold.file not in told:
            told.add(gold.file)
            tell(f"Left out: {gold.file}: no text beside it that a loader knows")


def _documents(source: Source, file: Path) -> Iterator[Gold]:
    for where, note in claims.notes(source):
        extractions = list(claims.extractions(where, note, source))
        path = _annotated(note, file)
        items = note.get("items") or []
        names = [f"{file.stem}/{item['id']}" for item in items] or [file.stem + where.removeprefix(source.name)]
        # a feed tells of each of its items by itself
        keys = ("publisher",) if items else ("title", "publisher", "published")
        for name, extraction in zip(names, extractions, strict=True):
            details = {key: str(getattr(extraction.document, key) or "") for key in keys}
            known = {key: value for key, value in details.items() if value}
            yield Gold(name, extraction, path, file, bool(items or note.get("text_span")), known)


def _annotated(note: claims.Note, file: Path) -> Path:
    """The text that a note names or that lies beside it, else another file of its name that some loader knows."""
    text = claims.beside(note, file)
    if text.is_file():
        return text
    others = (other for other in sorted(file.parent.iterdir()) if other.stem == text.stem and other.suffix != ".json")
    return next(filter(_known, others), text)


def _known(path: Path) -> bool:
    try:
        loaders.choose(Source.read(path))
    except SourceError:
        return False
    return True
