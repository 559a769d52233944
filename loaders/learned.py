"""What the learned model reads in a document: names, what descriptions mean, and claims, each with how sure it is.

The model answers questions about words, mentions and pairs of mentions (`loaders.candidates`); what follows from the
answers is decided here: which spans are mentions, which entity each means, which pair tells a fact best.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from graph.ontology import LABELS, MEASURES, MODALITIES, RELATIONS, STAGES, Label
from graph.partial_date import PartialDate
from loaders import candidates, choice, linking, listing, prose, resolution, tags
from loaders.candidates import COLUMNS, RELATION_NAMES, SLOTS, Node, Pairs
from loaders.gazetteer import Gazetteer, Mention, fold
from loaders.listing import Party
from loaders.questions import antecedent_facts, bounds_of, entity_groups, span_columns, value_facts
from loaders.tags import SOURCE, Span
from loaders.values import Near, values
from loaders.words import Words, words

Array = NDArray[Any]
_PART = 40
"""Sentences whose pairs are looked at together: all in one would take the square of a long document."""


_AT_ONCE = 8192
"""Pairs that are looked at together at most, some five times what articles have: each takes kilobytes."""


class Model(Protocol):
    """What answers the questions. All arrays are of one document; shapes as in `training/network.py`."""

    def encode(self, read: Words) -> Array:
        """Vectors of the words."""

    def tag(self, vectors: Array) -> tuple[Array, Array]:
        """Scores of the tags of names, and of what means without naming."""

    def spans(self, vectors: Array, first: Array, last: Array, kind: Array) -> Array:
        """Vectors of spans."""

    def antecedents(self, spans: Array, what: Array, whom: Array, facts: Array) -> Array:
        """Scores of what descriptions may mean."""

    def pairs(
        self, vectors: Array, spans: Array, entities: Array, first: Array, last: Array, columns: Sequence[Array]
    ) -> tuple[Array, Array]:
        """Vectors of pairs, and what they say, in the columns of `OUTPUTS`."""

    def values(self, pairs: Array, spans: Array, pair: Array, value: Array, facts: Array) -> Array:
        """Scores of values for pairs."""

    def credits(self, vectors: Array, spans: Array, first: Array, last: Array, rows: Array) -> Array:
        """Scores of mentions being credited with sentences."""


class Told(NamedTuple):
    """A fact as the model reads it, by its best pair."""

    subject: Node
    object: Node
    relation: str
    score: float
    """Log-odds that the fact is told."""
    sentence: int
    modality: tuple[float, ...]
    """A score for each of `MODALITIES`."""
    measure: tuple[float, ...]
    """A score for each of `MEASURES`."""
    stage: str
    credited: float
    said: dict[str, Near]
    """By slot."""
    offered: list[tuple[Near, float]]
    """The values near it with their scores."""


@dataclass(frozen=True)
class Reading:
    """A document as the model reads it. `nodes` are its mentions; an entity of less than 0 is nobody known."""

    words: Words
    nodes: list[Node]
    keys: list[tuple[Label, str]]
    """Label and name of each entity, by its number."""
    aliases: list[tuple[str, ...]]
    credits: dict[int, list[str]]
    """To whom each sentence is credited."""
    told: list[Told]
    meant: dict[int, int] = field(default_factory=dict)
    """What descriptions and pronouns were resolved to: numbers of mentions."""


def read(
    text: str,
    published: PartialDate | None,
    known: Sequence[Mention],
    model: Model,
    gazetteer: Gazetteer,
    least: float = 0.02,
) -> Reading:
    """Read a text.

    Args:
        known: what the gazetteer finds in it.
        least: facts less likely than this are not told.
    """
    whole = words(text, known)
    if not len(whole):
        return Reading(whole, [], [], [], {}, [])
    vectors = model.encode(whole)
    named, meant = model.tag(vectors)
    breaks = [low for low, _ in whole.bounds()]
    names = _mended(_completed(tags.decoded(named, tags.NAMED, breaks), known, whole), whole)
    others = [s for s in tags.decoded(meant, tags.MEANT, breaks) if not _overlap(s, names)]
    nodes, keys, aliases = _linked(names, others, whole, gazetteer)
    if not nodes:
        return Reading(whole, [], [], [], {}, [])
    near = values(whole, published)
    spans = _spans(model, vectors, nodes, near)
    nodes, resolved = _resolved(model, spans, nodes, keys, whole, gazetteer)
    credits = _credits(model, vectors, spans, nodes, keys, whole)
    told = list(_facts(model, vectors, spans, nodes, near, whole, math.log(least / (1 - least))))
    told = list(_with_listed(told, listing.listed(whole, nodes, keys, gazetteer)))
    return Reading(whole, nodes, keys, aliases, credits, told, resolved)


# -- mentions


_NAMED_IN_PARTS = ("Firm", "Fund", "Chip", "Product")
"""Labels whose names are often cut short; a country's is often whole within another."""


