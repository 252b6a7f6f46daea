"""Russian: numbers, dates, money and units in words, agreeing with their neighbours as a reader would say them."""

import re

from avatars.speech.mapped import MappedText
from avatars.speech.numerals.ru import cardinal, ordinal, plural
from avatars.speech.rules import common as c

MONTHS = "января февраля марта апреля мая июня июля августа сентября октября ноября декабря".split()
CURRENCIES = {
    "usd": ("m", ("доллар", "доллара", "долларов")),
    "eur": ("m", ("евро", "евро", "евро")),
    "rub": ("m", ("рубль", "рубля", "рублей")),
    "kzt": ("m", ("тенге", "тенге", "тенге")),
    "gbp": ("m", ("фунт", "фунта", "фунтов")),
}
PERCENTS = ("процент", "процента", "процентов")
SCALES = {
    "тыс": ("f", ("тысяча", "тысячи", "тысяч")),
    "k": ("f", ("тысяча", "тысячи", "тысяч")),
    "мың": ("f", ("тысяча", "тысячи", "тысяч")),
    "млн": ("m", ("миллион", "миллиона", "миллионов")),
    "m": ("m", ("миллион", "миллиона", "миллионов")),
    "м": ("m", ("миллион", "миллиона", "миллионов")),
    "млрд": ("m", ("миллиард", "миллиарда", "миллиардов")),
    "b": ("m", ("миллиард", "миллиарда", "миллиардов")),
}
UNITS = {
    "км/ч": ("m", ("километр в час", "километра в час", "километров в час")),
    "км": ("m", ("километр", "километра", "километров")),
    "м": ("m", ("метр", "метра", "метров")),
    "см": ("m", ("сантиметр", "сантиметра", "сантиметров")),
    "мм": ("m", ("миллиметр", "миллиметра", "миллиметров")),
    "кг": ("m", ("килограмм", "килограмма", "килограммов")),
    "г": ("m", ("грамм", "грамма", "граммов")),
    "л": ("m", ("литр", "литра", "литров")),
    "т": ("f", ("тонна", "тонны", "тонн")),
    "мс": ("f", ("миллисекунда", "миллисекунды", "миллисекунд")),
    "сек": ("f", ("секунда", "секунды", "секунд")),
    "с": ("f", ("секунда", "секунды", "секунд")),
    "мин": ("f", ("минута", "минуты", "минут")),
    "ч": ("m", ("час", "часа", "часов")),
    "КБ": ("m", ("килобайт", "килобайта", "килобайт")),
    "МБ": ("m", ("мегабайт", "мегабайта", "мегабайт")),
    "ГБ": ("m", ("гигабайт", "гигабайта", "гигабайт")),
    "ТБ": ("m", ("терабайт", "терабайта", "терабайт")),
    "GB": ("m", ("гигабайт", "гигабайта", "гигабайт")),
    "MB": ("m", ("мегабайт", "мегабайта", "мегабайт")),
    "ГГц": ("m", ("гигагерц", "гигагерца", "гигагерц")),
    "МГц": ("m", ("мегагерц", "мегагерца", "мегагерц")),
    "°C": ("m", ("градус", "градуса", "градусов")),
    "°": ("m", ("градус", "градуса", "градусов")),
    "чел": ("m", ("человек", "человека", "человек")),
    "шт": ("f", ("штука", "штуки", "штук")),
    "тыс": ("f", ("тысяча", "тысячи", "тысяч")),
    "млн": ("m", ("миллион", "миллиона", "миллионов")),
    "млрд": ("m", ("миллиард", "миллиарда", "миллиардов")),
}
_YEAR_FORMS = {
    "год": "m",
    "года": "gen",
    "году": "loc",
    "годом": "ins",
    "годе": "loc",
    "годов": "pl_gen",
    "годы": "pl",
    "годах": "pl_gen",
}
_GENITIVE_BEFORE = frozenset(
    "от до около более менее больше меньше свыше без после из для у старше младше порядка течение".split()
)
_SUFFIXES = {
    "й": "m",
    "ый": "m",
    "ой": "m",
    "ий": "m",
    "я": "f",
    "ая": "f",
    "е": "n",
    "ое": "n",
    "го": "gen",
    "ого": "gen",
    "му": "dat",
    "ому": "dat",
    "м": "loc",
    "ом": "loc",
    "ю": "f_acc",
    "ую": "f_acc",
    "ым": "ins",
    "им": "ins",
    "ые": "pl",
    "ми": "pl_ins",
}
_UNIT = re.compile(rf"{c.BEFORE}(?P<n>{c.NUMBER})\s?(?P<u>{c.any_of(UNITS)})(?![\w])\.?(?=\s?(?P<next>\S?))")
_SUFFIXED = re.compile(rf"{c.BEFORE}(?P<n>\d{{1,6}})-(?P<s>[а-яё]{{1,3}})(?!\w)")
_COMPOUND = re.compile(rf"{c.BEFORE}(?P<n>\d{{1,6}})-(?=[а-яё]{{4,}})")
_YEAR = re.compile(rf"{c.BEFORE}(?P<y>\d{{4}})(?P<s>\s?)(?P<w>гг?\.|год(?:а|у|ом|е|ов|ы|ах)?(?!\w))")
_MONTH_YEAR = re.compile(rf"(?:{'|'.join(MONTHS)})\s(?P<y>[12]\d{{3}})(?![\w.,]\d|\w)")
_DAY = re.compile(rf"{c.BEFORE}(?P<d>[0-3]?\d)(?=\s(?:{'|'.join(MONTHS)})(?!\w))")
_ALWAYS = re.compile(r"\b24/7\b")
_NUMBER = re.compile(rf"(?<!\w)(?P<n>{c.NUMBER})")
_FRACTIONS = {
    1: "десятая десятых",
    2: "сотая сотых",
    3: "тысячная тысячных",
    4: "десятитысячная десятитысячных",
    5: "стотысячная стотысячных",
    6: "миллионная миллионных",
}


