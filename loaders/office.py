"""Who leads a public body, told by a title alone: "U.S. President X", "Secretary of Commerce X"."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from loaders.gazetteer import Gazetteer, fold

_NAME = r"(?P<name>[A-Z][\w'’.-]*\w(?: [A-Z]\.)?(?: (?:de |van |von |der |al )?[A-Z][\w'’-]*\w){1,2})"
_FORMER = (
    r"(?<!former )(?<!Former )(?<!ex-)(?<!then-)(?<!Vice )(?<!vice )(?<!Deputy )(?<!Under )(?<!Assistant )(?<!of )"
)
_DEPARTMENT = r"Commerce|(?:the )?Treasury|Energy|Defense|State|Homeland Security|War"
_SECRETARY = re.compile(
    rf"{_FORMER}\b(?:(?P<kind>{_DEPARTMENT}) [Ss]ecretary|Secretary of (?P<of>{_DEPARTMENT})) {_NAME}"
)
_HEAD = re.compile(
    rf"{_FORMER}\b(?P<country>[A-Z][\w.]*(?: [A-Z]\w+)?)(?:'s)? "
    rf"(?P<role>[Pp]resident|[Pp]rime [Mm]inister|[Pp]remier|[Cc]hancellor) {_NAME}"
)
_PRESIDENT = re.compile(rf"{_FORMER}\bPresident {_NAME}")
_PRESIDENTS = {
    "Donald Trump": "US government",
    "Joe Biden": "US government",
    "Barack Obama": "US government",
    "Emmanuel Macron": "French government",
    "Xi Jinping": "Chinese government",
    "Lai Ching-te": "Taiwanese government",
    "Tsai Ing-wen": "Taiwanese government",
    "Lee Jae-myung": "South Korean government",
    "Yoon Suk Yeol": "South Korean government",
    "Vladimir Putin": "Russian government",
}
"""Presidents who are seldom called those of a country, which companies have too."""


class Office(NamedTuple):
    """Who holds an office, the body it leads, and what it is called; `start` is where the name stands."""

    person: str
    body: str
    role: str
    start: int


def offices(text: str, gazetteer: Gazetteer) -> Iterator[Office]:
    """Yield the offices that titles before names tell of.

    Example:
        >>> from loaders.gazetteer import default
        >>> text = "Commerce Secretary Ann Lee met the French president Paul Roy and former U.S. President Bo Day."
        >>> [(office.person, office.body) for office in offices(text, default())]
        [('Ann Lee', 'US Department of Commerce'), ('Paul Roy', 'French government')]
    """
    folded = fold(text)
    for match in _SECRETARY.finditer(folded):
        body = f"US Department of {match['kind'] or match['of']}".replace("of Treasury", "of the Treasury")
        if ("Regulator", body) in gazetteer.entries:
            yield Office(match["name"], body, "secretary", match.start("name"))
    for match in _HEAD.finditer(folded):
        if government := gazetteer.government(match["country"]):
            yield Office(match["name"], government, match["role"].lower(), match.start("name"))
    for match in _PRESIDENT.finditer(folded):
        if match["name"] in _PRESIDENTS:
            yield Office(match["name"], _PRESIDENTS[match["name"]], "president", match.start("name"))
