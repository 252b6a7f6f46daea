"""The words of a span of one recording, waited for; a conversation never waits for a recogniser that is slow or away."""

import asyncio
from dataclasses import dataclass

from interview_site.threads import StorageUnavailable
from transcription.echo import Spoken
from transcription.services import storage, transcripts

LOOK_S = 0.1
SLACK_MS = 100  # a stretch that ends so little before the span covers it


@dataclass(frozen=True)
class Understood:
    """`pending`: there are no words yet. `nothing`: recognition has heard it, and nobody said anything but the avatar."""

    text: str = ""
    pending: bool = True

    @property
    def nothing(self) -> bool:
        return not self.text and not self.pending


class Words:
    """`allowed`: the owner permits recognition. What was the avatar's own, in `spoken`, is left out."""

    def __init__(self, recording_key: str, spoken: Spoken, *, allowed: bool) -> None:
        self._recording_key, self._spoken, self.allowed = recording_key, spoken, allowed

    async def of(self, start_ms: int, end_ms: int, wait_s: float) -> Understood:
        """What was said in [start, end) on the recording's clock, once all of it is known, or pending after `wait_s`."""
        deadline = asyncio.get_running_loop().time() + wait_s
        while self.allowed:
            try:
                found = await storage.run(transcripts.text_between, self._recording_key, start_ms, end_ms)
            except StorageUnavailable:
                break
            waits = any(piece.state in ("queued", "running") for piece in found.pieces)
            if found.pieces and not waits and max(piece.end_ms for piece in found.pieces) >= end_ms - SLACK_MS:
                own = [piece for piece in found.pieces if not self._spoken.has_echo(piece.text, piece.start_ms, piece.end_ms)]
                text = " ".join(piece.text for piece in own if piece.text)
                return Understood(text, pending=not text and found.failed)
            if not found.awaited or asyncio.get_running_loop().time() >= deadline:
                break
            await asyncio.sleep(LOOK_S)
        return Understood()
