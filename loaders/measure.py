"""By which measure an authority restricts: from the words around a claim, which are weighed by what was fitted.

`data/measures.toml` holds the cues: for each measure regular expressions, whatever the case. `{name}` stands for the
expression of that name under `[words]`, `~6 ` for up to six words. What a cue, a word or a label counts for each
measure is in `data/model/measures.json`, which `python -m training weigh` fits to the annotated documents.
"""

import re
import tomllib
from bisect import bisect_right
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np

from graph.ontology import MEASURES
from loaders import linear
from loaders.calibration import SHIPPED
from loaders.candidates import Node
from loaders.linear import Weights
from loaders.words import Words

FILE = "measures.json"
BEFORE = 2
"""Sentences before a claim's that are looked at for cues."""
TRUST = 0.25
"""How much the model's scores count beside the words; chosen on the documents held back."""
_BREAK = re.compile(r"[;:—–•]| - |\. |, (?:and|but|while|whereas|which) ")
_FAR = 20
"""Characters that the end of a clause counts for."""
_WORD = re.compile(r"[a-z][a-z'-]+")
_ENDINGS = ("'s", "ing", "ed", "es", "s", "e")


class _Cue(NamedTuple):
    measure: str
    start: int
    end: int


def chosen(subject: Node, obj: Node, name: str, sentence: int, read: Words, scores: Sequence[float]) -> str:
    """The measure of a claim.

    Args:
        name: what the subject is called.
        scores: what the model says of each measure.
    """
    odds = TRUST * np.array(scores, dtype=float) + linear.odds(features(subject, obj, name, sentence, read), default())
    return MEASURES[int(odds.argmax())]


def features(subject: Node, obj: Node, name: str, sentence: int, read: Words) -> list[str]:
    """What may tell the measure of a claim: cues in its clause, its sentence and before; words; label of the object."""
    at = read.sentences[sentence]
    ends = [
        (read.starts[node.first] - at.start, read.ends[node.last] - at.start)
        for node in (obj, subject)
        if node.sentence == sentence
    ]
    ranked = sorted((_distance(cue, ends, at.text), cue.measure) for cue in cues(at.text))
    found = {f"near {measure}" for _, measure in ranked[:1]}
    found |= {f"clause {measure}" for (breaks, _), measure in ranked if not breaks}
    found |= {f"sentence {measure}" for _, measure in ranked}
    for earlier in read.sentences[max(0, sentence - BEFORE) : sentence]:
        found |= {f"before {cue.measure}" for cue in cues(earlier.text)}
    found |= {f"word {stem}" for stem in _stems(at.text)} | {f"subject {stem}" for stem in _stems(name)}
    return sorted(found | {f"object {obj.label}"})


def _distance(cue: _Cue, ends: Sequence[tuple[int, int]], text: str) -> tuple[int, int]:
    """How many clauses lie between a cue and the first of the ends, and how far it is from them all."""
    breaks = _breaks(text)
    clauses, gap = [0], 0
    for start, end in ends:
        low, high = min(cue.end, end), max(cue.start, start)
        clauses.append(max(0, bisect_right(breaks, high - 1) - bisect_right(breaks, low - 1)))
        gap += max(0, high - low)
    return clauses[1 if ends else 0], gap + _FAR * sum(clauses[2:])


@lru_cache(maxsize=256)
def _breaks(text: str) -> list[int]:
    return [match.start() for match in _BREAK.finditer(text)]


@lru_cache(maxsize=256)
def _stems(text: str) -> frozenset[str]:
    return frozenset(map(_stem, _WORD.findall(text.lower())))


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


@lru_cache(maxsize=256)
def cues(text: str) -> tuple[_Cue, ...]:
    """The cues in a text.

    Example:
        >>> [cue.measure for cue in cues("Brussels fined the firm and put a duty on its parts.")]
        ['fine', 'tariff']
    """
    return tuple(
        _Cue(measure, match.start(), match.end())
        for measure, patterns in table().items()
        for pattern in patterns
        for match in pattern.finditer(text)
    )


@cache
def table() -> dict[str, list[re.Pattern[str]]]:
    """The expressions that hint at each measure."""
    data = tomllib.loads((files("loaders") / "data" / "measures.toml").read_text(encoding="utf-8"))
    return {
        measure: [re.compile(_expression(pattern, data["words"]), re.IGNORECASE) for pattern in patterns]
        for measure, patterns in data["cues"].items()
    }


def _expression(pattern: str, words: dict[str, str]) -> str:
    for name, expression in words.items():
        pattern = pattern.replace("{" + name + "}", expression)
    return re.sub(r"~(\d+) ", r"(?:[^\\s;]+ ){0,\1}?", pattern)


@cache
def default() -> Weights:
    """What was fitted for the model that comes with keiretsu."""
    return linear.read(SHIPPED / FILE)
