"""What the graph can hold: labels, relations, their ends and qualifiers, the enumerations.

The only place where a relation is declared. Checks, constraints, options and legends derive from these tables.
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeVar, get_args

from graph.errors import OntologyError

Label = Literal["Firm", "Fund", "Chip", "Product", "Regulator", "Person", "Market", "Sector", "Country"]
Modality = Literal["stated", "rumored", "expected", "denied"]
Measure = Literal[
    "entity_list",
    "export_ban",
    "export_licence",
    "import_ban",
    "purchase_guidance",
    "purchase_ban",
    "investment_ban",
    "deal_block",
    "investigation",
    "fine",
    "tariff",
    "other",
]
Stage = Literal["guidance", "filed", "approved", "listed", "withdrawn"]
ChipKind = Literal["GPU", "NPU", "ASIC", "FPGA", "CPU", "memory", "system"]

LABELS: tuple[Label, ...] = get_args(Label)
MEASURES: tuple[Measure, ...] = get_args(Measure)
MODALITIES: tuple[Modality, ...] = get_args(Modality)
STAGES: tuple[Stage, ...] = get_args(Stage)
CHIP_KINDS: tuple[ChipKind, ...] = get_args(ChipKind)

STRENGTH: dict[Modality, int] = {"denied": 0, "rumored": 1, "expected": 2, "stated": 3}
"""How much a claim of a modality supports its fact; the reverse of the precedence in which a text is read."""

DENIED = "DENIED"
"""Type of the edge that keeps a fact all of whose claims are denied out of the way of ordinary questions."""


End = TypeVar("End", bound=Any)


@dataclass(frozen=True)
class Relation:
    """A kind of edge: which labels it joins, what it may say besides, what tells its facts apart."""

    name: str
    directed: frozenset[tuple[str, str]]
    undirected: frozenset[tuple[str, str]]
    qualifiers: frozenset[str]
    key: str | None = None
    """The qualifier that is part of the fact, and so must be there."""
    soft: bool = False
    """Careful readers disagree on it; scored apart."""

    @property
    def ends(self) -> frozenset[tuple[str, str]]:
        """All allowed pairs of subject and object label."""
        return self.directed | self.undirected

    def in_order(self, subject: End, obj: End) -> tuple[End, End]:
        """The ends of a fact: sorted where the relation has pairs without direction, told either way."""
        return (obj, subject) if self.undirected and obj < subject else (subject, obj)


RELATIONS: dict[str, Relation] = {}


def _pairs(alternatives: list[str], arrow: str) -> frozenset[tuple[str, str]]:
    sides = [alternative.split(arrow) for alternative in alternatives if arrow in alternative]
    return frozenset((s, o) for subjects, objects in sides for s in subjects.split() for o in objects.split())


def _relation(name: str, ends: str, qualifiers: str = "", *, key: str | None = None, soft: bool = False) -> None:
    alternatives = ends.split(" | ")
    RELATIONS[name] = Relation(
        name,
        directed=_pairs(alternatives, " -> "),
        undirected=_pairs(alternatives, " <-> "),
        qualifiers=frozenset(qualifiers.split()),
        key=key,
        soft=soft,
    )


_relation("SANCTIONS", "Regulator -> Firm Fund Person Chip Product Country", "measure", key="measure")
_relation("INVESTS_IN", "Firm Fund Regulator Person -> Firm Fund Sector", "amount currency stake round")
_relation("ACQUIRES", "Firm Fund Person -> Firm Fund", "amount currency stake")
_relation("OWNS", "Firm Fund Regulator Person -> Firm Fund", "stake")
_relation(
    "COMPETES_WITH", "Firm <-> Firm | Chip <-> Chip | Product <-> Product | Chip -> Firm | Product -> Firm", "field"
)
_relation("PRODUCES", "Firm -> Chip Product")
_relation("SUPPLIES", "Firm -> Firm", "product amount currency quantity")
_relation("BUYS", "Firm -> Chip Product", "quantity quantity_low quantity_high amount currency")
_relation("PARTNERS_WITH", "Firm <-> Firm", "field")
_relation("SUES", "Firm Fund Person -> Firm Fund Regulator", "field")
_relation("LISTS_ON", "Firm -> Market", "stage")
_relation("FILES_WITH", "Firm -> Regulator", "stage")
_relation("DESIGNED_FOR", "Chip Product -> Country Sector", soft=True)
_relation("ACTIVE_IN", "Firm -> Sector", "share", soft=True)
_relation("COMPARES_TO", "Chip -> Chip | Product -> Product", "metric delta", key="metric")
_relation("BENEFITS_FROM", "Firm -> Chip Product Firm Regulator", soft=True)
_relation("LEADS", "Person -> Firm Fund Regulator", "role")

QUALIFIERS = frozenset().union(*(relation.qualifiers for relation in RELATIONS.values()))
KEYS = frozenset(relation.key for relation in RELATIONS.values() if relation.key)
"""The qualifiers that tell facts with the same ends apart."""


def find(name: str) -> Relation:
    """The relation of that name.

    Raises:
        OntologyError: there is none.
    """
    try:
        return RELATIONS[name]
    except KeyError:
        known = ", ".join(RELATIONS)
        raise OntologyError(f"unknown relation {name!r}; known: {known}", "unknown_relation") from None