def spell(text: MappedText) -> MappedText:
    """Everything with digits in words."""
    text = text.sub(c.LONG_DIGITS, lambda m: " ".join(cardinal(int(digit)) for digit in m.group()))
    text = text.sub(_AT_LEAST, "не меньше ").sub(_AT_MOST, "не больше ").sub(_TOWN, _town)
    text = text.sub(_ALWAYS, "двадцать четыре на семь")
    text = text.sub(_ABOUT, "около ").sub(c.RELEASE, _release)
    text = text.sub(c.PHONE, _phone).sub(_DATE, _date).sub(c.ISO_DATE, _date).sub(c.TIME, _time)
    text = text.sub(c.VERSION, lambda m: " точка ".join(cardinal(int(part)) for part in m.group().split(".")))
    text = text.sub(c.CURRENCY_BEFORE, _money).sub(c.CURRENCY_AFTER, _money)
    text = text.sub(c.PERCENT_RANGE, _percent_range).sub(c.PERCENT, lambda m: amount(m["number"], "m", PERCENTS, _case(m)))
    text = text.sub(_SINCE_YEAR, _since_year).sub(_DECADE, _decade).sub(_YEARS, _years).sub(_YEAR, _year)
    text = text.sub(_MONTH_YEAR, _month_year).sub(_DAY, _day)
    text = text.sub(c.RANGE, _range).sub(_UNIT, _unit).sub(_SUFFIXED, _suffixed)
    text = text.sub(_COMPOUND, lambda m: cardinal(int(m["n"]), case="gen").replace(" ", "") if int(m["n"]) > 1 else "одно")
    return text.sub(c.MINUS, "минус ").sub(_NUMBER, _plain).sub(_ROMAN, _century)


