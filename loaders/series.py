"""List articles: "seven challengers of X", then a paragraph for each, which need not say again whom it challenges."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from loaders.clauses import subject
from loaders.gazetteer import Mention
from loaders.prose import Sentence
from loaders.wording import either

_NUMBERS = {
    word: number
    for number, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 2
    )
}
_GROUP = either(
    "compan(?:y|ies) firms start-?ups challengers rivals contenders names players chipmakers designers competitors "
    "suppliers"
)
_ANNOUNCED = re.compile(
    rf"\b(?P<count>{'|'.join(_NUMBERS)}|[2-9]|1\d|20) (?:[\w-]+ |⟨[^⟩]+⟩ ){{0,4}}?{_GROUP}\b", re.IGNORECASE
)
_RIVALRY = re.compile(
    r"⟨Firm:(?P<of>\d+)⟩ '(?:s|its) (?:[\w-]+ |⟨(?:Demonym|Sector|Country)[^⟩]*⟩ ){0,3}(?:challengers?|rivals?|"
    r"competitors?)\b"
    r"|\b(?:challengers?|rivals?|competitors?|alternatives?) (?:to|of|for) ⟨Firm:(?P<to>\d+)⟩"
    r"|\b(?:rival|challenge|compete with|take on|competing with|challenging|rivalling) ⟨Firm:(?P<verb>\d+)⟩(?! ')"
)
_ITEM = re.compile(
    r"^(?:\d+[.)] |Next[^⟨]*|(?:Ranked |In )?[\w-]+ place[^⟨]*|(?:First|Second|Third|Last|Finally|"
    r"Also)[^⟨]*)?(?:The )?(?P<mark>⟨Firm:(?P<number>\d+)⟩)(?! ')"
)


class Read(NamedTuple):
    """A sentence with its mentions and its marked text."""

    sentence: Sentence
    mentions: Sequence[Mention]
    text: str


class Member(NamedTuple):
    """A firm of the series, the sentence that opens its paragraph, and whom the series is up against."""

    firm: Mention
    rival: Mention
    sentence: Sentence


def members(reads: Sequence[Read]) -> Iterator[Member]:
    """Yield the members of an announced series of rivals of one firm, each by the sentence that opens its paragraph.

    Nothing is yielded unless a number of firms is announced, somebody is named whom they challenge, and at least half
    as many paragraphs follow that open with a firm of their own.
    """
    announced = next(((n, m) for n, r in enumerate(reads) for m in [_ANNOUNCED.search(r.text)] if m), None)
    rival = next((found for r in reads for found in [_rival(r)] if found), None)
    if not announced or not rival:
        return
    at, match = announced
    count = _NUMBERS.get(match["count"].lower()) or int(match["count"])
    found: dict[str, Member] = {}
    for read in reads[at + 1 :]:
        item = _ITEM.match(read.text) if read.sentence.opens else None
        if not item or (item["mark"] != subject(read.text) and " , " not in read.text[: item.end() + 3]):
            continue
        firm = read.mentions[int(item["number"])]
        if firm.kind == "name" and firm.name != rival.name and len(found) < count:
            found.setdefault(firm.name, Member(firm, rival, read.sentence))
    if len(found) * 2 >= count:
        yield from found.values()


def _rival(read: Read) -> Mention | None:
    match = _RIVALRY.search(read.text)
    number = match and (match["of"] or match["to"] or match["verb"])
    return read.mentions[int(number)] if number else None
