"""Our own presenter as a provider: recorded video from our renderer, the built-in voice, no key, no cost (design §3)."""

import logging
import wave
import zlib
from collections.abc import Callable
from typing import Any

import av
import numpy as np

from avatars.engines.registry import speech_engine
from avatars.presenter.format import PRESENTERS, UnknownPresenter
from avatars.providers.base import (
    AvatarProvider,
    Capabilities,
    Character,
    Polling,
    Progress,
    VideoJob,
    VideoState,
    VideoStatus,
    Voice,
)
from avatars.render.clip import Busy, ClipOrder, Stopped, TooLong, render_clip
from avatars.render.sound import Voice as Sound
from avatars.render.stage import Look
from avatars.services.presenters import DRAWN_GENDERS, DRAWN_NAMES, art_for_renderer
from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)
BUILT_IN = "espeak"
# Our own drawing gains nothing above 720 lines: the profile's 1080 is for providers that film.
_SIZES = {"square": (720, 720), "horizontal": (1280, 720), "vertical": (720, 1280)}


class LocalProvider(AvatarProvider):
    kind = "local"
    label = "local"
    capabilities = Capabilities(
        languages=("ru", "en", "kk"), catalogue=True, speech=True, recorded_video=True, own_audio=True, captions=True,
        renders_here=True, create_is_idempotent=True, cancels=True, needs_key=False, costs_money=False,
    )  # fmt: skip
    polling = Polling(first_s=1.0, every_s=1.0, slowest_s=5.0, deadline_s=10 * 60.0, deadline_per_clip_s=1.0)

    def _characters(self) -> tuple[Character, ...]:
        return tuple(Character(name, str(DRAWN_NAMES.get(name, name)), DRAWN_GENDERS.get(name, "")) for name in PRESENTERS)

    def _voices(self) -> tuple[Voice, ...]:
        return tuple(Voice(voice.name, voice.label, voice.language, voice.gender) for voice in speech_engine(BUILT_IN).voices())

    def _create_video(self, job: VideoJob, progress: Progress) -> VideoState:
        """Renders into `job.video_path` in this thread, about twenty times faster than real time."""
        if job.audio is None or job.video_path is None:
            raise self.unable("make videos without sound of ours")
        with wave.open(str(job.audio.path)) as file:
            sound = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
            rate = file.getframerate()
        order = ClipOrder(
            look_of(job.settings),
            Sound(sound, rate, job.audio.timeline, job.text),  # type: ignore[arg-type]
            captions=bool(job.settings.get("captions", True)),
            seed=zlib.crc32(job.text.encode()),
        )
        try:
            with job.video_path.open("wb") as video:
                duration_ms = render_clip(order, video, stop=_watched(progress, order.frames))
        except Stopped as error:
            raise self._fault("the renderer stopped", Category.SERVER) from error
        except TooLong as error:
            raise self._fault("the speech is too long for one clip", Category.INVALID_REQUEST) from error
        except Busy as error:
            raise self._fault("the renderer is busy", Category.RATE_LIMIT, retry_after_s=5.0) from error
        except (UnknownPresenter, FileNotFoundError) as error:
            raise self._fault(f"the presenter is not there ({type(error).__name__})", Category.INVALID_REQUEST) from error
        except (av.FFmpegError, OSError) as error:
            raise self._fault(f"the clip could not be written ({type(error).__name__})", Category.SERVER) from error
        return VideoState(VideoStatus.SUCCEEDED, job.reference, 100, duration_ms=duration_ms)

    def _cancel_video(self, provider_id: str) -> None:
        """Nothing to stop from here: the renderer asks its row by `progress`."""

    def _fault(self, text: str, category: Category, *, retry_after_s: float | None = None) -> ProviderError:
        return ProviderError(text, category=category, provider=self.kind, retry_after_s=retry_after_s)


def look_of(settings: dict[str, Any]) -> Look:
    """The look a profile's snapshot asks for; a wrong or old value is replaced by the usual one."""
    width, height = _SIZES.get(str(settings.get("aspect")), _SIZES["square"])
    art = art_for_renderer(settings)
    return Look(art.presenter, width, height, art.background, art.clothes, art.picture, art.folder)


def _watched(progress: Progress, frames: int) -> Callable[[], bool]:
    """The renderer's question before each frame, as our progress; what `progress` raises ends the work."""
    done = 0

    def stop() -> bool:
        nonlocal done
        progress(done * 100 // max(frames, 1))
        done += 1
        return False

    return stop
