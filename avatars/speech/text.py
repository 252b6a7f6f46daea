"""Preparing text for speech: what is said, in which language, and where each spoken word stands in the original."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from avatars.speech.cleaning import SPEAKABLE, without_markup, without_symbols
from avatars.speech.languages import LANGUAGES, has_kazakh_letters, language_of
from avatars.speech.lexicon import Lexicon
from avatars.speech.mapped import MappedText
from avatars.speech.rules import en, kk, ru
from avatars.speech.sentences import split_sentences

MAX_CHARACTERS = 5_000
# "9" × 5,000 is forty minutes of speech: the spelled text is bounded too.
MAX_SPOKEN_CHARACTERS = 12_000
_SPELL = {"ru": ru.spell, "en": en.spell, "kk": kk.spell}
# A Kazakh name inside a Russian sentence: espeak's Russian voice would name the letter instead of reading it.
_KAZAKH_TO_RUSSIAN = str.maketrans("әғқңөұүһіӘҒҚҢӨҰҮҺІ", "эгкноуухиЭГКНОУУХИ")
_CYRILLIC_RUN = re.compile(r"[\u0400-\u04ff]+(?:[\s,'’-]+[\u0400-\u04ff]+)*")
_EDGES = re.compile(r"^\s+|\s+$")


class NothingToSay(ValueError):
    """Nothing in the text can be spoken: it is empty, or only mark-up, links, emoji and symbols."""


class TextTooLong(ValueError):
    """More than `MAX_CHARACTERS` written, or `MAX_SPOKEN_CHARACTERS` spoken, characters."""


@dataclass(frozen=True)
class SpokenPart:
    """A stretch said in one language. `words` holds the text as it is said and its places in the original."""

    language: str
    words: MappedText

    @property
    def text(self) -> str:
        return self.words.text


def prepare(text: str, language: str, words: Mapping[str, str] | None = None) -> list[SpokenPart]:
    """The parts to be said, in order; neighbours in one language are one part.

    `language` is the language asked for ("ru", "en", "kk"); each sentence may turn out to be another one by its letters.
    `words` adds to the pronunciation dictionary. Raises NothingToSay, TextTooLong, and ValueError for an unknown language.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no such language: {language!r}")
    if len(text) > MAX_CHARACTERS:
        raise TextTooLong(f"at most {MAX_CHARACTERS} characters can be spoken at once")
    parts: list[SpokenPart] = []
    for sentence in _sentences(without_markup(MappedText.of(text)), language):
        spoken_in = language_of(sentence.text, language)
        for part_language, piece in _by_script(_spell(sentence, spoken_in, words), spoken_in):
            if not SPEAKABLE.search(piece.text):
                continue
            if parts and parts[-1].language == part_language:
                parts[-1] = SpokenPart(part_language, _join(parts[-1].words, piece))
            else:
                parts.append(SpokenPart(part_language, piece))
    if not parts:
        raise NothingToSay("the text holds nothing that can be spoken")
    if sum(len(part.text) for part in parts) > MAX_SPOKEN_CHARACTERS:
        raise TextTooLong(f"at most {MAX_SPOKEN_CHARACTERS} characters can be spoken at once")
    return parts


def _sentences(text: MappedText, language: str) -> list[MappedText]:
    result, start = [], 0
    for sentence in split_sentences(text.text, language):
        result.append(text.slice(start, start + len(sentence)))
        start += len(sentence)
    return result


def _spell(sentence: MappedText, language: str, words: Mapping[str, str] | None) -> MappedText:
    lexicon = Lexicon.load(language)
    sentence = lexicon.spell(sentence, words)
    sentence = lexicon.spell_abbreviations(_SPELL[language](sentence))
    sentence = without_symbols(lexicon.spell_symbols(sentence)).sub(_EDGES, "")
    if language == "ru" and has_kazakh_letters(sentence.text):
        sentence = MappedText(sentence.text.translate(_KAZAKH_TO_RUSSIAN), sentence.starts, sentence.ends)
    return sentence


def _by_script(sentence: MappedText, language: str) -> list[tuple[str, MappedText]]:
    """The English voice names Cyrillic letters instead of reading them, so such runs get a voice of their own.

    The other way round is espeak's own work: Latin words under "ru" and "kk" are read by the English rules.
    """
    if language != "en":
        return [(language, sentence)]
    pieces, start = [], 0
    for match in _CYRILLIC_RUN.finditer(sentence.text):
        pieces.append(("en", sentence.slice(start, match.start())))
        pieces.append(("kk" if has_kazakh_letters(match.group()) else "ru", sentence.slice(match.start(), match.end())))
        start = match.end()
    pieces.append(("en", sentence.slice(start, len(sentence))))
    return [(piece_language, piece) for piece_language, piece in pieces if piece.text.strip()]


def _join(first: MappedText, second: MappedText) -> MappedText:
    edge = first.ends[-1]
    # A sentence without an end mark (a heading, a list item) still ends.
    gap = " " if first.text[-1] in ".!?…,:;—–-" else ". "
    return MappedText(
        first.text + gap + second.text,
        first.starts + (edge,) * len(gap) + second.starts,
        first.ends + (edge,) * len(gap) + second.ends,
    )
