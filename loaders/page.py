"""HTML pages: the article of a page, without navigation, notices, teasers and scripts (trafilatura).

The document's text is the headline and the article, a line a block; the page itself is not kept. Title, publisher,
date, URL and language are those that the page says of itself; what the user says wins.
"""

import re
from collections.abc import Iterator
from typing import Any

from graph.errors import SourceError
from graph.model import Extraction
from loaders import charset, confined
from loaders.source import Source

LARGEST = 16 * 2**20
"""Bytes of a page at most. Large ones hold pictures, not words; a tree takes some twenty times its page."""
LONGEST = 1_000_000
"""Characters of an article at most."""
_DEEPEST = 200
"""Elements within elements; beyond 255 the parser gives up (libxml2). Real pages have some 30 to 60."""
_MOST = 100_000
"""Elements at most: what is done with a tree takes the square of them at worst."""

_SUFFIXES = (".html", ".htm", ".xhtml", ".shtml")
_TEASER = re.compile(
    r"(?:more (?:on this|from|like this|stories|news)|related|read (?:next|also|more)|also read"
    r"|most (?:read|popular|viewed)|recommended|you (?:may|might) also|trending|top stories"
    r"|latest (?:news|stories)|editor.?s.? picks?|don.t miss|sign up|subscribe|newsletter|share this|follow us"
    r"|comments?\b|advertisement|sponsored|promoted).{0,40}$",
    re.IGNORECASE,
)
_ASIDE = (
    "//nav | //aside | //dialog | //header[not(.//h1)] | //footer | //*[@data-boilerplate] | //*[@hidden]"
    " | //*[@role='navigation' or @role='dialog' or @role='complementary' or @role='alertdialog']"
)
_BYLINE = "//header//*[not(ancestor-or-self::h1 or ancestor-or-self::h2 or descendant::h1 or descendant::h2)]"
_TAG = re.compile(
    r"<(?P<raw>script|style)\b.*?(?:</(?P=raw)|\Z)|<!--.*?(?:-->|\Z)"
    r"|<(?P<end>/?)(?P<name>[a-z][a-z0-9]*)(?:[^<>]*?(?P<lone>/?)>)?",
    re.IGNORECASE | re.DOTALL,
)
_LONE = frozenset(
    ["area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link", "meta", "option", "p",
     "param", "source", "td", "th", "tr", "track", "wbr"]
)  # fmt: skip
"""Elements that have no end, or whose end may be left out."""
_FIELDS = {"title": "title", "sitename": "publisher", "date": "published", "url": "url"}


def knows(source: Source) -> bool:
    """Whether it begins like an HTML page, or is called one."""
    return charset.root(source.head) == "html" or source.name.lower().endswith(_SUFFIXES)


def load(source: Source) -> Iterator[Extraction]:
    """Yield the extraction of the article on a page.

    Raises:
        SourceError: it is no page, has no article, is too large or too deep; or trafilatura is missing.
    """
    if len(source.data) > LARGEST:
        raise SourceError(f"{source.name}: a page of {len(source.data):,} bytes; at most {LARGEST:,}")
    found = confined.parse(__name__, source.name, source.data, "html")
    yield source.extract(source.document(found.pop("text"), **found))


def parse(data: bytes) -> dict[str, str]:
    """The text of a page's article and the fields of its document. Runs confined.

    Raises:
        SourceError: there is no article to be found.
    """
    import trafilatura
    from trafilatura.metadata import extract_metadata

    markup = charset.decode(data)
    elements, depth = _measure(markup)
    if elements > _MOST:
        raise SourceError(f"a page of {elements:,} elements; at most {_MOST:,}")
    if depth > _DEEPEST:
        raise SourceError(f"elements nested {depth:,} deep; at most {_DEEPEST:,}")
    tree = trafilatura.load_html(markup)
    if tree is None:
        raise SourceError("no HTML page")
    # only dates that the page declares: one guessed from its text would be as likely that of an event it tells of
    told = extract_metadata(tree, date_config={"extensive_search": False, "original_date": True})
    found = {ours: str(value) for theirs, ours in _FIELDS.items() if (value := getattr(told, theirs, None))}
    if language := (tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang")):
        found["language"] = language.strip()
    _prune(tree)
    text = trafilatura.extract(tree, include_comments=False, include_formatting=False, output_format="txt") or ""
    text = _headed(text, found.get("title", ""))
    if not re.search(r"\w", text.removeprefix(found.get("title", ""))):
        raise SourceError("no article found on this page")
    if len(text) > LONGEST:
        raise SourceError(f"an article of {len(text):,} characters; at most {LONGEST:,}")
    return {**found, "text": text}


def _headed(text: str, title: str) -> str:
    """The text under its headline, which stands nowhere else in it."""
    lines = [line.rstrip() for line in text.split("\n")]
    if title:
        lines = [title, *(line for line in lines if line.strip("# ") != title)]
    return "\n".join(lines)


def _prune(tree: Any) -> None:
    """Take what is not the article out of the tree: what the page marks so, and blocks under a teaser's headline."""
    for element in [*tree.xpath(_ASIDE), *tree.xpath(_BYLINE)]:
        _drop(element)
    for heading in tree.xpath("//h2 | //h3 | //h4 | //h5 | //h6"):
        block, after = heading.getparent(), heading.getnext()
        if block is None or not _TEASER.match(" ".join(heading.itertext()).strip()):
            continue
        if block.tag in ("section", "div") and _is_teaser(block):
            _drop(block)
        elif after is not None and after.tag in ("ul", "ol"):
            _drop(after)
            _drop(heading)


def _is_teaser(block: Any) -> bool:
    """Whether a block holds short pieces only: no headline of a page, no paragraph of an article."""
    if block.xpath(".//h1 | .//article") or len(block.xpath("string(.)")) > 2000:
        return False
    return all(len(p.xpath("string(.)")) < 150 for p in block.iter("p"))


def _drop(element: Any) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _measure(markup: str) -> tuple[int, int]:
    """How many elements begin, and how deep they are nested, told by the tags alone, in one pass."""
    elements = depth = deepest = 0
    for tag in _TAG.finditer(markup):
        if not tag["name"]:
            continue
        elements += not tag["end"]
        if not tag["lone"] and tag["name"].lower() not in _LONE:
            depth = max(0, depth - 1) if tag["end"] else depth + 1
        deepest = max(deepest, depth)
    return elements, deepest
