"""From the names found in one document to its entities: which names are one, and what it is called.

The gazetteer is trusted most, then what the document itself shows: spellings, acronyms, short forms of longer names.
What could be either of two entities is neither: a wrong merge is worse than a missed one, and worst between chips.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from graph.ontology import Label
from loaders.gazetteer import SCRIPT, Gazetteer
from loaders.known import Index, Key, Known, index
from loaders.spelling import SMALL, Words, bare, cores, initials, numbered, parts, spelling, words

_KIN: Mapping[Label, str] = {"Firm": "body", "Fund": "body", "Regulator": "body", "Chip": "good", "Product": "good"}
"""Labels that are easily taken for one another: one spelling with two of them is one entity."""
_WORDS = """
technology technologies semiconductor semiconductors electronics microelectronics systems group holdings holding capital
ventures partners fund bank industries industry investment investments international global corporation company chip
chips energy power materials design software services securities research institute university national state central
federal new united general
"""
_TRADE = SMALL | frozenset(_WORDS.split())
"""Words that name no one body."""
_APART = frozenset({"in", "at", "venture", "jv"})
"""Words of a name of which no part is that name for short ("Prosecutors in Brussels")."""
_SYSTEMS = "dgx hgx mgx egx igx ovx agx jetson drive tesla super mini pro max ultra plus lite dual"
_SYSTEM = frozenset(_SYSTEMS.split())
"""What stands before a chip's name and makes something else of it."""
_ACRONYM = re.compile(r"[A-Z][A-Z&]+(?:-?\d+[A-Z]?)?$|[A-Z][a-zA-Z]*[A-Z]$")
_OPEN = re.compile(
    r"(?:'s|’s)?,? ?[(（\[][\"“'「]?(?:(?:the|or|aka|known as|hereafter|hereinafter|简称|以下简称|下称) ?)?[\"“'「]?$"
)
_CLOSE = re.compile(r"[\"”'」]?\s?[)）\],;，:]")


@dataclass(frozen=True, slots=True)
class Name:
    """A stretch of a document's text that names something of a label."""

    start: int
    end: int
    label: Label


@dataclass(frozen=True, slots=True)
class Linked:
    """The entity that a name means, with all the forms in which its document writes it."""

    label: Label
    name: str
    aliases: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        return self.label, self.name


def link(text: str, names: Sequence[Name], gazetteer: Gazetteer) -> list[Linked]:
    """What each of the names means. Their order does not matter.

    Returns:
        One entity for each name, in the order of the names.

    Example:
        >>> from loaders.gazetteer import default
        >>> text = "Basalt Semiconductor (BSC) sued Nvidia over its H20. The chip of Basalt's own rivals H200s."
        >>> found = [("Basalt Semiconductor", "Firm"), ("BSC", "Firm"), ("H200s", "Chip"), ("Basalt's", "Firm")]
        >>> names = [Name(text.rindex(n), text.rindex(n) + len(n), label) for n, label in found]
        >>> [entity.name for entity in link(text, names, default())]
        ['Basalt Semiconductor', 'Basalt Semiconductor', 'H200', 'Basalt Semiconductor']
    """
    known = index(gazetteer)
    things = _things(text, names, known)
    groups = _Groups(list(dict.fromkeys(things.values())), known.places)
    groups.join(_bracketed(text, things))
    groups.shorten()
    linked = {root: _linked(root, members) for root, members in groups.members().items()}
    return [linked[groups.root(things[name])] for name in names]


# --- what the document names


class _Said(NamedTuple):
    """A name as a text has it."""

    label: Label
    surface: str
    core: str
    """Without what adds nothing to it."""

    @property
    def kin(self) -> str:
        return _KIN.get(self.label, self.label)


@dataclass(eq=False)
class _Thing:
    """Names of one document with one spelling, or of one entry of the gazetteer; complete before it is asked."""

    known: Key | None
    order: int
    aliases: tuple[str, ...] = ()
    """What else the gazetteer calls it."""
    names: list[_Said] = field(default_factory=list)

    @cached_property
    def label(self) -> Label:
        return self.known[0] if self.known else _label(self.names)

    @property
    def kin(self) -> str:
        return _KIN.get(self.label, self.label)

    @property
    def listed(self) -> tuple[str, ...]:
        """What the gazetteer calls it."""
        return (self.known[1], *self.aliases) if self.known else ()

    @cached_property
    def forms(self) -> list[Words]:
        """What it is called, as words."""
        return list(dict.fromkeys(words(form) for form in (*(said.core for said in self.names), *self.listed)))


