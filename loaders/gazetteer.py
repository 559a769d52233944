"""Known names and their aliases, and where a text mentions them.

`data/gazetteer.jsonl` holds one entry a line: `name`, `label`, `aliases`, whatever else the ontology gives the label,
and for finding names in texts:

- `ambiguous`: the name is a word or a short code; `context` lists names of which the text must hold one
- of a country `demonyms` ("Chinese"), `capitals` (a capital that acts is its government) and `government`
- `press`: it is written about as a source of news, so pronouns and descriptions do not mean it
- `foundry`: it makes the chips of others, so that "makes" does not make a chip its own
- of a market `city`, where "listed in Hong Kong" means it
- of a firm `seats`: the towns of its head office, by which it is described ("the Hsinchu firm")
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

from graph.errors import SourceError
from graph.ontology import LABELS, Label

_FOLD = str.maketrans(dict(zip("’‘“”\xa0\u202f‑\n\t", "''\"\"  -  ", strict=True)))
SCRIPT = "㐀-鿿가-힣぀-ヿ"
_HAN = re.compile(f"[{SCRIPT}]")
_WORD = re.compile(rf"[{SCRIPT}]|[^\W_{SCRIPT}]+")
_PLURAL = frozenset({"Chip", "Sector"})
_SUFFIX = re.compile(r"(?:,? (?:Inc|Corp|Ltd|LLC|PLC|plc|AG|SE|N\.V|Co|Limited|GmbH|SA|S\.A)\b\.?)+")
_MODEL = re.compile(
    r" ((?:Gen )?\d+[A-Z]{0,3}\d?[a-z]?|v\d+[a-z]?)\b"
    r"(?! (?:chips|units|cards|GPUs|processors|servers|systems|million|billion|to)\b|[%,.]\d)"
)
"""The number behind the name of a family: `RTX 3060`."""
OWN_S = re.compile(r"(?:Kirin|Dimensity|Snapdragon|Exynos|Helio|iPhone|Galaxy|Mate|麒麟|天玑|骁龙)(?![^\W\d_])")
"""Families in which an s behind the number is another model (`Dimensity 9500s`), not the plural."""
_VARIANT = re.compile(r"\+| (?:Ti|Super(?! Micro)|Ultra|Pro|Max|Plus)\b")
"""What makes another chip of one: `RTX 5070 Ti`."""
_ACTS = re.compile(
    r"'s\b|, (?:which|whose|the|an?|[A-Z])\b| and [A-Z]|"
    r" (?:Inc|Corp|said|says|has|had|will|would|could|may|is (?:an?|the|to|not|now|also|\w+(?:ing|ed))|"
    r"plans|wants|expects|needs|aims|hopes|relies|depends|uses|buys|sells|makes|builds|owns|holds|offers|pays|reports|competes|"
    r"supplies|bought|sold|won|told|made|paid|cut|grew|fell|rose|took|began|chose|built|led|spent|"
    r"(?!need|speed|seed|feed)[a-z]{2,}ed)\b"
)
"""What follows a name at the opening of a sentence and seldom a common word."""
_PLACE = re.compile(r"(?:\b(?:in|near|outside|from|at|to|around|across|downtown) |\()$")
_LISTED = re.compile(
    r"\b(?:list(?:s|ed|ing)?|debut(?:s|ed)?|IPO|float(?:s|ed|ing)?|flotation|offering|trad(?:es|ed|ing)|public|shares) "
    r"(?:\w+ ){0,3}in $"
)
_LISTING = re.compile(r"-listed\b| (?:listing|IPO|debut|flotation)\b")
_OFFICES = r"(?:government|authorities|authority|regulators?|officials|administration|cabinet|leaders|leadership)"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the gazetteer. `fields` are the attributes of the entity."""

    name: str
    label: Label
    aliases: tuple[str, ...] = ()
    ambiguous: bool = False
    context: tuple[str, ...] = ()
    demonyms: tuple[str, ...] = ()
    capitals: tuple[str, ...] = ()
    government: str = ""
    city: str = ""
    press: bool = False
    foundry: bool = False
    seats: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, str]:
        return self.label, self.name


@dataclass(frozen=True, slots=True)
class Mention:
    """A stretch of text that means an entity. `kind` says how: by name, as an adjective, a description, a pronoun."""

    start: int
    end: int
    name: str
    label: Label
    kind: str = "name"

    @property
    def key(self) -> tuple[str, str]:
        return self.label, self.name


def fold(text: str) -> str:
    """The text with plain quotes and blanks, character for character."""
    return text.translate(_FOLD)


