"""Message catalogues: compiled in pure Python, because a bare machine has no msgfmt (design §9).

`python -m interview_site.messages` compiles what is stale; the supervisor does the same before it starts.
"""

import os
import re
import sys
from pathlib import Path

_PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|\{\w*\}|(?<!%)%[sdif]\b")
LOCALE_DIR = Path(__file__).resolve().parent.parent / "locale"


def stale(locale_dir: Path = LOCALE_DIR) -> list[Path]:
    """The .po files whose .mo is missing or older."""
    found = []
    for po in sorted(locale_dir.glob("*/LC_MESSAGES/*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            found.append(po)
    return found


def compile_stale(locale_dir: Path = LOCALE_DIR) -> int:
    """Write the .mo of every stale .po; returns how many. Fuzzy entries are left out, as msgfmt does.

    Raises ValueError naming the file when a .po cannot be read.
    """
    pending = stale(locale_dir)
    if not pending:
        return 0
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import PoFileError, read_po

    for po in pending:
        try:
            with po.open("rb") as file:
                catalogue = read_po(file, locale=po.parent.parent.name, abort_invalid=True)
        except (PoFileError, UnicodeDecodeError) as error:
            raise ValueError(f"{po}: {error}") from error
        draft = po.with_name(f".{po.stem}.{os.getpid()}.mo")
        with draft.open("wb") as file:
            write_mo(file, catalogue)
        draft.replace(po.with_suffix(".mo"))
    return len(pending)


def untranslated(locale_dir: Path = LOCALE_DIR) -> list[str]:
    """One line an entry that is empty, fuzzy, or whose placeholders differ from the original's."""
    from babel.messages.pofile import read_po

    faults = []
    for po in sorted(locale_dir.glob("*/LC_MESSAGES/*.po")):
        language = po.parent.parent.name
        with po.open("rb") as file:
            catalogue = read_po(file, locale=language)
        for message in catalogue:
            if not message.id:
                continue
            texts = message.string if isinstance(message.string, tuple) else (message.string,)
            original = message.id[0] if isinstance(message.id, tuple) else message.id
            if message.fuzzy:
                faults.append(f"{language}: fuzzy: {original!r}")
            elif not all(texts):
                faults.append(f"{language}: not translated: {original!r}")
            elif not all(_placeholders(text) <= _placeholders_of(message.id) for text in texts):
                faults.append(f"{language}: other placeholders: {original!r}")
    return faults


def _placeholders(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text))


def _placeholders_of(original: str | tuple[str, ...]) -> set[str]:
    return set().union(*(_placeholders(text) for text in ([original] if isinstance(original, str) else original)))


if __name__ == "__main__":
    print(f"{compile_stale()} message catalogues compiled", file=sys.stderr)
