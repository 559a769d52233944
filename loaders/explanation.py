"""Why a document is taken to say what it says: for each claim its mentions and what they were taken to mean, the rule
or the model's score, the words that its date and amounts come from, and who is credited.

The document is read once more for it, with the same outcome: what claims carry with them everywhere need not hold it.
Places are those of the document's text.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Any, NamedTuple

from graph.door import parted
from graph.model import Claim, Document, Extraction
from graph.ontology import RELATIONS
from graph.store import Rows
from loaders import reading, rules
from loaders.candidates import SLOTS, Node
from loaders.gazetteer import Gazetteer, Mention, default
from loaders.learned import Told
from loaders.reading import Key
from loaders.reference import Reader
from loaders.values import Near, values

COLUMNS = [
    *("document", "subject", "relation", "object", "qualifiers", "modality", "attribution", "date", "confidence"),
    *("doubt", "method", "frame", "score", "evidence", "start", "end", "mentions", "values", "credits"),
]


@dataclass(frozen=True)
class Place:
    """A piece of a document's text."""

    text: str
    start: int
    end: int

    def __str__(self) -> str:
        return f"“{' '.join(self.text.split())}” {self.start}..{self.end}"


@dataclass(frozen=True)
class Meaning:
    """What a mention was taken to mean; nobody known where the name is empty."""

    place: Place
    label: str
    name: str
    through: tuple[Place, ...] = ()
    """From a description or pronoun to the name it stands for."""
    role: str = ""
    """Which end of the claim it is."""

    def __str__(self) -> str:
        said = f"{self.place}: {self.label} {self.name}" if self.name else f"{self.place}: some {self.label}, not known"
        links = "".join(f", which is {place}" for place in self.through)
        return said + links + (f" ({self.role})" if self.role else "")


@dataclass(frozen=True)
class Value:
    """A date or an amount that the claim took, and the words that say it: none for the day of publication."""

    slot: str
    said: Any
    place: Place | None

    def __str__(self) -> str:
        parts = self.said if isinstance(self.said, tuple) else (self.said,)
        said = " ".join(map(str, dict.fromkeys(parts)))
        return f"{self.slot} {said}: {self.place or 'when it was published'}"


@dataclass(frozen=True)
class Credit:
    """Somebody credited with the claim, and where the text names them, if it can be told."""

    name: str
    place: Place | None

    def __str__(self) -> str:
        return f"credit {self.name}: {self.place}" if self.place else f"credit {self.name}"


@dataclass(frozen=True)
class Explanation:
    """A claim, why it is doubtful if it is, and what it rests on."""

    document: Document
    claim: Claim
    doubt: str
    frame: str
    """The rule that found it, if one did."""
    score: float | None
    """Log-odds that the model gives it, before calibration, if it finds it."""
    mentions: tuple[Meaning, ...]
    values: tuple[Value, ...]
    credits: tuple[Credit, ...]

    def __str__(self) -> str:
        claim = self.claim
        said = " · ".join([f"{claim.subject} {claim.relation} {claim.object}", *_said(claim)])
        found = f"{self._sure}: {self._found}"
        evidence = Place(claim.evidence, claim.start, claim.end)
        return "\n  ".join([said, found, *map(str, (evidence, *self.mentions, *self.values, *self.credits))])

    @property
    def _sure(self) -> str:
        known = self.claim.confidence
        return f"doubtful, {self.doubt}" if self.doubt else "confidence unknown" if known is None else f"sure {known:g}"

    @property
    def _found(self) -> str:
        score = "" if self.score is None else f", score {self.score:.2f}"
        if self.claim.method == reading.METHOD:
            return f"the model{score}"
        maker = f"rule {self.frame}" if self.frame else self.claim.method
        return f"{maker}; the model finds it too{score}" if score else f"{maker}; the model does not find it"

    @property
    def row(self) -> tuple[Any, ...]:
        """The same as JSON values, in the order of `COLUMNS`."""
        claim = self.claim.content()
        parts = [[asdict(part) for part in parts] for parts in (self.mentions, self.values, self.credits)]
        known = {
            "qualifiers": {},
            "attribution": [],
            **claim,
            "document": self.document.id,
            "doubt": self.doubt or None,
        }
        known |= {"frame": self.frame or None, "score": None if self.score is None else round(self.score, 3)}
        known |= dict(zip(("mentions", "values", "credits"), parts, strict=True))
        return tuple(known.get(name) for name in COLUMNS)