def _completed(spans: Sequence[Span], known: Sequence[Mention], read: Words) -> list[Span]:
    """The names; a part of one that the gazetteer has under the same label is the whole, without article."""
    fuller: dict[tuple[int, str], tuple[int, int]] = {}
    for mention in known:
        if mention.kind == "name" and mention.label in _NAMED_IN_PARTS:
            first, last = read.span(mention.start, mention.end)
            first += first < last and read.text[read.starts[first] : read.ends[first]] in ("The", "the")
            fuller |= dict.fromkeys(((at, mention.label) for at in range(first, last + 1)), (first, last))
    found: dict[tuple[int, int], Span] = {}
    for span in spans:
        first, last = fuller.get((span.first, span.label), (span.first, span.last))
        if last >= span.last:
            span = span._replace(first=first, last=last)
        found.setdefault((span.first, span.last), span)
    return list(found.values())


def _mended(spans: Sequence[Span], read: Words) -> list[Span]:
    """The names with the models they were cut from, one label for one string, and found wherever they stand."""
    parts = [part for span in spans for part in _undashed(span, read)]
    whole = _branched([_whole(span, read) for span in parts if any(map(str.isalnum, _form(span, read)))], read)
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    for span in whole:
        votes[_form(span, read)][span.label] += span.score  # type: ignore[assignment]
    labels = {form: max(sorted(count), key=lambda label: count[label]) for form, count in votes.items()}
    kept = {(s.first, s.last): s._replace(label=labels[_form(s, read)]) for s in whole}
    taken = {at for s in kept.values() for at in range(s.first, s.last + 1)}
    for span in _repeated(labels, read):
        if taken.isdisjoint(range(span.first, span.last + 1)):
            kept[span.first, span.last] = span
            taken.update(range(span.first, span.last + 1))
    return [kept[key] for key in sorted(kept)]


def _undashed(span: Span, read: Words) -> Iterator[Span]:
    """The parts of what a dash between blanks parts: `APPLE - Basalt` is a headline and a name."""
    first = span.first
    for at in range(span.first + 1, span.last):
        apart = read.ends[at - 1] < read.starts[at] and read.ends[at] < read.starts[at + 1]
        if apart and read.text[read.starts[at] : read.ends[at]] in ("-", "–", "—"):
            yield span._replace(first=first, last=at - 1)
            first = at + 1
    yield span._replace(first=first)


_BRANCH = re.compile(r"(?P<before>(?:[A-Z][\w&-]*\w )?)\((?P<place>[A-Z]\w+(?: [A-Z]\w+)?)\) ?(?=[A-Z]\w)")
"""A place in brackets within a firm's name, as in `Basalt (Beijing) Electronics`."""


def _branched(spans: Sequence[Span], read: Words) -> list[Span]:
    """The names; one that goes on behind a place in brackets is one, with what stands before the bracket."""
    firms = [span for span in spans if span.label == "Firm"]
    joined = list(spans)
    for match in _BRANCH.finditer(read.text):  # a line end is no blank: what stands before it may be a headline
        first, last = read.span(match.start(), match.end())
        after = next((s for s in firms if s.first == last + 1), None)
        before = next((s for s in firms if first - 1 <= s.last <= last and s.first <= first), None)
        trade = _TRADE.match(read.text, match.end())
        if not (after or (before and trade)) or not (before or match["before"]):
            continue
        low = before.first if before else first
        high = after.last if after else read.span(match.start(), trade.end() if trade else match.end())[1]
        joined = [s for s in joined if s.last < low or s.first > high] + [Span(low, high, "Firm", 1.0)]
    return sorted(joined)


