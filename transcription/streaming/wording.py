"""What a line tells its client, each message made here (compat section 2.7)."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from transcription import messages
from transcription.services.understanding import Understanding

TEXTS: dict[str, Promise] = {
    "bad_message": _("This message cannot be read. Send start, stop or idle."),
    "language": _("This language is not known. Choose ru, en or kk."),
    "format": _("This format is not known. Choose pcm16 or file."),
    "sample_rate": _("Sound is taken at 16,000 samples a second."),
    "unknown_format": _("This is no sound that can be read. Send a whole WebM, Ogg or MP4 file, or start a stream of PCM."),
    "malformed": _("This sound is damaged or not whole. Send it again."),
    "too_long": _("This sound is too long. Send shorter phrases."),
    "too_slow": _("Unpacking this sound took too long."),
    "too_big": _("This message is too big."),
    "too_fast": _("Too much came at once. Connect again in a moment."),
    "minutes": _("This line has carried as many minutes as it may. Connect again."),
    "busy": _("The recogniser is behind: this phrase was not heard. Say it again in a moment."),
    "no_recogniser": _("No recogniser can hear this. Ask whoever runs this site."),
    "recognition_failed": _("The recogniser could not be reached or has a fault. Say it again in a moment."),
}


def error(code: str, language: str, *, retry_s: float | None = None, **fields: Any) -> dict[str, Any]:
    """`{type, code, text, retry_s, id}` and, about a phrase, its `start_ms` and `end_ms`."""
    return messages.error(code, language, retry_s=retry_s, texts=TEXTS, **fields)


def speech_started(at_ms: int) -> dict[str, Any]:
    return {"type": "speech_started", "at_ms": at_ms}


def speech_ended(start_ms: int, end_ms: int) -> dict[str, Any]:
    return {"type": "speech_ended", "start_ms": start_ms, "end_ms": end_ms}


def partial(understanding: Understanding, start_ms: int, end_ms: int) -> dict[str, Any]:
    """The words of a phrase that may go on; the next partial or the final replaces them."""
    return {"type": "partial", "text": understanding.text, "start_ms": start_ms, "end_ms": end_ms}


def final(understanding: Understanding, start_ms: int, end_ms: int) -> dict[str, Any]:
    """`language` as heard, "" where the engine does not say; `confidence` in [0, 1] or null."""
    return {
        "type": "final", "text": understanding.text, "language": understanding.language,
        "other_language": understanding.language_mismatch, "confidence": understanding.confidence,
        "start_ms": start_ms, "end_ms": end_ms,
    }  # fmt: skip
