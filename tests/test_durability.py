"""What becomes of a store when something breaks: processes that die, servers that go away, disks that fill up."""

import os
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import neo4j
import pytest
from conftest import article, articles, empty, extraction, note, python

from graph import ConnectionFailed, StoreChanged, StoreError, login, neo4j_store, open_store
from graph.model import Extraction
from graph.store import Store


def loading(store: Store, first: int, last: int) -> subprocess.Popen[str]:
    """A process that loads some articles into a store, a few at a time, and prints how many it has."""
    code = f"""
from graph import open_store, store
from conftest import articles
store.BATCH_ROWS = 20
with open_store({store.uri!r}) as opened:
    opened.add(articles({first}, {last}), lambda loaded: print(loaded.documents, flush=True))
"""
    return python(code)


def test_two_processes_that_load_at_once_both_end_and_nothing_is_lost(store: Store) -> None:
    empty(store)
    with loading(store, 0, 60) as one, loading(store, 40, 100) as other:
        assert (one.wait(120), other.wait(120)) == (0, 0)
    assert store.count("document") == 100
    with open_store(":memory:") as alone:
        alone.add(articles(0, 100))
        assert store.digest() == alone.digest()
    assert list(store.check()) == []


def test_a_killed_load_leaves_whole_documents_and_is_completed_by_the_next(store: Store) -> None:
    empty(store)
    with loading(store, 0, 3000) as process:
        assert process.stdout
        process.stdout.readline()
        process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
    done = _settled(store)
    assert 0 < done < 3000
    assert list(store.check()) == []
    for found in store.extractions():
        whole = article(int(found.document.title))
        assert (found.document, set(found.entities), set(found.claims)) == (
            whole.document,
            set(whole.entities),
            set(whole.claims),
        )
    store.add(articles(0, done + 50))
    assert store.count("document") == done + 50
    assert list(store.check()) == []


def _settled(store: Store) -> int:
    """How many documents there are, once a server has noticed that its client is gone."""
    before = -1
    while (now := store.count("document")) != before:
        before = now
        time.sleep(0.5)
    return now


def test_what_is_read_while_another_writes_is_of_one_state(store: Store) -> None:
    empty(store).add(articles(0, 50))
    with loading(store, 50, 600) as process:
        while process.poll() is None:
            assert list(store.check()) == []
            counts = store.info()
            assert counts["claim"] == 2 * counts["document"]
    assert process.returncode == 0
    assert store.count("document") == 600


def test_a_reader_that_takes_its_time_does_not_keep_a_writer_waiting(store: Store) -> None:
    empty(store).add(articles(0, 50))
    reading = store.extractions()
    next(reading)
    with loading(store, 50, 100) as process:
        assert process.wait(60) == 0
    try:
        assert len(list(reading)) in (49, 99)
    except StoreChanged:
        assert store.uri.startswith("bolt"), "a file shows its reader the old state to the end"


# -- a server that goes away


class Line:
    """A line to a server that can be cut: a port of this machine whose traffic goes to the server's."""

    def __init__(self, uri: str) -> None:
        address = urlsplit(uri)
        self._server = (address.hostname or "", address.port or 7687)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self._up = True
        self.uri = f"bolt://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if not self._up:
                client.close()
                continue
            server = socket.create_connection(self._server)
            self._open += [client, server]
            for ends in ((client, server), (server, client)):
                threading.Thread(target=_pump, args=ends, daemon=True).start()

    def cut(self) -> None:
        """End all connections and take no new ones."""
        self._up = False
        for end in self._open:
            with closing(end):
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        self._open.clear()

    def mend(self) -> None:
        self._up = True

    def close(self) -> None:
        self.cut()
        self._listener.close()


def _pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        return
    finally:
        for end in (source, target):
            end.close()


@pytest.fixture
def line(server: str) -> Iterator[Line]:
    line = Line(server)
    yield line
    line.close()


@contextmanager
def wiped(uri: str) -> Iterator[Store]:
    with open_store(uri) as store:
        yield empty(store)


