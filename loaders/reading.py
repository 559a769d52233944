"""From a document to its claims: what rules find and what the learned model finds, each claim with how sure it is.

Rules are surer and find little; the model finds most. A fact that both find stands once, as the rule has it; how sure
the text is of it, the model hears better.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from graph import ontology
from graph.door import admit, doubted
from graph.model import Document, Extraction
from graph.ontology import LABELS, RELATIONS, Label
from loaders import calibration, crediting, dating, learned, model, rules
from loaders.calibration import Weights
from loaders.candidates import Node
from loaders.crediting import Credit, covering
from loaders.cues import Cues
from loaders.gazetteer import Gazetteer, default
from loaders.learned import Model, Reading, Told
from loaders.lines import Joined, joined
from loaders.qualifiers import qualifiers
from loaders.rules import Note, Ruled, Surfaces

METHOD = "model/1"
"""What claims of the model are made by; those of rules name their frame."""
DEFAULT_CONFIDENCE = 0.3
"""Claims less likely than this are doubtful: they are put aside. Best F1 on the documents held back."""
PROPOSED = 0.05
"""Claims less likely than this are not even proposed."""
CREDITED = -1.0
"""Log-odds above which a claim takes the credit of its sentence; chosen on the documents held back."""
COVERED = -3.0
"""The same where what somebody says in the sentence reaches over the claim."""
_PRESUPPOSED = frozenset(["ACTIVE_IN", "COMPETES_WITH", "DESIGNED_FOR", "LEADS", "OWNS", "PRODUCES"])
"""What a sentence mostly presupposes, whoever is credited with the rest of it."""

Key = tuple[Label, str]


class Findings(NamedTuple):
    """What is found in a document before it is judged; places count in its text with the lines joined."""

    lines: Joined
    ruled: Ruled
    read: Reading


def extraction(
    document: Document,
    gazetteer: Gazetteer | None = None,
    least: float = DEFAULT_CONFIDENCE,
    by: Model | None = None,
    weights: Weights | None = None,
) -> Extraction:
    """The document with all that is named and claimed in it; what is doubtful or cannot be held is among the rejects.

    Args:
        least: how likely a claim must be, from 0 to 1.
        by: the model that reads, if it is not the one that comes with keiretsu.
        weights: how likely its scores make a claim, likewise.
    """
    gazetteer = gazetteer or default()
    lines, ruled, read = found = findings(document, gazetteer, by)
    weights = weights or calibration.default()
    told = list(_told(found, gazetteer, weights))
    weighed = _weighed(ruled.notes, told, weights)
    notes = sorted(weighed, key=lambda note: (note["start"], -note["confidence"]))
    entities = _entities(ruled.surfaces, read, notes, gazetteer)
    placed = [_placed(note, lines, document.text) for note in notes]
    return doubted(admit(document, entities, placed, METHOD), least)


def findings(document: Document, gazetteer: Gazetteer, by: Model | None = None) -> Findings:
    """What rules find in the document, and what the model reads in it, under the names that rules know."""
    lines = joined(document.text)
    joint = document.model_copy(update={"text": lines.text})
    ruled = rules.ruled(joint, gazetteer)
    known = gazetteer.mentions(lines.text)
    read = learned.read(lines.text, document.published, known, by or model.default(), gazetteer)
    keys = list(_renamed(read.keys, ruled.surfaces))
    told = dating.dated(read, document.published, dating.default())
    return Findings(lines, ruled, replace(read, keys=keys, told=told))


def _renamed(keys: Sequence[Key], surfaces: Surfaces) -> Iterator[Key]:
    """The keys of the model's entities; what rules know under a fuller name has that name."""
    known: dict[Key, set[Key]] = {}
    for key, found in surfaces.items():
        for surface in found:
            known.setdefault((key[0], surface), set()).add(key)  # type: ignore[arg-type]
    for key in keys:
        key = key[0], " ".join(key[1].split())
        fuller = known.get(key, {key})
        yield next(iter(fuller)) if len(fuller) == 1 else key


