"""English numbers in words."""

_UNITS = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen
""".split()
_TENS = "- - twenty thirty forty fifty sixty seventy eighty ninety".split()
_SCALES = ((10**12, "trillion"), (10**9, "billion"), (10**6, "million"), (10**3, "thousand"))
_ORDINALS = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
}
MAX_NUMBER = 10**15 - 1


def _below_hundred(number: int) -> str:
    if number < 20:
        return _UNITS[number]
    tens, units = divmod(number, 10)
    return _TENS[tens] + (f"-{_UNITS[units]}" if units else "")


def cardinal(number: int) -> str:
    """A whole number in words. Raises ValueError beyond MAX_NUMBER."""
    if abs(number) > MAX_NUMBER:
        raise ValueError("number too large to be spoken")
    if number == 0:
        return "zero"
    words = ["minus"] if number < 0 else []
    rest = abs(number)
    for scale, name in _SCALES:
        count, rest = divmod(rest, scale)
        if count:
            words += [cardinal(count), name]
    hundreds, rest = divmod(rest, 100)
    if hundreds:
        words += [_UNITS[hundreds], "hundred"]
    if rest:
        words += (["and"] if hundreds else []) + [_below_hundred(rest)]
    return " ".join(words)


def ordinal(number: int) -> str:
    """`ordinal(21)` → "twenty-first"."""
    words = cardinal(number)
    cut = max(words.rfind(" "), words.rfind("-")) + 1
    head, last = words[:cut], words[cut:]
    if last in _ORDINALS:
        return head + _ORDINALS[last]
    return head + (last[:-1] + "ieth" if last.endswith("y") else last + "th")


def year(number: int) -> str:
    """`year(1998)` → "nineteen ninety-eight"; 2000–2009 in full. Raises ValueError beyond MAX_NUMBER."""
    century, rest = divmod(number, 100)
    if not 1100 <= number <= 2099 or 2000 <= number <= 2009:
        return cardinal(number)
    if rest == 0:
        return f"{_below_hundred(century)} hundred"
    return f"{_below_hundred(century)} {'oh ' + _UNITS[rest] if rest < 10 else _below_hundred(rest)}"
