"""In which of our languages a text is written, by its letters: good enough to warn before paying, never to refuse.

Kazakh is told by its own letters, Russian by Cyrillic without them, English by Latin letters and a common word or two.
"""

import re

KAZAKH = frozenset("әғқңөұүһі")
_LETTER = re.compile(r"[^\W\d_]")
# A name or a borrowed word in Cyrillic text is no other language.
_MOSTLY = 0.6
LEAST_LETTERS = 12
_KAZAKH_WORDS = re.compile(r"\b(?:мен|бен|пен|жоқ|бар|қалай|сіз|біз|туралы|болады|керек)\b")
_RUSSIAN_LETTERS = frozenset("щъёыэ")


def likely_language(text: str) -> str:
    """ "ru", "kk" or "en"; "" for a text too short, mixed, or in another alphabet."""
    letters = _LETTER.findall(text.lower())
    if len(letters) < LEAST_LETTERS:
        return ""
    cyrillic = sum("а" <= letter <= "я" or letter == "ё" or letter in KAZAKH for letter in letters)
    latin = sum("a" <= letter <= "z" for letter in letters)
    if latin >= _MOSTLY * len(letters):
        return "en"
    if cyrillic < _MOSTLY * len(letters):
        return ""
    own = sum(letter in KAZAKH for letter in letters)
    # A Kazakh sentence has its own letter in about every tenth place; one name in a Russian sentence has not.
    if own >= max(2, len(letters) / 20):
        return "kk"
    if own or (_KAZAKH_WORDS.search(text.lower()) and not _RUSSIAN_LETTERS & set(letters)):
        return ""
    return "ru"
