"""How sure a text is of what it says, and to whom it credits it."""

import re
from collections.abc import Iterator

from graph.ontology import Modality
from loaders.clauses import MARK
from loaders.wording import either

_DENIED = re.compile(
    r"\b"
    + either(
        "not n't never no_longer neither denied denies refused declined stopped halted failed abandoned "
        "called_off scrapped "
        "dropped terminated ruled_out withdrew suspended ended cancell?ed"
    )
    + r"\b"
)
_INFORMED = r"(?:people|sources?|persons?|officials) (?:familiar|close|with (?:direct )?knowledge)"
_RUMORED = re.compile(
    rf"\b(?:{_INFORMED}|people briefed|"
    + either(
        "reportedly rumou?rs? rumou?red speculation unconfirmed allegedly purportedly apparently said_to believed_to "
        "thought_to understood_to supply_chain_sources"
    )
    + r")\b"
)
_EXPECTED = re.compile(
    r"\b"
    + either(
        "will would may might could should shall plans? planned planning intends? intended aims? aimed aiming "
        "wants? wanted "
        "hopes? hoped seeks? sought seeking expects? expected set due about likely poised scheduled preparing prepares "
        "considers? considering weighing weighs mulling mulls exploring explores proposed proposes proposal "
        "offered offers "
        "talks discussions negotiations threatened threatens potential possible upcoming looking slated going "
        "preliminary "
        "non-binding letter_of_intent"
    )
    + r"\b|^to$|⟩ to\b"
)
_SIGNED = re.compile(r"\b" + either("agreed agreement signed deal contract has_ordered approved") + r"\b")

_SAID = either(
    "said says reported reports notes noted suggests suggested wrote writes estimates estimated added adds "
    "claims claimed "
    "indicated indicates revealed reveals argues argued believes expects told predicts predicted stated states cited "
    "confirmed announced disclosed"
)
_UNNAMED = (
    r"(?:(?:[a-z-]+ ){0,3}?"
    + either(
        "analysts? sources? people executives officials observers economists local_media media_reports press_reports"
    )
    + r"(?: (?:familiar|with knowledge|close|briefed)[a-z ]*)?)"
)
_WHO = rf"(?P<who>{MARK}|{_UNNAMED})"
_PIECE = either("report article data note story estimates? analysis filing statement") + "s?"
_ACCORDING = re.compile(
    rf"\b[Aa]ccording to (?:(?:an? |the |its )?(?:[\w-]+ ){{0,3}}?{_PIECE} (?:by|from|in|of) )?"
    rf"(?:the |analysts at |sources at )?{_WHO}"
)
_FINAL = re.compile(rf" , (?:the )?{_WHO} (?:_a\d+_ |also )?{_SAID}(?: (?!that\b)[^,;]*)?$")
_OPENING = re.compile(
    rf"^(?:[A-Z][\w ]* , )?(?:The |A |An )?{_WHO} (?:_a\d+_ )?{_SAID} "
    r"(?:(?:[^,;⟨]* )?that|⟨|it\b|the\b|there\b|a\b|, )"
)
_REPORTED_BY = re.compile(rf"\b(?:reported|reports|report|told|cited|quoted|disclosed) (?:by|from) {_WHO}")
_REPORT = re.compile(
    r"\bthe (?:report|article|newspaper|outlet|news agency|sources?) (?:_a\d+_ )?"
    r"(?:said|says|notes|noted|adds|added|suggests|indicates)\b"
    r"|\bit (?:is|was) (?:indicated|noted|reported|added) that\b"
)


def modality(said: str, verb: str, sentence: str) -> Modality:
    """Denied beats rumored beats expected beats stated.

    Args:
        said: the words of the claim itself.
        verb: its verb with all that stands before it; empty where a noun tells it.
        sentence: the whole sentence, for marks of rumor.
    """
    if _DENIED.search(verb) or _DENIED.match(said):
        return "denied"
    if _RUMORED.search(sentence):
        return "rumored"
    if _EXPECTED.search(verb or said) and not _SIGNED.search(verb or said):
        return "expected"
    return "stated"


def credited(text: str) -> list[str]:
    """To whom a marked sentence is credited: marks, or the words for somebody without a name.

    Example:
        >>> credited("⟨Firm:0⟩ ordered ⟨Chip:1⟩ , according to ⟨Firm:2⟩")
        ['⟨Firm:2⟩']
    """
    return list(dict.fromkeys(_credited(text)))


def _credited(text: str) -> Iterator[str]:
    for pattern in (_ACCORDING, _FINAL, _OPENING, _REPORTED_BY):
        for match in pattern.finditer(text):
            yield match["who"]


def continues(text: str) -> bool:
    """Whether a sentence goes on with what somebody credited before is credited with ("the report notes")."""
    return _REPORT.search(text) is not None
