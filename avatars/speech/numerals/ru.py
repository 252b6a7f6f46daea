"""Russian numbers in words: cardinals with gender and the cases speech needs, ordinals in every ending."""

_UNITS = """
    ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать
    пятнадцать шестнадцать семнадцать восемнадцать девятнадцать
""".split()
_TENS = "- - двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто".split()
_HUNDREDS = "- сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот".split()
_UNITS_GEN = """
    нуля одного двух трёх четырёх пяти шести семи восьми девяти десяти одиннадцати двенадцати тринадцати
    четырнадцати пятнадцати шестнадцати семнадцати восемнадцати девятнадцати
""".split()
_TENS_GEN = "- - двадцати тридцати сорока пятидесяти шестидесяти семидесяти восьмидесяти девяноста".split()
_HUNDREDS_GEN = "- ста двухсот трёхсот четырёхсот пятисот шестисот семисот восьмисот девятисот".split()
_UNITS_DAT = "нулю одному двум трём четырём".split() + _UNITS_GEN[5:]
_HUNDREDS_DAT = "- ста двумстам трёмстам четырёмстам пятистам шестистам семистам восьмистам девятистам".split()
_UNITS_INS = """
    нулём одним двумя тремя четырьмя пятью шестью семью восемью девятью десятью одиннадцатью двенадцатью
    тринадцатью четырнадцатью пятнадцатью шестнадцатью семнадцатью восемнадцатью девятнадцатью
""".split()
_TENS_INS = "- - двадцатью тридцатью сорока пятьюдесятью шестьюдесятью семьюдесятью восемьюдесятью девяноста".split()
_HUNDREDS_INS = "- ста двумястами тремястами четырьмястами пятьюстами шестьюстами семьюстами восемьюстами девятьюстами".split()

_WORDS = {
    "nom": (_UNITS, _TENS, _HUNDREDS),
    "gen": (_UNITS_GEN, _TENS_GEN, _HUNDREDS_GEN),
    "dat": (_UNITS_DAT, _TENS_GEN, _HUNDREDS_DAT),
    "ins": (_UNITS_INS, _TENS_INS, _HUNDREDS_INS),
}
_ONE = {
    ("nom", "f"): "одна",
    ("nom", "n"): "одно",
    ("acc", "f"): "одну",
    ("gen", "f"): "одной",
    ("dat", "f"): "одной",
    ("ins", "f"): "одной",
}
# (one, two to four, five and more), and the endings in the oblique cases.
_SCALES = (
    (10**12, "m", "триллион триллиона триллионов".split()),
    (10**9, "m", "миллиард миллиарда миллиардов".split()),
    (10**6, "m", "миллион миллиона миллионов".split()),
    (10**3, "f", "тысяча тысячи тысяч".split()),
)
_SCALE_CASES = {
    "m": {"gen": ("а", "ов"), "dat": ("у", "ам"), "ins": ("ом", "ами")},
    "f": {"gen": ("и", ""), "dat": ("е", "ам"), "ins": ("ей", "ами")},
}
MAX_NUMBER = 10**15 - 1

_ORDINAL_STEMS = {
    0: "нулев",
    1: "перв",
    2: "втор",
    3: "трет",
    4: "четвёрт",
    5: "пят",
    6: "шест",
    7: "седьм",
    8: "восьм",
    9: "девят",
    10: "десят",
    11: "одиннадцат",
    12: "двенадцат",
    13: "тринадцат",
    14: "четырнадцат",
    15: "пятнадцат",
    16: "шестнадцат",
    17: "семнадцат",
    18: "восемнадцат",
    19: "девятнадцат",
    20: "двадцат",
    30: "тридцат",
    40: "сороков",
    50: "пятидесят",
    60: "шестидесят",
    70: "семидесят",
    80: "восьмидесят",
    90: "девяност",
    100: "сот",
    200: "двухсот",
    300: "трёхсот",
    400: "четырёхсот",
    500: "пятисот",
    600: "шестисот",
    700: "семисот",
    800: "восьмисот",
    900: "девятисот",
}
_ENDINGS = {
    "m": "ый",
    "f": "ая",
    "n": "ое",
    "gen": "ого",
    "dat": "ому",
    "ins": "ым",
    "loc": "ом",
    "f_obl": "ой",
    "f_acc": "ую",
    "pl": "ые",
    "pl_gen": "ых",
    "pl_ins": "ыми",
}
_THIRD = {
    "m": "ий",
    "f": "ья",
    "n": "ье",
    "gen": "ьего",
    "dat": "ьему",
    "ins": "ьим",
    "loc": "ьем",
    "f_obl": "ьей",
    "f_acc": "ью",
    "pl": "ьи",
    "pl_gen": "ьих",
    "pl_ins": "ьими",
}
_STRESSED_END = {0, 2, 6, 7, 8, 40}


