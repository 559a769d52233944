"""PDF files: the running text of their pages (pypdfium2), lines joined, page headers and numbers left out.

The document's text is that running text, a line a paragraph; the file itself is not kept. The title is the headline on
the first page, else the one in the file's properties; publisher and date come from lines under the headline that say
nothing else. The day on which a file was made is not the day on which its text was published.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

from graph.errors import SourceError
from graph.model import Extraction
from loaders import article, confined
from loaders.lines import joined
from loaders.source import Source

LARGEST = 64 * 2**20
"""Bytes of a file at most."""
PAGES = 500
"""Of a file at most: articles and filings, no libraries."""
LONGEST = 2_000_000
"""Characters of a text at most."""

_JUNK = re.compile(r"microsoft word|untitled|.*\.(?:docx?|indd|pdf|tex|pptx?|qxd)$|[\W\d_]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page: its text, the size of its type and the height of its base line, in points."""

    text: str
    size: float
    height: float


def knows(source: Source) -> bool:
    """Whether it begins like a PDF file, or is called one."""
    return b"%PDF-" in source.head[:1024] or source.name.lower().endswith(".pdf")


def load(source: Source) -> Iterator[Extraction]:
    """Yield the extraction of a PDF file.

    Raises:
        SourceError: it is damaged, cut off, encrypted, too large, without text; or pypdfium2 is missing.
    """
    if len(source.data) > LARGEST:
        raise SourceError(f"{source.name}: a PDF file of {len(source.data):,} bytes; at most {LARGEST:,}")
    found = confined.parse(__name__, source.name, source.data, "pdf")
    text = found.pop("text")
    yield source.extract(source.document(text, **{**article.head(text), **found}))


def parse(data: bytes) -> dict[str, str]:
    """The text of a PDF file, and its title. Runs confined.

    Raises:
        SourceError: there is none.
    """
    import pypdfium2

    if b"%PDF-" not in data[:1024]:
        raise SourceError("no PDF file")
    if b"%%EOF" not in data[-2048:]:
        raise SourceError("a PDF file that is cut off: its end is missing")
    try:
        with pypdfium2.PdfDocument(data) as pdf:
            if (count := len(pdf)) > PAGES:
                raise SourceError(f"a PDF file of {count:,} pages; at most {PAGES:,}")
            pages = list(_pages(pdf))
            titled = pdf.get_metadata_dict().get("Title", "")
    except pypdfium2.PdfiumError as error:
        what = "encrypted" if "assword" in str(error) else "damaged"
        raise SourceError(f"a PDF file that is {what}: {error}") from error
    pages = _without_margins(pages)
    text = joined("\n".join(_spaced(pages))).text
    text = re.sub(r"\n{2,}", "\n", text).strip() + "\n"
    if not re.search(r"\w", text):
        raise SourceError("no text on any of its pages; scanned pictures must be recognised first")
    title = _headline(pages) or ("" if _JUNK.match(titled) else " ".join(titled.split()))
    return {"text": text, **({"title": title} if title else {})}


def _pages(pdf: Any) -> Iterator[list[Line]]:
    """The lines of each page."""
    total = 0
    for number in range(len(pdf)):
        page = pdf[number]
        read = page.get_textpage()
        text = read.get_text_range()
        total += len(text)
        if total > LONGEST:
            raise SourceError(f"a text of more than {LONGEST:,} characters")
        yield list(_lines(read, text))
        read.close()
        page.close()


def _lines(read: Any, text: str) -> Iterator[Line]:
    import ctypes

    from pypdfium2 import raw

    x, y = ctypes.c_double(), ctypes.c_double()
    for part in _LINE.finditer(text):
        # beyond the first plane, characters and what PDFium counts part ways; a wrong height only costs a paragraph
        first = part.start() + len(part["line"]) - len(part["line"].lstrip())
        size = height = 0.0
        if part["line"].strip() and raw.FPDFText_GetCharOrigin(read, first, x, y):
            size, height = raw.FPDFText_GetFontSize(read, first), y.value
        clean = re.sub(r"[\x00-\x1f\x7f\ufffd\ufeff]", " ", part["line"].translate(_LIGATURES)).strip()
        if clean:
            yield Line(clean + "-" * (part["end"] in ("\ufffe", "\x02")), size, height)


_LINE = re.compile(r"(?P<line>[^\r\n\ufffe\x02]*)(?P<end>\r\n|[\r\n\ufffe\x02]|\Z)")
"""A line as PDFium gives it: U+FFFE, in older versions U+0002, is a hyphen at a line's end and the break after it."""
_LIGATURES = {0xFB00: "ff", 0xFB01: "fi", 0xFB02: "fl", 0xFB03: "ffi", 0xFB04: "ffl", 0xFB05: "st", 0xFB06: "st"}


def _without_margins(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """The pages without their numbers and without what most of them have at the same place at the head or foot."""
    seen = Counter(mark for page in pages for mark in {_mark(line) for line in _edges(page)})
    often = {mark for mark, times in seen.items() if times >= 2 and times >= len(pages) / 2}
    return [
        [line for line in page if not (line in _edges(page) and (_mark(line) in often or _NUMBER.match(line.text)))]
        for page in pages
    ]


_NUMBER = re.compile(r"(?:page )?\d+(?: ?(?:of|/) ?\d+)?$|[-–] ?\d+ ?[-–]$", re.IGNORECASE)
"""A page's number."""


def _edges(page: list[Line]) -> list[Line]:
    """Where a page has its header and footer, if it has any."""
    return [*page[:2], *page[-2:]]


def _mark(line: Line) -> tuple[str, int]:
    return re.sub(r"\d+", "#", line.text).lower(), round(line.height / 4)


def _spaced(pages: Sequence[list[Line]]) -> Iterator[str]:
    """The lines of all pages, with an empty one wherever the space or the type between two of them changes."""
    before: Line | None = None
    for page in pages:
        gaps = [gap for a, b in pairwise(page) if 0 < (gap := a.height - b.height) < 100]
        usual = median(gaps) if gaps else 0.0
        for place, line in enumerate(page):
            if before is not None:
                apart = place > 0 and usual and before.height - line.height > 1.3 * usual
                if apart or _differ(before.size, line.size):
                    yield ""
            yield line.text
            before = line


def _differ(a: float, b: float) -> bool:
    return bool(a and b) and abs(a - b) > 0.1 * max(a, b)


def _headline(pages: Sequence[list[Line]]) -> str:
    """The lines in the largest type on the first page, if that is larger than the rest of the text."""
    first = pages[0][:30] if pages else []
    sizes = [line.size for page in pages for line in page for _ in line.text]
    largest = max((line.size for line in first), default=0.0)
    if not sizes or largest < 1.15 * median(sizes):
        return ""
    found: list[str] = []
    for line in first:
        if not _differ(line.size, largest):
            found.append(line.text)
        elif found:
            break
    title = " ".join(found)
    return title if len(title.split()) >= 2 and len(title) <= 250 else ""
