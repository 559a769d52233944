"""Loaders: source -> Extraction. Each is a module with `knows(source)` and `load(source)`."""

from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import entry_points
from typing import Protocol, cast

from graph.errors import NotFound, SourceError
from graph.model import Extraction
from loaders.source import Source

LOADERS = {
    "claims": "loaders.claims",
    "pdf": "loaders.pdf",
    "feed": "loaders.feed",
    "html": "loaders.page",
    "article": "loaders.article",
}
"""Name -> module, asked in this order. Other packages add theirs by an entry point in the group `keiretsu.loaders`."""


class Loader(Protocol):
    """What a loader module offers."""

    def knows(self, source: Source) -> bool:
        """Whether this looks like something it can read, by content and name."""

    def load(self, source: Source) -> Iterator[Extraction]:
        """Yield the extraction of each document, in the order of the file.

        What is wrong with a part of the file goes to `source.problem`, which may let the rest go on.

        Raises:
            SourceError: the whole cannot be read.
        """


def names() -> list[str]:
    """The loaders that are there, ours first."""
    return [*LOADERS, *sorted({point.name for point in entry_points(group="keiretsu.loaders")} - LOADERS.keys())]


def find(name: str) -> Loader:
    """The loader of that name.

    Raises:
        NotFound: there is none.
    """
    if name in LOADERS:
        return cast(Loader, import_module(LOADERS[name]))
    for point in entry_points(group="keiretsu.loaders", name=name):
        return cast(Loader, point.load())
    raise NotFound(f"no loader {name!r}; known: {', '.join(names())}")


def choose(source: Source) -> Loader:
    """The first loader that knows the source.

    Raises:
        SourceError: none does.
    """
    for name in names():
        loader = find(name)
        if loader.knows(source):
            return loader
    raise SourceError(f"{source.name}: no loader knows this kind of file; --loader takes one of: {', '.join(names())}")
