"""Kazakh numbers in words. The language is regular: cardinals are strung together, ordinals follow vowel harmony."""

_UNITS = "нөл бір екі үш төрт бес алты жеті сегіз тоғыз".split()
_TENS = "- он жиырма отыз қырық елу алпыс жетпіс сексен тоқсан".split()
_SCALES = ((10**12, "триллион"), (10**9, "миллиард"), (10**6, "миллион"), (10**3, "мың"), (100, "жүз"))
_VOWELS = "аәеиоөуұүыіэ"
_BACK = set("аоұыуя")
MAX_NUMBER = 10**15 - 1


def cardinal(number: int) -> str:
    """A whole number in words. Raises ValueError beyond MAX_NUMBER."""
    if abs(number) > MAX_NUMBER:
        raise ValueError("number too large to be spoken")
    if number == 0:
        return "нөл"
    words = ["минус"] if number < 0 else []
    rest = abs(number)
    for scale, name in _SCALES:
        count, rest = divmod(rest, scale)
        if not count:
            continue
        # «жүз» and «мың», not «бір жүз»; millions keep their «бір».
        if count > 1 or scale > 1000:
            words.append(cardinal(count))
        words.append(name)
    tens, units = divmod(rest, 10)
    if tens:
        words.append(_TENS[tens])
    if units:
        words.append(_UNITS[units])
    return " ".join(words)


def is_back(word: str) -> bool:
    """Whether endings take back vowels, told by the word's last vowel."""
    last = next((letter for letter in reversed(word) if letter in _VOWELS), "е")
    return last in _BACK


def ordinal(number: int) -> str:
    """`ordinal(5)` → «бесінші», `ordinal(20)` → «жиырмасыншы»."""
    words = cardinal(number)
    head, _, last = words.rpartition(" ")
    head = f"{head} " if head else ""
    if last == "екі":
        return f"{head}екінші"
    if last == "жиырма":
        return f"{head}жиырмасыншы"
    if last[-1] in _VOWELS:
        return f"{head}{last}{'ншы' if is_back(last) else 'нші'}"
    return f"{head}{last}{'ыншы' if is_back(last) else 'інші'}"
