"""Lists of restricted parties, as authorities publish them: whom the authority lists, where no sentence names both.

A notice says once who acts ("the Bureau adds 12 parties to the Entity List"), then only whom it hits: "X and Y were
added", "The following are listed:" and an item for each.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from graph.ontology import Label
from loaders.candidates import Node
from loaders.gazetteer import Gazetteer, fold
from loaders.words import Words

_LIST = re.compile(
    r"\b(?:(?:[Ee]ntity|[Uu]nverified|[Mm]ilitary [Ee]nd[ -][Uu]ser|[Uu]nreliable [Ee]ntit(?:y|ies)|SDN|[Ss]anctions?|"
    r"[Ee]xport[ -][Cc]ontrol|[Dd]enied [Pp]ersons|[Cc]ontrol) [Ll]ists?|"
    r"[Ll]ist of (?:[\w-]+ ){0,4}(?:entities|parties)|[Bb]lacklist|Export Administration Regulations)\b"
)
_LISTING = re.compile(
    r"\b(?:add(?:s|ed|ing)?|plac(?:es|ed|ing)|puts?|putting|list(?:s|ed|ing)|blacklist(?:s|ed|ing)|enter(?:s|ed))\b"
)
_TAIL = r"(?:\.?,? (?:Co|Ltd|Inc|Corp|LLC|Limited|GmbH|FZE|PLC)\b\.?)*"
_NAME = rf"⟨\d+⟩{_TAIL}(?: \(⟨\d+⟩\))?"
_NAMES = rf"(?P<names>{_NAME}(?:(?:,? and|, as well as|,) (?:the )?{_NAME})*)"
_ELSEWHERE = r"(?! (?:by|in|on the (?:\w+ )?(?:[Ee]xchange|[Mm]arket|STAR|Nasdaq)))"
_DONE = (
    rf"(?:(?:added|listed|designated|blacklisted|removed|delisted|taken off)\b{_ELSEWHERE}|"
    r"(?:placed|put) on\b.{1,20}? [Ll]ist\b)"
)
_WITH = r"(?: and (?:\w+ of )?its (?:\w+ )?(?:affiliates|subsidiaries|units))?"
_PASSIVE = re.compile(rf"{_NAMES}{_WITH},? (?:(?:which|that) )?(?:was|were|is|are|has been|have been) (?:\w+ )?{_DONE}")
_KIND = r"(?:parties|entities|companies|firms|organi[sz]ations|additions)"
_AMONG = re.compile(
    rf"^(?:Among (?:them|those \w+|the (?:new )?{_KIND})(?: \w+)? (?:are|is|were|was)|"
    rf"(?:They|These|The (?:new )?(?:{_KIND}|list)) includes?d?) (?:the )?{_NAMES}"
)
_PLACE = rf"(?:the )?(?:{_NAME}|People's Republic of {_NAME}|[A-Z]\w+(?: [A-Z]\w+)?)"
_PLACES = re.compile(
    rf"\b{_KIND} (?:located |based |headquartered )?(?:in|from|under the destinations? of) "
    rf"(?P<names>{_PLACE}(?:(?:,? and|,) {_PLACE})*)"
)
_OPENS = re.compile(r"\b(?:following|below|these)\b.*:$|\b(?:added|listed|are|additions)(?: \w+){0,3}:$")
_ITEM = re.compile(rf"(?:\(?\w{{1,3}}[.)] +)?(?:The )?{_NAMES}")
_OFF = re.compile(r"\b(?:removed|delisted|taken off)\b")
_REACH = 10
"""Sentences over which an authority is the one that lists."""


class Party(NamedTuple):
    """Who lists whom, and whether it is taken off the list."""

    authority: Node
    party: Node
    off: bool


def listed(
    read: Words, nodes: Sequence[Node], keys: Sequence[tuple[Label, str]], gazetteer: Gazetteer
) -> Iterator[Party]:
    """Yield each party that an authority lists, by the mentions from which that follows."""
    if not _LIST.search(read.text):
        return
    here: dict[int, list[int]] = defaultdict(list)
    for number, node in enumerate(nodes):
        if node.named and node.entity >= 0:
            here[node.sentence].append(number)
    authority: Node | None = None
    within = False
    for number, sentence in enumerate(read.sentences):
        names = [nodes[n] for n in here[number]]
        acting = [node for node in names if node.label == "Regulator"]
        text = _marked(read, number, nodes, here[number])
        if acting and _LIST.search(text) and _LISTING.search(text):
            authority = _acting(acting, keys, gazetteer)
        within = within and sentence.opens and bool(_ITEM.match(text))
        matches = [_ITEM.match(text)] if within else [*_PASSIVE.finditer(text), _AMONG.match(text)]
        if not within and (_LIST.search(text) or "additions" in text):
            matches.append(_PLACES.search(text))
        alone = all(authority and node.entity == authority.entity for node in acting)
        if authority and number - authority.sentence <= _REACH and (within or alone):
            for match in filter(None, matches):
                off = not within and bool(_OFF.search(match[0]))
                yield from (Party(authority, nodes[int(n)], off) for n in re.findall(r"⟨(\d+)⟩", match["names"]))
        within = within or bool(authority and _OPENS.search(text))


def _marked(read: Words, sentence: int, nodes: Sequence[Node], names: Sequence[int]) -> str:
    """A sentence with the numbers of those who may be listed in place of their names."""
    start = read.sentences[sentence].start
    text, at = [], start
    for number in names:
        node = nodes[number]
        if node.label in ("Firm", "Fund", "Person", "Country") and read.starts[node.first] >= at:
            text += [read.text[at : read.starts[node.first]], f"⟨{number}⟩"]
            at = read.ends[node.last]
    return " ".join(fold("".join(text) + read.text[at : read.sentences[sentence].end]).split())


def _acting(names: Sequence[Node], keys: Sequence[tuple[Label, str]], gazetteer: Gazetteer) -> Node:
    """The most specific of some authorities: the one that is part of another, else the first."""
    called = {keys[node.entity][1] for node in names}
    parts = (node for node in names if gazetteer.fields(*keys[node.entity]).get("parent") in called)
    return next(parts, names[0])
