"""Many files as one stream of extractions; what is refused, doubtful or cannot be read is remembered, not lost."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import loaders
from graph.door import parted
from graph.errors import ConnectionFailed, ExtractorError, KeiretsuError, SourceError
from graph.model import Extraction, Reject
from loaders import aside
from loaders import extractor as extractors
from loaders.extractor import Spent
from loaders.source import Source


class Intake:
    """What files say, an extraction at a time.

    What cannot be read ends it and is its `fault`, so that what was read before can be kept; with `keep_going` it is
    told, counted in `failed`, and left out. Only an extractor that cannot go on ends it all the same.

    Args:
        files: paths, or `-` for standard input.
        loader: name of the loader to use, instead of one chosen by content and name.
        details: fields of documents that win over what the files say.
        tell: is told of each part that is left out.
        extractor: name of what reads running text.
        least: how likely a claim that it finds must be, from 0 to 1; what is less likely is `doubtful`.
        keep: whether to keep what is refused or doubtful in `aside`, with the texts that it is of.

    Raises:
        ExtractorError: the extractor is not installed, or not set up.
    """

    def __init__(
        self,
        files: Iterable[str],
        loader: str | None = None,
        details: Mapping[str, str] | None = None,
        keep_going: bool = False,
        tell: Callable[[SourceError], None] = lambda error: None,
        extractor: str = "offline",
        least: float | None = None,
        keep: bool = False,
    ) -> None:
        self._files, self._loader, self._keep_going, self._tell = files, loader, keep_going, tell
        self._details = details or {}
        self.spent = Spent()
        self._extract = extractors.find(extractor, self.spent, least)
        self._keep = keep
        self.rejects: list[Reject] = []
        self.doubtful: list[Reject] = []
        self.aside: list[str] = []
        """A line for each document of which something was refused or is doubtful (`loaders.aside`)."""
        self.failed = 0
        self.fault: KeiretsuError | None = None

    def __iter__(self) -> Iterator[Extraction]:
        for source in self.sources():
            yield from self.of(source)

    def sources(self) -> Iterator[Source]:
        """Yield the files that can be opened."""
        for name in self._files:
            with self._watching():
                if name == "-":
                    yield Source("-", sys.stdin.buffer.read(), None, self._details, self._problem, self._extract)
                else:
                    yield Source.read(Path(name), self._details, self._problem, self._extract)
            if self.fault:
                return

    def of(self, source: Source) -> Iterator[Extraction]:
        """Yield what one of the files says."""
        with self._watching():
            loader = loaders.find(self._loader) if self._loader else loaders.choose(source)
            for extraction in loader.load(source):
                self._note(extraction)
                yield extraction

    def _note(self, extraction: Extraction) -> None:
        refused, doubtful = parted(extraction.rejects)
        self.rejects += refused
        self.doubtful += doubtful
        if self._keep:
            self.aside += aside.lines(extraction)

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
        except (ExtractorError, ConnectionFailed) as error:  # the next file would fare no better
            self.fault = error

    def _problem(self, error: SourceError) -> None:
        if not self._keep_going:
            raise error
        self.failed += 1
        self._tell(error)


def line(reject: Reject) -> str:
    """A reject as a line of JSON Lines, in ASCII: what was refused may be no Unicode."""
    note = {"code": reject.code, "message": reject.message, "item": aside.printable(reject.item)}
    return json.dumps(note) + "\n"
