"""What recognisers invent when nobody speaks: a backstop behind speech detection (threats 67). Pure."""

import re

# Whole answers only, compared without case and punctuation: a candidate may well say these words within a sentence.
_PHANTOMS = (
    r"субтитры .{0,40}", r"редактор субтитров .{0,60}", r"продолжение следует", r"спасибо за (просмотр|внимание к видео)",
    r"подписывайтесь на (мой |наш )?канал", r"(ставьте лайки( и)? )?подписывайтесь( на канал)?", r"до встречи в следующем видео",
    r"thanks? (you )?(so much )?for watching", r"please subscribe( to (my|our) channel)?", r"subtitles by .{0,60}",
    r"see you (in the )?next (video|time)", r"(видеоны )?көрген(деріңіз|іңіз)ге ра[хқ]мет",
)  # fmt: skip
_PHANTOM = re.compile("|".join(f"(?:{phantom})" for phantom in _PHANTOMS))
_LOOP = re.compile(r"\b(.{2,80}?)(?:[\s,.!?…-]+\1){5,}", re.IGNORECASE)
SURE_NO_SPEECH = 0.8


def is_phantom(text: str, no_speech: float | None = None, confidence: float | None = None) -> bool:
    """True when the whole text is a known invention, or the engine itself does not believe in it."""
    words = " ".join(re.findall(r"\w+", text.lower()))
    if not words or _PHANTOM.fullmatch(words):
        return True
    return no_speech is not None and no_speech > SURE_NO_SPEECH and (confidence is None or confidence < 0.4)


def without_loops(text: str) -> str:
    """A phrase repeated six times or more in a row is a recogniser caught in a loop: once is kept."""
    return _LOOP.sub(r"\1", text)
