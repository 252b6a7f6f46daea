"""The pronunciation dictionary: words, abbreviations and symbols a voice would read wrongly, one JSON file a language."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from avatars.speech.mapped import MappedText

_FOLDER = Path(__file__).parent / "lexicon"
_CAPITAL_LETTERS = {
    "А": "а",
    "Б": "бэ",
    "В": "вэ",
    "Г": "гэ",
    "Д": "дэ",
    "Е": "е",
    "Ё": "ё",
    "Ж": "жэ",
    "З": "зэ",
    "И": "и",
    "Й": "и краткое",
    "К": "ка",
    "Л": "эль",
    "М": "эм",
    "Н": "эн",
    "О": "о",
    "П": "пэ",
    "Р": "эр",
    "С": "эс",
    "Т": "тэ",
    "У": "у",
    "Ф": "эф",
    "Х": "ха",
    "Ц": "цэ",
    "Ч": "че",
    "Ш": "ша",
    "Щ": "ща",
    "Э": "э",
    "Ю": "ю",
    "Я": "я",
}
# An acronym without vowels cannot be read as a word: «КПСС», «ПДД».
_SPELLED = re.compile(r"(?<!\w)[БВГДЖЗКЛМНПРСТФХЦЧШЩ]{2,5}(?!\w)")
_BETWEEN_WORDS = re.compile(r"(?<=\w)/(?=\w)")


@dataclass(frozen=True)
class Lexicon:
    """The entries of one language, ready to be applied. `words` beats `abbreviations` where both match."""

    words: Mapping[str, str]
    abbreviations: Mapping[str, str]
    symbols: Mapping[str, str]

    @classmethod
    @lru_cache(maxsize=8)
    def load(cls, language: str) -> "Lexicon":
        """Raises FileNotFoundError for a language without a file."""
        raw = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
        return cls(raw["words"], raw["abbreviations"], raw["symbols"])

    def spell(self, text: MappedText, extra: Mapping[str, str] | None = None) -> MappedText:
        """Dictionary words replaced; `extra` (word → how it is said) comes first."""
        if extra:
            text = text.sub(_pattern(tuple(extra)), lambda match: _look_up(extra, match.group()))
        return text.sub(_pattern(tuple(self.words)), lambda match: _look_up(self.words, match.group()))

    def spell_abbreviations(self, text: MappedText) -> MappedText:
        """Run after the numbers, which know «16 ГБ» and «10 мин.»."""
        text = text.sub(_SPELLED, lambda match: " ".join(_CAPITAL_LETTERS[letter] for letter in match.group()))
        return text.sub(_pattern(tuple(self.abbreviations)), self._abbreviation)

    def spell_symbols(self, text: MappedText) -> MappedText:
        # Only between or before words: a line of "===" or "+++" is decoration.
        marks = "".join(map(re.escape, self.symbols))
        pattern = re.compile(rf"(?<![{marks}])[{marks}](?![{marks}])(?=\s?\w)")
        return text.sub(_BETWEEN_WORDS, " ").sub(pattern, lambda match: f" {self.symbols[match.group()]} ")

    def _abbreviation(self, match: re.Match[str]) -> str | None:
        spoken = _look_up(self.abbreviations, match.group())
        if spoken is not None and match.group().endswith(".") and not match.string[match.end() :].strip():
            return f"{spoken}."
        return spoken


def _fold(word: str) -> str:
    return word.lower().replace(" ", "").replace("\u00a0", "")


def _look_up(entries: Mapping[str, str], written: str) -> str | None:
    if written in entries:
        return entries[written]
    for key, spoken in _folded(tuple(entries.items())).get(_fold(written), ()):
        # "It" is no IT and "go" is no Go: up to three letters, case counts.
        if len(key) > 3 or not key.isalpha():
            return spoken
    return None


@lru_cache(maxsize=32)
def _folded(entries: tuple[tuple[str, str], ...]) -> dict[str, list[tuple[str, str]]]:
    folded: dict[str, list[tuple[str, str]]] = {}
    for key, spoken in entries:
        folded.setdefault(_fold(key), []).append((key, spoken))
    return folded


@lru_cache(maxsize=32)
def _pattern(keys: tuple[str, ...]) -> re.Pattern[str]:
    ordered = sorted(keys, key=len, reverse=True)
    parts = [re.escape(key).replace(r"\ ", r"[ \u00a0]?") for key in ordered]
    # "\w" on the right only where the entry ends in a letter: "C++," and "т.е.вот" both match.
    return re.compile(rf"(?<![\w.])(?:{'|'.join(parts)})(?:(?<=\w)(?!\w)|(?<!\w))", re.IGNORECASE)
