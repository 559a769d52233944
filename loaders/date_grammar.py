"""The words of dates: one expression, whose outermost groups name the kinds of date that `dates` reads."""

import re

from loaders import numerals
from loaders.wording import exactly

MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1
    )
}  # fmt: skip
DAYS = {
    name: number
    for number, name in enumerate(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"])
}
NUMBERS = {word: int(number) for word, number in numerals.WORDS.items() if number in range(1, 21)} | {"a couple of": 2}
SHIFTS = {"this": 0, "current": 0, "last": -1, "past": -1, "previous": -1, "next": 1, "coming": 1, "following": 1}
SEASONS = {"spring": (3, 5), "summer": (6, 8), "autumn": (9, 11), "fall": (9, 11), "winter": (12, 12)}
"""First and last month, in the north; of winter the part before the turn of the year."""
HOLIDAYS = {
    "christmas eve": (12, 24), "christmas day": (12, 25), "boxing day": (12, 26), "new year's eve": (12, 31),
    "new year's day": (1, 1), "fourth of july": (7, 4), "christmas": (12, None), "thanksgiving": (11, None),
}  # fmt: skip

_MONTH = (
    r"(?:Jan(?:uary|\.)?|Feb(?:ruary|\.)?|Mar(?:ch|\.)?|Apr(?:il|\.)?|May|June?|July?|Aug(?:ust|\.)?|Sept?(?:ember|\.)?"
    r"|Oct(?:ober|\.)?|Nov(?:ember|\.)?|Dec(?:ember|\.)?)"
)
_YEAR = r"(?:19[7-9]\d|20[0-4]\d)"
_DAY = r"(?:[12]\d|3[01]|0?[1-9])(?:st|nd|rd|th)?"
_ORDINAL = r"(?:[12]\d|3[01]|[1-9])(?:st|nd|rd|th)"
_WEEKDAY = "(?:" + "|".join(name.capitalize() for name in DAYS) + ")"
_COUNT = "(?:" + "|".join(sorted(NUMBERS, key=len, reverse=True)) + r"|\d{1,2})"
_PART = r"(?:first|second|third|fourth|1st|2nd|3rd|4th|last|final|back)"
_SEASON = r"(?:spring|summer|autumn|fall|winter)"
_SAME = "that|the same|the previous|the following"
_OF_YEAR = rf"(?:this|last|next|{_SAME}) year"
_GOODS = (
    r"chips|units|GPUs|wafers|cards|servers|people|engineers|employees|workers|staff|jobs|cores|pins|patents|yuan|yen|"
    r"won|dollars|euros|pieces|cars|machines|racks|watts|megawatts|shares|modules|firms|companies"
)


def _dated(name: str) -> str:
    """A year behind a month or a day, in digits or as "of last year", in the groups `NAME_y` and `NAME_r`."""
    return rf"(?:,? (?P<{name}_y>{_YEAR})\b|,? (?:of )?(?P<{name}_r>{_OF_YEAR})\b)"


GRAMMAR = re.compile(
    r"(?:(?<![A-Za-z])(?=[A-Za-z])|(?=[\d今去明]))(?:"  # where a word or number begins; else most of the time goes here
    + "|".join(
        rf"(?P<{name}>{pattern})"
        for name, pattern in {
            "iso": rf"(?<![\d/-])(?P<iso_y>{_YEAR})(?P<iso_s>[-/])(?P<iso_m>0[1-9]|1[0-2])"
            r"(?:(?P=iso_s)(?P<iso_d>[0-2]\d|3[01]))?(?![\d/-])",
            "figures": rf"(?<![\d/.])(?P<fi_a>\d\d?)(?P<fi_s>[/.])(?P<fi_b>\d\d?)(?P=fi_s)(?P<fi_y>{_YEAR})(?![\d/])",
            "chinese": r"(?P<zh_y>(?:19|20)\d\d)年(?:(?P<zh_m>1[0-2]|[1-9])月(?:(?P<zh_d>[12]\d|3[01]|[1-9])日)?)?",
            "chinese_day": r"(?<!\d)(?P<zd_m>1[0-2]|[1-9])月(?:(?P<zd_d>[12]\d|3[01]|[1-9])日)?|(?P<zd_r>[今去明]年)",
            "mdy": rf"\b(?P<mdy_m>{_MONTH}) (?P<mdy_d>{_DAY})(?:(?:-|–| to )(?P<mdy_e>{_DAY}))?{_dated('mdy')}?"
            rf"(?!\d|,\d|%| (?:percent|per cent|million|billion|trillion|{_GOODS})\b)\b",
            "dmy": rf"\b(?:(?P<dmy_b>{_DAY})(?:-|–| to ))?(?P<dmy_d>{_DAY})(?: of)? (?P<dmy_m>{_MONTH})(?![a-z])"
            rf"{_dated('dmy')}?",
            "fiscal": rf"\b(?:FY ?|[Ff](?:iscal|inancial)(?: year)? )(?:(?P<fy>{_YEAR})|(?P<fy_2>[1-3]\d))\b"
            r"(?P<fy_span>[-/–]\d+)?",
            "edge": rf"\b(?P<ed>first|last|final) day of (?:(?P<ed_m>{_MONTH})(?: (?P<ed_y>{_YEAR}))?|"
            rf"the (?P<ed_u>year|month)|(?P<ed_ry>{_OF_YEAR}|{_YEAR}))\b",
            "span": r"(?i:\b(?P<sp_r>this|last|next|past|previous|current|coming) (?:fiscal )?quarter\b)(?! of)",
            "part": rf"\b(?:Q(?P<pa_q>[1-4])(?!\d)|(?P<pa_n>[1-4])Q(?![A-Z])|(?P<pa_h>H[12]|[12]H)(?= ?['’]?\d\d)|"
            rf"(?P<pa_w>{_PART})[ -](?:fiscal |calendar |financial )?(?P<pa_u>quarter|half|three months|six months|"
            r"nine months))"
            rf"(?: ?(?:(?:of |in |for )?(?:fiscal |the year |FY ?)?(?P<pa_y>{_YEAR})\b|['’]?(?P<pa_2>[12]\d)\b(?! |%)|"
            rf"(?:of )?(?P<pa_r>{_OF_YEAR})\b|(?P<pa_t>of the year)\b))?(?! of (?:the |its |a )?[a-z])",
            "ended": rf"\b(?P<en_m>{_MONTH})[ -]quarter\b",
            "season": rf"(?i:\b(?:(?P<s_r>last|this|next|coming|that|previous) {_SEASON}|{_SEASON} (?:of )?(?P<s_y>"
            rf"{_YEAR})|{_SEASON} of (?P<s_o>{_OF_YEAR})|(?:in|by|since|until|before|from|during|for|late|early|"
            rf"mid)[ -]"
            rf"(?:the )?(?:late |early )?{_SEASON}(?! (?:of )?{_YEAR}| of {_OF_YEAR}))\b)(?! (?:of|in) (?!this|"
            rf"last|next|that)[a-z])",
            "my": rf"\b(?P<my_m>{_MONTH}),? (?:of )?(?:(?P<my_y>{_YEAR})|(?P<my_r>{_OF_YEAR}))\b|"
            rf"\b(?P<my_n>{_MONTH}) ?['’](?P<my_2>[0-4]\d)\b",
            "range": rf"\b(?P<ra_m>{_MONTH})(?= ?(?:and|to|through|until|or|-|–) ?{_MONTH},? (?P<ra_y>{_YEAR}))",
            "day": r"(?i:\b(?P<day_w>today|the day before yesterday|yesterday|tomorrow|tonight|"
            r"this (?:morning|afternoon|evening)|last night)\b)",
            "weekday": rf"(?<!Black )(?<!Good )(?<!very )\b(?:(?P<wd_r>[Ll]ast|[Nn]ext|[Tt]his) )?(?P<wd>{_WEEKDAY})\b"
            r"(?! Times)",
            "weekend": r"(?i:\b(?:(?P<we_r>this|last|next|past|coming)|(?:over|at|on|during) the) weekend\b)",
            "stretch": r"(?i:\b(?:in|over|for|within|during|of) (?:the (?P<st_r>past|last|next|coming|following)|"
            r"(?:the )?(?P<st_x>recent))"
            rf"(?: (?P<st_n>few|several|{_COUNT}))? (?P<st_u>day|week|month|year)s?\b)(?! of)",
            "week": r"(?i:\b(?P<wk_r>this|last|next|past|previous|coming) week\b)",
            "month": r"(?i:\b(?:(?P<mo_r>this|last|next|past|previous|coming) month|(?<=of )the month(?! of)|"
            r"month-end)\b)",
            "same": r"(?i:\b(?:that|(?:on |in |of |during )?the same) (?P<sa_u>day|morning|afternoon|evening|"
            r"night|month|"
            r"year)\b)",
            "beside": r"(?i:\b(?:(?P<be_n>the)(?: (?P<be_r>following|next|previous) (?P<be_u>day|morning|month|year)| "
            r"(?P<be_v>day|month|year) (?P<be_s>before|after)(?=[,.;:]| that\b|$))|next (?P<be_m>morning))\b)",
            "year": r"(?i:\b(?:(?P<yr_r>this|last|next|past|previous|coming) year|"
            r"(?:(?<=end of )|(?<=half of )|(?<=start of )|(?<=rest of )|(?<=beginning of )|(?<=middle of )|(?<=in )|"
            r"(?<=close of )|(?<=course of )|(?<=months of ))the year(?! (?:of|to|that|ended|before|after|when|in "
            r"which))"
            r"|year-end(?! \d))\b)",
            "ago": rf"(?i:\b(?:(?P<ago_n>{_COUNT}) (?P<ago_u>day|week|month|year|decade)s? ago|half a year "
            rf"(?P<ago_h>ago))"
            r"\b)",
            "later": rf"(?i:\b(?P<la_n>{_COUNT}) (?P<la_u>day|week|month|year)s? (?P<la_d>later|earlier|afterwards?|"
            r"previously|(?:after|before|on)(?=[,.;:]| that\b|$))\b)",
            "hence": rf"(?i:(?<!time )(?<!first )\bin (?P<he_n>{_COUNT}) (?P<he_u>day|week|month|"
            rf"year)s?\b(?P<he_t>['’]s? "
            rf"time)?|\b(?P<he_m>{_COUNT}) (?P<he_v>day|week|month|year)s? (?P<he_f>from now)\b)",
            "holiday": "(?i:(?<!chinese )(?<!lunar )(?P<ho>" + exactly(HOLIDAYS).replace("'", "['’]") + r")\b)",
            "nth": rf"\b(?:on|since|from|until|by|and|to|of|before|after|On|Since|From|Until|By) the "
            rf"(?P<nt_d>{_ORDINAL}|"
            r"first(?= of)|second(?= of))(?: of (?:(?P<nt_r>this|last|next|that|the same) month|(?P<nt_t>the month)))?"
            r"(?! (?!and\b|or\b|at\b|in\b|when\b|that\b|with\b|from\b|to\b|by\b|for\b|as\b|it\b|the\b|after\b|over\b|"
            r"but\b|while\b)"
            r"\w|-)",
            "decade": r"(?i:\b(?:end|close) of (?:the|this) decade\b)",
            "bare_month": rf"\b(?:(?P<bm_r>[Ll]ast|[Nn]ext|[Tt]his|[Tt]hat) "
            rf")?(?P<bm>(?!May\b)(?:{_MONTH})(?<=[a-z.]{{4}})|"
            r"June|July|(?<=[Ii]n )May|(?<=[Ll]ast )May|(?<=[Ss]ince )May|(?<=[Nn]ext )May|(?<=[Tt]his )May|"
            r"(?<=[Tt]hat )May|"
            r"(?<=[Bb]y )May|(?<=[Uu]ntil )May|(?<=[Ff]rom )May|(?<=of )May|(?<=[Ll]ate )May|(?<=[Ee]arly )May|"
            r"(?<=id-)May|"
            r"(?<=during )May|(?<=through )May|(?<=before )May|(?<=after )May)(?![a-z]|\.?[A-Z])",
            "bare_year": r"(?:(?<![\w$€£¥₩.,/-])|(?<=mid-)|(?<=[Mm]id–)|(?<=late-)|(?<=early-)|(?<=end-)|"
            r"(?<=\d{4}[-–]))"
            rf"(?P<by>{_YEAR})(?![\d%]|,\d|\.\d|[-–]\d\d?\b|[A-Za-z])\b(?! (?:[a-z]+ )?(?:{_GOODS})\b)",
        }.items()
    )
    + ")"
)
