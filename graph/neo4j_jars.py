"""The jars of a Neo4j server, resolved and downloaded from Maven Central once, checked, and kept in the user's cache.

`jgo` reads the POMs. Once all jars are there nothing asks the network. `KEIRETSU_MAVEN` names a mirror to use instead.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from graph.errors import StoreError, first_line
from graph.folder import alone, cache, read, write

if TYPE_CHECKING:
    import requests
    from jgo.maven import Artifact

VERSION = "5.26.16"

_COORDINATES = (f"org.neo4j:neo4j:{VERSION}", f"org.neo4j.app:neo4j-server:{VERSION}")
_CONNECTIONS = 8
_ATTEMPTS = 4  # for each file
_PAUSE = 1.0  # seconds before the second attempt, twice that before the third


def jars() -> Path:
    """The folder of the server's jars, downloaded unless all are there.

    Raises:
        StoreError: the extra `server` is missing, or Maven Central cannot be reached.
    """
    folder = _folder()
    if not _complete(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with alone(folder):
            if not _complete(folder):  # another process may have done it meanwhile
                _resolve(folder)
    return folder / "jars"


def installed() -> bool:
    """Whether the jars are here, so that a start needs no network."""
    return _complete(_folder())


def _folder() -> Path:
    return cache() / f"neo4j-{VERSION}"


def central() -> str:
    """Address of Maven Central, or of the mirror that `KEIRETSU_MAVEN` names."""
    from jgo.constants import MAVEN_CENTRAL_URL

    return os.environ.get("KEIRETSU_MAVEN") or str(MAVEN_CENTRAL_URL)


def _complete(folder: Path) -> bool:
    """Whether every file of the manifest, which is written last, is there in its full size."""
    sizes = read(folder / "manifest.json")
    found = {path.name: path.stat().st_size for path in (folder / "jars").glob("*.jar")}
    return bool(sizes) and sizes == found


def _resolve(folder: Path) -> None:
    """Download what is missing; jars that are there and whole stay."""
    import requests

    with requests.Session() as session, ThreadPoolExecutor(_CONNECTIONS) as pool:
        urls = {artifact.filename: _url(artifact) for artifact in _artifacts(folder / "poms", session)}
        for stranger in (path for path in (folder / "jars").glob("*") if path.name not in urls):
            stranger.unlink()
        sizes = pool.map(lambda name: _fetch(session, urls[name], folder / "jars" / name), urls)
        manifest = dict(zip(urls, sizes, strict=True))
    write(folder / "manifest.json", json.dumps(manifest, indent=1), mode=0o644)
    shutil.rmtree(folder / "poms", ignore_errors=True)


def _artifacts(poms: Path, session: requests.Session) -> list[Artifact]:
    """Every jar the server needs at run time, by the POMs."""
    from jgo.maven import MavenContext, PythonResolver

    class Resolver(PythonResolver):
        # jgo's own neither retries nor refuses a damaged file, opens a connection per file, and leaves out what hangs
        # on a POM that failed with an OSError. A StoreError it lets through.
        def download(self, artifact: Artifact) -> Path | None:
            if path := artifact.cached_path:
                _fetch(session, _url(artifact), path)
            return path

    shutil.rmtree(poms, ignore_errors=True)  # of an interrupted resolution; jgo would trust them unseen
    context = MavenContext(resolver=Resolver(), repo_cache=poms, remote_repos={"central": central()})
    asked = [context.create_dependency(coordinate) for coordinate in _COORDINATES]
    inputs, transitive = context.resolver.resolve(asked)
    return [needed.artifact for needed in inputs + transitive if needed.scope in (None, "compile", "runtime")]


def _url(artifact: Artifact) -> str:
    return f"{central()}/{artifact.component.path_prefix.as_posix()}/{artifact.filename}"


def _fetch(session: requests.Session, url: str, path: Path) -> int:
    """The size of `path`, once it holds what is at `url`."""
    import requests

    failure: Exception | None = None
    for attempt in range(_ATTEMPTS):
        time.sleep(_PAUSE * attempt)
        try:
            return _download(session, url, path)
        except (requests.RequestException, ValueError) as error:
            failure = error
    raise StoreError(f"cannot download {url}: {first_line(failure)}") from failure


def _download(session: requests.Session, url: str, path: Path) -> int:
    wanted = _get(session, f"{url}.sha1").decode().split()[0]
    if not path.exists() or _sha1(path.read_bytes()) != wanted:
        content = _get(session, url)
        if _sha1(content) != wanted:
            raise ValueError(f"its SHA-1 is not {wanted}")
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_bytes(content)
        part.replace(path)
    return path.stat().st_size


def _get(session: requests.Session, url: str) -> bytes:
    response = session.get(url, timeout=(10, 60))
    response.raise_for_status()
    return response.content


def _sha1(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()  # what Maven Central publishes
