"""Which language a stretch of text is in, told by its letters.

Kazakh letters under espeak's Russian voice are spelled out one by one (design §9).
"""

import re

LANGUAGES = ("ru", "en", "kk")

KAZAKH_LETTERS = frozenset("әғқңөұүһі")
_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")

# Short words that only one of the two languages has: they decide sentences such as «Меня зовут Әсел».
_RUSSIAN_WORDS = frozenset(
    """и в во на с со к ко по из за от до у о об не что как это мы вы вас вам ваш ваша ваше ваши вашем вашего меня мне мой моя
    я он она они его её их был была было были есть или если для при про над под без где когда почему какой какая какие каком
    кто чем чём тоже также уже ещё очень зовут здравствуйте спасибо пожалуйста расскажите город города области""".split()
)
_KAZAKH_WORDS = frozenset(
    """мен сен ол бар жоқ емес және бұл сол осы не ма ме ба бе па пе да де та те үшін туралы деп еді екен бола керек осында
    сияқты арқылы кейін дейін қалай қандай неге кім жаңа бір көп аз иә рахмет сәлем бойынша немесе менің сіздің""".split()
)
_RUSSIAN_ENDINGS = re.compile(
    r"(?:ться|тся|ого|его|ому|ему|ыми|ими|ами|ями|ый|ий|ая|яя|ое|ее|ые|ие|ешь|ете|ите|уют|ают|ость|ение|ания)$"
)
_RUSSIAN_LETTERS = frozenset("щъё")
_KAZAKH_ENDINGS = re.compile(r"(?:ңыз|ңіз|сыз|сіз|мын|мін|дың|дің|тың|тің|ның|нің|лар|лер|дар|дер|тар|тер|дағы|дегі|іп|ып)$")


def language_of(text: str, default: str) -> str:
    """The voice language for one sentence or clause: "ru", "en" or "kk".

    Kazakh letters make it Kazakh unless the rest of the words are plainly Russian (a Kazakh name in a Russian sentence).
    Only Latin letters, at least three words of them, make it English. Otherwise `default` stands, except that Cyrillic
    cannot be read by the English voice.
    """
    words = [word.lower() for word in _WORD.findall(text)]
    latin = sum(1 for word in words if _LATIN.match(word))
    cyrillic = [word for word in words if _CYRILLIC.match(word)]
    if not cyrillic:
        return "en" if latin >= 3 else default
    if default == "en" and latin > len(cyrillic) * 2:
        return "en"
    with_letters = sum(1 for word in cyrillic if KAZAKH_LETTERS.intersection(word))
    kazakh = with_letters * 2 + sum(1 for word in cyrillic if word in _KAZAKH_WORDS or _KAZAKH_ENDINGS.search(word))
    russian = sum(2 if word in _RUSSIAN_WORDS else 1 for word in cyrillic if _looks_russian(word))
    if with_letters and kazakh >= russian:
        return "kk"
    if default == "kk":
        # Russian needs proof here: a Kazakh sentence may well have none of the nine letters.
        return "ru" if russian >= 3 and russian > kazakh * 2 and not with_letters else "kk"
    return "ru"


def _looks_russian(word: str) -> bool:
    if KAZAKH_LETTERS.intersection(word):
        return False
    return word in _RUSSIAN_WORDS or bool(_RUSSIAN_LETTERS.intersection(word) or _RUSSIAN_ENDINGS.search(word))


def has_kazakh_letters(text: str) -> bool:
    return not KAZAKH_LETTERS.isdisjoint(text.lower())
