"""The dates of a text in its order: what stood before tells what "two years later" or a bare "March 3" means.

The heading of a year, the date named last and the entry of a timeline in which a sentence stands all help.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from graph.partial_date import PartialDate
from loaders import dates, prose
from loaders.date_grammar import GRAMMAR
from loaders.dates import When
from loaders.prose import Sentence

_HEADING = re.compile(r"(?:19[7-9]|20[0-4])\d")
"""A line that is a year alone, as timelines have them."""
_DASH = re.compile(r" ?[–—:] | - |[.:]?$")
"""What stands between the date of an entry in a timeline and what happened then."""


@dataclass(frozen=True)
class Chronology:
    """What the dates of a sentence hang on besides its words."""

    published: PartialDate | None
    anchor: PartialDate | None = None
    """The date that was named last."""
    heading: str | None = None
    """The year over the part of the text in which the sentence stands."""
    entry: PartialDate | None = None
    """The date of the last entry of a timeline."""
    paragraph: int = -1
    """Where that entry stands: what follows there is told as of its date."""
    here: int = -1
    """The paragraph of the sentence."""

    def at(self, sentence: Sentence) -> "Chronology":
        """The same for the next sentence, which may be a heading or begin an entry."""
        found = replace(self, here=sentence.paragraph)
        if _HEADING.fullmatch(sentence.text):
            return replace(found, heading=sentence.text, entry=None)
        first = GRAMMAR.match(sentence.text) and next(replace(found, paragraph=-1).find(sentence.text), None)
        if not first or not _DASH.match(sentence.text, first.end):
            return found
        return replace(found, entry=self._entered(first), paragraph=sentence.paragraph)

    def _entered(self, when: When) -> PartialDate | None:
        """The date of an entry; one without a year is the first such day from the entry before on."""
        if not (self.entry and self.published and when.date and when.others):
            return when.date
        years = (self.entry.first.year, self.entry.first.year + 1)
        days = (PartialDate.parse(f"{year}{str(when.date)[4:]}") for year in years)
        within = (day for day in days if self.entry.first <= day.last and day.first <= self.published.last)
        return next(within, when.date)

    @property
    def _entry(self) -> PartialDate | None:
        """The date of the entry in which the sentence stands."""
        return self.entry if self.here == self.paragraph else None

    @property
    def under(self) -> PartialDate | None:
        """The date under which all of the sentence stands: that of its entry, else the year over it."""
        return self._entry or (PartialDate.parse(self.heading) if self.heading else None)

    def find(self, text: str) -> Iterator[When]:
        """Yield the dates of such a sentence, or of a piece of it, in order."""
        entry = self._entry
        told = entry if entry and len(str(entry)) > 4 else self.published
        year = str(entry) if entry and told is not entry else self.heading
        for when in dates.find(text, told, self.anchor):
            within = (one for one in (when.date, *when.others) if one and year and str(one).startswith(year))
            yield when._replace(date=next(within, when.date))

    def after(self, found: Sequence[When]) -> "Chronology":
        """The same when these dates were named."""
        return replace(self, anchor=next((when.date for when in reversed(found) if when.date), self.anchor))


def chronologies(
    text: str, sentences: Sequence[Sentence], published: PartialDate | None
) -> Iterator[tuple[Chronology, list[When]]]:
    """Yield for each sentence what its dates hang on, and its dates. Every item of a text begins anew."""
    state = Chronology(published)
    for sentence, (before, item) in zip(sentences, pairwise([0, *prose.item_numbers(text, sentences)]), strict=True):
        state = (state if item == before else Chronology(published)).at(sentence)
        found = list(state.find(sentence.text))
        yield state, found
        state = state.after(found)