def plural(number: int, forms: tuple[str, str, str] | list[str]) -> str:
    """The noun after a number: `plural(2, ("минута", "минуты", "минут"))` → «минуты»."""
    number = abs(number)
    if number % 100 in range(11, 15):
        return forms[2]
    return {1: forms[0], 2: forms[1], 3: forms[1], 4: forms[1]}.get(number % 10, forms[2])


def _below_thousand(number: int, gender: str, case: str) -> list[str]:
    units, tens, hundreds = _WORDS["nom" if case == "acc" else case]
    words = [hundreds[number // 100]] if number >= 100 else []
    rest = number % 100
    if rest >= 20:
        words.append(tens[rest // 10])
        rest %= 10
    if rest == 1 and (case, gender) in _ONE:
        words.append(_ONE[case, gender])
    elif rest == 2 and gender == "f" and case in ("nom", "acc"):
        words.append("две")
    elif rest:
        words.append(units[rest])
    return words


def _scale_word(count: int, gender: str, forms: list[str], case: str) -> str:
    if case == "nom":
        return plural(count, forms)
    if case == "acc":
        return "тысячу" if gender == "f" and plural(count, "1 2 5".split()) == "1" else plural(count, forms)
    one, many = _SCALE_CASES[gender][case]
    stem = forms[2] if gender == "f" else forms[0]
    return stem + (one if plural(count, "1 2 5".split()) == "1" else many)


def cardinal(number: int, gender: str = "m", case: str = "nom") -> str:
    """A whole number in words; gender m, f, n; case nom, acc, gen, dat, ins. Raises ValueError beyond MAX_NUMBER."""
    if abs(number) > MAX_NUMBER:
        raise ValueError("number too large to be spoken")
    if number == 0:
        return _WORDS["nom" if case == "acc" else case][0][0]
    words = ["минус"] if number < 0 else []
    rest = abs(number)
    for scale, scale_gender, forms in _SCALES:
        count, rest = divmod(rest, scale)
        if not count:
            continue
        # «тысяча», not «одна тысяча»: so people say it.
        if count > 1:
            words += _below_thousand(count, scale_gender, case)
        words.append(_scale_word(count, scale_gender, forms, case))
    words += _below_thousand(rest, gender, case)
    return " ".join(words)


def ordinal(number: int, form: str = "m") -> str:
    """«пятый», «пятого», …; `form` is a key of the ending table. Raises ValueError outside 0…MAX_NUMBER."""
    if not 0 <= number <= MAX_NUMBER:
        raise ValueError("number too large to be spoken")
    head, last = _split_last(number)
    words = [cardinal(head)] if head else []
    if last >= 1000:
        scale, stem = next(
            (s, t)
            for s, t in ((10**12, "триллионн"), (10**9, "миллиардн"), (10**6, "миллионн"), (10**3, "тысячн"))
            if last % s == 0
        )
        count = last // scale
        prefix = "" if count == 1 else "".join(_below_thousand(count, "m", "gen"))
        return " ".join([*words, prefix + stem + _ENDINGS[form]])
    if last == 3:
        return " ".join([*words, _ORDINAL_STEMS[3] + _THIRD[form]])
    ending = "ой" if form == "m" and last in _STRESSED_END else _ENDINGS[form]
    return " ".join([*words, _ORDINAL_STEMS[last] + ending])


def _split_last(number: int) -> tuple[int, int]:
    """What stays a cardinal, and the last part, which becomes the ordinal: 2024 → (2020, 4)."""
    if number == 0 or number in _ORDINAL_STEMS:
        return 0, number
    for step in (100, 1000):
        part = number % step
        if part:
            last = part if part in _ORDINAL_STEMS else part % 10 or part % 100
            return number - last, last
    for scale in (10**3, 10**6, 10**9, 10**12):
        part = number // scale % 1000
        if part:
            return number - part * scale, part * scale
    return 0, number
