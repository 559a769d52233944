"""A cursor over the words of a query."""

from collections.abc import Callable
from typing import TypeVar

from graph.clause import Token, refuse, tokens_of, wrong

T = TypeVar("T")


class Words:
    """Steps through tokens; what the parsers of expressions, patterns and clauses share."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._at = text, tokens_of(text), 0

    @property
    def _token(self) -> Token:
        return self._tokens[self._at]

    def _ahead(self, steps: int = 1) -> Token:
        return self._tokens[min(self._at + steps, len(self._tokens) - 1)]

    def _next(self) -> Token:
        token = self._token
        self._at = min(self._at + 1, len(self._tokens) - 1)
        return token

    def _comes(self, *words: str) -> bool:
        return [token.word for token in self._tokens[self._at : self._at + len(words)]] == list(words)

    def _take(self, *words: str) -> bool:
        """Step over these words if they come next."""
        found = self._comes(*words)
        self._at += len(words) if found else 0
        return found

    def _expect(self, *words: str) -> None:
        if not self._take(*words):
            wrong(self._token, f"{self._token.text!r} where {' '.join(words)} was expected")

    def _named(self) -> bool:
        return self._token.kind in ("name", "quoted")

    def _name(self) -> str:
        if not self._named():
            wrong(self._token, f"{self._token.text!r} where a name was expected")
        if self._token.value == "":
            wrong(self._token, "an empty name")
        return self._next().value

    def _many(self, part: Callable[[], T], by: str = ",") -> list[T]:
        found = [part()]
        while self._take(by):
            found.append(part())
        return found

    def _whole(self) -> int:
        token = self._next()
        if token.kind != "number" or not token.text.isdigit() or (token.text[0] == "0" and len(token.text) > 1):
            refuse(token, f"{token.text!r} where a whole number (as a bound) was expected")
        return int(token.text)
