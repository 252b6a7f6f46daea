"""English: numbers, dates, money and units in words."""

import re

from avatars.speech.mapped import MappedText
from avatars.speech.numerals.en import cardinal, ordinal, year
from avatars.speech.rules import common as c

MONTHS = "January February March April May June July August September October November December".split()
_MONTH = "|".join(name if name == "May" else f"{name}|{name[:3]}\\.?" for name in MONTHS)
CURRENCIES = {
    "usd": ("dollar", "dollars"),
    "eur": ("euro", "euros"),
    "rub": ("ruble", "rubles"),
    "kzt": ("tenge", "tenge"),
    "gbp": ("pound", "pounds"),
}
SCALES = {
    "k": "thousand",
    "m": "million",
    "b": "billion",
    "м": "million",
    "тыс": "thousand",
    "мың": "thousand",
    "млн": "million",
    "млрд": "billion",
}
UNITS = {
    "km/h": ("kilometer per hour", "kilometers per hour"),
    "km": ("kilometer", "kilometers"),
    "m": ("meter", "meters"),
    "cm": ("centimeter", "centimeters"),
    "mm": ("millimeter", "millimeters"),
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "ms": ("millisecond", "milliseconds"),
    "sec": ("second", "seconds"),
    "s": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "GHz": ("gigahertz", "gigahertz"),
    "MHz": ("megahertz", "megahertz"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "ft": ("foot", "feet"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"),
}
_UNIT = re.compile(rf"{c.BEFORE}(?P<n>{c.NUMBER}|\d{{1,3}},\d{{3}})\s?(?P<u>{c.any_of(UNITS)})(?![\w'’])")
_ORDINAL = re.compile(r"(?<!\w)(?P<n>\d{1,6})(?:st|nd|rd|th)\b", re.IGNORECASE)
_MONTH_DAY = re.compile(rf"(?P<w>\b(?:{_MONTH})\s)(?P<d>[0-3]?\d)(?:st|nd|rd|th)?(?=\W|$)(?P<c>,?\s)?(?P<y>[12]\d{{3}})?(?!\w)")
_DAY_MONTH = re.compile(rf"(?<!\w)(?P<d>[0-3]?\d)(?P<w>\s(?:{_MONTH})\b)(?P<y>\s[12]\d{{3}})?(?!\w)")
_MONTH_YEAR = re.compile(rf"(?P<w>\b(?:{_MONTH})\s)(?P<y>[12]\d{{3}})(?!\w)")
_YEAR = re.compile(
    r"(?P<w>\b(?:in|since|by|until|till|of|from|to|year|before|after|during)\s)(?P<y>1[1-9]\d\d|20\d\d)(?!\w|[.,]\d|\s?[%°]|-\w)",
    re.IGNORECASE,
)
_DECADE = re.compile(r"(?<!\w)(?P<y>1[89]\d0|20[1-9]0)['’]?s\b")
_SCALED_RANGE = re.compile(rf"{c.BEFORE}(?P<a>\d{{1,3}})\s?[–—-]\s?(?P<b>\d{{1,3}})(?P<s>[kKM])(?!\w)")
_TENS = re.compile(r"(?<=\b[Tt]he )['’]?(?P<y>[2-9]0)['’]?s\b")
_GROUPED = re.compile(r"(?<![\w.,])\d{1,3}(?:,\d{3}){1,4}(?!\d)(?P<dec>\.\d{1,6})?")
_NUMBER = re.compile(rf"(?<!\w)(?P<n>{c.NUMBER})")
_ALWAYS = re.compile(r"\b24/7\b")
_CLOCK = re.compile(
    rf"{c.BEFORE}(?P<h>[01]?\d|2[0-4]):(?P<min>[0-5]\d)(?P<half>\s?(?:[ap]\.m\.|[ap]m\b))?(?![\w:])", re.IGNORECASE
)
_HOUR = re.compile(r"(?<!\w)(?P<h>1[0-2]|[1-9])\s?(?P<half>[ap]\.m\.|[ap]m\b)", re.IGNORECASE)


def spell(text: MappedText) -> MappedText:
    """Everything with digits in words."""
    text = text.sub(c.LONG_DIGITS, lambda m: " ".join(cardinal(int(digit)) for digit in m.group()))
    text = text.sub(_ALWAYS, "twenty-four seven")
    text = text.sub(c.PHONE, _phone).sub(c.ISO_DATE, _date).sub(c.DATE, _date).sub(_CLOCK, _time).sub(_HOUR, _hour)
    text = text.sub(c.RELEASE, lambda m: "version " + " point ".join(cardinal(int(part)) for part in m["n"].split(".")))
    text = text.sub(c.VERSION, lambda m: " point ".join(cardinal(int(part)) for part in m.group().split(".")))
    text = text.sub(c.CURRENCY_BEFORE, _money).sub(c.CURRENCY_AFTER, _money)
    text = text.sub(c.PERCENT_RANGE, lambda m: f"{cardinal(int(m['a']))} to {cardinal(int(m['b']))} percent")
    text = text.sub(c.PERCENT, lambda m: f"{number_words(m['number'])} percent")
    text = text.sub(_MONTH_DAY, _month_day).sub(_DAY_MONTH, _day_month)
    text = text.sub(_MONTH_YEAR, lambda m: m["w"] + year(int(m["y"])))
    text = text.sub(_SCALED_RANGE, _scaled_range).sub(c.RANGE, _range)
    text = text.sub(_YEAR, lambda m: m["w"] + year(int(m["y"]))).sub(_DECADE, _decade)
    text = text.sub(_TENS, lambda m: cardinal(int(m["y"]))[:-1] + "ies")
    text = text.sub(_UNIT, _unit).sub(_ORDINAL, lambda m: ordinal(int(m["n"])))
    text = text.sub(_GROUPED, lambda m: number_words(m.group()))
    return text.sub(c.MINUS, "minus ").sub(_NUMBER, lambda m: number_words(m["n"]) + c.apart(m))


def _ungrouped(number: str) -> str:
    return number.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number) else number


def number_words(number: str) -> str:
    """ "3.14" → "three point one four"."""
    number = _ungrouped(number)
    whole, decimals = c.parse_number(number)
    if not decimals and len(number) > 1 and number[0] == "0" and number.isdigit():
        return " ".join(cardinal(int(digit)) for digit in number)
    tail = " point " + " ".join(cardinal(int(digit)) for digit in decimals) if decimals else ""
    return cardinal(whole) + tail


def _scaled_range(match: re.Match[str]) -> str:
    return f"{number_words(match['a'])} to {number_words(match['b'])} {'million' if match['s'] == 'M' else 'thousand'}"


def _range(match: re.Match[str]) -> str:
    low, high = match["a"], match["b"]
    if all(re.fullmatch(r"(?:19|20)\d\d", part) for part in (low, high)):
        return f"{year(int(low))} to {year(int(high))}"
    return f"{number_words(low)} to {number_words(high)}"


def _money(match: re.Match[str]) -> str:
    one, many = CURRENCIES[c.currency_of(match["symbol"])]
    scale = (match["scale"] or "").strip().rstrip(".").lower()
    if scale:
        return f"{number_words(match['number'])} {SCALES[scale]} {many}"
    whole, decimals = c.parse_number(_ungrouped(match["number"]))
    if len(decimals) == 2 and many in ("dollars", "euros") and int(decimals):
        cents = "cent" if int(decimals) == 1 else "cents"
        return f"{cardinal(whole)} {one if whole == 1 else many} {cardinal(int(decimals))} {cents}"
    return f"{number_words(match['number'])} {one if whole == 1 and not decimals else many}"


def _unit(match: re.Match[str]) -> str:
    one, many = UNITS[match["u"]]
    return f"{number_words(match['n'])} {one if match['n'] == '1' else many}"


def _month_day(match: re.Match[str]) -> str:
    gap = match["c"] or ""
    return match["w"] + ordinal(int(match["d"])) + gap + (year(int(match["y"])) if match["y"] else "")


def _day_month(match: re.Match[str]) -> str:
    return ordinal(int(match["d"])) + match["w"] + (f" {year(int(match['y']))}" if match["y"] else "")


def _date(match: re.Match[str]) -> str | None:
    day, month = int(match["d"]), int(match["m"])
    # 12/31/2024 is the American order; 31.12.2024 the European one.
    if "/" in match.group() and day <= 12:
        day, month = month, day
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return f"{MONTHS[month - 1]} {ordinal(day)}, {year(int(match['y']))}"


def _decade(match: re.Match[str]) -> str:
    words = year(int(match["y"]))
    return (words[:-1] + "ies") if words.endswith("y") else words + "s"


def _half(text: str | None) -> str:
    return f" {'ay' if text.strip()[0] in 'aA' else 'pee'} em" if text and text.strip() else ""


def _time(match: re.Match[str]) -> str:
    hour, minute, half = int(match["h"]), int(match["min"]), _half(match["half"])
    if minute == 0:
        return cardinal(hour) + (half or (" o'clock" if 1 <= hour <= 12 else " hundred hours"))
    return f"{cardinal(hour)} {'oh ' if minute < 10 else ''}{cardinal(minute)}{half}"


def _hour(match: re.Match[str]) -> str:
    return cardinal(int(match["h"])) + _half(match["half"])


def _phone(match: re.Match[str]) -> str:
    groups = [" ".join(cardinal(int(digit)) for digit in group) for group in c.digit_groups(match.group())]
    return ("plus " if match.group().startswith("+") else "") + ", ".join(groups)
