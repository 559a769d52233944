"""The dates and amounts of a text by the words they stand on: what a claim may take for its qualifiers."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from graph.partial_date import PartialDate
from loaders import amounts, dates
from loaders.candidates import SLOTS, ValueSpan
from loaders.words import Words

_HEADING = re.compile(r"(?:19[7-9]|20[0-4])\d")
"""A line that is a year alone, as timelines have them."""


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
    anchor: PartialDate | None = None
    heading: str | None = None
    for sentence in read.sentences:
        text = read.text[sentence.start : sentence.end]
        heading = text if _HEADING.fullmatch(text) else heading
        dated = [_under(heading, when) for when in dates.find(text, published, anchor)]
        anchor = next((when.date for when in reversed(dated) if when.date), anchor)
        for start, end, slot, said, metric in sorted(_expressions(text, dated), key=lambda one: one[:3]):
            first, last = read.span(sentence.start + start, sentence.start + end)
            if first <= last:
                span = ValueSpan(first, last, SLOTS.index(slot), read.sentence[first])
                found.append(Near(span, said, metric))
    return found


def _under(heading: str | None, when: dates.When) -> dates.When:
    """A date as it is meant under the heading of a year: `March 3` is a day of that year, if it may be."""
    within = (date for date in (when.date, *when.others) if date and heading and str(date).startswith(heading))
    return when._replace(date=next(within, when.date))


def _expressions(text: str, dated: Sequence[dates.When]) -> Iterator[tuple[int, int, str, Any, str]]:
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
