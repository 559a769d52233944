"""Which names are one entity: a view over judgements, which are data and can be taken back."""

from collections.abc import Iterable

from graph.errors import OntologyError
from graph.model import Judgement


class Identity:
    """The groups of names that judgements make one, per label.

    A group goes by its shortest name, the first in code point order among equals: the choice depends on the judgements
    alone, so no order of loading changes it.
    """

    def __init__(self, judgements: Iterable[Judgement] = ()) -> None:
        every = sorted(judgements, key=lambda judgement: judgement.pair)
        self._groups: dict[tuple[str, str], set[str]] = {}
        for judgement in every:
            if judgement.verdict == "same":
                self._join(judgement)
        self._names = {
            (label, name): min(group, key=lambda n: (len(n), n)) for (label, name), group in self._groups.items()
        }
        for judgement in every:
            if judgement.verdict == "different":
                self._separate(judgement)

    def _join(self, judgement: Judgement) -> None:
        label, a, b = judgement.pair
        group = self.group(label, a) | self.group(label, b)
        for name in group:
            self._groups[label, name] = group

    def _separate(self, judgement: Judgement) -> None:
        label, a, b = judgement.pair
        if b in self.group(label, a):
            chain = ", ".join(sorted(self.group(label, a)))
            raise OntologyError(
                f"{a!r} and {b!r} are judged different, but other judgements make them the same: {chain}; "
                "take one of them back first",
                "contradiction",
            )

    def group(self, label: str, name: str) -> set[str]:
        """All names of the entity that has this one."""
        return self._groups.get((label, name), {name})

    def name(self, label: str, name: str) -> str:
        """The name that the entity goes by."""
        return self._names.get((label, name), name)
