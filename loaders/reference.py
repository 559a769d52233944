"""What the words of a document refer to: known names, names it introduces itself, descriptions, pronouns."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from graph.ontology import Label
from loaders.gazetteer import Entry, Gazetteer, Mention, fold
from loaders.prose import Sentence, items
from loaders.wording import either

_HEAD = r"[A-Z][\w&.-]*\w"
_NAME = rf"{_HEAD}(?: (?:{_HEAD}|&)){{0,5}}"
_SHORT = rf"{_HEAD}(?: {_HEAD}){{0,2}}"
_TRADE = (
    r"start-?up|chipmaker|chip-?maker|chip designer|chip developer|chip firm|chip company|foundry|toolmaker|carmaker|"
    r"cloud provider|AI lab|memory maker|server maker|GPU maker|company|firm|developer|designer|manufacturer|supplier"
)
_OFFICE = (
    r"(?:co-?)?(?:chief (?:executive|financial|operating|technology)(?: officer)?|CEO|CFO|COO|CTO|chair(?:man|woman)?|"
    r"president|managing director|founder)"
)
_PERSON = r"[A-Z][\w'-]+(?: [A-Z]\.)?(?: [A-Z][\w'-]+){1,2}"
_CUES: tuple[tuple[Label, str], ...] = (
    (
        "Fund",
        rf"\b(?P<name>{_HEAD}(?: {_HEAD}){{0,3}} (?:Capital|Ventures?|Partners|Fund|Private Equity|"
        rf"Investment Authority))\b(?! [A-Z])",
    ),
    (
        "Firm",
        rf"\b(?P<name>{_HEAD}(?: {_HEAD}){{0,3}} (?:Technolog(?:y|ies)|Semiconductors?|Microelectronics|Electronics|"
        r"Microsystems|Robotics|Computing|Labs|Materials))\b(?! [A-Z])",
    ),
    ("Firm", rf"\b(?P<name>{_NAME}),? (?:Inc|Corp|Ltd|LLC|GmbH|PLC|plc|Co\. Ltd|Co\., Ltd)\b"),
    ("Firm", rf"\b(?:{_TRADE}) (?P<name>{_SHORT})(?= |,|\.|')"),
    ("Firm", rf"(?:^|[.\n] ?|[Tt]he )(?P<name>{_SHORT}), (?:a|an|the) (?:[\w'-]+ ){{0,5}}(?:{_TRADE})\b"),
    ("Person", rf"\b{_OFFICE},? (?P<name>{_PERSON})"),
    ("Person", rf"\b(?P<name>{_PERSON}), (?:[\w.'-]+ ){{0,4}}?{_OFFICE}\b"),
    (
        "Chip",
        r"\b(?:chip|GPU|processor|accelerator|NPU|SoC)s?,? (?:(?:called|named|dubbed|the) )?"
        r"(?P<name>[A-Z][\w-]*\w(?: \d+[A-Z]?)?)(?=,|\.| [a-z])",
    ),
    (
        "Chip",
        r"(?:'s|\b[Tt]he|\b[Ii]ts|\bnew|\blatest) (?P<name>(?:[A-Z][\w-]+ )?[A-Z][A-Za-z]*-?\d+[A-Z\d]*) (?:AI "
        r")?(?:chip|GPU|processor|accelerator|NPU)s?\b",
    ),
)
_COMMON = """
A After Also American An And As At Before Both But By Chief Chinese Earlier European Following For From He However I In
It Its Japanese Korean Last Later Meanwhile Mr Ms Dr Next Now Of On Over President Series She Since That The These They
This Those To Today Under We When While With You According Taiwanese
AI CEO CFO CPU EU GPU IPO NPU R&D U.S UK US
Monday Tuesday Wednesday Thursday Friday Saturday Sunday
January February March April May June July August September October November December
"""
_STOP = frozenset(_COMMON.split())
"""Words with a capital that begin no name."""

_DESCRIPTION = re.compile(
    r"\b(?:[Tt]he|[Tt]his|[Tt]hat) (?P<more>(?:[\w'&.-]+ ){0,4}?)(?:"
    r"(?P<Firm>company|firm|start-?up|chipmaker|chip-?maker|toolmaker|carmaker|giant|conglomerate|foundry|group|"
    r"maker|designer|developer|manufacturer|supplier)"
    r"|(?P<Chip>chip|GPU|processor|accelerator|graphics card|card|product)"
    r"|(?P<Fund>fund)|(?P<Regulator>ministry|regulator|agency|commission|department|bureau|watchdog))\b(?!-|s\b|"
    r" of\b| (?:giant|maker|designer|developer|firm|company|group|start-?up|manufacturer|supplier|chip|business|"
    r"unit|industry)\b)"
)
_PRONOUN = re.compile(r"\b(?:[Ii]t|[Ii]ts|itself)\b")
_IMPERSONAL = re.compile(
    r"[Ii]t(?:'s| is| was| has been| has| had been|'s been| remains| seems| appears| would be)? "
    r"(?:also |now |still )?(?:\w+ly )?"
    + either(
        "rumou?red indicated worth noted not_clear unclear clear expected likely unlikely said reported believed "
        "estimated understood that possible the a emerged to hard difficult too known seems seemed appears"
    )
    + r"\b"
)
_FRONTED = re.compile(
    r"(?:[A-Z][a-z]+(?:ed|ing) |After|Since|Before|By|Having|While|When|Following|Despite|In response to|As|Known|"
    r"Once|Though|Although|If)\b[^,]*,"
)
_NEW_CLAUSE = re.compile(r"[,;:]|\b(?:and|that|but|which|who|said|says)\b")
_TOPIC: dict[str, tuple[Label, ...]] = {
    "Firm": ("Firm",),
    "Chip": ("Chip", "Product"),
    "Fund": ("Fund",),
    "Regulator": ("Regulator",),
    "it": ("Firm", "Fund", "Regulator", "Chip", "Product", "Country"),
}


@dataclass
class Reader:
    """Resolves the mentions of one document, sentence by sentence."""

    gazetteer: Gazetteer
    text: str
    own: dict[tuple[str, str], Entry] = field(default_factory=dict)
    """Entities the document names that the gazetteer does not know."""
    meant: dict[tuple[int, int], Mention] = field(default_factory=dict)
    """What descriptions and pronouns, by their place, were taken to mean."""
    _names: list[Mention] = field(default_factory=list)
    _starts: list[int] = field(default_factory=list)
    _folded: str = ""
    _past: list[Mention] = field(default_factory=list)
    """Mentions of the sentences before, the last sentence last, its subject foremost."""
    _topic: Mention | None = None
    """The firm that the document is about, if one is named much more often than others."""
    _items: list[int] = field(default_factory=list)
    """Where the items of the document begin; what is named in one is not meant in another."""
    _item: int = 0

    def __post_init__(self) -> None:
        known = self.gazetteer.mentions(self.text)
        entries = list(introduced(self.text, known))
        self.own = {entry.key: entry for entry in entries}
        found = Gazetteer(entries).mentions(self.text) if entries else []
        self._names = sorted(merged(known, found), key=lambda m: m.start)
        self._starts = [m.start for m in self._names]
        self._folded = fold(self.text)
        self._items = items(self.text)
        self._topic = None if self._items else self._foremost()

    def _foremost(self) -> Mention | None:
        firms = [m for m in self._names if m.label == "Firm" and self._fits(m, None)]
        counts = Counter(m.name for m in firms).most_common(2)
        if not counts or (len(counts) > 1 and counts[0][1] < 1.5 * counts[1][1]):
            return None
        return next(m for m in firms if m.name == counts[0][0])

    def read(self, sentence: Sentence) -> list[Mention]:
        """All mentions of a sentence in order; offsets count from the start of the document."""
        if (item := bisect_right(self._items, sentence.end)) != self._item:
            self._past, self._item = [], item
        first = bisect_left(self._starts, sentence.start)
        last = bisect_left(self._starts, sentence.end)
        names = [m for m in self._names[first:last] if m.end <= sentence.end]
        found = [part for mention in names for part in _parts(mention, self._folded, self.gazetteer)]
        for start, end, kind, labels, more in sorted(_candidates(sentence)):
            start, end = start + sentence.start, end + sentence.start
            if any(m.start < end and start < m.end and (m.label != "Sector" and m.kind != "adjective") for m in found):
                continue
            referent = self._referent(sentence, found, start, labels, more, kind == "pronoun" and end - start == 2)
            if referent and not (kind == "description" and _apposed(referent, start, self.text)):
                found = [m for m in found if not (m.start < end and start < m.end)]
                found.append(Mention(start, end, referent.name, referent.label, kind))
                self.meant[start, end] = referent
                found.sort(key=lambda m: m.start)
        self._remember(found)
        return found

    def _remember(self, found: list[Mention]) -> None:
        ends = [m for m in found if m.label not in ("Sector", "Market") and m.kind != "adjective"]
        self._past = (self._past + ends[::-1])[-60:]

    def _referent(
        self,
        sentence: Sentence,
        found: Sequence[Mention],
        start: int,
        labels: Sequence[Label],
        more: str,
        pronoun: bool,
    ) -> Mention | None:
        """The foremost fitting mention before `start` in the sentence, else the subject of the sentences before."""
        before = self.text[sentence.start : start]
        opening = sentence.start + before.rfind(",") + 1 if _FRONTED.match(before) else sentence.start
        here = [m for m in found if opening <= m.start and m.end <= start and m.label in labels]
        if pronoun:  # "X fined it" does not mean X
            here = [m for m in here if _NEW_CLAUSE.search(self.text[m.end : start])]
        country = next((c for c in (_country(w, self.gazetteer) for w in more.split()) if c), None)
        topic = [self._topic] if self._topic and sentence.opens and "Firm" in labels else []
        for mention in [*here, *topic, *reversed(self._past)]:
            if mention.label in labels and mention.kind != "adjective" and self._fits(mention, country):
                return mention
        return None

    def _fits(self, mention: Mention, country: str | None) -> bool:
        entry = self.gazetteer.entries.get(mention.key)
        if entry and entry.press:
            return False
        home = self.gazetteer.fields(mention.label, mention.name).get("country")
        return country is None or home is None or home == country


def _apposed(referent: Mention, start: int, text: str) -> bool:
    """Whether a description stands right behind what it describes ("Huawei, the company")."""
    return text[referent.end : start] == ", "


def _country(word: str, gazetteer: Gazetteer) -> str | None:
    for entry in gazetteer.entries.values():
        if entry.label == "Country" and word in (*entry.demonyms, *entry.aliases):
            return entry.fields.get("country")
    return None


def _candidates(sentence: Sentence) -> Iterator[tuple[int, int, str, tuple[Label, ...], str]]:
    text = fold(sentence.text)
    for match in _DESCRIPTION.finditer(text):
        label = next(name for name in ("Firm", "Chip", "Fund", "Regulator") if match[name])
        follows = text[match.end() : match.end() + 2]
        if not (follows[:1] == " " and follows[1:].isupper()):
            yield match.start(), match.end(), "description", _TOPIC[label], match["more"]
    for match in _PRONOUN.finditer(text):
        if not _IMPERSONAL.match(text, match.start()):
            yield match.start(), match.end(), "pronoun", _TOPIC["it"], ""


def _parts(mention: Mention, text: str, gazetteer: Gazetteer) -> Iterator[Mention]:
    """A fund named after its government ("Beijing's Fund") mentions both."""
    owner = re.match(r"([A-Z][\w.]*(?: [A-Z]\w*)?)'s ", text[mention.start : mention.end])
    if owner and mention.label == "Fund" and (government := gazetteer.government(owner[1])):
        yield Mention(mention.start, mention.start + len(owner[1]), government, "Regulator")
        yield Mention(mention.start + owner.end(), mention.end, mention.name, "Fund")
    else:
        yield mention


def merged(known: Sequence[Mention], found: Sequence[Mention]) -> list[Mention]:
    """Both lists as one; where two overlap the longer stands, else the known one."""
    kept = list(known)
    for mention in found:
        rivals = [m for m in kept if m.start < mention.end and mention.start < m.end]
        if all(m.end - m.start < mention.end - mention.start for m in rivals):
            kept = [m for m in kept if m not in rivals] + [mention]
    return sorted(kept, key=lambda m: m.start)


def introduced(text: str, known: Sequence[Mention]) -> Iterator[Entry]:
    """Yield the names that a document introduces itself by a cue such as "start-up X" or "X Inc"."""
    folded = fold(text)
    taken = {m.name for m in known} | {text[m.start : m.end] for m in known}
    spans = [(m.start, m.end) for m in known if m.label != "Sector" and m.kind != "adjective"]
    seen: set[str] = set()
    for label, pattern in _CUES:
        for match in re.finditer(pattern, folded):
            name, start = _trimmed(match["name"], match.start("name"))
            if not name or name in taken or name in seen or any(s < start + len(name) and start < e for s, e in spans):
                continue
            seen.add(name)
            yield Entry(name=name, label=label, aliases=tuple(_short_forms(name, label, taken)))


def _trimmed(name: str, start: int) -> tuple[str, int]:
    """A name without the common words it begins with; nothing where only such words are left."""
    words = name.split()
    while words and words[0].rstrip(".'s") in _STOP:
        start += len(words[0]) + 1
        del words[0]
    headline = name.isupper() and len(words) > 1
    return ("", start) if headline or not words or len(words[0]) < 2 else (" ".join(words), start)


def _short_forms(name: str, label: str, taken: set[str]) -> Iterator[str]:
    words = name.split()
    if label == "Person" and len(words) > 1 and words[-1] not in taken:
        yield words[-1]
    if label == "Firm" and len(words) > 1 and len(words[0]) > 3 and words[0] not in taken:
        yield words[0]
