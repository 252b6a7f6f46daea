"""HeyGen v3 behind our protocol (docs/contracts/heygen.md).

A video is made from our own sound, uploaded by us: HeyGen never has to reach us. Only a profile whose speech engine is
"heygen" lets it speak. The order carries our reference as its idempotency key; the key is remembered there for a day, after
that a doubtful order is looked for by its title, which is the same reference.
"""

import io
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from avatars.models import BackgroundPicture
from avatars.providers import remedies
from avatars.providers.base import (
    AvatarProvider,
    Balance,
    CannotTell,
    Capabilities,
    Character,
    Origin,
    Polling,
    Progress,
    ProviderSpeech,
    VideoJob,
    VideoState,
    VideoStatus,
    Voice,
)
from avatars.providers.heygen import answers, order
from avatars.providers.heygen.api import Configuration, HeyGenApi, data_of, required
from interview_site import outbound
from interview_site.errors import Category, ProviderError

MAX_SOUND_BYTES, MAX_SOUND_MS = 32 * outbound.MIB, 600_000  # contract §2.1, §2.4
LOOKED_THROUGH = 500  # videos of the account, newest first, when an order is looked for
_MS_A_CHARACTER = 75  # of speech, for the deadline of an order whose sound is made there
_DEADLINE_S, _DEADLINE_PER_CLIP_S = 45 * 60.0, 3.0  # design §2
OFTEN = Polling(first_s=30.0, deadline_s=_DEADLINE_S, deadline_per_clip_s=_DEADLINE_PER_CLIP_S)
# A bell is rung when a video is done: asking is the safety net (contract §4.3).
SELDOM = replace(OFTEN, first_s=60.0, every_s=40.0, slowest_s=120.0)


