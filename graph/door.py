"""What may enter: raw notes of a document become an Extraction, claim by claim.

Everything given is accepted, rejected with a reason code, or doubtful, where somebody asked for what is likely:
accepted + rejected + doubtful = proposed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from graph import ontology
from graph.errors import OntologyError
from graph.model import KINDS, Claim, Document, Entity, Extraction, Judgement, Reject

Note = Mapping[str, Any]
"""A claim or an entity in the gold form, as JSON gives it."""

_BY_FIELD = {
    "measure": "bad_measure",
    "stage": "bad_stage",
    "modality": "bad_modality",
    "attribution": "bad_attribution",
    "kind": "bad_kind",
    "start": "bad_offsets",
    "end": "bad_offsets",
    "evidence": "bad_evidence",
    "subject": "bad_name",
    "object": "bad_name",
    "qualifiers": "bad_qualifier",
}
_NUMBERS = {"amount", "stake", "quantity", "quantity_low", "quantity_high", "share", "delta", "confidence"}
_OURS = ("bad_", "unknown_", "missing_", "reversed_", "same_", "evidence_")


class _Fault(Exception):
    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def admit(document: Document, entities: Iterable[Any], claims: Iterable[Any], method: str) -> Extraction:
    """The extraction of a document from notes in the gold form.

    Args:
        entities: mappings with `name`, `label` and what else the ontology gives that label.
        claims: mappings with `subject`, `relation`, `object` (names of entities), `evidence` and the optional fields.
            Without `start` the evidence is looked for; `subject_label` is only needed where one name has two labels.
        method: what made the claims that do not say so themselves.

    Example:
        >>> document = Document(text="Acme buys Beta.")
        >>> firms = [{"name": "Acme", "label": "Firm"}, {"name": "Beta", "label": "Firm"}]
        >>> note = {"subject": "Acme", "relation": "ACQUIRES", "object": "Beta", "evidence": "Acme buys Beta."}
        >>> admit(document, firms, [note, {**note, "relation": "OWN"}], "doctest/1").rejects[0].code
        'unknown_relation'
    """
    rejects: list[Reject] = []
    known: dict[str, dict[str, Entity]] = {}
    kept: list[Entity] = []
    for note in entities:
        try:
            entity = _entity(note)
        except _Fault as fault:
            rejects.append(Reject(code=fault.code, message=str(fault), item=note))
        else:
            kept.append(entity)
            known.setdefault(entity.name, {})[entity.label] = entity
    accepted: dict[str, Claim] = {}
    for note in claims:
        try:
            claim = _claim(note, document, known, method)
            if claim.id in accepted:
                raise _Fault("duplicate", "the same claim twice")
            accepted[claim.id] = claim
        except _Fault as fault:
            rejects.append(Reject(code=fault.code, message=str(fault), item=note))
    # all was verified one by one, so the model's own checks need not run a second time
    return Extraction.model_construct(
        document=document, entities=tuple(kept), claims=tuple(accepted.values()), rejects=tuple(rejects)
    )


def judgement(note: Note) -> Judgement:
    """The judgement of a JSON object.

    Raises:
        OntologyError: it is none.
    """
    try:
        return Judgement.model_validate(note)
    except ValidationError as error:
        code, message = reason(error)
        raise OntologyError(f"a judgement that cannot be: {message}", code) from error


DOUBTFUL = "doubtful"
"""Reason code of a claim that is less likely than was asked for. It is no fault of whoever made the document."""


def doubted(extraction: Extraction, least: float) -> Extraction:
    """The extraction with the claims that are less likely than `least` among its rejects."""
    kept, rejects = [], list(extraction.rejects)
    for claim in extraction.claims:
        if claim.confidence is None or claim.confidence >= least:
            kept.append(claim)
        else:
            message = f"confidence {claim.confidence:g} is below {least:g}"
            rejects.append(Reject(code=DOUBTFUL, message=message, item=claim.content()))
    return extraction.model_copy(update={"claims": tuple(kept), "rejects": tuple(rejects)})


def parted(rejects: Iterable[Reject]) -> tuple[list[Reject], list[Reject]]:
    """What was refused, and what is only doubtful."""
    refused: list[Reject] = []
    doubtful: list[Reject] = []
    for reject in rejects:
        (doubtful if reject.code == DOUBTFUL else refused).append(reject)
    return refused, doubtful


def count(rejects: Iterable[Reject]) -> dict[str, int]:
    """How many were rejected for each reason, most frequent first."""
    return dict(Counter(reject.code for reject in rejects).most_common())


def reason(error: ValidationError) -> tuple[str, str]:
    """Reason code and message of the first thing a model complains about."""
    first = error.errors(include_url=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return _code(first), f"{field}: {first['msg']}" if field else first["msg"]


def _code(detail: ErrorDetails) -> str:
    """Our own errors bring their code as type; pydantic's get one by the field they are about."""
    kind, fields = detail["type"], [part for part in detail["loc"] if isinstance(part, str)]
    if kind == "missing":
        return "missing_field"
    if kind == "extra_forbidden":
        return "bad_qualifier" if "qualifiers" in fields else "unknown_field"
    if kind.startswith(_OURS):
        return kind
    if _NUMBERS & set(fields):
        return "bad_number"
    return next((code for field, code in _BY_FIELD.items() if field in fields), "invalid")


