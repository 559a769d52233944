"""Models as flat rows of properties, and back: the one form in which both stores keep them."""

from collections.abc import Iterable

from graph.model import KINDS, Claim, Document, Entity, Judgement, Qualifiers, content_id, entity_id
from graph.summary import Row

_CLAIM = frozenset(Claim.model_fields) - {"qualifiers"}
_QUALIFIERS = frozenset(Qualifiers.model_fields)


def document_row(document: Document) -> Row:
    return {"id": document.id, **document.content()}


def as_document(row: Row) -> Document:
    return Document.model_validate({key: value for key, value in row.items() if key != "id"})


def mention_row(document: Document, entity: Entity) -> Row:
    """What one document says of an entity. `entity` is the id of the entity it counts for, here its own."""
    content = {"label": entity.label, **entity.content()}
    return {"id": content_id("mention", document.id, content), "document": document.id, "entity": entity.id, **content}


def as_entity(row: Row) -> Entity:
    """The entity of an entity's or a mention's row."""
    kind = KINDS[row["label"]]
    return kind.model_validate({key: row[key] for key in kind.model_fields if key in row})


def claim_row(document: Document, claim: Claim) -> Row:
    """A claim with its qualifiers beside the other fields and its document's publisher and date, without a fact yet."""
    content = claim.content()
    qualifiers = content.pop("qualifiers", {})
    source = {"publisher": document.publisher} if document.publisher else {}
    dated = {"published": str(document.published)} if document.published else {}
    return {"id": claim.id, **content, **qualifiers, **source, **dated}


def as_claim(row: Row) -> Claim:
    fields = {key: row[key] for key in _CLAIM if key in row}
    return Claim.model_validate({**fields, "qualifiers": {key: row[key] for key in _QUALIFIERS if key in row}})


def judgement_row(judgement: Judgement) -> Row:
    return {"id": content_id("judgement", *judgement.pair), **judgement.content()}


def as_judgement(row: Row) -> Judgement:
    return Judgement.model_validate({key: value for key, value in row.items() if key != "id"})


_NO_ATTRIBUTES = frozenset({"id", "document", "entity", "label", "name", "aliases"})


def merged(rows: Iterable[Row], name: str) -> Row:
    """The row of the one entity that these rows (of mentions, or of the entity as it was) are about, under this name.

    Where two differ in an attribute the smallest value stands: arbitrary, but the same in every order of loading.
    """
    aliases: set[str] = set()
    known: Row = {}
    label = ""
    for row in rows:
        label = row["label"]
        aliases.update((row["name"], *row.get("aliases", ())))
        for key, value in row.items():
            if key not in _NO_ATTRIBUTES:
                known[key] = min(known.get(key, value), value)
    aliases.discard(name)
    also = {"aliases": sorted(aliases)} if aliases else {}
    return {"id": entity_id(label, name), "label": label, "name": name, **also, **known}
