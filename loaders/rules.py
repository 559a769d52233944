"""What rules read in a document: sentences, mentions, frames; each claim with its hedge, credit, date and numbers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from graph import ontology
from graph.model import Document
from graph.partial_date import PartialDate
from loaders import amounts, dates, frames, modality, prose
from loaders.chronology import Chronology, chronologies
from loaders.clauses import clauses, marked
from loaders.gazetteer import Gazetteer, Mention, default
from loaders.office import offices
from loaders.prose import Sentence, sentences
from loaders.reference import Reader
from loaders.series import Read, members

METHOD = "article/1"
Note = dict[str, Any]
Surfaces = dict[tuple[str, str], set[str]]
"""What a text calls its entities, by label and name."""


@dataclass
class _State:
    """What later sentences of a document lean on."""

    credit: list[str] = field(default_factory=list)
    """To whom the last credited sentence was credited."""
    named: dict[str, Mention] = field(default_factory=dict)
    """The last mention of each label."""
    makers: dict[str, Mention] = field(default_factory=dict)
    """Who the document says makes a chip."""


class Ruled(NamedTuple):
    """What rules find in a document."""

    notes: list[Note]
    """What is claimed, in order of the text."""
    surfaces: Surfaces
    credits: dict[int, list[str]]
    """To whom sentences are credited, by the place where they start."""


def ruled(document: Document, gazetteer: Gazetteer) -> Ruled:
    """What frames and series claim, what the text calls the entities they know, and whom it credits."""
    reads = list(mentioned(Reader(gazetteer, document.text)))
    found = [*_series(reads), *_offices(document.text, reads, gazetteer)]
    surfaces: Surfaces = {}
    credits: dict[int, list[str]] = {}
    state = _State()
    told = [read.sentence for read in reads]
    items = pairwise([0, *prose.item_numbers(document.text, told)])
    known = chronologies(document.text, told, document.published)
    for read, (before, item), (chronology, _) in zip(reads, items, known, strict=True):
        if item != before:
            state = _State(makers=state.makers)
        for mention in read.mentions:
            if mention.kind == "name":
                surface = document.text[mention.start : mention.end]
                surfaces.setdefault(mention.key, set()).add(" ".join(surface.split()))
        credits[read.sentence.start] = _credit(read, state)
        found += _claims(read, credits[read.sentence.start], chronology, gazetteer, state)
        state.named |= {mention.label: mention for mention in read.mentions if mention.kind != "adjective"}
    return Ruled(sorted(found, key=lambda note: note["start"]), surfaces, credits)


def mentioned(reader: Reader) -> Iterator[Read]:
    """Yield each sentence with its mentions, in order: what words refer to hangs on what came before."""
    for sentence in sentences(reader.text):
        mentions = reader.read(sentence)
        yield Read(sentence, mentions, marked(sentence.text, sentence.start, mentions))


def _series(reads: Sequence[Read]) -> Iterator[Note]:
    for firm, rival, sentence in members(reads):
        note = _ended(firm.key, "COMPETES_WITH", rival.key) | {"qualifiers": {}, "modality": "stated"}
        yield note | _evidence(sentence, "series")


def _offices(text: str, reads: Sequence[Read], gazetteer: Gazetteer) -> Iterator[Note]:
    """Yield who leads which public body, as the first sentence that gives a title says."""
    seen: set[tuple[str, str]] = set()
    for office in sorted(offices(text, gazetteer), key=lambda office: office.start):
        holding = (read.sentence for read in reads if read.sentence.start <= office.start < read.sentence.end)
        sentence = next(holding, None)
        if sentence and (office.person, office.body) not in seen:
            seen.add((office.person, office.body))
            note = _ended(("Person", office.person), "LEADS", ("Regulator", office.body))
            yield note | {"qualifiers": {"role": office.role}, "modality": "stated"} | _evidence(sentence, "office")


def _claims(
    read: Read, credit: Sequence[str], chronology: Chronology, gazetteer: Gazetteer, state: _State
) -> Iterator[Note]:
    seen: set[tuple[Any, ...]] = set()
    for clause in clauses(read.text, frames.verb_forms()):
        for frame in frames.default():
            for match in frame.matches(clause):
                if frame.relation == "PRODUCES":
                    state.makers |= dict(_makers(match, read.mentions))
                for note in _notes(match, read.mentions, gazetteer, state):
                    key = (frame.name, note["subject"], note["object"], str(note["qualifiers"]))
                    if key not in seen:
                        seen.add(key)
                        yield note | _told(match, read.text, credit, chronology) | _evidence(read.sentence, frame.name)
                        if note["relation"] == "SANCTIONS" and note["object_label"] != "Country":
                            state.named["restricted"] = Mention(0, 0, note["object"], note["object_label"])
    yield from _described(read)


_TRADE = re.compile(
    r"(?:giant|maker|designer|developer|manufacturer|supplier|company|firm|start-?up|specialist|group)$"
)


def _described(read: Read) -> Iterator[Note]:
    """Yield what a description such as "the AI chip giant" says of the line of business."""
    for mention in read.mentions:
        words = read.sentence.text[mention.start - read.sentence.start : mention.end - read.sentence.start]
        if mention.kind == "description" and mention.label == "Firm" and _TRADE.search(words):
            for sector in default().mentions(words):
                if sector.label == "Sector":
                    note = _ended(mention.key, "ACTIVE_IN", sector.key) | {"qualifiers": {}, "modality": "stated"}
                    yield note | _evidence(read.sentence, "description")


def _ended(subject: tuple[str, str], relation: str, obj: tuple[str, str]) -> Note:
    """The ends of a claim, each given as label and name."""
    return {
        "subject": subject[1],
        "subject_label": subject[0],
        "relation": relation,
        "object": obj[1],
        "object_label": obj[0],
    }


def _evidence(sentence: Sentence, frame: str) -> Note:
    return {
        "evidence": sentence.text,
        "start": sentence.start,
        "end": sentence.end,
        "method": f"{METHOD}:{frame}",
    }


def _credit(read: Read, state: _State) -> list[str]:
    """The names of those a sentence is credited to; who was credited last where it only says "the report notes"."""
    names = [_name(who, read.mentions) for who in modality.credited(read.text)]
    if names:
        state.credit = names
    elif modality.continues(read.text):
        return state.credit
    return names


def _name(who: str, mentions: Sequence[Mention]) -> str:
    numbers = re.findall(r":(\d+)", who)
    return mentions[int(numbers[0])].name if numbers else " ".join(who.split())


def _notes(match: frames.Match, mentions: Sequence[Mention], gazetteer: Gazetteer, state: _State) -> Iterator[Note]:
    """The claims of one match: one for each pair of ends that the relation allows, and for each ratio."""
    for subject in _ends(match.subject, mentions):
        for obj in _objects(match, mentions, state):
            acting = gazetteer.acting(subject.key)
            if match.frame.own and _is_foundry(subject, gazetteer):
                continue
            if (acting[0], obj.label) in ontology.find(match.frame.relation).ends and acting != obj.key:
                note = _ended(acting, match.frame.relation, obj.key)
                for qualifiers in _qualifiers(match, mentions):
                    yield note | {"qualifiers": qualifiers}


def _ends(mark: str, mentions: Sequence[Mention]) -> list[Mention]:
    return [mentions[int(number)] for number in re.findall(r":(\d+)", mark)]


def _objects(match: frames.Match, mentions: Sequence[Mention], state: _State) -> list[Mention]:
    """What stands at the end of the frame, or what it carries over from the sentences before."""
    if match.object:
        ends = _ends(match.object, mentions)
        if "maker" in match.frame.take:
            return [state.makers[end.name] for end in ends if end.name in state.makers]
        return ends
    label = match.frame.carried
    return [state.named[label]] if label in state.named else []


def _makers(match: frames.Match, mentions: Sequence[Mention]) -> Iterator[tuple[str, Mention]]:
    for firm in _ends(match.subject, mentions):
        for chip in _ends(match.object, mentions):
            yield chip.name, firm


def _is_foundry(mention: Mention, gazetteer: Gazetteer) -> bool:
    entry = gazetteer.entries.get(mention.key)
    return entry is not None and entry.foundry


def _qualifiers(match: frames.Match, mentions: Sequence[Mention]) -> Iterator[Note]:
    clause, take = match.clause, match.frame.take
    rest = clause.plain(clause.text[match.start :])
    found: Note = dict(match.frame.qualifiers)
    allowed = ontology.find(match.frame.relation).qualifiers
    for key, words in match.words.items():
        if key in allowed:
            found[key] = clause.plain(_worded(words, mentions))
    if "amount" in take and (sums := list(amounts.money(rest))):
        found |= {"amount": sums[0].amount, "currency": sums[0].currency}
    if "stake" in take and (parts := list(amounts.shares(rest))):
        found["stake"] = parts[0]
    if "quantity" in take and (counts := list(amounts.quantities(rest))):
        low, high = counts[0].low, counts[0].high
        found |= {"quantity": low} if low == high else {"quantity_low": low, "quantity_high": high}
    if "round" in take and (named := re.search(r"\b(?:[Ss]eries [A-H]\d?|seed|pre-IPO|angel)\b", rest)):
        found["round"] = named[0]
    if "ratios" in take:
        span = clause.plain(clause.text[match.start : match.end])
        for ratio in amounts.ratios(span):
            yield found | {"metric": ratio.metric, "delta": ratio.delta}
        return
    yield found


def _worded(words: str, mentions: Sequence[Mention]) -> str:
    return re.sub(r"⟨[^⟩]+⟩", lambda mark: " and ".join(m.name for m in _ends(mark[0], mentions)), words)


def _told(match: frames.Match, text: str, credit: Sequence[str], chronology: Chronology) -> Note:
    """Modality, attribution and date."""
    if match.frame.presupposed:
        return {"modality": match.frame.modality or "stated"}
    said = match.clause.plain(match.clause.text[match.start : match.end])
    hedge = modality.modality(said, match.verb, text)
    forced = match.frame.modality
    when = _date(match, chronology) if match.frame.is_dated else None
    return {
        "modality": forced if forced and hedge == "stated" else hedge,
        "attribution": list(credit),
        "date": str(when) if when else None,
    }


_ELSEWHERE = re.compile(
    r" (?:[Aa]fter|[Bb]efore|[Ss]ince|[Ww]hile|[Ww]hen|which|who|whose|but|because|as|although|where|;|and (?=_|"
    r"\w+ed\b))"
    r"(?! (?:early|late|mid|the (?:end|start)|\d|in \d|last|this|next|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|"
    r"Nov|Dec)))\b"
)
"""Where something else begins that has its own date."""


def _date(match: frames.Match, chronology: Chronology) -> PartialDate | None:
    """The date of a match: in what follows up to the next conjunction, else the last one before it."""
    text = match.clause.text
    border = _ELSEWHERE.search(text, match.end)
    after = match.clause.plain(text[match.start : border.start() if border else len(text)])
    if found := dates.meant(after, list(chronology.find(after))):
        return found
    before = match.clause.plain(_ELSEWHERE.split(text[: match.start])[-1])
    earlier = [when.date for when in chronology.find(before)]
    return earlier[-1] if earlier else None
