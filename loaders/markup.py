"""The text of a piece of HTML, as a feed's item has it: a line a block, list items marked."""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    ["address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "form", "h1", "h2",
     "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul"]
)  # fmt: skip
_SILENT = frozenset(
    ["button", "head", "iframe", "math", "noscript", "object", "script", "select", "style", "svg", "template", "title"]
)
_FULL = 2_000_000
"""Characters that are looked at; no item of a feed has more."""


def text(markup: str) -> str:
    """The text that a reader sees, white space folded, a line a block.

    Example:
        >>> text("<p>Arm&#8217;s <b>chief</b>.</p><script>x()</script><ul><li>One<li>Two</ul>")
        'Arm’s chief.\\n- One\\n- Two'
    """
    parser = _Text()
    parser.feed(markup[:_FULL])
    parser.close()
    folded = re.sub(r"[^\S\n]+", " ", "".join(parser.parts))
    return re.sub(r"\s*\n\s*", "\n", folded).strip()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT and not self.silent:
            self.silent = tag
        elif tag in _BLOCKS:
            self.parts.append("\n- " if tag == "li" else "\n")
        elif tag in ("td", "th"):
            self.parts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == self.silent:
            self.silent = ""
        elif tag in _BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.parts.append(re.sub(r"\s+", " ", data))
