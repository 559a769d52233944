"""Numbers as the press writes them: money, quantities, shares and ratios."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from loaders.wording import either, exactly

_MULTIPLES = {
    "k": 1e3, "thousand": 1e3, "lakh": 1e5, "万": 1e4,
    "m": 1e6, "mn": 1e6, "mln": 1e6, "million": 1e6, "crore": 1e7, "亿": 1e8,
    "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12, "b": 1e9, "bn": 1e9, "bln": 1e9, "billion": 1e9,
    "t": 1e12, "tn": 1e12, "trn": 1e12, "trillion": 1e12,
}  # fmt: skip
_BEFORE = {
    "US$": "USD", "$": "USD", "USD": "USD", "NT$": "TWD", "NTD": "TWD", "TWD": "TWD", "HK$": "HKD", "HKD": "HKD",
    "S$": "SGD", "SGD": "SGD", "A$": "AUD", "AUD": "AUD", "C$": "CAD", "CAD": "CAD", "RMB": "CNY", "CNY": "CNY",
    "CN¥": "CNY", "¥": "JPY", "JPY": "JPY", "€": "EUR", "EUR": "EUR", "£": "GBP", "GBP": "GBP", "₩": "KRW",
    "KRW": "KRW", "₹": "INR", "Rs": "INR", "INR": "INR", "CHF": "CHF", "SEK": "SEK",
}  # fmt: skip
"""`¥` alone is yen: the English press writes RMB or yuan for the other."""
_AFTER = {
    "dollar": "USD", "dollars": "USD", "yuan": "CNY", "renminbi": "CNY", "yen": "JPY", "won": "KRW", "euro": "EUR",
    "euros": "EUR", "pound": "GBP", "pounds": "GBP", "rupee": "INR", "rupees": "INR", "francs": "CHF",
    "美元": "USD", "人民币": "CNY", "元": "CNY", "日元": "JPY", "欧元": "EUR", "港元": "HKD",
}  # fmt: skip
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_MULTIPLE = rf"(?:[ -]?(?P<multiple>{exactly(_MULTIPLES)})(?![A-Za-z]))?"
_CODES = "|".join(sorted({"RMB", *_BEFORE.values()}))
_LOCAL = {
    "Taiwan": "TWD", "Hong Kong": "HKD", "Singapore": "SGD", "Australian": "AUD", "Canadian": "CAD", "US": "USD",
    "U.S.": "USD",
}  # fmt: skip
"""Whose dollars."""
_MONEY = re.compile(
    rf"(?<![A-Za-z\d.])(?:(?P<before>{exactly(_BEFORE)}) ?)?(?P<number>{_NUMBER}){_MULTIPLE}"
    rf"(?: ?(?:(?P<local>{exactly(_LOCAL)}) )?(?P<after>{exactly(_AFTER)}|{_CODES})(?![A-Za-z]))?"
)
_UNITS = (
    r"chips?|units?|pieces|GPUs?|NPUs?|TPUs?|CPUs?|XPUs?|processors?|accelerators?|cards?|boards?|servers?|systems?|"
    r"racks?|wafers?|dies|robots?|vehicles?|cars?|phones?|handsets?|superchips?|modules?"
)
_COUNT = rf"(?:{_NUMBER})(?:[ -](?:thousand|million|billion)\b)?"
_QUANTITY = re.compile(
    rf"(?<![\w.$€£¥₩])(?P<low>{_COUNT})(?:(?: to |-|–| and )(?P<high>{_COUNT}))?"
    rf"(?! ?(?:%|percent|per cent|nm|nanomet|dollars|yuan|won|yen|euros))(?: [^\s,.;]+){{0,4}}? (?:{_UNITS}|⟨Chip)"
)
_PERCENT = r"(?:%|[ -]?per ?cent(?:age points?)?\b)"
_SHARE = re.compile(rf"(?<![\w.])(?P<number>{_NUMBER}) ?{_PERCENT}")
_TIMES = {
    "twice": 2.0, "double": 2.0, "triple": 3.0, "half": 0.5, "two times": 2.0, "three times": 3.0, "four times": 4.0,
    "five times": 5.0, "six times": 6.0, "ten times": 10.0, "a hundred times": 100.0,
}  # fmt: skip
_UP = "more|higher|faster|better|greater|larger|quicker|stronger|dearer"
_DOWN = "fewer|less|lower|slower|worse|smaller|cheaper|weaker"
_ADVERBS = {
    "faster": "speed", "quicker": "speed", "slower": "speed", "cheaper": "price", "dearer": "price",
    "more expensive": "price",
}  # fmt: skip
_DELTA = re.compile(
    rf"(?P<number>{_NUMBER}) ?{_PERCENT} (?:(?P<up>{_UP})|(?P<down>{_DOWN}))(?P<metric>(?: (?!and\b|than\b|but\b|"
    rf"versus\b)[\w-]+){{0,3}})"
)
_RATIO = re.compile(
    rf"(?:(?P<word>{exactly(_TIMES)})|(?P<number>\d+(?:\.\d+)?)(?: times|x|-fold)) "
    r"(?:as (?P<adjective>\w+) as|(?:the |in )?(?P<metric>(?:[\w-]+ ){0,3}?"
    + either(
        "performance(?:_per_watt)? speed throughput bandwidth power price cost memory capacity efficiency density area"
    )
    + r")\b)"
)
_ADJECTIVES = {"fast": "speed", "quick": "speed", "powerful": "performance", "expensive": "price", "large": "size"}


class Money(NamedTuple):
    """An amount in units of its currency, and where it stands."""

    amount: float
    currency: str
    start: int
    end: int


class Quantity(NamedTuple):
    """A count, or a range of counts, and where it stands."""

    low: float
    high: float
    start: int
    end: int


class Ratio(NamedTuple):
    """What is compared, and by what signed fraction it differs."""

    metric: str
    delta: float


def number(text: str) -> float:
    """The value of `200,000` or `1.2 million`.

    Example:
        >>> number("1.2 million")
        1200000.0
    """
    digits, _, multiple = text.replace(",", "").replace("-", " ").partition(" ")
    return round(float(digits) * _MULTIPLES.get(multiple, 1.0), 4)


def money(text: str) -> Iterator[Money]:
    """Yield the amounts of money in a text, in its order.

    Example:
        >>> [(m.amount, m.currency) for m in money("over USD 2 billion, or RMB 3.5bn")]
        [(2000000000.0, 'USD'), (3500000000.0, 'CNY')]
    """
    for match in _MONEY.finditer(text):
        currency = _currency(match)
        if currency:
            factor = _MULTIPLES.get(match["multiple"] or "", 1.0)
            yield Money(round(number(match["number"]) * factor, 4), currency, match.start(), match.end())


def _currency(match: re.Match[str]) -> str | None:
    if before := match["before"]:
        return _BEFORE[before]
    after = match["after"] or ""
    if match["local"] and after.startswith("dollar"):
        return _LOCAL[match["local"]]
    return _AFTER.get(after) or _BEFORE.get(after)


def quantities(text: str) -> Iterator[Quantity]:
    """Yield the counts of goods in a text, ranges as such.

    Example:
        >>> [q[:2] for q in quantities("600,000 to 800,000 chips")]
        [(600000.0, 800000.0)]
    """
    sums = [(m.start, m.end) for m in money(text)]
    for match in _QUANTITY.finditer(text):
        low = match["low"]
        if any(start <= match.start() < end for start, end in sums) or re.fullmatch(r"(?:19|20)\d\d", low):
            continue
        first, last = number(low), number(match["high"] or low)
        if first <= last:
            yield Quantity(first, last, match.start(), match.end())


def shares(text: str) -> Iterator[float]:
    """Yield the percentages in a text as fractions.

    Example:
        >>> list(shares("a 9.9% stake"))
        [0.099]
    """
    for match in _SHARE.finditer(text):
        yield round(number(match["number"]) / 100, 6)


def ratios(text: str) -> Iterator[Ratio]:
    """Yield what a text compares by number: `28% lower performance` is -0.28, `twice as fast` 1.0.

    Example:
        >>> list(ratios("41% fewer cores and twice the memory"))
        [Ratio(metric='cores', delta=-0.41), Ratio(metric='memory', delta=1.0)]
    """
    found: list[tuple[int, Ratio]] = []
    for match in _DELTA.finditer(text):
        word = match["up"] or match["down"]
        metric = _ADVERBS.get(word) or _metric(match["metric"])
        if metric:
            delta = round(number(match["number"]) / 100, 6)
            found.append((match.start(), Ratio(metric, -delta if match["down"] else delta)))
    for match in _RATIO.finditer(text):
        times = _TIMES[match["word"]] if match["word"] else float(match["number"])
        metric = _ADJECTIVES.get(match["adjective"] or "", match["adjective"] or "") or _metric(match["metric"])
        if metric:
            found.append((match.start(), Ratio(metric, round(times - 1, 6))))
    for _, ratio in sorted(found):
        yield ratio


def _metric(words: str | None) -> str:
    return (words or "").strip().lower()