class Gazetteer:
    """Entries, findable by what a text calls them."""

    def __init__(self, entries: list[Entry]) -> None:
        self.entries: dict[tuple[str, str], Entry] = {entry.key: entry for entry in entries}
        self.governments = {e.name: e.government for e in entries if e.government}
        self.countries = {government: country for country, government in self.governments.items()}
        self.towns = {town for e in entries for town in e.seats}
        self._places = dict(_placed(entries))
        self._forms: dict[str, list[tuple[str, Entry, str]]] = {}
        for entry in entries:
            for form in dict.fromkeys((entry.name, *entry.aliases)):
                self._add(form, entry, "name")
            for form in entry.demonyms:
                self._add(form, entry, "adjective")
            for form in entry.capitals:
                self._add(form, entry, "capital")
            if entry.city:
                self._add(entry.city, entry, "city")
        for forms in self._forms.values():
            forms.sort(key=lambda form: (-len(form[0]), form[2] != "city"))
        self._bodies = self._body_pattern(entries)

    def forms(self) -> Iterator[tuple[str, Entry, str]]:
        """Yield every form with its entry and what it is of it: name, adjective, capital, city."""
        for forms in self._forms.values():
            yield from forms

    def body(self, description: str) -> str:
        """The government that a description such as "Chinese regulators" means; empty where it means none."""
        body = self._bodies.fullmatch(description)
        return self._countries[body["before"] or body["after"]] if body else ""

    def _add(self, form: str, entry: Entry, kind: str) -> None:
        first = _WORD.search(form)
        if not first or first.start():
            raise SourceError(f"gazetteer: {entry.name}: cannot look for {form!r}")
        word = first[0][0] if _HAN.match(first[0]) else first[0]
        self._forms.setdefault(word.lower() if entry.label == "Sector" else word, []).append((fold(form), entry, kind))

    def _body_pattern(self, entries: list[Entry]) -> re.Pattern[str]:
        """What means the government of a country: "Chinese regulators", "authorities in Beijing"."""
        self._countries: dict[str, str] = {}
        for entry in entries:
            if entry.government:
                for form in (entry.name, *entry.aliases, *entry.demonyms, *entry.capitals):
                    self._countries[form] = entry.government
        country = "|".join(re.escape(form) for form in sorted(self._countries, key=lambda f: (-len(f), f)))
        return re.compile(
            rf"\b(?P<before>{country})(?:'s)? (?:[a-z]+ )?{_OFFICES}\b|\b{_OFFICES} in (?P<after>{country})(?!\w)"
        )

    def mentions(self, text: str) -> list[Mention]:
        """The mentions of names in a text, in order, none overlapping; of those that begin together the longest."""
        folded = fold(text)
        found: list[tuple[Mention, Entry | None]] = []
        end = 0
        bodies = {match.start(): match for match in self._bodies.finditer(folded)}
        for word in _WORD.finditer(folded):
            if word.start() < end:
                continue
            if hit := self._at(folded, word, bodies.get(word.start())):
                found.append(hit)
                end = hit[0].end
        return self._sure(folded, found)

    def _at(self, text: str, word: re.Match[str], body: re.Match[str] | None) -> tuple[Mention, Entry | None] | None:
        first = word[0][0] if _HAN.match(word[0]) else word[0]
        keys = dict.fromkeys((first, first.lower(), first.removesuffix("s")))
        forms = [form for key in keys for form in self._forms.get(key, ())]
        best: tuple[Mention, Entry | None] | None = None
        for form, entry, kind in forms:
            end = _extent(text, word.start(), form, entry.label)
            if end and (best is None or end > best[0].end):
                best = self._meant(text, word.start(), end, entry, kind) or best
        if body and (best is None or body.end() > best[0].end):
            government = self._countries[body["before"] or body["after"]]
            return Mention(body.start(), body.end(), government, "Regulator", "description"), None
        return best

    def _meant(self, text: str, start: int, end: int, entry: Entry, kind: str) -> tuple[Mention, Entry] | None:
        if kind == "city":
            listed = _LISTED.search(text[max(0, start - 60) : start]) or _LISTING.match(text, end)
            return (Mention(start, end, entry.name, "Market"), entry) if listed else None
        if kind == "capital":
            if _PLACE.search(text[max(0, start - 12) : start]) or text.startswith(("-", ", "), end):
                return None
            return Mention(start, end, entry.government, "Regulator"), entry
        if entry.label in ("Firm", "Fund") and (suffix := _SUFFIX.match(text, end)):
            end = suffix.end()
        name = entry.name
        if entry.label == "Chip":
            if not name[-1].isdigit() and (model := _MODEL.match(text, end)):
                name, end = f"{name} {model[1]}", model.end()
            if variant := _VARIANT.match(text, end):
                name, end = name + variant[0], variant.end()
        return Mention(start, end, name, entry.label, kind), entry

    def _sure(self, text: str, found: list[tuple[Mention, Entry | None]]) -> list[Mention]:
        """Without the ambiguous names that nothing in the text supports; one that is sure once is sure throughout."""
        named = {m.name for m, entry in found if not (entry and entry.ambiguous) or _alone(m, entry, text)}
        return [
            m
            for m, entry in found
            if not (entry and entry.ambiguous)
            or (not named.isdisjoint(entry.context) if entry.context else m.name in named)
        ]

    def acting(self, key: tuple[str, str]) -> tuple[str, str]:
        """Label and name of who acts where this entity is said to act: of a country its government, else the entity.

        Example:
            >>> default().acting(("Country", "China")), default().acting(("Firm", "Huawei"))
            (('Regulator', 'Chinese government'), ('Firm', 'Huawei'))
        """
        label, name = key
        government = self.governments.get(name, "") if label == "Country" else ""
        return ("Regulator", government) if government else key

    def government(self, place: str) -> str:
        """The government of a country, by what a text calls it or its capital; empty where there is none."""
        return self._countries.get(place, "")

    def country(self, place: str) -> str:
        """The code of the country that a place or demonym is of; empty where it is none that is known."""
        return self._places.get(place, "")

    def seats(self, label: str, name: str) -> frozenset[str]:
        """The towns of an entity's head office, none where they are not known."""
        entry = self.entries.get((label, name))
        return frozenset(entry.seats) if entry else frozenset()

    def aliases(self, label: str, name: str) -> tuple[str, ...]:
        """The other names of an entity, Chinese ones too, none of one that is not in the gazetteer."""
        entry = self.entries.get((label, name))
        return entry.aliases if entry else ()

    def fields(self, label: str, name: str) -> Mapping[str, str]:
        """The attributes of an entity, none of one that is not in the gazetteer."""
        entry = self.entries.get((label, name))
        return entry.fields if entry else {}


