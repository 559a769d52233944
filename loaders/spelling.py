"""How names are written: what two spellings of one name share, and what tells two chips apart.

Nothing here is fuzzy. Chips differ by a digit, a letter behind it or a word like "Pro", so all of these count.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from graph.ontology import Label
from loaders.gazetteer import OWN_S, SCRIPT, fold

Words = tuple[str, ...]

_WORD = re.compile(rf"[{SCRIPT}]+|(?:(?![{SCRIPT}])[^\W_])+|\+")
_DOTTED = re.compile(r"\b([^\W\d_])\.(?=[^\W\d_](?:\.|\b))")
_DIGITS = re.compile(r"\d+")
_ARTICLE = re.compile(r"[Tt]he (?=\S)|THE (?=\S)")
_POSSESSIVE = re.compile(r"'s$|'S$|(?<=s)'$")
_AROUND = " \"',;:.[]（）“”「」《》、，。"
_LEGAL = re.compile(
    r"(?i:,? (?:inc|incorporated|corp|corporation|co|company|llc|llp|lp|limited|ltd|plc|pte|gmbh|kgaa|kg|ag|se|sa|sas|"
    r"spa|srl|ab|asa|oyj|bv|nv|kk|sdn|bhd|tbk|jsc|pjsc|s\.a|s\.p\.a|n\.v|b\.v|a\.s)(?![^\W_])\.?)$"
    r"|(?<=..)(?:股份)?(?:有限|责任|責任)*公司$"
)
_GROUP = re.compile(r"(?i:,? (?:group|holdings?)\.?)$|(?<=..)(?:集团|集團|控股)$")
_TITLE = re.compile(
    r"(?:Mr|Ms|Mrs|Mme|Dr|Prof|Professor|Sir|Dame|Lord|Judge|Justice|Senator|Sen|Rep|Representative|President|Premier|"
    r"Chancellor|Secretary|Minister|Commissioner|Chairman|Chairwoman|CEO|Herr|Frau|Shri|Sheikh)\.? (?=\w)"
)
_KIND = re.compile(
    r"(?i:(?: AI)?(?: accelerator)? (?:chip|processor|GPU|NPU|CPU|SoC|accelerator|card|series|family)s?)$"
    r"|(?:系列|芯片|晶片)$"
)
"""What a chip's name may end in and means the same without."""
_PLURAL = re.compile(r"(?<=[\dA-Z])s$")
_OWNER = re.compile(r"^[^']{2,30}'s (?=.)")
_BRACKET = re.compile(r" \([A-Z&]{2,8}\)(?= |$)")
"""An acronym that stands within a name: `European Semiconductor Manufacturing Company (ESMC) GmbH`."""
_ROLE = re.compile(
    r"(?<=.) (?:makers?|designers?|developers?|compan(?:y|ies)|firms?|markets?|industry|business|sector)$"
)
_HUMP = re.compile(r"&|\d+|[A-Z]+(?=[A-Z][a-z])|[A-Z]?[^\W\dA-Z_]+|[A-Z]+")
"""The parts of which acronyms are made: words, and what begins with a capital within a word."""
_ARTICLES = "of the and for in on to de des der du und y e da do di del la le et von van"
SMALL = frozenset(_ARTICLES.split())
"""Words of a name that its acronym may leave out."""
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "đ": "d"})


@lru_cache(maxsize=20_000)
def words(name: str) -> Words:
    """The words of a name without case, accents, hyphens and dots; a plus sign is a word.

    Example:
        >>> words("SK hynix's Basalt-9+"), words("S.p.A. 昇腾910B")
        (('sk', 'hynix', 's', 'basalt', '9', '+'), ('spa', '昇腾', '910b'))
    """
    folded = unicodedata.normalize("NFKC", fold(name)).translate(_LETTERS)
    letters = unicodedata.normalize("NFD", _DOTTED.sub(r"\1", folded))
    plain = unicodedata.normalize("NFC", "".join(letter for letter in letters if not "̀" <= letter <= "ͯ"))
    return tuple(_WORD.findall(plain.casefold()))


def spelling(name: Words) -> str:
    """What the spellings of a name share, whether their parts are written apart, hyphenated or together.

    Digits that are written apart stay apart.

    Example:
        >>> spelling(words("Trainium2")) == spelling(words("Trainium 2"))
        True
        >>> spelling(words("Xeon 6 980P")) == spelling(words("Xeon 6980P"))
        False
    """
    return re.sub(r"(?<!\d) | (?!\d)", "", " ".join(name))


