"""Pages, feeds, PDF files, mails, wrapped text: what is kept of them; damaged and hostile ones do no harm."""

import gzip
import json
import random
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import loaders
from graph.errors import SourceError
from graph.model import Document, Extraction
from loaders import article, charset, confined, feed, lines, page, pdf, prose
from loaders.reading import extraction
from loaders.source import Source

DATA = Path(__file__).parent / "data" / "pages"
DEV = Path(__file__).parent / "data" / "dev"


def annotated(name: str, item: str | None = None) -> list[str]:
    """The sentences that the annotation of a document, or of an item of a feed, quotes."""
    claims = json.loads((DEV / f"{name}.json").read_text(encoding="utf-8"))["claims"]
    return [claim["evidence"] for claim in claims if claim.get("item") == item]


def where(name: str) -> Path:
    """The file of a page, annotated or not."""
    return next(path for path in (DEV / f"{name}.html", DATA / f"{name}.html") if path.exists())


def folded(text: str) -> str:
    return " ".join(text.split())


def stored(loader: ModuleType, data: bytes, name: str = "a", **details: str) -> list[Document]:
    found: list[Extraction] = list(loader.load(Source(name, data, details=details)))
    return [x.document for x in found]


def refusal(loader: ModuleType, data: bytes, name: str = "a.bin") -> str:
    """What a loader says of a file that it does not read; it names the file and stays within bounds of time."""
    begin = time.monotonic()
    with pytest.raises(SourceError) as caught:
        stored(loader, data, name)
    assert time.monotonic() - begin < confined.SECONDS + 10
    assert str(caught.value).startswith(f"{name}: ")
    assert "\n" not in str(caught.value)
    return str(caught.value)


def html(body: str, head: str = "") -> bytes:
    sold = "<p>Nvidia sold {}0,000 H20 chips to ByteDance, people told the paper at length.</p>"
    text = "".join(sold.format(n) for n in range(1, 6))
    start = f"<!doctype html><html><head><title>Of Chips and Men</title>{head}</head>"
    return f"{start}<body><article>{text}{body}</article></body></html>".encode()