_TRADE = re.compile(
    r"(?:(?:Co|Ltd|Inc|Corp|Limited|Company|Corporation|Technolog(?:y|ies)|(?:Micro)?[Ee]lectronics|Semiconductors?|Trading|"
    r"International|Holdings?|Group|Investment|Industr(?:y|ies)|Information|Integrated Circuit|Equipment)\b ?)+(?<! )"
)


def _form(span: Span, read: Words) -> str:
    return fold(read.text[read.starts[span.first] : read.ends[span.last]])


def _whole(span: Span, read: Words) -> Span:
    """A name with all of its code: `Basalt` of `Basalt-9` is none."""
    last = span.last
    while last + 2 < len(read) and span.label in ("Chip", "Product") and _is_joined(read, last):
        last += 2
    return span._replace(last=last)


def _is_joined(read: Words, last: int) -> bool:
    hyphen = read.text[read.starts[last + 1] : read.ends[last + 1]] in ("-", "‑", "–")
    tight = read.ends[last] == read.starts[last + 1] and read.ends[last + 1] == read.starts[last + 2]
    return hyphen and tight and any(map(str.isdigit, read.text[read.starts[last + 2] : read.ends[last + 2]]))


def _repeated(labels: dict[str, str], read: Words) -> Iterator[Span]:
    """Where else the strings of names stand, the longest first; sectors and short words are not looked for."""
    forms = read.forms()
    at: dict[str, list[int]] = defaultdict(list)
    for number, form in enumerate(forms):
        at[form].append(number)
    for text in sorted(labels, key=lambda text: (-len(text), text)):
        if labels[text] in ("Sector", SOURCE) or len(text) < 3 or not any(map(str.isupper, text)):
            continue
        pieces = words(text, []).forms()
        for first in at.get(pieces[0], ()) if pieces else ():
            last = first + len(pieces) - 1
            if forms[first : last + 1] == pieces and read.sentence[first] == read.sentence[last]:
                yield Span(first, last, labels[text], 0.5)


def _overlap(span: Span, others: Sequence[Span]) -> bool:
    """Whether a description is a name, or lies within one."""
    return any(other.first <= span.first and span.last <= other.last for other in others)


def _linked(
    names: Sequence[Span], others: Sequence[Span], read: Words, gazetteer: Gazetteer
) -> tuple[list[Node], list[tuple[Label, str]], list[tuple[str, ...]]]:
    """The mentions in order, with entities for the names, and what these entities are called."""
    called = [s for s in names if s.label != SOURCE]
    places = [linking.Name(read.starts[s.first], read.ends[s.last], s.label) for s in called]  # type: ignore[arg-type]
    linked = linking.link(read.text, places, gazetteer)
    numbers: dict[Any, int] = {}
    nodes = []
    for span, entity in zip(called, linked, strict=True):
        number = numbers.setdefault(entity.key, len(numbers))
        text = read.text[read.starts[span.first] : read.ends[span.last]]
        place = candidates.is_place(entity.label, text, gazetteer)
        nodes.append(Node(span.first, span.last, entity.label, True, number, read.sentence[span.first], place))
    keys: list[tuple[Label, str]] = list(numbers)
    aliases = {entity.key: entity.aliases for entity in linked}
    forms = [aliases[key] for key in keys]
    for span in (s for s in names if s.label == SOURCE):
        keys.append((SOURCE, " ".join(_form(span, read).split())))  # type: ignore[arg-type]
        forms.append(())
        nodes.append(Node(span.first, span.last, SOURCE, True, len(keys) - 1, read.sentence[span.first]))
    nodes += [Node(s.first, s.last, s.label, False, -1, read.sentence[s.first]) for s in others]
    return sorted(nodes), keys, forms


def _spans(model: Model, vectors: Array, nodes: Sequence[Node], near: Sequence[Near]) -> Array:
    return model.spans(vectors, *span_columns(nodes, [value.span for value in near]))