def _placed(note: Note, lines: Joined, text: str) -> Note:
    """The note with its evidence as the document has it, hard line breaks included."""
    start, end = lines.span(note["start"], note["end"])
    return {**note, "evidence": text[start:end], "start": start, "end": end}


# -- entities


def _entities(surfaces: Surfaces, read: Reading, notes: Sequence[Note], gazetteer: Gazetteer) -> list[Note]:
    """What the document names, with the forms it has and the names the gazetteer knows: people look under all."""
    forms: dict[Key, set[str]] = {key: set(found) for key, found in surfaces.items()}  # type: ignore[misc]
    for key, aliases in zip(read.keys, read.aliases, strict=True):
        if key[0] in LABELS:
            forms.setdefault(key, set()).update(aliases)
    for note in notes:
        for end in ("subject", "object"):
            forms.setdefault((note[f"{end}_label"], note[end]), set()).update(note.pop(f"{end}_forms", ()))
    return [_entity(label, name, found, gazetteer) for (label, name), found in forms.items()]


def _entity(label: str, name: str, forms: set[str], gazetteer: Gazetteer) -> Note:
    aliases = {*forms, *gazetteer.aliases(label, name)} - {name}
    return {"name": name, "label": label, "aliases": sorted(aliases), **gazetteer.fields(label, name)}


# -- claims


def _weighed(ruled: Sequence[Note], told: Sequence[tuple[float, Note]], weights: Weights) -> Iterator[Note]:
    """All claims with how likely each is: of rules, of the model, of both."""
    scores = {_fact(note): score for score, note in told}
    there = {(_fact(note), note["start"]): note for _, note in told}
    notes = [_with(there.get((_fact(note), note["start"])), note) for note in ruled]
    known = Counter(map(_fact, ruled := _distinct(notes)))
    for note in ruled:
        heard = there.get((_fact(note), note["start"])) if known[_fact(note)] == 1 else None
        modality = (heard or note)["modality"]  # of a report and its denial the model hears one
        yield {**note, "modality": modality, "confidence": weights.ruled(scores.get(_fact(note)))}
    for score, note in told:
        likely = weights.learned(score)
        if likely >= PROPOSED and _fact(note) not in known:
            yield {**note, "confidence": likely}


_AMOUNTS = frozenset({"amount", "currency", "quantity", "quantity_low", "quantity_high", "stake", "share"})


def _with(other: Note | None, note: Note) -> Note:
    """A claim of a rule with what the model tells better of the same fact in its sentence: amounts, date, credit."""
    if other is None:
        return note
    others = {name: said for name, said in note["qualifiers"].items() if name not in _AMOUNTS}
    amounts = {name: said for name, said in other["qualifiers"].items() if name in _AMOUNTS}
    besides: Note = {name: other[name] for name in ("date", "attribution") if name == "date" or name in note}
    return {**note, "qualifiers": others | amounts, **besides}


def _fact(note: Note) -> tuple[str, str, str]:
    subject, obj = RELATIONS[note["relation"]].in_order(note["subject"], note["object"])
    return subject, note["relation"], obj


class Heard(NamedTuple):
    """A fact that the model tells, with its ends and the cues to how sure the text is of it."""

    told: Told
    subject: Key
    object: Key
    cues: frozenset[str]


def heard(found: Findings, gazetteer: Gazetteer) -> Iterator[Heard]:
    """What the model tells; what a rule hears of the same fact is a cue."""
    read = found.read
    cues = Cues(read.words, read.nodes)
    ruled = {_fact(note): f"rule {note['modality']}" for note in reversed(found.ruled.notes)}
    for told in read.told:
        subject, obj = (meant(node, read, gazetteer) for node in (told.subject, told.object))
        if subject != obj:
            one, other = RELATIONS[told.relation].in_order(subject[1], obj[1])
            by_rule = {ruled[fact]} if (fact := (one, told.relation, other)) in ruled else set()
            yield Heard(told, subject, obj, cues.near(told.subject, told.relation, told.object) | by_rule)


