"""Which date a claim takes: of those around it the likeliest, if any is likelier than none.

What counts is where a date stands, what stands between it and the ends of the claim, and what the learned model makes
of it. How much each counts was fitted to annotated documents (a conditional logit, McFadden 1974).
"""

import json
import math
import re
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

from graph.ontology import MODALITIES
from graph.partial_date import PartialDate
from loaders.calibration import SHIPPED
from loaders.candidates import SLOTS, Node
from loaders.date_grammar import GRAMMAR
from loaders.learned import Reading, Told
from loaders.values import Near
from loaders.words import Words

_DATE = SLOTS.index("date")
_JOINT = r"\b(?:and|but|which|who|whose|where|when|while|after|before|because|although|though|if|so|as)\b"
_BORDER = re.compile(rf"[;:—–(),]|{_JOINT}|\b(?:that|since)\b")
"""Where another clause may begin, roughly."""
_PIECE = re.compile(rf"[;:—–(),]|{_JOINT}|\bsince(?= (?:it|he|she|they|the|its)\b)")
_TOLD = re.compile(
    r"\b(?:said|says?|told|reports?|reported|announced|disclosed|wrote|writes|confirmed|added|according to|statement|"
    r"denied|noted|citing|quoted|revealed|published)\b"
)
_LEADING = re.compile(
    r"in|on|since|by|until|from|of|for|last|late|early|the|before|after|during|to|this|and|[(,-]", re.IGNORECASE
)
"""What is told apart of the words before a date."""
_SURE = 50.0
"""Log-odds beyond which nothing is surer."""
_WORD = re.compile(r"[a-z]+")
_PARTS = re.compile(r"[a-z]+|[,;:—]")


class Scene(NamedTuple):
    """A claim whose date is looked for."""

    words: Words
    nodes: Sequence[Node]
    published: str | None
    subject: Node
    object: Node
    relation: str
    modality: str

    @property
    def sentence(self) -> int:
        """The sentence of the claim: that of its last end."""
        return max(self.subject.sentence, self.object.sentence)

    @property
    def ends(self) -> tuple[Node, Node]:
        """The two ends, the one that stands first before the other."""
        one, other = sorted((self.subject, self.object), key=lambda node: node.first)
        return one, other

    def text(self, after: int, before: int) -> str:
        """What stands after one word and before another."""
        return self.words.text[self.words.ends[after] : self.words.starts[before]]


@dataclass(frozen=True)
class Dating:
    """How much each feature of a date says that a claim takes it."""

    weights: dict[str, float]

    def chosen(self, scene: Scene, dates: Sequence[tuple[Near, float]]) -> Near | None:
        """The date that a claim takes, if it takes one; what stands in the text goes before the day of publication.

        Args:
            dates: those around the claim, each with the score that the learned model gives it.
        """
        odds: dict[str, float] = {}
        for (near, _), found in zip(dates, features(scene, dates), strict=True):
            one = sum(self.weights.get(name, 0.0) * value for name, value in found)
            odds[near.said] = odds.get(near.said, 0.0) + math.exp(min(one, _SURE))
        best = max(odds, key=lambda said: (odds[said], said), default=None)
        if best is None or odds[best] <= 1:
            return None
        return max((near for near, _ in dates if near.said == best), key=lambda near: near.span.sentence)


def dated(read: Reading, published: PartialDate | None, by: Dating) -> list[Told]:
    """What the model tells, with the dates that its facts take."""
    return [_dated(told, by.chosen(scene(told, read, published), dates(told))) for told in read.told]


def dates(told: Told) -> list[tuple[Near, float]]:
    """The dates about a fact, each with the model's score."""
    return [(near, score) for near, score in told.offered if near.span.slot == _DATE]


def _dated(told: Told, near: Near | None) -> Told:
    return told._replace(said={**told.said, "date": near}) if near else told


def scene(told: Told, read: Reading, published: PartialDate | None) -> Scene:
    """The scene of a fact that the model tells."""
    day = str(published) if published else None
    _, modality = max(zip(told.modality, MODALITIES, strict=True))
    return Scene(read.words, read.nodes, day, told.subject, told.object, told.relation, modality)


def features(scene: Scene, dates: Sequence[tuple[Near, float]]) -> Iterator[list[tuple[str, float]]]:
    """What is known of each date, as names and numbers."""
    for near, score in dates:
        published = near.span.sentence < 0
        found = list(_published(near, scene) if published else _written(near, scene, dates))
        yield [*found, ("bias", 1.0), ("score", score), ("published", float(published))]


def _published(near: Near, scene: Scene) -> Iterator[tuple[str, float]]:
    size = f"published {len(near.said)}"
    yield from _flags([size, f"{size} {scene.modality}", f"{size} {scene.relation}"])


