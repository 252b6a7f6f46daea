"""Sound and pages for tests: Bob's page keeps its frames and listens to what the server says."""

import hashlib

import numpy as np

from transcription.frames import PAYLOAD, Frame, make
from transcription.policy import RecordingPolicy
from transcription.recorder import Recorder

OWNER = "interview:abc"


def noise(frames: int, *, seed: int = 1, level: int = 8000) -> bytes:
    """PCM16 of `frames` full frames: random, so that no two frames are alike."""
    return np.random.default_rng(seed).integers(-level, level, frames * 1024).astype("<i2").tobytes()


def cut(pcm: bytes, take: int = 1) -> list[Frame]:
    return [make(take, index, pcm[at : at + PAYLOAD]) for index, at in enumerate(range(0, len(pcm), PAYLOAD))]


def sha256(pcm: bytes) -> str:
    return hashlib.sha256(pcm).hexdigest()


class Page:
    """What the server said, in order; `said("saved")` filters by type, `codes()` are the errors."""

    def __init__(self) -> None:
        self.messages: list[dict] = []

    async def send(self, message: dict) -> None:
        self.messages.append(message)

    def said(self, kind: str) -> list[dict]:
        return [message for message in self.messages if message["type"] == kind]

    def codes(self) -> list[str]:
        return [message["code"] for message in self.said("error")]

    def saved(self, take: int = 1) -> int:
        return max([message["next"] for message in self.said("saved") if message["take"] == take], default=0)


def make_recorder(page: Page, **fields: object) -> Recorder:
    patient = {"group_ms": 5, "live_slack_frames": 100_000, "catch_up_burst_frames": 100_000}
    policy = RecordingPolicy(**{**patient, **fields.pop("policy", {})})
    return Recorder(fields.pop("owner", OWNER), page.send, policy=policy, **fields)
