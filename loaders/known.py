"""What a name means by the gazetteer: by its forms, however they are spelt, and by what they imply."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from graph.ontology import Label
from loaders.gazetteer import SCRIPT, Entry, Gazetteer, fold
from loaders.spelling import Words, bare, cores, grouped, legal, numbered, parts, singular, spelling, words

Key = tuple[Label, str]
_Called = tuple[Entry, str]

_NEAR: Mapping[Label, tuple[Label, ...]] = {
    "Firm": ("Fund", "Regulator", "Market"),
    "Fund": ("Firm", "Regulator"),
    "Regulator": ("Firm", "Fund", "Market"),
    "Market": ("Firm", "Regulator"),
    "Chip": ("Product",),
    "Product": ("Chip",),
    "Country": ("Regulator",),
}
"""The labels that a name of the gazetteer may have instead of the one it was found with."""
_CUT = re.compile(rf"[ -]|(?<=[{SCRIPT}])(?=[^{SCRIPT}])")
_OWNER = re.compile(r"(?P<owner>[^']+)'s ")
_LISTED = re.compile(r"-(?:listed|based|traded)$")
_GOVERNMENT = re.compile(
    r"(?:[Gg]overnment|[Aa]dministration) of (?:the )?(?P<country>.+)$|(?P<owner>.+)'s [Gg]overnment$"
)
_SEATS = {"Brussels": "European Commission", "Westminster": "UK government", "Capitol Hill": "US Congress"}
"""Places other than capitals that stand for a body."""


@dataclass(frozen=True, slots=True)
class Known:
    """An entity of the gazetteer that a surface may name."""

    key: Key
    unless: str = ""
    """`named`: not where the document names that entity by another form (`Hua Hong` beside `Hua Hong Group`).
    `host`: not where the document has a longer name of its own for which the surface is short (`Tianmu 910D`)."""


class Index:
    """The forms of a gazetteer, exactly and by spelling."""

    def __init__(self, gazetteer: Gazetteer) -> None:
        self.gazetteer = gazetteer
        self.places: set[str] = set()
        """Countries and what is of them, as far as they are one word."""
        self._exact: dict[str, list[_Called]] = defaultdict(list)
        self._spelt: dict[str, list[_Called]] = defaultdict(list)
        self._markets: dict[Words, list[_Called]] = defaultdict(list)
        self._seated: dict[str, list[Key]] = defaultdict(list)
        """The firms that have their head office in a town, which stands for the firm where it has but one."""
        for entry in gazetteer.entries.values():
            for town in entry.seats:
                self._seated[town].append((entry.label, entry.name))
        for form, entry, kind in gazetteer.forms():
            self._exact[form].append((entry, kind))
            self._spelt[spelling(words(form))].append((entry, kind))
            if (entry.label == "Country" or kind == "city") and len(words(form)) == 1:
                self.places |= {*words(form)}
        for entry in gazetteer.entries.values():
            for part in parts(words(entry.name)) if entry.label == "Market" else ():
                self._markets[part].append((entry, "name"))

    def find(self, surface: str, label: Label) -> Known | None:
        """The entity of the gazetteer that a surface names, if it names one."""
        whole, form = " ".join(fold(surface).split()), bare(surface)
        if key := self._named(dict.fromkeys((whole, whole.removesuffix("'s"), form)), label):
            return Known(key, "" if self._certain(key, form) else "host")
        if key := self._named(dict.fromkeys(cores(form, label)), label):
            return Known(key)
        if key := self._described(form, label) or self._model(form, label):
            return Known(key)
        if key := self._named(_implied(form, label), label):
            return Known(key, "named")
        return self._owned(form, label) or self._presumed(form, label)

    def _named(self, forms: Iterable[str], label: Label) -> Key | None:
        for form in forms:
            spelt = self._spelt.get(spelling(words(form)), ())
            if key := self._chosen(self._exact.get(form, ()), label) or self._chosen(spelt, label, near=False):
                return key
        return None

    def _chosen(self, called: Iterable[_Called], label: Label, near: bool = True) -> Key | None:
        """The one entry that fits a label: its own before near ones; none where two fit equally."""
        keys = [(entry, kind, key) for entry, kind in called if (key := _means(entry, kind, label))]
        choices: tuple[set[Key], ...] = (
            {key for entry, kind, key in keys if key[0] == label and kind != "city"},
            {key for entry, kind, key in keys if key[0] == label},
            {key for entry, _, key in keys if near and key[0] in _NEAR.get(label, ()) and _plain(entry)},
        )
        chosen = next(filter(None, choices), set())
        return chosen.pop() if len(chosen) == 1 else None

    def _certain(self, key: Key, form: str) -> bool:
        """Whether a form means its entry in any document: no bare number of a model, no word with a context."""
        entry = self.gazetteer.entries.get(key)
        model = key[0] == "Chip" and len(words(form)) == 1 < len(words(key[1])) and numbered(words(form))
        word = len(words(form)) == 1 and key[0] in ("Chip", "Product")
        return not (model or (word and entry and entry.context))

    def _described(self, form: str, label: Label) -> Key | None:
        """The government that a description means."""
        if label not in ("Regulator", "Country"):
            return None
        match = _GOVERNMENT.match(form)
        country = match["country"] or match["owner"] if match else ""
        government = self.gazetteer.body(form) or self.gazetteer.government(country)
        return ("Regulator", government) if government else None

    def _owned(self, form: str, label: Label) -> Known | None:
        """A body behind whose it is, if what the gazetteer knows by that name is of that country."""
        owner = _OWNER.match(form)
        if not owner or label not in ("Firm", "Fund", "Regulator"):
            return None
        known = self.find(form[owner.end() :], label)
        place = self._chosen(self._exact.get(owner["owner"], ()), "Country")
        countries = {self.gazetteer.fields(*key).get("country") for key in (place, known and known.key) if key}
        return known if not place or len(countries) == 1 else None

    def _model(self, form: str, label: Label) -> Key | None:
        """A model of a known family, or a known chip behind its maker's name."""
        if label not in ("Chip", "Product"):
            return None
        for cut in _CUT.finditer(form):
            head, rest = form[: cut.start()], form[cut.end() :]
            if numbered(words(head)) or not rest:
                break
            if self._chosen(self._exact.get(head, ()), "Firm") and (known := self.find(rest, label)):
                return known.key
            family = self._chosen(self._exact.get(head, ()), "Chip")
            if family and family[0] == "Chip" and numbered(words(rest)[:1]):
                return "Chip", f"{family[1]} {singular(rest)}"
        return None

    def _presumed(self, form: str, label: Label) -> Known | None:
        """What a form means for want of anything else: "Commerce", "Brussels", "Oslo" as a market, "Redmond"."""
        firms = self._seated.get(form, []) if label == "Firm" else []
        if len(firms) == 1:
            return Known(firms[0], "host")
        if label == "Market" and (key := self._chosen(self._markets.get(words(_LISTED.sub("", form)), ()), label)):
            return Known(key, "host")
        departments = (f"US Department of {form}", f"US Department of the {form}", _SEATS.get(form, ""))
        if label == "Regulator" and (key := self._named(filter(None, departments), label)):
            return Known(key, "host")
        return None


@lru_cache(maxsize=4)
def index(gazetteer: Gazetteer) -> Index:
    return Index(gazetteer)


def _plain(entry: Entry) -> bool:
    """Whether a name is that of its entry even where it is taken for something of a near label."""
    return not entry.ambiguous or entry.label in ("Chip", "Product")


def _means(entry: Entry, kind: str, label: Label) -> Key | None:
    """What a form of an entry means to one who takes it for something of a label."""
    if entry.label == "Country" and (label == "Regulator" or (label == "Firm" and kind != "adjective")):
        return ("Regulator", entry.government) if entry.government else None
    if kind == "city":
        return ("Market", entry.name) if label == "Market" else None
    return (entry.label, entry.name) if kind == "name" or label == "Country" else None


def _implied(form: str, label: Label) -> Iterator[str]:
    """Yield what else a form may be called in the gazetteer: without "Group", in the singular."""
    if label in ("Firm", "Fund"):
        for name in legal(form):
            yield from list(grouped(name))[1:]
    elif label in ("Chip", "Product", "Sector") and re.search(r"[^\W\d_s]s$", form):
        yield form[:-1]
