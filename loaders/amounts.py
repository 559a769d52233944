"""Values as the press writes them: money, quantities, shares and ratios.

`expressions` gives all of them in one form, for whoever chooses among them; the functions after it give one kind each,
as the rules want it.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple

from loaders import comparisons, currencies, numerals
from loaders.wording import either, exactly

Kind = Literal["money", "quantity", "part", "ratio", "round"]
Qualifiers = dict[str, float | str]

_SIGN = rf"(?:{exactly(currencies.SIGNS)})"
_NAME = (
    rf"(?:[ -]?(?:(?P<local>{exactly(currencies.LOCAL)}) )?(?P<name>{exactly(currencies.NAMES)}|"
    rf"(?:{exactly({*currencies.SIGNS.values(), 'RMB', '€'})})(?! ?\d))(?![A-Za-z]))"
)
_FREE = r"(?<![A-Za-z\d.])"
_MONEY = re.compile(rf"{_FREE}(?:(?P<sign>{_SIGN}) ?)?(?<![\d.,])(?P<sum>{numerals.SUM}){_NAME}?")
_RANGE = re.compile(
    rf"{_FREE}(?:(?P<sign>{_SIGN}) ?)?(?<![\d.,])(?P<low>{numerals.SUM})(?:-| ?– ?| to |(?P<and> and ))"
    rf"(?:(?P<again>{_SIGN}) ?)?(?P<high>{numerals.SUM}){_NAME}?"
)
_BARE = re.compile(
    rf"(?<![\w.,$€£¥₩₹])(?P<sum>{numerals.SCALED})(?=[.,;:)]|$| (?:into|from|for|in|to|and|or|at|with|each|more|"
    rf"by|over|"
    r"on|as|of|a year|last|this|that|it|he|they|put|but|if|which|was|is|went|goes|came|comes)\b)"
)
"""A sum whose currency was said before: "21 billion yen each, Fujitsu 20 billion"."""
_WON = re.compile(r"[\d.]{5,}|\d,\d|[a-z]{2}", re.IGNORECASE)
_UNITS = (
    r"chips?|units?|pieces|GPUs?|NPUs?|TPUs?|CPUs?|XPUs?|processors?|accelerators?|cards?|boards?|servers?|systems?|"
    r"racks?|wafers?|dies|robots?|vehicles?|cars?|phones?|handsets?|superchips?|modules?"
)
_GOODS = (
    rf"(?:{_UNITS}|machines?|devices?|controllers?|packs|drives|doses|towers|sets|vans|nodes|kits|kilos|tonnes|tons)"
)
_COUNT = rf"(?:{numerals.DIGITS}(?:[ -](?:thousand|million|billion)\b)?|{numerals.SCALED})"
_QUANTITY = re.compile(
    rf"(?<![\w.,:$€£¥₩₹-])(?P<low>{_COUNT})(?:(?: to |-|–| and )(?P<high>{_COUNT}))?"
    rf"(?! ?(?:%|percent|per cent|nm|nanomet|dollars|yuan|won|yen|euros|mm|inch|micro))(?: [^\s,.;]+){{0,4}}? "
    rf"(?:{_UNITS}|⟨Chip)(?![a-z])"
)
_MEASURES = either(
    "% per percent nm nanomet\\w+ mic\\w+ inch\\w* mm millimet\\w+ cm met(?:er|re)s? kilomet\\w+ feet square degrees? "
    "[kMGm]?W [Mm]egawatts? [Gg]igawatts? (?:kilo|milli)?watts? [GM]Wh \\w+-hours? volts? V amp\\w* [MG]?[Hh](?:z|"
    "ertz) "
    "\\w+hertz \\w*bits? \\w*bytes? [KMGT]B [KMGT]bps \\w*[Ff][Ll][Oo][Pp][Ss]? TOPS trillion billion million "
    "thousand tokens? parameters "
    "transistors? cores? qubits? pins lanes layers? dots years? months? weeks? days? hours? minutes? seconds? people "
    "persons employees staff workers engineers jobs customers users firms companies countries patents shares "
    "stores times operations "
    "pages grams points? months states others years? stages? generations? rounds? deals? yuan won yen dollars "
    "euros percentage "
    "[Nn]ew [Cc]hinese [Aa]merican rivals? start-ups? investors directors questions executives subsidiaries "
    "papers sites "
    "plants? factories fabs? lines? rooms seats votes items reasons things funds banks a\\.m p\\.m "
    "January February March April May June July August September October November December"
)
_OF_THEM = r" of (?:them|its|their|the|those|these|such|his|Nvidia|AMD|[A-Z⟨])"
_WIDE = re.compile(
    rf"(?<![\w.,:$€£¥₩₹/-])(?P<low>{numerals.NUMBER})(?:(?: to |-|–| and )(?P<high>{numerals.NUMBER}))?(?! "
    rf"?{_MEASURES}\b|%|[-/\w])"
    rf"(?P<after>{_OF_THEM}| (?:more |new |further |additional |initial )?(?!(?:of|and|or|in|for|at|by|to|on|is|"
    rf"was|are|were|has|"
    rf"had|have|from|with|as|per|this|out|up)\b)(?:[A-Za-z]+-?\d\S*|{_GOODS}\b|[A-Z][\w-]+(?: "
    rf"[A-Z\d][\w-]*){{0,3}} (?:{_GOODS}|"
    r"[a-z]+s)\b|(?:[A-Z][\w-]+ )?[A-Z]\w+s\b|(?:[a-z-]+ ){0,2}[a-z-]+s\b)"
    r"|(?=[.,;:)]|$| (?:in|for|from|to|at|a|per|this|last|by|since|had|have|are|were|is|was|each|on|with|as|and|or)\b))"
)
_TITLE = re.compile(r"(?:\b[A-Z][A-Za-z]*\d*|\b[A-Z]{2,}\w*) $")
_ENDINGS = re.compile(r"\w+(?:ous|ss|is|us)$")
_ROUND = re.compile(
    r"\b(?:(?:[Pp]re-)?[Ss]eries [A-K](?:\d|\+)?(?:-\d)?(?![\w-])|[Pp]re-[Ss]eed|[Ss]eed(?= (?:round|funding|"
    r"money|capital|"
    r"financing|investment|stage))|[Pp]re-IPO|[Aa]ngel(?= (?:round|funding|money|investment))|[Bb]ridge(?= "
    r"(?:round|loan|"
    r"financing))|IPO\b|[Gg]rowth (?=round))"
)
_WHOLE = re.compile(
    r"\b(?:[Ww]holly[ -]owned|[Ff]ully[ -]owned|the whole of|all of (?=[A-Z⟨]|it\b|the company\b|the shares\b|its "
    r"(?:shares|"
    r"stock|equity)\b|whose shares)|sole (?:share|stock)?(?:holder|owner)|all (?:the |of the company's )?shares|"
    r"outright|"
    r"entire (?:company|share capital|stake|equity)|in full ownership|(?:owns|holds|bought|buys|buy|acquires?|"
    r"sold) all of)"
)
_SPLIT = re.compile(r"(?<![\w.,])(?P<one>\d\d)[-–:/](?P<two>\d\d)(?![\w%]|[.,/-]\d)")
_LACKING = re.compile(
    rf"(?P<part>{comparisons.PERCENTAGE}) of [^,.;]{{1,50}}? (?:that|which) (?:it|they|he|she) (?:does|do|did) "
    rf"not (?:already |yet )?own"
)
"""Whoever buys the 49% that it does not own holds 51%."""
_REST = re.compile(r"\bthe (?:rest|remainder|remaining (?:shares|stake|part|interest|holding))\b")
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
    rf"(?P<part>{comparisons.PERCENTAGE}|{comparisons.FRACTION}) (?:(?P<up>{_UP})|"
    rf"(?P<down>{_DOWN}))(?P<metric>(?: (?!and\b|"
    r"than\b|but\b|versus\b)[\w-]+){0,3})"
)
_RATIO = re.compile(
    rf"(?:(?P<word>{exactly(_TIMES)})|(?<![\w.,])(?P<number>{numerals.DIGITS}|{numerals.WORD})(?: times|x|-fold)) "
    r"(?:as (?P<adjective>\w+) as|(?:the |in )?(?P<metric>(?:[\w-]+ ){0,3}?"
    + either(
        "performance(?:_per_watt)? speed throughput bandwidth power price cost memory capacity efficiency density area"
    )
    + r")\b)"
)
_ADJECTIVES = {"fast": "speed", "quick": "speed", "powerful": "performance", "expensive": "price", "large": "size"}


class Value(NamedTuple):
    """An expression of value: what kind it is, where it stands, and what it says as qualifiers of a claim."""

    kind: Kind
    start: int
    end: int
    qualifiers: Qualifiers


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


def expressions(text: str) -> Iterator[Value]:
    """Yield every expression of value in a text, in its order.

    Kinds and their qualifiers: `money` (amount, currency), `quantity` (quantity, or quantity_low and quantity_high),
    `part` (part: a stake or a share, which the words around it decide), `ratio` (delta, and metric where it is named),
    `round` (round). Expressions may overlap: "60% of the speed" is a part of 0.6 and a ratio of -0.4.

    Example:
        >>> [(value.kind, value.qualifiers) for value in expressions("$2 billion for a 5% stake")]
        [('money', {'amount': 2000000000.0, 'currency': 'USD'}), ('part', {'part': 0.05})]
    """
    yield from sorted(_unordered(text), key=lambda value: (value.start, value.end))


def _unordered(text: str) -> Iterator[Value]:
    sums = list(money(text))
    for found in sums:
        yield Value("money", found.start, found.end, {"amount": found.amount, "currency": found.currency})
    for count in _counts(text, sums):
        yield Value("quantity", count.start, count.end, _counted(count))
    for part in _all_parts(text):
        yield Value("part", part.start, part.end, {"part": part.value})
    yield from _all_ratios(text)
    for match in _ROUND.finditer(text):
        yield Value("round", match.start(), match.end(), {"round": match[0].strip()})


def _counted(count: Quantity) -> Qualifiers:
    if count.low == count.high:
        return {"quantity": count.low}
    return {"quantity_low": count.low, "quantity_high": count.high}


def number(text: str) -> float:
    """The value of `200,000` or `1.2 million`.

    Example:
        >>> number("1.2 million")
        1200000.0
    """
    return round(numerals.value(text), 4)


def money(text: str) -> Iterator[Money]:
    """Yield the amounts of money in a text, in its order; of a range both ends.

    Example:
        >>> [(m.amount, m.currency) for m in money("over USD 2 billion, or RMB 3.5bn")]
        [(2000000000.0, 'USD'), (3500000000.0, 'CNY')]
        >>> [(m.amount, m.currency) for m in money("SoftBank put in 21 billion yen, Fujitsu 20 billion")]
        [(21000000000.0, 'JPY'), (20000000000.0, 'JPY')]
    """
    named = _ranges(text)
    for match in _MONEY.finditer(text):
        if (currency := _currency(match, text)) and not _inside(match.start("sum"), named):
            named.append(Money(number(match["sum"]), currency, match.start(), match.end()))
    yield from sorted([*named, *_elliptic(text, named)], key=lambda found: found.start)


def _ranges(text: str) -> list[Money]:
    """Both ends of each range; they share currency and scale."""
    found: list[Money] = []
    for match in _RANGE.finditer(text):
        currency = _currency(match, text)
        told = match["name"] or match["again"] or (match["and"] is None and " to " not in match[0])
        if not currency or not told or (match["and"] and not text[: match.start()].lower().endswith("between ")):
            continue
        low = number(match["low"] + ("" if numerals.scale_of(match["low"]) else numerals.scale_of(match["high"])))
        if low < number(match["high"]):
            found.append(Money(low, currency, match.start(), match.end("low")))
            found.append(Money(number(match["high"]), currency, match.end("low") + 1, match.end()))
    return found


def _elliptic(text: str, named: Sequence[Money]) -> Iterator[Money]:
    """Yield the sums whose currency was said before."""
    first = min((found.end for found in named), default=len(text))
    for match in _BARE.finditer(text, first):
        if not _inside(match.start(), named) and number(match["sum"]) >= 1e5:
            before = max((found for found in named if found.end <= match.start()), key=lambda found: found.end)
            yield Money(number(match["sum"]), before.currency, match.start(), match.end())


def _inside(at: int, found: Sequence[Money]) -> bool:
    return any(one.start <= at < one.end for one in found)


def _currency(match: re.Match[str], text: str) -> str | None:
    if match["sign"]:
        return currencies.meant(match["sign"], text)
    name = match["name"] or ""
    if name == "won" and not _WON.search(match[0].split(name)[0]):
        return None
    local = currencies.LOCAL.get(match["local"] or "")
    return local or (currencies.meant(name, text) if name else None)


def quantities(text: str) -> Iterator[Quantity]:
    """Yield the counts of goods in a text, ranges as such.

    Example:
        >>> [q[:2] for q in quantities("600,000 to 800,000 chips")]
        [(600000.0, 800000.0)]
    """
    sums = list(money(text))
    for match in _QUANTITY.finditer(text):
        if not _inside(match.start(), sums) and not _is_year(match["low"]):
            yield from _count(match)


def _is_year(words: str) -> bool:
    return bool(re.fullmatch(r"(?:19|20)\d\d", words))


def _count(match: re.Match[str]) -> Iterator[Quantity]:
    first, last = number(match["low"]), number(match["high"] or match["low"])
    if first <= last:
        yield Quantity(first, last, match.start(), match.end())


def _counts(text: str, sums: Sequence[Money]) -> Iterator[Quantity]:
    """Yield whatever may be a count of goods, also where what is counted has no word for goods."""
    found = list(quantities(text))
    yield from found
    taken = [(one.start, one.end) for one in found] + [(one.start, one.end) for one in sums]
    for match in _WIDE.finditer(text):
        if not any(start <= match.start() < end for start, end in taken) and _is_count(match, text):
            yield from _count(match)


def _is_count(match: re.Match[str], text: str) -> bool:
    """Whether a bare number counts something: large, or with what it counts; no year, model number or measure."""
    low, after = match["low"], match["after"]
    if _is_year(low) or low.lower() in ("a", "an") or ("." in low and not numerals.scale_of(low)):
        return False
    named = bool(_TITLE.search(text[max(0, match.start() - 30) : match.start()]))
    large = "," in low or (number(low) >= 1e3 and not low.isdigit())
    if after.startswith(" of "):
        return large or low.isdigit() or number(low) > 1
    if large:
        return True
    if re.search(rf"\b{_GOODS}$", after):
        return True
    return bool(after) and not named and number(low) >= 10 and not _ENDINGS.fullmatch(after.split()[-1])


def shares(text: str) -> Iterator[float]:
    """Yield the percentages in a text as fractions.

    Example:
        >>> list(shares("a 9.9% stake"))
        [0.099]
    """
    for part in comparisons.parts(text):
        if text[part.start : part.end][0].isdigit() or text[part.start : part.end].endswith(("cent", "%")):
            yield part.value


def _all_parts(text: str) -> Iterator[comparisons.Part]:
    """Yield all that may be a stake or a share: fractions, the whole, a split in two, the rest of what was named."""
    found = list(comparisons.parts(text))
    yield from found
    for match in _WHOLE.finditer(text):
        yield comparisons.Part(1.0, match.start(), match.end())
    for match in _SPLIT.finditer(text):
        if int(match["one"]) + int(match["two"]) == 100:
            for side in sorted({"one", "two"}, key=match.start):
                yield comparisons.Part(int(match[side]) / 100, match.start(side), match.end(side))
    for match in _LACKING.finditer(text):
        yield comparisons.Part(round(1 - comparisons.percentage(match["part"]), 6), match.start(), match.end())
    for match in _REST.finditer(text):
        named = sum({part.value for part in found if part.start < match.start()})
        if 0 < named < 1:
            yield comparisons.Part(round(1 - named, 6), match.start(), match.end())


def ratios(text: str) -> Iterator[Ratio]:
    """Yield what a text compares by number: `28% lower performance` is -0.28, `twice as fast` 1.0.

    Example:
        >>> list(ratios("41% fewer cores and twice the memory"))
        [Ratio(metric='cores', delta=-0.41), Ratio(metric='memory', delta=1.0)]
    """
    for _, _, ratio in sorted(_ratios(text)):
        yield ratio


def _ratios(text: str) -> Iterator[tuple[int, int, Ratio]]:
    for match in _DELTA.finditer(text):
        word = match["up"] or match["down"]
        metric = _ADVERBS.get(word) or _metric(match["metric"])
        if metric:
            part = next(comparisons.parts(match["part"] + " of")).value
            yield match.start(), match.end(), Ratio(metric, -part if match["down"] else part)
    for match in _RATIO.finditer(text):
        if comparisons.AGAIN.match(text, match.start()):
            continue
        times = _TIMES[match["word"]] if match["word"] else number(match["number"])
        less, metric = _counted_metric(match["metric"])
        metric = _ADJECTIVES.get(match["adjective"] or "", match["adjective"] or "") or metric
        if metric:
            delta = round(1 / times - 1, 2) if less and times else round(times - 1, 6)
            yield match.start(), match.end(), Ratio(metric, delta)


def _counted_metric(words: str | None) -> tuple[bool, str]:
    """Whether there is less of a metric, and its name without the words that say so."""
    found = re.match(rf"(?:as (?:much|many) |(?P<down>{_DOWN}) |(?:{_UP}) )?(?P<name>.*)", _metric(words), re.DOTALL)
    assert found is not None
    return bool(found["down"]), found["name"]


def _metric(words: str | None) -> str:
    return (words or "").strip().lower()


def _all_ratios(text: str) -> Iterator[Value]:
    """Yield all that may be said of one thing compared with another, with the metric where it stands right there."""
    seen: set[tuple[int, float]] = set()
    for start, end, ratio in _ratios(text):
        seen.add((start, ratio.delta))
        yield Value("ratio", start, end, {"delta": ratio.delta, "metric": ratio.metric})
    for change in comparisons.changes(text):
        if (change.start, change.delta) not in seen:
            seen.add((change.start, change.delta))
            yield Value("ratio", change.start, change.end, {"delta": change.delta})
