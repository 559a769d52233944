"""The values that travel: Document, Entity and its kinds, Claim, Fact, Judgement, Extraction.

All are frozen pydantic models. Documents, claims and facts are known by a hash of their content, so the same content
has the same id wherever and whenever it is read. Faults are raised as pydantic errors whose type is a reason code.
"""

import hashlib
import json
from functools import cached_property, lru_cache
from typing import Annotated, Any, ClassVar, Literal, Self, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

from graph import ontology
from graph.ontology import ChipKind, Label, Measure, Modality, Stage
from graph.partial_date import PartialDate

NAME_LENGTH = 1000
"""Characters in a name at most: a server cannot index more than about 8 kB."""


_compact = json.JSONEncoder(ensure_ascii=False, sort_keys=True, check_circular=False, separators=(",", ":")).encode


def content_id(*parts: object) -> str:
    """24 hex digits (96 bits) of the SHA-256 of the parts as compact JSON."""
    return hashlib.sha256(_compact(parts).encode()).hexdigest()[:24]


@lru_cache(maxsize=100_000)
def entity_id(label: str, name: str) -> str:
    """The id of whatever has this label and name."""
    return content_id(label, name)


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("bad_text", "text holds half a surrogate pair, which UTF-8 cannot") from None
    return text


def _name(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("bad_name", "a name is empty")
    if text != text.strip():
        raise PydanticCustomError("bad_name", "name {name} has blanks around it", {"name": repr(text[:80])})
    if len(text) > NAME_LENGTH:
        raise PydanticCustomError(
            "bad_name", "a name of {n} characters; at most {most}", {"n": len(text), "most": NAME_LENGTH}
        )
    return text


def _currency(code: str) -> str:
    import pycountry

    if not (len(code) == 3 and code.isupper() and pycountry.currencies.get(alpha_3=code)):
        raise PydanticCustomError("bad_currency", "{code} is no ISO 4217 currency", {"code": repr(code)})
    return code


def _country(code: str) -> str:
    import pycountry

    if not (len(code) == 2 and code.isupper() and pycountry.countries.get(alpha_2=code)):
        raise PydanticCustomError("bad_country", "{code} is no ISO 3166 alpha-2 code", {"code": repr(code)})
    return code


def _lei(code: str) -> str:
    from stdnum import lei

    if not lei.is_valid(code):
        raise PydanticCustomError("bad_lei", "{code} is no legal entity identifier", {"code": repr(code)})
    return code


def _said(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("bad_text", "a document without text")
    return text


def _listed(value: object) -> object:
    """A list in any order and with repeats, as a sorted tuple; anything else is left to be refused."""
    if isinstance(value, list | tuple | set | frozenset) and all(isinstance(v, str) for v in value):
        return tuple(sorted(set(value)))
    return value


def _whole(number: float) -> int | float:
    """2000000000.0 as 2000000000, so that one number has one spelling."""
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


_Number = PlainSerializer(_whole, return_type=int | float)

Text = Annotated[str, Field(strict=True), AfterValidator(_encodable)]
Name = Annotated[Text, AfterValidator(_name)]
Names = Annotated[tuple[Name, ...], BeforeValidator(_listed)]
CountryCode = Annotated[Text, AfterValidator(_country)]
"""ISO 3166 alpha-2."""
CurrencyCode = Annotated[Text, AfterValidator(_currency)]
"""ISO 4217."""
Amount = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False), _Number]
"""In units of the currency: two billion is 2000000000."""
Quantity = Annotated[float, Field(strict=True, ge=0, le=2**53, allow_inf_nan=False), _Number]
"""Pieces, or whatever the product is counted in."""
Share = Annotated[float, Field(strict=True, ge=0, le=1, allow_inf_nan=False), _Number]
"""0 to 1."""
Delta = Annotated[float, Field(strict=True, allow_inf_nan=False), _Number]
"""Signed fraction: 28% lower is -0.28."""
Offset = Annotated[int, Field(strict=True, ge=0)]
"""Characters (code points) from the start of the document's text."""


