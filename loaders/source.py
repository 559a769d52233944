"""What a loader is given: the bytes of a file, its name, and what the user says about it."""

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from graph.door import reason
from graph.errors import SourceError
from graph.model import Document
from loaders.extractor import Extractor, offline

LARGEST = 256 * 2**20
"""Bytes of a file that is read as a whole at most: a text is held in memory several times over."""


def _stop(problem: SourceError) -> None:
    raise problem


@dataclass(frozen=True)
class Source:
    """One input file. `details` are fields of `Document` that win over whatever the file says.

    `content` is what came from elsewhere than a file. `problem` is told of a part that cannot be read; when it returns,
    the rest is read. `extract` makes of a document what it names and claims.
    """

    name: str
    content: bytes | None = None
    path: Path | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    problem: Callable[[SourceError], None] = _stop
    extract: Extractor = offline

    @classmethod
    def read(
        cls,
        path: Path,
        details: Mapping[str, str] | None = None,
        problem: Callable[[SourceError], None] = _stop,
        extract: Extractor = offline,
    ) -> "Source":
        """The file at a path.

        Raises:
            SourceError: it is missing, a folder, or unreadable.
        """
        source = cls(str(path), None, path, details or {}, problem, extract)
        _ = source.head
        return source

    @cached_property
    def head(self) -> bytes:
        """The first 8 kB."""
        with self._open() as stream:
            return self._read(stream, 8192)

    @cached_property
    def data(self) -> bytes:
        """All of it.

        Raises:
            SourceError: it is too large, or cannot be read any more.
        """
        with self._open() as stream:
            data = self._read(stream, LARGEST + 1)
        if len(data) > LARGEST:
            raise SourceError(f"{self.name}: more than {LARGEST:,} bytes; cut it into smaller files")
        return data

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Yield each line with its number, without holding them all."""
        with self._open() as stream:
            yield from enumerate(stream, 1)

    def _open(self) -> io.BufferedIOBase:
        if self.content is not None or self.path is None:
            return io.BytesIO(self.content or b"")
        if self.path.is_dir():
            raise SourceError(f"{self.name}: a folder, not a file")
        try:
            return self.path.open("rb")
        except OSError as error:
            raise SourceError(f"{self.name}: {error.strerror or error}") from error

    def _read(self, stream: io.BufferedIOBase, most: int) -> bytes:
        try:
            return stream.read(most)
        except OSError as error:
            raise SourceError(f"{self.name}: {error.strerror or error}") from error

    @property
    def binary(self) -> bool:
        """Whether it is no text at all: a NUL byte near its beginning tells."""
        return b"\0" in self.head

    @property
    def text(self) -> str:
        """The bytes as UTF-8 text, as it is but for a byte order mark: places in it are places in the file.

        Raises:
            SourceError: it is binary, or broken UTF-8; the message has the place.
        """
        if self.binary:
            raise SourceError(f"{self.name}: a binary file, not text")
        try:
            return self.data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = self.data.count(b"\n", 0, error.start) + 1
            raise SourceError(f"{self.name}:{line}: not UTF-8 at byte {error.start}; convert it first") from error

    def document(self, text: str, **found: object) -> Document:
        """A document of this text, with what was found about it and what the user says.

        Raises:
            SourceError: there is no text, or a date or another field is not what it should be.
        """
        try:
            return Document.model_validate({**found, **self.details, "text": text})
        except ValidationError as error:
            raise SourceError(f"{self.name}: {reason(error)[1]}") from error
