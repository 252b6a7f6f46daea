"""HeyGen on loopback (docs/contracts/heygen.md): strict bodies, idempotency keys, assets, bulk status, links that run out, bells.

`paid` is the account's ledger: one line for each video a real account would have been charged for.
"""

import hashlib
import hmac
import io
import json
import secrets
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import urlsplit

import av
import requests

from avatars.provider_stub import media
from avatars.provider_stub.media import Sound
from interview_site.stub_server import Call, Reply, Routes, Work

STATES = ("waiting", "processing", "completed")
BULK_WORDS = {"waiting": "queued"}  # the bulk answer's own word for it (contract §4.2)
USD_PER_S = Decimal("0.05")
VIDEO_LINK = "/files/{name}"
SIZES = {"16:9": (16, 9), "9:16": (9, 16), "4:5": (4, 5), "5:4": (5, 4), "1:1": (1, 1)}
# Contract §3.1: any other field is refused.
FIELDS = set(
    "type avatar_id title script voice_id audio_asset_id audio_url aspect_ratio resolution fit background remove_background"
    " output_format caption engine expressiveness motion_prompt voice_settings callback_url callback_id".split()
)
LOOKS = {
    "lk_emma": {"name": "Emma, office", "gender": "female", "avatar_type": "studio_avatar", "preferred_orientation": "landscape"},
    "lk_omar": {"name": "Omar", "gender": "male", "avatar_type": "studio_avatar", "preferred_orientation": "portrait"},
}
OWN_LOOKS = {
    "lk_hr": {"name": "Our HR lead", "gender": "female", "avatar_type": "digital_twin", "preferred_orientation": "portrait"},
    "lk_new": {"name": "Half ready", "gender": "male", "avatar_type": "photo_avatar", "status": "processing"},
}
VOICES = {
    "vo_maria": ("Мария", "Russian", "female"), "vo_ivan": ("Иван", "Russian", "male"), "vo_anna": ("Anna", "English", "female"),
    "vo_aigul": ("Айгүл", "Kazakh", "female"), "vo_luz": ("Luz", "Spanish", "female"),
}  # fmt: skip
OWN_VOICES = {"vo_clone": ("HR lead", "Russian", "female")}
WITHOUT_SAMPLE = ("vo_aigul", "vo_clone")  # no `preview_audio_url`
WITHOUT_SPEECH = ("vo_luz", "vo_clone")  # their speech engine does not know them


@dataclass
class Job:
    """One ordered video. `step` counts the questions about it; `ending` is "completed", "stuck" or a failure code."""

    id: str
    body: dict[str, Any]
    sound: Sound | None
    step: int = 0
    ending: str = "completed"
    links: int = 0
    deleted: bool = False

    @property
    def status(self) -> str:
        last = STATES.index("processing") if self.ending == "stuck" else len(STATES) - 1
        word = STATES[min(self.step, last)]
        return "failed" if word == "completed" and self.ending not in ("completed", "late") else word

    @property
    def size(self) -> tuple[int, int]:
        """Pixels: the short side is the resolution."""
        short = 1080 if self.body.get("resolution") == "1080p" else 720
        wide, high = SIZES[self.body.get("aspect_ratio", "16:9")]
        exact = (short * wide / high, short) if wide >= high else (short, short * high / wide)
        return round(exact[0] / 2) * 2, round(exact[1] / 2) * 2


