"""What recognisers invent when nobody speaks: a backstop behind speech detection (threats 67). Pure."""

import re
from collections.abc import Iterable

# Whole answers only, compared without case and punctuation: a candidate may well say these words within a sentence.
_PHANTOMS = (
    # Russian: credits of subtitles and goodbyes of video channels.
    r"субтитры .{0,60}", r"(редактор|корректор) субтитров? .{0,60}", r"продолжение следует( в следующей .{0,15})?",
    r"(всем )?спасибо за (просмотр|внимание к видео)( .{0,40})?", r"подпи(сы|ши)(вай)?тесь на (мой |наш )?канал( .{0,40})?",
    r"(ставьте лайки?( и)? )?подписывайтесь( на .{0,20}канал)?", r"(до|увидимся) (встречи )?в следующ(ем|их) видео",
    r"с вами был .{0,30}", r"(спокойная|тревожная|весёлая|грустная|динамичная) музыка", r"играет .{0,20}музыка",
    r"перевод (и субтитры )?.{0,40}(amara|диматорзок|dimatorzok).{0,20}", r"озвучено .{0,30}",
    r"добро пожаловать на канал .{0,40}",
    # English.
    r"thanks? (you )?(so much |very much )?for watching( .{0,30})?",
    r"(please )?(like (and|comment) )?(and )?subscribe( to .{0,20}channel)?",
    r"(subtitles|captions|transcription|transcribed|translated) by .{0,60}", r"see you (all )?(in the )?next (video|time|one)",
    r"(upbeat|soft|dramatic|gentle) music", r"music playing", r"blank audio", r"amara org( .{0,30})?", r"to be continued",
    r"bf watch tv .{0,12}",
    # Kazakh.
    r"(видеоны |бейнені )?(көргендеріңізге|көргеніңізге|қарағандарыңызға|қарағаныңызға) ра[хқ]мет( .{0,30})?",
    r"(біздің |менің )?(арнаға|каналға|арнамызға|каналымызға) (жазылыңыз(дар)?|тіркеліңіз(дер)?)( .{0,30})?",
    r"субтитр(лер)? .{0,40}",
    r"келесі (видеода|бейнеде|бағдарламада) (кездескенше|көріскенше|жолыққанша)", r"жалғасы бар",
    r"сау болыңыздар келесі .{0,30}",
)  # fmt: skip
_PHANTOM = re.compile("|".join(f"(?:{phantom})" for phantom in _PHANTOMS))
_SIGNS = re.compile(r"\s*(\[[^\]]*\]|\([^)]*\)|\*[^*]*\*|♪[^♪]*♪?)\s*")  # [Music], (аплодисменты), *sigh*, ♪ … ♪
_LOOP = re.compile(r"\b(.{2,80}?)(?:[\s,.!?…-]+\1){5,}", re.IGNORECASE)
SURE_NO_SPEECH = 0.8


def is_phantom(text: str, no_speech: float | None = None, confidence: float | None = None, hints: Iterable[str] = ()) -> bool:
    """True when the whole text is a known invention (or our own hints read back), or the engine itself does not believe in it."""
    words = plain(text)
    if _SIGNS.fullmatch(text) or not words or _PHANTOM.fullmatch(words) or _is_echo(words, hints):
        return True
    return no_speech is not None and no_speech > SURE_NO_SPEECH and (confidence is None or confidence < 0.4)


def without_loops(text: str) -> str:
    """A phrase repeated six times or more in a row is a recogniser caught in a loop: once is kept."""
    return _LOOP.sub(r"\1", text)


def plain(text: str) -> str:
    """Words in small letters with single spaces: what two texts are compared by."""
    return " ".join(re.findall(r"\w+", text.lower()))


def _is_echo(words: str, hints: Iterable[str]) -> bool:
    """Three hints or more in a row as we gave them: nobody answers so; a recogniser without speech reads its prompt aloud."""
    given = [plain(hint) for hint in hints]
    return (
        len(given) >= 3
        and any(words.startswith(" ".join(given[at : at + 3])) for at in range(len(given) - 2))
        and (words in " ".join(given))
    )
