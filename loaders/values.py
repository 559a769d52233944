"""The dates and amounts of a text by the words they stand on: what a claim may take for its qualifiers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graph.partial_date import PartialDate
from loaders import amounts
from loaders.candidates import SLOTS, ValueSpan
from loaders.chronology import chronologies
from loaders.dates import When
from loaders.words import Words


@dataclass(frozen=True)
class Near:
    """A value in a text: its words, and what it says, in a form that can be compared."""

    span: ValueSpan
    said: Any
    """A date as ISO text; (amount, currency); (low, high); a part; a delta; a round."""
    metric: str = ""


def values(read: Words, published: PartialDate | None) -> list[Near]:
    """The values of a text, in order; the day of publication comes first, on the first word, if it is known."""
    found: list[Near] = []
    if published and len(read):
        for text in dict.fromkeys(str(published)[:length] for length in (10, 7, 4)):
            found.append(Near(ValueSpan(0, 0, SLOTS.index("date"), -1), text))
    known = chronologies(read.text, read.sentences, published)
    for sentence, (chronology, dated) in zip(read.sentences, known, strict=True):
        if (under := chronology.under) and not any(when.start == 0 for when in dated):
            first, _ = read.span(sentence.start, sentence.end)
            found.append(Near(ValueSpan(first, first, SLOTS.index("date"), read.sentence[first]), str(under)))
        for start, end, slot, said, metric in sorted(_expressions(sentence.text, dated), key=lambda one: one[:3]):
            first, last = read.span(sentence.start + start, sentence.start + end)
            if first <= last:
                span = ValueSpan(first, last, SLOTS.index(slot), read.sentence[first])
                found.append(Near(span, said, metric))
    return found


def _expressions(text: str, dated: Sequence[When]) -> Iterator[tuple[int, int, str, Any, str]]:
    for when in dated:
        if when.date:
            yield when.start, when.end, "date", str(when.date), ""
    for value in amounts.expressions(text):
        yield value.start, value.end, value.kind, _said(value), str(value.qualifiers.get("metric", ""))


def _said(value: amounts.Value) -> Any:
    said = value.qualifiers
    if value.kind == "money":
        return said["amount"], said["currency"]
    if value.kind == "quantity":
        return said.get("quantity_low", said.get("quantity")), said.get("quantity_high", said.get("quantity"))
    return said[{"part": "part", "ratio": "delta", "round": "round"}[value.kind]]
