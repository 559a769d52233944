"""The graph: what it holds (`model`, `ontology`), and where it is kept (`open_store`)."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from graph.errors import (
    ConnectionFailed,
    KeiretsuError,
    NotFound,
    OntologyError,
    QueryError,
    SourceError,
    StoreChanged,
    StoreError,
)

if TYPE_CHECKING:
    from graph.store import Store

SERVER_SCHEMES = ("bolt://", "neo4j://", "bolt+s://", "neo4j+s://", "bolt+ssc://", "neo4j+ssc://")

__all__ = [
    "ConnectionFailed",
    "KeiretsuError",
    "NotFound",
    "OntologyError",
    "QueryError",
    "SourceError",
    "StoreChanged",
    "StoreError",
    "open_store",
]


def open_store(
    uri: str,
    *,
    create: bool = True,
    ask: Callable[[str], str] | None = None,
) -> "Store":
    """The store at a URI; close it, or use it in a `with` statement.

    Args:
        uri: a path, `:memory:`, or a Neo4j server (`bolt://`, `neo4j://`, `bolt+s://`, `neo4j+s://`).
        create: make one where there is none.
        ask: gives the password for a URI, where `graph.login` finds none.

    Raises:
        NotFound: there is none, and `create` is false.
        StoreError: it cannot be opened, is damaged, or was made by a newer version.
        ConnectionFailed: the server does not answer or refuses the login.

    Example:
        >>> with open_store(":memory:") as store:
        ...     store.info()["fact"]
        0
    """
    scheme = uri.partition("://")[0].lower()
    if f"{scheme}://" in SERVER_SCHEMES:
        from graph import login
        from graph.neo4j_store import Neo4jStore

        uri = f"{scheme}://{uri.partition('://')[2]}"
        username, password = login.credentials(uri, ask)
        return Neo4jStore(uri, create=create, username=username, password=password, database=login.database())
    if "://" in uri:
        known = " ".join(SERVER_SCHEMES)
        raise StoreError(f"{scheme}://…: unknown kind of store; a path, :memory: or one of {known}")
    from graph.networkx_store import NetworkxStore

    return NetworkxStore(uri, create=create)
