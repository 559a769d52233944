"""Plain-text articles: one or several in a file, each a Document with what it names and claims.

A file with one article is one Document whose text is the whole file, so offsets are those of the file. A file with
several is cut where a section header ("News") stands alone over the next article; the cuts lose nothing, so the texts
put together are the file, and offsets count from the start of each. Furniture (headers, "Read more", photo credits)
stays in the text and is passed over when sentences are read.

Title, publisher and date come from the head of the article where they stand on lines of their own; what the user says
wins.
"""

import contextlib
import re
from collections.abc import Iterator

from graph.errors import SourceError
from graph.model import Extraction
from loaders import dates, prose
from loaders.source import Source

_SUFFIXES = ("", ".txt", ".md", ".text", ".markdown")
_MARKUP = re.compile(r"\s*(?:<(?:!doctype|html|\?xml|rss|feed|[a-z]+[ >/])|[\[{]\s*[\"\[{])", re.IGNORECASE)
_FIELD = re.compile(r"(?:published|date|publisher|source|by|title|headline)\s*:", re.IGNORECASE)
_DATE_LINE = re.compile(r"(?:published|date|updated|posted)?(?: on)?\s*:?\s*(?P<date>[\w.,:\s-]{6,40})", re.IGNORECASE)
_BYLINE = re.compile(r"(?P<publisher>[A-Z][\w.&' -]{1,60}?)\s*(?:,|\||·|—|–|\u2022)\s*(?P<rest>.{6,80})")
_READING_TIME = re.compile(r"(?:reading time|min(?:ute)?s? read|\d+ min)", re.IGNORECASE)


def knows(source: Source) -> bool:
    """Whether a file is running text: by its suffix, and being neither binary, markup, JSON nor a table."""
    name = source.name.rsplit("/", 1)[-1].lower()
    found = re.search(r"(?<=.)\.\w{1,8}$", name)
    suffix = found[0] if found else ""
    if suffix not in _SUFFIXES:
        return False
    try:
        text = source.text
    except SourceError:
        return False
    return bool(text.strip()) and not _MARKUP.match(text) and not _is_table(text)


def load(source: Source) -> Iterator[Extraction]:
    """Yield an extraction for each article of a file, in order.

    Raises:
        SourceError: the file is binary or not UTF-8, or a detail given for it is wrong.
    """
    for text in articles(source.text):
        yield source.extract(source.document(text, **head(text)))


def articles(text: str) -> list[str]:
    r"""The text cut into its articles; put together they are the text.

    Example:
        >>> story = "News\nNvidia unveiled the B200 chip in March, to some applause.\n"
        >>> articles(story + story) == [story, story]
        True
    """
    lines = text.splitlines(keepends=True)
    cuts, body = [0], False
    for number, line in enumerate(lines):
        if line.strip().lower() in prose.HEADERS and body:
            cuts.append(number)
            body = False
        elif not prose.is_furniture(line) and len(line.strip()) > 40:
            body = True
    if not body and len(cuts) > 1:
        cuts.pop()
    return ["".join(lines[a:b]) for a, b in zip(cuts, [*cuts[1:], len(lines)], strict=True)]


def head(text: str) -> dict[str, object]:
    """Title, publisher and date, as far as the first lines say them for certain."""
    found = _mail(text)
    if found:
        return found
    lines = [line.strip() for line in text.splitlines() if line.strip() and line.strip().lower() not in prose.HEADERS]
    if len(lines) > 1 and _is_headline(lines[0], lines[1:]):
        found["title"] = lines[0].removeprefix("#").strip("# ")
    for line in lines[1:4] if found else lines[:2]:
        found |= {key: value for key, value in _meta(line).items() if key not in found}
    return found


def _mail(text: str) -> dict[str, object]:
    """Subject, sender and date of an e-mail that begins with its header, else nothing."""
    from email.parser import HeaderParser
    from email.utils import parseaddr, parsedate_to_datetime

    header = re.match(r"(?:[A-Z][\w-]{1,30}:[ \t].*\n(?:[ \t]+\S.*\n)*){2,60}", text)
    if not header or not re.search(r"^From: .*@|^Subject: ", header[0], re.MULTILINE):
        return {}
    fields = HeaderParser().parsestr(header[0])
    found: dict[str, object] = {"title": " ".join(fields.get("Subject", "").split())}
    found["publisher"] = parseaddr(fields.get("From", ""))[0]
    with contextlib.suppress(TypeError, ValueError):
        found["published"] = parsedate_to_datetime(fields.get("Date", "")).date().isoformat()
    return {key: value for key, value in found.items() if value}


def _is_headline(line: str, rest: list[str]) -> bool:
    if len(line) > 160 or _FIELD.match(line) or len(line.split()) < 2:
        return False
    longer = max((len(other) for other in rest), default=0) > len(line)
    return longer and not re.search(r"[.:;,]$", line)


def _meta(line: str) -> dict[str, object]:
    """Publisher and date of a line such as `Silicon Ledger, 2024-09-30` or `Published: 30 September 2024`."""
    if len(line) > 120:
        return {}
    if field := re.fullmatch(r"(?:publisher|source)\s*:\s*(.{2,60})", line, re.IGNORECASE):
        return {"publisher": field[1].strip()}
    if (dated := _DATE_LINE.fullmatch(line)) and (date := _whole_date(dated["date"])):
        return {"published": date}
    match = _BYLINE.fullmatch(line)
    if match and not re.match(r"(?:By|Staff)\b", match["publisher"]):
        pieces = re.split(r"\s*[|·•]\s*", match["rest"])
        if date := _whole_date(pieces[0]):
            return {"publisher": match["publisher"], "published": date}
    return {}


def _whole_date(text: str) -> str | None:
    """A date with day, month and year that is all a piece of text says, a time of day aside."""
    found = list(dates.find(text))
    if len(found) != 1 or not found[0].date or len(str(found[0].date)) != 10:
        return None
    left = text[: found[0].start] + text[found[0].end :]
    return (
        str(found[0].date)
        if re.fullmatch(r"[\s,]*(?:\d{1,2}:\d\d ?(?:[ap]\.?m\.?)?)?[\s,.]*(?:GMT|UTC|[A-Z]{2,4})?\s*", left)
        else None
    )


def _is_table(text: str) -> bool:
    """Whether the first lines have one number of separators throughout, as a table has."""
    lines = [line for line in text.splitlines()[:20] if line.strip()]
    for separator in (",", ";", "\t"):
        counts = {line.count(separator) for line in lines}
        if (
            len(lines) > 1
            and len(counts) == 1
            and counts != {0}
            and not any(re.search(r"[,;] \w", line) for line in lines)
        ):
            return True
    return False
