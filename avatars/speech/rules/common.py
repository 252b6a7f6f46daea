"""What the number rules of the three languages share: the shapes of numbers, dates, times and phones in text."""

import re
from collections.abc import Iterable

# A number with optional thousands groups and decimals: 5, 1 000 000, 1,000.50, 3,5.
# At most 15 digits are read as one number.
NUMBER = (
    r"(?:\d{1,3}(?:,\d{3}){1,4}(?=\.\d)|\d{1,3}(?:[ \u00a0]\d{3}){1,4}(?!\d)"
    r"|\d{1,3}(?:,\d{3}){2,4}(?!\d)|\d{1,15}(?!\d))(?:[.,]\d{1,6}(?!\d))?"
)
BEFORE = r"(?<![\w.,])"


def any_of(words: Iterable[str]) -> str:
    """A regular expression's alternatives, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


DATE = re.compile(BEFORE + r"(?P<d>[0-3]?\d)[./](?P<m>[01]?\d)[./](?P<y>\d{4})(?![\w/]|\.\d)")
ISO_DATE = re.compile(BEFORE + r"(?P<y>[12]\d{3})-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?![\w-])")
TIME = re.compile(BEFORE + r"(?P<h>[01]?\d|2[0-4])[:](?P<min>[0-5]\d)(?![\w:])")
PHONE = re.compile(r"(?<![\w+])(?P<plus>\+)\d[\d\s()-]{8,18}\d(?!\w)|(?<![\w+])8[ (-]{1,2}\d{3}[ )-]{1,2}\d[\d -]{5,8}\d(?!\w)")
VERSION = re.compile(r"(?<![\w.,])\d{1,4}(?:\.\d{1,4}){2,5}(?![\w]|\.\d)")
RANGE = re.compile(rf"{BEFORE}(?P<a>\d{{1,9}}(?:[.,]\d{{1,3}})?)\s?[–—-]\s?(?P<b>\d{{1,9}}(?:[.,]\d{{1,3}})?)(?![\w-]|[.,]\d)")
MINUS = re.compile(r"(?<![\w.,\-–—)])[-−](?=\d)")
LONG_DIGITS = re.compile(r"\d{16,}")
RELEASE = re.compile(r"(?<!\w)[vV](?P<n>\d{1,4}(?:\.\d{1,4}){0,5})(?!\w|\.\d)")

SYMBOL_CURRENCIES = {"$": "usd", "€": "eur", "₽": "rub", "₸": "kzt", "£": "gbp"}
CURRENCY_BEFORE = re.compile(
    rf"(?P<symbol>[$€₽₸£])\s?(?P<number>{NUMBER})(?P<scale>\s?(?:тыс\.?|млн\.?|млрд\.?|мың|[kKмМMB])(?!\w))?"
)
CURRENCY_AFTER = re.compile(
    rf"{BEFORE}(?P<number>{NUMBER})(?P<scale>\s?(?:тыс\.?|млн\.?|млрд\.?|мың)(?!\w))?\s?(?P<symbol>[$€₽₸£]|(?:USD|EUR|RUB|KZT|GBP|руб|тг)\b\.?)"
)
CURRENCY_NAMES = {"USD": "usd", "EUR": "eur", "RUB": "rub", "KZT": "kzt", "GBP": "gbp", "руб": "rub", "тг": "kzt"}
PERCENT = re.compile(rf"{BEFORE}(?P<number>{NUMBER})\s?%")
PERCENT_RANGE = re.compile(rf"{BEFORE}(?P<a>\d{{1,6}})\s?[–—-]\s?(?P<b>\d{{1,6}})\s?%")


def apart(match: re.Match[str]) -> str:
    """A space where a letter stands right behind a number, so that «5x» is not read as one word."""
    return " " if match.string[match.end() : match.end() + 1].isalpha() else ""


def parse_number(text: str, decimal_marks: str = ".,") -> tuple[int, str]:
    """The whole part and the digits after the mark: "1 000,5" → (1000, "5"). Several marks of one kind group thousands."""
    compact = text.replace(" ", "").replace("\u00a0", "")
    marks = [character for character in compact if character in ".,"]
    if len(marks) > 1 and len(set(marks[:-1])) == 1 and marks[0] != marks[-1]:
        whole, _, decimals = compact.rpartition(marks[-1])
        return int(whole.replace(marks[0], "")), decimals
    if len(marks) > 1:
        return int(compact.replace(marks[0], "")), ""
    if marks and marks[0] in decimal_marks:
        whole, _, decimals = compact.partition(marks[0])
        return int(whole), decimals
    return int(re.sub(r"\D", "", compact)), ""


def american(number: str, symbol: str) -> str:
    """ "$1,200" groups thousands even where the comma is the decimal mark."""
    return number.replace(",", "") if symbol in "$£" and re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", number) else number


def currency_of(symbol: str) -> str:
    return SYMBOL_CURRENCIES.get(symbol) or CURRENCY_NAMES[symbol.rstrip(".")]


def digit_groups(text: str) -> list[str]:
    """A phone number in the groups it is written in; an unbroken run in threes and twos as people read it."""
    groups = re.findall(r"\d+", text)
    result: list[str] = []
    for group in groups:
        while len(group) > 4:
            head = 1 if len(group) == 11 else 3
            result.append(group[:head])
            group = group[head:]
        result += [group[:2], group[2:]] if len(group) == 4 else [group]
    return result


def previous_words(match: re.Match[str], count: int = 2) -> list[str]:
    """The words before a match, nearest last, lower case."""
    return re.findall(r"[^\W\d_]+", match.string[max(0, match.start() - 40) : match.start()].lower())[-count:]


def next_word(match: re.Match[str]) -> str:
    """The word right behind a match, lower case; empty when a mark or the end comes first."""
    found = re.match(r"\s+([^\W\d_]+)", match.string[match.end() : match.end() + 40])
    return found.group(1).lower() if found else ""
