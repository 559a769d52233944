"""Extractors: Document -> Extraction. A run chooses one, and whatever reads running text uses it (`Source.extract`)."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from graph.errors import ExtractorError, NotFound, installing
from graph.model import Claim, Document, Entity, Extraction

Extractor = Callable[[Document], Extraction]

NAMES = ("offline", "llm", "both")


@dataclass
class Spent:
    """What a run has asked of an endpoint so far; nothing, as a text, where it asked for nothing."""

    requests: int = 0
    """Sent, repeated ones too."""
    tokens: int = 0
    """Of prompts and answers, as the endpoint counts them."""
    cached: int = 0
    """Answers that were known from an earlier run."""

    def __str__(self) -> str:
        if not self.requests and not self.cached:
            return ""
        return f"{self.requests:,} requests, {self.tokens:,} tokens, {self.cached:,} answers from the cache"


def find(name: str, spent: Spent | None = None, least: float | None = None) -> Extractor:
    """The extractor of that name.

    Args:
        spent: is kept up to date by an extractor that asks an endpoint.
        least: how likely a claim must be, from 0 to 1, where the extractor tells how likely it is.

    Raises:
        NotFound: there is none.
        ExtractorError: it is not installed, or not set up.
    """
    own = partial(offline, least=least)
    if name == "offline":
        return own
    if name not in NAMES:
        raise NotFound(f"no extractor {name!r}; known: {', '.join(NAMES)}")
    try:
        from loaders.llm import Llm
    except ModuleNotFoundError as error:
        raise missing(error) from error
    llm = Llm(spent or Spent())
    return llm if name == "llm" else lambda document: union(own(document), llm(document))


def missing(error: ModuleNotFoundError) -> ExtractorError:
    """Our error for a library of the extra that is not there."""
    return ExtractorError(f"a language model needs {error.name}; {installing('llm')}")


def offline(document: Document, least: float | None = None) -> Extraction:
    """What can be found without asking anybody; what is less likely than `least` is among the rejects."""
    from loaders.reading import DEFAULT_CONFIDENCE, extraction  # late: a file of claims needs no sentences

    return extraction(document, least=DEFAULT_CONFIDENCE if least is None else least)


def union(one: Extraction, other: Extraction) -> Extraction:
    """What either says of one document, each claim with the method that found it; of two that are alike, the first."""
    claims: dict[str, Claim] = {}
    for claim in (*one.claims, *other.claims):
        claims.setdefault(claim.id, claim)
    return Extraction(
        document=one.document,
        entities=merged((*one.entities, *other.entities)),
        claims=tuple(claims.values()),
        rejects=(*one.rejects, *other.rejects),
    )


def merged(entities: Iterable[Entity]) -> tuple[Entity, ...]:
    """Each entity once, with the aliases of all its notes, and of other attributes what was said first."""
    found: dict[str, Entity] = {}
    for entity in entities:
        known = found.get(entity.id)
        found[entity.id] = _joined(known, entity) if known else entity
    return tuple(found.values())


def _joined(one: Entity, other: Entity) -> Entity:
    return type(one)(**{**other.content(), **one.content(), "aliases": [*one.aliases, *other.aliases]})
