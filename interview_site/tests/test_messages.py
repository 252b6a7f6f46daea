"""Catalogues are compiled without gettext's tools and checked for gaps."""

import gettext
import os
import re
from pathlib import Path

import pytest

from interview_site.messages import LOCALE_DIR, compile_stale, untranslated

ROOT = LOCALE_DIR.parent

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\nPlural-Forms: nplurals=3; plural=(n%10==1 ? 0 : 1);\\n"\n\n'


def make(folder: Path, entries: str, language: str = "ru") -> Path:
    po = folder / language / "LC_MESSAGES" / "django.po"
    po.parent.mkdir(parents=True, exist_ok=True)
    po.write_text(HEADER + entries)
    return po


def test_a_catalogue_is_compiled_once_and_again_after_a_change(tmp_path: Path) -> None:
    po = make(tmp_path, 'msgid "Yes"\nmsgstr "Да"\n')
    assert (compile_stale(tmp_path), compile_stale(tmp_path)) == (1, 0)
    with po.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Yes") == "Да"
    later = po.with_suffix(".mo").stat().st_mtime + 5
    os.utime(po, (later, later))
    assert compile_stale(tmp_path) == 1


def test_a_broken_catalogue_is_named(tmp_path: Path) -> None:
    make(tmp_path, 'mgsid "Yes"\nmsgstr "Да"\n')
    with pytest.raises(ValueError, match=r"django\.po"):
        compile_stale(tmp_path)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ('msgid "Yes"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "Yes"\nmsgstr "Да"\n', "fuzzy"),
        ('msgid "Hi %(name)s"\nmsgstr "Привет %(imya)s"\n', "other placeholders"),
        ('msgid "%(n)s day"\nmsgid_plural "%(n)s days"\nmsgstr[0] "%(n)s день"\nmsgstr[1] ""\nmsgstr[2] "x"\n', "not translated"),
    ],
)
def test_a_gap_is_listed_with_its_language(tmp_path: Path, entry: str, says: str) -> None:
    make(tmp_path, entry)
    (fault,) = untranslated(tmp_path)
    assert fault.startswith(f"ru: {says}")


def test_a_whole_catalogue_has_no_gaps(tmp_path: Path) -> None:
    make(tmp_path, 'msgid "Hi %(name)s, 100%"\nmsgstr "Привет, %(name)s, 100%"\n')
    assert untranslated(tmp_path) == []


def test_no_text_is_marked_by_a_name_the_gathering_does_not_know() -> None:
    """xgettext knows `_` and the functions' own names: under another one a text never reaches a translator."""
    other = re.compile(r"\b[np]*gettext(?:_lazy)? as (?!_\b)\w+")
    apps = ("avatars", "interview_site", "interviews", "transcription")
    sources = [file for app in apps for file in (ROOT / app).rglob("*.py")]
    assert [str(file.relative_to(ROOT)) for file in sources if other.search(file.read_text())] == []
