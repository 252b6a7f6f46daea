"""Kazakh: numbers, dates, money and units in words; endings written behind a hyphen are joined to the word."""

import re

from avatars.speech.mapped import MappedText
from avatars.speech.numerals.kk import cardinal, ordinal
from avatars.speech.rules import common as c

MONTHS = "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан".split()
CURRENCIES = {"usd": "доллар", "eur": "еуро", "rub": "рубль", "kzt": "теңге", "gbp": "фунт"}
SCALES = {
    "тыс": "мың",
    "мың": "мың",
    "k": "мың",
    "млн": "миллион",
    "m": "миллион",
    "м": "миллион",
    "млрд": "миллиард",
    "b": "миллиард",
}
UNITS = {
    "км/сағ": "километр сағатына",
    "км": "километр",
    "м": "метр",
    "см": "сантиметр",
    "мм": "миллиметр",
    "кг": "килограмм",
    "г": "грамм",
    "л": "литр",
    "т": "тонна",
    "мс": "миллисекунд",
    "сек": "секунд",
    "мин": "минут",
    "сағ": "сағат",
    "КБ": "килобайт",
    "МБ": "мегабайт",
    "ГБ": "гигабайт",
    "ТБ": "терабайт",
    "GB": "гигабайт",
    "MB": "мегабайт",
    "°C": "градус",
    "°": "градус",
    "млн": "миллион",
    "млрд": "миллиард",
    "мың": "мың",
    "тг": "теңге",
}
_UNIT = re.compile(rf"{c.BEFORE}(?P<n>{c.NUMBER})\s?(?P<u>{c.any_of(UNITS)})(?![\w])(?P<dot>\.?)(?=\s?(?P<next>\S?))")
_CASE_ENDING = (
    r"(?:ші|шы|інші|ыншы|нші|ншы)?(?:дан|ден|тан|тен|нан|нен|да|де|та|те|ға|ге|қа|ке|на|не|ды|ді|ты|ті|ны|ні|ның|нің|дың|дің|тың|тің|"
    r"лар|лер|дар|дер|тар|тер|мен|бен|пен|дағы|дегі|тағы|тегі|лық|лік|дық|дік|тық|тік|ге|шы|ші|інші|ыншы)"
)
_ENDED = re.compile(rf"{c.BEFORE}(?P<n>\d{{1,9}})-(?P<e>{_CASE_ENDING})(?!\w)")
# «10:30-да», «25%-ға», «IT-де»: the word before the hyphen is spelled by now.
_JOINED = re.compile(rf"(?<=[а-яәғқңөұүһі])-(?={_CASE_ENDING}(?!\w))")
_ORDINAL = re.compile(rf"{c.BEFORE}(?P<n>\d{{1,6}})\s?-\s?(?=[а-яәғқңөұүһі]{{3,}})")
_YEAR = re.compile(rf"{c.BEFORE}(?P<y>\d{{1,4}})(?=\s(?:жыл(?:ы|дың|дан|ға|да|ғы|дар|дары|ғы)|ж\.))")
_DAY = re.compile(rf"{c.BEFORE}(?P<d>[0-3]?\d)(?=\s(?:{'|'.join(MONTHS)}))")
_NUMBER = re.compile(rf"(?<!\w)(?P<n>{c.NUMBER})")
_ALWAYS = re.compile(r"\b24/7\b")
_FRACTIONS = {1: "оннан", 2: "жүзден", 3: "мыңнан", 4: "он мыңнан", 5: "жүз мыңнан", 6: "миллионнан"}


def spell(text: MappedText) -> MappedText:
    """Everything with digits in words."""
    text = text.sub(c.LONG_DIGITS, lambda m: " ".join(cardinal(int(digit)) for digit in m.group()))
    text = text.sub(_ALWAYS, "тәулік бойы")
    text = text.sub(c.PHONE, _phone).sub(c.DATE, _date).sub(c.ISO_DATE, _date).sub(c.TIME, _time)
    text = text.sub(c.RELEASE, lambda m: "нұсқа " + " нүкте ".join(cardinal(int(part)) for part in m["n"].split(".")))
    text = text.sub(c.VERSION, lambda m: " нүкте ".join(cardinal(int(part)) for part in m.group().split(".")))
    text = text.sub(c.CURRENCY_BEFORE, _money).sub(c.CURRENCY_AFTER, _money)
    text = text.sub(c.PERCENT_RANGE, lambda m: f"{cardinal(int(m['a']))} – {cardinal(int(m['b']))} пайыз")
    text = text.sub(c.PERCENT, lambda m: f"{number_words(m['number'])} пайыз")
    text = text.sub(_YEAR, lambda m: ordinal(int(m["y"]))).sub(_DAY, lambda m: ordinal(int(m["d"])))
    text = text.sub(c.RANGE, lambda m: f"{number_words(m['a'])} – {number_words(m['b'])}")
    text = text.sub(_UNIT, _unit).sub(_ENDED, _ended).sub(_ORDINAL, lambda m: ordinal(int(m["n"])) + " ")
    text = text.sub(_JOINED, "")
    return text.sub(c.MINUS, "минус ").sub(_NUMBER, lambda m: number_words(m["n"]))


def number_words(number: str) -> str:
    """«3,5» → «үш бүтін оннан бес»."""
    whole, decimals = c.parse_number(number)
    if not decimals and len(number) > 1 and number[0] == "0" and number.isdigit():
        return " ".join(cardinal(int(digit)) for digit in number)
    tail = f" бүтін {_FRACTIONS[len(decimals)]} {cardinal(int(decimals))}" if decimals else ""
    return cardinal(whole) + tail


def _ended(match: re.Match[str]) -> str:
    number, ending = int(match["n"]), match["e"]
    for mark in ("інші", "ыншы", "нші", "ншы", "ші", "шы"):
        if ending.startswith(mark):
            return ordinal(number) + ending[len(mark) :]
    return cardinal(number) + ending


def _money(match: re.Match[str]) -> str:
    scale = (match["scale"] or "").strip().rstrip(".").lower()
    words = [number_words(match["number"]), SCALES[scale] if scale else "", CURRENCIES[c.currency_of(match["symbol"])]]
    return " ".join(word for word in words if word)


def _unit(match: re.Match[str]) -> str | None:
    if match["u"] in ("т", "г", "м", "л") and match["next"] and match["next"].isalpha():
        return None
    ending = "." if match["dot"] and not match["next"] else ""
    return f"{number_words(match['n'])} {UNITS[match['u']]}{ending}"


def _date(match: re.Match[str]) -> str | None:
    day, month, year = int(match["d"]), int(match["m"]), int(match["y"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    return f"{ordinal(year)} жылғы {ordinal(day)} {MONTHS[month - 1]}"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match["h"]), int(match["min"])
    if minute == 0:
        return f"{cardinal(hour)} нөл нөл"
    return f"{cardinal(hour)} {'нөл ' if minute < 10 else ''}{cardinal(minute)}"


def _phone(match: re.Match[str]) -> str:
    groups = c.digit_groups(match.group())
    spoken = [" ".join(["нөл"] * (len(g) - len(g.lstrip("0"))) + ([cardinal(int(g))] if int(g) else [])) for g in groups]
    return ("плюс " if match.group().startswith("+") else "") + ", ".join(spoken)
