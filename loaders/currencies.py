"""Whose money is meant: signs, codes and names of currencies, and what the text around says of them."""

import re

SIGNS = {
    "US$": "USD", "US $": "USD", "$": "USD", "NT$": "TWD", "NTD": "TWD", "HK$": "HKD", "S$": "SGD", "A$": "AUD",
    "AU$": "AUD", "C$": "CAD", "CA$": "CAD", "NZ$": "NZD", "RMB": "CNY", "CN¥": "CNY", "JP¥": "JPY", "¥": "JPY",
    "€": "EUR",
    "£": "GBP", "₩": "KRW", "₹": "INR", "Rs": "INR", "Rs.": "INR", "Fr.": "CHF", "R$": "BRL", "RM": "MYR", "Rp": "IDR",
    "₽": "RUB", "₺": "TRY", "₪": "ILS", "NIS": "ILS", "฿": "THB", "₫": "VND", "Mex$": "MXN", "zł": "PLN", "Dh": "AED",
    "Dhs": "AED", "₱": "PHP", "₦": "NGN", "₸": "KZT", "₴": "UAH",
} | {
    code: code
    for code in [
        "USD", "TWD", "HKD", "SGD", "AUD", "CAD", "NZD", "CNY", "JPY", "EUR", "GBP", "KRW", "INR", "CHF", "SEK",
        "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "THB", "VND", "MYR", "IDR", "PHP", "BRL", "MXN", "ARS", "CLP",
        "COP", "RUB", "UAH", "KZT", "TRY", "ILS", "ZAR", "SAR", "AED", "QAR", "KWD", "OMR", "BHD", "EGP", "KES",
        "NGN", "PKR", "BDT", "LKR", "MAD",
    ]
}  # fmt: skip
NAMES = {
    "dollar": "USD", "yuan": "CNY", "renminbi": "CNY", "yen": "JPY", "won": "KRW", "euro": "EUR", "pound": "GBP",
    "pound sterling": "GBP", "pounds sterling": "GBP", "rupee": "INR", "franc": "CHF", "rupiah": "IDR",
    "ringgit": "MYR",
    "baht": "THB", "dong": "VND", "peso": "MXN", "ruble": "RUB", "rouble": "RUB", "lira": "TRY", "shekel": "ILS",
    "rand": "ZAR", "riyal": "SAR", "dirham": "AED", "dinar": "KWD", "krona": "SEK", "kronor": "SEK", "krone": "NOK",
    "kroner": "NOK", "crown": "SEK", "zloty": "PLN", "zlotys": "PLN", "zlotych": "PLN", "koruna": "CZK",
    "forint": "HUF",
    "tenge": "KZT", "hryvnia": "UAH", "naira": "NGN", "shilling": "KES", "taka": "BDT", "reais": "BRL",
    "美元": "USD", "人民币": "CNY", "元": "CNY", "日元": "JPY", "日圆": "JPY", "円": "JPY", "欧元": "EUR",
    "港元": "HKD",
    "新台币": "TWD", "新台幣": "TWD", "원": "KRW", "韩元": "KRW",
}  # fmt: skip
NAMES |= {
    f"{name}s": NAMES[name]
    for name in [
        "dollar",
        "euro",
        "pound",
        "rupee",
        "franc",
        "peso",
        "ruble",
        "rouble",
        "shekel",
        "riyal",
        "dirham",
        "dinar",
        "crown",
        "koruna",
        "forint",
        "shilling",
    ]
}
LOCAL = {
    "Taiwan": "TWD", "Taiwanese": "TWD", "New Taiwan": "TWD", "Hong Kong": "HKD", "Singapore": "SGD",
    "Australian": "AUD",
    "Canadian": "CAD", "New Zealand": "NZD", "US": "USD", "U.S.": "USD", "American": "USD", "Mexican": "MXN",
    "Argentine": "ARS", "Philippine": "PHP", "Chilean": "CLP", "Colombian": "COP", "Egyptian": "EGP",
    "Pakistani": "PKR",
    "Indian": "INR", "Qatari": "QAR", "Omani": "OMR", "Saudi": "SAR", "Kuwaiti": "KWD", "Bahraini": "BHD",
    "Danish": "DKK",
    "Norwegian": "NOK", "Swedish": "SEK", "Czech": "CZK", "Moroccan": "MAD", "Emirati": "AED", "Swiss": "CHF",
    "Korean": "KRW", "South Korean": "KRW", "Japanese": "JPY", "Chinese": "CNY", "British": "GBP", "Russian": "RUB",
    "Turkish": "TRY", "Brazilian": "BRL", "Polish": "PLN", "Israeli": "ILS", "Kenyan": "KES", "Vietnamese": "VND",
}  # fmt: skip
"""Whose dollars, pesos or pounds, where the word stands right before."""
_CONTEXT = {
    "¥": ((r"\b(?:Japan\w*|yen|JPY)\b|Tokyo", "JPY"), (r"\b(?:RMB|CNY|yuan|renminbi|Chin(?:a|ese)|Beijing)\b", "CNY")),
    "peso": (
        (r"Mexic", "MXN"), (r"Argentin|Buenos Aires", "ARS"), (r"Philippin|Manila", "PHP"), (r"\bChile", "CLP"),
        (r"Colombia", "COP"),
    ),
    "pound": ((r"Brit|London|\bU\.?K\b", "GBP"), (r"Egypt|Cairo", "EGP")),
    "rupee": ((r"\bIndia|New Delhi", "INR"), (r"Pakistan", "PKR"), (r"Sri Lanka", "LKR")),
    "riyal": ((r"Saudi|Riyadh", "SAR"), (r"Qatar|Doha", "QAR"), (r"\bOman|Muscat", "OMR")),
    "krone": ((r"Norw|Oslo", "NOK"), (r"Danish|Denmark|Copenhagen", "DKK")),
    "crown": ((r"Swed|Stockholm", "SEK"), (r"Czech|Prague", "CZK"), (r"Norw|Oslo", "NOK"), (r"Danish|Denmark", "DKK")),
    "dirham": ((r"Emirat|\bUAE\b|Dubai|Abu Dhabi", "AED"), (r"Morocc", "MAD")),
    "dinar": ((r"Kuwait", "KWD"), (r"Bahrain", "BHD")),
}  # fmt: skip
"""What a name of several currencies means where the text names one of their countries; the first that is named."""


def meant(word: str, text: str) -> str | None:
    """The code of a sign, code or name of a currency, as a text means it.

    Example:
        >>> meant("¥", "a plant for ¥3 billion"), meant("¥", "The Chinese firm paid ¥3 billion")
        ('JPY', 'CNY')
        >>> meant("pesos", "in Manila for 3 billion pesos")
        'PHP'
    """
    family = {"kroner": "krone"}.get(word, word.rstrip("s"))
    for sign, code in _CONTEXT.get(family, ()):
        if re.search(sign, text):
            return code
    return SIGNS.get(word) or NAMES.get(word)