def _resolved(
    model: Model, spans: Array, nodes: list[Node], keys: Sequence[tuple[Label, str]], read: Words, gazetteer: Gazetteer
) -> tuple[list[Node], dict[int, int]]:
    """The mentions with what descriptions and pronouns mean; those that mean nothing found keep no entity."""
    items = prose.item_numbers(read.text, read.sentences)
    asked = resolution.asked(nodes, items)
    if not asked:
        return nodes, {}
    what = np.array([one.at for one in asked for _ in one.whom], dtype=np.int64)
    whom = np.array([number for one in asked for number in one.whom], dtype=np.int64)
    facts = np.concatenate([antecedent_facts(nodes, one.at, one.whom) for one in asked])
    scores = np.split(model.antecedents(spans, what, whom, facts), np.cumsum([len(one.whom) for one in asked])[:-1])
    surfaces = {number: _form(Span(n.first, n.last, n.label, 1.0), read) for number, n in enumerate(nodes)}
    meant = resolution.resolved(nodes, asked, [part.tolist() for part in scores], surfaces, keys, items, gazetteer)
    for at, number in meant.items():
        nodes[at] = nodes[at]._replace(entity=nodes[number].entity, place=nodes[number].place)
    return nodes, meant


def _credits(
    model: Model, vectors: Array, spans: Array, nodes: Sequence[Node], keys: Sequence[tuple[Label, str]], read: Words
) -> dict[int, list[str]]:
    """To whom each sentence is credited, in order of the text."""
    bounds = read.bounds()
    rows = [
        (who, low, high, number - nodes[who].sentence)
        for number, (low, high) in enumerate(bounds)
        for who in candidates.creditors(nodes, number)
        if nodes[who].entity >= 0
    ]
    if not rows:
        return {}
    first, last = bounds_of(nodes)
    scores = model.credits(vectors, spans, first, last, np.array(rows, dtype=np.int64))
    found: dict[int, list[str]] = defaultdict(list)
    starts = {low: number for number, (low, _) in enumerate(bounds) if low < len(read)}
    for (who, low, _, _), score in zip(rows, scores, strict=True):
        name = keys[nodes[who].entity][1]
        if score > 0 and name not in found[starts[low]]:
            found[starts[low]].append(name)
    return found


# -- claims


def _facts(
    model: Model, vectors: Array, spans: Array, nodes: Sequence[Node], near: Sequence[Near], read: Words, least: float
) -> Iterator[Told]:
    """The likeliest pair of each fact, in order of the text."""
    best: dict[Any, Told] = {}
    known = [node if node.entity >= 0 else node._replace(label=SOURCE) for node in nodes]
    for told in _told(model, vectors, spans, known, near, read, least):
        key = _fact_key(told)
        if key not in best or told.score > best[key].score:
            best[key] = told
    for told in best.values():
        amounts = choice.chosen(told.offered, told.subject, told.object, told.relation, read, known)
        yield told._replace(said=_round(told.offered) | amounts)


def _round(offered: Iterable[tuple[Near, float]]) -> dict[str, Near]:
    """The round of financing that the model thinks likeliest, if any is likelier than not."""
    rounds = [(near, score) for near, score in offered if SLOTS[near.span.slot] == "round" and score > 0]
    return {"round": max(rounds, key=lambda one: one[1])[0]} if rounds else {}


_LISTED = 4.0
"""Log-odds of what a list of restricted parties says: all of 28 such facts were right in the annotated documents."""


_SURE = 100.0
"""A score that nothing outweighs."""


def _with_listed(told: Sequence[Told], parties: Iterable[Party]) -> Iterator[Told]:
    """The facts as told, those surer that a list says too, and what only a list says."""
    facts = {_fact_key(one): one for one in told}
    for authority, party, off in parties:
        modality = _surely("denied" if off else "stated", MODALITIES)
        measure = _surely("entity_list", MEASURES)
        said = Told(authority, party, "SANCTIONS", _LISTED, party.sentence, modality, measure, "", -_LISTED, {}, [])
        known = facts.get(_fact_key(said))
        if known:
            said = known._replace(score=max(known.score, _LISTED), modality=modality if off else known.modality)
        facts[_fact_key(said)] = said
    yield from facts.values()


def _surely(one: str, among: Sequence[str]) -> tuple[float, ...]:
    """Scores by which it is this one, whatever else speaks for another."""
    return tuple(_SURE * (name == one) for name in among)


