"""A2E on loopback (docs/contracts/a2e.md §1–§6; live rooms: `a2e_live`): its envelope, its id spaces, its states, its links.

Nothing is invented that the contract does not say; where it says UNKNOWN, a switch lets tests see both answers. `paid` is the
account's ledger: what a real account would have been charged for.
"""

import secrets
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from avatars.provider_stub import media
from avatars.provider_stub.a2e_live import A2ELive
from avatars.provider_stub.media import Sound
from interview_site.stub_server import Call, Reply, Routes, Work

STATES = ("init", "start", "pending", "process", "copy", "success")
TTS_PRICE, VIDEO_PRICE = 1, 10
SPEECH_LINK, VIDEO_LINK = "/files/tts/{name}", "/files/video/{name}"
VOICES = {
    "ru": [("Anna", "female"), ("Nadia", "female"), ("SvetlanaNeural", "female"), ("DmitryNeural", "male"), ("Marat", "male")],
    "en": [("Jenny", "female"), ("Guy", "male")],
    "kk": [("Aigul", "female"), ("Daulet", "male")],
}
# The first clone's speaker_id and _id (both work here), and the second one's only id.
CLONES = ("spk_0001", "71b2c3d4e5f60718293a4b5c", "71b2c3d4e5f60718293a4b5d")
CHARACTERS = [
    ("default", "Emma", "female", 16 / 9), ("default", "Oliver", "male", 16 / 9), ("custom", "", "", 9 / 16),
]  # fmt: skip


@dataclass
class Job:
    """One ordered video. `step` counts the questions about it; `ending` is "success", "fail" or "stuck"."""

    id: str
    body: dict[str, Any]
    sound: Sound | None
    created_at: datetime
    step: int = 0
    ending: str = "success"
    msg: str = ""
    links: int = 0
    deleted: bool = False

    @property
    def status(self) -> str:
        last = STATES.index("process") if self.ending == "stuck" else len(STATES) - 1
        word = STATES[min(self.step, last)]
        return "fail" if self.ending == "fail" and word in ("copy", "success") else word

    @property
    def size(self) -> tuple[int, int]:
        """Pixels: the short side is the resolution; the shape is the canvas's, else the film's own (16:9)."""
        short = int(self.body.get("resolution") or 720)
        width, height = int(self.body.get("web_bg_width") or 16), int(self.body.get("web_bg_height") or 9)
        ratio = width / height
        exact = (short * ratio, short) if ratio >= 1 else (short, short / ratio)
        return round(exact[0] / 2) * 2, round(exact[1] / 2) * 2