def test_a_short_break_of_the_line_is_not_even_noticed(
    server: str, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.store.BATCH_ROWS", 20)
    with wiped(server) as direct, open_store(line.uri) as store:

        def breaking() -> Iterator[Extraction]:
            for number, load in enumerate(articles(0, 40)):
                if number == 20:
                    line.cut()
                    threading.Timer(1.0, line.mend).start()
                yield load

        store.add(breaking())
        assert direct.count("document") == 40
        assert list(direct.check()) == []


def test_a_server_that_stays_away_is_reported_and_the_repeated_load_completes(
    server: str, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("graph.store.BATCH_ROWS", 20)
    monkeypatch.setattr(neo4j_store, "RETRY", 2.0)
    with wiped(server) as direct, open_store(line.uri) as store:

        def breaking() -> Iterator[Extraction]:
            for number, load in enumerate(articles(0, 40)):
                if number == 20:
                    line.cut()
                yield load

        with pytest.raises(ConnectionFailed, match="is the server up"):
            store.add(breaking())
        assert 0 < direct.count("document") < 40
        assert list(direct.check()) == []
        line.mend()
        assert store.add(articles(0, 40)).documents_known > 0
        assert direct.count("document") == 40


def test_a_server_that_is_down_is_told() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with pytest.raises(ConnectionFailed, match=rf"bolt://127\.0\.0\.1:{port}: no connection"):
        open_store(f"bolt://127.0.0.1:{port}", ask=lambda uri: "secret")


def test_a_wrong_password_is_told_and_not_shown(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "not-the-password")
    with pytest.raises(ConnectionFailed, match="refuses the login") as caught:
        open_store(server)
    assert "not-the-password" not in str(caught.value)


def test_a_login_in_the_uri_is_refused_and_not_shown() -> None:
    with pytest.raises(StoreError, match="leave the login out") as caught:
        open_store("bolt://neo4j:secret@127.0.0.1:7687")
    assert "secret" not in str(caught.value)


def test_nodes_of_another_program_are_left_alone(server: str) -> None:
    with open_store(server) as store, neo4j.GraphDatabase.driver(server, auth=login.credentials(server)) as driver:
        empty(store)
        driver.execute_query("MATCH (k:Keiretsu) DELETE k CREATE (:Document {title: 'mine'})")
        with pytest.raises(StoreError, match="Document nodes that are no graph of keiretsu: another program's"):
            open_store(server)
        driver.execute_query("MATCH (d:Document) DELETE d")
    with open_store(server) as store:
        assert store.count("document") == 0


@pytest.mark.parametrize("uri", ["http://me:secret@host", "Bolt://me:secret@host", "neo4j+s://me:secret@host"])
def test_a_login_in_any_uri_is_not_shown(uri: str) -> None:
    with pytest.raises(StoreError) as caught:
        open_store(uri)
    assert "secret" not in str(caught.value)


def test_a_port_that_is_none_is_told() -> None:
    with pytest.raises(ConnectionFailed, match="bolt://host:none"):
        open_store("bolt://host:none", ask=lambda uri: "x")


def test_a_password_may_come_from_a_file(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "password"
    file.write_text(os.environ["NEO4J_PASSWORD"] + "\n", encoding="utf-8")
    monkeypatch.delenv("NEO4J_PASSWORD")
    monkeypatch.setenv("NEO4J_PASSWORD_FILE", str(file))
    with open_store(server) as store:
        assert store.info()["schema"] == 1
    monkeypatch.setenv("NEO4J_PASSWORD_FILE", str(tmp_path / "none"))
    with pytest.raises(StoreError, match=r"NEO4J_PASSWORD_FILE: .*No such file"):
        open_store(server)


# -- a file that is not what it should be


def test_a_damaged_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    with open_store(str(path)) as store:
        store.add(articles(0, 100))
    whole = path.read_bytes()
    path.write_bytes(b"not an SQLite file at all" * 100)
    with pytest.raises(StoreError, match="not a database: not a graph, or damaged"):
        open_store(str(path))
    path.write_bytes(whole[: len(whole) // 2] + os.urandom(len(whole) // 2))
    with pytest.raises(StoreError, match="damaged"), open_store(str(path)) as store:
        list(store.extractions())


def test_the_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE mine (x)")
    before = path.read_bytes()
    with pytest.raises(StoreError, match="another program"):
        open_store(str(path))
    assert path.read_bytes() == before


def test_a_full_disk_keeps_what_was_loaded_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.store.BATCH_ROWS", 20)
    with open_store(str(tmp_path / "graph.db")) as store:
        store.add(articles(0, 20))
        pages = store._writer.execute("PRAGMA page_count").fetchone()[0]  # type: ignore[attr-defined]
        store._writer.execute(f"PRAGMA max_page_count = {pages + 20}")  # type: ignore[attr-defined]
        with pytest.raises(StoreError, match="full; what was loaded before is kept"):
            store.add(articles(20, 500))
        assert store.count("document") >= 20
        assert list(store.check()) == []
        store._writer.execute("PRAGMA max_page_count = 1000000")  # type: ignore[attr-defined]
        store.add(articles(0, 500))
        assert store.count("document") == 500


def test_a_folder_that_cannot_be_written_is_told() -> None:
    # not even root can make a file there
    with pytest.raises(StoreError, match="is the folder writable"):
        open_store("/proc/graph.db")


def test_a_folder_that_is_missing_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"the folder .* does not exist"):
        open_store(str(tmp_path / "none" / "graph.db"))


def test_an_unknown_kind_of_store_is_told() -> None:
    with pytest.raises(StoreError, match="unknown kind of store"):
        open_store("http://localhost:7474")


def test_a_row_that_is_no_json_is_told(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    with open_store(str(path)) as store:
        store.add(articles(0, 2))
    with closing(sqlite3.connect(path)) as raw, raw:
        raw.execute("UPDATE claim SET body = '{bad'")
    with open_store(str(path)) as store, pytest.raises(StoreError, match=r"damaged: claim .* is no JSON"):
        list(store.check())


def test_a_graph_in_a_place_where_nothing_can_be_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    with open_store(str(path)) as store:
        store.add(articles(0, 2))
        digest = store.digest()
    (tmp_path / "graph.db-wal").mkdir()  # even root cannot write a file there
    with open_store(str(path), create=False) as store:
        assert store.digest() == digest


def test_tampering_is_found(tmp_path: Path) -> None:
    path = tmp_path / "graph.db"
    with open_store(str(path)) as store:
        store.add(
            [extraction(note("Acme", "OWNS", "Beta"), note("Acme", "BUYS", "chip X", date="2024"), publisher="P")]
        )
        before = {problem.code for problem in store.check()}
    for statement, code in (
        ("UPDATE claim SET body = replace(body, 'OWNS Beta', 'OWNS Zeta')", "evidence_not_found"),
        ('UPDATE claim SET body = replace(body, \'"relation":"OWNS"\', \'"relation":"BUYS"\')', "bad_ends"),
        ("UPDATE claim SET fact = 'nothing'", "wrong_fact"),
        ("UPDATE claim SET body = '{}'", "missing_field"),
        ("UPDATE mention SET body = '{}'", "damaged"),
        ("UPDATE document SET body = '{}'", "missing_field"),
        ("UPDATE entity SET body = '{}'", "wrong_entity"),
        ("UPDATE fact SET body = '{}'", "wrong_summary"),
        ("UPDATE claim SET publisher = 'Q'", "wrong_source"),
        ("UPDATE document SET body = replace(body, '.', '!')", "wrong_id"),
        ("UPDATE fact SET body = replace(body, '\"claims\":1', '\"claims\":2')", "wrong_summary"),
        ("UPDATE entity SET body = replace(body, 'Firm', 'Fund')", "wrong_entity"),
        ("DELETE FROM fact", "missing_fact"),
        ("DELETE FROM entity", "missing_entity"),
        ("DELETE FROM document", "dangling"),
        ("DELETE FROM mention", "dangling"),
    ):
        copy = tmp_path / "copy.db"
        copy.write_bytes(path.read_bytes())
        with closing(sqlite3.connect(copy)) as raw, raw:
            raw.execute(statement)
        with open_store(str(copy)) as store:
            assert code in {problem.code for problem in store.check()}, statement
    assert before == set()
