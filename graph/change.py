"""What adding, retracting and judging change: facts and entities follow from claims, mentions and judgements.

Each function works within one transaction of whatever store. Facts and entities are never patched from memory: what
they were is read where they are, so that writers who take turns always build on each other.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field

from graph import door
from graph.elements import Elements, Kind
from graph.identity import Identity
from graph.model import Extraction, Judgement, entity_id
from graph.row import as_judgement, claim_row, document_row, judgement_row, mention_row, merged
from graph.summary import Key, Row, Summary, edge_type, sums, tally


@dataclass(frozen=True)
class Loaded:
    """What an `add` did. Repeating it does nothing: everything is then known."""

    documents: int = 0
    documents_known: int = 0
    claims: int = 0
    claims_known: int = 0
    facts: int = 0
    """New facts."""
    entities: int = 0
    """New entities."""
    rejects: Mapping[str, int] = field(default_factory=dict)
    """Reason code -> how many claims and entities were refused, or put aside as doubtful, before they came here."""

    def __add__(self, other: "Loaded") -> "Loaded":
        mine, theirs = asdict(self), asdict(other)
        codes = sorted({*self.rejects, *other.rejects})
        rejects = {code: self.rejects.get(code, 0) + other.rejects.get(code, 0) for code in codes}
        return Loaded(**{name: mine[name] + theirs[name] for name in mine if name != "rejects"}, rejects=rejects)


def _identity(elements: Elements) -> Identity:
    """The view of identity that the stored judgements give."""
    return Identity(map(as_judgement, elements.rows("judgement")))


def add(elements: Elements, batch: Sequence[Extraction]) -> Loaded:
    """Keep what is new of some extractions, and what follows from it. Returns what was."""
    identity = _identity(elements)
    documents = {e.document.id: e.document for e in batch}
    claims = {c.id: (e.document, c) for e in batch for c in e.claims}
    rows = [mention_row(e.document, entity) for e in batch for entity in e.entities]
    mentions = {row["id"]: row for row in rows}
    known = elements.known("document", list(documents))
    # nothing of a new document can be there, which saves looking for it
    known_mentions = elements.known("mention", [row["id"] for row in rows if row["document"] in known])
    known_claims = elements.known("claim", [id for id, (document, _) in claims.items() if document.id in known])
    elements.put("document", [document_row(d) for id, d in documents.items() if id not in known], new=True)
    entities = _add_mentions(elements, [row for id, row in mentions.items() if id not in known_mentions], identity)
    new = [claim_row(document, claim) for id, (document, claim) in claims.items() if id not in known_claims]
    facts = _add_claims(elements, new, identity)
    return Loaded(
        documents=len(documents) - len(known),
        documents_known=len(known),
        claims=len(new),
        claims_known=len(known_claims),
        facts=facts,
        entities=entities,
        rejects=door.count(reject for e in batch for reject in e.rejects),
    )


def _add_mentions(elements: Elements, mentions: Sequence[Row], identity: Identity) -> int:
    """Keep mentions and what they add to their entities. Returns how many entities are new."""
    groups: dict[str, list[Row]] = {}
    names: dict[str, str] = {}
    for row in mentions:
        name = identity.name(row["label"], row["name"])
        row["entity"] = entity_id(row["label"], name)
        names[row["entity"]] = name
        groups.setdefault(row["entity"], []).append(row)
    known = {row["id"]: row for row in elements.rows("entity", "id", list(groups))}
    after = {id: merged([*group, known[id]] if id in known else group, names[id]) for id, group in groups.items()}
    elements.put("mention", mentions, new=True)
    _put_changes(elements, "entity", known, after)
    return len(groups) - len(known)


def _add_claims(elements: Elements, claims: Sequence[Row], identity: Identity) -> int:
    """Keep claims that are new and what they add to their facts. Returns how many facts are new."""
    keys: dict[str, Key] = {}
    for row in claims:
        key = Key.of(row, identity)
        row["fact"] = key.fact
        keys[row["fact"]] = key
    summaries = sums(elements.tallies(list(keys)))
    before = {id: summary.fact(keys[id]) for id, summary in summaries.items()}
    for row in claims:
        summaries.setdefault(row["fact"], Summary()).add(tally(row))
    elements.put("claim", claims, new=True)
    _settle(elements, before, {id: summaries[id].fact(key) for id, key in keys.items()})
    return len(keys) - len(before)


def _settle(elements: Elements, before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
    """Make the edges what they are to be: those that are gone or of another type now are dropped first."""
    kept = {id: row for id, row in before.items() if id in after and edge_type(after[id]) == edge_type(row)}
    elements.drop_edges([row for id, row in before.items() if id not in kept])
    _put_changes(elements, "fact", kept, after)


def _put_changes(elements: Elements, kind: Kind, before: Mapping[str, Row], after: Mapping[str, Row]) -> None:
    elements.put(kind, [row for id, row in after.items() if id not in before], new=True)
    elements.put(kind, [row for id, row in after.items() if id in before and row != before[id]])


def _facts(elements: Elements, claims: Iterable[Row], identity: Identity) -> dict[str, Row]:
    """The facts that these claims belong to, as all stored claims make them now."""
    keys = {row["fact"]: Key.of(row, identity) for row in claims}
    return {id: summary.fact(keys[id]) for id, summary in sums(elements.tallies(list(keys))).items()}


def _entities(elements: Elements, ids: Iterable[str], identity: Identity) -> None:
    """Make these entities what the stored mentions say now."""
    ids = sorted(set(ids))
    groups: dict[str, list[Row]] = {}
    for row in elements.rows("mention", "entity", ids):
        groups.setdefault(row["entity"], []).append(row)
    rows = [merged(group, identity.name(group[0]["label"], group[0]["name"])) for group in groups.values()]
    elements.put("entity", rows)
    elements.drop("entity", [id for id in ids if id not in groups])


def retract(elements: Elements, document: str) -> None:
    """Take a document out, by id, and what rests on it alone."""
    identity = _identity(elements)
    claims = list(elements.rows("claim", "document", [document]))
    entities = [row["entity"] for row in elements.rows("mention", "document", [document])]
    before = _facts(elements, claims, identity)
    elements.drop("document", [document])
    _settle(elements, before, _facts(elements, claims, identity))
    _entities(elements, entities, identity)


def judge(elements: Elements, judgements: Sequence[Judgement]) -> int:
    """Keep judgements and what follows from them. Returns how many were new or different.

    Raises:
        OntologyError: they contradict each other or those that are kept.
    """
    stored = {judgement.pair: judgement for judgement in map(as_judgement, elements.rows("judgement"))}
    wanted = dict(stored)
    for judgement in judgements:
        known = wanted.get(judgement.pair)
        if known is None or not judgement.at < known.at:
            wanted[judgement.pair] = judgement
    changed = [judgement for pair, judgement in wanted.items() if judgement != stored.get(pair)]
    _reidentify(elements, Identity(stored.values()), Identity(wanted.values()), changed)
    elements.put("judgement", [judgement_row(judgement) for judgement in changed])
    return len(changed)


def unjudge(elements: Elements, judgement: Judgement) -> None:
    """Take a judgement back."""
    stored = list(map(as_judgement, elements.rows("judgement")))
    kept = [other for other in stored if other.pair != judgement.pair]
    _reidentify(elements, Identity(stored), Identity(kept), [judgement])
    elements.drop("judgement", [judgement_row(judgement)["id"]])


def _reidentify(elements: Elements, old: Identity, new: Identity, changed: Iterable[Judgement]) -> None:
    """Move claims and mentions from the entities of one view of identity to those of another."""
    ends = {(judgement.label, name) for judgement in changed for name in (judgement.a, judgement.b)}
    names = {(label, name) for label, end in ends for view in (old, new) for name in view.group(label, end)}
    moved = {(label, name) for label, name in names if old.name(label, name) != new.name(label, name)}
    if not moved:
        return
    left = {entity_id(label, old.name(label, name)) for label, name in moved}
    reached = {entity_id(label, new.name(label, name)) for label, name in moved}
    touched = [row["id"] for row in elements.rows("fact", "entity", left | reached)]
    claims = list(elements.rows("claim", "fact", touched))
    before = _facts(elements, claims, old)
    facts = {row["id"]: Key.of(row, new).fact for row in claims}
    elements.assign("claim", {row["id"]: facts[row["id"]] for row in claims if facts[row["id"]] != row["fact"]})
    mentions = list(elements.rows("mention", "entity", left | reached))
    owners = {row["id"]: entity_id(row["label"], new.name(row["label"], row["name"])) for row in mentions}
    elements.assign("mention", {row["id"]: owners[row["id"]] for row in mentions if owners[row["id"]] != row["entity"]})
    after = _facts(elements, [{**row, "fact": facts[row["id"]]} for row in claims], new)
    _entities(elements, owners.values(), new)
    _settle(elements, before, after)
    elements.drop("entity", sorted((left | reached) - {*owners.values()}))