def numbered(name: Words) -> Words:
    """The words of a name that hold digits: those of one chip are always the same.

    Example:
        >>> numbered(words("Ascend 910C")), numbered(words("Grace Blackwell"))
        (('910c',), ())
    """
    return tuple(word for word in name if _DIGITS.search(word))


def parts(name: Words) -> Iterator[Words]:
    """Yield all that can be cut out of a name."""
    for start in range(len(name)):
        for end in range(start + 1, len(name) + 1):
            if end - start < len(name):
                yield name[start:end]


def bare(surface: str) -> str:
    """A name as it is written, without article, possessive and what stands around it.

    Example:
        >>> bare("the  Commerce Department's"), bare("“Basalt”"), bare("U.S.")
        ('Commerce Department', 'Basalt', 'U.S')
    """
    text = _POSSESSIVE.sub("", " ".join(fold(surface).split()).strip(_AROUND))
    if text.startswith("(") or text.count("(") != text.count(")"):
        text = text.strip("()")
    article = _ARTICLE.match(text)
    return text[article.end() :] if article else text


def legal(name: str) -> Iterator[str]:
    """Yield a firm's name with less and less of what says but its legal form.

    Example:
        >>> list(legal("Basalt Holdings Co., Ltd."))
        ['Basalt Holdings Co., Ltd.', 'Basalt Holdings Co.', 'Basalt Holdings']
    """
    yield from _shortened(name, _LEGAL)


def grouped(name: str) -> Iterator[str]:
    """Yield a firm's name with less and less of what says that it holds others: often, not always, another firm.

    Example:
        >>> list(grouped("Basalt Group Holdings"))
        ['Basalt Group Holdings', 'Basalt Group', 'Basalt']
    """
    yield from _shortened(name, _GROUP)


def _shortened(name: str, end: re.Pattern[str]) -> Iterator[str]:
    yield name
    while (shorter := end.sub("", name)) != name and shorter:
        name = shorter
        yield name


def cores(form: str, label: Label) -> Iterator[str]:
    """Yield a bare form with less and less of what adds nothing to a name of its label.

    Example:
        >>> [list(cores(form, label))[-1] for form, label in [("Mr Lu", "Person"), ("Ascend 910C chips", "Chip")]]
        ['Lu', 'Ascend 910C']
    """
    yield form
    if label in ("Firm", "Fund", "Market", "Regulator"):
        yield from legal(_BRACKET.sub("", form))
    elif label == "Person":
        yield _untitled(form)
    elif label in ("Chip", "Product"):
        yield singular(_KIND.sub("", _OWNER.sub("", form)))
    elif label == "Sector":
        yield _ROLE.sub("", form)


def _untitled(form: str) -> str:
    while match := _TITLE.match(form):
        form = form[match.end() :]
    return form


def singular(form: str) -> str:
    """A chip's name without the s of several; a number alone may be of a family in which the s is part of it.

    Example:
        >>> [singular(name) for name in ("H100s", "RTX 4090s", "Trainium2s", "Kirin 9000s", "9000s")]
        ['H100', 'RTX 4090', 'Trainium2', 'Kirin 9000s', '9000s']
    """
    named = re.search(r"[^\W\d_]", form[:-1]) and not OWN_S.search(form)
    return _PLURAL.sub("", form) if named else form


def initials(name: str) -> Iterator[str]:
    """Yield the acronyms of a name, with and without its small words and its legal form.

    Example:
        >>> sorted(set(initials("Semiconductor Manufacturing International Corp")))
        ['SMI', 'SMIC']
        >>> sorted(set(initials("LG Energy Solution"))), sorted(set(initials("STMicroelectronics")))
        (['LES', 'LGES'], ['SM', 'ST', 'STM'])
    """
    for variant in legal(_BRACKET.sub("", name)):
        humps = [part for word in re.split(r"[ -]", variant) for part in _HUMP.findall(word)]
        if len(humps) > 1 and " " not in variant and humps[0].isupper() and len(humps[0]) > 1:
            yield humps[0]
        for kept in (humps, [part for part in humps if part.lower() not in SMALL]):
            if len(kept) > 1:
                yield "".join(part if part.isdigit() else part[0] for part in kept).upper()
                yield "".join(part if part.isdigit() or part.isupper() else part[0] for part in kept).upper()
