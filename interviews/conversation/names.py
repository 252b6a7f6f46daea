"""How a candidate is addressed: the given name and patronymic where they are told apart, else the name as HR wrote it."""

import re

_ALLOWED = re.compile(r"[^\w\s'’-]|[\d_]")
_PATRONYMIC = re.compile(r"(?:вич|вна|ична|ұлы|улы|қызы|кызы)$", re.IGNORECASE)
_MOST_CHARACTERS = 60


def spoken(name: str, form: str = "") -> str:
    """How the candidate is addressed: in HR's own `form` where there is one that can be spoken, else by the name."""
    return _fit(_words(form)) or address(name)


def address(name: str) -> str:
    """A name fit to be spoken: letters, spaces, hyphens and apostrophes; "" when nothing is left.

    «Иванова Айгуль Сериковна» → «Айгуль Сериковна»; "Bob Smith" stays.
    """
    words = _words(name)
    if len(words) == 3 and _PATRONYMIC.search(words[2]):
        words = words[1:]
    return _fit(words)


def _words(name: str) -> list[str]:
    words = _ALLOWED.sub(" ", name).split()
    return [word for word in words if any(letter.isalpha() for letter in word)]


def _fit(words: list[str]) -> str:
    joined = " ".join(words)
    return joined if len(joined) <= _MOST_CHARACTERS else ""
