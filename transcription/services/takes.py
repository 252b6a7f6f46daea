"""Start, store, resume and finish a take (design §4, threats 19–24). Synchronous: run them by `storage.run`.

Every function may raise OSError or a database error: the caller gets StorageUnavailable, nothing was acknowledged.
"""

import logging
import secrets
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, Max, Sum
from django.db.models.functions import Greatest
from django.utils import timezone

from transcription.frames import Frame
from transcription.models import Recording, Take
from transcription.policy import recording_policy
from transcription.takefile import Appended, TakeFile

log = logging.getLogger(__name__)
MOST_OPEN_FILES = 256


class TakeRefused(Exception):
    """`code`: `unknown_take`, `erased`, `too_many_takes` or `too_long`; asking again does not help."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class OpenTake:
    """A take as the recorder needs it. `next`: first frame not stored; `offset_ms` on the recording's clock."""

    id: int
    number: int
    next: int
    offset_ms: int
    segmented_ms: int
    state: str
    age_s: float = 0.0  # since the take began
    key: str = ""


@dataclass(frozen=True)
class Finished:
    """The answer to `finish`. `missing`: [first, last] frame numbers; `reason`: "", `missing`, `mismatch` or `hash`."""

    take: int
    complete: bool
    missing: tuple[tuple[int, int], ...] = ()
    reason: str = ""
    next: int = 0


def ensure_recording(
    owner_key: str, *, language: str, recognise: bool, local_only: bool | None = None, hints: Sequence[str] | None = None
) -> Recording:
    """The recording of this owner; language, permission and hints are brought up to date (None leaves what is there).

    Raises TakeRefused when erased.
    """
    given = {"language": language, "recognise": recognise, "local_only": local_only}
    wanted = {name: value for name, value in given.items() if value is not None}
    if hints is not None:
        wanted["hints"] = list(hints)
    recording, _ = Recording.objects.get_or_create(owner_key=owner_key, defaults=wanted)
    if recording.erased_at:
        raise TakeRefused("erased")
    if any(getattr(recording, name) != value for name, value in wanted.items()):
        Recording.objects.filter(pk=recording.pk).update(**wanted)
    return recording


def keep_inside(owner_key: str) -> None:
    """From now on no recogniser outside the company hears it."""
    Recording.objects.filter(owner_key=owner_key).update(local_only=True)


def start_take(
    owner_key: str, device: str, *, key: str = "", age_ms: int = 0, offset_hint_ms: int | None = None,
    language: str = "ru", recognise: bool = False, noise_suppressed: bool | None = None,
) -> OpenTake:  # fmt: skip
    """A new take, or the one this page already started under `key`. Raises TakeRefused.

    A take may have begun without network: `age_ms` ago, or at `offset_hint_ms` of the recording's clock. Either is
    believed as far as it lies between the recording's beginning and now.
    """
    recording = ensure_recording(owner_key, language=language, recognise=recognise)
    if key and (known := Take.objects.filter(recording=recording, key=key).first()):
        return open_take(owner_key, known.number)
    now_ms = _clock_ms(recording)
    began_ms = now_ms - age_ms if offset_hint_ms is None else offset_hint_ms
    offset_ms = max(0, min(began_ms, now_ms))
    for _ in range(5):
        highest = recording.takes.aggregate(highest=Max("number"))["highest"]
        number = 1 if highest is None else highest + 1
        if number > recording_policy().most_takes:
            raise TakeRefused("too_many_takes")
        try:
            with transaction.atomic():
                take = Take.objects.create(
                    recording=recording, number=number, device=device, key=key, offset_ms=offset_ms, stored_at=timezone.now(),
                    noise_suppressed=noise_suppressed,
                    path=f"{recording.pk // 1000}/{recording.pk}/{number}-{secrets.token_hex(8)}.take",
                )  # fmt: skip
        except IntegrityError:  # another tab took the number, or the same start came twice at once
            if key and (known := Take.objects.filter(recording=recording, key=key).first()):
                return open_take(owner_key, known.number)
            continue
        return OpenTake(take.pk, number, 0, offset_ms, 0, take.state, max(age_ms, now_ms - offset_ms) / 1000, key)
    raise TakeRefused("too_many_takes")


def open_take(owner_key: str, number: int) -> OpenTake:
    """A take of this owner, its row rebuilt from its file. Raises TakeRefused (`unknown_take`)."""
    takes = Take.objects.filter(recording__owner_key=owner_key, recording__erased_at=None).select_related("recording")
    take = takes.filter(number=number).first()
    if take is None:
        raise TakeRefused("unknown_take")
    rebuild(take)
    age_s = (_clock_ms(take.recording) - take.offset_ms) / 1000
    return OpenTake(take.pk, take.number, take.next_seq, take.offset_ms, take.segmented_ms, take.state, age_s, take.key)


def _clock_ms(recording: Recording) -> int:
    return int((timezone.now() - recording.created_at).total_seconds() * 1000)


