"""The jars of a server, from a small Maven repository of our own that fails on demand."""

import hashlib
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from conftest import OFFLINE, python

from graph import neo4j_jars
from graph.errors import StoreError


def pom(name: str, *needed: str) -> bytes:
    def coordinates(artifact: str) -> str:
        return f"<groupId>org.example</groupId><artifactId>{artifact}</artifactId><version>1</version>"

    wanted = "".join(f"<dependency>{coordinates(other)}</dependency>" for other in needed)
    return f"<project>{coordinates(name)}<dependencies>{wanted}</dependencies></project>".encode()


FILES = {
    "one-1.pom": pom("one", "three"),
    "two-1.pom": pom("two", "three"),
    "three-1.pom": pom("three"),
    **{f"{name}-1.jar": name.encode() * 50_000 for name in ("one", "two", "three")},
}


class Repository(ThreadingHTTPServer):
    """Serves `FILES`; says what was asked, and breaks `broken[name]` times off in the middle of `name`."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answer)
        self.asked: list[str] = []
        self.broken: dict[str, int] = {}
        self.slow = 0.0


class Answer(BaseHTTPRequestHandler):
    server: Repository

    def do_GET(self) -> None:
        name = self.path.rpartition("/")[2]
        content = FILES[name.removesuffix(".sha1")]
        if name.endswith(".sha1"):
            content = hashlib.sha1(content).hexdigest().encode()
        else:
            self.server.asked.append(name)
            time.sleep(self.server.slow)
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        breaks = self.server.broken.get(name, 0)
        self.server.broken[name] = breaks - 1
        self.wfile.write(content[: len(content) // 2] if breaks > 0 else content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


SETUP = """
from graph import neo4j_jars
neo4j_jars._COORDINATES = ("org.example:one:1", "org.example:two:1")
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    monkeypatch.setenv("KEIRETSU_CACHE", str(tmp_path))
    for name in OFFLINE:
        monkeypatch.delenv(name, raising=False)
    with Repository() as server:
        monkeypatch.setenv("KEIRETSU_MAVEN", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setattr(neo4j_jars, "_COORDINATES", ("org.example:one:1", "org.example:two:1"))
        monkeypatch.setattr(neo4j_jars, "_PAUSE", 0)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server
        server.shutdown()


def resolving(repository: Repository) -> subprocess.Popen[str]:
    return python(SETUP + "print(neo4j_jars.jars())")


def whole(jars: Path) -> bool:
    return {path.name: path.read_bytes() for path in jars.iterdir()} == {
        name: content for name, content in FILES.items() if name.endswith(".jar")
    }


def test_a_download_that_breaks_off_is_tried_again(repository: Repository) -> None:
    repository.broken = {"three-1.pom": 1, "two-1.jar": 2}
    assert not neo4j_jars.installed()
    assert whole(neo4j_jars.jars())
    assert neo4j_jars.installed()
    assert sorted(repository.asked) == sorted([*FILES, "three-1.pom", "two-1.jar", "two-1.jar"])


def test_an_interrupted_resolution_is_completed_and_not_repeated(repository: Repository) -> None:
    repository.broken = {"two-1.jar": 99}
    with pytest.raises(StoreError, match=r"cannot download .*two-1\.jar"):
        neo4j_jars.jars()
    assert not neo4j_jars.installed()
    repository.broken = {}
    repository.asked.clear()
    assert whole(neo4j_jars.jars())
    assert [name for name in repository.asked if name.endswith(".jar")] == ["two-1.jar"]


def test_a_pom_that_fails_does_not_leave_out_what_it_needs(repository: Repository) -> None:
    repository.broken = {"three-1.pom": 99}  # jgo alone would go on without
    with pytest.raises(StoreError, match=r"cannot download .*three-1\.pom"):
        neo4j_jars.jars()


def test_a_killed_resolution_is_completed(repository: Repository) -> None:
    repository.slow = 0.3
    with resolving(repository) as killed:
        while not any(name.endswith(".jar") for name in repository.asked):
            time.sleep(0.01)
        killed.kill()
    assert not neo4j_jars.installed()
    repository.slow = 0
    assert whole(neo4j_jars.jars())


def test_two_processes_at_once_download_once(repository: Repository) -> None:
    repository.slow = 0.1
    with resolving(repository) as one, resolving(repository) as two:
        assert one.communicate()[0] == two.communicate()[0] == f"{neo4j_jars.jars()}\n"
    assert sorted(repository.asked) == sorted(FILES)


def test_a_jar_cut_short_afterwards_is_noticed_and_one_too_many_removed(repository: Repository) -> None:
    jars = neo4j_jars.jars()
    repository.asked.clear()
    (jars / "one-1.jar").write_bytes(b"one")
    (jars / "four-1.jar").write_bytes(b"four")
    assert whole(neo4j_jars.jars())
    assert [name for name in repository.asked if name.endswith(".jar")] == ["one-1.jar"]
    repository.asked.clear()
    assert whole(neo4j_jars.jars())
    assert repository.asked == []


def test_without_network_the_first_resolution_says_so(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEIRETSU_MAVEN", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match=r"cannot download http://127\.0\.0\.1:9/"):
        neo4j_jars.jars()
