"""Claims as JSON: every form a file may have, and whatever else it may hold."""

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from conftest import article, extraction, note
from hypothesis import given
from hypothesis import strategies as st

from graph import SourceError
from graph.model import Extraction
from loaders import claims
from loaders.source import Source

NOTE: dict[str, Any] = {
    "entities": [{"name": "Acme", "label": "Firm"}, {"name": "Beta", "label": "Firm"}],
    "claims": [{"subject": "Acme", "relation": "OWNS", "object": "Beta", "evidence": "Acme owns Beta."}],
}
TEXT = "Lead. Acme owns Beta. End."

anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats() | st.text(max_size=5) | st.just("Acme"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5) | st.just("id"), inner, max_size=3),
    max_leaves=6,
)


def load(*lines: Any, name: str = "a.jsonl") -> tuple[list[Extraction], list[str]]:
    """What is read of some lines, and what was wrong with them."""
    problems: list[str] = []
    data = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines).encode()
    source = Source(name, data, problem=lambda problem: problems.append(str(problem)))
    return list(claims.load(source)), problems


@given(
    field=st.sampled_from(["title", "text", "published", "entities", "claims", "items", "text_span", "text_file"]),
    value=anything,
)
def test_a_document_with_anything_in_a_field_is_read_or_refused(field: str, value: Any) -> None:
    load({**NOTE, "text": TEXT, field: value}, {**NOTE, "text": TEXT})


@given(
    field=st.sampled_from(["subject", "subject_label", "relation", "qualifiers", "date", "start", "item"]),
    value=anything,
)
def test_a_claim_with_anything_in_a_field_is_accepted_or_rejected(field: str, value: Any) -> None:
    claim = {**NOTE["claims"][0], field: value}
    found, problems = load({**NOTE, "text": TEXT, "claims": [claim, value]})
    assert problems == []
    assert sum(len(e.claims) + len(e.rejects) for e in found) == 2


@given(value=anything)
def test_any_json_is_read_or_refused(value: Any) -> None:
    for lines in ([value], [value, value, value], [{"documents": value}]):
        with suppress(SourceError):
            load(*lines)


def test_one_object_many_lines_and_documents_are_the_same() -> None:
    notes = [claims.dump(article(n)) for n in range(3)]
    whole = [load(*notes)[0], load({"documents": notes})[0], load(json.dumps({"documents": notes}, indent=2))[0]]
    assert whole[0] == whole[1] == whole[2]
    assert [e.document for e in whole[0]] == [article(n).document for n in range(3)]


def test_what_is_dumped_is_loaded_as_it_was() -> None:
    made = extraction(
        note("Acme", "OWNS", "Beta", date="2022", attribution=["Reuters"]), title="T", published="2024-05"
    )
    (found,) = load(claims.dump(made))[0]
    assert (found.document, set(found.claims), set(found.entities)) == (
        made.document,
        set(made.claims),
        set(made.entities),
    )


def test_blank_lines_a_byte_order_mark_and_no_lines_at_all_are_no_faults() -> None:
    one = json.dumps(claims.dump(article(1)))
    assert len(load("", one, "", one.replace("\n", ""))[0]) == 2
    assert len(load("\ufeff" + one, one)[0]) == 2
    assert load(name="empty.jsonl") == ([], [])
    assert claims.knows(Source("-", b""))


@pytest.mark.parametrize(
    "broken", ['{"claims": [', "nonsense", "[" * 100_000, '{"a": 1}', "3", '{"claims": 5}', '{"documents": 5}']
)
def test_a_broken_line_is_told_by_number_and_the_others_are_read(broken: str) -> None:
    whole = json.dumps(claims.dump(article(1)))
    for lines, number in (([broken, whole, whole], 1), ([whole, broken, whole], 2)):
        found, problems = load(*lines)
        assert len(found) == 2
        assert problems[0].startswith(f"a.jsonl:{number}: ")
        assert len(problems) == 1