_ABOUT = re.compile(r"(?<!\w)ок\.\s?(?=\d)")
_DATE = re.compile(rf"{c.DATE.pattern}(?P<w>\s?г\.|\sгода(?!\w))?")
_DECADE = re.compile(rf"{c.BEFORE}(?P<y>(?:[12]\d)?[1-9]0)-(?P<s>[ех])(?!\w)(?P<w>\sгг\.|(?=\sгод))?")
_YEARS = re.compile(
    rf"{c.BEFORE}(?P<a>[12]\d{{3}})\s?[–—-]\s?(?P<b>[12]\d{{3}})\s?(?P<w>гг?\.|год(?:ы|ов|ам|ах|ами)?(?!\w))"
)
# Preposition → the form of the years after it, and of «год» behind several of them.
_OF_YEARS = {"в": ("loc", "годах"), "о": ("loc", "годах"), "к": ("dat", "годам")} | {
    word: ("gen", "годов") for word in "с со из до от для после".split()
}
_AT_LEAST, _AT_MOST = re.compile(r"≥\s?(?=\d)"), re.compile(r"≤\s?(?=\d)")
_SINCE_YEAR = re.compile(
    r"(?<!\w)(?P<p>[Сс]о?|[Дд]о|[Пп]о|[Оо]т)\s(?P<y>(?:19|20)\d\d)(?=\s(?:по|до)\s(?:19|20)\d\d|\s?[,;)?!]|\s?\.?\s*$)"
)
_TOWN = re.compile(r"(?<!\w)(?:(?P<p>[А-Яа-я]{1,3})\s)?г\.\s?(?=[А-ЯЁӘҒҚҢӨҰҮҺІ])")
_ROMAN = re.compile(r"\b(?P<r>X{1,2}(?:IX|IV|V?I{0,3}))(?=\s(?:век|в\.))")


def _town(match: re.Match[str]) -> str:
    before = match["p"] or ""
    town = {
        "в": "городе",
        "о": "городе",
        "из": "города",
        "до": "города",
        "от": "города",
        "у": "города",
        "к": "городу",
        "по": "городу",
    }
    return f"{before} {town.get(before.lower(), 'город')} ".lstrip()


def _since_year(match: re.Match[str]) -> str:
    return f"{match['p']} {ordinal(int(match['y']), 'm' if match['p'].lower() == 'по' else 'gen')}"


def _century(match: re.Match[str]) -> str:
    values = {"X": 10, "V": 5, "I": 1}
    total, digits = 0, [values[letter] for letter in match["r"]]
    for index, value in enumerate(digits):
        total += -value if index + 1 < len(digits) and digits[index + 1] > value else value
    return ordinal(total, {"веке": "loc", "века": "gen", "веку": "dat"}.get(c.next_word(match), "m"))


def amount(number: str, gender: str, forms: tuple[str, str, str], case: str = "nom") -> str:
    """«5», "минута…" → «пять минут»; a fraction takes the genitive: «две целых пять десятых минуты»."""
    whole, decimals = c.parse_number(number)
    if decimals.strip("0"):
        return f"{decimal(whole, decimals)} {forms[1]}"
    if case in ("gen", "dat"):
        noun = forms[1] if case == "gen" and plural(whole, ("1", "2", "5")) == "1" else forms[2]
        return f"{cardinal(whole, gender, 'gen')} {noun}"
    return f"{cardinal(whole, gender)} {plural(whole, forms)}"


def decimal(whole: int, decimals: str) -> str:
    """(3, "5") → «три целых пять десятых»."""
    one, many = _FRACTIONS[len(decimals)].split()
    value = int(decimals)
    whole_word = "целая" if plural(whole, ("1", "2", "5")) == "1" else "целых"
    part_word = one if plural(value, ("1", "2", "5")) == "1" else many
    return f"{cardinal(whole, 'f')} {whole_word} {cardinal(value, 'f')} {part_word}"