def _written(near: Near, scene: Scene, dates: Sequence[tuple[Near, float]]) -> Iterator[tuple[str, float]]:
    yield from _flags(
        [f"size {len(near.said)}", f"of {scene.relation}", f"of {scene.modality}", *_expression(near, scene)]
    )
    yield from _flags(_time(near, scene))
    one, other = scene.ends
    place = _place(near, scene)
    yield from _flags([place, *_clause(near, scene, place)])
    if place == "here before":
        yield from _between(near, scene, place, near.span.last, one.first)
    elif place == "here after":
        yield from _between(near, scene, place, other.last, near.span.first)
    elif place == "here inside":
        yield from _between(near, scene, "inside first", one.last, near.span.first)
        yield from _between(near, scene, "inside last", near.span.last, other.first)
    else:
        yield f"distance {place}", math.log1p(max(0, one.first - near.span.last))
    if place.startswith("here"):
        yield from _flags(_rivals(near, scene, dates))


def _flags(names: Iterable[str]) -> Iterator[tuple[str, float]]:
    return ((name, 1.0) for name in names)


def _place(near: Near, scene: Scene) -> str:
    one, other = scene.ends
    if near.span.sentence != scene.sentence:
        return "previous" if near.span.sentence < one.sentence else "first"
    if near.span.last < one.first:
        return "here before"
    if near.span.first > other.last:
        return "here after"
    return "here inside" if one.last < near.span.first and near.span.last < other.first else "here within"


def _expression(near: Near, scene: Scene) -> Iterator[str]:
    """What kind of expression it is, the word before it, and whether it opens the sentence."""
    words, first = scene.words, near.span.first
    said = words.text[words.starts[first] : words.ends[near.span.last]]
    match = GRAMMAR.match(said)
    yield f"kind {match.lastgroup if match else 'entry'}"
    if not first or words.sentence[first - 1] != near.span.sentence:
        yield "opens"
    else:
        word = words.text[words.starts[first - 1] : words.ends[first - 1]].lower()
        yield f"after {word if _LEADING.fullmatch(word) else 'another'}"


def _time(near: Near, scene: Scene) -> Iterator[str]:
    if scene.published:
        future = near.said > scene.published[: len(near.said)]
        yield f"{'future' if future else 'past'} {scene.modality}"


def _clause(near: Near, scene: Scene, place: str) -> Iterator[str]:
    """What stands in the piece of the sentence between two borders in which the date stands."""
    words, sentence = scene.words, scene.words.sentences[near.span.sentence]
    start, end = words.starts[near.span.first], words.ends[near.span.last]
    low = max((match.end() for match in _PIECE.finditer(words.text, sentence.start, start)), default=sentence.start)
    border = _PIECE.search(words.text, end, sentence.end)
    high = border.start() if border else sentence.end
    for name, node in (("subject", scene.subject), ("object", scene.object)):
        if low <= words.starts[node.first] < high:
            yield f"with {name}"
    before, after = words.text[low:start].lower(), words.text[end:high].lower()
    if _TOLD.search(before):
        yield f"told {place}"
    for word in sorted({*_WORD.findall(before), *_WORD.findall(after)}):
        yield f"beside {word}"
        yield f"beside {word} {scene.relation}"


def _between(near: Near, scene: Scene, where: str, after: int, before: int) -> Iterator[tuple[str, float]]:
    """What stands between the date and an end of the claim."""
    text = scene.text(after, before)
    yield f"distance {where}", math.log1p(len(text.split()))
    yield f"mentions {where}", float(min(4, sum(node.named for node in _mentions(scene, after, before))))
    yield f"borders {where} {min(4, len(_BORDER.findall(text)))}", 1.0
    yield from _flags(f"between {where} {word}" for word in sorted(set(_PARTS.findall(text.lower()))))


def _mentions(scene: Scene, after: int, before: int) -> Sequence[Node]:
    """The mentions that begin between two words."""
    low, high = (bisect(scene.nodes, word, key=lambda node: node.first) for word in (after, before - 1))
    return scene.nodes[low:high]


def _rivals(near: Near, scene: Scene, dates: Sequence[tuple[Near, float]]) -> Iterator[str]:
    """Whether other dates stand in the sentence, and nearer."""
    others = [one for one, _ in dates if one.span.sentence == scene.sentence and one.span.first != near.span.first]
    if not others:
        yield "alone"
    elif all(_distance(near, scene) <= _distance(one, scene) for one in others):
        yield "nearest"


def _distance(near: Near, scene: Scene) -> int:
    one, other = scene.ends
    return max(0, one.first - near.span.last, near.span.first - other.last)


def read(folder: Path) -> Dating:
    """What was fitted for the model in a folder."""
    return Dating(json.loads((folder / "dating.json").read_text(encoding="utf-8")))


@cache
def default() -> Dating:
    """What was fitted for the model that comes with keiretsu."""
    return read(SHIPPED)
