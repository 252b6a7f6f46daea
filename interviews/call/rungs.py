"""The rungs of the ladder: ways to bring the next sentences to the candidate (design §3, threats 46).

A rung takes as many of the first sentences as it can say in one piece, and answers None for what is not its business. What
it raises counts as its failure; the ladder (`call.voice`) then asks the next one. A rung that fails only at the page is
reported by the message `fell` and lands in the turn's `falls`.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol

from interviews.call.live_room import LiveRoom
from interviews.call.threads import in_advance, in_speech, in_store
from interviews.services.clips import ReadyClip
from interviews.services.speaking import Spoken, clip_url, live, recorded

SHORT_S = 1.0
LIVE_S = 2.0  # until the provider has taken the words


class Rung(Protocol):
    """`name` is one of services.conversation.RUNGS; `patience_s`: how long it may take, None for the policy's `speech_s`."""

    name: str
    patience_s: float | None

    async def take(self, texts: Sequence[str]) -> Spoken | None:
        """The first of these sentences, brought by this rung; None when it has nothing for them. May raise anything."""

    async def prepare(self, texts: Sequence[str]) -> int:
        """Work ahead for what will probably be said next; returns how many of the first texts need nothing more."""


class Live:
    """The live avatar, while the page is in its room: all sentences of a turn at once, as a person says them."""

    name = "live"
    patience_s = LIVE_S

    def __init__(self, room: LiveRoom) -> None:
        self._room = room

    @property
    def is_there(self) -> bool:
        return self._room.is_connected

    @property
    def is_coming(self) -> bool:
        return self._room.is_coming

    async def take(self, texts: Sequence[str]) -> Spoken | None:
        duration_ms = await self._room.say(" ".join(texts))
        return None if duration_ms is None else live(texts, duration_ms)

    async def prepare(self, texts: Sequence[str]) -> int:
        return len(texts) if self._room.is_connected else 0


class Clips:
    """Recorded clips of fixed words. `find` reads those that are ready; `is_there` asks the storage for one's file."""

    name = "clip"
    patience_s = SHORT_S

    def __init__(
        self, find: Callable[[], tuple[ReadyClip, ...]], is_there: Callable[[ReadyClip], bool], *, public_id: str
    ) -> None:
        self._find, self._is_there, self._public_id = find, is_there, public_id
        self._clips: tuple[ReadyClip, ...] = ()

    async def load(self) -> None:
        """Look which clips are ready by now. Raises StorageUnavailable; then those known before are kept."""
        self._clips = await in_store(self._find)

    async def take(self, texts: Sequence[str]) -> Spoken | None:
        clip = self._covering(texts)
        if clip is None or not await in_speech(partial(self._is_there, clip)):
            return None
        return recorded(clip, public_id=self._public_id)

    async def prepare(self, texts: Sequence[str]) -> int:
        await self.load()
        clip = self._covering(texts)
        return len(clip.sentences) if clip else 0

    def urls(self, texts: Sequence[str]) -> list[str]:
        """Addresses of the clips these sentences will be said by, in order: for the page to load ahead."""
        found, at = [], 0
        while at < len(texts):
            clip = self._covering(texts[at:])
            if clip is not None:
                found.append(clip_url(self._public_id, clip))
            at += len(clip.sentences) if clip else 1
        return found

    def _covering(self, texts: Sequence[str]) -> ReadyClip | None:
        """The longest clip that says exactly the first of these sentences."""
        return next((clip for clip in self._clips if clip.sentences == tuple(texts[: len(clip.sentences)])), None)


class Local:
    """The local presenter: one sentence at a time; `make` is the blocking maker of its sound."""

    name = "local"
    patience_s = None

    def __init__(self, make: Callable[[str], Spoken]) -> None:
        self._make = make

    async def take(self, texts: Sequence[str]) -> Spoken | None:
        return await in_speech(partial(self._make, texts[0]))

    async def prepare(self, texts: Sequence[str]) -> int:
        await in_advance(partial(self._make, texts[0]))
        return 1
