"""Where the credentials of a server come from; they are shown nowhere."""

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from graph.errors import StoreError


def credentials(uri: str, ask: Callable[[str], str] | None = None) -> tuple[str, str]:
    """User name and password for a server.

    They are those of `NEO4J_USERNAME` and `NEO4J_PASSWORD` or the file `NEO4J_PASSWORD_FILE`; else of the local
    server's own file, if it is one that `neo4j_server` runs; else asked for.

    Raises:
        StoreError: the URI itself holds credentials, or the password file cannot be read.
    """
    parts = urlsplit(uri)
    if "@" in parts.netloc:
        where = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        raise StoreError(f"{where}: leave the login out of the URI; set NEO4J_USERNAME and NEO4J_PASSWORD")
    username = os.environ.get("NEO4J_USERNAME", "")
    if password := _password():
        return username or "neo4j", password
    from graph import neo4j_server

    if known := neo4j_server.credentials_for(uri):
        return known
    return (username or "neo4j", ask(uri)) if ask else ("", "")


def database() -> str:
    """The name of the database; empty for the server's default."""
    return os.environ.get("NEO4J_DATABASE", "")


def _password() -> str:
    if "NEO4J_PASSWORD" in os.environ:
        return os.environ["NEO4J_PASSWORD"]
    if name := os.environ.get("NEO4J_PASSWORD_FILE"):
        try:
            return Path(name).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            raise StoreError(f"NEO4J_PASSWORD_FILE: {name}: {getattr(error, 'strerror', None) or error}") from error
    return ""