def _told(found: Findings, gazetteer: Gazetteer, weights: Weights) -> Iterator[tuple[float, Note]]:
    """What the model tells, as claims with their log-odds."""
    read = found.read
    said = cache(lambda sentence: list(crediting.credits(read.words, read.nodes, read.keys, sentence)))
    for told, subject, obj, cues in heard(found, gazetteer):
        sentence = read.words.sentences[told.sentence]
        modality = weights.modality(told.modality, cues)
        ruled = found.ruled.credits.get(sentence.start, ())
        yield (
            told.score,
            {
                "subject": subject[1],
                "subject_label": subject[0],
                "relation": told.relation,
                "object": obj[1],
                "object_label": obj[0],
                "qualifiers": qualifiers(told, read, subject[1]),
                "modality": modality,
                "attribution": _credited(told, modality, read, ruled, said(told.sentence)),
                "date": told.said["date"].said if "date" in told.said else None,
                "evidence": sentence.text,
                "start": sentence.start,
                "end": sentence.end,
                "method": METHOD,
                "subject_forms": _forms(told.subject, read),
                "object_forms": _forms(told.object, read),
            },
        )


def _credited(told: Told, modality: str, read: Reading, ruled: Sequence[str], said: Sequence[Credit]) -> list[str]:
    """To whom a claim of the model is credited: who says it, else whom rules see, else whom the model sees.

    Args:
        ruled: to whom rules credit the sentence.
        said: who says what in it.
    """
    place = max(read.words.ends[end.last] for end in (told.subject, told.object) if end.sentence == told.sentence)
    covered = covering(said, place)[:1]
    acts = modality != "denied" and covered == [read.keys[told.subject.entity][1]]
    if covered and not acts and told.credited > (CREDITED if told.relation in _PRESUPPOSED else COVERED):
        return covered
    if told.credited <= CREDITED:
        return []
    others = crediting.later(said, place)
    return [who for who in (ruled or read.credits.get(told.sentence, ())) if who not in others][:1]


def meant(node: Node, read: Reading, gazetteer: Gazetteer) -> Key:
    """Label and name of what a mention means, as the relation takes it: a country, or its government."""
    label, name = read.keys[node.entity]
    if node.label == label:
        return label, name
    if node.label == "Regulator":
        return "Regulator", gazetteer.governments.get(name) or gazetteer.government(_surface(node, read)) or name
    country = gazetteer.countries.get(name, "")
    return ("Country", country) if country else (label, name)


def _surface(node: Node, read: Reading) -> str:
    return " ".join(read.words.text[read.words.starts[node.first] : read.words.ends[node.last]].split())


def _forms(node: Node, read: Reading) -> tuple[str, ...]:
    """What the text calls an end of a claim."""
    return (_surface(node, read),) if node.named else ()


def _distinct(notes: Sequence[Note]) -> list[Note]:
    """Without claims that say no more than an earlier one of the same fact."""
    kept: list[Note] = []
    for note in notes:
        if not any(_covers(other, note) for other in kept):
            kept.append(note)
    return kept


def _covers(one: Note, other: Note) -> bool:
    if any(one[key] != other[key] for key in ("subject", "relation", "object", "modality")):
        return False
    keyed = ontology.find(one["relation"]).key
    if keyed and one["qualifiers"].get(keyed) != other["qualifiers"].get(keyed):
        return False
    extra = {
        k: v
        for k, v in other["qualifiers"].items()
        if k not in ("product", "role", "field") and one["qualifiers"].get(k) != v
    }
    return (
        not extra
        and other.get("date") in (None, one.get("date"))
        and set(other.get("attribution", ())) <= set(one.get("attribution", ()))
    )
