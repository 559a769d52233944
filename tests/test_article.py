"""The article loader: reader, claims, evidence, frames, figures."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from graph.door import admit, parted
from graph.errors import SourceError
from graph.model import Extraction
from loaders import article, frames, gazetteer, modality, prose, reading, rules
from loaders.source import Source

ROOT = Path(__file__).parent.parent
SAMPLES = sorted((ROOT / "loaders" / "data" / "samples").glob("*.txt"))
GOLD = ROOT / "tests" / "data"
SHARED = ROOT.parent / "shared" / "corpus"

Fact = tuple[str, str, str]


def source(text: str, name: str = "a.txt", **details: str) -> Source:
    return Source(name, text.encode(), details=details)


def read(text: str, **details: str) -> Extraction:
    (only,) = article.load(source(text, **details))
    return only


def ruled(text: str, **details: str) -> Extraction:
    """What rules alone find, whatever the model makes of it."""
    document = source(text).document(text, **details)
    notes = rules.ruled(document, gazetteer.default()).notes
    ends = {(note[end], note[f"{end}_label"]) for note in notes for end in ("subject", "object")}
    return admit(document, [{"name": name, "label": label} for name, label in sorted(ends)], notes, rules.METHOD)


def facts(found: Extraction) -> set[Fact]:
    return {(claim.subject, claim.relation, claim.object) for claim in found.claims}


def wordings(found: Extraction, frame: str) -> list[str]:
    method = f"article/1:{frame}"
    return sorted({f"{c.subject} {c.relation} {c.object}" for c in found.claims if c.method == method})


# --- frames


@pytest.mark.parametrize("frame", frames.default(), ids=lambda frame: frame.name)
def test_a_frame_finds_its_example(frame: frames.Frame) -> None:
    assert wordings(ruled(frame.example), frame.name) == sorted(frame.claims)


@pytest.mark.parametrize("frame", frames.default(), ids=lambda frame: frame.name)
def test_a_frame_leaves_its_counter_example_alone(frame: frames.Frame) -> None:
    assert not wordings(ruled(frame.counter_example), frame.name)


def test_names_of_frames_are_unique() -> None:
    names = [frame.name for frame in frames.default()]
    assert len(names) == len(set(names))


def test_a_broken_frame_is_named() -> None:
    with pytest.raises(SourceError, match=r"mine\.toml: frame 'odd'"):
        frames.read('[[frame]]\nname = "odd"\nrelation = "OWN"\n', "mine.toml")


# --- what is read


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Graphcore was acquired by SoftBank in July.", ("SoftBank Group", "ACQUIRES", "Graphcore")),
        ("SoftBank, which is based in Tokyo, acquired Graphcore.", ("SoftBank Group", "ACQUIRES", "Graphcore")),
        ("SoftBank hired bankers and acquired Graphcore.", ("SoftBank Group", "ACQUIRES", "Graphcore")),
        ("After acquiring Graphcore, SoftBank rested.", ("SoftBank Group", "ACQUIRES", "Graphcore")),
        ("SoftBank grew last year. The company acquired Graphcore.", ("SoftBank Group", "ACQUIRES", "Graphcore")),
        ("SoftBank grew last year. It acquired Graphcore.", ("SoftBank Group", "ACQUIRES", "Graphcore")),
        ("Beijing blacklisted Micron.", ("Chinese government", "SANCTIONS", "Micron")),
        ("The start-up Vastai Systems launched the VA16 chip.", ("Vastai Systems", "PRODUCES", "VA16")),
    ],
)
def test_the_engine_gives_a_verb_its_ends_back(text: str, fact: Fact) -> None:
    assert fact in facts(ruled(text))


def test_an_apposition_with_an_article_is_of_the_last_of_a_list() -> None:
    found = facts(ruled("It paid Micron, Intel and TSMC Arizona, a subsidiary of TSMC."))
    assert found == {("TSMC", "OWNS", "TSMC Arizona")}


def test_a_list_gives_one_claim_per_member() -> None:
    found = facts(ruled("AMD, Intel and Qualcomm compete with Nvidia."))
    assert {(a, r, b) for a, r, b in found if r == "COMPETES_WITH"} == {
        ("AMD", "COMPETES_WITH", "NVIDIA"),
        ("Intel", "COMPETES_WITH", "NVIDIA"),
        ("NVIDIA", "COMPETES_WITH", "Qualcomm"),
    }


@pytest.mark.parametrize(
    ("text", "modality"),
    [
        ("SoftBank acquired Graphcore.", "stated"),
        ("SoftBank has agreed to acquire Graphcore.", "stated"),
        ("SoftBank plans to acquire Graphcore.", "expected"),
        ("SoftBank may acquire Graphcore.", "expected"),
        ("SoftBank reportedly plans to acquire Graphcore.", "rumored"),
        ("SoftBank has acquired Graphcore, people familiar with the matter said.", "rumored"),
        ("SoftBank has not acquired Graphcore.", "denied"),
    ],
)
def test_hedges_are_heard(text: str, modality: str) -> None:
    assert [c.modality for c in ruled(text).claims if c.relation == "ACQUIRES"] == [modality]


@pytest.mark.parametrize(
    "text",
    [
        "According to Reuters, Tencent ordered the H20.",
        "Tencent ordered the H20, Reuters reported.",
        "Reuters reported that Tencent ordered the H20.",
    ],
)
def test_claims_are_credited(text: str) -> None:
    assert [c.attribution for c in ruled(text).claims if c.relation == "BUYS"] == [("Reuters",)]


def test_credit_goes_on_until_somebody_else_is_credited() -> None:
    found = ruled("Tencent ordered the H20, Reuters reported. Baidu ordered the H20 too, the report said.")
    assert [c.attribution for c in found.claims if c.relation == "BUYS"] == [("Reuters",), ("Reuters",)]


def test_amounts_quantities_and_dates_are_read() -> None:
    text = "Tencent ordered 100,000 H20 chips for $1.2 billion last month."
    (claim,) = [c for c in ruled(text, published="2024-09-19").claims if c.relation == "BUYS"]
    assert claim.qualifiers.content() == {"quantity": 100000, "amount": 1200000000, "currency": "USD"}
    assert str(claim.date) == "2024-08"


def test_relative_dates_stay_open_without_a_date_of_publication() -> None:
    (claim,) = [c for c in ruled("Tencent ordered the H20 last month.").claims if c.relation == "BUYS"]
    assert claim.date is None


def test_a_presupposed_claim_is_neither_hedged_nor_credited() -> None:
    found = ruled("Tencent may have ordered Nvidia's H20, Reuters reported.")
    (claim,) = [c for c in found.claims if c.relation == "PRODUCES"]
    assert (claim.modality, claim.attribution) == ("stated", ())


# --- evidence


def every() -> Iterator[Extraction]:
    for path in SAMPLES:
        yield from article.load(Source.read(path))


def test_evidence_is_the_sentence_at_its_place() -> None:
    for found in every():
        for claim in found.claims:
            assert found.document.text[claim.start : claim.end] == claim.evidence
            assert claim.method.startswith("article/1:") or claim.method == reading.METHOD
            assert claim.document == found.document.id


def test_nothing_found_in_the_samples_is_refused() -> None:
    assert [reject for found in every() for reject in parted(found.rejects)[0]] == []


def test_an_extraction_stands_the_checks_of_the_model() -> None:
    for found in every():
        assert Extraction.model_validate(found.model_dump() | {"entities": found.entities, "claims": found.claims})


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_rules_find_in_the_samples_is_right(path: Path) -> None:
    gold = {tuple(fact) for fact in json.loads((GOLD / f"{path.stem}.json").read_text())["facts"]}
    (found,) = article.load(Source.read(path))
    ruled = {(c.subject, c.relation, c.object) for c in found.claims if c.method != reading.METHOD}
    assert len(ruled & gold) / len(ruled) >= 0.95, sorted(ruled - gold)
    assert len(ruled & gold) / len(gold) >= 0.85, sorted(gold - ruled)


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_samples_are_read_right(path: Path) -> None:
    gold = {tuple(fact) for fact in json.loads((GOLD / f"{path.stem}.json").read_text())["facts"]}
    (found,) = article.load(Source.read(path))
    hits = facts(found) & gold
    assert len(hits) >= 12
    assert len(hits) / len(facts(found)) >= 0.85, sorted(facts(found) - gold)
    assert len(hits) / len(gold) >= 0.85, sorted(gold - facts(found))


def test_reading_is_the_same_under_any_hash_seed() -> None:
    script = (
        "from pathlib import Path; from loaders import article, explanation; from loaders.source import Source\n"
        f"for p in {[str(p) for p in SAMPLES]!r}:\n"
        "    for x in article.load(Source.read(Path(p))): print(x.model_dump_json(), *explanation.explanations(x))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script], env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True, check=True, cwd=ROOT,
        ).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(outputs) == 1


def test_what_is_read_does_not_depend_on_what_was_read_before() -> None:
    texts = [path.read_text(encoding="utf-8") for path in SAMPLES] + [TWO]
    forth = {text: [x.model_dump_json() for x in article.load(source(text))] for text in texts}
    back = {text: [x.model_dump_json() for x in article.load(source(text))] for text in reversed(texts)}
    assert forth == back


# --- the reader


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a", "some/folder/A.TXT"])
def test_running_text_is_known(name: str) -> None:
    assert article.knows(source("Nvidia unveiled the B200 chip on Monday, and rivals took note.", name))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", "Nvidia unveiled the B200."),
        ("a.txt", "<html><body>Nvidia unveiled the B200.</body></html>"),
        ("a.txt", '<?xml version="1.0"?><rss/>'),
        ("a.txt", '{"title": "Nvidia"}'),
        ("a", '[{"title": "Nvidia"}]'),
        ("a.txt", "name,country\nNVIDIA,US\nAMD,US\n"),
        ("a.txt", "  \n"),
        ("a.pdf", "Nvidia"),
    ],
)
def test_other_files_are_left_to_other_loaders(name: str, text: str) -> None:
    assert not article.knows(source(text, name))


def test_bytes_that_are_no_text_are_left_alone() -> None:
    assert not article.knows(Source("a.txt", b"\xff\xfe\x00binary"))
    with pytest.raises(SourceError, match=r"a\.txt"):
        list(article.load(Source("a.txt", b"caf\xe9")))


TWO = (
    "News\nNvidia unveiled the B200 chip in March, and everybody wrote about it.\nRead more\n(Photo credit: NVIDIA)\n"
    "News\nAMD unveiled the MI350 chip in June, and some wrote about it.\n(Photo credit: AMD)\n"
)


def test_several_articles_in_a_file_are_several_documents_that_make_up_the_file() -> None:
    found = list(article.load(source(TWO)))
    wanted = ("NVIDIA", "PRODUCES", "B200"), ("AMD", "PRODUCES", "MI350")
    assert [[fact in facts(x) for fact in wanted] for x in found] == [[True, False], [False, True]]
    assert "".join(x.document.text for x in found) == TWO
    assert found[0].document.id != found[1].document.id


def test_the_text_of_a_single_article_is_the_whole_file() -> None:
    text = "Nvidia Unveils B200\n\nNvidia unveiled the B200 chip in March, as had been expected by most.\n\nRead more\n"
    assert read(text).document.text == text


@pytest.mark.parametrize(
    "line", ["News", "Read more", "(Photo credit: NVIDIA)", "Share on LinkedIn", "* * *", "© 2024 Acme"]
)
def test_furniture_is_not_read(line: str) -> None:
    assert prose.is_furniture(line)
    assert [s.text for s in prose.sentences(f"{line}\nNvidia grew.\n{line}")] == ["Nvidia grew."]


@pytest.mark.parametrize(
    "line", ["News of the deal spread fast.", "Share prices rose on Monday.", "Read more widely, he said to them all."]
)
def test_sentences_that_resemble_furniture_are_read(line: str) -> None:
    assert [s.text for s in prose.sentences(line)] == [line]


@pytest.mark.parametrize(
    ("head", "title", "publisher", "published"),
    [
        ("Nvidia Unveils B200\nSilicon Ledger, 2024-09-30\n", "Nvidia Unveils B200", "Silicon Ledger", "2024-09-30"),
        (
            "Nvidia Unveils B200\nPost | 18 July 2024 | Reading time: 5 minutes\n",
            "Nvidia Unveils B200",
            "Post",
            "2024-07-18",
        ),
        ("# Nvidia Unveils B200\nPublished: 30 September 2024\n", "Nvidia Unveils B200", "", "2024-09-30"),
        ("Nvidia Unveils B200\nSept. 18, 2025, 4:10 p.m.\n", "Nvidia Unveils B200", "", "2025-09-18"),
        ("Nvidia Unveils B200\nBy Ann Author\n", "Nvidia Unveils B200", "", None),
        ("Nvidia Unveils B200\nPost, September 2024\n", "Nvidia Unveils B200", "", None),
        ("", "", "", None),
    ],
)
def test_the_head_gives_title_publisher_and_date_only_where_certain(
    head: str, title: str, publisher: str, published: str | None
) -> None:
    found = read(
        head + "Nvidia unveiled the B200 chip in March 2024, and its rivals had to take note of it.\n"
    ).document
    assert (found.title, found.publisher) == (title, publisher)
    assert (str(found.published) if found.published else None) == published


def test_what_the_user_says_wins() -> None:
    found = read(
        "Nvidia Unveils B200\nSilicon Ledger, 2024-09-30\nNvidia unveiled the chip called B200.\n", publisher="Me"
    ).document
    assert (found.publisher, str(found.published)) == ("Me", "2024-09-30")


def test_a_wrapped_text_is_read_as_sentences() -> None:
    text = (
        "The largest maker of accelerators for data centers, which is called\n"
        "Nvidia and has its seat in California, said on Monday\n"
        "that SoftBank had acquired the British designer of processors which\n"
        "is called Graphcore. It did not say what it had paid for it.\n"
    )
    assert len(list(prose.sentences(text))) == 2


def test_unnamed_sources_are_credited_in_the_words_of_the_text() -> None:
    assert modality.credited("⟨Firm:0⟩ grew , analysts said") == ["analysts"]


# --- figures on the user's own file, which is not part of this repository


@pytest.mark.skipif(not (SHARED / "seed").exists(), reason="the user's documents are not here")
def test_the_seed_articles_are_read_at_0_8_or_better(tmp_path: Path) -> None:
    found = list(article.load(Source.read(SHARED / "seed" / "trendforce.txt")))
    notes = [
        {"entities": [e.content() | {"label": e.label} for e in x.entities], "claims": [c.content() for c in x.claims]}
        for x in found
    ]
    (tmp_path / "trendforce.json").write_text(json.dumps({"documents": notes}))
    score = subprocess.run(
        [sys.executable, SHARED.parent / "score.py", tmp_path, SHARED / "seed"],
        capture_output=True,
        text=True,
        check=True,
    )
    core = next(line for line in score.stdout.splitlines() if line.startswith("core "))
    assert float(core.split()[-1]) >= 0.85, score.stdout
