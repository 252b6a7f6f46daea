"""Message catalogues: compiled in pure Python, because a bare machine has no msgfmt (design §9).

`python -m interview_site.messages` compiles what is stale; the supervisor does the same before it starts.
"""

import os
import sys
from pathlib import Path

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


if __name__ == "__main__":
    print(f"{compile_stale()} message catalogues compiled", file=sys.stderr)
