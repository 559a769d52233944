"""SVG by hand: text that is measured, so that it can be cut and placed before any font is known, and a few shapes.

All text comes from documents and is untrusted: it is cleaned and escaped here, and nowhere else. Shapes carry
presentation attributes and no styles, so that a page that forbids inline styles shows them.
"""

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

FONTS = (
    "'Noto Sans CJK SC','Noto Sans SC','Noto Sans','PingFang SC','Microsoft YaHei','Helvetica Neue',Arial,sans-serif"
)
INK, FAINT, LINE, PAPER = "#1b1f24", "#57606a", "#d0d7de", "#ffffff"

BOLD = 1.09
"""How much wider bold text is."""

_BAD = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff0-\uffff\ud800-\udfff]")
_NONCHARACTER = re.compile(
    "[" + "".join(chr(plane << 16 | end) for plane in range(1, 17) for end in (0xFFFE, 0xFFFF)) + "]"
)
_PIECE = re.compile(
    r"[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|[^\s\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]+\s*|\s+"
)
"""What a line can end after: a Chinese, Japanese or Korean character, or a word with the blanks behind it."""

_NARROW, _SLIM, _WIDE = set("ijl'|!.,:;`"), set('frtI()[]{}/\\-" '), set("w&<>=+~#_")
_WIDEST = set("MW@%—…·’‘“”×→")
"""Quotation marks, dashes and dots too: where a Chinese font draws them, they are squares."""


def clean(text: str) -> str:
    """A text on one line, without characters that XML cannot hold or that turn the direction of writing.

    Example:
        >>> clean("a\\nb\\u202e\\x00")
        'a b'
    """
    return _NONCHARACTER.sub("", _BAD.sub("", re.sub(r"\s+", " ", text))).strip()


def escape(text: str) -> str:
    """A cleaned text as it stands in an element or an attribute."""
    return html.escape(clean(text), quote=True)


def measure(text: str, size: float = 12) -> float:
    """About how wide a text is in pixels, rather too wide than too narrow.

    Widths by kind of character, in parts of the size: what Noto Sans and Arial have, the wider of the two, rounded up.
    Chinese, Japanese and Korean characters are squares in every font.

    Example:
        >>> measure("华为", 10)
        20.0
    """
    return sum(map(_em, text)) * size


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "FW" or character > "\uffff":
        return 1.0
    if character in _NARROW:
        return 0.3
    if character in _SLIM:
        return 0.41
    if character in _WIDEST:
        return 1.0
    if character in "m&":
        return 0.88
    return 0.74 if character in _WIDE or character.isupper() else 0.6


def shorten(text: str, width: float, size: float = 12) -> str:
    """A text cut to a width, with an ellipsis where something is missing."""
    text = clean(text)
    if measure(text, size) <= width:
        return text
    room = width - measure("…", size)
    kept = ""
    for character in text:
        room -= _em(character) * size
        if room < 0:
            break
        kept += character
    return kept.rstrip() + "…"


def wrap(text: str, width: float, size: float = 12, lines: int = 100) -> list[str]:
    """A text in lines of at most a width; the last that is allowed is shortened."""
    found = [""]
    for piece in _PIECE.findall(clean(text)):
        if found[-1] and measure((found[-1] + piece).rstrip(), size) > width:
            found.append("")
        found[-1] += piece
    rest = "".join(found[lines - 1 :])
    return [shorten(line, width, size) for line in (*found[: lines - 1], rest) if line.strip()]


def number(value: float) -> str:
    """A coordinate: a tenth of a pixel is as exact as anybody sees."""
    return f"{value:.1f}".removesuffix(".0").replace("-0.0", "0") if abs(value) >= 0.05 else "0"


class Canvas:
    """Shapes, in the order in which they are drawn."""

    def __init__(self, width: float, prefix: str = "") -> None:
        self.width = width
        self.prefix = prefix
        """Of the ids of patterns, so that two drawings can stand in one page."""
        self.parts: list[str] = []

    def shape(self, tag: str, **attributes: str | float | None) -> None:
        said = "".join(
            f' {name.rstrip("_").replace("_", "-")}="{number(v) if isinstance(v, int | float) else escape(v)}"'
            for name, v in attributes.items()
            if v is not None
        )
        self.parts.append(f"<{tag}{said}/>")

    def rect(self, x: float, y: float, width: float, height: float, **more: str | float | None) -> None:
        self.shape("rect", x=x, y=y, width=width, height=height, **more)

    def path(self, d: str, **more: str | float | None) -> None:
        self.shape("path", d=d, **{"fill": "none", **more})

    def text(
        self, x: float, y: float, text: str, *, size: float = 12, fill: str = INK, anchor: str = "", bold: bool = False,
        turn: float = 0,
    ) -> None:  # fmt: skip
        """A line of text, its base line at y."""
        if not clean(text):
            return
        said = f' x="{number(x)}" y="{number(y)}" font-size="{number(size)}"'
        said += f' fill="{fill}"' if fill != INK else ""
        said += f' text-anchor="{anchor}"' if anchor else ""
        said += ' font-weight="600"' if bold else ""
        said += f' transform="rotate({number(turn)} {number(x)} {number(y)})"' if turn else ""
        self.parts.append(f"<text{said}>{escape(text)}</text>")

    def lines(self, x: float, y: float, lines: Sequence[str], *, size: float = 12, fill: str = INK) -> float:
        """Lines of text from y downwards. Returns where they end."""
        for line in lines:
            y += round(size * 1.4)
            self.text(x, y - size * 0.35, line, size=size, fill=fill)
        return y

    @contextmanager
    def group(self, title: str = "", href: str = "", **attributes: str) -> Iterator[None]:
        """What is drawn within has a tool tip, and is a link."""
        said = "".join(f' {name}="{escape(value)}"' for name, value in attributes.items() if value)
        self.parts.append(f'<a href="{escape(href)}"{said}>' if href else f"<g{said}>")
        if title:
            self.parts.append(f"<title>{escape(title)}</title>")
        yield
        self.parts.append("</a>" if href else "</g>")
