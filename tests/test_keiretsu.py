"""The command line, as its users meet it: what it prints where, and how it ends."""

import json
import os
import re
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, article, empty, extraction, note

import keiretsu
from graph import StoreError, change, open_store
from graph.change import Loaded
from graph.elements import Elements
from graph.model import VERDICTS, Extraction
from loaders import claims, reading
from queries import diff, export, output

ARTICLE = """Acme Wins an Order
Silicon Ledger, 2024-09-30

Nvidia unveiled the B200 in March. Intel competes with AMD in processors.
"""


class Result:
    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def rows(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Result]


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command in an empty folder, its output in a pipe."""

    def run(*arguments: str) -> Result:
        capsys.readouterr()
        code = keiretsu.run(list(arguments))
        return Result(code, *capsys.readouterr())

    return run


def lines(*extractions: object) -> str:
    return "".join(claims.line(extraction) for extraction in extractions)  # type: ignore[arg-type]


def commands(group: object = keiretsu.cli, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = [path] if path else []
    for name, command in getattr(group, "commands", {}).items():
        found += commands(command, (*path, name))
    return found


# -- help


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_command_has_help_and_stands_in_the_readme(run: Run, path: tuple[str, ...]) -> None:
    result = run(*path, "--help")
    assert result.code == 0
    assert len(result.out.splitlines()) > 4
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("\\|", "|")
    group, *rest = path
    # as in `export claims [-o FILE]` or `neo4j start|stop|status`
    named = rf"`{group} (\w+\|)*{rest[0]}\b" if rest else rf"`{group}\b"
    assert re.search(named, readme)


def test_the_readme_shows_what_comes_out(run: Run) -> None:
    assert run("demo").code == 0
    shown = re.findall(r"```console\n\$ keiretsu (.*)\n((?s:.*?))```", (ROOT / "README.md").read_text(encoding="utf-8"))
    assert len(shown) > 1
    for command, answer in shown:
        result = run(*shlex.split(command, comments=True), "--format", "table")
        assert result.out.split() == answer.split(), command


def test_help_imports_neither_networkx_nor_neo4j() -> None:
    code = "import sys, keiretsu; code = keiretsu.run(sys.argv[1:]); print(*sys.modules); sys.exit(code)"
    for path in [(), *commands()]:
        done = subprocess.run(
            [sys.executable, "-c", code, *path, "--help"], capture_output=True, text=True, cwd=ROOT, check=True
        )
        loaded = set(done.stdout.splitlines()[-1].split())
        assert not loaded & {"networkx", "neo4j", "pydantic", "rich"}, path


def test_choices_are_those_of_the_modules_that_are_not_imported_for_them() -> None:
    assert output.FORMATS == keiretsu._FORMATS
    assert diff.AXES == keiretsu._AXES
    assert VERDICTS == keiretsu._VERDICTS
    assert ("claims", *export.FORMATS) == keiretsu._EXPORTS
    assert keiretsu._LIKELY == reading.DEFAULT_CONFIDENCE


def test_wrong_use_ends_with_2(run: Run) -> None:
    for arguments in (
        ["nonsense"],
        ["load"],
        ["why", "A"],
        ["query"],
        ["query", "--param", "x", "RETURN 1"],
        ["judge", "a", "b"],
        ["query", "RETURN 1", "--limit", "0"],
        ["query", "RETURN 1", "--timeout", "0"],
        ["query", "RETURN 1", "--timeout", "inf"],
        ["show", "a", "--limit", "-1"],
        ["find", "a", "--limit", "0"],
        ["neo4j", "logs", "--lines", "0"],
        ["query", "RETURN 1", "--param", "x=" + "[" * 100_000],
        ["copy", "graph.db", "./graph.db"],
        ["copy", "bolt://Example.org", "neo4j://example.org:7687/"],
        ["extract", "a.json", "--out", "."],
        ["load", "a.json", "--rejects", "./a.json"],
        ["load", "a.json", "--aside", "./a.json"],
        ["load", "a.json", "--aside", "b.jsonl", "--rejects", "./b.jsonl"],
        ["load", "a.json", "--min-confidence", "1.1"],
        ["load", "a.json", "--min-confidence", "nan"],
        ["evaluate", "a.json", "--extracted", ".", "--min-confidence", "0.9"],
        ["extract", "a.json"],
        ["extract", "a.json", "--out", "out", "--format", "json"],
        ["extract", "a.json", "--out", "out", "--aside", "out/a.json"],
    ):
        result = run(*arguments)
        assert (result.code, result.out) == (2, ""), arguments
        assert result.err


# -- from nothing to an answer


def test_the_demo_loads_its_articles_and_says_what_to_try(run: Run) -> None:
    result = run("demo")
    assert result.code == 0
    assert Path("demo.db").exists()
    assert {"subject": "NVIDIA", "relation": "PRODUCES", "object": "H20"}.items() <= {
        (k, v)
        for row in result.rows
        for k, v in row.items()
        if row["object"] == "H20" and row["relation"] == "PRODUCES"
    }
    tries = re.findall(r"^  keiretsu (.*--store .*)$", result.err, re.MULTILINE)
    assert len(tries) == 4
    for line in tries:
        tried = run(*shlex.split(line))
        assert tried.rows or "demo.html: " in tried.err, line
    assert run("demo").code == 0, "and once more"
    assert run("check", "--store", "demo.db").code == 0


def test_an_article_is_loaded_asked_and_retracted(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    loaded = run("load", "a.txt", "--publisher", "Mine")
    assert (loaded.code, loaded.out) == (0, "")
    assert "1 documents (0 known before)" in loaded.err
    assert "0 documents (1 known before)" in run("load", "a.txt", "--publisher", "Mine").err
    (row,) = run("why", "NVIDIA", "produces", "B200").rows
    assert (row["publisher"], row["published"]) == ("Mine", "2024-09-30"), "what the user says wins"
    assert ARTICLE[row["start"] : row["end"]] == row["evidence"] == "Nvidia unveiled the B200 in March."
    assert [r["object"] for r in run("show", "nvidia").rows] == ["B200"]
    assert run("find", "英伟达").rows[0]["name"] == "NVIDIA"
    (document,) = run("query", "--named", "documents").rows
    assert run("retract", str(document["document"])[:8]).code == 0
    assert run("info").rows[0]["claim"] == 0


def test_rows_come_in_four_forms(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt")
    query = ["query", "MATCH (f:Firm)-[:PRODUCES]->(c:Chip) RETURN f.name AS firm, c.name AS chip"]
    assert run(*query).out == '{"firm": "NVIDIA", "chip": "B200"}\n'
    assert json.loads(run(*query, "--format", "json").out) == [{"firm": "NVIDIA", "chip": "B200"}]
    assert run(*query, "--format", "csv").out == "firm,chip\nNVIDIA,B200\n"
    assert re.search("NVIDIA +B200", run(*query, "--format", "table").out)
    assert "“Nvidia unveiled the B200 in March.”" in run("show", "NVIDIA", "--format", "table").out


def test_a_terminal_is_not_given_escape_sequences_of_a_text(run: Run) -> None:
    Path("a.jsonl").write_text(lines(extraction(note("Evil \x1b[31mred\u202e", "OWNS", "Beta"))), encoding="utf-8")
    run("load", "a.jsonl")
    shown = run("show", "Beta", "--format", "table").out
    assert "\x1b[31m" not in shown
    assert "\u202e" not in shown


def test_what_is_told_besides_holds_no_escape_sequences_either(run: Run) -> None:
    evil = "Evil\x1b[31m\x1b]0;title\x07"
    made = claims.dump(extraction(note(evil, "OWNS", "Beta"), title=evil))
    made["entities"] = sorted(made["entities"], key=lambda entity: entity["name"] != evil)
    made["entities"][0]["aliases"] = ["Alias\x1b]0;x\x07"]
    made["claims"].append({**made["claims"][0], "object": evil + "x"})
    Path("a.json").write_text(json.dumps(made), encoding="utf-8")
    told = [run("load", "a.json"), run("show", "Evil"), run("show", evil), run("retract", evil)]
    assert ["Rejected" in told[0].err, "near: " in told[1].err, "also: " in told[2].err] == [True] * 3
    assert "Retracted" in told[3].err
    assert not {"\x1b", "\x07"} & set("".join(result.err for result in told))


def test_the_store_is_named_by_option_or_environment_which_is_said(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.jsonl").write_text(lines(article(1)), encoding="utf-8")
    monkeypatch.setenv("NEO4J_URI", "third.db")
    monkeypatch.setenv("KEIRETSU_STORE", "second.db")
    assert "Loaded into first.db" in run("load", "a.jsonl", "--store", "first.db").err
    assert "Store: second.db (from KEIRETSU_STORE)" in run("load", "a.jsonl").err
    monkeypatch.setenv("KEIRETSU_STORE", "me@home.db")
    assert "Store: me@home.db (from KEIRETSU_STORE)" in run("load", "a.jsonl").err
    monkeypatch.delenv("KEIRETSU_STORE")
    assert "Store: third.db (from NEO4J_URI)" in run("load", "a.jsonl").err
    monkeypatch.setenv("NEO4J_URI", "bolt://me:se@cret@127.0.0.1:9")
    told = run("load", "a.jsonl").err
    assert "Store: bolt://127.0.0.1:9 (from NEO4J_URI)" in told
    assert "cret" not in told


def test_reading_makes_no_store(run: Run) -> None:
    for arguments in (["show", "A"], ["why", "A", "B"], ["find", "A"], ["info"], ["digest"], ["check"], ["judgements"]):
        result = run(*arguments)
        assert result.code == 1, arguments
        assert "no graph at graph.db; `keiretsu load` makes one" in result.err
    assert list(Path().iterdir()) == []


# -- extract, export, copy


def test_extract_writes_the_gold_form_and_stores_nothing(run: Run) -> None:
    Path("one.txt").write_text(ARTICLE, encoding="utf-8")
    Path("two.txt").write_text(f"News\n{ARTICLE}News\n{ARTICLE}", encoding="utf-8")
    assert run("extract", "one.txt", "two.txt", "--out", "out").code == 0
    one, two = (json.loads(Path(f"out/{name}.json").read_text(encoding="utf-8")) for name in ("one", "two"))
    assert {"subject", "relation", "object", "qualifiers", "modality", "attribution", "date", "evidence"} <= one[
        "claims"
    ][0].keys()
    assert len(two["documents"]) == 2
    assert not Path("graph.db").exists()
    assert run("load", "one.txt").code == run("load", "out/one.json", "--store", "other.db").code == 0
    assert run("digest").out == run("digest", "--store", "other.db").out, "what was extracted can be loaded"


def test_extract_refuses_two_files_of_one_name(run: Run) -> None:
    assert run("extract", "a/x.txt", "b/x.txt", "--out", "out").code == 2


def test_extract_keeps_what_it_refused_and_goes_on_on_demand(run: Run) -> None:
    bad = claims.dump(extraction(note("Acme", "OWNS", "Beta")))
    bad["claims"][0]["relation"] = "OWN"
    Path("bad.json").write_text(json.dumps(bad), encoding="utf-8")
    Path("binary.txt").write_bytes(b"\0" * 50)
    Path("one.txt").write_text(ARTICLE, encoding="utf-8")
    files = ["bad.json", "binary.txt", "none.txt", "one.txt"]
    result = run("extract", *files, "--out", "out", "--rejects", "rejects.jsonl")
    assert result.code == 3
    assert result.err.splitlines()[-1].startswith("Error: binary.txt: ")
    assert "Rejected 1: unknown_relation 1" in result.err
    assert [path.name for path in Path("out").iterdir()] == ["bad.json"]
    assert json.loads(Path("rejects.jsonl").read_text(encoding="utf-8"))["code"] == "unknown_relation"
    result = run("extract", *files, "--out", "out", "--keep-going")
    assert result.code == 3
    assert "2 parts could not be read" in result.err
    assert sorted(path.name for path in Path("out").iterdir()) == ["bad.json", "one.json"]


def test_a_file_is_replaced_only_by_a_whole_one(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("a.jsonl").write_text(lines(*map(article, range(5))), encoding="utf-8")
    run("load", "a.jsonl")
    Path("all.jsonl").write_text("earlier", encoding="utf-8")
    Path("all.jsonl").chmod(0o600)
    Path("link.jsonl").symlink_to("all.jsonl")
    line = claims.line
    written: list[Extraction] = []

    def failing(made: Extraction) -> str:
        if len(written) == 3:
            raise StoreError("gone")
        written.append(made)
        return line(made)

    monkeypatch.setattr(claims, "line", failing)
    assert run("export", "claims", "-o", "all.jsonl").code == 3
    assert Path("all.jsonl").read_text(encoding="utf-8") == "earlier"
    assert not Path("all.jsonl.part").exists()
    monkeypatch.setattr(claims, "line", line)
    assert run("export", "claims", "-o", "link.jsonl").code == 0
    assert Path("all.jsonl").read_text(encoding="utf-8") == run("export", "claims").out
    assert Path("all.jsonl").stat().st_mode & 0o777 == 0o600
    assert Path("link.jsonl").is_symlink()
    assert run("export", "claims", "-o", "/dev/null").code == 0
    assert Path("/dev/null").is_char_device()


def test_export_and_load_give_the_same_graph(run: Run) -> None:
    Path("a.jsonl").write_text(lines(*map(article, range(5))), encoding="utf-8")
    run("load", "a.jsonl")
    assert run("export", "claims", "-o", "all.jsonl").code == 0
    assert run("export", "claims").out == Path("all.jsonl").read_text(encoding="utf-8")
    run("load", "all.jsonl", "--store", "b.db")
    assert run("digest").out == run("digest", "--store", "b.db").out
    assert run("copy", "graph.db", "c.db").code == 0
    assert run("digest").out == run("digest", "--store", "c.db").out


def test_every_format_is_written_with_a_manifest_and_tells_what_it_leaves_out(run: Run) -> None:
    Path("a.jsonl").write_text(lines(*map(article, range(5))), encoding="utf-8")
    run("load", "a.jsonl")
    run("judge", "Firm 1", "Firm 2", "same", "--why", "one")
    for format in keiretsu._EXPORTS:
        result = run("export", format, "-o", f"out/{format}")
        assert result.code == 0, result.err
        found = [Path(f"out/{format}.manifest.json"), Path(f"out/{format}/manifest.json")]
        (manifest,) = (json.loads(path.read_text(encoding="utf-8")) for path in found if path.exists())
        assert manifest["digest"] == run("digest").out.strip()
        told = [f"Not in {format}: {count} {what}" for what, count in manifest["left_out"].items()]
        assert result.err.splitlines() == told
        assert bool(told) == (format in ("claims", "gexf", "ftm", "jsonld")), format
    run("judgements", "-o", "judgements.jsonl")
    run("load", "out/claims", "--loader", "claims", "--store", "b.db")
    run("judgements", "--read", "judgements.jsonl", "--store", "b.db")
    assert run("digest", "--store", "b.db").out == run("digest").out


def test_wrong_use_of_export_says_what_is_right(run: Run) -> None:
    Path("a.jsonl").write_text(lines(article(1)), encoding="utf-8")
    run("load", "a.jsonl")
    for arguments, code, said in (
        (["xls", "-o", "x"], 2, "'graphml'"),
        (["gexf"], 2, "-o PATH"),
        (["gexf", "--excel", "-o", "x"], 2, "--excel is for csv"),
        (["csv", "-o", "a.jsonl"], 3, "no empty folder"),
        (["csv", "-o", "a.jsonl/x"], 3, "a.jsonl"),
        (["gexf", "-o", "x", "--date", "soon"], 3, "'soon'"),
    ):
        result = run("export", *arguments)
        assert result.code == code, result.err
        assert said in result.err
    assert sorted(path.name for path in Path().iterdir() if not path.name.startswith("graph.db")) == ["a.jsonl"]


def test_standard_input_is_loaded(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import io

    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(lines(article(1)).encode())))
    assert run("load", "-").code == 0
    assert run("info").rows[0]["document"] == 1


# -- put aside


def test_a_doubtful_claim_is_put_aside_and_told_but_no_fault(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    proposed = set()
    for least in ("0", "0.5", "1"):
        told = run("load", "a.txt", "--dry-run", "--min-confidence", least)
        (numbers,) = re.findall(r"with (\d+) claims; (\d+) rejected, (\d+) doubtful", told.err)
        proposed.add(sum(map(int, numbers)))
        assert (told.code, numbers[1]) == (0, "0")
    assert len(proposed) == 1, "accepted + rejected + doubtful = proposed"
    (count,) = proposed
    for arguments in (["load", "a.txt"], ["extract", "a.txt", "--out", "out"]):
        result = run(*arguments, "--min-confidence", "1", "--rejects", "rejects.jsonl")
        assert result.code == 0
        assert f"Put aside {count} doubtful claims (below 1; --min-confidence)" in result.err
        assert "Rejected" not in result.err
        assert Path("rejects.jsonl").read_text(encoding="utf-8") == ""
    assert run("info").rows[0]["claim"] == 0
    assert json.loads(Path("out/a.json").read_text(encoding="utf-8"))["claims"] == []


def test_claims_from_a_file_keep_whatever_confidence_they_have(run: Run) -> None:
    Path("a.jsonl").write_text(lines(extraction(note("Acme", "OWNS", "Beta", confidence=0.01))), encoding="utf-8")
    result = run("load", "a.jsonl", "--min-confidence", "1")
    assert (result.code, "doubtful" in result.err) == (0, False)
    assert run("info").rows[0]["claim"] == 1


def test_an_evaluation_is_of_what_is_likely_enough(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("extract", "a.txt", "--out", ".", "--min-confidence", "0")
    figures = [run("evaluate", "a.json", "--min-confidence", least) for least in ("0", "1")]
    assert [result.code for result in figures] == [0, 0]
    assert ["Put aside" in result.err for result in figures] == [False, True]
    assert [result.rows[0]["recall"] for result in figures] == [1, 0]


def test_what_was_put_aside_can_be_loaded_and_is_then_as_if_it_never_was(run: Run) -> None:
    other = ARTICLE.replace("Nvidia unveiled the B200", "AMD unveiled the MI350")
    Path("a.txt").write_text(f"News\n{ARTICLE}News\n{other}", encoding="utf-8")
    run("load", "a.txt", "--min-confidence", "0", "--store", "all.db")
    run("load", "a.txt", "--min-confidence", "1", "--aside", "aside.jsonl")
    assert len(Path("aside.jsonl").read_text(encoding="utf-8").splitlines()) == 2
    assert run("digest").out != run("digest", "--store", "all.db").out
    assert run("load", "aside.jsonl").code == 0
    assert run("digest").out == run("digest", "--store", "all.db").out
    assert "0 documents (2 known before), 0 claims" in run("load", "aside.jsonl").err
    run("extract", "a.txt", "--out", "out", "--min-confidence", "1", "--aside", "second.jsonl")
    assert Path("second.jsonl").read_text(encoding="utf-8") == Path("aside.jsonl").read_text(encoding="utf-8")


def aside(file: str) -> dict[str, Any]:
    (line,) = Path(file).read_text(encoding="utf-8").splitlines()
    return dict(json.loads(line))


def test_what_was_refused_can_be_put_right_by_hand_and_loaded(run: Run) -> None:
    notes = [note("Acme", "OWNS", name) for name in ("Beta", "Gamma", "Delta")]
    made = claims.dump(extraction(*notes, title="Deals", publisher="P", published="2024-09"))
    made["claims"][0] |= {"relation": "OWN", "method": "mine/1", "confidence": 0.3}
    made["claims"][1] |= {"date": "2024-13"}
    made["entities"][2]["label"] = "Company"
    Path("a.json").write_text(json.dumps(made), encoding="utf-8")
    assert run("load", "a.json", "--aside", "aside.jsonl").code == 3
    found = aside("aside.jsonl")
    assert (found["title"], found["publisher"], found["published"]) == ("Deals", "P", "2024-09")
    reasons = [part["aside"].partition(":")[0] for part in (*found["entities"], *found["claims"]) if "aside" in part]
    assert reasons == ["unknown_label", "unknown_relation", "bad_date", "unknown_entity"]
    assert "start" not in found["claims"][0], "where the evidence stands is found again"
    found["claims"][0]["relation"] = "OWNS"
    found["entities"][-1]["label"] = "Firm"
    Path("right.jsonl").write_text(json.dumps(found) + "\n", encoding="utf-8")
    result = run("load", "right.jsonl", "--aside", "aside.jsonl")
    assert result.code == 3, "one is as wrong as it was"
    assert "0 documents (1 known before), 2 claims (0 known before)" in result.err
    assert "Rejected 1: bad_date 1" in result.err
    assert [claim["object"] for claim in aside("aside.jsonl")["claims"]] == ["Gamma"]
    (document,) = run("export", "claims").rows
    (put_right,) = [claim for claim in document["claims"] if claim["object"] == "Beta"]
    assert (put_right["method"], put_right["confidence"]) == ("mine/1", 0.3), "they stay what they were"
    digest = run("digest").out
    assert "2 known before" in run("load", "right.jsonl").err
    assert run("digest").out == digest


def test_whatever_was_refused_can_be_put_aside_again_and_again(run: Run) -> None:
    made = claims.dump(extraction(note("Acme", "OWNS", "Beta")))
    items = ['{"subject": "\\ud800"}', '{"subject": NaN}', '{"subject": ' + "[" * 800 + "]" * 800 + "}", "null", "[1]"]
    Path("a.json").write_text(json.dumps(made).replace('"claims": [', f'"claims": [{", ".join(items)}, '), "utf-8")
    assert "Rejected 5: " in run("load", "a.json", "--aside", "b.jsonl").err
    assert "Rejected 5: " in run("load", "b.jsonl", "--aside", "c.jsonl").err
    assert len(aside("c.jsonl")["claims"]) == 5


def test_nothing_put_aside_is_an_empty_file(run: Run) -> None:
    Path("a.jsonl").write_text(lines(article(1)), encoding="utf-8")
    assert run("load", "a.jsonl", "--aside", "aside.jsonl").code == 0
    assert Path("aside.jsonl").read_text(encoding="utf-8") == ""
    assert run("load", "aside.jsonl").code == 0


# -- explained


def test_what_is_extracted_is_explained_and_nothing_written(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    result = run("extract", "a.txt", "--explain", "--min-confidence", "0")
    assert result.code == 0
    assert [path.name for path in Path().iterdir()] == ["a.txt"]
    assert result.out.startswith("Acme Wins an Order — Silicon Ledger, 2024-09-30\n\nNVIDIA PRODUCES B200")
    assert "rule launches" in result.out
    assert "doubtful" not in result.out
    assert run("extract", "a.txt", "--explain", "--min-confidence", "0").out == result.out
    doubtful = run("extract", "a.txt", "--explain", "--min-confidence", "1", "--format", "jsonl").rows
    assert doubtful
    assert all(row["doubt"] == f"confidence {row['confidence']:g} is below 1" for row in doubtful)
    written = run("extract", "a.txt", "--explain", "--min-confidence", "0", "--out", "out")
    assert (written.code, written.out) == (0, result.out)
    assert len(json.loads(Path("out/a.json").read_text(encoding="utf-8"))["claims"]) == len(doubtful)


def test_an_explanation_holds_no_escape_sequences(run: Run) -> None:
    evil = "Evil\x1b[31m"
    Path("a.jsonl").write_text(lines(extraction(note(evil, "OWNS", "Beta"), title=evil)), encoding="utf-8")
    for more in ([], ["--format", "jsonl"]):
        result = run("extract", "a.jsonl", "--explain", *more)
        assert result.code == 0
        assert "Evil" in result.out
        assert "\x1b" not in result.out


# -- judgements


def test_judgements_are_kept_in_a_file_and_read_back(run: Run) -> None:
    Path("a.jsonl").write_text(
        lines(extraction(note("Biren", "OWNS", "Beta"), note("Biren Tech", "OWNS", "C"))), encoding="utf-8"
    )
    run("load", "a.jsonl")
    before = run("digest").out
    assert run("judge", "Biren", "Biren Tech", "same", "--why", "short form", "--by", "me").code == 0
    (row,) = run("judgements").rows
    assert (row["a"], row["b"], row["verdict"], row["why"], row["by"]) == (
        "Biren",
        "Biren Tech",
        "same",
        "short form",
        "me",
    )
    assert {r["object"] for r in run("show", "Biren Tech").rows} == {"Beta", "C"}
    judged = run("digest").out
    assert run("judgements", "-o", "judgements.jsonl").code == 0
    assert run("judge", "Biren", "Biren Tech", "--take-back").code == 0
    assert run("digest").out == before
    assert "1 judgements new or changed" in run("judgements", "--read", "judgements.jsonl").err
    assert run("digest").out == judged
    Path("bad.jsonl").write_text(
        '{"label": "Firm", "a": "A", "b": "B", "verdict": "maybe", "at": "2024"}\n', encoding="utf-8"
    )
    result = run("judgements", "--read", "bad.jsonl")
    assert result.code == 3
    assert "bad.jsonl:1: a judgement that cannot be" in result.err


# -- what goes wrong


def test_a_missing_file_is_told(run: Run) -> None:
    result = run("load", "none.txt")
    assert (result.code, result.err) == (3, "Error: none.txt: No such file or directory\n")


def test_what_was_read_before_a_fault_is_kept_and_told(run: Run) -> None:
    bad = claims.dump(article(1))
    bad["claims"][0]["relation"] = "OWN"
    Path("good.jsonl").write_text(json.dumps(bad) + "\n" + lines(article(2)), encoding="utf-8")
    for more in (["--dry-run"], []):
        result = run("load", "good.jsonl", "none.txt", "good.jsonl", "--rejects", "rejects.jsonl", *more)
        assert result.code == 3
        summary, *rejects, error = result.err.splitlines()
        assert re.match("Would load 2 documents" if more else "Loaded into graph.db: 2 documents", summary)
        assert rejects[0] == "Rejected 1: unknown_relation 1"
        assert error == "Error: none.txt: No such file or directory"
        assert len(Path("rejects.jsonl").read_text(encoding="utf-8").splitlines()) == 1
    assert run("info").rows[0]["document"] == 2


def test_a_store_that_fails_in_a_load_leaves_what_was_known_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.store.BATCH_ROWS", 1)
    add = change.add
    batches: list[Sequence[Extraction]] = []

    def failing(elements: Elements, batch: Sequence[Extraction]) -> Loaded:
        if len(batches) == 2:
            raise StoreError("the disk is gone")
        batches.append(batch)
        return add(elements, batch)

    monkeypatch.setattr(change, "add", failing)
    Path("a.jsonl").write_text(lines(*map(article, range(5))), encoding="utf-8")
    result = run("load", "a.jsonl")
    assert result.code == 3
    assert "Loaded into graph.db: 2 documents" in result.err
    assert result.err.endswith("Error: the disk is gone\n")


def test_any_reject_can_be_kept_in_a_file(run: Run) -> None:
    made = claims.dump(extraction(note("Acme", "OWNS", "Beta")))
    items = ['{"subject": "\\ud800"}', '{"subject": NaN}', '{"subject": ' + "[" * 800 + "]" * 800 + "}"]
    Path("a.json").write_text(json.dumps(made).replace('"claims": [', f'"claims": [{", ".join(items)}, '), "utf-8")
    result = run("load", "a.json", "--rejects", "rejects.jsonl")
    assert result.code == 3
    assert "Rejected 3: " in result.err
    rejects = [json.loads(line) for line in Path("rejects.jsonl").read_text(encoding="ascii").splitlines()]
    assert [rejects[0]["item"], rejects[1]["item"]] == [{"subject": "\ud800"}, "{'subject': nan}"]
    assert rejects[2]["item"]
    assert run("info").rows[0]["claim"] == 1


def test_a_binary_file_and_broken_utf_8_are_told(run: Run) -> None:
    Path("a.txt").write_bytes(b"MZ\0\0\1\2" * 50)
    assert "no loader knows this kind of file" in run("load", "a.txt").err
    assert "a.txt: a binary file, not text" in run("load", "a.txt", "--loader", "article").err
    Path("b.txt").write_bytes("Süd\nköln\n".encode("latin-1"))
    result = run("load", "b.txt", "--loader", "article")
    assert result.code == 3
    assert "b.txt:1: not UTF-8 at byte 1" in result.err


def test_a_line_cut_off_is_told_and_the_others_are_loaded_on_demand(run: Run) -> None:
    whole = lines(article(1)), lines(article(2)), lines(article(3))
    Path("a.jsonl").write_text(whole[0] + whole[1][:200] + "\n" + whole[2], encoding="utf-8")
    result = run("load", "a.jsonl")
    assert result.code == 3
    assert "a.jsonl:2: not JSON" in result.err
    result = run("load", "a.jsonl", "--keep-going")
    assert result.code == 3, "but it is not forgotten"
    assert "a.jsonl:2: not JSON" in result.err
    assert "1 parts could not be read" in result.err
    assert run("info").rows[0]["document"] == 2


def test_keep_going_leaves_out_files_too(run: Run) -> None:
    Path("a.jsonl").write_text(lines(article(1)), encoding="utf-8")
    assert run("load", "none.txt", "a.jsonl", "--keep-going").code == 3
    assert run("info").rows[0]["document"] == 1


def test_what_is_rejected_is_told_by_reason_and_kept_in_a_file(run: Run) -> None:
    good = claims.dump(extraction(note("Acme", "OWNS", "Beta"), note("Acme", "BUYS", "chip X")))
    good["claims"][0]["relation"] = "OWN"
    Path("a.json").write_text(json.dumps(good), encoding="utf-8")
    result = run("load", "a.json", "--rejects", "rejects.jsonl")
    assert result.code == 3
    assert "1 claims (0 known" in result.err
    assert "Rejected 1: unknown_relation 1" in result.err
    (reject,) = map(json.loads, Path("rejects.jsonl").read_text(encoding="utf-8").splitlines())
    assert (reject["code"], reject["item"]["relation"]) == ("unknown_relation", "OWN")


def test_a_dry_run_stores_nothing(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    result = run("load", "a.txt", "--dry-run")
    assert result.code == 0
    assert "Would load 1 documents with 2 claims; 0 rejected" in result.err
    assert not Path("graph.db").exists()


def test_a_wrong_publication_date_is_told(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    result = run("load", "a.txt", "--published", "2024-13-01")
    assert result.code == 3
    assert "a.txt: published: '2024-13-01' is no date" in result.err


def test_an_unknown_loader_query_and_parameter_are_told(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    assert "no loader 'docx'; known: claims, pdf, feed, html, article" in run("load", "a.txt", "--loader", "docx").err
    run("load", "a.txt")
    assert run("query", "--named", "none").code == 1
    result = run("query", "--named", "rivals")
    assert (result.code, result.err) == (
        2,
        "Error: query rivals needs parameter firm (name): of the firm\n",
    )
    assert "has no parameter x; known: firm, as_of, known_by" in run("query", "--named", "rivals", "--param", "x=1").err
    assert (
        "limit is 'many', not of type integer" in run("query", "--named", "single-source", "--param", "limit=many").err
    )


def test_an_empty_answer_says_so(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt")
    result = run("query", "--named", "rivals", "--param", "firm=NVIDIA")
    assert (result.code, result.out, result.err) == (0, "", "Nothing found\n")


def test_a_query_about_an_unknown_name_offers_its_neighbours(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt")
    result = run("query", "--named", "rivals", "--param", "firm=Nvidea")
    assert (result.code, result.out) == (1, "")
    assert re.fullmatch(r"Error: no entity 'Nvidea' in .*; near: NVIDIA.*\n", result.err)


def test_a_query_of_the_library_is_documented(run: Run) -> None:
    page = run("query", "--named", "sanctions", "--help")
    assert page.code == 0
    for part in (
        "Measures of public authorities",
        "as_of=",
        "evidence",
        "keiretsu query --named sanctions --param name",
    ):
        assert part in page.out
    assert run("query", "--help", "--named=sanctions").out == page.out
    assert run("query", "--named", "none", "--help").code == 1
    assert run("query", "--named", "rivalz").err == "Error: no query 'rivalz'; near: rivals\n"
    listed = run("query", "--list")
    assert {"group": "sanctions", "query": "sanctions"}.items() <= next(
        row for row in listed.rows if row["query"] == "sanctions"
    ).items()
    assert "as_of" in listed.err


def test_a_mistake_in_cypher_is_shown_at_its_place(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt")
    result = run("query", "MATCH (n:Firm)\nRETURN n.name AS a, foo(n) AS b")
    assert result.code == 2
    assert result.err.splitlines()[1:] == ["  RETURN n.name AS a, foo(n) AS b", " " * 22 + "^"]
    long = "RETURN " + "1 + " * 100 + "foo(1) + " + "1 + " * 100 + "1"
    _, line, mark = run("query", long).err.splitlines()
    assert len(line) < 110
    assert line[mark.index("^") :].startswith("foo(1)")


def test_a_difference_between_two_dates_is_shown(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt", "--published", "2024-06-30")
    assert {row["change"] for row in run("diff", "2024-05", "2024-06").rows} == {"appeared"}
    result = run("diff", "2024-07", "2024-08")
    assert (result.code, result.out, result.err) == (0, "", "Nothing changed between 2024-07 and 2024-08\n")
    assert run("diff", "2024-07", "2024-06").code == 2
    assert run("diff", "soon", "2024-06").code == 2
    assert run("diff", "2024", "2025", "--by", "rumor").code == 2


def test_a_cut_answer_says_so(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt")
    result = run("query", "MATCH (n:Entity) RETURN n.name AS name ORDER BY name", "--limit", "2")
    assert len(result.rows) == 2
    assert "Only the first 2 rows; --limit shows more" in result.err
    result = run("query", "--named", "single-source", "--param", "limit=1")
    assert len(result.rows) == 1
    assert result.err == "Only the first 1 rows; --param limit=N shows more\n"
    assert "--limit shows more" in run("query", "--named", "single-source", "--limit", "1").err
    assert "Only the first 1 rows; --limit shows more" in run("find", "a", "--limit", "1").err


def test_writing_by_cypher_is_refused(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt")
    result = run("query", "MATCH (n) DETACH DELETE n")
    assert (result.code, result.out) == (2, "")
    assert run("info").rows[0]["entity"] > 0


def test_an_unknown_name_ends_with_1_and_offers_its_neighbours(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt")
    result = run("show", "Nvdia")
    assert result.code == 1
    assert "near: NVIDIA" in result.err
    assert run("find", "qqqqqq").code == 1
    assert run("why", "NVIDIA", "OWNS", "B200").err.startswith(
        "Error: nothing says NVIDIA OWNS B200; what joins them is PRODUCES"
    )
    assert run("why", "NVIDIA", "OWN", "B200").code == 2


def test_a_server_that_is_down_ends_with_4(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEO4J_PASSWORD", "secret")
    result = run("info", "--store", "bolt://127.0.0.1:9")
    assert result.code == 4
    assert len(result.err.splitlines()) <= 3
    assert "secret" not in result.err


def test_an_unexpected_fault_ends_with_5_and_has_no_traceback(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("graph.store.Store.info", lambda self: 1 / 0)
    run("demo", "--store", "graph.db")
    result = run("info")
    assert result.code == 5
    assert "Traceback" not in result.err
    with pytest.raises(ZeroDivisionError):
        run("info", "--debug")


def test_debug_after_two_dashes_is_an_argument(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt")
    assert "no entity '--debug' in graph.db" in run("show", "--", "--debug").err


def test_a_local_server_that_is_not_there_ends_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KEIRETSU_HOME", "home")
    for command in ("status", "stop", "env", "logs"):
        assert run("neo4j", command, "--name", "none").code == 1, command


# -- as a process


def process(*arguments: str, **more: object) -> "subprocess.Popen[bytes]":
    code = "import keiretsu; keiretsu.main()"
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=environment, **more)  # type: ignore[call-overload,no-any-return]


def test_a_reader_that_has_enough_ends_it_quietly(run: Run) -> None:
    Path("a.jsonl").write_text(lines(*map(article, range(2000))), encoding="utf-8")
    run("load", "a.jsonl")
    with process("export", "claims", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as export:
        assert export.stdout
        assert export.stderr
        export.stdout.read(100)
        export.stdout.close()
        assert export.stderr.read() == b""
        assert export.wait(30) == 0


def test_an_interrupted_load_leaves_whole_documents_and_tells_how_many(run: Run) -> None:
    import signal

    Path("a.jsonl").write_text(lines(*map(article, range(20_000))), encoding="utf-8")
    Path("graph.db").touch()
    with process("load", "a.jsonl", stderr=subprocess.PIPE) as load:
        with open_store("graph.db") as store:
            while not store.count("document"):  # some five transactions make up the whole
                assert load.poll() is None
                time.sleep(0.01)
        time.sleep(0.2)  # it has heard of it too
        load.send_signal(signal.SIGINT)
        assert load.stderr
        told = load.stderr.read().decode()
        assert load.wait(60) == 130
    assert "Traceback" not in told
    kept = run("info").rows[0]["document"]
    assert 0 < kept < 20_000
    assert f"Loaded into graph.db: {kept} documents" in told
    assert run("check").code == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="Linux has a device that is always full")
def test_a_full_disk_under_standard_output_is_told(run: Run) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    run("load", "a.txt")
    for arguments in (["digest"], ["show", "NVIDIA"], ["export", "claims"], ["info", "--format", "table"], ["--help"]):
        with Path("/dev/full").open("w") as full, process(*arguments, stdout=full, stderr=subprocess.PIPE) as done:
            assert done.stderr
            told = done.stderr.read().decode().splitlines()
            assert (done.wait(30), told[-1:]) == (3, ["Error: standard output: No space left on device"]), arguments
    with Path("/dev/full").open("w") as full, process("load", "a.txt", stderr=full) as done:
        assert done.wait(30) == 0, "what cannot be told stops nothing"


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_closed_standard_streams_do_no_harm(run: Run, closed: str) -> None:
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    command = f"{shlex.quote(sys.executable)} -c 'import keiretsu; keiretsu.main()'"
    for arguments in ("load a.txt", "digest"):
        done = subprocess.run(
            ["sh", "-c", f"{command} {arguments} {closed}"],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        assert "Traceback" not in done.stderr
    assert run("check").code == 0
    assert run("info").rows[0]["document"] == 1


# -- on a server


def test_the_commands_work_alike_on_a_server(run: Run, server: str) -> None:
    with open_store(server) as store:
        empty(store)
    Path("a.txt").write_text(ARTICLE, encoding="utf-8")
    outputs = []
    for uri in ("graph.db", server):
        found = [run("load", "a.txt", "--store", uri).out]
        for arguments in (
            ["show", "NVIDIA"],
            ["why", "NVIDIA", "B200"],
            ["find", "nvidia"],
            ["query", "--named", "rivals", "--param", "firm=AMD"],
            ["query", "--named", "single-source"],
            ["digest"],
            ["judge", "AMD", "Intel", "different", "--why", "rivals"],
            ["digest"],
            ["check"],
        ):
            result = run(*arguments, "--store", uri)
            assert result.code == 0, result.err
            found.append(result.out)
        outputs.append(found)
    assert outputs[0] == outputs[1]


def test_a_server_without_a_graph_is_told(run: Run, server: str) -> None:
    import neo4j

    from graph import login

    with open_store(server) as store:
        empty(store)
    with neo4j.GraphDatabase.driver(server, auth=login.credentials(server)) as driver:
        driver.execute_query("MATCH (k:Keiretsu) DETACH DELETE k")
    result = run("info", "--store", server)
    assert result.code == 1
    assert "no graph in the database" in result.err
    with open_store(server):
        pass
