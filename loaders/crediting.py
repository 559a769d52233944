"""Who says what in a sentence, by the verbs of saying in it and how far they reach.

`Prates said that A bought B; C sold D` credits the first half, `A bought B, according to Prates` what stands before.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.ontology import Label
from loaders.candidates import Node
from loaders.tags import SOURCE
from loaders.words import Words

_SAID = (
    r"(?:said|says|say|reported|reports?|disclosed|wrote|writes|confirmed|confirms|added|adds|denied|denies|noted|notes|"
    r"revealed|reveals|claimed|claims|believes?|believed|thinks?|estimates?|estimated|suggests?|suggested|insists?|insisted|"
    r"argues|argued|predicts?|predicted|hinted|hints|maintains|maintained|learnt|learned|hears|states|stated|warned|"
    r"warns|reckons?|reckoned|explained|swore|swears|contends|asserts|acknowledged|conceded|let slip|let it be known|"
    r"(?:rejected|denied|denies|dismissed|disputed)(?: an?| the)?(?: [\w-]+){0,3} (?:reports?|rumou?rs?|claims?|talk)(?= that)|ruled out|announced|repeated|repeats|found|finds|recalls?|recalled|understands|understood|contended|told [^,;]{2,40}(?=,|$)|ha(?:s|ve) (?:heard|told [^,;]{2,40}? that)|(?:told|tells) [^,;]{2,40}? that|(?:is|are|was|were) convinced)"
)
_ADVERB = r"(?:(?:also|later|first|then|has|have|had|only|earlier|recently|once|now|itself|himself|herself|again) ){0,2}"
_MODE = r"(?: (?:on|in|at|late|this|last|yesterday|today|under)\b[^,;]{0,40}?)?"
_AFTER = re.compile(rf"\s*(?:,[^,;]{{1,90}},)?\s*{_ADVERB}{_SAID}\b{_MODE}(?P<that>,? that\b|:)?")
"""What follows somebody who says something."""
_ACCORDING = r"\b[Aa]ccording to (?:(?:an? |the |its )?(?:[\w-]+ ){0,3}?\w+ (?:by|from|in|of|at) )?"
_BEFORE = re.compile(rf"(?:{_ACCORDING}|, {_SAID} |\b{_SAID} by |\b[Ii]f one believes )(?:the |an? |its |his |her )?$")
"""What stands before somebody to whom what goes before is credited."""
_STOP = re.compile(r";|\.\s|—|–")
_NOBODY = re.compile(
    r"(?:^|[,;:—–] |\b(?:and|but|though|which|as|to|that|believes) )"
    r"(?P<who>(?:(?:[Aa]n?|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|[Ss]everal|[Ss]ome|[Mm]any|[Tt]he|[Oo]ther|[Ii]ts|[Hh]is) )?"
    r"(?:(?!according|to\b|by\b|of\b|that\b)[\w-]+ ){0,2}?(?:analysts?|bankers?|lawyers?|distributors?|brokers?|traders?|investors?|insiders?|managers?|"
    r"prosecutors?|suppliers?|headhunters?|engineers?|consultants?|executives?|officials?|sources?|people|persons?|"
    r"observers?|economists?|outlets|media|reports|researchers?|dealers?|ministers?|vice-presidents?|counsel)"
    r"(?: (?:familiar with|close to|at|briefed on|with (?:\w+ )?knowledge of|with access to|in) (?:the )?[\w-]+(?: [\w-]+)?)?)"
    r"(?=[ ,.;]|$)"
)
"""Somebody without a name."""
_MAY = frozenset(["Firm", "Fund", "Person", "Regulator", "Country", SOURCE])


class Credit(NamedTuple):
    """Somebody who says something, and from where to where in the text it is said."""

    who: str
    start: int
    end: int


class _Who(NamedTuple):
    start: int
    end: int
    name: str


def credits(read: Words, nodes: Sequence[Node], keys: Sequence[tuple[Label, str]], sentence: int) -> Iterator[Credit]:
    """Yield who says something in a sentence, and what."""
    whole = read.sentences[sentence]
    for who in _speakers(read, nodes, keys, sentence):
        low = max([whole.start, *(m.end() for m in _STOP.finditer(read.text, whole.start, who.start))])
        stop = _STOP.search(read.text, who.end, whole.end)
        high = stop.start() if stop else whole.end
        before = read.text[low : who.start]
        if _BEFORE.search(before):
            yield Credit(who.name, low, high)
        elif match := _AFTER.match(read.text, who.end, high):
            rest = read.text[match.end() : high].strip(" .")
            if not match["that"] and re.search(r",\s*(?:the |an? |its )?$", before):
                yield Credit(who.name, low, high if rest.startswith(",") else who.start)
            elif rest:
                yield Credit(who.name, match.end(), high)


def _speakers(read: Words, nodes: Sequence[Node], keys: Sequence[tuple[Label, str]], sentence: int) -> Iterator[_Who]:
    """Who may say something in a sentence: its mentions, then people without a name."""
    found = []
    for node in nodes:
        if node.sentence == sentence and node.entity >= 0 and node.label in _MAY:
            end, name = _whole(node, read, keys[node.entity][1])
            found.append(_Who(read.starts[node.first], end, name))
    yield from found
    whole = read.sentences[sentence]
    for match in _NOBODY.finditer(whole.text):
        start, end = (whole.start + at for at in match.span("who"))
        if not any(start < who.end and who.start < end for who in found):
            yield _Who(start, end, match["who"])


_CUT = re.compile(r" (?:who|with|in|at|of|on|to|by|from|the|an?)$")
_REST = re.compile(r"(?: [\w'’-]+){1,8}?(?=[,.;]|$)")


def _whole(node: Node, read: Words, name: str) -> tuple[int, str]:
    """Where somebody without a name ends, and all the words for them: `a person who` has been cut off."""
    end = read.ends[node.last]
    if node.label == SOURCE and _CUT.search(name):
        stop = read.sentences[node.sentence].end
        if rest := _REST.match(read.text, end, stop):
            return rest.end(), f"{name}{rest[0]}"
    return end, name


def covering(found: Sequence[Credit], place: int) -> list[str]:
    """Who says what stands at a place of the text."""
    return list(dict.fromkeys(credit.who for credit in found if credit.start <= place <= credit.end))
