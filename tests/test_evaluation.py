"""Evaluation: figures worked out by hand, the parts of a file, the command; the reference scorer beside the project."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

import keiretsu
from loaders import evaluation, gold
from loaders.gold import normal

DATA = ROOT / "tests" / "data" / "evaluation"
SHARED = ROOT.parent / "shared"

Run = Callable[..., tuple[int, list[dict[str, Any]], str]]

HERE = """Acme Opens a Plant

Acme sells wafers to Beta, which opened a plant in the spring of this year.
"""
THERE = """Gamma in Trouble

Gamma competes with Delta in memory, as it has done for the last ten years.
"""


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs `evaluate` in an empty folder: its exit code, rows and messages."""

    def run(*arguments: object) -> tuple[int, list[dict[str, Any]], str]:
        capsys.readouterr()
        code = keiretsu.run(["evaluate", *map(str, arguments)])
        out, err = capsys.readouterr()
        return code, [json.loads(line) for line in out.splitlines()], err

    return run


def counts(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int, int]]:
    return {f"{row['of']} {row['name']}": (row["gold"], row["extracted"], row["hits"]) for row in rows}


def note(*claims: tuple[str, str, str, str], **more: object) -> dict[str, object]:
    """A document in the gold form: all its entities are firms."""
    entities = [{"name": name, "label": "Firm"} for name in sorted({end for s, _, o, _ in claims for end in (s, o)})]
    keys = ("subject", "relation", "object", "evidence")
    return {"entities": entities, "claims": [dict(zip(keys, claim, strict=True)) for claim in claims], **more}


def write(path: str, content: object) -> None:
    Path(path).parent.mkdir(exist_ok=True)
    Path(path).write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")


SELLS = ("Acme", "SUPPLIES", "Beta", HERE.splitlines()[2])
RIVALS = ("Delta", "COMPETES_WITH", "Gamma", THERE.splitlines()[2])


def two_articles() -> None:
    """A file of two articles, annotated one by one."""
    write("gold/news.txt", HERE + THERE)
    write("gold/here.json", note(SELLS, text_file="news.txt", text_span=[0, len(HERE)]))
    write("gold/there.json", note(RIVALS, text_file="news.txt", text_span=[len(HERE), len(HERE + THERE)]))


# -- figures


def test_the_figures_are_those_worked_out_by_hand(run: Run) -> None:
    code, rows, err = run(DATA / "gold", "--extracted", DATA / "extracted")
    assert code == 0
    assert counts(rows) == {
        "facts core": (5, 5, 4),
        "facts soft": (1, 1, 0),
        "facts all": (6, 6, 4),
        "relation SANCTIONS": (1, 1, 1),
        "relation SANCTIONS by measure": (1, 1, 0),
        "relation ACQUIRES": (1, 1, 1),
        "relation COMPETES_WITH": (1, 1, 1),
        "relation PRODUCES": (1, 1, 0),
        "relation SUPPLIES": (1, 1, 1),
        "relation ACTIVE_IN": (1, 1, 0),
        "document acme": (5, 5, 4),
        "matched modality": (4, 4, 3),
        "matched attribution": (1, 0, 0),
        "matched date": (1, 1, 0),
        "matched amounts": (1, 1, 1),
    }
    assert [rows[0][key] for key in ("precision", "recall", "f1")] == [0.8, 0.8, 0.8]
    assert [rows[2][key] for key in ("precision", "recall", "f1")] == [0.667, 0.667, 0.667]
    assert "1 documents; core: precision 0.800, recall 0.800, F1 0.800" in err


def test_every_miss_and_every_extra_is_listed_with_its_sentence(run: Run) -> None:
    code, rows, _ = run(DATA / "gold", "--extracted", DATA / "extracted", "--list")
    assert code == 0
    assert [(r["outcome"], r["subject"], r["relation"], r["object"], r["evidence"], r["method"]) for r in rows] == [
        ("miss", "Beta", "PRODUCES", "B1", "Beta makes the B1 chip.", None),
        ("miss", "Acme", "ACTIVE_IN", "memory", "Acme is also active in memory.", None),
        ("extra", "Béta", "PRODUCES", "B2", "Beta makes the B1 chip.", "test/1:makes"),
        ("extra", "Béta", "ACTIVE_IN", "memory", "Acme is also active in memory.", "claims/1:quotes"),
    ]


