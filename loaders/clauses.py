"""A sentence as plain clauses in which mentions are marks: what the frames are matched against.

`NVIDIA's H20, which is to rival it, ...` becomes `⟨Firm:0⟩ 's ⟨Chip:1⟩` and `⟨Chip:1⟩ _p0_ rival ⟨Firm:2⟩`: words and
marks separated by one blank, a list one mark, auxiliaries and adverbs before a verb one token. Appositions, relative
clauses, participles and second verbs get their subject back, so that no frame has to know of them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from loaders.gazetteer import Mention, fold
from loaders.wording import either

MARK = r"⟨[^⟩]+⟩"
NOUN = either(
    "chips? GPUs? NPUs? CPUs? ASICs? processors? accelerators? semiconductors? cards? boards? parts? series "
    "family line lineup "
    "systems? servers? superchips? products? devices? of ⟨Sector:[^⟩]+⟩"
)
"""Words that may follow the name of a chip and add nothing."""

_BE = "is|are|was|were|be|been|being|get|gets|got|'s been"
_HAVE = "has since|have since|had since|has|have|had|having"
_MODAL = "will|would|may|might|could|can|should|must|shall|did|does|do|need|needs"
_ADVERB = (
    either(
        "not n't never no_longer also already now still then again formally ever even once only thus yet soon "
        "finally today"
    )
    + r"|\w{2,}ly"
)
_TO = either(
    "agreed agrees agree plans? planned planning intends? intended aims? aimed aiming wants? wanted hopes? hoped "
    "seeks? sought "
    "seeking offers? offered proposed proposes threatened threatens vowed pledged promised committed continues? "
    "continued began "
    "begun begins started starts decided decides moved tried tries refused declined failed fails used chose "
    "managed expects? "
    "expected ordered going attempted said talks prepares prepared preparing considers helps? helped need needs "
    "opted ready set "
    "due likely looks? looking poised slated scheduled"
)
_BE_TO = either(
    "expected set due about likely poised scheduled planning preparing looking seeking aiming hoping considering "
    "weighing said "
    "rumou?red believed thought understood reported slated going trying required working ready designed aimed "
    "intended able "
    "meant in_(?:advanced_|early_|exclusive_)?(?:talks|discussions|negotiations)"
)
_GERUND = either("stopped halted suspended paused denied considered ruled_out begun began started kept")
_LINK = (
    rf"(?:is|are|was|were|been|be) (?:reportedly |also |now |still |widely )?{_BE_TO} (?:to|at)|{_TO} to|"
    rf"(?:is|are|was|were|been) (?:considering|weighing|mulling|exploring|planning)|(?:has|have|had)? ?{_GERUND}|"
    + either("mulls weighs considers considering mulling explores")
)
_AUX = re.compile(rf"(?<![^\s])(?:(?:(?:{_LINK})|{_HAVE}|{_MODAL}|{_BE}|to|(?:{_ADVERB})) )+(?=[a-z-]+(?: |$))")
_AND = r"(?: ,)?(?: and| or| as well as| &|,)(?: the| also| its(?= ⟨))?"


@dataclass
class Clause:
    """A sentence or part of it in marks; `auxiliaries` are what the `_a0_` tokens stand for."""

    text: str
    auxiliaries: list[str] = field(default_factory=list)

    def plain(self, part: str | None = None) -> str:
        """The words again, for whoever reads dates, amounts and hedges."""
        text = re.sub(r"_[ap](\d+)_", lambda m: self.auxiliaries[int(m[1])], self.text if part is None else part)
        return re.sub(r" ([,;:]|'s\b)", r"\1", text.replace(" 'its", "'s"))


def marked(text: str, start: int, mentions: Sequence[Mention]) -> str:
    """A sentence that begins at `start`, its mentions as marks that carry label and number."""
    out, at = [], 0
    folded = fold(text)
    for number, mention in enumerate(mentions):
        begin, end = mention.start - start, mention.end - start
        own = " 'its" if mention.kind == "pronoun" and folded[begin:end].lower() == "its" else ""
        label = "Demonym" if mention.kind == "adjective" else mention.label
        out += [folded[at:begin], f" ⟨{label}:{number}⟩{own} "]
        at = end
    out.append(folded[at:])
    return _spaced("".join(out))


def _spaced(text: str) -> str:
    text = re.sub(r"[\"“”]|(?<=\w)'(?!\w)|(?<!\w)'(?=\w)(?!s\b|its\b)", " ", text)
    text = re.sub(r"'s\b", " 's", text)
    text = re.sub(r"(?<!\d),|,(?!\d)", " , ", text)
    text = re.sub(r"([;:])(?!\d)", r" \1 ", text)
    text = re.sub(r"\s?(?:—|–| -+ )\s?", " — ", text)
    text = re.sub(r"⟩ ?-(?=[a-z])", "⟩ -", text)
    text = re.sub(r"[.!?]+\s*$", "", text)
    return " ".join(re.sub(r"([()])", r" \1 ", text).split())


def listed(text: str) -> str:
    """Enumerations of marks of one kind as one mark: `⟨Firm:1⟩ , ⟨Firm:2⟩ and ⟨Firm:3⟩` is `⟨Firm:1 Firm:2 Firm:3⟩`."""
    for labels in ("Firm|Fund|Regulator", "Chip|Product", "Country|Demonym", "Sector", "Market", "Person"):
        mark = rf"⟨(?:{labels}):[^⟩]*⟩"
        noun = rf"(?: {NOUN})?" if labels == "Chip|Product" else ""
        chain = rf"(?<![\w,] of ){mark}(?:(?: ,){noun}(?: the)? {mark})*{noun}{_AND} {mark}(?! ')"
        text = re.sub(chain, _joined, text)
        text = re.sub(rf"({mark}) ,? ?(?:including|such as) (?:the )?({mark})(?: ,)?", _joined, text)
    return _NAMED.sub(r"\1 \2", text)


_CALLED = "(?:called|named|dubbed|known as|code-named)"
_NAMED = re.compile(rf"((?:^| ){NOUN}) ,? ?(?:{_CALLED} )?(?:the )?(⟨(?:Chip|Product):[^⟩]*⟩)(?: ,(?! which| who))?")
"""A thing and then its name: "its AI chip, Kunlun"."""


def _joined(match: re.Match[str]) -> str:
    return "⟨" + " ".join(part for mark in re.findall(MARK, match[0]) for part in mark[1:-1].split()) + "⟩"


def _folded_auxiliaries(text: str) -> Clause:
    """Auxiliaries, adverbs and control verbs before a word as one token: `_p0_` where they end in a form of `be`."""
    found: list[str] = []

    def replace(match: re.Match[str]) -> str:
        words = match[0].strip()
        if words == "to" and not re.search(r"^(?:[\w-]+ ){0,3}(?:⟨[^⟩]*⟩ )?$", text[: match.start()]):
            return match[0]
        found.append(words)
        bare = re.sub(rf"(?: (?:{_ADVERB}))+$", "", " " + words).split()
        passive = bool(bare) and bare[-1] in _BE.split("|")
        return f"_{'p' if passive else 'a'}{len(found) - 1}_ "

    return Clause(_AUX.sub(replace, text), found)


_APPOSED = either(
    "which who that a an the one_of its formerly now itself once still long already also whose known "
    "[a-z]+ed led built made in for maker part makers another both all two three four"
)
_THING = rf"(?P<mark>{MARK})(?P<noun>(?: {NOUN})*)"
_FINITE = r"(?:_[ap]\d+_ )?[a-z]+(?:s|ed|d|t|ld|ve|ew|de|ok|ave|an|a|nt|ght)? "
_APPOSITION = re.compile(rf"{_THING} , (?P<insert>(?:{_APPOSED} |⟨Demonym|⟨Country)[^;—]*?) , (?={_FINITE})")
_FINAL = re.compile(
    rf"{_THING} , (?P<insert>{either('which who a an the one_of itself whose its another formerly now')} [^;]*)$"
)
_RESTRICTIVE = re.compile(rf"{_THING} (?:which|who|that) (?P<insert>[^,;]*)")
_PREPOSITION = (
    "(?:[A-Za-z]+ing|(?i:"
    + either(
        "in by for with from to of on at under amid against like as while since after before unlike besides according "
        "when despite following if that and or known"
    )
    + ")) "
)
_LEADING = rf"(?:[Tt]he |[Aa]n? |[Bb]oth |(?!{_PREPOSITION})[\w-]+ (?:like|as) |(?!{_PREPOSITION})[A-Za-z][\w-]* )"
_SUBJECT = re.compile(
    rf"(?:⟨\w+:[^⟩]*⟩ '(?:s|its) (?:[\w-]+ |⟨Sector[^⟩]*⟩ ){{0,4}})?{_LEADING}{{0,3}}?(?P<mark>{MARK})"
    r"(?! '| -| ⟨| (?:CEO|CFO|CTO|COO|chief|president|chair\w+|executives?|spokes\w+|shares|officials)\b)"
)
_SECOND = re.compile(r"(?: ,)? (?:and|but|then|while) (?P<verb>(?:_[ap]\d+_ )?(?P<word>[a-z]+) [^;]*)")
_FRONTED = re.compile(
    r"^(?:(?:After|Since|By|Before|While|When|Having|Besides|In|Upon) )?"
    r"(?P<verb>(?:_p\d+_ )?(?:[A-Za-z]+(?:ing|ed)|[Kk]nown|[Ss]een|[Bb]uilt|[Ll]ed) [^,;]*) , "
)
_TRAILING = re.compile(
    r"(?: (?:after|since|by|before|while|when|for) | , )(?P<verb>(?:_[ap]\d+_ )?[a-z]+(?:ing|ed) [^;]*)"
)
_NOT_VERBS = frozenset(
    ("including", "during", "following", "according", "regarding", "concerning", "excluding", "something", "being")
)


def clauses(text: str, verbs: frozenset[str] = frozenset()) -> list[Clause]:
    """The clauses of a marked sentence: first all of it, then what can be told apart, each with its subject.

    Args:
        verbs: the forms that may begin the second half of "X did this and did that".
    """
    whole = _folded_auxiliaries(listed(_without_brackets(text)))
    found: dict[str, None] = {}
    coded = [listed(text)] if "( ⟨Market" in text else []
    pending = [whole.text, *coded]
    while pending and len(found) < 24:
        piece = pending.pop(0).strip(" ,")
        if piece and piece not in found:
            found[piece] = None
            pending += list(_split(piece, verbs))
    return [Clause(piece, whole.auxiliaries) for piece in found]


def _without_brackets(text: str) -> str:
    return " ".join(re.sub(r"\([^()]*\)", " ", text).split())


def _split(text: str, verbs: frozenset[str]) -> Iterator[str]:
    if " ; " in text:
        yield from text.split(" ; ")
    if match := re.search(r" — ([^—]*) — ", text):
        yield text[: match.start()] + " " + text[match.end() :]
    elif " — " in text:
        yield from text.split(" — ")
    for pattern in (_APPOSITION, _FINAL):
        if match := pattern.search(text):
            yield text[: match.end("noun")] + " " + text[match.end() :]
            yield from _inserted(match)
            break
    if match := _RESTRICTIVE.search(text):
        yield from _inserted(match)
    yield from _carried(text, verbs)


def _inserted(match: re.Match[str]) -> Iterator[str]:
    """What an apposition or relative clause says of the mark before it, as a clause."""
    mark, insert = match["mark"], match["insert"]
    if insert.startswith("whose "):
        yield f"{mark} 's {insert[6:]}"
    elif relative := re.match(r"(?:which|who|that) (.*)", insert):
        yield f"{mark} {relative[1]}"
    elif re.match(r"(?:_|[a-z]+ed|led|built|made|known)\b", insert) or match.re is _RESTRICTIVE:
        yield f"{mark} {insert}"
    else:  # "A, B and C, a unit of D": one of them is
        one = f"⟨{mark[1:-1].split()[-1]}⟩" if insert.startswith(("a ", "an ", "another ")) else mark
        yield f"{one} is {insert}"


def subject(text: str) -> str | None:
    """The mark that is the subject of a clause; None where it is not sure."""
    for segment in text.split(" , ")[:3]:
        match = _SUBJECT.match(segment)
        if match and not match["mark"].startswith(("⟨Sector", "⟨Market", "⟨Demonym")):
            return match["mark"]
    return None


def _carried(text: str, verbs: frozenset[str]) -> Iterator[str]:
    """Second verbs and participles, with the subject of the clause."""
    mark = subject(text)
    if not mark:
        return
    for match in (*_FRONTED.finditer(text), *_TRAILING.finditer(text)):
        verb = match["verb"]
        if verb.split()[0].lower() not in _NOT_VERBS:
            yield f"{mark} {verb[0].lower() + verb[1:]}"
    for match in _SECOND.finditer(text):
        if match["verb"].startswith("_") or match["word"] in verbs:
            yield f"{mark} {match['verb']}"