def pdf_file(*pages: list[tuple[str, float, float]], title: str = "", data: bytes = b"") -> bytes:
    """A PDF file whose pages show pieces of text, each with its size and height; or have the content in `data`."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"", b"<</Type/Font/Subtype/Type1/BaseFont/Times-Roman>>"]
    objects.append(f"<</Title({title})>>".encode())
    kids = []
    for shown in pages:
        text = "".join(
            f"BT /F1 {size} Tf 40 {height} Td ({piece.translate(_ESCAPED)}) Tj ET\n" for piece, size, height in shown
        )
        objects.append(data or b"<</Length %d>>stream\n%s\nendstream" % (len(text), text.encode("cp1252")))
        box = b"/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>"
        objects.append(b"<</Type/Page/Parent 2 0 R%s/Contents %d 0 R>>" % (box, len(objects)))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(kids), b" ".join(kids))
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, made in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, made)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer<</Size %d/Root 1 0 R/Info 4 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


_ESCAPED = {ord("("): r"\050", ord(")"): r"\051"}


def set_in_type(text: str, width: int = 70) -> Iterator[list[tuple[str, float, float]]]:
    """A text as pages: its first line in large type, hyphenated lines of 70 characters, a header and a page number."""
    first, *rest = [line for line in text.splitlines() if line.strip()]
    rows: list[tuple[str, float, float]] = [(first, 20, 36)]
    for paragraph in rest:
        rows += [(line, 11, 14) for line in hyphenated(paragraph, width)]
        rows[-1] = (*rows[-1][:2], 22)
    while rows:
        height, shown = 760.0, [("The Paper of Record", 9.0, 800.0)]
        while rows and height > 80:
            piece, size, below = rows.pop(0)
            shown.append((piece, size, height))
            height -= below
        yield [*shown, ("- 1 -", 9.0, 30.0)]


def hyphenated(paragraph: str, width: int) -> list[str]:
    """A paragraph in lines, long words parted at their ends."""
    found, line = [], ""
    for word in paragraph.split():
        room = width - len(line) - 2
        if len(line) + 1 + len(word) <= width:
            line = f"{line} {word}".strip()
        elif word.isalpha() and word.islower() and len(word) > 7 and room >= 3 and len(word) - room >= 3:
            found.append(f"{line} {word[:room]}-")
            line = word[room:]
        else:
            found.append(line)
            line = word
    return [*found, line]


ARTICLE = "\n".join(
    [
        "Cambricon Finds a Second Foundry",
        "Silicon Ledger, 2024-09-30",
        "Cambricon, a state-owned designer of accelerators, has found a second foundry for its "
        "processors, people with knowledge of the negotiations said.",
        "The manufacturer, Semiconductor Manufacturing International Corporation of Shanghai, declined "
        "to comment. ByteDance ordered 100,000 H20 chips from Nvidia last month, although Chinese "
        "authorities had discouraged such purchases.",
        "In March 2024 Nvidia unveiled the B200 chip. Several state-owned institutions are understood to"
        " be considering alternatives.",
    ]
)


# --- pages


@pytest.mark.parametrize(
    ("name", "title", "publisher", "published", "url", "language"),
    [
        (
            "web-graphcore-softbank",
            "SoftBank Buys Graphcore, Britain’s Fallen AI Chip Hope",
            "Wire & Wafer",
            "2024-07-12",
            "",
            "en-GB",
        ),
        (
            "web-h20-price-cut",
            "Nvidia Cuts Price of Its China Chip Below Huawei’s as Demand Disappoints",
            "The Circuit Ledger",
            "2024-05-24",
            "https://news.example/2024/05/24/nvidia-h20-price",
            "en",
        ),
        (
            "site",
            "Acme Semiconductors buys Beta Networks for $2bn",
            "The Daily Wafer",
            "2025-05-06",
            "https://wafer.example/acme-beta",
            "en",
        ),
    ],
)
def test_a_page_gives_its_article_and_says_whose_it_is(
    name: str, title: str, publisher: str, published: str, url: str, language: str
) -> None:
    (found,) = stored(page, where(name).read_bytes())
    assert (found.title, found.publisher, str(found.published), found.url, found.language) == (
        title, publisher, published, url, language,
    )  # fmt: skip
    assert found.text.startswith(f"{title}\n")
    assert found.text.count(title) == 1
    quotes = annotated(name) if (DEV / f"{name}.json").exists() else []
    assert [quote for quote in quotes if folded(quote) not in folded(found.text)] == []


@pytest.mark.parametrize("name", ["web-graphcore-softbank", "web-h20-price-cut", "site"])
def test_nothing_around_the_article_is_kept(name: str) -> None:
    (found,) = stored(page, where(name).read_bytes())
    for furniture in (
        "cookie", "partners use", "privacy", "Subscribe", "Sign up", "Log in", "Read next", "Related", "Most read",
        "Advertisement", "Share:", "min read", "dataLayer", "Photo", "Silo AI", "trade blacklist", "EUV machines",
        "inbox", "NVDA", "All rights", "Gamma", "Epsilon", "troll", "By Jo Doe", "Podcast",
    ):  # fmt: skip
        assert furniture.lower() not in found.text.lower(), furniture


def test_what_follows_a_teaser_in_the_article_is_kept() -> None:
    (found,) = stored(page, (DATA / "site.html").read_bytes())
    assert found.text.splitlines()[-1].startswith("Shares of Acme fell by 3%")
    assert "\n- Pegasus 1, a switch made by TSMC\n" in found.text
    assert "in cash – its largest" in found.text


def test_an_article_that_heads_its_own_teasers_is_not_taken_for_one() -> None:
    (found,) = stored(page, html("<h2>Related stories</h2><ul><li>Gamma buys Delta</li></ul>"))
    assert "50,000" in found.text
    assert "Gamma" not in found.text


def test_what_the_user_says_wins_over_the_page() -> None:
    said = {"title": "Mine", "publisher": "Me", "published": "2020", "url": "x:y"}
    (found,) = stored(page, (DATA / "site.html").read_bytes(), **said)
    assert (found.title, found.publisher, str(found.published), found.url) == ("Mine", "Me", "2020", "x:y")


def test_a_page_that_names_no_date_has_none() -> None:
    (found,) = stored(page, html("<p>It all began on 3 March 2019, when the firm was founded in a garage.</p>"))
    assert found.published is None


def test_claims_of_a_page_stand_in_the_text_that_is_kept() -> None:
    (found,) = page.load(Source("a.html", (DEV / "web-h20-price-cut.html").read_bytes()))
    assert found.claims
    for claim in found.claims:
        assert found.document.text[claim.start : claim.end] == claim.evidence


# --- character sets


@pytest.mark.parametrize("name", ["gb2312", "gb18030", "big5", "shift_jis", "windows-1252", "utf-16", "utf-8"])
def test_a_page_is_read_in_the_character_set_it_declares(name: str) -> None:
    word = {"big5": "聯發科", "shift_jis": "ソフトバンク", "windows-1252": "Zürich – “Ja”"}.get(name, "寒武纪")
    markup = html(f"<p>The name of the firm is {word}, as everybody knows who has ever heard of it.</p>").decode()
    data = markup.replace("<head>", f'<head><meta charset="{name}">').encode(name)
    assert word in stored(page, data)[0].text


def test_utf_8_is_utf_8_whatever_it_is_declared_as() -> None:
    (found,) = stored(
        page,
        html(
            "<p>The chief of the firm is said to live in Zürich, not so far from the lake.</p>", '<meta charset="gbk">'
        ),
    )
    assert "Zürich" in found.text


@pytest.mark.parametrize("declared", ["utf-8", "gb18030", "utf-7", "rot13", "unicode_escape", "no-such-set", ""])
def test_a_wrong_character_set_is_told_and_not_guessed(declared: str) -> None:
    data = f'<html><meta charset="{declared}"><body><p>Caf'.encode() + b"\xe9\xff</p></body></html>"
    assert "UTF-8" in refusal(page, data, "a.html")


# --- feeds


def test_a_feed_gives_a_document_an_item() -> None:
    found = stored(feed, (DEV / "feed-chip-deals.xml").read_bytes())
    assert [(d.title, str(d.published), d.publisher) for d in found] == [
        ("Kioxia Rises on Tokyo Debut After Six-Year Wait", "2024-12-18", "Chip Deals and Listings"),
        ("Horizon Robotics Climbs in Hong Kong’s Biggest IPO of the Year", "2024-10-24", "Chip Deals and Listings"),
        ("Washington Finalises $6.1 Billion for Micron", "2024-12-10", "Chip Deals and Listings"),
        ("Rebellions and Sapeon Complete Merger to Take On Nvidia", "2024-12-02", "Chip Deals and Listings"),
        ("Netherlands Takes Over Licensing of Older ASML Tools", "2024-09-06", "Chip Deals and Listings"),
    ]
    for document in found:
        quotes = annotated("feed-chip-deals", document.url.rsplit("/", 1)[-1])
        assert [quote for quote in quotes if folded(quote) not in folded(document.text)] == []
        assert "<" not in document.text


def test_an_atom_feed_is_read_with_its_markup_resolved() -> None:
    one, two = stored(feed, (DATA / "atom.xml").read_bytes())
    assert one.text == "Arm’s New Core\nArm unveiled a core.\nIt is small.\n- Samsung makes it.\n- TSMC makes it too."
    assert (one.url, str(one.published), one.publisher, one.language) == (
        "https://atom.example/1", "2025-03-01", "Foundry & Fab", "en-US",
    )  # fmt: skip
    assert (two.text, two.publisher) == ("Plain < markup\nFive is < six, said Intel.", "Another Wire")


def test_of_a_feed_that_is_cut_off_the_whole_items_are_read_if_that_is_wanted() -> None:
    data = (DEV / "feed-chip-deals.xml").read_bytes()[:4000]
    assert "cut off after 3 whole items" in refusal(feed, data, "a.xml")
    problems: list[SourceError] = []
    assert len(list(feed.load(Source("a.xml", data, problem=problems.append)))) == 3
    assert len(problems) == 1


def test_a_feed_with_a_bare_ampersand_is_read() -> None:
    data = b"<rss version='2.0'><channel><title>A & B</title><item><title>AT&T buys Arm</title></item></channel></rss>"
    assert [d.text for d in stored(feed, data)] == ["AT&T buys Arm"]


BOMB = "<!DOCTYPE rss [<!ENTITY a '" + "ha" * 500 + "'>" + "".join(
    f"<!ENTITY {b} '{f'&{a};' * 20}'>" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
) + "]>"  # fmt: skip


@pytest.mark.parametrize("doctype", [BOMB, "<!DOCTYPE rss [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>"])
def test_a_feed_that_declares_entities_is_refused(doctype: str) -> None:
    data = f"<?xml version='1.0'?>{doctype}<rss version='2.0'><channel><item><title>&i;</title></item></channel></rss>"
    assert "entities" in refusal(feed, data.encode(), "a.xml")


def test_entities_of_a_page_are_not_resolved() -> None:
    data = html("<p>What does it say there, in the file that nobody may read? &i; And is that all?</p>")
    (found,) = stored(
        page, data.replace(b"<!doctype html>", b"<!DOCTYPE html [<!ENTITY i SYSTEM 'file:///etc/passwd'>]>")
    )
    assert "root:" not in found.text


# --- PDF


def test_a_pdf_file_gives_running_text_without_page_headers() -> None:
    body = ARTICLE.split("\n", 2)[2]
    (found,) = stored(pdf, pdf_file(*set_in_type("\n".join([ARTICLE, *[body] * 5]))))
    assert found.text.startswith(f"{ARTICLE}\n")
    assert found.text.count("state-owned institutions are understood") == 6
    assert "Record" not in found.text
    assert "- 1 -" not in found.text
    assert (found.title, found.publisher, str(found.published)) == (
        "Cambricon Finds a Second Foundry", "Silicon Ledger", "2024-09-30",
    )  # fmt: skip


def test_a_sentence_goes_on_over_a_page() -> None:
    one = [("Nvidia said on Monday, to the surprise of all who had come, that it had", 11.0, 60.0)]
    two = [("acquired the firm Graphcore for an undisclosed sum in the spring of the year.", 11.0, 800.0)]
    (found,) = stored(pdf, pdf_file(one, two))
    assert "that it had acquired the firm" in found.text


def test_claims_of_a_pdf_file_stand_in_the_text_that_is_kept() -> None:
    (found,) = pdf.load(Source("a.pdf", pdf_file(*set_in_type(ARTICLE))))
    assert ("ByteDance", "BUYS", "H20") in {(c.subject, c.relation, c.object) for c in found.claims}
    for claim in found.claims:
        assert found.document.text[claim.start : claim.end] == claim.evidence
        assert "\n" not in claim.evidence


def test_a_title_in_the_properties_of_a_pdf_file_serves_where_no_headline_is() -> None:
    shown = [("Nvidia unveiled the B200 chip in March 2024.", 11.0, 700.0)]
    assert stored(pdf, pdf_file(shown, title="Of Chips and Men"))[0].title == "Of Chips and Men"
    assert stored(pdf, pdf_file(shown, title="Microsoft Word - draft7.docx"))[0].title == ""


def test_a_damaged_pdf_file_is_told() -> None:
    whole = pdf_file(*set_in_type(ARTICLE))
    assert "cut off" in refusal(pdf, whole[: len(whole) // 2], "a.pdf")
    assert "damaged" in refusal(pdf, b"%PDF-1.7\n" + random.Random(1).randbytes(5000) + b"\n%%EOF", "a.pdf")
    assert "no PDF" in refusal(pdf, b"just text", "a.pdf")
    assert "no text" in refusal(pdf, pdf_file([]), "a.pdf")


def test_a_pdf_file_of_thousands_of_pages_is_refused() -> None:
    assert "3,000 pages; at most 500" in refusal(pdf, pdf_file(*[[("A", 9.0, 9.0)]] * 3000), "a.pdf")


def test_a_pdf_bomb_takes_bounded_time_and_memory() -> None:
    import zlib

    squashed = zlib.compress(b"BT /F1 9 Tf (A) Tj ET\n" * 10_000_000, 9)
    twice = zlib.compress(squashed, 9)
    content = b"<</Length %d/Filter[/FlateDecode/FlateDecode]>>stream\n%s\nendstream" % (len(twice), twice)
    assert len(content) < 200_000
    refusal(pdf, pdf_file([], data=content), "a.pdf")


# --- hostile pages


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (html("<div>" * 50_000), "nested 50,"),
        (html("<b>" * 300_000), "elements; at most 100,000"),
        (html("<a href=x>b</a> " * 500_000), "elements; at most 100,000"),
        (html("<" * 15_000_000), "characters; at most 1,000,000"),
        (b"<html>" + b"x" * 50_000_000, "50,000,006 bytes; at most"),
        (gzip.compress(b"<html>" + b"0" * 50_000_000), "gzip"),
        (random.Random(1).randbytes(100_000), "binary"),
        (b"\x7fELF\0\0\0", "binary"),
        (b"", "no HTML page"),
        (b"<html><body><nav>Home</nav></body></html>", "no article"),
    ],
    ids=["deep", "unclosed", "links", "brackets", "50 MB", "gzip bomb", "binary", "program", "empty", "no article"],
)
def test_a_hostile_page_ends_in_a_clear_error(data: bytes, message: str) -> None:
    assert message in refusal(page, data, "a.html")


@pytest.mark.parametrize(
    "more",
    ["<script>" * 1_900_000, "<!--" * 3_000_000, "<i " + "a=b " * 3_500_000 + ">"],
    ids=["scripts", "comments", "attributes"],
)
def test_what_is_large_but_no_article_does_not_keep_one_from_being_read(more: str) -> None:
    begin = time.monotonic()
    (found,) = stored(page, html(more))
    assert "50,000 H20 chips" in found.text
    assert len(found.text) < 1000
    assert time.monotonic() - begin < confined.SECONDS


@pytest.fixture
def parsers(tmp_path: Path) -> Iterator[Path]:
    """A folder of modules that the confined process finds before others."""
    sys.path.insert(0, str(tmp_path))
    confined.close()
    yield tmp_path
    sys.path.remove(str(tmp_path))
    confined.close()


def test_a_file_is_not_read_for_longer_than_its_time(parsers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (parsers / "slow.py").write_text("import time\ndef parse(data): time.sleep(60)")
    monkeypatch.setattr(confined, "SECONDS", 0.5)
    with pytest.raises(SourceError, match=r"^a: .* given up"):
        confined.parse("slow", "a", b"", "html")
    monkeypatch.undo()
    assert stored(page, html("")), "the next file is read by a new process"


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("len(bytearray(2**40))", "more than 1,024 MB"),
        ("__import__('os').kill(__import__('os').getpid(), 11)", "exit status -"),
        ("__import__('urllib.request').request.urlopen('http://127.0.0.1:9')", "may not"),
        ("__import__('socket').getaddrinfo('example.com', 80)", "may not"),
        ("__import__('os').system('true')", "may not"),
        ("(lambda f: f(f))(lambda f: f(f))", "nested too deeply"),
        ("1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_parser_that_swells_crashes_or_reaches_out_does_no_harm(code: str, message: str, parsers: Path) -> None:
    (parsers / "bad.py").write_text(f"def parse(data): return {code}")
    with pytest.raises(SourceError, match=f"^a: .*{message}"):
        confined.parse("bad", "a", b"", "html")


@pytest.mark.parametrize(
    ("loader", "library", "extra", "data"),
    [
        ("page", "trafilatura", "html", b"<html>"),
        ("feed", "feedparser", "feeds", b"<rss>"),
        ("pdf", "pypdfium2", "pdf", b"%PDF-1.4 %%EOF"),
    ],
)
def test_a_missing_library_is_named_with_the_extra_that_brings_it(
    loader: str, library: str, extra: str, data: bytes, parsers: Path
) -> None:
    (parsers / f"{library}.py").write_text(f"raise ModuleNotFoundError('gone', name={library!r})")
    said = refusal({"page": page, "feed": feed, "pdf": pdf}[loader], data, "a.x")
    assert f"needs {library}; pip install '.[{extra}]' in keiretsu's folder" in said


# --- which loader


@pytest.mark.parametrize(
    ("name", "data", "loader"),
    [
        ("a.html", b"<!doctype html><html>", page),
        ("a.htm", b"", page),
        ("a.txt", b"\xef\xbb\xbf  <!-- saved --><HTML>", page),
        ("a", b"<?xml version='1.0'?><!DOCTYPE html PUBLIC '-//W3C//DTD XHTML 1.0'><html>", page),
        ("-", "<!doctype html><html>".encode("utf-16"), page),
        ("a.html", b"\x7fELF\0", page),
        ("a.html", b"%PDF-1.7", pdf),
        ("a.PDF", b"", pdf),
        ("-", b"%PDF-1.7", pdf),
        ("a.xml", b"<?xml version='1.0'?>\n<rss version='2.0'>", feed),
        ("a.xml", b"<feed xmlns='http://www.w3.org/2005/Atom'>", feed),
        ("a", b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss>", feed),
        ("a.html", b"<rdf:RDF>", feed),
        ("a.rss", b"", feed),
        ("a.txt", b"Nvidia unveiled a chip.", article),
    ],
)
def test_a_file_is_known_by_what_it_holds_then_by_its_name(name: str, data: bytes, loader: ModuleType) -> None:
    assert loaders.choose(Source(name, data)) is loader


@pytest.mark.parametrize(("name", "data"), [("a.xml", b"<invoice/>"), ("a.bin", b"\0"), ("a.docx", b"PK\3\4")])
def test_other_files_are_known_by_none(name: str, data: bytes) -> None:
    with pytest.raises(SourceError, match="no loader knows"):
        loaders.choose(Source(name, data))


# --- wrapped text


def test_a_text_without_hard_breaks_stays_as_it_is() -> None:
    text = "A Headline of More Than Thirty Letters\n\niPhone maker Apple grew.\n- one\n- two\n\nAll of it is said.\n"
    assert lines.joined(text).text is text
    for sample in (DATA.parents[2] / "loaders" / "data" / "samples").glob("*.txt"):
        assert lines.joined(sample.read_text(encoding="utf-8")).places is None


@pytest.mark.parametrize("width", [50, 72, 90])
@pytest.mark.parametrize("apart", ["\n", "\n\n"])
def test_wrapped_and_hyphenated_text_is_read_as_if_it_were_neither(width: int, apart: str) -> None:
    paragraphs = ARTICLE.splitlines()
    wrapped = apart.join("\n".join(hyphenated(p, width)) for p in paragraphs)
    plain = extraction(Document.model_validate({"text": ARTICLE, "published": "2024-09-30"}))
    found = extraction(Document.model_validate({"text": wrapped, "published": "2024-09-30"}))
    assert [s.text for s in prose.sentences(lines.joined(wrapped).text)] == [s.text for s in prose.sentences(ARTICLE)]
    assert [(c.subject, c.relation, c.object, c.date) for c in found.claims] == [
        (c.subject, c.relation, c.object, c.date) for c in plain.claims
    ]
    assert found.claims
    for claim in found.claims:
        assert wrapped[claim.start : claim.end] == claim.evidence, "evidence is the text as it is"


@pytest.mark.parametrize(
    ("parted", "word"),
    [
        ("Cambri-\ncon", "Cambricon"),
        ("pro-\ncessors", "processors"),
        ("state-\nowned", "state-owned"),
        ("Shenzhen-\nbased", "Shenzhen-based"),
        ("GPT-\n4", "GPT-4"),
        ("Coca-\nCola", "Coca-Cola"),
        ("cut-\nprice", "cut-price"),
        ("Nvi\u00ad\ndia", "Nvidia"),
        ("Nvi\u00addia", "Nvidia"),
    ],
)
def test_a_hyphen_at_the_end_of_a_line_is_dropped_unless_it_belongs_to_the_word(parted: str, word: str) -> None:
    text = f"Several papers reported that the {parted} affair had come to\nan end, a cut-price end. It had not.\n"
    assert f" the {word} affair had come to an end" in lines.joined(text).text


def test_bullets_and_headlines_of_a_wrapped_text_keep_lines_of_their_own() -> None:
    bullets = [
        "- Intel is in early talks to add AMD as a customer of its foundry, Semafor reported on Wednesday",
        "- SoftBank was said by several outlets to be borrowing $5 billion against its shares in Arm Holdings",
        "1. Meta has bought Rivos, a chip start-up from Santa Clara, or so a vice-president of Rivos let slip",
    ]
    text = "Rumours\n" + "\n".join("\n  ".join(textwrap.wrap(bullet, 48)) for bullet in bullets) + "\n"
    assert lines.joined(text).text.splitlines() == ["Rumours", *bullets]
    assert [s.text[:6] for s in prose.sentences(lines.joined(text).text)] == ["Rumour", "Intel ", "SoftBa", "Meta h"]


def test_every_character_of_a_joined_text_knows_its_place() -> None:
    wrapped = "\n\n".join("\n".join(hyphenated(p, 50)) for p in ARTICLE.splitlines())
    found = lines.joined(wrapped)
    assert found.places is not None
    assert len(found.places) == len(found.text)
    assert all(
        a == wrapped[at] or (a, wrapped[at]) == (" ", "\n") for a, at in zip(found.text, found.places, strict=True)
    )


# --- newsletters


def test_a_newsletter_is_headed_by_its_mail_header() -> None:
    (found,) = article.load(Source("a.txt", (DEV / "newsletter-week-in-silicon.txt").read_bytes()))
    assert (found.document.title, found.document.publisher, str(found.document.published)) == (
        "#187: Everybody owns a piece of everybody", "The Week in Silicon", "2025-10-13",
    )  # fmt: skip


def test_the_sentences_of_a_newsletter_are_whole_and_without_its_furniture() -> None:
    text = (DEV / "newsletter-week-in-silicon.txt").read_text(encoding="utf-8")
    found = [folded(s.text) for s in prose.sentences(text)]
    quotes = [folded(quote).removeprefix("- ") for quote in annotated("newsletter-week-in-silicon")]
    assert [quote for quote in quotes if quote not in found] == []
    assert "OpenAI takes an option on AMD" in found
    assert not [s for s in found if s.startswith(("From:", "To:", "Date:", "View in", "- ", "**"))]


def test_the_command_line_reads_them_all(folder: Path) -> None:
    (folder / "a.pdf").write_bytes(pdf_file(*set_in_type(ARTICLE)))
    files = [DATA / "site.html", DATA / "atom.xml", DEV / "newsletter-week-in-silicon.txt", folder / "a.pdf"]
    done = subprocess.run(
        [sys.executable, "-m", "keiretsu", "load", *files, "--dry-run"], capture_output=True, text=True, check=True
    )
    assert "Would load 5 documents" in done.stderr
    assert charset.root(b"") == ""
