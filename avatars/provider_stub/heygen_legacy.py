"""The retired v1 and v2 paths of HeyGen (docs/contracts/heygen.md §8), beside the others of the stand-in. No idempotency here."""

import secrets
from typing import Any

from avatars.provider_stub import media
from avatars.provider_stub.heygen import LOOKS, SIZES, VOICES, HeyGenStub, Job, decoded_mp3
from interview_site.stub_server import Call, Reply


class HeyGenLegacyStub(HeyGenStub):
    def __post_init__(self) -> None:
        super().__post_init__()
        for method, path, work in (
            ("POST", "/v1/asset", self.raw_upload),
            ("POST", "/v2/video/generate", self.generate),
            ("GET", "/v1/video_status.get", self.old_status),
            ("GET", "/v2/avatars", self.old_avatars),
            ("GET", "/v2/voices", self.old_voices),
            ("GET", "/v2/user/remaining_quota", lambda call: Reply({"error": None, "data": {"remaining_quota": 3600}})),
        ):
            self.add(method, path, self._authorised(work))

    def raw_upload(self, call: Call) -> Reply:
        kind = call.headers.get("content-type", "")
        if kind not in ("image/png", "image/jpeg", "video/mp4", "video/webm", "audio/mpeg"):
            return Reply({"code": 400175, "message": "type mismatch", "data": None}, status=400)
        key = f"as_{secrets.token_hex(6)}"
        self.assets[key] = (call.body, kind)
        return Reply({"code": 100, "data": {"id": key, "name": key, "file_type": "audio", "url": ""}, "message": None})

    def generate(self, call: Call) -> Reply:
        body = call.json() or {}
        scene = (body.get("video_inputs") or [{}])[0]
        voice = scene.get("voice") or {}
        if (scene.get("character") or {}).get("avatar_id") not in LOOKS:
            return _refused(400, "avatar_not_found")
        if voice.get("type") == "audio" and voice.get("audio_asset_id") not in self.assets:
            return _refused(400, "invalid_parameter")
        if voice.get("type") == "text":
            sound = media.said(voice["input_text"])
        else:
            sound = decoded_mp3(self.assets[voice["audio_asset_id"]][0])
        width, height = body["dimension"]["width"], body["dimension"]["height"]
        aspect = next((name for name, (w, h) in SIZES.items() if w * height == h * width), "1:1")
        lines = "1080p" if min(width, height) == 1080 else "720p"
        self.paid.append(str(body.get("title")))
        ending = self.endings.pop(0) if self.endings else "completed"
        job = Job(f"vd_{secrets.token_hex(8)}", {**body, "aspect_ratio": aspect, "resolution": lines}, sound, ending=ending)
        self.jobs[job.id] = job
        return Reply({"error": None, "data": {"video_id": job.id}})

    def old_status(self, call: Call) -> Reply:
        job = self.jobs.get(call.query.get("video_id", ""))
        if job is None:
            return Reply({"code": 40031, "message": "Invalid video id", "data": None}, status=400)
        row = self.row(job)
        job.step += self.steps
        error = {"code": row["failure_code"], "detail": "stub", "message": "stub"} if row["failure_code"] else None
        told: dict[str, Any] = {name: row[name] for name in ("id", "status", "video_url", "duration")}
        return Reply({"code": 100, "message": "Success", "data": {**told, "video_url_caption": None, "error": error}})

    def old_avatars(self, call: Call) -> Reply:
        rows = [{"avatar_id": key, "avatar_name": look["name"], "gender": look["gender"]} for key, look in LOOKS.items()]
        return Reply({"error": None, "data": {"avatars": rows, "talking_photos": []}})

    def old_voices(self, call: Call) -> Reply:
        rows = [{"voice_id": key, "language": of, "gender": gender, "name": name} for key, (name, of, gender) in VOICES.items()]
        return Reply({"error": None, "data": {"voices": rows}})


def _refused(status: int, code: str) -> Reply:
    return Reply({"data": None, "error": {"code": code, "message": "stub"}}, status=status)