def _said(claim: Claim) -> Iterator[str]:
    """What a claim says besides its ends."""
    yield claim.modality
    if claim.date:
        yield str(claim.date)
    yield from (f"{name} {value}" for name, value in claim.qualifiers.content().items())


def explanations(extraction: Extraction, gazetteer: Gazetteer | None = None) -> Iterator[Explanation]:
    """Yield why the document was taken to make each claim, in order of the text, the doubtful ones among them."""
    sight = _Sight(extraction.document, gazetteer or default())
    _, doubtful = parted(extraction.rejects)
    doubts = [(Claim.model_validate(reject.item), reject.message) for reject in doubtful]
    for claim, doubt in sorted([*((claim, "") for claim in extraction.claims), *doubts], key=_order):
        yield sight.explanation(claim, doubt)


def _order(told: tuple[Claim, str]) -> tuple[Any, ...]:
    claim, _ = told
    return claim.start, -(claim.confidence or 0), claim.subject, claim.relation, claim.object, claim.id


def text(explained: Iterable[Explanation]) -> Iterator[str]:
    """Yield lines for people: a heading for each document, a block for each claim."""
    document = None
    for explanation in explained:
        if explanation.document != document:
            document = explanation.document
            yield f"{_heading(document)}\n"
        yield f"{explanation}\n"


def _heading(document: Document) -> str:
    title = document.title or " ".join(document.text[:80].split())
    source = ", ".join(filter(None, (document.publisher, str(document.published or ""))))
    return f"{title} — {source}" if source else title


def rows(explained: Iterable[Explanation]) -> Rows:
    """The explanations for other programs, a row each."""
    return Rows(COLUMNS, [explanation.row for explanation in explained])


Fact = tuple[str, tuple[Key, Key]]


def _fact(subject: Key, relation: str, obj: Key) -> Fact:
    return relation, RELATIONS[relation].in_order(subject, obj)


class _Scope(NamedTuple):
    """The stretch of text that a claim was read in, and the reader's mentions."""

    start: int
    end: int
    mentions: Sequence[Meaning]


