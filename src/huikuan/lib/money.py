"""Money is an integer of minor units (fen) with a currency; a float never decides an amount."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from huikuan.lib.problems import Refused

#: Decimals of a currency (ISO 4217).
EXPONENTS = {
    "CNY": 2,
    "HKD": 2,
    "MOP": 2,
    "TWD": 2,
    "USD": 2,
    "EUR": 2,
    "GBP": 2,
    "AUD": 2,
    "CAD": 2,
    "CHF": 2,
    "SGD": 2,
    "NZD": 2,
    "THB": 2,
    "MYR": 2,
    "INR": 2,
    "RUB": 2,
    "IDR": 2,
    "PHP": 2,
    "SEK": 2,
    "NOK": 2,
    "DKK": 2,
    "JPY": 0,
    "KRW": 0,
    "VND": 0,
    "KWD": 3,
    "BHD": 3,
}

#: What an amount may be marked with, and the currencies that the mark can mean.
_MARKS = {
    "¥": ("CNY", "JPY"),
    "人民币": ("CNY",),
    "RMB": ("CNY",),
    "元整": ("CNY",),
    "元": ("CNY",),
    "圆整": ("CNY",),
    "圆": ("CNY",),
    "US$": ("USD",),
    "HK$": ("HKD",),
    "$": ("USD", "HKD", "AUD", "CAD", "SGD", "NZD", "TWD"),
    "€": ("EUR",),
    "£": ("GBP",),
    "美元": ("USD",),
    "港元": ("HKD",),
    "港币": ("HKD",),
    "欧元": ("EUR",),
    "日元": ("JPY",),
    "英镑": ("GBP",),
    **{code: (code,) for code in EXPONENTS},
}
_SYMBOLS = {"CNY": "¥", "EUR": "€", "GBP": "£", "HKD": "HK$", "USD": "US$", "JPY": "JP¥"}
_MARK = "|".join(sorted(map(re.escape, _MARKS), key=len, reverse=True))
_AMOUNT = re.compile(
    rf"(?P<sign>[-+])? ?(?P<prefix>{_MARK})? ?(?P<sign2>[-+])? ?(?P<body>[0-9.,' ]*[0-9]\.?) ?(?P<suffix>{_MARK})?",
    re.ASCII,
)
_PLAIN = re.compile(r"([0-9]*)(?:\.([0-9]*))?", re.ASCII)
_GROUPED = re.compile(r"[0-9]{1,3}([,' ])[0-9]{3}(?:\1[0-9]{3})*(?:\.[0-9]*)?", re.ASCII)
_DASHES = re.compile("[\u2010-\u2013\u2212]")
_LIMIT = 10**15


def exponent(currency: str) -> int:
    """Decimals of the currency. KeyError for a currency that is not in the table."""
    return EXPONENTS[currency]


def parse_minor(value: str | int | float | Decimal, currency: str = "CNY") -> int:
    """An amount as written, in minor units: "¥12,908.00", "１２９０８元", "(1,234.50)" (negative), "-3.5",
    "12908.0000".

    Decimals beyond the currency's are allowed only as zeros, and not exactly three of them (1.000 may mean a
    thousand). A float is read by its shortest decimal form, so that binary noise is refused and not rounded. Raises
    Refused: money.empty, money.form, money.decimals, money.grouping, money.unit, money.currency, money.too_large,
    cell.lost_digits.
    """
    text = repr(value) if isinstance(value, float) else str(value)
    if isinstance(value, Decimal) and value.is_finite():
        text = f"{value:f}"
    plain = " ".join(_DASHES.sub("-", unicodedata.normalize("NFKC", text)).split()).upper()
    if not plain:
        raise Refused("money.empty")
    if plain.startswith("#LOST:") or re.fullmatch(r"-?[0-9](\.[0-9]+)?E\+?[0-9]+", plain):
        raise Refused("cell.lost_digits")
    if re.search(r"[0-9] ?[万亿萬億]", plain):
        raise Refused("money.unit")
    negative = False
    if brackets := re.fullmatch(rf"({_MARK})? ?\((.+)\) ?({_MARK})?", plain):
        negative, plain = True, "".join(part or "" for part in brackets.groups())
    found = _AMOUNT.fullmatch(plain)
    if (
        not found
        or (found["sign"] and found["sign2"])
        or (negative and (found["sign"] or found["sign2"]))
    ):
        raise Refused("money.form")
    for mark in (found["prefix"], found["suffix"]):
        if mark and currency not in _MARKS[mark]:
            raise Refused("money.currency", found=mark, currency=currency)
    minor = _minor(found["body"].strip(), currency)
    return -minor if negative or "-" in (found["sign"], found["sign2"]) else minor


def _minor(body: str, currency: str) -> int:
    if re.search(r"[,' ]", body):
        if not _GROUPED.fullmatch(body):
            raise Refused("money.grouping")
        body = re.sub(r"[,' ]", "", body)
    plain = _PLAIN.fullmatch(body)
    if not plain:
        raise Refused("money.form")
    whole, decimals = plain[1] or "0", plain[2] or ""
    allowed = exponent(currency)
    extra = decimals[allowed:]
    if extra.strip("0") or (extra and len(decimals) == 3):
        raise Refused("money.decimals", found=len(decimals), currency=currency, allowed=allowed)
    minor = int(whole + decimals[:allowed].ljust(allowed, "0"))
    if minor >= _LIMIT:
        raise Refused("money.too_large")
    return minor


def format_minor(minor: int, currency: str = "CNY", lang: str = "zh-hans") -> str:
    """For display: ¥12,908.00. In English the US dollar is written $, in Chinese US$; others than the known symbols
    by code.
    """
    places = exponent(currency)
    symbol = (
        "$"
        if currency == "USD" and lang.startswith("en")
        else _SYMBOLS.get(currency, f"{currency} ")
    )
    whole, part = divmod(abs(minor), 10**places)
    digits = f"{whole:,}.{part:0{places}}" if places else f"{whole:,}"
    return f"{'-' if minor < 0 else ''}{symbol}{digits}"


def to_decimal(minor: int, currency: str = "CNY") -> Decimal:
    """The amount in units of the currency, exact."""
    return Decimal(minor).scaleb(-exponent(currency))


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Share out minor units by weights, by largest remainder (the earlier share first when remainders are equal).

    The shares add up to the total exactly; each is within one unit of its exact share. ValueError when no weight is
    positive or one is negative.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights must not be negative and not all be zero")
    sign = -1 if total < 0 else 1
    exact = [Fraction(abs(total) * weight, whole) for weight in weights]
    shares = [int(share) for share in exact]
    order = sorted(range(len(weights)), key=lambda index: (shares[index] - exact[index], index))
    for index in order[: abs(total) - sum(shares)]:
        shares[index] += 1
    return [sign * share for share in shares]
