"""Elements: what a kind of store must be able to do; all else follows from it, and is written once (`graph.change`)."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

from graph.summary import Row, Tally

Kind = Literal["document", "mention", "claim", "entity", "fact", "judgement"]
KIND_NAMES: tuple[Kind, ...] = ("document", "mention", "claim", "entity", "fact", "judgement")


class Elements(ABC):
    """The elements of a store, seen and changed within one transaction."""

    @abstractmethod
    def rows(self, kind: Kind, by: str = "", values: Iterable[str] = ()) -> Iterator[Row]:
        """Rows of one kind, all of them or those whose property `by` is one of the values.

        `by` is `id`; also `document` or `fact` for claims, `document` or `entity` for mentions, `name` for entities,
        and `entity`, the id of an end, for facts. A row that meets several values comes once. Any order.
        """

    @abstractmethod
    def known(self, kind: Kind, ids: Sequence[str]) -> set[str]:
        """Those of the ids that are there."""

    @abstractmethod
    def count(self, kind: Kind) -> int:
        """How many there are."""

    @abstractmethod
    def tallies(self, facts: Sequence[str]) -> Iterator[Tally]:
        """The claims of these facts, counted by publisher, modality and dates."""

    @abstractmethod
    def put(self, kind: Kind, rows: Sequence[Row], *, new: bool = False) -> None:
        """Insert rows, or replace the ones with the same id.

        The caller sees to it that a fact's ends are there, and that the fact is no edge of another type.

        Args:
            new: none of the ids is there yet; documents, mentions and claims always are.
        """

    @abstractmethod
    def drop(self, kind: Kind, ids: Sequence[str]) -> None:
        """Delete by id; a document with its mentions and claims."""

    @abstractmethod
    def drop_edges(self, facts: Sequence[Row]) -> None:
        """Delete facts, given as they are stored."""

    @abstractmethod
    def assign(self, kind: Kind, ids: Mapping[str, str]) -> None:
        """Give claims (id -> fact id) or mentions (id -> entity id) to another fact or entity."""
