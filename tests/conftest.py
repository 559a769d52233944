"""Fixtures: the two kinds of store, a real Neo4j among them; strategies that build what they hold."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from graph import neo4j_server, open_store
from graph.door import admit
from graph.model import KINDS, Document, Extraction
from graph.ontology import MEASURES, MODALITIES, RELATIONS
from graph.store import Store

# a property runs on a server too, where an example takes some tenths of a second
settings.register_profile("stores", max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
settings.load_profile("stores")

ROOT = Path(__file__).parents[1]
OFFLINE = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
"""Environment in which nothing reaches the network."""
LOGIN = ("NEO4J_URI", "NEO4J_USERNAME", "NEO4J_PASSWORD", "NEO4J_PASSWORD_FILE", "NEO4J_DATABASE", "KEIRETSU_STORE")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URI of a real Neo4j: the one that `NEO4J_URI` names, else one of our own. The login is in the environment."""
    if uri := os.environ.get("NEO4J_URI"):
        yield uri
        return
    with neo4j_server.running(tmp_path_factory.mktemp("neo4j"), fast=True) as own:
        os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"] = own.username, own.password
        yield own.uri
        del os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"]


@pytest.fixture(scope="module", params=["networkx", "neo4j"])
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store of each kind. What a test leaves is there for the next: begin with `empty(store)` where that matters."""
    uri = (
        request.getfixturevalue("server")
        if request.param == "neo4j"
        else str(tmp_path_factory.mktemp("s") / "graph.db")
    )
    with open_store(uri) as opened:
        yield opened


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working folder, with no store named in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("NEO4J_URI", raising=False)
    monkeypatch.delenv("KEIRETSU_STORE", raising=False)
    return tmp_path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        told = "no browser: install Debian's packages chromium and fonts-noto-cjk, or name one in CHROMIUM"
        if os.environ.get("KEIRETSU_CI"):
            pytest.fail(told)
        pytest.skip(told)
    from playwright import sync_api

    with sync_api.sync_playwright() as play:
        opened = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield opened
        opened.close()


def python(code: str, **environment: str) -> subprocess.Popen[str]:
    """A Python process with the project on its path."""
    path = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
    variables = {**os.environ, "PYTHONPATH": path, **environment}
    return subprocess.Popen([sys.executable, "-c", code], env=variables, stdout=subprocess.PIPE, text=True)


def empty(store: Store) -> Store:
    """The store with nothing in it."""
    for judgement in list(store.judgements()):
        store.unjudge(f"{judgement.label}:{judgement.a}", f"{judgement.label}:{judgement.b}")
    for document in list(store.documents()):
        store.retract(document.id)
    assert store.count("claim") == store.count("entity") == store.count("fact") == 0
    return store


def note(subject: str, relation: str, obj: str, **more: object) -> dict[str, object]:
    """A claim in the gold form, its evidence a sentence of its own."""
    qualifiers = more.pop("qualifiers", {"measure": "other"} if relation == "SANCTIONS" else {})
    evidence = f"{subject} {relation} {obj} {sorted(more.items())}."
    return {
        "subject": subject,
        "relation": relation,
        "object": obj,
        "qualifiers": qualifiers,
        "evidence": evidence,
        **more,
    }


def extraction(
    *notes: dict[str, object], title: str = "", publisher: str = "", published: str | None = None, url: str = ""
) -> Extraction:
    """The extraction of a document that says just this. A name tells its label: `chip H20`, else it is a firm."""
    text = "\n".join(str(n["evidence"]) for n in notes) or title
    names = {str(n[end]) for n in notes for end in ("subject", "object")}
    entities = [{"name": name, "label": _label(name)} for name in sorted(names)]
    about = {"title": title, "publisher": publisher, "published": published, "url": url}
    document = Document.model_validate({**about, "text": text})
    made = admit(document, entities, notes, "test/1")
    assert not made.rejects, made.rejects
    return made


_HOSTILE = (
    "</script><script>{}</script>", "<img src=x onerror={}>", "<svg/onload={}>", "\"><script>{}</script>", "'-{}-'",
    "javascript:{}", "<!--<script>{}", "${{{}}}", "{{{{{}}}}}", "</style><script>{}</script>", "\\u003cscript>{}",
    "<iframe srcdoc='<script>{}</script>'>", "]]><script>{}</script>", "</title><script>{}</script>", "\u202e{}\u202c",
    "<a href=javascript:{}>x</a>", "\x00{}\x08\x1b[31m", "{}\u2028{}", "<base href=//x.invalid>{}", "__proto__{}",
)  # fmt: skip


def hostile() -> list[str]:
    """200 strings, none of which must do what it says."""
    calls = (
        "alert({})",
        "globalThis.hacked={}",
        "fetch('//x.invalid/{}')",
        "top.hacked={}",
        "document.title='hacked{}'",
    )
    more = (
        "eval('hacked={}')",
        "import('data:,{}')",
        "location='//x.invalid/{}'",
        "open('//x.invalid/{}')",
        "hacked{}()",
    )
    return [form.replace("{}", call.format(n)) for n, call in enumerate((*calls, *more)) for form in _HOSTILE]


def article(number: int) -> Extraction:
    """One of a series of documents that share facts."""
    firm = f"Firm {number % 7}"
    claims = [note(firm, "OWNS", "Beta"), note(firm, "BUYS", "chip X", modality="denied" if number % 3 else "stated")]
    return extraction(*claims, title=str(number), publisher=f"P{number % 4}", published="2024")


def articles(first: int, last: int) -> Iterator[Extraction]:
    return map(article, range(first, last))


def _label(name: str) -> str:
    first = name.split()[0].capitalize()
    return first if first in KINDS else "Firm"


_DATES = st.sampled_from([None, "2022", "2022-05", "2022-05-01", "2023", "2024-12-31"])
_AWKWARD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12).map(str.strip).filter(bool)


@st.composite
def _notes(draw: st.DrawFn) -> dict[str, object]:
    relation = RELATIONS[draw(st.sampled_from(sorted(RELATIONS)))]
    labels = draw(st.sampled_from(sorted(relation.ends)))
    ends = [f"{label.lower()} {draw(st.sampled_from('abc'))}" for label in labels]
    if ends[0] == ends[1]:
        ends[1] += "x"
    qualifiers: dict[str, object] = {}
    if relation.key:
        qualifiers[relation.key] = draw(st.sampled_from(MEASURES[:3])) if relation.key == "measure" else "speed"
    if "amount" in relation.qualifiers and draw(st.booleans()):
        qualifiers |= {"amount": draw(st.sampled_from([0, 1.5, 2_000_000_000, 10**18])), "currency": "USD"}
    return note(
        ends[0],
        relation.name,
        ends[1],
        qualifiers=qualifiers,
        modality=draw(st.sampled_from(MODALITIES)),
        date=draw(_DATES),
        attribution=draw(st.lists(_AWKWARD, max_size=2)),
    )


@st.composite
def extractions(draw: st.DrawFn) -> Extraction:
    """Documents over few names, so that they share facts; with texts of any characters in some fields."""
    notes = draw(st.lists(_notes(), max_size=5, unique_by=lambda n: str(n["evidence"])))
    publisher = draw(st.sampled_from(["", "Reuters", "REUTERS", "Nikkei"]))
    made = extraction(*notes, title=draw(_AWKWARD), publisher=publisher, published=draw(_DATES))
    if not made.entities:
        return made
    first, *others = made.entities
    aliased = first.model_copy(update={"aliases": tuple(sorted({draw(_AWKWARD)} - {first.name}))})
    return Extraction(document=made.document, entities=(aliased, *others), claims=made.claims)