def _mapping(note: Any) -> dict[str, Any]:
    if not isinstance(note, Mapping):
        raise _Fault("not_an_object", f"{note!r:.80} is no JSON object")
    return dict(note)


def _entity(note: Any) -> Entity:
    fields = _mapping(note)
    label = fields.pop("label", None)
    kind = KINDS.get(label) if isinstance(label, str) else None
    if kind is None:
        raise _Fault("unknown_label", f"unknown label {label!r}; known: {', '.join(KINDS)}")
    try:
        return kind(**{key: value for key, value in fields.items() if value is not None})
    except ValidationError as error:
        raise _Fault(*reason(error)) from None


def _claim(note: Any, document: Document, known: Mapping[str, Mapping[str, Entity]], method: str) -> Claim:
    fields = {key: value for key, value in _mapping(note).items() if value is not None}
    fields.pop("id", None)
    fields.setdefault("method", method)
    fields["document"] = document.id
    fields |= _labels(fields, known)
    fields |= _place(fields, document.text)
    try:
        return Claim(**fields)
    except ValidationError as error:
        raise _Fault(*reason(error)) from None


def _labels(fields: Note, known: Mapping[str, Mapping[str, Entity]]) -> dict[str, str]:
    """The labels of both ends, from the entities of the document."""
    choices: list[list[str]] = []
    for end in ("subject", "object"):
        name, label = fields.get(end), fields.get(f"{end}_label")
        labels = known.get(name, {}) if isinstance(name, str) else {}
        if not labels or (label is not None and (not isinstance(label, str) or label not in labels)):
            raise _Fault("unknown_entity", f"{end} {name!r:.80} is none of the document's entities")
        choices.append([label] if label else list(labels))
    pairs = [(s, o) for s in choices[0] for o in choices[1]]
    if len(pairs) > 1:
        name = fields.get("relation")
        relation = ontology.RELATIONS.get(name) if isinstance(name, str) else None
        pairs = [pair for pair in pairs if relation and pair in relation.ends]
        if len(pairs) != 1:
            raise _Fault("ambiguous_entity", "a name with several labels; say subject_label and object_label")
    return {"subject_label": pairs[0][0], "object_label": pairs[0][1]}


def _place(fields: Note, text: str) -> dict[str, Any]:
    """Start and end of the evidence, verified if given, else where it first stands."""
    evidence, start, end = (fields.get(key) for key in ("evidence", "start", "end"))
    if not isinstance(evidence, str) or not evidence.strip():
        raise _Fault("missing_evidence", "a claim without evidence")
    if start is None and end is None:
        start = text.find(evidence)
        if start < 0:
            raise _Fault("evidence_not_found", f"the text does not hold {evidence!r:.100}")
        return {"start": start, "end": start + len(evidence)}
    if not isinstance(start, int) or not isinstance(end, int) or text[max(start, 0) : max(end, 0)] != evidence:
        raise _Fault("evidence_not_found", f"the text at {start}..{end} is not {evidence!r:.100}")
    return {}
