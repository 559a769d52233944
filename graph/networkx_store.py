"""NetworkxStore, the embedded default: a graph in memory, made of an SQLite file that lasts."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from graph.elements import KIND_NAMES, Elements, Kind
from graph.errors import NotFound, StoreError
from graph.store import SCHEMA, Rows, Store
from graph.summary import Row, Tally

if TYPE_CHECKING:
    import networkx as nx

    from graph.cypher import CypherEngine

APPLICATION = 0x6B656972
"""`keir` in SQLite's application id tells our files from others."""
PATIENCE = 120.0
"""Seconds that a writer waits for another."""

# Every kind has its whole row as JSON in `body`; the other columns are what rows are looked up or counted by, and win.
_COLUMNS: dict[Kind, tuple[str, ...]] = {
    "document": ("id",),
    "mention": ("id", "document", "entity"),
    "claim": ("id", "document", "fact", "publisher", "modality", "date", "end_date"),
    "entity": ("id", "name"),
    "fact": ("id", "subject_id", "object_id"),
    "judgement": ("id",),
}
_INDEXES = {"mention": ("document", "entity"), "claim": ("document", "fact"), "entity": ("name",)}
_INDEXES["fact"] = ("subject_id", "object_id")

TOGETHER = 500
"""Rows that are read in one go."""

_json = json.JSONEncoder(check_circular=False, separators=(",", ":")).encode

T = TypeVar("T")


def _schema() -> Iterator[str]:
    for kind, columns in _COLUMNS.items():
        fields = ", ".join(f'"{column}" TEXT' + " PRIMARY KEY NOT NULL" * (column == "id") for column in columns)
        yield f'CREATE TABLE "{kind}" ({fields}, body TEXT NOT NULL) WITHOUT ROWID'
        for column in _INDEXES.get(kind, ()):
            yield f'CREATE INDEX "{kind}_{column}" ON "{kind}" ("{column}")'
    yield f"PRAGMA application_id = {APPLICATION}"
    yield f"PRAGMA user_version = {SCHEMA}"


