"""Frames: how the press words each relation, as data, and the engine that matches them.

`data/frames.toml` holds `[[frame]]` entries:

- `name`, `relation`
- `verbs`: what `<v>` stands for, all forms; `over` in "take over" is written `take_over`
- `patterns`: words and slots as they stand in a clause (`loaders.clauses`), regular expressions for alternatives.
  `{S}` and `{O}` are the ends, of the labels the relation allows or those named (`{O:Chip}`). Adjectives and a maker's
  name may stand before an object, no maker before `{O!}`, nothing before `{O=}`. `{M:Firm}` is any other mention;
  `{product}`, `{role}`, `{field}` are words; `~` skips a few words, `...` skips to anything in the clause. `<v>` is
  active, `<v:pp>` passive, `<v:ing>` a gerund; `<is>` is a form of be. A pattern `{S} <v> {O} ...` brings its passive.
- `qualifiers`: constants (`measure`)
- `take`: what is read from the clause: amount, stake, quantity, round, ratios; `carry:LABEL` takes the object from what
  was named last, `maker` the firm that makes the object
- `presupposed`: the claim is not what a sentence asserts: neither hedge, credit nor date of the sentence concern it
- `dated`: whether a date in the clause is the date of the claim (default: unless presupposed)
- `active_only`: the passive means something else ("made by")
- `own`: the verb says no more than that a thing is made, so a foundry is no subject
- `modality`: what a claim is that nothing else hedges
- `example`, `claims`, `counter_example`: run by the tests
"""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

from graph import ontology
from graph.errors import OntologyError, SourceError
from loaders.clauses import NOUN, Clause
from loaders.wording import exactly

_BARRIER = (
    "to|from|by|with|that|which|who|and|but|or|as|for|in|on|at|into|against|than|after|before|since|while|amid|"
    "because|if|when|whether|"
    "not|is|are|was|were|has|have|had|will|would|it|they|of|although|though|until|through|via|under"
)
_WORD = rf"(?!(?:{_BARRIER}) )(?:[^\s⟨⟩,;:—()_]|,(?=\d))+"
_PLACED = r"⟨(?:Sector|Country|Demonym):[^⟩]*⟩"
_PLAIN = rf"(?:{_WORD}|(?:more|less|fewer|rather) than|up to|as (?:many|much) as|{_PLACED}|⟨[^⟩]+⟩ 'its)"
_LOOSE = rf"(?:of|{_PLAIN})"
_GAP = rf"(?:(?:{_LOOSE}|_a\d+_) ){{0,6}}?"
_FAR = r"(?:[^\s;—]+ ){0,24}?"
_MAKER = r"⟨Firm:[^⟩]*⟩(?: '(?:s|its))?"
_INCLUDING = rf"(?:(?:[^\s;—⟨⟩]+|{_PLACED}) ){{1,12}}?(?:including|namely|such as|called|dubbed|named)(?: the)? "
_TEXT = rf"(?:{_WORD}|of|⟨(?:Sector|Chip|Product|Country|Demonym):[^⟩]*⟩)"

_NO_COMPOUND = (
    r"(?! '| -| (?:chips?|GPUs?|stocks?|shares|bonds|technology|equipment|hardware|software)\b| ⟨(?:Chip|Sector))"
)
"""A mark that belongs to the next noun is no end."""