@dataclass
class HeyGenStub(Routes):
    """`token` is the key that works. `plain`: films of one colour, quick. `steps`: how many states one question passes."""

    token: str = "hg_stub"  # noqa: S105  the stand-in's own
    usd: Decimal = Decimal(100)
    plain: bool = False
    steps: int = 1
    most_at_once: int = 10
    lists_titles: bool = True
    paid: list[str] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    endings: list[str] = field(default_factory=list)
    endpoints: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()
        self.assets: dict[str, tuple[bytes, str]] = {}
        self._answers: dict[str, Reply] = {}
        for method, path, work in (
            ("GET", "/v3/users/me", self.me),
            ("GET", "/v3/avatars/looks", self.looks),
            ("GET", "/v3/voices", self.voices),
            ("POST", "/v3/voices/speech", self.speech),
            ("POST", "/v3/assets", self.upload),
            ("POST", "/v3/videos", self.create),
            ("GET", "/v3/videos", self.listed),
            ("GET", "/v3/videos/statuses", self.statuses),
            ("GET", "/v3/videos/{id}", self.video),
            ("DELETE", "/v3/videos/{id}", self.delete),
            ("POST", "/v3/webhooks/endpoints", self.add_endpoint),
            ("GET", "/v3/webhooks/endpoints", self.list_endpoints),
            ("DELETE", "/v3/webhooks/endpoints/{id}", self.delete_endpoint),
        ):
            self.add(method, path, self._authorised(work))
        self.add("GET", VIDEO_LINK, self.file)

    # --- What a test tells it ---

    def ends(self, *endings: str) -> None:
        """How the next ordered videos end: "completed", "stuck" (in `processing`), "late" (done, without an address) or a
        failure code such as "HTTP_DOWNLOAD_FAILED"."""
        self.endings += endings

    def expire_links(self) -> None:
        """Addresses given out so far answer 403 from now on; a new question signs anew."""
        for job in self.jobs.values():
            job.links += 1

    def finish(self) -> None:
        """Every video is as far as it can come."""
        for job in self.jobs.values():
            job.step = len(STATES)

    def forget_keys(self) -> None:
        """As after a day: no idempotency key is known any more."""
        self._answers.clear()

    def bell(self, video_id: str, secret: str, *, event: str = "avatar_video.success") -> tuple[bytes, dict[str, str]]:
        """Body and headers of a delivery (contract §6)."""
        job = self.jobs.get(video_id)
        told = {"video_id": video_id, "url": "https://files.example/x.mp4", "callback_id": job and job.body.get("callback_id")}
        body = json.dumps({"event_type": event, "event_data": told}).encode()
        signature = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        stamp = str(int(time.time()))
        return body, {"Heygen-Signature": signature, "Heygen-Timestamp": stamp, "Heygen-Event-Id": f"ev_{secrets.token_hex(6)}"}

    # --- Account and catalogue ---

    def me(self, call: Call) -> Reply:
        wallet = {"currency": "usd", "remaining_balance": float(self.usd), "auto_reload": False}
        return _good({"username": "stub", "billing_type": "wallet", "wallet": wallet, "subscription": None, "usage_based": None})

    def looks(self, call: Call) -> Reply:
        kept = OWN_LOOKS if call.query.get("ownership") == "private" else LOOKS
        rows = [
            {
                "id": key, "group_id": "gr_1", "default_voice_id": "vo_maria", "preview_image_url": self.url("/files/look.png"),
                "preview_video_url": None, "supported_api_engines": ["avatar_iv"], "status": "completed", "error": None, **look,
            }
            for key, look in kept.items()
        ]  # fmt: skip
        return _page(rows, call, most=50)

    def voices(self, call: Call) -> Reply:
        kept = OWN_VOICES if call.query.get("type") == "private" else VOICES
        rows = [
            {
                "voice_id": key, "name": name, "language": language, "gender": gender,
                "preview_audio_url": None if key in WITHOUT_SAMPLE else self.url("/files/v.wav"),
            }
            for key, (name, language, gender) in kept.items()
        ]  # fmt: skip
        return _page(rows, call, most=100)

    def speech(self, call: Call) -> Reply:
        """Contract §5.4: what it says stays at an address."""
        body = call.json() or {}
        if body.get("voice_id") not in {**VOICES, **OWN_VOICES} or body["voice_id"] in WITHOUT_SPEECH:
            return _bad(400, "voice_not_usable")
        if not 1 <= len(body.get("text") or "") <= 5000:
            return _bad(400, "tts_text_invalid")
        sound, key = media.said(body["text"], speed=float(body.get("speed") or 1)), f"as_{secrets.token_hex(6)}"
        self.assets[key] = (sound.wav, "audio/wav")
        self.paid.append(f"speech {key}")
        return _good({"audio_url": self.url(f"/files/{key}.wav"), "duration": sound.duration_ms / 1000, "word_timestamps": []})

    # --- Assets and videos ---

    def upload(self, call: Call) -> Reply:
        head = f"Content-Type: {call.headers.get('content-type', '')}\r\n\r\n".encode()
        parts = [part for part in BytesParser(policy=HTTP).parsebytes(head + call.body).walk() if part.get_filename()]
        if len(parts) != 1 or parts[0].get_param("name", header="content-disposition") != "file":
            return _bad(400, "invalid_parameter", param="file")
        content, kind = parts[0].get_payload(decode=True), parts[0].get_content_type()
        if len(content) > 32 * 1024 * 1024:
            return _bad(413, "payload_too_large")
        if kind not in ("image/png", "image/jpeg", "audio/mpeg", "audio/wav", "video/mp4", "video/webm"):
            return _bad(400, "invalid_parameter", param="file")
        key = f"as_{secrets.token_hex(6)}"
        self.assets[key] = (content, kind)
        return _good({"asset_id": key, "url": self.url(f"/files/{key}"), "mime_type": kind, "size_bytes": len(content)})

    def create(self, call: Call) -> Reply:
        """The same key again: the first answer, whatever the body says, and nothing paid (contract §1.4)."""
        key = call.headers.get("idempotency-key", "")
        with self._lock():
            if key and key in self._answers:
                return replace(self._answers[key])
            answer = self._create(call.json() or {}, key)
            if key and answer.status == 200:
                self._answers[key] = replace(answer)  # a fault spoils the answer it is given
        return answer

    def _create(self, body: dict[str, Any], key: str) -> Reply:
        if strange := set(body) - FIELDS:
            return _bad(400, "validation_error", param=min(strange))
        if body.get("type") != "avatar" or body.get("aspect_ratio", "16:9") not in SIZES:
            return _bad(400, "invalid_parameter", param="type" if body.get("type") != "avatar" else "aspect_ratio")
        if body.get("resolution") not in (None, "720p", "1080p", "4k"):
            return _bad(400, "invalid_parameter", param="resolution")
        if body.get("avatar_id") not in {**LOOKS, **OWN_LOOKS}:
            return _bad(404, "avatar_not_found")
        if sum(name in body for name in ("script", "audio_url", "audio_asset_id")) != 1:
            return _bad(400, "invalid_parameter", param="script")
        if "script" in body and body.get("voice_id") not in {**VOICES, **OWN_VOICES}:
            return _bad(404, "voice_not_found") if body.get("voice_id") else _bad(400, "invalid_parameter", param="voice_id")
        if sum(job.status in STATES[:2] for job in self.jobs.values()) >= self.most_at_once:
            return _bad(429, "rate_limit_exceeded", headers={"Retry-After": "20"})
        try:
            sound = self._sound(body)
        except LookupError as error:
            return _bad(400, str(error.args[0]))
        price = USD_PER_S * sound.duration_ms / 1000
        if self.usd < price:
            return _bad(402, "insufficient_credit")
        self.usd -= price
        self.paid.append(key)
        job = Job(f"vd_{secrets.token_hex(8)}", body, sound, ending=self.endings.pop(0) if self.endings else "completed")
        self.jobs[job.id] = job
        return _good({"video_id": job.id, "status": "waiting", "output_format": "mp4"})

    def video(self, call: Call) -> Reply:
        job = self.jobs.get(call.names["id"])
        if job is None or job.deleted:
            return _bad(404, "video_not_found")
        row = self.row(job)
        job.step += self.steps
        return _good(row)

    def statuses(self, call: Call) -> Reply:
        wanted = call.query.get("video_ids", "").split(",")
        if len(wanted) > 100:
            return _bad(400, "invalid_parameter", param="video_ids")
        rows = []
        for key in wanted:
            job = self.jobs.get(key)
            status = "not_found" if job is None or job.deleted else BULK_WORDS.get(job.status, job.status)
            rows.append({"video_id": key, "status": status, "error": None, "batch_id": None, "item_index": None})
            if job is not None:
                job.step += self.steps
        return Reply({"data": rows, "has_more": False, "next_token": None})

    def listed(self, call: Call) -> Reply:
        rows = [self.row(job) for job in reversed(self.jobs.values()) if not job.deleted]
        rows = [row for row in rows if call.query.get("title", "") in row["title"]]
        if not self.lists_titles:
            rows = [{**row, "title": None} for row in rows]
        return _page(rows, call, most=100)

    def delete(self, call: Call) -> Reply:
        job = self.jobs.get(call.names["id"])
        if job is None or job.deleted:
            return _bad(404, "video_not_found")
        job.deleted = True
        return _good({"id": job.id, "deleted": True})

    def row(self, job: Job) -> dict[str, Any]:
        """The fields of contract §4."""
        status = job.status
        done = status == "completed" and job.ending != "late"
        link = self.url(VIDEO_LINK.format(name=f"{job.id}.mp4")) + f"?sig={job.links}" if done else None
        seconds = job.sound.duration_ms / 1000 if job.sound else None
        return {
            "id": job.id, "title": job.body.get("title", ""), "status": status, "created_at": 1795000000, "completed_at": None,
            "video_url": link, "captioned_video_url": f"{link}&captions=1" if link and job.body.get("caption") else None,
            "thumbnail_url": None, "gif_url": None, "subtitle_url": None, "duration": seconds if done else None,
            "failure_code": job.ending if status == "failed" else None,
            "failure_message": "the stand-in was told to fail" if status == "failed" else None, "folder_id": None,
        }  # fmt: skip

    def file(self, call: Call) -> Reply:
        name = call.names["name"]
        if name.endswith(".png"):
            return Reply(media.picture(180, 320), kind="image/png")
        if name.endswith(".wav") and (kept := self.assets.get(name.removesuffix(".wav"))):
            return Reply(kept[0], kind=kept[1])
        job = self.jobs.get(name.removesuffix(".mp4"))
        if job is None or job.sound is None:
            return Reply(b"gone", status=404)
        if call.query.get("sig") != str(job.links):
            return Reply("<Error><Code>AccessDenied</Code></Error>", status=403, kind="application/xml")
        made = media.video(job.sound, *job.size, captions="captions" in call.query, plain=self.plain)
        return Reply(made, kind="video/mp4")

    # --- Webhooks ---

    def add_endpoint(self, call: Call) -> Reply:
        body = call.json() or {}
        if not str(body.get("url") or "").startswith("https://"):
            return _bad(400, "invalid_parameter", param="url")
        key = f"we_{len(self.endpoints) + 1}"
        row = {"endpoint_id": key, "url": body["url"], "events": body.get("events"), "status": "enabled"}
        self.endpoints[key] = row
        return _good({**row, "secret": f"whsec_{secrets.token_hex(12)}"})

    def list_endpoints(self, call: Call) -> Reply:
        return _page([{**row, "secret": None} for row in self.endpoints.values()], call, most=100)

    def delete_endpoint(self, call: Call) -> Reply:
        return _good({"deleted": True}) if self.endpoints.pop(call.names["id"], None) else _bad(404, "webhook_not_found")

    # --- Within ---

    def _sound(self, body: dict[str, Any]) -> Sound:
        """What the avatar says. Raises LookupError with the code of the refusal."""
        if "script" in body:
            speed = float((body.get("voice_settings") or {}).get("speed", 1))
            if not 0.5 <= speed <= 1.5:
                raise LookupError("validation_error")
            return media.said(body["script"], speed=speed)
        if "audio_url" in body:
            return self._downloaded(body["audio_url"])
        content, kind = self.assets.get(body["audio_asset_id"], (b"", ""))
        try:
            return decoded_mp3(content) if kind == "audio/mpeg" else media.heard(content)
        except media.NotSound:
            raise LookupError("asset_not_found" if not content else "invalid_parameter") from None

    @staticmethod
    def _downloaded(url: str) -> Sound:
        try:
            answer = requests.get(url, timeout=3, allow_redirects=False)
            if answer.status_code != 200 or urlsplit(url).scheme not in ("http", "https"):
                raise LookupError("download_failed")
            return media.heard(answer.content)
        except (requests.RequestException, media.NotSound):
            raise LookupError("download_failed") from None

    def _authorised(self, work: Work) -> Work:
        def checked(call: Call) -> Reply:
            if call.headers.get("x-api-key") != self.token:
                return _bad(401, "unauthorized")
            return work(call)

        return checked

    def _lock(self) -> Any:
        assert self.server is not None
        return self.server.lock


