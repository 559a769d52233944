"""Many files as one stream of extractions; what is refused or cannot be read is remembered, not lost."""

import json
import reprlib
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import loaders
from graph.errors import SourceError
from graph.model import Extraction, Reject
from loaders.source import Source


class Intake:
    """What files say, an extraction at a time.

    What cannot be read ends it and is its `fault`, so that what was read before can be kept; with `keep_going` it is
    told, counted in `failed`, and left out.

    Args:
        files: paths, or `-` for standard input.
        loader: name of the loader to use, instead of one chosen by content and name.
        details: fields of documents that win over what the files say.
        tell: is told of each part that is left out.
    """

    def __init__(
        self,
        files: Iterable[str],
        loader: str | None = None,
        details: Mapping[str, str] | None = None,
        keep_going: bool = False,
        tell: Callable[[SourceError], None] = lambda error: None,
    ) -> None:
        self._files, self._loader, self._keep_going, self._tell = files, loader, keep_going, tell
        self._details = details or {}
        self.rejects: list[Reject] = []
        self.failed = 0
        self.fault: SourceError | None = None

    def __iter__(self) -> Iterator[Extraction]:
        for source in self.sources():
            yield from self.of(source)

    def sources(self) -> Iterator[Source]:
        """Yield the files that can be opened."""
        for name in self._files:
            with self._watching():
                if name == "-":
                    yield Source("-", sys.stdin.buffer.read(), None, self._details, self._problem)
                else:
                    yield Source.read(Path(name), self._details, self._problem)
            if self.fault:
                return

    def of(self, source: Source) -> Iterator[Extraction]:
        """Yield what one of the files says."""
        with self._watching():
            loader = loaders.find(self._loader) if self._loader else loaders.choose(source)
            for extraction in loader.load(source):
                self.rejects += extraction.rejects
                yield extraction

    @property
    def sound(self) -> bool:
        """Whether all could be read, and nothing was refused."""
        return not (self.fault or self.failed or self.rejects)

    @contextmanager
    def _watching(self) -> Iterator[None]:
        try:
            yield
        except SourceError as error:
            if self._keep_going:
                self._problem(error)
            else:
                self.fault = error

    def _problem(self, error: SourceError) -> None:
        if not self._keep_going:
            raise error
        self.failed += 1
        self._tell(error)


def line(reject: Reject) -> str:
    """A reject as a line of JSON Lines, in ASCII: what was refused may be no Unicode, nested deeply, or no JSON."""
    note = {"code": reject.code, "message": reject.message}
    for form in (lambda item: item, repr, reprlib.repr):
        with suppress(RecursionError, TypeError, ValueError):
            return json.dumps({**note, "item": form(reject.item)}, allow_nan=False) + "\n"
    return json.dumps(note) + "\n"