class Model(BaseModel):
    """Frozen, without unknown fields, with a JSON form that leaves out what is empty."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def content(self) -> dict[str, Any]:
        """The fields that say something, as JSON values."""
        return {key: v for key, v in self.model_dump(mode="json", exclude_none=True).items() if v not in ("", [], {})}


class Document(Model):
    """One article, filing or data set. `text` is what evidence points into."""

    title: Text = ""
    url: Text = ""
    publisher: Text = ""
    published: PartialDate | None = None
    licence: Text = ""
    language: Text = ""
    text: Annotated[Text, AfterValidator(_said)]

    @cached_property
    def id(self) -> str:
        """Hash of all of it: a document with other text or another publisher is another document."""
        return content_id("document", self.content())


class Entity(Model):
    """What the edges join: known by label and name."""

    label: ClassVar[Label]

    name: Name
    aliases: Names = ()
    """All other forms in which it goes, descriptions included."""

    @cached_property
    def id(self) -> str:
        return entity_id(self.label, self.name)

    @property
    def attributes(self) -> dict[str, Any]:
        """What is known of it besides its names, as JSON values."""
        return {key: value for key, value in self.content().items() if key not in ("name", "aliases")}


class Firm(Entity):
    """A company, subsidiary or start-up, or a unit that acts like one (T-Head)."""

    label: ClassVar[Label] = "Firm"
    country: CountryCode | None = None
    founded: PartialDate | None = None
    ticker: Name | None = None
    lei: Annotated[Text, AfterValidator(_lei)] | None = None
    wikidata: Annotated[Text, Field(pattern=r"^Q[1-9]\d*$")] | None = None


class Fund(Entity):
    """An investment vehicle: venture firm, private equity, state fund, family office."""

    label: ClassVar[Label] = "Fund"
    country: CountryCode | None = None


class Chip(Entity):
    """A named chip, family, memory generation or card, or a named system made of them."""

    label: ClassVar[Label] = "Chip"
    kind: ChipKind | None = None
    launched: PartialDate | None = None


class Product(Entity):
    """Any other named good that is made, traded or restricted."""

    label: ClassVar[Label] = "Product"
    kind: Name | None = None


class Regulator(Entity):
    """Whoever acts with public authority."""

    label: ClassVar[Label] = "Regulator"
    country: CountryCode | None = None
    parent: Name | None = None
    """Name of the body it is part of."""


class Person(Entity):
    """A named individual."""

    label: ClassVar[Label] = "Person"


class Market(Entity):
    """A stock exchange or one of its boards."""

    label: ClassVar[Label] = "Market"
    country: CountryCode | None = None


class Sector(Entity):
    """A line of business."""

    label: ClassVar[Label] = "Sector"


class Country(Entity):
    """A country as a place or as a target, never as an actor."""

    label: ClassVar[Label] = "Country"
    country: CountryCode | None = None


KINDS: dict[str, type[Entity]] = {kind.label: kind for kind in Entity.__subclasses__()}


class Qualifiers(Model):
    """What a claim says besides its ends; the ontology tells which relation takes which."""

    measure: Measure | None = None
    amount: Amount | None = None
    currency: CurrencyCode | None = None
    stake: Share | None = None
    round: Name | None = None
    field: Name | None = None
    product: Name | None = None
    quantity: Quantity | None = None
    quantity_low: Quantity | None = None
    quantity_high: Quantity | None = None
    stage: Stage | None = None
    share: Share | None = None
    metric: Name | None = None
    delta: Delta | None = None
    role: Name | None = None

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if (self.amount is None) != (self.currency is None):
            raise PydanticCustomError("bad_amount", "amount and currency go together")
        low, high = self.quantity_low, self.quantity_high
        if low is not None and high is not None and low > high:
            raise PydanticCustomError("bad_quantity", "quantity_low is above quantity_high")
        return self


class Claim(Model):
    """What one document says once: its place in the text, its modality, to whom it is credited, when it happened."""

    document: Annotated[str, Field(pattern=r"^[0-9a-f]{24}$")]
    subject: Name
    subject_label: Label
    relation: str
    object: Name
    object_label: Label
    qualifiers: Qualifiers = Qualifiers()
    modality: Modality = "stated"
    attribution: Names = ()
    date: PartialDate | None = None
    end_date: PartialDate | None = None
    evidence: Text
    start: Offset
    end: Offset
    method: Name
    """Loader, and frame or model with version, as in `article/2:invests`."""
    confidence: Share | None = None

    @model_validator(mode="before")
    @classmethod
    def _in_order(cls, data: Any) -> Any:
        """Store a pair without direction in sorted order."""
        if not isinstance(data, dict):
            return data
        name = data.get("relation")
        relation = ontology.RELATIONS.get(name) if isinstance(name, str) else None
        labels = data.get("subject_label"), data.get("object_label")
        if relation and labels in relation.undirected and str(data.get("object")) < str(data.get("subject")):
            ends = {"subject": data["object"], "object": data["subject"]}
            return {**data, **ends, "subject_label": labels[1], "object_label": labels[0]}
        return data

    @model_validator(mode="after")
    def _allowed(self) -> Self:
        relation = ontology.RELATIONS.get(self.relation)
        if relation is None:
            raise PydanticCustomError(
                "unknown_relation",
                "unknown relation {name}; known: {known}",
                {"name": repr(self.relation), "known": ", ".join(ontology.RELATIONS)},
            )
        ends = (self.subject_label, self.object_label)
        if ends not in relation.ends:
            code = "reversed_ends" if ends[::-1] in relation.ends else "bad_ends"
            context = {"name": relation.name, "subject": ends[0], "object": ends[1]}
            raise PydanticCustomError(code, "{name} does not go from {subject} to {object}", context)
        if ends[0] == ends[1] and self.subject == self.object:
            raise PydanticCustomError("same_ends", "both ends are {name}", {"name": repr(self.subject)})
        given = self.qualifiers.model_dump(exclude_none=True).keys()
        if extra := given - relation.qualifiers:
            context = {"name": relation.name, "extra": ", ".join(sorted(extra))}
            raise PydanticCustomError("bad_qualifier", "{name} has no {extra}", context)
        if relation.key and relation.key not in given:
            context = {"name": relation.name, "key": relation.key}
            raise PydanticCustomError("missing_qualifier", "{name} needs {key}", context)
        if self.date and self.end_date and self.end_date < self.date:
            raise PydanticCustomError("bad_date", "it ends before it begins")
        if self.end - self.start != len(self.evidence) or not self.evidence.strip():
            raise PydanticCustomError("bad_offsets", "start and end do not enclose the evidence")
        return self

    @cached_property
    def id(self) -> str:
        return content_id("claim", self.content())

    @property
    def variant(self) -> str | None:
        """The measure or metric that is part of its fact."""
        key = ontology.RELATIONS[self.relation].key
        return getattr(self.qualifiers, key) if key else None


class Fact(Model):
    """The claims that share subject, relation, object and, where it matters, measure or metric; summed up."""

    subject: str
    subject_label: Label
    relation: str
    object: str
    object_label: Label
    measure: str | None = None
    metric: str | None = None
    claims: int
    """How many claims it rests on."""
    publishers: int
    """By how many different publishers; all documents without one count as one."""
    denied: int
    """How many of the claims deny it."""
    modality: Modality
    """The strongest of its claims'."""
    first: PartialDate | None = None
    """The date that begins first."""
    last: PartialDate | None = None
    """The date that ends last."""

    @cached_property
    def id(self) -> str:
        return fact_id(self.relation, self.subject_id, self.object_id, self.measure or self.metric)

    @property
    def subject_id(self) -> str:
        return entity_id(self.subject_label, self.subject)

    @property
    def object_id(self) -> str:
        return entity_id(self.object_label, self.object)