_IRREGULAR = {
    row.split()[0]: row.split()[1:]
    for row in """
    ban bans banning banned banned
    bar bars barring barred barred
    beat beats beating beat beaten
    begin begins beginning began begun
    bring brings bringing brought brought
    build builds building built built
    buy buys buying bought bought
    choose chooses choosing chose chosen
    cut cuts cutting cut cut
    forbid forbids forbidding forbade forbidden
    get gets getting got got
    give gives giving gave given
    go goes going went gone
    have has having had had
    hit hits hitting hit hit
    hold holds holding held held
    lead leads leading led led
    make makes making made made
    pay pays paying paid paid
    put puts putting put put
    run runs running ran run
    see sees seeing saw seen
    seek seeks seeking sought sought
    sell sells selling sold sold
    set sets setting set set
    ship ships shipping shipped shipped
    slap slaps slapping slapped slapped
    snap snaps snapping snapped snapped
    stop stops stopping stopped stopped
    take takes taking took taken
    tell tells telling told told
    unwind unwinds unwinding unwound unwound
    win wins winning won won
    withdraw withdraws withdrawing withdrew withdrawn
    """.strip().splitlines()
}
"""Verbs whose forms do not follow from the base: third person, gerund, past, participle."""


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of a verb, `more` behind each ("take" with " over")."""

    base: str
    third: str
    gerund: str
    past: str
    participle: str

    @property
    def all(self) -> tuple[str, ...]:
        return self.base, self.third, self.gerund, self.past, self.participle


def forms(verb: str) -> Forms:
    """All forms of a verb.

    Example:
        >>> forms("acquire").gerund, forms("take_over").past, forms("supply").third
        ('acquiring', 'took over', 'supplies')
    """
    head, _, more = verb.partition("_")
    more = " " + more.replace("_", " ") if more else ""
    if head in _IRREGULAR:
        third, gerund, past, participle = _IRREGULAR[head]
    else:
        stem = head.removesuffix("e")
        flat = head[-1] == "y" and head[-2] not in "aeiou"
        third = head[:-1] + "ies" if flat else head + ("es" if head.endswith(("s", "sh", "ch", "x", "z")) else "s")
        past = participle = head[:-1] + "ied" if flat else stem + "ed"
        gerund = (head if head.endswith("ee") else stem) + "ing"
    return Forms(*(form + more for form in (head, third, gerund, past, participle)))


@dataclass(frozen=True, slots=True)
class Match:
    """A frame found in a clause: the marks at its ends, the words it covers, its verb with what stands before."""

    frame: "Frame"
    clause: Clause
    subject: str
    object: str
    start: int
    end: int
    verb: str
    words: dict[str, str]


@dataclass(frozen=True)
class Frame:
    """One wording of a relation."""

    name: str
    relation: str
    patterns: tuple[str, ...]
    example: str
    claims: tuple[str, ...]
    counter_example: str
    verbs: tuple[str, ...] = ()
    qualifiers: dict[str, Any] = field(default_factory=dict)
    take: tuple[str, ...] = ()
    presupposed: bool = False
    dated: bool | None = None
    modality: str | None = None
    active_only: bool = False
    own: bool = False

    @property
    def carried(self) -> str:
        """The label of the object that a pattern without `{O}` takes from the sentences before."""
        return next((word.removeprefix("carry:") for word in self.take if word.startswith("carry:")), "")

    @property
    def is_dated(self) -> bool:
        return not self.presupposed if self.dated is None else self.dated

    @cached_property
    def forms(self) -> tuple[Forms, ...]:
        return tuple(forms(verb) for verb in self.verbs)

    @cached_property
    def compiled(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(regex) for pattern in self.patterns for regex in self._regexes(pattern))

    @cached_property
    def _cue(self) -> re.Pattern[str] | None:
        """What a clause must hold for a frame with a verb to be tried at all."""
        words = {form for verb in self.forms for form in verb.all}
        return re.compile(rf"\b(?:{exactly(words)})\b") if words else None

    def matches(self, clause: Clause) -> Iterator[Match]:
        """Yield each place in a clause that the frame fits."""
        cued = self._cue is None or self._cue.search(clause.text)
        for pattern in self.compiled:
            if not cued and "(?P<verb>" in pattern.pattern:
                continue
            for found in pattern.finditer(clause.text):
                words = {k: v for k, v in found.groupdict().items() if v and k not in ("S", "O", "verb")}
                verb = clause.plain(found.groupdict().get("verb") or "")
                yield Match(
                    self, clause, found["S"], found.groupdict().get("O") or "", found.start(), found.end(), verb, words
                )

    def _regexes(self, pattern: str) -> Iterator[str]:
        yield self._regex(pattern)
        if not self.active_only and (match := re.match(r"\{S(:\w+(?:\|\w+)*)?\} <v> (\{O[^}]*\})(.*)$", pattern)):
            labels, obj, tail = match.groups()
            yield self._regex(f"{obj}( ,)? <v:pp>{tail} ~ by {{S{labels or ''}}}")

    def _regex(self, pattern: str) -> str:
        out = re.sub(r"<v(?::(\w+))?>", lambda m: self._verb(m[1]), pattern)
        out = re.sub(
            r"\{(\w+)([!=]?)(?::([\w|]+))?\}(?=( ?\S+)|)",
            lambda m: self._slot(m[1], m[2], m[3], (m[4] or "").strip()),
            out,
        )
        out = out.replace("<is>", r"(?:is|are|was|_p\d+_)")
        out = re.sub(r"(?<=[ (])'s", "'(?:s|its)", out)
        out = re.sub("~ ", lambda _: _GAP, out)
        out = re.sub(r"\.\.\. ", lambda _: _FAR, out)
        return rf"(?<![^\s]){out}(?![^\s])"

    def _verb(self, form: str | None) -> str:
        def either(*names: str) -> str:
            return f"(?:{exactly({getattr(f, name) for f in self.forms for name in names})})"

        if form == "ing":
            return either("gerund")
        if form == "pp":
            return rf"(?P<verb>(?:_[ap]\d+_ )?{either('participle')})"
        plain = either("base", "third", "past")
        return rf"(?P<verb>(?:(?:_a\d+_ |to )?{plain}|(?:_[ap]\d+_ )?{either('gerund')}|_a\d+_ {either('participle')}))"

    def _slot(self, name: str, reach: str, labels: str | None, follows: str) -> str:
        if name in ("product", "role", "field"):
            return rf"(?P<{name}>{_TEXT}(?: {_TEXT}){{0,5}}?)"
        kinds = set(labels.split("|")) if labels else self._labels(name)
        if name == "S" and "Regulator" in kinds and not labels:
            kinds.add("Country")
        mark = rf"⟨(?:(?:{'|'.join(sorted(kinds))}):\d+ ?)+⟩"
        if name == "M":
            return mark
        thing = not kinds.isdisjoint(("Chip", "Product"))
        out = rf"(?P<{name}>{mark})" + (rf"(?: {NOUN})*" if thing else "")
        if not follows.startswith(("'", "(", "{")):
            out += _NO_COMPOUND
        if name == "S" or reach == "=":
            return rf"(?:(?:[Tt]he|[Aa]n?) )?{out}"
        if reach == "!":
            return rf"(?:{_PLAIN} ){{0,6}}?{out}"
        if not thing:
            return rf"(?:{_INCLUDING}|(?:{_LOOSE} ){{0,8}}?){out}"
        return rf"(?:{_INCLUDING}|(?:(?:{_LOOSE}|{_MAKER}) ){{0,8}}?){out}"

    def _labels(self, end: str) -> set[str]:
        side = 0 if end == "S" else 1
        return {pair[side] for pair in ontology.find(self.relation).ends}


def read(text: str, name: str) -> tuple[Frame, ...]:
    """The frames of a TOML text.

    Raises:
        SourceError: one is not as it should be; the message names it.
    """
    frames = []
    for note in tomllib.loads(text).get("frame", []):
        try:
            frames.append(_frame(dict(note)))
        except (TypeError, KeyError, re.error, AttributeError, OntologyError) as error:
            raise SourceError(f"{name}: frame {note.get('name', note)!r}: {error}") from error
    return tuple(frames)


def _frame(note: dict[str, Any]) -> Frame:
    ontology.find(note["relation"])
    for key in ("patterns", "take", "claims"):
        note[key] = tuple(note.get(key, ()))
    note["verbs"] = tuple(note.get("verbs", "").split())
    return Frame(**note)


@cache
def default() -> tuple[Frame, ...]:
    """The frames that come with keiretsu."""
    return read((files("loaders") / "data" / "frames.toml").read_text(encoding="utf-8"), "frames.toml")


@cache
def verb_forms() -> frozenset[str]:
    """The first words of all forms of all verbs in the frames."""
    return frozenset(form.split()[0] for frame in default() for verb in frame.forms for form in verb.all)
