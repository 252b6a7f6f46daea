"""The retired v1 and v2 paths (contract §8), only with HEYGEN_API_VERSION=v2: for an account that is not on v3 yet.

Nothing here is idempotent and no order can be looked up: a lost answer needs a person. The sound is uploaded as MP3, because
the old uploader takes no WAV.
"""

import tempfile
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import av

from avatars.providers import remedies
from avatars.providers.base import Balance, Capabilities, Character, Progress, VideoJob, VideoState, VideoStatus, Voice
from avatars.providers.heygen import answers, order
from avatars.providers.heygen.api import data_of, required
from avatars.providers.heygen.provider import HeyGenProvider, check_sound, nothing_ordered_yet
from interview_site.errors import Category, ProviderError

_SIZES = {
    ("vertical", "1080"): (1080, 1920), ("vertical", "720"): (720, 1280),
    ("horizontal", "1080"): (1920, 1080), ("horizontal", "720"): (1280, 720),
    ("square", "1080"): (1080, 1080), ("square", "720"): (720, 720),
}  # fmt: skip


class HeyGenLegacyProvider(HeyGenProvider):
    capabilities = Capabilities(catalogue=True, speech=True, recorded_video=True, own_audio=True, captions=True)

    def version(self) -> str:
        return "1-v2"

    def _characters(self) -> tuple[Character, ...]:
        found = data_of(self.api.get("/v2/avatars")).get("avatars")
        items = [item for item in (found if isinstance(found, list) else ()) if isinstance(item, dict)]
        named = [{**item, "id": item.get("avatar_id"), "name": item.get("avatar_name")} for item in items]
        made = [answers.character({**item, "status": ""}, answers.Origin.PUBLIC) for item in named]
        return tuple(character for character in made if character)

    def _voices(self) -> tuple[Voice, ...]:
        found = data_of(self.api.get("/v2/voices")).get("voices")
        items = [item for item in (found if isinstance(found, list) else ()) if isinstance(item, dict)]
        return tuple(voice for item in items if (voice := answers.voice(item, answers.Origin.PUBLIC)))

    def _balance(self) -> Balance | None:
        left = data_of(self.api.get("/v2/user/remaining_quota")).get("remaining_quota")
        return Balance(Decimal(str(left)), "s") if isinstance(left, int | float) else None

    def _create_video(self, job: VideoJob, progress: Progress) -> VideoState:
        order.avatar_of(job.settings)
        with nothing_ordered_yet():
            voice = self._voice_of(job)
        progress(2)
        answer = self.api.post("/v2/video/generate", _body(job, voice))
        return VideoState(VideoStatus.ACCEPTED, required(answer, "video_id"))

    def _voice_of(self, job: VideoJob) -> dict[str, Any]:
        if job.audio is None:
            spoken = order.body(job, sound="", background="")
            speed = spoken["voice_settings"]["speed"]
            return {"type": "text", "input_text": spoken["script"], "voice_id": spoken["voice_id"], "speed": speed}
        check_sound(job.audio.path, job.audio.duration_ms)
        with tempfile.TemporaryDirectory(prefix="heygen-") as folder:
            path = Path(folder) / "speech.mp3"
            _write_mp3(job.audio.path, path)
            asset = self.api.upload_bytes(self.configuration.upload_url + "/v1/asset", path, "audio/mpeg")
        return {"type": "audio", "audio_asset_id": asset}

    def _video_state(self, provider_id: str) -> VideoState:
        data = data_of(self.api.get("/v1/video_status.get", video_id=provider_id))
        return answers.state_of(provider_id, {**data, "captioned_video_url": data.get("video_url_caption")})

    def _video_states(self, provider_ids: Sequence[str]) -> dict[str, VideoState]:
        return {provider_id: self._video_state(provider_id) for provider_id in provider_ids}

    def _find_video(self, reference: str) -> VideoState | None:
        raise self.unable("look orders up")

    def delete_video(self, provider_id: str) -> None:
        raise self.unable("delete")


def _body(job: VideoJob, voice: dict[str, Any]) -> dict[str, Any]:
    settings = job.settings
    aspect, lines = str(settings.get("aspect")), "1080" if str(settings.get("resolution")) == "1080" else "720"
    width, height = _SIZES.get((aspect, lines), _SIZES["square", lines])
    scene: dict[str, Any] = {
        "character": {"type": "avatar", "avatar_id": order.avatar_of(settings), "avatar_style": "normal"},
        "voice": voice,
    }
    if colour := order.background_colour(settings):
        scene["background"] = {"type": "color", "value": colour}
    return {
        "title": job.reference, "callback_id": job.reference, "caption": bool(settings.get("captions")),
        "dimension": {"width": width, "height": height}, "video_inputs": [scene],
    }  # fmt: skip


def _write_mp3(wav: Path, mp3: Path) -> None:
    try:
        with av.open(str(wav), format="wav", options={"protocol_whitelist": "file"}) as source, av.open(str(mp3), "w") as made:
            stream = made.add_stream("libmp3lame", rate=source.streams.audio[0].rate, options={"b": "128k"})
            for frame in source.decode(audio=0):
                made.mux(stream.encode(frame))
            made.mux(stream.encode(None))
    except (av.FFmpegError, OSError, IndexError, ValueError) as error:
        raise ProviderError(
            f"heygen: the sound cannot be encoded ({type(error).__name__})", category=Category.INVALID_REQUEST,
            provider="heygen", code=remedies.SOUND_REFUSED,
        ) from error  # fmt: skip