class _SqliteElements(Elements):
    """The elements of one SQLite connection, within whatever transaction it is in."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def rows(self, kind: Kind, by: str = "", values: Iterable[str] = ()) -> Iterator[Row]:
        columns = _COLUMNS[kind]
        where, parameters = _where(kind, by, values)
        names = ", ".join(f'"{column}"' for column in columns)
        found = self._connection.execute(f'SELECT {names}, body FROM "{kind}" {where} ORDER BY id', parameters)
        while batch := found.fetchmany(TOGETHER):
            for (*known, _), row in zip(batch, _bodies(kind, batch), strict=True):
                for column, value in zip(columns, known, strict=True):
                    if value is not None:
                        row[column] = value
                yield row

    def known(self, kind: Kind, ids: Sequence[str]) -> set[str]:
        found = self._connection.execute(
            f'SELECT id FROM "{kind}" WHERE id IN (SELECT value FROM json_each(?))', [json.dumps(ids)]
        )
        return {id for (id,) in found}

    def count(self, kind: Kind) -> int:
        return int(self._connection.execute(f'SELECT COUNT(*) FROM "{kind}"').fetchone()[0])

    def tallies(self, facts: Sequence[str]) -> Iterator[Tally]:
        found = self._connection.execute(
            "SELECT fact, publisher, modality, date, end_date, COUNT(*) FROM claim "
            "WHERE fact IN (SELECT value FROM json_each(?)) GROUP BY 1, 2, 3, 4, 5",
            [json.dumps(facts)],
        )
        return map(Tally._make, found)

    def put(self, kind: Kind, rows: Sequence[Row], *, new: bool = False) -> None:
        columns = _COLUMNS[kind]
        marks = ", ".join("?" * (len(columns) + 1))
        self._connection.executemany(
            f'INSERT OR REPLACE INTO "{kind}" VALUES ({marks})',
            ((*map(row.get, columns), _json(row)) for row in rows),
        )

    def drop(self, kind: Kind, ids: Sequence[str]) -> None:
        if kind == "document":
            for part in ("claim", "mention"):
                self._connection.executemany(f'DELETE FROM "{part}" WHERE document = ?', ((id,) for id in ids))
        self._connection.executemany(f'DELETE FROM "{kind}" WHERE id = ?', ((id,) for id in ids))

    def drop_edges(self, facts: Sequence[Row]) -> None:
        self.drop("fact", [row["id"] for row in facts])

    def assign(self, kind: Kind, ids: Mapping[str, str]) -> None:
        column = {"claim": "fact", "mention": "entity"}[kind]
        self._connection.executemany(
            f'UPDATE "{kind}" SET "{column}" = ? WHERE id = ?', ((owner, id) for id, owner in ids.items())
        )


def _bodies(kind: Kind, rows: Sequence[Sequence[str]]) -> list[Row]:
    """What the last columns hold. Read in one go, which takes half the time and makes their keys the same objects."""
    with suppress(ValueError):
        found: list[Row] = json.loads(f"[{','.join(row[-1] for row in rows)}]")
        if len(found) == len(rows):
            return found
    return [_body(kind, row) for row in rows]


def _body(kind: Kind, row: Sequence[str]) -> Row:
    try:
        return json.loads(row[-1])  # type: ignore[no-any-return]
    except ValueError as error:
        raise StoreError(f"damaged: {kind} {row[0]} is no JSON; restore it from a copy") from error


def _where(kind: Kind, by: str, values: Iterable[str]) -> tuple[str, list[str]]:
    if not by:
        return "", []
    columns = ("subject_id", "object_id") if (kind, by) == ("fact", "entity") else (by,)
    wanted = json.dumps(list(values))
    tests = [f'"{column}" IN (SELECT value FROM json_each(?))' for column in columns]
    return "WHERE " + " OR ".join(tests), [wanted] * len(tests)


class NetworkxStore(Store):
    """Extractions and judgements in one SQLite file (or `:memory:`), the graph in memory, Cypher by an index of it."""

    def __init__(self, path: str, *, create: bool = True) -> None:
        self.uri = path
        self._lock = threading.RLock()
        self._graph: tuple[object, nx.MultiDiGraph] | None = None
        self._engine: tuple[object, CypherEngine] | None = None
        self._snapshots = 0
        with self._failing():
            self._writer = self._open(create)
            try:
                self._prepare(create)
                # a second connection reads, so that a writer and readers do not wait for one another
                self._reader = self._writer if path == ":memory:" else self._open(create=False)
            except BaseException:
                self._writer.close()
                raise

    def _open(self, create: bool) -> sqlite3.Connection:
        if self.uri == ":memory:":
            return sqlite3.connect(self.uri, isolation_level=None, check_same_thread=False)
        path = Path(self.uri)
        if not create and not path.exists():
            raise NotFound(f"no graph at {path}; `keiretsu load` makes one")
        if not path.parent.is_dir():
            raise StoreError(f"{path}: the folder {path.parent} does not exist")
        mode = "rwc" if create else "rw"
        connection = _connected(path, f"mode={mode}")
        if create:
            return connection
        try:
            connection.execute("SELECT COUNT(*) FROM sqlite_master")
            return connection
        except sqlite3.OperationalError as error:
            connection.close()
            if "unable to open" not in str(error):
                raise
            # where nothing can be written SQLite cannot keep its notes beside the file; then nobody else writes either
            return _connected(path, "immutable=1")

    def _prepare(self, create: bool) -> None:
        ours = self._pragma("application_id") == APPLICATION
        version = self._pragma("user_version")
        if ours and version > SCHEMA:
            raise StoreError(
                f"{self.uri}: made by a newer keiretsu (schema {version}, this one knows {SCHEMA}); upgrade"
            )
        if ours:
            return
        if self._writer.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0]:
            raise StoreError(f"{self.uri}: an SQLite file of another program, not a graph")
        if not create:
            raise NotFound(f"{self.uri}: an empty file, not a graph; `keiretsu load` makes one")
        self._writer.execute("PRAGMA journal_mode = WAL")  # readers and the writer do not wait for one another
        self._writer.execute("BEGIN IMMEDIATE")
        if self._pragma("application_id") != APPLICATION:  # else another process was quicker
            for statement in _schema():
                self._writer.execute(statement)
        self._writer.execute("COMMIT")

    def _pragma(self, name: str) -> int:
        return int(self._writer.execute(f"PRAGMA {name}").fetchone()[0])

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StoreError(f"{self.uri}: {_explained(error)}") from error

    def read(self, work: Callable[[Elements], T]) -> T:
        with self.snapshot():
            return work(_SqliteElements(self._reader))

    def write(self, work: Callable[[Elements], T]) -> T:
        with self._lock, self._failing():
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                result = work(_SqliteElements(self._writer))
                self._writer.execute("COMMIT")
                return result
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._failing():
            if self._snapshots == 0 and self._reader is not self._writer:
                self._reader.execute("BEGIN")
                self._reader.execute("SELECT COUNT(*) FROM sqlite_master")  # what is read from here on is of this state
            self._snapshots += 1
            try:
                yield
            finally:
                self._snapshots -= 1
                if self._snapshots == 0 and self._reader is not self._writer:
                    with suppress(sqlite3.ProgrammingError):  # closed meanwhile, which ends it too
                        self._reader.execute("COMMIT")

    def stream(self, kind: Kind, by: str = "", values: Iterable[str] = ()) -> Iterator[Row]:
        with self._failing():
            yield from _SqliteElements(self._reader).rows(kind, by, values)

    def _version(self) -> object:
        """Changes whenever this store or another process changes the file."""
        with self._failing():
            seen = self._reader.execute("PRAGMA data_version").fetchone()[0]
            return seen, self._writer.total_changes

    def graph(self, *, denied: bool = False) -> "nx.MultiDiGraph":
        from graph import snapshot

        return snapshot.view(self.shared_graph(), denied=denied)

    def shared_graph(self) -> "nx.MultiDiGraph":
        import networkx as nx

        from graph import snapshot

        version = self._version()
        if self._graph is None or self._graph[0] != version:
            with self.snapshot():
                made = snapshot.graph(self.stream("entity"), self.stream("fact"))
            self._graph = version, nx.freeze(made)
        return self._graph[1]

    def query(
        self, cypher: str, params: Mapping[str, Any] | None = None, *, limit: int = 10_000, timeout: float = 60.0
    ) -> Rows:
        from graph import snapshot
        from graph.cypher import CypherEngine, plain
        from graph.gate import check

        check(cypher)
        version = self._version()
        if self._engine is None or self._engine[0] != version:
            with self.snapshot():
                self._engine = version, CypherEngine(snapshot.index({k: self.stream(k) for k in KIND_NAMES}))
        columns, rows = self._engine[1].run(cypher, params or {}, limit=limit + 1, timeout=timeout)
        return Rows(columns, [tuple(map(plain, row)) for row in rows[:limit]], len(rows) > limit)

    def close(self) -> None:
        self._reader.close()
        self._writer.close()


def _connected(path: Path, options: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{options}"
    return sqlite3.connect(uri, uri=True, timeout=PATIENCE, isolation_level=None, check_same_thread=False)


def _explained(error: sqlite3.Error) -> str:
    """What went wrong, with what to do about it where that is known."""
    text = str(error)
    if "readonly" in text or "unable to open" in text:
        return f"{text}; is the folder writable?"
    if "malformed" in text or "not a database" in text:
        return f"{text}: not a graph, or damaged; restore it from a copy or from `export claims`"
    if "locked" in text:
        return f"{text}: another process has been writing to it for {PATIENCE:.0f} seconds; try again when it is done"
    if "full" in text:
        return f"{text}; what was loaded before is kept, free some space and repeat"
    return text
