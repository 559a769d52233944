"""RSS and Atom feeds: a document an item, with its title, link and date (feedparser).

The text of a document is the title of the item and its content, or its summary, whichever says more. The publisher is
the source that the item names, else the feed. Nothing is fetched: what an item only links to is not read.
"""

import re
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

from graph.errors import SourceError
from graph.model import Extraction
from loaders import charset, confined, markup
from loaders.source import Source

LARGEST = 16 * 2**20
"""Bytes of a feed at most."""

_ROOTS = ("rss", "feed", "rdf:rdf")
_SUFFIXES = (".rss", ".atom")


def knows(source: Source) -> bool:
    """Whether it begins like a feed, or is called one."""
    root = charset.root(source.head)
    return root in _ROOTS or root.endswith(":feed") or source.name.lower().endswith(_SUFFIXES)


def load(source: Source) -> Iterator[Extraction]:
    """Yield the extraction of each item, in the order of the feed.

    Raises:
        SourceError: it is no feed, is too large, declares entities; or feedparser is missing. Of a feed that is cut
            off, the whole items are read if `source.problem` lets that be.
    """
    if len(source.data) > LARGEST:
        raise SourceError(f"{source.name}: a feed of {len(source.data):,} bytes; at most {LARGEST:,}")
    found = confined.parse(__name__, source.name, source.data, "feeds")
    if found["cut"]:
        source.problem(SourceError(f"{source.name}: a feed that is cut off after {len(found['items'])} whole items"))
    for number, fields in enumerate(found["items"], 1):
        try:
            yield source.extract(source.document(fields.pop("text"), **fields))
        except SourceError as error:
            source.problem(SourceError(f"{error} (item {number})"))


def parse(data: bytes) -> dict[str, Any]:
    """The items of a feed as fields of documents, and whether the feed is `cut` off. Runs confined.

    Raises:
        SourceError: it is no feed, or declares entities.
    """
    import io

    import feedparser

    text = charset.decode(data)
    start = re.search(r"<(?![?!])", text)
    if re.search(r"<!ENTITY", text[: start.start() if start else None], re.IGNORECASE):
        raise SourceError("a feed that declares entities, which may be a trap; it is not read")
    # the text is decoded already: what it declares must not be believed once more
    text = re.sub(r"\A\s*<\?xml\b[^>]*\?>", "", text)
    text = re.sub(r"&(?!#?\w{1,31};)", "&amp;", text)  # as many feeds have it; the lenient parser makes "AT&T;" of it
    feed = feedparser.parse(io.BytesIO(text.encode()), sanitize_html=False, resolve_relative_uris=False)
    if not feed.version and not feed.entries:
        raise SourceError("neither an RSS nor an Atom feed" if not feed.bozo else f"no feed: {feed.bozo_exception}")
    entries, cut = (
        feed.entries,
        not re.search(r"</\s*(?:rss|rdf:rdf|(?:\w+:)?feed)\s*>\s*(?:<!--.*-->\s*)?\Z", text, re.I),
    )
    if cut:
        entries = entries[: len(re.findall(r"</(?:\w+:)?(?:item|entry)\s*>", text))]
    items = [_item(entry, feed.feed) for entry in entries]
    return {"cut": cut, "items": [item for item in items if item["text"]]}


def _item(entry: Any, feed: Any) -> dict[str, str]:
    title = _folded(entry.get("title_detail"))
    bodies = [_plain(part) for part in (*entry.get("content", []), entry.get("summary_detail")) if part]
    body = max(bodies, key=len, default="")
    # feeds of short messages repeat the message as its title
    text = body if body.startswith(title) else f"{title}\n{body}".strip()
    source = entry.get("source") or {}
    found = {
        "title": title,
        "url": entry.get("link", ""),
        "publisher": _folded(source.get("title_detail"))
        or source.get("title", "")
        or _folded(feed.get("title_detail")),
        "published": day(entry.get("published", "")) or day(entry.get("updated", "")),
        "language": entry.get("language", "") or feed.get("language", ""),
    }
    return {"text": text, **{key: value for key, value in found.items() if value}}


def _plain(part: Any) -> str:
    """The text of a title or content, which may be HTML."""
    value = part.get("value", "")
    if part.get("type") == "text/plain" and not re.search(r"</?[a-z]+[^<>]*>|&#?\w{1,8};", value, re.IGNORECASE):
        return re.sub(r"\s*\n\s*", "\n", value).strip()
    return markup.text(value)


def _folded(part: Any) -> str:
    return " ".join(_plain(part).split()) if part else ""


def day(text: str) -> str:
    """The day of a date as feeds write it, in its own time zone; nothing if it is none.

    Example:
        >>> day("Thu, 24 Oct 2024 23:45:00 -0500"), day("2024-10-24T08:45:00Z"), day("soon")
        ('2024-10-24', '2024-10-24', '')
    """
    if iso := re.match(r"(\d{4})-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01])(?!\d))?", text.strip()):
        return iso[0]
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (TypeError, ValueError):
        return ""
