"""The text of a page or feed: bytes whose character set is declared by themselves, not always rightly."""

import re

from graph.errors import SourceError

_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_DECLARED = re.compile(rb"""<[^>]{0,300}?\b(?:charset|encoding)\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_KNOWN = re.compile(
    r"utf-?8|us-ascii|ascii|(?:windows|cp)-?(?:125[0-8]|874|949|936|932)|iso[-_]?8859-?\d\d?|latin-?1|koi8-[ru]|macintosh"
    r"|gbk|gb_?2312(?:-80)?|gb18030|big5(?:-hkscs)?|euc-(?:jp|kr)|shift[-_]jis|s?jis|iso-2022-jp|tis-620|ibm866",
    re.IGNORECASE,
)
"""What the WHATWG encoding standard lets pages be in; Python knows more, some of it slow, some no character set."""
_SUPERSETS = {"gb2312": "gb18030", "gb_2312-80": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949"}
"""What is meant when an older set is named (WHATWG)."""


def declared(data: bytes) -> str:
    """The character set that a page or feed names at its beginning, else nothing."""
    found = _DECLARED.search(data[:4096])
    return found[1].decode("ascii").lower() if found else ""


def decode(data: bytes) -> str:
    """The bytes as text. What is valid UTF-8 is UTF-8, whatever it says of itself; else it is what it says.

    Raises:
        SourceError: it is compressed or binary, says nothing, or is not what it says.

    Example:
        >>> decode('<meta charset="gb2312">寒武纪'.encode("gb2312"))
        '<meta charset="gb2312">寒武纪'
    """
    if data.startswith(b"\x1f\x8b"):
        raise SourceError("compressed with gzip; unpack it first")
    mark, name = next(((mark, name) for mark, name in _BOMS if data.startswith(mark)), (b"", "utf-8"))
    if name == "utf-8" and b"\0" in data:
        raise SourceError("a binary file, not text")
    try:
        return data.removeprefix(mark).decode(name)
    except UnicodeDecodeError as error:
        place = f"byte {error.start}"
        said = "" if mark else declared(data)
    if not said or said in ("utf-8", "utf8"):
        raise SourceError(f"neither UTF-8 (see {place}) nor declared as anything else; convert it first")
    if not _KNOWN.fullmatch(said):
        raise SourceError(f"not UTF-8 (see {place}), and the character set it declares, {said!r}, is not known")
    if re.fullmatch(r"us-ascii|ascii|iso-8859-1|latin-?1", said):
        said = "windows-1252"  # as every browser takes it
    try:
        return data.decode(_SUPERSETS.get(said, said))
    except (UnicodeDecodeError, LookupError):
        raise SourceError(f"neither UTF-8 (see {place}) nor {said!r}, as it declares; convert it first") from None


def root(data: bytes) -> str:
    """The name of the element that marked-up data begin with, in lower case, prolog and comments passed over.

    Example:
        >>> root(b'<?xml version="1.0"?><!-- made by hand --><!DOCTYPE html><HTML lang="en">'), root(b"1 < 2")
        ('html', '')
    """
    start = data[:8192]
    name = next((name for mark, name in _BOMS if start.startswith(mark)), "latin-1")
    text = start.decode(name, "ignore").lstrip("\ufeff \t\r\n")
    if start.startswith(b"\xef\xbb\xbf"):
        text = start[3:].decode("latin-1").lstrip()
    while prolog := re.match(r"<\?.*?\?>\s*|<!--.*?-->\s*|<!doctype\b[^>\[]*(?:\[.*?\]\s*)?>\s*", text, re.S | re.I):
        if re.match(r"<!doctype\s+html\b", prolog[0], re.IGNORECASE):
            return "html"
        text = text[prolog.end() :]
    found = re.match(r"<([a-z][\w:.-]*)", text, re.IGNORECASE)
    return found[1].lower() if found else ""