def decoded_mp3(content: bytes) -> Sound:
    """Raises NotSound."""
    pieces = []
    try:
        with av.open(io.BytesIO(content), format="mp3") as file:
            to_rate = av.AudioResampler("s16", "mono", media.RATE)
            for frame in file.decode(audio=0):
                pieces += [part.to_ndarray().tobytes() for part in to_rate.resample(frame)]
    except (av.FFmpegError, IndexError) as error:
        raise media.NotSound("no MP3") from error
    return Sound(b"".join(pieces))


def _good(data: Any) -> Reply:
    return Reply({"data": data}, headers={"X-Request-Id": f"req-{secrets.token_hex(6)}"})


def _bad(status: int, code: str, *, param: str = "", headers: dict[str, str] | None = None) -> Reply:
    error = {"code": code, "message": "stub", "doc_url": "https://developers.heygen.com/docs/error-codes"}
    return Reply({"error": {**error, "param": param} if param else error}, status=status, headers=headers or {})


def _page(rows: list[dict[str, Any]], call: Call, *, most: int) -> Reply:
    """Pages of contract §1.2; the token is where the next one begins."""
    size, start = min(int(call.query.get("limit") or 20), most), int(call.query.get("token") or 0)
    more = start + size < len(rows)
    return Reply({"data": rows[start : start + size], "has_more": more, "next_token": str(start + size) if more else None})