@dataclass
class A2EStub(Routes):
    """`token` is the key that works. `plain`: films of one colour, quick. `steps`: how many states one question passes."""

    token: str = "sk_stub"  # noqa: S105  the stand-in's own
    coins: int = 1000
    plain: bool = False
    steps: int = 1
    titles_in_list: bool = True
    most_characters: int = 1000
    paid: list[tuple[str, str]] = field(default_factory=list)
    jobs: dict[str, Job] = field(default_factory=dict)
    endings: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self._speech: dict[str, tuple[Sound, str]] = {}
        for method, path, work in (
            ("GET", "/api/v1/anchor/voice_list", self.voice_list),
            ("GET", "/api/v1/userVoice/completedRecord", self.clones),
            ("POST", "/api/v1/video/send_tts", self.send_tts),
            ("GET", "/api/v1/anchor/character_list", self.character_list),
            ("POST", "/api/v1/video/generate", self.generate),
            ("POST", "/api/v1/video/awsResult", self.aws_result),
            ("GET", "/api/v1/video/awsList", self.aws_list),
            ("DELETE", "/api/v1/video/{id}", self.delete),
            ("POST", "/api/v1/video/lang_classify", self.lang_classify),
            ("GET", "/api/v1/user/remainingCoins", self.remaining_coins),
        ):
            self.add(method, path, self._authorised(work))
        self.add("GET", SPEECH_LINK, self.speech_file)
        self.add("GET", VIDEO_LINK, self.video_file)
        self.add("GET", "/files/cover/{name}", self.cover)
        self.add("GET", "/files/sample/{name}", self.clone_sample)
        self.live = A2ELive(self, good=_good, bad=_bad, authorised=self._authorised)

    # --- What a test tells it ---

    def ends(self, *endings: str, msg: str = "rendering failed") -> None:
        """How the next ordered videos end: "success", "fail", "stuck" (in `process`) or "empty" (done, without an address)."""
        self.endings += [(ending, msg) for ending in endings]

    def expire_links(self) -> None:
        """Addresses given out so far answer 403 from now on; a new question signs anew."""
        for job in self.jobs.values():
            job.links += 1

    @property
    def paid_videos(self) -> list[str]:
        return [what for kind, what in self.paid if kind == "video"]

    # --- Routes ---

    def voice_list(self, call: Call) -> Reply:
        language = call.query.get("country", "en")
        groups = [
            {
                "label": gender.capitalize(), "value": gender,
                "children": [
                    {"label": name, "value": self.voice_id(language, name), "ttsRate": 1}
                    for name, of in VOICES.get(language, []) if of == gender
                ],
            }
            for gender in ("female", "male")
        ]  # fmt: skip
        return _good([group for group in groups if group["children"]])

    @staticmethod
    def voice_id(language: str, name: str) -> str:
        return uuid.uuid5(uuid.NAMESPACE_DNS, f"{language}-{name}").hex[:24]

    def clones(self, call: Call) -> Reply:
        one = {"voice_urls": [self.url("/files/sample/clone.wav")], "current_status": "completed", "train_mode": "instant"}
        return _good(
            [
                {"_id": CLONES[1], "name": "HR lead", "speaker_id": CLONES[0], **one},
                {"_id": CLONES[2], "name": "CEO", **one},
            ]
        )

    def send_tts(self, call: Call) -> Reply:
        body = call.json() or {}
        text, public, clone = str(body.get("msg") or ""), body.get("tts_id"), body.get("user_voice_id")
        if not text or not (public or clone):
            return _bad("tts_id or user_voice_id is required", 400)
        if clone and not (body.get("country") and body.get("region")):
            return _bad("country and region are required", 400)
        if len(text) > self.most_characters:
            return _bad(f"msg is longer than {self.most_characters}", 400)
        known = {self.voice_id(language, name): (language, of) for language, names in VOICES.items() for name, of in names}
        if (public and public not in known) or (clone and clone not in CLONES):
            return _bad("voice not found", 400)
        speed = float(body.get("speechRate") or 1)
        if not 0.5 <= speed <= 2.0:
            return _bad("speechRate", 400)
        language, gender = known[public] if public else (str(body.get("country")), "male")
        if not self.charge("tts", text, TTS_PRICE):
            return _bad("Insufficient coins", 402)
        sound = media.said(text, language, f"{gender}-1", round(speed, 2))
        name = f"{secrets.token_hex(8)}.wav"
        self._speech[name] = (sound, text)
        return _good(self.url(SPEECH_LINK.format(name=name)))

    def character_list(self, call: Call) -> Reply:
        wanted = call.query.get("type")
        return _good([row for row in self.characters() if wanted in (None, "", row["type"])])

    def characters(self) -> list[dict[str, Any]]:
        rows = []
        for number, (kind, name, _gender, _ratio) in enumerate(CHARACTERS):
            row = {
                "_id": f"72c3d4e5f60718293a4b5c{number:02x}", "type": kind, "video_cover": self.url(f"/files/cover/{number}.png"),
                "base_video": self.url(f"/files/cover/{number}.mp4"), "createdAt": "2026-03-02T08:00:00.000Z",
            }  # fmt: skip
            rows.append(
                {**row, "name": name, "lang": "en-US"} if name else {**row, "user_video_twin_id": "74e5f60718293a4b5c6d7e8f"}
            )
        return rows

    def generate(self, call: Call) -> Reply:
        body = call.json() or {}
        for name in ("anchor_id", "anchor_type", "audioSrc", "resolution", "web_bg_width", "web_bg_height", "web_people_width",
                     "web_people_height", "web_people_x", "web_people_y"):  # fmt: skip
            if body.get(name) in (None, ""):
                return _bad(f"{name} is required", 400)
        kinds = {row["_id"]: row["type"] for row in self.characters()}
        if kinds.get(str(body["anchor_id"])) != ("custom" if body["anchor_type"] else "default"):
            return _bad("anchor not found", 400)
        sound = self._fetched(str(body["audioSrc"]))
        if not self.charge("video", str(body.get("title") or ""), VIDEO_PRICE):
            return _bad("Insufficient coins", 402)
        with self._lock():
            ending, msg = self.endings.pop(0) if self.endings else ("success", "")
            if sound is None:
                ending, msg = "fail", "failed to download audioSrc"
            job = Job(uuid.uuid4().hex[:24], body, sound, datetime.now(UTC), ending=ending, msg=msg)
            self.jobs[job.id] = job
        return _good({"_id": job.id, "status": "init"})

    def aws_result(self, call: Call) -> Reply:
        job = self.jobs.get(str((call.json() or {}).get("_id")))
        if job is None or job.deleted:
            return _good([])
        with self._lock():
            row = self._row(job)
            job.step += self.steps
        return _good([row])

    def aws_list(self, call: Call) -> Reply:
        size, page = int(call.query.get("pageSize") or 10), int(call.query.get("current") or 1)
        with self._lock():
            jobs = [job for job in reversed(self.jobs.values()) if not job.deleted]
        rows = [self._row(job) for job in jobs[(page - 1) * size : page * size]]
        if not self.titles_in_list:
            rows = [{name: value for name, value in row.items() if name != "title"} for row in rows]
        return _good({"current": page, "total": len(jobs), "success": True, "data": rows})

    def delete(self, call: Call) -> Reply:
        job = self.jobs.get(call.names["id"])
        if job is None or job.deleted:
            return _bad("not found", 404, status=404)
        job.deleted = True
        return _good({})

    def lang_classify(self, call: Call) -> Reply:
        text = str((call.json() or {}).get("msg") or "")
        if set(text.lower()) & set("әғқңөұүһі"):
            return _good("Kazakh")
        return _good("Russian" if any("а" <= letter <= "я" for letter in text.lower()) else "English")

    def remaining_coins(self, call: Call) -> Reply:
        return _good({"coins": self.coins, "diamonds": 0})

    def speech_file(self, call: Call) -> Reply:
        found = self._speech.get(call.names["name"])
        return Reply(found[0].wav, kind="audio/wav") if found else Reply(b"gone", status=404)

    def video_file(self, call: Call) -> Reply:
        job = self.jobs.get(call.names["name"].removesuffix(".mp4"))
        if job is None or job.sound is None:
            return Reply(b"gone", status=404)
        if call.query.get("signed") != str(job.links):
            return Reply("<Error><Code>AccessDenied</Code></Error>", status=403, kind="application/xml")
        width, height = job.size
        made = media.video(job.sound, width, height, captions=bool(job.body.get("isCaptionEnabled")), plain=self.plain)
        return Reply(made, kind="video/mp4")

    def clone_sample(self, call: Call) -> Reply:
        """What a person read aloud to be cloned."""
        return Reply(media.said("This is how I sound.", "en", "male-1").wav, kind="audio/wav")

    def cover(self, call: Call) -> Reply:
        """The still of a character, in the shape of its film."""
        number = int(call.names["name"].partition(".")[0] or 0) if call.names["name"][:1].isdigit() else 0
        ratio = CHARACTERS[number % len(CHARACTERS)][3]
        return Reply(
            media.picture(round(180 * ratio) if ratio > 1 else 180, 180 if ratio > 1 else round(180 / ratio)), kind="image/png"
        )

    # --- Within ---

    def _authorised(self, work: Work) -> Work:
        def checked(call: Call) -> Reply:
            if call.headers.get("authorization") != f"Bearer {self.token}":
                return _bad("invalid token", 401, status=401)
            return work(call)

        return checked

    def _row(self, job: Job) -> dict[str, Any]:
        """The 17 fields of contract §5.2, and the title that the list shows."""
        status, now, body = job.status, datetime.now(UTC), job.body
        done = status == "success" and job.ending != "empty"
        link = self.url(VIDEO_LINK.format(name=f"{job.id}.mp4")) + f"?signed={job.links}"
        return {
            "_id": job.id,
            "title": body.get("title", ""),
            "status": status,
            "process": {"process": 40, "success": 100}.get(status, 0),
            "result": link if done else "",
            "msg": job.msg if status == "fail" else "",
            "anchor_id": body["anchor_id"],
            "anchor_type": str(body["anchor_type"]),
            "color": body.get("color", ""),
            "web_bg_width": body["web_bg_width"],
            "web_bg_height": body["web_bg_height"],
            "result_people_url": "",
            "result_bg_url": "",
            "replace_bg_id": "",
            "custom_backs_id": None,
            "createdAt": _iso(job.created_at),
            "diff_s": (now - job.created_at).seconds,
            "current_date": _iso(now),
        }

    def _fetched(self, address: str) -> Sound | None:
        """What A2E does with `audioSrc`: its own speech it knows, anything else it downloads, and refuses what is no sound."""
        known = self._speech.get(urlsplit(address).path.rpartition("/")[2])
        if known and address.startswith(self.url("/")):
            return known[0]
        try:
            answer = requests.get(address, timeout=3, allow_redirects=False)
            return media.heard(answer.content) if answer.status_code == 200 else None
        except (requests.RequestException, media.NotSound):
            return None

    def charge(self, kind: str, what: str, price: int) -> bool:
        with self._lock():
            if self.coins < price:
                return False
            self.coins -= price
            self.paid.append((kind, what))
            return True

    def refund(self, coins: int) -> None:
        with self._lock():
            self.coins += coins

    def _lock(self) -> Any:
        return self.server.lock


def _good(data: Any) -> Reply:
    return Reply({"code": 0, "data": data, "trace_id": str(uuid.uuid4())})


def _bad(msg: str, code: int, *, status: int = 0) -> Reply:
    """A failure: mostly 200 with a code, sometimes the status too (contract §1.4)."""
    return Reply({"code": code, "msg": msg, "trace_id": str(uuid.uuid4())}, status=status or (400 if code == 400 else 200))


def _iso(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
