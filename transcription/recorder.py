"""The recorder's server half: frames in, `saved` out, for one socket (design §4, §5; threats 19–29).

It groups what comes for at most half a second, stores it in the storage threads and acknowledges what is on the disk and in
the row. It knows no Channels: `send` takes the JSON message, `on_frame` gets every new frame in order.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from interview_site.threads import StorageUnavailable
from transcription import messages
from transcription.frames import FRAME_MS, MAX_MESSAGE, BadFrame, Frame, decode
from transcription.limits import TokenBucket
from transcription.policy import RecordingPolicy, recording_policy
from transcription.services import storage, takes
from transcription.services.takes import OpenTake, TakeRefused

log = logging.getLogger(__name__)
Send = Callable[[dict], Awaitable[None]]
OnFrame = Callable[[OpenTake, Frame], None]


class CloseSocket(Exception):
    """The socket must be closed with `close_code` (design §5); the reason has already been sent."""

    def __init__(self, close_code: int, code: str) -> None:
        super().__init__(code)
        self.close_code = close_code
        self.code = code


@dataclass
class _Track:
    """A take as this socket sees it. `expected`: next frame to come; `waiting`: not stored yet, in order."""

    take: OpenTake
    expected: int
    waiting: list[Frame] = field(default_factory=list)
    opened_at: float = 0.0  # monotonic
    silent_until: float = 0.0  # over a cap: frames are not taken before this moment
    named_gap: int = -1  # the `next` last named, so that a burst behind a gap gets one answer


class Recorder:
    """One per socket. Methods may raise CloseSocket; every other trouble is told to the page by `send`."""

    def __init__(
        self,
        recording_key: str,
        send: Send,
        *,
        language: str = "ru",
        recognise: bool = False,
        on_frame: OnFrame | None = None,
        policy: RecordingPolicy | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.recording_key = recording_key
        self.language = language
        self.recognise = recognise
        self.policy = policy or recording_policy()
        self._send = send
        self._on_frame = on_frame
        self._clock = clock
        self._tracks: dict[int, _Track] = {}
        self._storing = asyncio.Lock()
        self._flusher: asyncio.Task | None = None
        self._something_waits = asyncio.Event()
        self._ending = asyncio.Event()
        self._silent_until = 0.0  # the storage failed: frames are not taken before this moment
        self._bucket = TokenBucket(self.policy.catch_up_frames_per_s, self.policy.catch_up_burst_frames, clock())
        self._frames_left: float | None = None  # until the cap of minutes; None: not asked yet
        self._closed = False

    async def start(
        self, device: str, *, key: str = "", age_ms: int = 0, offset_hint_ms: int | None = None,
        noise_suppressed: bool | None = None,
    ) -> OpenTake | None:  # fmt: skip
        """Start a take (or find it by `key`) and tell its number; None when it could not, the page was told.

        `age_ms`: how long ago the page began it, when it began without network; or its place as `offset_hint_ms`.
        `noise_suppressed`: by the browser; None when it does not say.
        """
        await self._flush()
        return await self._opened(
            takes.start_take, self.recording_key, device, key=key, age_ms=age_ms, offset_hint_ms=offset_hint_ms,
            language=self.language, recognise=self.recognise, noise_suppressed=noise_suppressed,
        )  # fmt: skip

    async def resume(self, numbers: list[int]) -> None:
        """Say for each take the page still holds sound of which frame is next (threats 22)."""
        for number in numbers[: self.policy.most_takes]:
            await self._opened(takes.open_take, self.recording_key, number)

    async def handle_frame(self, data: bytes) -> None:
        """Take one binary message; it is acknowledged when stored. Raises CloseSocket (1009, 4429)."""
        try:
            frame = decode(data)
        except BadFrame as bad:
            await self._refuse_message(bad, len(data))
            return
        if wait_s := self._bucket.take(self._clock()):
            await self._tell("too_fast", retry_s=max(1.0, round(wait_s, 1)))
            raise CloseSocket(4429, "too_fast")
        if self._clock() < self._silent_until:
            return  # the page was told to wait and keeps its sound
        track = self._tracks.get(frame.take)
        if track is None:
            if await self._opened(takes.open_take, self.recording_key, frame.take) is None:
                return
            track = self._tracks[frame.take]
        await self._take_frame(track, frame)

    async def finish(self, take: int, frames: int, sha256: str) -> takes.Finished | None:
        """Store what is waiting, compare count and hash, answer complete or what is missing; None when it could not."""
        await self._flush()
        try:
            opened = (track.take if (track := self._tracks.get(take)) else None) or await storage.run(
                takes.open_take, self.recording_key, take
            )
            result = await storage.run(takes.finish, opened.id, frames, sha256)
        except StorageUnavailable:
            await self._tell("storage_unavailable", take=take, retry_s=self.policy.retry_s)
            return None
        except TakeRefused as refused:
            await self._tell(refused.code, take=take)
            return None
        if result.complete and take in self._tracks:
            self._tracks[take].take = replace(opened, state="complete")
        await self._send(messages.finished_take(result))
        return result

    async def close(self) -> None:
        """Store what is waiting and end. May be called twice; the caller closes with 1012 on a restart."""
        if self._closed:
            return
        self._closed = True
        self._ending.set()
        self._something_waits.set()
        if self._flusher:
            await self._flusher
        await self._flush()

    async def stored(self) -> None:
        """Wait until everything that came so far is stored (or has failed)."""
        await self._flush()

    async def _opened(self, open_take: Callable[..., OpenTake], *args: object, **kwargs: object) -> OpenTake | None:
        number = args[1] if open_take is takes.open_take else None
        key = kwargs.get("key") or None
        try:
            take = await storage.run(open_take, *args, **kwargs)
            if self._frames_left is None:
                minutes = self.policy.most_minutes - await storage.run(takes.minutes_stored, self.recording_key)
                self._frames_left = minutes * 60_000 / FRAME_MS
        except StorageUnavailable:
            await self._storage_failed(number, key)
            return None
        except TakeRefused as refused:
            await self._tell(refused.code, take=number, key=key)
            return None
        track = self._tracks.get(take.number)
        if track is None:
            self._tracks[take.number] = _Track(take, take.next, opened_at=self._clock())
        else:
            track.take, track.expected, track.named_gap = take, take.next + len(track.waiting), -1
        await self._send({"type": "take", "take": take.number, "next": take.next, "offset_ms": take.offset_ms, "key": take.key})
        return take

    async def _take_frame(self, track: _Track, frame: Frame) -> None:
        now = self._clock()
        if now < track.silent_until:
            return
        if frame.seq > track.expected:
            if track.named_gap != track.expected:
                track.named_gap = track.expected
                await self._tell("gap", take=frame.take, next=track.expected)
            return
        fresh = frame.seq == track.expected
        if fresh and not await self._may_grow(track, frame):
            return
        track.waiting.append(frame)  # a repeated one too: the file knows whether it is the same
        if fresh:
            track.expected += 1
            track.named_gap = -1
            if self._on_frame:
                self._on_frame(track.take, frame)
        if len(track.waiting) >= self.policy.group_frames:
            await self._flush()
        elif not self._closed:
            self._flusher = self._flusher or asyncio.create_task(self._flush_in_groups())
            self._something_waits.set()

    async def _may_grow(self, track: _Track, frame: Frame) -> bool:
        """Caps: a complete take is over, minutes run out, sound cannot be longer than time (threats 27)."""
        if track.take.state == "complete":
            await self._tell("take_ended", take=frame.take, next=track.expected)
            track.silent_until = self._clock() + self.policy.retry_s
            return False
        age_s = track.take.age_s + self._clock() - track.opened_at
        most = age_s * self.policy.live_frames_per_s + self.policy.live_slack_frames
        if frame.seq > most:
            wait_s = max(1.0, round((frame.seq - most) / self.policy.live_frames_per_s, 1))
            await self._tell("too_fast", take=frame.take, next=track.expected, retry_s=wait_s)
            track.silent_until = self._clock() + wait_s
            return False
        self._frames_left = (self._frames_left or 0) - 1
        if self._frames_left < 0:
            await self._tell("too_long", take=frame.take, next=track.expected)
            track.silent_until = self._clock() + 60
            return False
        return True

    async def _flush_in_groups(self) -> None:
        """Store what waits, half a second after its first frame came; the outermost loop of storing."""
        while not self._closed:
            await self._something_waits.wait()
            try:
                await asyncio.wait_for(self._ending.wait(), self.policy.group_ms / 1000)
            except TimeoutError:
                pass
            self._something_waits.clear()
            try:
                await self._flush()
            except Exception:  # e.g. the socket went while we answered: what is stored is stored
                log.exception("storing was interrupted")

    async def _flush(self) -> None:
        async with self._storing:
            for track in list(self._tracks.values()):
                if track.waiting:
                    group, track.waiting = track.waiting, []
                    await self._store(track, group)

    async def _store(self, track: _Track, group: list[Frame]) -> None:
        number = track.take.number
        try:
            result = await storage.run(takes.store, track.take.id, group)
        except StorageUnavailable:
            self._tracks.pop(number, None)
            await self._storage_failed(number)
            return
        except TakeRefused as refused:
            self._tracks.pop(number, None)
            await self._tell(refused.code, take=number)
            return
        track.expected = result.next + len([frame for frame in track.waiting if frame.seq >= result.next])
        await self._send({"type": "saved", "take": number, "next": result.next})
        if result.conflicts:
            log.warning("known frame numbers with other bytes", extra={"take": track.take.id, "count": len(result.conflicts)})
            await self._tell("conflict", take=number, next=result.next, frames=result.conflicts[:20])
        if result.gap is not None or result.ended is not None:
            await self._tell("gap" if result.ended is None else "take_ended", take=number, next=result.next)

    async def _storage_failed(self, number: object, key: object = None) -> None:
        """Nothing is acknowledged: the page keeps its sound, waits, and sends again from what we then name."""
        self._silent_until = self._clock() + self.policy.retry_s
        await self._tell("storage_unavailable", take=number, key=key, retry_s=self.policy.retry_s)

    async def _refuse_message(self, bad: BadFrame, size: int) -> None:
        if size > 4 * MAX_MESSAGE:
            await self._tell("too_big")
            raise CloseSocket(1009, "too_big")
        track = self._tracks.get(bad.take) if bad.take is not None else None
        extra = {"take": bad.take, "seq": bad.seq, "next": track.expected} if track else {}
        await self._tell(bad.code, **extra)

    async def _tell(self, code: str, **fields: object) -> None:
        await self._send(messages.error(code, self.language, **fields))