def _case(match: re.Match[str]) -> str:
    """The case of a number, told by the preposition before it and the ending of the noun behind it."""
    noun, words = c.next_word(match), c.previous_words(match, 1)
    before = words[-1] if words else ""
    if noun.endswith(("ами", "ями")):
        return "ins"
    if noun.endswith(("ах", "ях")) or before in _GENITIVE_BEFORE:
        return "gen"
    if before in ("с", "со") and re.match(r"\s+(?:до|по)\s+\d", match.string[match.end() : match.end() + 8]):
        return "gen"
    return "dat" if before in ("к", "ко") else "nom"


def _gender(whole: int, noun: str) -> tuple[str, str]:
    """Gender and case («одну минуту») from the noun behind the number; only 1 and 2 care."""
    kind = plural(whole, ("1", "2", "5"))
    if noun == "раза":  # «1–2 раза»: a form of «раз», whatever it looks like
        return "m", "nom"
    if kind == "1" and noun.endswith(("у", "ю")):
        return "f", "acc"
    if kind == "1":
        return ("f" if noun.endswith(("а", "я")) else "n" if noun.endswith(("о", "е", "ие")) else "m"), "nom"
    return ("f" if noun.endswith(("ы", "и")) else "m"), "nom"


def _plain(match: re.Match[str]) -> str:
    whole, decimals = c.parse_number(match["n"])
    digits = match["n"]
    if decimals:
        return decimal(whole, decimals)
    if len(digits) > 1 and digits[0] == "0" and digits.isdigit():
        return " ".join(cardinal(int(digit)) for digit in digits)
    case = _case(match)
    gender, own_case = _gender(whole, c.next_word(match))
    return cardinal(whole, gender, case if case != "nom" else own_case) + c.apart(match)


def _range(match: re.Match[str]) -> str | None:
    if re.search(r"\d[–—-]\d+[–—-]\d", match.string[max(0, match.start() - 6) : match.end() + 6]):
        return None
    parts = []
    for name in "ab":
        whole, decimals = c.parse_number(match[name])
        gender = _gender(whole, c.next_word(match))[0]
        parts.append(decimal(whole, decimals) if decimals else cardinal(whole, gender, _case(match)))
    return " – ".join(parts)


def _percent_range(match: re.Match[str]) -> str:
    low, high = int(match["a"]), int(match["b"])
    return f"{cardinal(low)} – {cardinal(high)} {plural(high, PERCENTS)}"


def _money(match: re.Match[str]) -> str:
    gender, forms = CURRENCIES[c.currency_of(match["symbol"])]
    number = c.american(match["number"], match["symbol"])
    # The stop of «руб.» may also be the sentence's own.
    end = "." if match["symbol"].endswith(".") and not match.string[match.end() :].strip() else ""
    scale = (match["scale"] or "").strip().rstrip(".").lower()
    if scale:
        scale_gender, scale_forms = SCALES[scale]
        return f"{amount(number, scale_gender, scale_forms)} {forms[2]}{end}"
    return amount(number, gender, forms, _case(match)) + end


def _unit(match: re.Match[str]) -> str | None:
    unit = match["u"]
    # «5 с половиной», «в 7 г. Алматы»: a one-letter unit must not be a preposition or an abbreviation of something else.
    if unit in ("с", "т", "г", "м", "л", "ч") and match["next"] and match["next"].isalpha():
        return None
    gender, forms = UNITS[unit]
    ending = "." if match.group().endswith(".") and not match["next"] else ""
    return amount(match["n"], gender, forms, _case(match)) + ending


def _suffixed(match: re.Match[str]) -> str:
    number, suffix = int(match["n"]), match["s"]
    if suffix in ("х", "ти", "ми", "мя", "ух", "ёх", "ех", "и"):
        return cardinal(number, case="ins" if suffix in ("мя", "ми") else "gen")
    if suffix in _SUFFIXES:
        form = _SUFFIXES[suffix]
        feminine = (
            form == "m" and suffix == "й" and c.next_word(match).endswith(("е", "и", "ы")) and bool(c.previous_words(match, 1))
        )
        return ordinal(number, "f_obl" if feminine else form)
    return f"{cardinal(number)} {suffix}"


