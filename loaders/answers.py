"""Answers of a language model, kept in files: what was asked once needs neither network nor key again.

A file is named by a hash of the model, of the prompt with the ontology in it, and of the message. It is replaced as a
whole, so that a run which was interrupted goes on where it ended.
"""

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graph import folder
from graph.errors import ExtractorError, SourceError
from graph.model import content_id
from loaders import prompt
from loaders.extractor import Spent, missing
from loaders.settings import Settings, variable

if TYPE_CHECKING:
    from loaders.endpoint import Endpoint


class Answers:
    """Answers from the cache, else from the endpoint that the settings name.

    Args:
        spent: is kept up to date.
    """

    def __init__(self, settings: Settings, spent: Spent) -> None:
        self._settings, self._spent = settings, spent
        self._folder = settings.cache.expanduser() if settings.cache else folder.cache() / "llm"

    @cached_property
    def _endpoint(self) -> "Endpoint":
        try:
            from loaders.endpoint import Endpoint  # not before it is needed: what is cached needs no client
        except ModuleNotFoundError as error:
            raise missing(error) from error
        return Endpoint(self._settings, self._spent)

    def ask(self, message: str, about: str) -> dict[str, Any] | None:
        """The entities and claims that the model answers a message with; None where it gave no whole answer.

        Args:
            about: the document, for people.

        Raises:
            ExtractorError: it is not cached, and cannot be asked for.
            ConnectionFailed: the endpoint does not answer, or refuses the login.
            SourceError: the endpoint refuses this message, or the answer cannot be kept.
        """
        known = folder.read(self._file(message))
        if _whole(known):
            self._spent.cached += 1
            kept: dict[str, Any] | None = known["answer"]
            return kept
        if self._settings.offline:
            raise ExtractorError(
                f"{about}: no answer of {self._settings.model!r} about it is in {self._folder}, "
                f"and {variable('offline')} forbids to ask"
            )
        answer = self._endpoint.ask(message)
        self._keep(message, answer)
        return answer

    def forget(self, message: str) -> None:
        """Have it asked again the next time."""
        self._file(message).unlink(missing_ok=True)

    def _file(self, message: str) -> Path:
        return self._folder / f"{content_id('answer', self._settings.model, prompt.version(), message)}.json"

    def _keep(self, message: str, answer: dict[str, Any] | None) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with folder.alone(self._folder):
                folder.write(self._file(message), json.dumps({"answer": answer}))
        except OSError as error:
            raise SourceError(f"{self._folder}: {error.strerror or error}") from error


def _whole(known: dict[str, Any]) -> bool:
    """Whether a file holds an answer, or tells that there was none: anybody may have damaged it."""
    answer = known.get("answer", {})
    lists = isinstance(answer, dict) and all(isinstance(answer.get(key), list) for key in ("entities", "claims"))
    return answer is None or lists