class HeyGenProvider(AvatarProvider):
    kind = "heygen"
    label = "HeyGen"
    capabilities = Capabilities(
        emotions=order.EXPRESSIVENESS, catalogue=True, speech=True, recorded_video=True, own_audio=True, captions=True,
        create_is_idempotent=True, voice_samples=True,
        idempotent_for_s=23 * 3600.0, finds_by_reference=True, states_at_once=100,
    )  # fmt: skip

    def __init__(self, configuration: Configuration | None = None) -> None:
        super().__init__()
        configuration = configuration or Configuration.from_settings()
        self.configuration = configuration
        self.api = HeyGenApi(configuration)
        self.capabilities = replace(type(self).capabilities, most_at_once=configuration.most_at_once)
        self.polling = SELDOM if configuration.has_webhook else OFTEN

    def takes_our_sound(self, settings: Mapping[str, Any]) -> bool:
        return settings.get("speech_engine") != order.OWN_VOICE

    def check_profile(self, settings: Mapping[str, Any]) -> None:
        order.avatar_of(settings)

    # --- The catalogue ---

    def _characters(self) -> tuple[Character, ...]:
        return tuple(self._looks())

    def _looks(self) -> Iterator[Character]:
        for ownership, origin in (("private", Origin.OWN), ("public", Origin.PUBLIC)):
            for item in self.api.pages("/v3/avatars/looks", limit=50, ownership=ownership):
                if found := answers.character(item, origin):
                    yield found

    def _voices(self) -> tuple[Voice, ...]:
        lists = (("private", Origin.CLONED), ("public", Origin.PUBLIC))
        found = [answers.voice(item, o) for kind, o in lists for item in self.api.pages("/v3/voices", limit=100, type=kind)]
        return tuple(voice for voice in found if voice)

    def _balance(self) -> Balance | None:
        return answers.balance(data_of(self.api.get("/v3/users/me")))

    def _voice_sample(self, voice: str, text: str, language: str) -> str:
        """Contract §5.4. A voice their speech engine cannot use is refused with a code of its own."""
        answer = self.api.post("/v3/voices/speech", {"text": text, "voice_id": voice, "language": language})
        return required(answer, "audio_url")

    # --- The order ---

    def _speak(self, job: VideoJob) -> ProviderSpeech:
        """Nothing is made ahead: HeyGen says the text while it films. The length is a guess, for the deadline."""
        return ProviderSpeech("script", len(job.text) * _MS_A_CHARACTER)

    def _create_video(self, job: VideoJob, progress: Progress) -> VideoState:
        order.avatar_of(job.settings)  # before anything is sent
        with nothing_ordered_yet():
            sound = self._sound(job)
            picture = self._picture(job.settings)
        progress(2)  # an upload may take long: the row is still ours, and still wanted
        body = order.body(job, sound=sound, background=picture)
        answer = self.api.post("/v3/videos", body, idempotency_key=job.reference)
        return VideoState(answers.status_of(data_of(answer).get("status")), required(answer, "video_id"))

    def _sound(self, job: VideoJob) -> str:
        if job.audio is None:
            return ""
        check_sound(job.audio.path, job.audio.duration_ms)
        return self.api.upload(job.audio.path, "speech.wav", "audio/wav")

    def _picture(self, settings: Mapping[str, Any]) -> str:
        picture = BackgroundPicture.named(order.background_picture(settings))
        if picture is None:
            return ""
        with tempfile.TemporaryDirectory(prefix="heygen-") as folder:
            path = Path(folder) / "background.jpg"
            with picture.file.open("rb") as file:
                path.write_bytes(_jpeg(file.read()))
            return self.api.upload(path, path.name, "image/jpeg")

    # --- How it stands ---

    def _video_state(self, provider_id: str) -> VideoState:
        try:
            data = data_of(self.api.get(_of(provider_id)))
        except ProviderError as error:
            # Only in their own words: a 404 of some gateway is a failed question, not a lost video.
            if error.code in (remedies.GONE, "resource_not_found"):
                return VideoState(VideoStatus.FAILED, provider_id, error=order.refused("no such video", remedies.GONE))
            raise
        return answers.state_of(provider_id, data)

    def _video_states(self, provider_ids: Sequence[str]) -> dict[str, VideoState]:
        wanted = [provider_id for provider_id in provider_ids if "," not in provider_id]
        listed = self.api.get("/v3/videos/statuses", video_ids=",".join(wanted)).get("data")
        items = [item for item in (listed if isinstance(listed, list) else ()) if isinstance(item, dict) and item.get("status")]
        told = {str(item.get("video_id")): answers.brief_state(str(item.get("video_id")), item["status"]) for item in items}
        return {provider_id: told[provider_id] for provider_id in wanted if provider_id in told}

    def _find_video(self, reference: str) -> VideoState | None:
        number, titled = 0, False
        for number, item in enumerate(self.api.pages("/v3/videos", limit=100, title=reference), 1):
            provider_id = item.get("id") or item.get("video_id")
            titled = titled or isinstance(item.get("title"), str)
            if item.get("title") == reference and isinstance(provider_id, str) and provider_id:
                return self._video_state(provider_id)
            if number >= LOOKED_THROUGH:
                raise CannotTell("heygen: the list is too long to be read", provider=self.kind)
        if number and not titled:
            raise CannotTell("heygen: the list shows no titles", provider=self.kind)
        return None

    def _fetch_video(self, state: VideoState, path: Path) -> None:
        """Links are short-lived, and may refuse for some seconds after the end: each try asks for a fresh one."""
        if not state.video_url:
            state = self._video_state(state.provider_id)
        if not state.video_url:
            raise ProviderError("heygen: no address of the video yet", category=Category.SERVER, provider=self.kind)
        super()._fetch_video(state, path)

    def delete_video(self, provider_id: str) -> None:
        """Remove it there; forgives one that is gone. Whether a running one stops costing is not known: it is no cancelling."""
        try:
            self.api.delete(_of(provider_id))
        except ProviderError as error:
            if error.code != remedies.GONE:
                raise


def check_sound(path: Path, duration_ms: int) -> None:
    """Raises ProviderError for a sound HeyGen would refuse (contract §2.4): the person reads our words, and at once."""
    if not path.is_file() or path.stat().st_size == 0:
        raise order.refused("an empty sound", remedies.SOUND_REFUSED)
    if path.stat().st_size > MAX_SOUND_BYTES or duration_ms > MAX_SOUND_MS:
        raise order.refused("the sound is too long", remedies.SOUND_TOO_LONG)


class nothing_ordered_yet:
    """A fault in here came before the order: it leaves no doubt, and the order is simply tried again."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        if isinstance(error, ProviderError) and not error.permanent:
            error.code = "not_sent"


def _of(provider_id: str) -> str:
    return f"/v3/videos/{quote(provider_id, safe='')}"


def _jpeg(content: bytes) -> bytes:
    """Our stored pictures are WebP, which HeyGen does not take."""
    file = io.BytesIO()
    with Image.open(io.BytesIO(content), formats=("WEBP",)) as picture:
        picture.convert("RGB").save(file, format="JPEG", quality=92)
    return file.getvalue()