def _label(names: Sequence[_Said]) -> Label:
    """The label of most names, among equals of the first."""
    return Counter(said.label for said in names).most_common(1)[0][0]


def _things(text: str, names: Iterable[Name], known: Index) -> dict[Name, _Thing]:
    """What each name stands for by its spelling alone, in the order of the text."""
    ordered = sorted(set(names), key=lambda n: (n.start, n.end, n.label))
    said = {name: _said(text[name.start : name.end], name.label) for name in ordered}
    keys = _keys(said, known)
    things: dict[Hashable, _Thing] = {}
    found: dict[Name, _Thing] = {}
    for name in ordered:
        key = keys.get(name)
        identity = key or (said[name].kin, spelling(words(said[name].core)) or said[name].surface)
        aliases = known.gazetteer.aliases(*key) if key else ()
        found[name] = things.setdefault(identity, _Thing(key, len(things), aliases))
        found[name].names.append(said[name])
    return found


def _said(surface: str, label: Label) -> _Said:
    folded = " ".join(surface.split())
    return _Said(label, folded, list(cores(bare(surface), label))[-1] or folded)


def _keys(said: Mapping[Name, _Said], known: Index) -> dict[Name, Key]:
    """The entities of the gazetteer that names mean, unless the document shows that they do not."""
    ones = {says: known.find(says.surface, says.label) for says in dict.fromkeys(said.values())}
    meant = {name: one for name, says in said.items() if (one := ones[says])}
    sure = {one.key for one in meant.values() if not one.unless}
    unknown = [_Thing(None, 0, names=[says]) for name, says in said.items() if name not in meant]
    hosts = {(thing.kin, short) for thing in unknown for short in _shorts(thing, known.places)}

    def stands(name: Name, one: Known) -> bool:
        if one.unless == "named":
            return one.key not in sure
        return not one.unless or one.key in sure or (said[name].kin, words(said[name].core)) not in hosts

    return {name: one.key for name, one in meant.items() if stands(name, one)}


# --- which of them are one


class _Groups:
    """Things of a document, joined where they are one entity. Two entries of the gazetteer never are."""

    def __init__(self, things: Sequence[_Thing], places: Set[str]) -> None:
        self._things = things
        self._places = places
        self._parents = {thing: thing for thing in things}

    def root(self, thing: _Thing) -> _Thing:
        """The thing that stands for the group."""
        while self._parents[thing] is not thing:
            thing = self._parents[thing]
        return thing

    def members(self) -> dict[_Thing, list[_Thing]]:
        """The things of each group, in the order of the text."""
        groups: dict[_Thing, list[_Thing]] = defaultdict(list)
        for thing in self._things:
            groups[self.root(thing)].append(thing)
        return groups

    def join(self, pairs: Iterable[tuple[_Thing, _Thing]]) -> None:
        for one, other in pairs:
            first, second = sorted((self.root(one), self.root(other)), key=lambda t: (t.known is None, t.order))
            if first is not second and not second.known:
                self._parents[second] = first

    def shorten(self) -> None:
        """Join each short form with the longer name it is short for, if there is but one; longer ones first."""
        longer: dict[tuple[str, Words], list[_Thing]] = defaultdict(list)
        for thing in self._things:
            for short in _shorts(thing, self._places):
                longer[thing.kin, short].append(thing)
        unknown = [thing for thing in self._things if not thing.known]
        for thing in sorted(unknown, key=lambda t: (-max(map(len, t.forms)), t.order)):
            called = [host for form in thing.forms for host in longer.get((thing.kin, form), ())]
            hosts = [host for host in called if self.root(host) is not self.root(thing) and _may_be(thing, host)]
            if host := self._one(hosts):
                self.join([(thing, host)])

    def _one(self, hosts: Sequence[_Thing]) -> _Thing | None:
        """The one thing that all of these are, or are named after ("Applied Materials", "Applied Materials Korea")."""
        return next((host for host in hosts if all(self._after(host, other) for other in hosts)), None)

    def _after(self, host: _Thing, other: _Thing) -> bool:
        if self.root(other) is self.root(host):
            return True
        bases = host.forms if host.kin == "body" else ()
        return any(form[: len(base)] == base for form in other.forms for base in bases)