def test_a_single_line_cut_off_is_told_by_number() -> None:
    assert load(json.dumps(claims.dump(article(1)))[:-20])[1][0].startswith("a.jsonl:1: not JSON")


def test_a_line_that_is_not_utf_8_is_told_and_the_others_are_read() -> None:
    whole = json.dumps(claims.dump(article(1))).encode()
    problems: list[SourceError] = []
    source = Source("a.jsonl", b"\n".join([whole, b'{"title": "\xff"}', whole]), problem=problems.append)
    assert len(list(claims.load(source))) == 2
    assert str(problems[0]) == "a.jsonl:2: not UTF-8; convert it first"


def test_a_document_without_text_is_refused() -> None:
    notes: list[dict[str, Any]] = [{"claims": []}, {"claims": [], "text": ""}, {"claims": [], "text": " \n"}]
    for empty in notes:
        assert load(empty, empty)[1] == [f"a.jsonl:{n}: text: a document without text" for n in (1, 2)]


# -- texts that lie elsewhere


@pytest.fixture
def gold(folder: Path) -> Path:
    (folder / "news.txt").write_text(TEXT, encoding="utf-8")
    return folder / "gold.json"


def read(path: Path, **fields: Any) -> list[Extraction]:
    path.write_text(json.dumps({**NOTE, **fields}), encoding="utf-8")
    return list(claims.load(Source.read(path)))


def test_the_text_may_lie_beside_in_a_span_or_in_quotes(gold: Path) -> None:
    (whole,) = read(gold, text_file="news.txt")
    (span,) = read(gold, text_file="news.txt", text_span=[6, 21])
    (quoted,) = read(gold)
    (beside,) = read(gold.with_name("news.json"))
    assert [e.document.text for e in (whole, span, quoted, beside)] == [TEXT, TEXT[6:21], "Acme owns Beta.", TEXT]
    assert [e.claims[0].method for e in (whole, quoted)] == ["claims/1", "claims/1:quotes"]


@pytest.mark.parametrize(
    "fields",
    [
        {"text_file": "none.txt"},
        {"text_file": ""},
        {"text_file": "/"},
        {"text_file": 5},
        {"text_file": "news.txt", "text_span": [0, 999]},
        {"text_file": "news.txt", "text_span": [-3, 5]},
        {"text_file": "news.txt", "text_span": [5, 5]},
        {"text_file": "news.txt", "text_span": [0, True]},
        {"items": [5]},
        {"items": [{"id": "a"}]},
    ],
)
def test_a_text_that_is_not_there_is_told(gold: Path, fields: dict[str, Any]) -> None:
    with pytest.raises(SourceError, match=r"gold\.json"):
        read(gold, **fields)


def test_each_item_of_a_feed_is_a_document(gold: Path) -> None:
    items = [{"id": "a", "title": "A", "published": "Wed, 18 Dec 2024 09:30:00 GMT"}, {"id": "b", "title": "B"}]
    first, second = read(gold, publisher="P", items=items, claims=[{**NOTE["claims"][0], "item": "a"}])
    assert (first.document.title, str(first.document.published), len(first.claims)) == ("A", "2024-12-18", 1)
    assert (second.document.text, second.document.publisher, second.claims) == ("B", "P", ())


def test_what_was_extracted_of_several_articles_tells_their_places(folder: Path) -> None:
    whole = (
        "News\nAcme Corp owns the Beta chip maker, it was said.\nNews\nGamma Inc said nothing of note all that day.\n"
    )
    (folder / "a.txt").write_text(whole, encoding="utf-8")
    from loaders import article as articles

    source = Source.read(folder / "a.txt")
    documents = json.loads(claims.text(list(articles.load(source)), source))["documents"]
    assert len(documents) == 2
    for found in documents:
        start, end = found["text_span"]
        assert (whole[start:end], found["text_file"]) == (found["text"], "a.txt")
