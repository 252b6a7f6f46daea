"""How a candidate is addressed: the given name and patronymic where they are told apart, else the name as HR wrote it."""

import re

_ALLOWED = re.compile(r"[^\w\s'’-]|[\d_]")
_PATRONYMIC = re.compile(r"(?:вич|вна|ична|ұлы|улы|қызы|кызы)$", re.IGNORECASE)
_MOST_CHARACTERS = 60


def address(name: str) -> str:
    """A name fit to be spoken: letters, spaces, hyphens and apostrophes; "" when nothing is left.

    «Иванова Айгуль Сериковна» → «Айгуль Сериковна»; "Bob Smith" stays.
    """
    words = _ALLOWED.sub(" ", name).split()
    words = [word for word in words if any(letter.isalpha() for letter in word)]
    if len(words) == 3 and _PATRONYMIC.search(words[2]):
        words = words[1:]
    spoken = " ".join(words)
    return spoken if len(spoken) <= _MOST_CHARACTERS else ""
