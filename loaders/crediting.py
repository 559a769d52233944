"""Who says what in a sentence, by the verbs of saying in it and how far they reach.

`Prates said that A bought B; C sold D` credits the first half, `A bought B, according to Prates` what stands before.
"""

import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.ontology import Label
from loaders.candidates import Node
from loaders.tags import SOURCE
from loaders.wording import either
from loaders.words import Words

_SAID = either(
    "said says? reported reports? disclosed (?:wrote|writes)(?!_to\\b) confirm(?:s|ed) adds? added denie[sd] note[sd] "
    "reveal(?:s|ed) claim(?:s|ed) believe[sd]? thinks? estimate[sd]? suggest(?:s|ed)? insist(?:s|ed)? argue[sd] "
    "predict(?:s|ed) hint(?:s|ed) maintain(?:s|ed) learn(?:t|ed) hears state[sd] warn(?:s|ed) reckon(?:s|ed)? "
    "explained swore swears conten(?:ds|ded) asserts acknowledged conceded let_slip let_it_be_known ruled_out "
    "announced repeat(?:s|ed) finds? found recall(?:s|ed)? underst(?:ands|ood) ha(?:s|ve)_heard "
    "(?:is|are|was|were)_convinced"
)
_DENIED = (
    r"(?:rejected|denied|denies|dismissed|disputed)(?: [\w-]+){0,4} (?:reports?|rumou?rs?|claims?|talk)(?= that\b)"
)
_TOLD = rf"(?:{_DENIED}|{_SAID}|(?:told|tells) [^,;]{{2,40}}?(?= that\b|,|$))"
_ADVERB = (
    r"(?:(?:also|later|first|then|has|have|had|only|earlier|recently|once|now|itself|himself|herself|again) ){0,2}"
)
_THAT = r"(?:(?: (?:on|in|at|late|this|last|yesterday|today|under)\b[^,;]{0,40}?)?(?P<that>,? that\b|:))?"
_AFTER = re.compile(rf"\s*(?:,[^,;]{{1,90}},)?\s*{_ADVERB}{_TOLD}(?!\w){_THAT}")
"""What follows somebody who says something."""
_ACCORDING = r"\b[Aa]ccording to (?:(?:an? |the |its )?(?:[\w-]+ ){0,3}?\w+ (?:by|from|in|of|at) )?"
_BEFORE = re.compile(rf"(?:{_ACCORDING}|, {_SAID} |\b{_SAID} by |\b[Ii]f one believes )(?:the |an? |its |his |her )?$")
"""What stands before somebody to whom what goes before is credited."""
_STOP = re.compile(r";|\.\s|—|–")
_PEOPLE = either(
    "analysts? bankers? lawyers? distributors? brokers? traders? investors? insiders? managers? prosecutors? "
    "suppliers? headhunters? engineers? consultants? executives? officials? sources? people persons? observers? "
    "economists? outlets media reports researchers? dealers? ministers? vice-presidents? counsel"
)
_KNOWING = either("familiar_with close_to at briefed_on with_knowledge_of with_direct_knowledge_of with_access_to in")
_DETERMINER = either("an? one two three four several some many the other its his")
_NOBODY = re.compile(
    r"(?:^|[,;:—–] |\b(?:and|but|though|which|as|to|that|believes) )"
    rf"(?P<who>(?i:{_DETERMINER} )?(?:(?!(?i:according|to|by|of|that)\b)[\w-]+ ){{0,2}}?{_PEOPLE}"
    rf"(?: {_KNOWING} (?:the )?[\w-]+(?: (?!{_SAID}\b)[\w-]+)?)?)(?=[ ,.;]|$)"
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
    """Yield who says something in a sentence, and what.

    Args:
        nodes: all mentions of the text, in order.
    """
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
    low, high = (bisect(nodes, number, key=lambda node: node.sentence) for number in (sentence - 1, sentence))
    for node in nodes[low:high]:
        if node.entity >= 0 and node.label in _MAY:
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


def later(found: Sequence[Credit], place: int) -> set[str]:
    """Who says but what follows a place of the text: `A bought B, though Prates insists that C did`."""
    return {credit.who for credit in found if credit.start > place}
