"""Other names in the same text, so that the network learns how names are used and not only which there are."""

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from training.annotation import Annotated, Named
from training.example import is_name

_SWAPPED = ("Firm", "Fund", "Person", "Chip", "Product")
_SOUNDS = """
b br c ch d dr f fl g gr h j k kr l m n p pl qu r s sh st t tr v w x y z zh th
a e i o u ai ea ee ia io ou ue
l n r s t x m k nd rk sk th lor mar ton dex nix via ris tec
"""
_OPENINGS, _VOWELS, _CLOSINGS = (line.split() for line in _SOUNDS.strip().splitlines())
_FIRMS = "Semiconductor Technologies Micro Systems Electronics Materials Holdings Group Labs Networks Energy"
_TRADES = {
    "Firm": _FIRMS.split() + [""] * 8,  # many firms have no trade in their name
    "Fund": ["Capital", "Ventures", "Partners", "Investment Fund", "Growth Partners", "Equity"],
}


def swapped(document: Annotated, pool: dict[str, list[Named]], rng: random.Random, share: float = 0.6) -> Annotated:
    """The document with some of its entities under other names.

    Args:
        pool: entities of other documents by label.
        share: of the entities that get another name.
    """
    taken = {form for entity in document.entities for form in entity.called}
    forms: dict[str, str] = {}
    for entity in document.entities:
        if entity.label in _SWAPPED and rng.random() < share:
            forms |= _renamed(entity, _other(entity.label, pool, rng), taken | set(forms.values()))
    if not forms:
        return document
    entities = tuple(
        replace(entity, name=forms.get(entity.name, entity.name), forms=tuple(forms.get(f, f) for f in entity.forms))
        for entity in document.entities
    )
    names = {old.name: new.name for old, new in zip(document.entities, entities, strict=True)}
    if len(set(names.values())) < len(names):
        return document
    return _retold(replace(document, entities=entities), forms, names)


def pool(documents: Sequence[Annotated]) -> dict[str, list[Named]]:
    """The entities of documents by label."""
    found: dict[str, dict[str, Named]] = defaultdict(dict)
    for document in documents:
        for entity in document.entities:
            found[entity.label].setdefault(entity.name, entity)
    return {label: list(named.values()) for label, named in found.items()}


def _other(label: str, pool: dict[str, list[Named]], rng: random.Random) -> str:
    if label in ("Chip", "Product") or rng.random() < 0.5:
        return rng.choice(pool[label]).name
    word = "".join(
        rng.choice(part) for part in (_OPENINGS, _VOWELS, _CLOSINGS, _VOWELS, _CLOSINGS)[: rng.choice((3, 5))]
    )
    if label == "Person":
        return f"{word.capitalize()} {''.join(rng.choice(p) for p in (_OPENINGS, _VOWELS, _CLOSINGS)).capitalize()}"
    word = word.upper() if rng.random() < 0.1 and len(word) < 6 else word.capitalize()
    return f"{word} {rng.choice(_TRADES[label])}".strip()


def _renamed(entity: Named, name: str, taken: set[str]) -> dict[str, str]:
    """Another form for each form of an entity: first words for first words, the whole name for the rest."""
    words = name.split()
    found = {}
    for form in entity.called:
        if not is_name(form, entity.label, entity.name):
            continue
        size = len(form.split())
        if entity.label == "Person" and size == 1 and len(entity.name.split()) > 1:
            found[form] = words[-1]
        elif entity.name.startswith(form) and size < len(entity.name.split()) and entity.label in ("Firm", "Fund"):
            found[form] = words[0]
        else:
            found[form] = name
    return {} if taken & set(found.values()) else found


def _retold(document: Annotated, forms: dict[str, str], names: dict[str, str]) -> Annotated:
    """The text with new forms for old ones, and all that points into it moved along."""
    pattern = "|".join(re.escape(form) for form in sorted(forms, key=len, reverse=True))
    marked = [(a, b) for a, b, _ in document.marks]
    pieces: list[str] = []
    places: dict[int, int] = {}
    at = length = 0

    def keep(end: int) -> None:
        nonlocal at, length
        for old in range(at, end + 1):
            places[old] = length + old - at
        pieces.append(document.text[at:end])
        length += end - at
        at = end

    for match in re.finditer(rf"(?<!\w)(?:{pattern})(?!\w|-\d)", document.text):
        if any(a < match.end() and match.start() < b for a, b in marked):
            continue
        keep(match.start())
        pieces.append(forms[match[0]])
        length += len(forms[match[0]])
        at = match.end()
    keep(len(document.text))
    moved = document.shifted("".join(pieces), places)
    marks = tuple((a, b, names[name]) for a, b, name in moved.marks if name in names)
    claims = tuple(
        replace(
            c,
            subject=names[c.subject],
            object=names[c.object],
            credit=tuple(forms.get(who, who) for who in c.credit),
        )
        for c in moved.claims
    )
    return replace(moved, marks=marks, claims=claims)
