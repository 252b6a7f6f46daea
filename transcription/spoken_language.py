"""Is this text in the language that was expected? By letters and small words, and by what the engine says it heard. Pure.

Candidates mix: a Russian sentence with English terms, Kazakh with Russian words. Only an answer that is mostly something else
counts; a wrong flag costs a reviewer a look, a missed one leaves a text nobody can trust.
"""

import re

LEAST_WORDS = 3  # «да», «okay» and a product's name are in no language
MOSTLY = 0.6
_WORD = re.compile(r"[^\W\d_]+")
_KAZAKH = frozenset("әіңғүұқөһ")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[a-z\u00c0-\u024f]")
# Small words that carry a Russian sentence and are not used inside a Kazakh one.
_RUSSIAN_WORDS = frozenset(
    "и в не на я что с по это был была были мы он она они но как у за к из от для который которая работал работала потом "
    "очень было есть меня мне мой моя наш наша когда если чтобы или так еще ещё уже где там".split()
)
# English is told from a row of product names by them.
_ENGLISH_WORDS = frozenset(
    "the a an and or but i we you he she it they my our is am are was were be been to of in on at for with from that this not do "
    "did have had as by so if about what when which who would could can there their me us yes no".split()
)


def is_other(text: str, heard: str, expected: str) -> bool:
    """True when `text` (heard as language `heard` by the engine, "" when it does not say) is not in language `expected`."""
    words = _WORD.findall(text.lower())
    if len(words) < LEAST_WORDS:
        return False
    script = by_letters(words)
    if script:
        return script != expected
    return bool(heard) and heard != expected


def by_letters(words: list[str]) -> str:
    """ru, en or kk when most words say so, "" when they do not. Latin letters are taken for English only among our three."""
    cyrillic = [word for word in words if _CYRILLIC.search(word)]
    latin = sum(bool(_LATIN.search(word)) for word in words)
    if latin >= MOSTLY * len(words):
        return "en" if any(word in _ENGLISH_WORDS for word in words) and not _other_latin(words) else ""
    if len(cyrillic) < MOSTLY * len(words):
        return ""
    kazakh = sum(bool(_KAZAKH.intersection(word)) for word in cyrillic)
    russian = sum(word in _RUSSIAN_WORDS for word in cyrillic)
    if kazakh >= 0.2 * len(cyrillic) and kazakh > russian:
        return "kk"
    if russian >= 0.15 * len(cyrillic) and kazakh < 0.1 * len(cyrillic):
        return "ru"
    return ""


def _other_latin(words: list[str]) -> bool:
    """Letters with marks: German, Turkish, Uzbek in Latin script …"""
    marked = sum(any("\u00c0" <= sign <= "\u024f" for sign in word) for word in words)
    return marked >= 0.1 * len(words)
