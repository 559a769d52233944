"""What a claim of the model says besides: amounts and stage as the model chose them, measure, role, metric, product."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from graph.ontology import RELATIONS
from loaders import measure
from loaders.learned import Reading, Told
from loaders.wording import either

_OFFICE = re.compile(
    r"\b(?:(?:co-|vice |deputy |interim |acting |executive |under )*(?:"
    r"chief [a-z]+ officer|chief (?:executive|scientist|technologist|economist)|C[EFOT]O|chair(?:man|woman|person)?"
    r"|president|managing director|director[- ]general|general (?:manager|counsel)|[a-z]+ minister|minister|secretary"
    r"|governor|commissioner|chancellor|premier|founder|managing partner|finance chief|chief|head|director|boss))\b",
    re.IGNORECASE,
)
_METRIC = re.compile(
    r"\b"
    + either(
        "performance_per_(?:watt|dollar) tokens_per_(?:watt|second|dollar) cost_per_\\w+ computing_power "
        "power_consumption power_draw memory_(?:bandwidth|capacity) (?:inference|training|clock)_(?:speed|performance) "
        "core_count throughput bandwidth latency efficiency price cost speed power performance density range accuracy "
        "memory size weight"
    )
    + r"\b",
    re.IGNORECASE,
)
_CHEAPER = re.compile(
    r"\b(?:cheaper|dearer|costlier|expensive|discount|priced|prices|sells? for|costs)\b", re.IGNORECASE
)
_FASTER = re.compile(r"\b(?:faster|slower|quicker|speedier|twice as fast)\b", re.IGNORECASE)
_GOODS = re.compile(
    r"\b(?:(?:AI|silicon|memory|power|graphics|logic|server|test|optical|lithography|packaging|etching|deposition) )?"
    + either(
        "wafers packaging substrates processors chips GPUs memory servers tools equipment scanners sensors lasers "
        "modules batteries cells displays panels photoresists? materials gases racks switches engines steel "
        "foundry_services capacity software components semiconductors accelerators"
    )
    + r"\b"
)


def qualifiers(told: Told, read: Reading, subject: str) -> dict[str, Any]:
    """The qualifiers of a claim, as far as its relation takes them.

    Args:
        subject: what its subject is called.
    """
    takes = RELATIONS[told.relation].qualifiers
    found = _values(told, takes)
    text = read.words.sentences[told.sentence].text
    if "measure" in takes:
        found["measure"] = measure.chosen(told.subject, told.object, subject, told.sentence, read.words, told.measure)
    if "stage" in takes:
        found["stage"] = told.stage
    if "metric" in takes:
        found["metric"] = (told.said["ratio"].metric if "ratio" in told.said else "") or metric(text)
    if "role" in takes and (role := _role(told, text, read)):
        found["role"] = role
    if "product" in takes and (product := _product(told, text, read)):
        found["product"] = product
    return found


def _values(told: Told, takes: Iterable[str]) -> dict[str, Any]:
    said = {slot: near.said for slot, near in told.said.items()}
    found: dict[str, Any] = {}
    if "amount" in takes and "money" in said:
        found["amount"], found["currency"] = said["money"]
    if "part" in said and 0 <= said["part"] <= 1:
        found |= {name: said["part"] for name in ("stake", "share") if name in takes}
    if "quantity" in takes and "quantity" in said:
        low, high = said["quantity"]
        found |= _quantity(low, high, takes)
    if "delta" in takes and "ratio" in said:
        found["delta"] = said["ratio"]
    if "round" in takes and "round" in said:
        found["round"] = said["round"]
    return found


def _quantity(low: float, high: float, takes: Iterable[str]) -> Mapping[str, float]:
    if low == high:
        return {"quantity": low}
    return {"quantity_low": low, "quantity_high": high} if "quantity_low" in takes else {}


def metric(text: str) -> str:
    """What a sentence compares, in its own words where it has some.

    Example:
        >>> [metric(text) for text in ("It is 30% cheaper.", "It has twice the memory bandwidth.", "It beats it.")]
        ['price', 'memory bandwidth', 'performance']
    """
    if found := _METRIC.search(text):
        return found[0].lower()
    if _CHEAPER.search(text):
        return "price"
    return "speed" if _FASTER.search(text) else "performance"


def _role(told: Told, text: str, read: Reading) -> str:
    """The office nearest to the person in the sentence."""
    at = _place(told.subject.first, told, read)
    offices = [(min(abs(m.start() - at), abs(m.end() - at)), m.start(), m[0]) for m in _OFFICE.finditer(text)]
    return min(offices)[2] if offices else ""


def _product(told: Told, text: str, read: Reading) -> str:
    """The named good nearest to the buyer in the sentence, else goods without a name."""
    goods = [node for node in read.nodes if node.label in ("Chip", "Product") and node.sentence == told.sentence]
    named = [(abs(node.first - told.object.first), node.first, node.entity) for node in goods if node.entity >= 0]
    if named:
        return read.keys[min(named)[2]][1]
    at = _place(told.object.first, told, read)
    nouns = [(abs(m.start() - at), m.start(), m[0]) for m in _GOODS.finditer(text)]
    return min(nouns)[2] if nouns else ""


def _place(word: int, told: Told, read: Reading) -> int:
    """Where a word stands in the claim's sentence, by characters; before it, less than 0."""
    return read.words.starts[word] - read.words.sentences[told.sentence].start