@lru_cache(maxsize=100_000)
def fact_id(relation: str, subject: str, obj: str, variant: str | None) -> str:
    """The id of the fact with these ends (entity ids, in stored order) and this measure or metric."""
    return content_id("fact", relation, subject, obj, variant)


Verdict = Literal["same", "different", "unsure"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


class Judgement(Model):
    """Somebody's decision whether two names of one label are one entity. The pair is kept in sorted order."""

    label: Label
    a: Name
    b: Name
    verdict: Verdict
    by: Text = ""
    why: Text = ""
    at: PartialDate
    """The day it was made."""

    @model_validator(mode="before")
    @classmethod
    def _in_order(cls, data: Any) -> Any:
        if isinstance(data, dict) and isinstance(data.get("a"), str) and isinstance(data.get("b"), str):
            a, b = sorted((data["a"], data["b"]))
            return {**data, "a": a, "b": b}
        return data

    @model_validator(mode="after")
    def _two(self) -> Self:
        if self.a == self.b:
            raise PydanticCustomError("same_ends", "both names are {name}", {"name": repr(self.a)})
        return self

    @property
    def pair(self) -> tuple[str, str, str]:
        return self.label, self.a, self.b


class Reject(Model):
    """Something a document was read to say that the graph cannot hold, and why."""

    code: str
    message: str
    item: Any
    """The claim or entity as it was given."""


class Extraction(Model):
    """The parcel between loaders and stores: one document, what it names, what it claims, what was refused.

    Made by `graph.door.admit`, which refuses claim by claim; made directly, one fault refuses it whole.
    """

    document: Document
    entities: tuple[Firm | Fund | Chip | Product | Regulator | Person | Market | Sector | Country, ...] = ()
    claims: tuple[Claim, ...] = ()
    rejects: tuple[Reject, ...] = ()

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        known = {(entity.label, entity.name) for entity in self.entities}
        for claim in self.claims:
            if claim.document != self.document.id:
                raise PydanticCustomError("bad_document", "a claim of another document")
            for end in ((claim.subject_label, claim.subject), (claim.object_label, claim.object)):
                if end not in known:
                    raise PydanticCustomError("unknown_entity", "no entity {name}", {"name": repr(end)})
            if self.document.text[claim.start : claim.end] != claim.evidence:
                raise PydanticCustomError(
                    "evidence_not_found",
                    "the text at {start} is not {evidence}",
                    {"start": claim.start, "evidence": repr(claim.evidence[:80])},
                )
        return self