def _year(match: re.Match[str]) -> str:
    number, word = int(match["y"]), match["w"]
    before = (c.previous_words(match, 1) or [""])[-1]
    if word in ("г.", "гг."):
        form, noun = {"в": ("loc", "году"), "к": ("dat", "году")}.get(before, ("gen", "года"))
        form, noun = ("pl", "годы") if word == "гг." else (form, noun)
        end = "." if not match.string[match.end() :].strip() else ""
        return f"{ordinal(number, form)} {noun}{end}"
    form = "dat" if word == "году" and before in ("к", "по") else _YEAR_FORMS[word]
    return f"{ordinal(number, form)}{match['s']}{word}"


def _stop(match: re.Match[str]) -> str:
    """The stop of «г.» may also be the sentence's own."""
    return "." if match.group().endswith(".") and not match.string[match.end() :].strip() else ""


def _years(match: re.Match[str]) -> str:
    """«в 2024–2025 гг.» → «в … четвёртом – … пятом годах»."""
    form, noun = _OF_YEARS.get((c.previous_words(match, 1) or [""])[-1], ("m", "годы"))
    written = {"годах": "loc", "годов": "gen", "годам": "dat", "годами": "ins", "годы": "m", "год": "m"}
    if match["w"] in written:
        form, noun = written[match["w"]], match["w"]
    return f"{ordinal(int(match['a']), form)} – {ordinal(int(match['b']), form)} {noun}{_stop(match)}"


def _decade(match: re.Match[str]) -> str | None:
    """«1990-х», «90-е годы» → «девяностых», «девяностые»; a bare «20-х» is a number like any other."""
    if match["w"] is None and len(match["y"]) < 4:
        return None
    decade = ordinal(int(match["y"]), "pl_gen" if match["s"] == "х" else "pl")
    if not match["w"]:
        return decade
    before = (c.previous_words(match, 1) or [""])[-1]
    noun = "годы" if match["s"] == "е" else "годах" if before == "в" else "годов"
    return f"{decade} {noun}{_stop(match)}"


def _release(match: re.Match[str]) -> str:
    named = (c.previous_words(match, 1) or [""])[-1].startswith("верси")
    number = " точка ".join(cardinal(int(part)) for part in match["n"].split("."))
    return number if named else f"версия {number}"


def _month_year(match: re.Match[str]) -> str:
    return f"{match.group()[:-4]}{ordinal(int(match['y']), 'gen')} года"


def _day(match: re.Match[str]) -> str:
    before = (c.previous_words(match, 1) or [""])[-1]
    day = int(match["d"])
    # «5 марта» alone answers «когда?»: «пятого марта».
    return ordinal(day, "dat" if before == "к" else "n" if before in ("на", "по", "это", "сегодня") else "gen")


def _date(match: re.Match[str]) -> str | None:
    day, month, year = int(match["d"]), int(match["m"]), int(match["y"])
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    form = "n" if (c.previous_words(match, 1) or [""])[-1] == "по" else "gen"
    return f"{ordinal(day, form)} {MONTHS[month - 1]} {ordinal(year, 'gen')} года{_stop(match)}"


def _time(match: re.Match[str]) -> str:
    hour, minute = int(match["h"]), int(match["min"])
    case = _case(match)
    if minute == 0:
        hour_word = "часов" if case == "gen" and hour != 1 else plural(hour, ("час", "часа", "часов"))
        return f"{cardinal(hour, case=case)} {hour_word}"
    minutes = f"ноль {cardinal(minute)}" if minute < 10 else cardinal(minute)
    return f"{cardinal(hour)} {minutes}"


def _phone(match: re.Match[str]) -> str:
    groups = c.digit_groups(match.group())
    spoken = [" ".join(["ноль"] * (len(g) - len(g.lstrip("0"))) + ([cardinal(int(g))] if int(g) else [])) for g in groups]
    return ("плюс " if match.group().startswith("+") else "") + ", ".join(spoken)
