"""The errors that keiretsu raises on purpose; everything else is a bug."""


def first_line(error: BaseException | None) -> str:
    """What somebody else's error says, as far as one line goes; its type where it says nothing."""
    return (str(error) or type(error).__name__).partition("\n")[0]


def installing(extra: str) -> str:
    """How to bring what an extra of keiretsu brings. By folder: no package index has keiretsu under its name."""
    return f"pip install '.[{extra}]' in keiretsu's folder"


class KeiretsuError(Exception):
    """Base of all errors meant for the reader: what went wrong, where, and what is known."""


class OntologyError(KeiretsuError):
    """Something the graph cannot hold: an unknown relation, an impossible end, a bad qualifier.

    `code` is the short reason a reject is counted under, as in `unknown_relation`.
    """

    def __init__(self, message: str, code: str = "invalid") -> None:
        super().__init__(message)
        self.code = code


class SourceError(KeiretsuError):
    """A file that cannot be read or is not what it should be."""


class ExtractorError(KeiretsuError):
    """An extractor that cannot go on with any document: not set up, a limit reached, nobody to ask."""


class StoreError(KeiretsuError):
    """A store that cannot be opened, read or written."""


class ConnectionFailed(StoreError):
    """A server that does not answer, or refuses the login."""


class StoreChanged(StoreError):
    """A store that another writer changed while it was read; repeating may help."""


class QueryError(KeiretsuError):
    """A query that is wrong, refused, or not to be had on this store."""


class NotFound(KeiretsuError):
    """A name, document, relation or query that is not there."""
