"""What the page is told about its sound: `saved`, `take`, `finished_take` and `error` (docs/voice.md)."""

from collections.abc import Mapping
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from transcription.services.takes import Finished

# Codes the page acts on by itself (gap, conflict, corrupt, …) still have words: a log of the page is read by people.
TEXTS: dict[str, Promise] = {
    "storage_unavailable": _("Your answer is kept on this device. Please do not close this page, it will be sent by itself."),
    "too_fast": _("Too much came at once. It goes on by itself in a moment."),
    "too_long": _("The limit of recorded minutes is reached. You can go on by typing."),
    "too_many_takes": _("The recording was started too many times. You can go on by typing."),
    "erased": _("This recording was erased. Nothing more is stored."),
    "unknown_take": _("The server does not know this part of the recording."),
    "take_ended": _("This part of the recording is already complete."),
    "gap": _("A part of the sound did not arrive. It is being sent again."),
    "conflict": _("A part of the sound arrived twice in different forms. The first one was kept."),
    "corrupt": _("A part of the sound was damaged on the way. It is being sent again."),
    "malformed": _("The server could not read this part of the sound."),
    "too_big": _("This part of the sound is too big."),
    "bad_message": _("The server could not read this message."),
}


def error(
    code: str, language: str, *, retry_s: float | None = None, texts: Mapping[str, Promise] = TEXTS, **fields: object
) -> dict:
    """An `error` message: `code`, `text` in the candidate's language, whole `retry_s` (0: none), and what the code needs."""
    with override(language):
        text = str(texts[code])
    known = {name: value for name, value in fields.items() if value is not None}
    return {"type": "error", "code": code, "text": text, "retry_s": ceil(retry_s or 0), "id": "", **known}


def finished_take(result: Finished) -> dict:
    """The answer to `finish`: complete, or what is missing as [first, last] frame numbers (threats 23)."""
    return {
        "type": "finished_take",
        "take": result.take,
        "complete": result.complete,
        "missing": [list(part) for part in result.missing],
        "reason": result.reason,
        "next": result.next,
    }