def _fact_key(told: Told) -> tuple[Any, ...]:
    return *RELATIONS[told.relation].in_order(told.subject.entity, told.object.entity), told.relation


def _told(
    model: Model, vectors: Array, spans: Array, nodes: Sequence[Node], near: Sequence[Near], read: Words, least: float
) -> Iterator[Told]:
    bounds = read.bounds()
    first, last = bounds_of(nodes)
    groups, shares = entity_groups(nodes)
    means = np.zeros((int(groups.max()) + 1, spans.shape[1]), dtype=np.float32)
    np.add.at(means, groups, spans[: len(nodes)] * shares[:, None])
    for low in range(0, len(bounds), _PART):
        part = [n for n, node in enumerate(nodes) if low - candidates.REACH <= node.sentence < low + _PART]
        inside = [nodes[n] for n in part]
        at = np.array(part, dtype=np.int64)
        for asked in candidates.pairs(inside, bounds).parts(_AT_ONCE):
            begin, end = int(asked.table[:, 2].min()), int(asked.table[:, 3].max())
            columns = list((asked.table - [0, 0, begin, begin, 0, 0]).T)
            outcome, said = model.pairs(
                vectors[begin:end], spans[at], means[groups[at]], first[at] - begin, last[at] - begin, columns
            )
            yield from _above(model, outcome, said, asked, inside, spans, len(nodes), near, least)


def _above(
    model: Model, outcome: Array, said: Array, asked: Pairs, nodes: Sequence[Node], spans: Array, count: int,
    near: Sequence[Near], least: float,
) -> Iterator[Told]:  # fmt: skip
    scores = np.where(asked.allowed, said[:, COLUMNS["relation"]], -np.inf)
    pairs, relations = np.nonzero(scores > least)
    if not len(pairs):
        return
    chosen, inverse = np.unique(pairs, return_inverse=True)
    offered = _values(model, outcome[chosen], asked, chosen, nodes, spans, count, near)
    for row, pair, number in zip(inverse, pairs, relations, strict=True):
        one, other = nodes[asked.subject[pair]], nodes[asked.object[pair]]
        name = RELATION_NAMES[number]
        yield Told(
            *_acting(one, other, name),
            name,
            float(scores[pair, number]),
            max(one.sentence, other.sentence),
            tuple(map(float, said[pair, COLUMNS["modality"]])),
            tuple(map(float, said[pair, COLUMNS["measure"]])),
            STAGES[int(said[pair, COLUMNS["stage"]].argmax())],
            float(said[pair, COLUMNS["credited"]][0]),
            {},
            offered[row],
        )


def _acting(one: Node, other: Node, relation: str) -> tuple[Node, Node]:
    """The ends with the labels in which the relation takes them: a country that acts is its government."""
    for subject in candidates.labels(one):
        for obj in candidates.labels(other):
            if (LABELS[subject], LABELS[obj]) in RELATIONS[relation].ends:
                return one._replace(label=LABELS[subject]), other._replace(label=LABELS[obj])
    raise AssertionError(f"{relation} does not join {one.label} and {other.label}")


def _values(
    model: Model,
    vectors: Array,
    asked: Pairs,
    chosen: Array,
    nodes: Sequence[Node],
    spans: Array,
    count: int,
    near: Sequence[Near],
) -> list[list[tuple[Near, float]]]:
    """For each chosen pair the values near it, with their scores."""
    rows: list[tuple[int, int]] = []
    facts: list[tuple[int, int]] = []
    places = [value.span for value in near]
    for row, pair in enumerate(chosen):
        one, other = nodes[asked.subject[pair]], nodes[asked.object[pair]]
        for number in candidates.near_values(places, one, other):
            rows.append((row, number))
            facts.append(value_facts(places[number], one, other))
    found: list[list[tuple[Near, float]]] = [[] for _ in chosen]
    if not rows:
        return found
    table = np.array(rows, dtype=np.int64)
    scores = model.values(vectors, spans, table[:, 0], table[:, 1] + count, np.array(facts, dtype=np.int64))
    for (row, number), score in zip(rows, scores, strict=True):
        found[row].append((near[number], float(score)))
    return found
