"""Whether the words around a month, day or season without a year point to the one to come or to the one gone by."""

import re

from loaders.wording import either

_TO_COME = (
    r"will|'ll|shall|would|could|might|may(?! \d)|should|(?:is|are|was|were|not) to|to be|to (?:start|begin|"
    r"launch|open|"
    r"ship|enter|take|go|come|follow|close|arrive|deliver|list)|(?:plan|aim|hope|intend|want|expect|promise|hopes|"
    r"plans|"
    r"aims|intends|wants|expects|promises|prepar\w+|going|about|set|due|likely|scheduled|slated|ready) to|"
    r"(?:plann|expect|schedul|slat|promis|target)ed|planning|expecting|due|forecast|upcoming|deadline|set for|"
    r"ha(?:ve|s) to|starts?|begins?|takes? effect|enters?|follows|arrives?|comes?|closes|opens|launches|joins|ends"
)
_GONE_BY = (
    r"has|have|had|was|were|did|been|ago|(?<!be )(?<!to )(?<!will )(?<!not )[a-z]+ed|(?<!to )(?<!will )"
    + either(
        "said told took put went came began bought sold won made gave held fell rose left got met found led paid wrote "
        "saw sent sought spoke stood drew built struck chose lost swore broke brought cut ran lent withdrew grew lay"
    )
)
_CUE = re.compile(rf"(?<![\w'])(?:(?P<ahead>{_TO_COME})|(?P<back>{_GONE_BY}))(?![\w-])")
_LEAD = r"(?:(?:the|in|on|of|end|early|late|mid|about|around|as|soon|start|beginning|middle|summer|-)[ -]?){0,5}$"
_NEXT = re.compile(rf"\b(?i:next|coming) {_LEAD}")
_LAST = re.compile(rf"\b(?i:since|last|past|back in) {_LEAD}")
_BOUND = re.compile(rf"\b(?i:by|until|till|before|no later than|with effect from) {_LEAD}")
_LASTED = re.compile(rf"\b(?:took|lasted|dragged|waited|sat|stayed|remained|kept)\b[^,;]*\buntil {_LEAD}")
_FROM = re.compile(rf"\b(?i:from|starting|beginning) {_LEAD}")
_FRONT = re.compile(
    rf"(?:^|[:–—] |\b(?:and|but|which|who|that|when|where|while) )(?i:in|on|at|by|since|from|until)? ?{_LEAD}"
)
"""What stands before a date at the front of a clause: the verb of that clause follows it."""
_OF = re.compile(r"(?<!start )(?<!end )(?<!middle )(?<!beginning )(?<!close )(?<!half )(?<!weeks )\bof $")
"""What joins a date to a noun: `the order of October` has been given."""
_REACH = 90
"""Characters in which a verb is looked for; the bound keeps a long sentence cheap."""


def ahead(text: str, start: int, end: int) -> bool:
    """Whether what stands from start to end of a text lies after its publication.

    The word right before decides ("since", "next"), else the nearest verb before, else the first one after, else a
    preposition such as "by". At the front of a clause the verb after it goes before those of other clauses. What
    nothing points ahead has happened.

    Example:
        >>> text = "Sales, halted in March, will resume in June"
        >>> [ahead(text, text.index(month), text.index(month) + 4) for month in ("March", "June")]
        [False, True]
    """
    before = re.split(r"[.;:] ", text[max(0, start - _REACH) : start])[-1]
    here = text[start:end].lower()
    if here.startswith(("next", "coming")) or _NEXT.search(before):
        return True
    if re.match(r"(?:last|past)\b(?! day)", here) or _LAST.search(before):
        return False
    if _OF.search(before) and not _nearest(before):
        return False
    after = _CUE.search(re.split(r"[.;] ", text[end : end + _REACH])[0])
    cue = (after or _nearest(before)) if _FRONT.search(before) else (_nearest(before) or after)
    if _BOUND.search(before):
        return not (_LASTED.search(before) or (cue and cue[0] == "had"))
    if _FROM.search(before) and any(cue["ahead"] for cue in _CUE.finditer(before)):
        return True
    return bool(cue["ahead"] if cue else _FROM.search(before))


def _nearest(before: str) -> re.Match[str] | None:
    """The last verb before."""
    return next(reversed(list(_CUE.finditer(before))), None)
