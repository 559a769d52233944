"""Text in XML 1.0, which has no place for some characters."""

import re

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;", "\n": "&#10;", "\t": "&#9;"}
_IN_ELEMENT = re.compile('[&<>"\r]')
_IN_ATTRIBUTE = re.compile('[&<>"\r\n\t]')


def escaped(text: str) -> str:
    """The text with what XML cannot hold as `_xHHHH_`, the way of ISO/IEC 29500-1, 22.9.2.19 (ST_Xstring).

    Example:
        >>> escaped("a\\0b, _x0041_")
        'a_x0000_b, _x005F_x0041_'
    """
    return _ILLEGAL.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    """What `escaped` was given."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)


def element(text: str) -> str:
    """The text as the content of an element."""
    return _IN_ELEMENT.sub(lambda found: _MARKUP[found[0]], escaped(text))


def attribute(text: str) -> str:
    """The text as the value of an attribute, between double quotes."""
    return _IN_ATTRIBUTE.sub(lambda found: _MARKUP[found[0]], escaped(text))