def rebuild(take: Take) -> None:
    """Make the row say what the file has. The file is the truth: a kill between append and row update is healed here."""
    frames, pcm_bytes = _files.get(take).state()
    if (frames, pcm_bytes) == (take.next_seq, take.bytes):
        return
    if frames < take.next_seq:
        log.error("a take's file has less than its row says", extra={"take": take.pk, "row": take.next_seq, "file": frames})
    # Only if nobody stored in between: they would be ahead of what was read here.
    Take.objects.filter(pk=take.pk, next_seq=take.next_seq).update(next_seq=frames, bytes=pcm_bytes)
    take.next_seq, take.bytes = frames, pcm_bytes


def store(take_id: int, frames: Sequence[Frame]) -> Appended:
    """One append, one fsync, one row update; only after it returns may `next` be acknowledged (threats 19).

    Raises TakeRefused: `unknown_take` when the row is gone (erased meanwhile), `too_long` over the cap of minutes.
    """
    file = _files.known(take_id)
    if file is None:
        take = Take.objects.filter(pk=take_id).first()
        if take is None:
            raise TakeRefused("unknown_take")
        file = _files.get(take)
    result = file.append(frames)
    stored = Take.objects.filter(pk=take_id).update(
        next_seq=Greatest(F("next_seq"), result.next), bytes=Greatest(F("bytes"), result.pcm_bytes),
        conflicts=F("conflicts") + len(result.conflicts), stored_at=timezone.now(),
    )  # fmt: skip
    if not stored:  # erased while the frames were on their way: nothing may stay behind
        _files.forget(take_id)
        file.path.unlink(missing_ok=True)
        raise TakeRefused("unknown_take")
    return result


def minutes_stored(owner_key: str) -> float:
    total = Take.objects.filter(recording__owner_key=owner_key).aggregate(total=Sum("bytes"))["total"] or 0
    return total / (32_000 * 60)


def finish(take_id: int, frames: int, sha256: str) -> Finished:
    """Compare the page's count and hash with what is on the disk (threats 23). May come twice. Raises TakeRefused."""
    take = Take.objects.filter(pk=take_id).first()
    if take is None:
        raise TakeRefused("unknown_take")
    if take.state == Take.State.COMPLETE and (take.next_seq, take.sha256) == (frames, sha256):
        return Finished(take.number, True, next=take.next_seq)
    if take.state == Take.State.COMPLETE:
        return Finished(take.number, False, (), "mismatch", take.next_seq)
    rebuild(take)
    Take.objects.filter(pk=take.pk).update(expected_frames=frames)
    if take.next_seq < frames:
        return Finished(take.number, False, ((take.next_seq, frames - 1),), "missing", take.next_seq)
    if take.next_seq > frames:
        return Finished(take.number, False, (), "mismatch", take.next_seq)
    found = _files.get(take).sha256()
    if found != sha256:
        log.error("a finished take has another hash than its page says", extra={"take": take.pk})
        _close(take.pk, Take.State.INCOMPLETE, found)
        return Finished(take.number, False, (), "hash", take.next_seq)
    _close(take.pk, Take.State.COMPLETE, found)
    return Finished(take.number, True, next=take.next_seq)


def give_up(take: Take) -> None:
    """The device did not come back in time: what is stored is what there is, marked incomplete (threats 16, 32)."""
    rebuild(take)
    Take.objects.filter(pk=take.pk, state=Take.State.OPEN).update(state=Take.State.INCOMPLETE, finished_at=timezone.now())
    _files.forget(take.pk)


def forget(take_id: int) -> None:
    """Close the take's file in this process."""
    _files.forget(take_id)


def forget_all() -> None:
    """Close every file of this process (server stop, tests)."""
    _files.forget_all()


def path_of(take: Take) -> Path:
    return Path(settings.RECORDING_DIR) / take.path


def _close(take_id: int, state: str, sha256: str) -> None:
    Take.objects.filter(pk=take_id).update(state=state, sha256=sha256, finished_at=timezone.now())


class _OpenFiles:
    """The files this process has open; the one longest unused is closed when there are too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._files: OrderedDict[int, TakeFile] = OrderedDict()

    def known(self, take_id: int) -> TakeFile | None:
        with self._lock:
            if take_id in self._files:
                self._files.move_to_end(take_id)
            return self._files.get(take_id)

    def get(self, take: Take) -> TakeFile:
        with self._lock:
            file = self._files.get(take.pk)
            if file is None:
                file = self._files[take.pk] = TakeFile(path_of(take), take.number, known=take.next_seq)
            self._files.move_to_end(take.pk)
            while len(self._files) > MOST_OPEN_FILES:
                self._files.popitem(last=False)[1].close()
            return file

    def forget(self, take_id: int) -> None:
        with self._lock:
            file = self._files.pop(take_id, None)
        if file is not None:
            file.close()

    def forget_all(self) -> None:
        for take_id in list(self._files):
            self.forget(take_id)


_files = _OpenFiles()