def _may_be(short: _Thing, host: _Thing) -> bool:
    """Whether a short form may be of a thing: labels are equal, and so are all words with digits."""
    if short.kin == "good":
        return any(numbered(form) == numbered(short.forms[0]) for form in host.forms)
    return short.label == host.label or any(_ACRONYM.match(said.core) and len(said.core) > 2 for said in short.names)


def _shorts(thing: _Thing, places: Set[str]) -> set[Words]:
    """All that a thing may be called for short."""
    found: set[Words] = set()
    for form in thing.forms:
        if thing.kin == "body":
            found |= set(_names(form, frozenset() if thing.label == "Regulator" else places))
        elif thing.kin == "good":
            found |= set(_models(form))
        elif thing.label == "Person" and len(form) > 1:
            found |= {form[:1], form[-1:], form[1:], (form[0], form[-1])}
    if thing.kin == "body" and thing.known:
        found |= set(thing.forms)
    return (found | set(_acronyms(thing))) - {()}


def _acronyms(thing: _Thing) -> Iterator[Words]:
    """Yield the acronyms of a thing. A chip whose name has a number has none: they would drop what tells it apart."""
    for form in (*(bare(said.surface) for said in thing.names), *thing.listed):
        plain = thing.kin == "good" and len(words(form)) > 2 and not re.search(r"\d|\+", form)
        if plain or thing.kin in ("body", "Market"):
            yield from map(words, initials(form))


def _names(form: Words, places: Set[str]) -> Iterator[Words]:
    """Yield the parts of a body's name that may stand for it: more than a place or a trade, no place left out."""
    for part in parts(form) if _APART.isdisjoint(form) else ():
        rest = {*form[form.index(part[0]) + len(part) :]}
        initial = len(part) == 1 and len(part[0]) < 3 and part[0].isascii() and not rest <= _TRADE
        if not (initial or rest & places or places >= {*part} or {*part} <= _TRADE):
            yield part


def _models(form: Words) -> Iterator[Words]:
    """Yield the ends of a chip's name that hold all its digits, down to the number of its model."""
    for start in range(1, len(form)):
        if form[start - 1] in _SYSTEM or numbered(form[:start]):
            return
        model = form[start:]
        if numbered(model[:1]) and (len(model[0]) > 2 or len(model) > 1 or not model[0].isdigit()):
            yield model


def _bracketed(text: str, things: Mapping[Name, _Thing]) -> Iterator[tuple[_Thing, _Thing]]:
    """Yield a name and its acronym, or its form in another script, where one stands in brackets behind the other."""
    for before, after in pairwise(things):
        one, other = things[before], things[after]
        if one.kin == other.kin and _OPEN.match(text[before.end : after.start]) and _CLOSE.match(text, after.end):
            long, short = bare(text[before.start : before.end]), bare(text[after.start : after.end])
            if _same(long, short) or _same(short, long):
                yield one, other


def _same(long: str, short: str) -> bool:
    """Whether a form is the acronym of another, or is written in another script; digits must be equal."""
    if numbered(words(long)) != numbered(words(short)):
        return False
    if bool(re.search(f"[{SCRIPT}]", long)) != bool(re.search(f"[{SCRIPT}]", short)):
        return True
    letters = iter(long.lower())
    acronym = _ACRONYM.match(short) and " " not in short and short[0] == long[0] and len(short) < len(long)
    return bool(acronym) and all(letter in letters for letter in short.lower() if letter.isalpha())


# --- what they are called


def _linked(root: _Thing, members: Sequence[_Thing]) -> Linked:
    names = [said for thing in members for said in thing.names]
    label, name = root.known or (_label(names), _fullest(names))
    surfaces = dict.fromkeys(bare(said.surface) for said in names)
    return Linked(label, name, tuple(surface for surface in surfaces if surface != name))


def _fullest(names: Sequence[_Said]) -> str:
    """The most complete form, the first among equals, without possessive and legal form.

    "Corporation" and "Company" stay where the document never leaves them out: they may be part of the name.
    """
    core = max((said.core for said in names), key=lambda form: (len(words(form)), not form.isupper(), len(form)))
    surfaces = [bare(said.surface) for said in names]
    full = (core + kind for kind in (" Corporation", " Company") if any(s.startswith(core + kind) for s in surfaces))
    return core if core in surfaces else next(full, core)