def _placed(entries: Sequence[Entry]) -> Iterator[tuple[str, str]]:
    """Yield places and demonyms with the code of their country: what countries are called, and where firms sit."""
    for entry in entries:
        if code := entry.fields.get("country"):
            own = (entry.name, *entry.aliases, *entry.demonyms, *entry.capitals) if entry.label == "Country" else ()
            yield from ((place, code) for place in (*own, *entry.seats))


def _extent(text: str, start: int, form: str, label: str) -> int:
    """Where a form that begins at `start` ends; 0 where the text has something else."""
    end = start + len(form)
    piece = text[start:end]
    if piece != form and not (label == "Sector" and piece.lower() == form.lower()):
        return 0
    if _HAN.match(form[-1]):
        return end
    plural = label in _PLURAL and form[-1] != "s" and not OWN_S.match(form)
    if plural and text[end : end + 1] == "s" and not text[end + 1 : end + 2].isalnum():
        end += 1
    after = text[end : end + 1]
    if (after.isalnum() and not _HAN.match(after)) or re.match(r"-\d|\.\d", text[end : end + 2]):
        return 0
    return 0 if start and (text[start - 1].isalnum() and not _HAN.match(text[start - 1])) else end


def _alone(mention: Mention, entry: Entry, text: str) -> bool:
    """Whether an ambiguous name is sure without a look at the rest of the text."""
    if entry.context:
        return False
    if " " in text[mention.start : mention.end] or mention.end - mention.start > max(len(entry.name), 5):
        return True
    opening = mention.start == 0 or text[mention.start - 2 : mention.start] in (". ", "  ")
    return not opening or _ACTS.match(text, mention.end) is not None


def read(lines: Iterator[str], name: str) -> Gazetteer:
    """The gazetteer of such lines.

    Raises:
        SourceError: a line is no entry; the message has its number.
    """
    entries = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                entries.append(_entry(json.loads(line)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise SourceError(f"{name}:{number}: no entry of a gazetteer: {error!r}") from error
    return Gazetteer(entries)


_LISTS = ("aliases", "context", "demonyms", "capitals", "seats")
_OWN = ("name", "label", "ambiguous", "government", "city", "press", "foundry")


def _entry(note: dict[str, Any]) -> Entry:
    known: dict[str, Any] = {key: tuple(note.get(key, ())) for key in _LISTS}
    known |= {key: note[key] for key in _OWN if key in note}
    if note["label"] not in LABELS:
        raise ValueError(f"unknown label {note['label']!r}")
    rest = {key: value for key, value in note.items() if key not in (*_LISTS, *_OWN, "source")}
    return Entry(**known, fields=rest)


def text() -> str:
    """The lines of the gazetteer that comes with keiretsu."""
    return (files("loaders") / "data" / "gazetteer.jsonl").read_text(encoding="utf-8")


@cache
def default() -> Gazetteer:
    """The gazetteer that comes with keiretsu."""
    return read(iter(text().splitlines()), "gazetteer.jsonl")
