"""What a loader is given: the bytes of a file, its name, and what the user says about it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from graph.door import reason
from graph.errors import SourceError
from graph.model import Document

LARGEST = 256 * 2**20
"""Bytes of a file at most: a text is held in memory several times over."""


def _stop(problem: SourceError) -> None:
    raise problem


@dataclass(frozen=True)
class Source:
    """One input file. `details` are fields of `Document` that win over whatever the file says.

    `problem` is told of a part that cannot be read; when it returns, the rest is read.
    """

    name: str
    data: bytes
    path: Path | None = None
    details: Mapping[str, str] = field(default_factory=dict)
    problem: Callable[[SourceError], None] = _stop

    @classmethod
    def read(
        cls,
        path: Path,
        details: Mapping[str, str] | None = None,
        problem: Callable[[SourceError], None] = _stop,
    ) -> "Source":
        """The file at a path.

        Raises:
            SourceError: it is missing, a folder, too large or unreadable.
        """
        try:
            if path.is_dir():
                raise SourceError(f"{path}: a folder, not a file")
            if (size := path.stat().st_size) > LARGEST:
                raise SourceError(f"{path}: {size:,} bytes; at most {LARGEST:,}")
            return cls(str(path), path.read_bytes(), path, details or {}, problem)
        except OSError as error:
            raise SourceError(f"{path}: {error.strerror or error}") from error

    @property
    def binary(self) -> bool:
        """Whether it is no text at all: a NUL byte near its beginning tells."""
        return b"\0" in self.data[:8192]

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
            SourceError: a date or another field is not what it should be.
        """
        try:
            return Document.model_validate({**found, **self.details, "text": text})
        except ValidationError as error:
            raise SourceError(f"{self.name}: {reason(error)[1]}") from error
