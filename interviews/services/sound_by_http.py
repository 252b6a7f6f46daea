"""Sound over HTTP, where sockets are blocked: the same frames with the same numbers and the same answers (threats 31).

One request is a socket's life in small: a Recorder takes what came, stores it, and what it says is the answer. Nobody listens
meanwhile; `transcription.tasks.tend` hears the file afterwards.
"""

from typing import Any

from interviews import payloads
from interviews.call.hearing import may_deliver, permit
from interviews.call.threads import in_store
from interviews.models import Interview
from transcription.frames import split
from transcription.recorder import Recorder


class NoVoice(Exception):
    """This interview takes no sound: no consent to it, or it is over for too long."""


async def taken(interview: Interview, *, text: str = "", frames: bytes = b"") -> list[dict[str, Any]]:
    """What a socket would have answered to one message (`take`, `finish`) or to frames that lie one behind the other.

    Raises NoVoice, payloads.BadMessage, transcription.recorder.CloseSocket (too fast, too big) and StorageUnavailable.
    """
    message = payloads.parse(text) if text else None
    if message is not None and (message["type"] not in ("take", "finish") or message.get("frames", 0) > 2**32):
        raise payloads.BadMessage("bad_message")
    if not await in_store(may_deliver, interview):
        raise NoVoice
    await in_store(permit, interview)
    told: list[dict[str, Any]] = []

    async def tell(answer: dict[str, Any]) -> None:
        told.append(answer)

    recorder = Recorder(interview.recording_key, tell, language=interview.language, recognise=True)
    try:
        if message is not None and message["type"] == "take":
            await recorder.start(
                message["device"], key=message.get("key", ""), age_ms=message.get("age_ms", 0),
                offset_hint_ms=message.get("offset_hint_ms"), noise_suppressed=message.get("noise_suppression"),
            )  # fmt: skip
        elif message is not None:
            await recorder.finish(message["take"], message["frames"], message["sha256"])
        for frame in split(frames):
            await recorder.handle_frame(frame)
    finally:
        await recorder.close()
    return told