def test_gold_against_itself_is_perfect_and_nothing_is_not(run: Run) -> None:
    _, rows, _ = run(DATA / "gold", "--extracted", DATA / "gold")
    assert {row["f1"] for row in rows} == {1.0}
    Path("none").mkdir()
    _, rows, _ = run(DATA / "gold", "--extracted", "none")
    assert counts(rows)["facts core"] == (5, 0, 0)
    assert rows[0]["precision"] == rows[0]["f1"] == 0


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("NVIDIA Corp.", "Nvidia"),
        ("The Carlyle Group", "carlyle"),
        ("SK hynix, Inc.", "SK Hynix Co., Ltd."),
        ("Moët’s", "MOET'S"),
        ("ASML N.V.", "asml"),
    ],
)
def test_names_are_alike_whatever_their_case_accents_and_suffixes(one: str, other: str) -> None:
    assert normal(one) == normal(other)


@pytest.mark.parametrize(("one", "other"), [("H20", "H200"), ("The Co", "The"), ("Group 42", "42"), ("A-1", "A1")])
def test_other_names_are_not_alike(one: str, other: str) -> None:
    assert normal(one) != normal(other)


# -- reading


def test_a_text_is_read_with_the_date_of_its_gold(run: Run) -> None:
    sentence = "Nvidia unveiled the B200 in March."
    write("news.txt", f"{sentence}\n")
    entities = [{"name": "NVIDIA", "label": "Firm"}, {"name": "B200", "label": "Chip"}]
    claim = {"subject": "NVIDIA", "relation": "PRODUCES", "object": "B200", "date": "2024-03", "evidence": sentence}
    write("news.json", {"published": "2024-09-30", "entities": entities, "claims": [claim]})
    for arguments in (["."], ["news.json"], [".", "news.json"], [".", "--loader", "article"]):
        code, rows, _ = run(*arguments)
        assert code == 0
        assert counts(rows)["facts all"] == counts(rows)["matched date"] == (1, 1, 1), arguments


def test_each_article_of_a_file_is_held_against_its_own_gold(run: Run) -> None:
    two_articles()
    other = "Elsewhere, Epsilon owns Zeta."
    documents = [
        note(SELLS, text=HERE),
        note(RIVALS, text=THERE),
        note(("Epsilon", "OWNS", "Zeta", other), text=other),
    ]
    write("cut/news.json", {"documents": documents})
    write("whole/news.json", note(SELLS, RIVALS, text=HERE + THERE))
    for folder in ("cut", "whole"):
        code, rows, _ = run("gold", "--extracted", folder)
        assert code == 0
        assert {of: n for of, n in counts(rows).items() if of.startswith(("facts all", "document"))} == {
            "facts all": (2, 2, 2),
            "document here": (1, 1, 1),
            "document there": (1, 1, 1),
        }, "an article without gold does not count"
    assert counts(run("gold/there.json", "--extracted", "cut")[1])["facts all"] == (1, 1, 1)


def test_the_items_of_a_feed_are_documents_of_their_own(run: Run) -> None:
    feed = note(SELLS, RIVALS, items=[{"id": "a", "title": "A"}, {"id": "b", "title": "B"}])
    for claim, item in zip(feed["claims"], "ab", strict=True):  # type: ignore[call-overload]
        claim["item"] = item
    write("gold/feed.json", feed)
    write("out/feed.json", {"documents": [note(RIVALS, text=THERE), note(SELLS, text=HERE)]})
    _, rows, _ = run("gold", "--extracted", "out")
    assert counts(rows)["document feed/a"] == counts(rows)["document feed/b"] == (1, 1, 1)


def test_what_no_loader_knows_is_left_out_and_told(run: Run) -> None:
    write("gold/page.json", note(SELLS))
    write("gold/page.unknown", HERE)
    code, rows, err = run("gold")
    assert (code, rows) == (1, [])
    assert err.startswith("Left out: gold/page.json: no text")
    two_articles()
    code, rows, err = run("gold")
    assert code == 0
    assert {row["name"] for row in rows if row["of"] == "document"} == {"here", "there"}
    assert "Left out: gold/page.json" in err


