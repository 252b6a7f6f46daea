"""ElevenLabs on loopback (docs/contracts/elevenlabs.md): speech in each of its forms, voices in pages, the account."""

import base64
from typing import Any

import numpy as np

from avatars.provider_stub import media
from avatars.provider_stub.media import RATE, Sound
from avatars.speech.sound import resampled, to_pcm16, wav_bytes
from interview_site.stub_server import Call, Reply, Routes, Work

VOICES = {"v0ice1d": ("Мария", "female-1"), "v0ice2d": ("Иван", "male-1"), "v0ice3d": ("Anna", "female-2")}
MODELS = {"eleven_v3": 5_000, "eleven_multilingual_v2": 10_000, "eleven_flash_v2_5": 40_000}


class ElevenLabsStub(Routes):
    """`token` is the key that works; `characters` what is left to speak; `paid` what was charged, text by text."""

    def __init__(self, token: str = "stub-key", characters: int = 100_000) -> None:  # noqa: S107
        super().__init__()
        self.token, self.characters = token, characters
        self.paid: list[tuple[str, str]] = []
        for method, path, work in (
            ("POST", "/v1/text-to-speech/{voice}", self.speech),
            ("POST", "/v1/text-to-speech/{voice}/stream", self.stream),
            ("POST", "/v1/text-to-speech/{voice}/with-timestamps", self.with_timestamps),
            ("GET", "/v2/voices", self.voices),
            ("GET", "/v1/voices", lambda call: Reply({"voices": [self._voice(voice) for voice in VOICES]})),
            ("GET", "/v1/models", self.models),
            ("GET", "/v1/user/subscription", self.subscription),
            ("GET", "/v1/user", self.subscription),
        ):
            self.add(method, path, self._authorised(work))

    def speech(self, call: Call) -> Reply:
        made = self._said(call)
        if isinstance(made, Reply):
            return made
        form = call.query.get("output_format", "pcm_24000")
        pcm, rate = _at(made, form)
        return Reply(pcm, kind="audio/pcm") if form.startswith("pcm") else Reply(wav_bytes(pcm, rate), kind="audio/wav")

    def stream(self, call: Call) -> Reply:
        reply = self.speech(call)
        if reply.status == 200:
            data = reply.data()
            reply.body = (data[at : at + 8192] for at in range(0, len(data), 8192))
        return reply

    def with_timestamps(self, call: Call) -> Reply:
        made = self._said(call)
        if isinstance(made, Reply):
            return made
        pcm, rate = _at(made, call.query.get("output_format", "pcm_24000"))
        return Reply(
            {
                "audio_base64": base64.b64encode(pcm).decode(),
                "alignment": _letters(made, len(pcm) / 2 / rate),
                "normalized_alignment": None,
            }
        )

    def voices(self, call: Call) -> Reply:
        size, start = int(call.query.get("page_size") or 10), int(call.query.get("next_page_token") or 0)
        names = list(VOICES)[start : start + size]
        more = start + size < len(VOICES)
        return Reply(
            {
                "voices": [self._voice(name) for name in names],
                "has_more": more,
                "total_count": len(VOICES),
                "next_page_token": str(start + size) if more else None,
            }
        )

    def models(self, call: Call) -> Reply:
        return Reply(
            [
                {"model_id": model, "name": model, "can_do_text_to_speech": True, "maximum_text_length_per_request": most}
                for model, most in MODELS.items()
            ]
        )

    def subscription(self, call: Call) -> Reply:
        used = sum(len(text) for _voice, text in self.paid)
        return Reply(
            {"tier": "creator", "status": "active", "character_count": used, "character_limit": used + self.characters,
             "next_character_count_reset_unix": 1_800_000_000}
        )  # fmt: skip

    # --- Within ---

    def _said(self, call: Call) -> Sound | Reply:
        """The sound, charged; or the refusal of contract §6."""
        body = call.json() if isinstance(call.json(), dict) else {}
        text, voice = str(body.get("text") or ""), call.names["voice"]
        if voice not in VOICES:
            return _refused(404, "voice_not_found")
        if not text.strip():
            return Reply({"detail": [{"loc": ["body", "text"], "msg": "field required", "type": "value_error"}]}, status=422)
        if len(text) > MODELS.get(str(body.get("model_id", "eleven_multilingual_v2")), 5_000):
            return _refused(400, "max_character_limit_exceeded")
        speed = float((body.get("voice_settings") or {}).get("speed") or 1)
        if not 0.7 <= speed <= 1.2:
            return _refused(400, "invalid_parameters")
        if len(text) > self.characters:
            return _refused(401, "quota_exceeded")
        made = media.said(text, _language(text), VOICES[voice][1], round(speed, 2))
        with self.server.lock:
            self.characters -= len(text)
            self.paid.append((voice, text))
        return made

    def _voice(self, voice: str) -> dict[str, Any]:
        label, timbre = VOICES[voice]
        verified = {"language": "ru", "model_id": "eleven_multilingual_v2", "locale": "ru-RU", "preview_url": ""}
        return {
            "voice_id": voice, "name": label, "category": "premade", "labels": {"gender": timbre.partition("-")[0]},
            "description": "", "preview_url": "", "settings": None, "verified_languages": [verified], "available_for_tiers": [],
        }  # fmt: skip

    def _authorised(self, work: Work) -> Work:
        def checked(call: Call) -> Reply:
            return work(call) if call.headers.get("xi-api-key") == self.token else _refused(401, "invalid_api_key")

        return checked


def _refused(status: int, code: str) -> Reply:
    detail = {"type": "error", "code": code, "message": "stub", "status": code, "request_id": "9b1d"}
    return Reply({"detail": detail}, status=status)


def _at(sound: Sound, form: str) -> tuple[bytes, int]:
    """PCM16 at the rate an `output_format` names (`pcm_24000`); mp3 and opus, which we do not make, come as they are in PCM."""
    name, _bar, rate = form.partition("_")
    wanted = int(rate.partition("_")[0]) if name in ("pcm", "wav") and rate.partition("_")[0].isdigit() else RATE
    samples = np.frombuffer(sound.pcm16, "<i2").astype(np.float32) / 32768
    return (sound.pcm16 if wanted == RATE else to_pcm16(resampled(samples, RATE, wanted))), wanted


def _letters(sound: Sound, seconds: float) -> dict[str, list[Any]]:
    """A time for each letter: evenly over its word's own time, what is between words shared out after it."""
    text = sound.text
    starts, at_ms = [0.0] * len(text), 0.0
    for start_ms, end_ms, first, last in sound.words:
        for place in range(first, last):
            starts[place] = start_ms + (end_ms - start_ms) * (place - first) / max(last - first, 1)
    for place in range(len(text)):
        at_ms = starts[place] = max(starts[place], at_ms)
    ends = [*starts[1:], seconds * 1000]
    return {
        "characters": list(text),
        "character_start_times_seconds": [round(ms / 1000, 3) for ms in starts],
        "character_end_times_seconds": [round(ms / 1000, 3) for ms in ends],
    }


def _language(text: str) -> str:
    small = text.lower()
    if set(small) & set("әғқңөұүһі"):
        return "kk"
    return "ru" if any("а" <= letter <= "я" for letter in small) else "en"
