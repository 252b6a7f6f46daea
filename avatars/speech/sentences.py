"""Splitting text into sentences without breaking abbreviations, numbers, initials or addresses (ru, en, kk)."""

import re

_ABBREVIATIONS = {
    "ru": """г гг в вв ок ул пр пр-т пер д кв корп стр обл р-н с п пос им см ср напр рис табл гл тел факс доб руб коп тыс млн млрд
    трлн проф доц акад инж зам зав нач отд т е д п к н э о экз чел шт мин сек ч кг км см мм гр св рожд яз англ рус каз нем
    якобы прим ред изд кол-во тов янв фев мар апр июн июл авг сен сент окт ноя нояб дек м""",
    "en": """mr mrs ms dr prof sr jr st vs etc e.g i.e eg ie inc ltd co corp no nos fig vol pp p ed eds approx dept est govt
    jan feb mar apr jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun ave blvd rd ph.d u.s u.k a.m p.m a.k.a cf al""",
    "kk": """ж жж б бб с т р ғ қ к көш д пәт обл ауд қ. мыс қар тел млн млрд мың тг шт мин сек сағ кг км см мм проф доц акад
    инж т.б т.с.с т.с б.з б.з.д рет сур кес яғни қаң ақп нау сәу мам мау шіл там қыр қаз қар жел""",
}
# «т. е.», «и т. д.», «т. б.»: nothing but such a chain may follow the first letter.
_END = re.compile(r"(?:[.!?…]+[\"'»”’)\]]*|\n\s*\n|\n(?=\s*(?:[-*•]|\d{1,2}[.)])\s))(?=\s|$|(?<=\n))\s*|[。！？]\s*")
_LAST_WORD = re.compile(r"([^\s(«\"'„“\[]+)$")
_OPENERS = "«\"'„“([—–-•*"
# Abbreviations that often end a sentence too: a capital letter after them starts a new one.
_MAY_END = frozenset(
    "ок тыс млн млрд трлн руб коп чел шт мин сек ч кг км см мм etc т.д т.п др т.б т.с.с p.m a.m inc ltd co corp м гг тг".split()
)


def split_sentences(text: str, language: str) -> list[str]:
    """The sentences of `text`, each with the white space behind it: `"".join(...)` gives the text back, nothing lost.

    An empty text gives an empty list; text without an end mark is one sentence. `language` is "ru", "en" or "kk"; another
    one is split by the rules common to all.
    """
    abbreviations = frozenset(_ABBREVIATIONS.get(language, "").split())
    if language == "kk":
        # Kazakh texts carry Russian abbreviations too.
        abbreviations |= frozenset(_ABBREVIATIONS["ru"].split())
    sentences, start = [], 0
    for match in _END.finditer(text):
        if match.end() <= start or not text[start : match.start()].strip():
            continue
        if match.end() < len(text) and _continues(text, start, match, abbreviations):
            continue
        sentences.append(text[start : match.end()])
        start = match.end()
    if start < len(text):
        rest = text[start:]
        if sentences and not rest.strip():
            sentences[-1] += rest
        else:
            sentences.append(rest)
    return sentences


def sentence_pieces(text: str, language: str, most: int) -> list[str]:
    """The text in pieces of at most `most` characters, cut at ends of sentences, else at a space, else where it must be."""
    found: list[str] = []
    for sentence in split_sentences(text, language):
        while sentence:
            if found and len(found[-1]) + len(sentence.rstrip()) <= most:
                found[-1] += sentence
                break
            if len(sentence.rstrip()) <= most:
                found.append(sentence)
                break
            cut = sentence.rfind(" ", 1, most)
            cut = cut + 1 if cut > 0 else most
            found.append(sentence[:cut])
            sentence = sentence[cut:]
    return [piece.strip() for piece in found if piece.strip()]


def _continues(text: str, start: int, match: re.Match[str], abbreviations: frozenset[str]) -> bool:
    """Whether the mark stands inside a sentence. Only a single full stop, or an ellipsis before a small letter, can."""
    mark = match.group().strip()
    following = text[match.end() : match.end() + 40].lstrip(_OPENERS + " ")
    if "\n" in match.group() and mark in ("", "."):
        return False
    small_follows = bool(following) and following[0].islower()
    if mark in ("…", "...", "?..", "!.."):
        return small_follows
    if not mark.startswith(".") or mark.startswith(".."):
        # «Да!» — сказал он.
        return small_follows and text[match.end() : match.end() + 1] in "—–-"
    found = _LAST_WORD.search(text, max(start, match.start() - 40), match.start())
    word = found.group(1).lower() if found else ""
    if small_follows:
        return True
    if word in ("г", "гг") and re.search(r"\d{4}\s?$", text[max(start, match.start() - 8) : match.start() - len(word)]):
        return not (following and following[0].isupper())
    if word in abbreviations or (word.rsplit(".", 1)[-1] in abbreviations and "." in word):
        starts_new = bool(following) and following[0].isupper() and (word in _MAY_END or _ends_chain(text, match.start()))
        return not starts_new
    if len(word) == 1 and word.isalpha():
        # Initials: «А. С. Пушкин», "J. Smith"; but "I" and «я» are words.
        return text[match.start() - 1].isupper() and word not in ("i", "я")
    if word.isdigit() and len(word) <= 2 and not text[start : match.start() - len(word)].strip():
        # The number of a list item.
        return True
    return bool(following) and following[0].isdigit() and word in ("№", "no", "n")


def _ends_chain(text: str, stop: int) -> bool:
    """Whether the stop closes «т. д.», «т. п.», «др.», «т. б.»: then a capital letter starts a new sentence."""
    return re.search(r"(?:\b[тТ]\s?\.\s?(?:д|п|б|с|е)|\bдр)$", text[max(0, stop - 10) : stop]) is not None and not re.search(
        r"[тТ]\s?\.\s?е$", text[max(0, stop - 10) : stop]
    )