def test_the_gold_may_lie_beside_a_text_of_another_kind(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    write("gold/page.json", note(SELLS))
    write("gold/page.md", HERE)
    (found,) = gold.load([Path("gold")], print)
    assert found.path == Path("gold/page.md")
    assert evaluation.evaluate([found], evaluation.reading("article")).extractions[0].document.text == HERE


# -- how it ends


def test_without_gold_it_ends_with_1_and_with_broken_gold_with_3(run: Run) -> None:
    Path("gold").mkdir()
    assert run("gold")[0] == 1
    write("gold/settings.json", {"facts": []})
    code, _, err = run("gold")
    assert code == 1
    assert "Left out: gold/settings.json: not a document" in err
    assert run("gold/settings.json")[0] == 3, "whoever names a file means it"
    assert run("missing.json")[0] == 3
    write("gold/broken.json", '{"entities": [')
    assert run("gold")[0] == 3


@pytest.mark.parametrize("fault", [{"items": [1]}, {"items": [{}]}, {"text_span": "all"}, {"text_span": [1, 2, 3]}])
def test_gold_of_no_text_that_can_be_ends_with_3(run: Run, fault: dict[str, object]) -> None:
    write("gold/news.txt", HERE)
    write("gold/news.json", note(SELLS, **fault))
    assert run("gold")[0] == 3


def test_a_text_that_cannot_be_read_ends_with_3(run: Run) -> None:
    write("gold/news.json", note(("A", "OWNS", "B", "x")))
    Path("gold/news.txt").write_bytes(b"\xff\xfe\0")
    code, _, err = run("gold")
    assert code == 3
    assert "news.txt" in err


def test_gold_that_does_not_fit_is_told_and_ends_with_3(run: Run) -> None:
    write("gold/news.txt", HERE)
    write("gold/news.json", note(SELLS, ("Acme", "OWN", "Beta", SELLS[3])))
    code, rows, err = run("gold")
    assert code == 3
    assert counts(rows)["facts all"][0] == 1
    assert "Rejected 1: unknown_relation 1" in err


def test_what_is_extracted_is_either_read_now_or_before(run: Run) -> None:
    assert run(DATA / "gold", "--extracted", DATA / "extracted", "--loader", "article")[0] == 2


# -- the reference scorer, which is not part of this repository


def scored(predicted: Path, wanted: Path) -> dict[str, tuple[int, int, int]]:
    """The figures of score.py under the names that ours have."""
    command = [sys.executable, str(SHARED / "score.py"), str(predicted), str(wanted)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[1:]
    found = {line[:22].replace("*", "").strip(): tuple(map(int, line[22:].split()[:3])) for line in lines}
    kinds = {"core": "facts core", "all": "facts all"}
    for name in found:
        kinds.setdefault(name, f"relation {name}")
        if name.endswith(" on hits"):
            kinds[name] = f"matched {name.removesuffix(' on hits')}"
    return {kinds[name]: (n[0], n[1], n[2]) for name, n in found.items() if name != "core by government"}


def extracted(annotation: Path) -> None:
    """Extract the text of an annotation into `out`; of two seed articles the one that it is about."""
    fields = json.loads(annotation.read_text(encoding="utf-8"))
    text = annotation.with_name(fields.get("text_file", f"{annotation.stem}.txt"))
    details = [word for key in ("title", "publisher", "published") for word in (f"--{key}", fields[key])]
    assert keiretsu.run(["extract", str(text), *details, "--out", "all"]) == 0
    made = json.loads(Path(f"all/{text.stem}.json").read_text(encoding="utf-8"))
    if "text_span" in fields:
        made = made["documents"][int(annotation.stem[-1]) - 1]
    write(f"out/{annotation.stem}.json", made)


@pytest.mark.skipif(not (SHARED / "score.py").exists(), reason="the annotated documents are not here")
@pytest.mark.parametrize("name", ["seed", "dev"])
def test_the_figures_are_those_of_the_reference_scorer(run: Run, name: str) -> None:
    Path("gold").mkdir()
    for file in (SHARED / "corpus" / name).iterdir():
        if file.suffix == ".txt" or (name == "seed" and file.suffix == ".json") or file.with_suffix(".txt").exists():
            Path("gold", file.name).write_bytes(file.read_bytes())
    for annotation in sorted(Path("gold").glob("*.json")):
        extracted(annotation)
    theirs = scored(Path("out"), Path("gold"))
    assert theirs["facts core"][0] > 30
    for arguments in ((), ("--extracted", "out")):
        code, rows, _ = run("gold", *arguments)
        ours = counts(rows)
        assert code == 0
        assert {key: ours.get(key, (0, 0, 0)) for key in theirs} == theirs
        assert not {key for key in ours if key.startswith(("relation", "matched"))} - theirs.keys()