class _Sight:
    """A document as rules and the model see it."""

    def __init__(self, document: Document, gazetteer: Gazetteer) -> None:
        self.document, self.gazetteer = document, gazetteer
        found = reading.findings(document, gazetteer)
        self.lines, self.read = found.lines, found.read

    def explanation(self, claim: Claim, doubt: str) -> Explanation:
        maker, _, frame = claim.method.partition(":")
        told = self._told(claim)
        by_model = told if claim.method == reading.METHOD else None
        scope = self._scope(claim, by_model, self.ruled if maker == rules.METHOD else self.learned)
        mentions = tuple(self._with_role(m, claim, by_model) for m in scope.mentions if _inside(m.place, scope))
        taken = tuple(self._taken(claim, scope, by_model))
        credits = tuple(self._credit(name, scope) for name in claim.attribution)
        known = frame if maker == rules.METHOD else ""
        return Explanation(self.document, claim, doubt, known, told.score if told else None, mentions, taken, credits)

    def _told(self, claim: Claim) -> Told | None:
        """What the model tells of the fact; of several, what it tells where the claim stands."""
        fact = _fact((claim.subject_label, claim.subject), claim.relation, (claim.object_label, claim.object))
        told = [told for told in self.read.told if self._key(told) == fact]
        return max(told, key=lambda t: (self._sentence(t.sentence).start == claim.start, t.score), default=None)

    def _key(self, told: Told) -> Fact:
        subject, obj = (reading.meant(node, self.read, self.gazetteer) for node in (told.subject, told.object))
        return _fact(subject, told.relation, obj)

    def _scope(self, claim: Claim, told: Told | None, mentions: Sequence[Meaning]) -> _Scope:
        """The sentence, and where the model looked across sentences all of them."""
        first = [self._sentence(end.sentence).start for end in (told.subject, told.object)] if told else []
        return _Scope(min([claim.start, *first]), claim.end, mentions)

    # -- places

    def _place(self, start: int, end: int) -> Place:
        """A piece of the joined text, as the document has it."""
        start, end = self.lines.span(start, end)
        return Place(self.document.text[start:end], start, end)

    def _sentence(self, number: int) -> Place:
        sentence = self.read.words.sentences[number]
        return self._place(sentence.start, sentence.end)

    def _words(self, first: int, last: int) -> Place:
        return self._place(self.read.words.starts[first], self.read.words.ends[last])

    # -- mentions

    @cached_property
    def learned(self) -> list[Meaning]:
        """The mentions as the model reads them."""
        return [self._learned(number, node) for number, node in enumerate(self.read.nodes)]

    def _learned(self, number: int, node: Node) -> Meaning:
        label, name = self.read.keys[node.entity] if node.entity >= 0 else (node.label, "")
        names = [self.read.nodes[self.read.meant[number]]] if number in self.read.meant else []
        through = tuple(self._words(name.first, name.last) for name in names)
        return Meaning(self._words(node.first, node.last), label, name, through)

    @cached_property
    def ruled(self) -> list[Meaning]:
        """The mentions as rules read them."""
        reader = Reader(self.gazetteer, self.lines.text)
        return [self._ruled(mention, reader) for read in rules.mentioned(reader) for mention in read.mentions]

    def _ruled(self, mention: Mention, reader: Reader) -> Meaning:
        through, at = [], mention
        while (at.start, at.end) in reader.meant:
            at = reader.meant[at.start, at.end]
            through.append(self._place(at.start, at.end))
        return Meaning(self._place(mention.start, mention.end), mention.label, mention.name, tuple(through))

    def _with_role(self, meaning: Meaning, claim: Claim, told: Told | None) -> Meaning:
        ends = {"subject": claim.subject, "object": claim.object}
        if told:
            nodes = {"subject": told.subject, "object": told.object}
            roles = [role for role, node in nodes.items() if self._words(node.first, node.last) == meaning.place]
        else:
            acting = self.gazetteer.governments.get(meaning.name, meaning.name)
            roles = [role for role, name in ends.items() if name in (meaning.name, acting)]
        return Meaning(meaning.place, meaning.label, meaning.name, meaning.through, roles[0]) if roles else meaning

    # -- values and credits

    @cached_property
    def _values(self) -> list[tuple[Near, Place | None]]:
        """The values of the text with their places; the day of publication has none."""
        near = values(self.read.words, self.document.published)
        return [(n, self._words(n.span.first, n.span.last) if n.span.sentence >= 0 else None) for n in near]

    def _taken(self, claim: Claim, scope: _Scope, told: Told | None) -> Iterator[Value]:
        """Yield what the claim's date and amounts come from, one of each kind."""
        slots = set()
        for near, place in self._values:
            known = near in told.said.values() if told else place is not None and _inside(place, scope)
            slot = SLOTS[near.span.slot]
            if known and slot not in slots and _takes(claim, slot, near.said):
                slots.add(slot)
                yield Value(slot, _whole(near.said), place)

    def _credit(self, name: str, scope: _Scope) -> Credit:
        """Somebody credited, where they were named last before the claim ends."""
        named = [m.place for m in scope.mentions if m.name == name and m.place.end <= scope.end]
        if named:
            return Credit(name, named[-1])
        at = self.document.text.rfind(name, 0, scope.end)  # who has no name is credited in the words of the text
        return Credit(name, Place(name, at, at + len(name)) if at >= 0 else None)


def _whole(said: Any) -> Any:
    """2000000000.0 as 2000000000, as claims have it."""
    if isinstance(said, tuple):
        return tuple(map(_whole, said))
    return int(said) if isinstance(said, float) and said.is_integer() else said


def _inside(place: Place, scope: _Scope) -> bool:
    return scope.start <= place.start and place.end <= scope.end


def _takes(claim: Claim, slot: str, said: Any) -> bool:
    """Whether a claim says what a value says."""
    own = claim.qualifiers
    if slot == "date":
        return said in (str(claim.date), str(claim.end_date))
    if slot == "money":
        return bool(said == (own.amount, own.currency))
    if slot == "quantity":
        return said in ((own.quantity, own.quantity), (own.quantity_low, own.quantity_high))
    return said in {"part": (own.stake, own.share), "ratio": (own.delta,), "round": (own.round,)}[slot]
