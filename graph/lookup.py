"""Names as people type them -> entities and documents; what is not found offers what comes near."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from graph.errors import NotFound
from graph.model import KINDS, Document, Entity
from graph.row import as_entity

if TYPE_CHECKING:
    from graph.store import Store

NEAR = 60.0
"""Similarity (0 to 100, rapidfuzz WRatio) from which a name is offered as near."""


class Match(NamedTuple):
    """An entity found by a text, the best first: exact names, exact aliases, parts of names, near names."""

    score: float
    name: str
    """The name or alias that matched."""
    entity: Entity


def find(store: "Store", text: str, limit: int = 20) -> list[Match]:
    """Entities one of whose names is, holds or resembles the text. Case and width are ignored."""
    wanted = _plain(text)
    if not wanted:
        return []
    matches = (_match(entity, wanted) for entity in store.entities())
    found = [match for match in matches if match.score >= NEAR]
    found.sort(key=lambda match: (-match.score, match.entity.name, match.entity.label))
    return found[:limit]


def entity(store: "Store", name: str) -> Entity:
    """The entity of an id, a name, `Label:Name`, or an alias that only one entity has. See `Store.entity`."""
    label, named = labelled(name)
    for by, value, of in (("id", name, ""), ("name", named, label), ("name", name, "")):
        if found := [row for row in store.stream("entity", by, [value]) if of in ("", row["label"])]:
            return _only(map(as_entity, found), name)
    matches = [match for match in find(store, named, 50) if label in ("", match.entity.label)]
    exact = [match.entity for match in matches if _plain(match.name) == _plain(named)]
    if exact:
        return _only(exact, name)
    near = ", ".join(dict.fromkeys(match.entity.name for match in matches[:5]))
    raise NotFound(f"no entity {name!r} in {store.uri}" + (f"; near: {near}" if near else ""))


def labelled(name: str) -> tuple[str, str]:
    """Label and name of `Label:Name`; no label where none is said."""
    label, _, bare = name.partition(":")
    return (label, bare) if label in KINDS and bare else ("", name)


def document(store: "Store", text: str) -> Document:
    """The document of an id, of the beginning of one (6 characters at least), of a title or of a URL.

    Raises:
        NotFound: there is none, or several.
    """
    found = list(store.stream("document", "id", [text]))
    if not found:
        start = text if len(text) >= 6 else "-"
        every = store.stream("document")
        found = [row for row in every if row["id"].startswith(start) or text in (row.get("title"), row.get("url"))]
    if len(found) == 1:
        return store.document(found[0]["id"])
    if not found:
        raise NotFound(f"no document {text!r} in {store.uri}; `keiretsu query --named documents` lists them")
    ids = ", ".join(row["id"] for row in found[:5])
    raise NotFound(f"{len(found)} documents are called {text!r}; say which: {ids}")


def _only(entities: Iterable[Entity], name: str) -> Entity:
    every = sorted({entity.id: entity for entity in entities}.values(), key=lambda entity: (entity.label, entity.name))
    if len(every) > 1:
        choices = ", ".join(f"{entity.label}:{entity.name}" for entity in every[:8])
        raise NotFound(f"{name!r} names {len(every)} entities; say which: {choices}")
    return every[0]


def _plain(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFKC", text).casefold().strip()


def _match(entity: Entity, wanted: str) -> Match:
    scored = ((_score(name, wanted) - 0.5 * (n > 0), -n, name) for n, name in enumerate((entity.name, *entity.aliases)))
    score, _, name = max(scored)
    return Match(score, name, entity)


def _score(name: str, wanted: str) -> float:
    """100 when it is the text, above 90 when it holds it, else the similarity, below 90.

    Tokens with digits must be equal for two names to be near: H20 is not H200.
    """
    from rapidfuzz.fuzz import WRatio

    plain = _plain(name)
    if plain == wanted:
        return 100.0
    if wanted in plain:
        return 90.0 + 9.0 * len(wanted) / len(plain)
    if _coded(plain) != _coded(wanted):
        return 0.0
    return min(89.0, WRatio(plain, wanted))


def _coded(text: str) -> set[str]:
    return {token for token in text.replace("-", " ").split() if any(c.isdigit() for c in token)}
