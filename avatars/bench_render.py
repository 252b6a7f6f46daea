"""Figures of the renderer and the chunk API (design §10): each beside a baseline of the same run."""

import io
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import requests

from avatars.engines.base import SpeechRequest
from avatars.engines.registry import speech_engine
from avatars.render.acting import poses
from avatars.render.clip import FPS, FRAME_MS, ClipOrder, art_of, render_clip
from avatars.render.encoder import ClipWriter
from avatars.render.script import expressions_for
from avatars.render.sound import VIDEO_RATE, Voice, labelled_wav, resampled
from avatars.render.stage import Look, Stage
from interview_site.bench import Figure

ROUNDS = 9
SENTENCE = "Расскажите, пожалуйста, о самом сложном проекте, над которым вы работали за последние два года в этой команде."
HUNDRED_WORDS = " ".join(
    """Здравствуйте, меня зовут Алия, и сегодня мы поговорим о вашем опыте, о проектах и о команде. Расскажите, пожалуйста, о
    самом трудном проекте последних двух лет: какая была задача, кто помогал и что получилось. Почему вы выбрали именно
    такое решение, а не другое? Что бы вы сделали иначе, если бы начинали сегодня? Какие технологии вам близки, какие вы
    хотели бы изучить в ближайший год, и почему? Опишите, как вы договариваетесь с коллегами, когда мнения расходятся, и
    что помогает вам сохранять спокойствие. И последний вопрос: чего вы ждёте от новой работы, от руководителя и от
    команды, чтобы через год сказать себе, что это было верное решение?""".split()
)


class _Watched(io.BytesIO):
    """Remembers when the first fragment with sound and picture was complete."""

    first_s = 0.0

    def write(self, data: Any) -> int:
        if not self.first_s and b"mdat" in bytes(data[:100_000]):
            self.first_s = time.perf_counter()
        return super().write(data)


def _voice(text: str) -> Any:
    audio = speech_engine("espeak").synthesize(SpeechRequest(text, "ru"))
    return Voice(np.frombuffer(audio.pcm16, "<i2"), audio.sample_rate, audio.timeline, text)


def _bare_encode(voice: Any, width: int, height: int) -> Callable[[], float]:
    """Seconds to encode the same frames, already painted, with the same sound."""
    look = Look(width=width, height=height)
    stage, frame, painted = Stage(art_of(look)), np.empty((height, width, 4), np.uint8), []
    for pose in poses(voice.timeline, frames=ClipOrder(look, voice).frames, fps=FPS):
        stage.draw(pose, frame)
        painted.append(cv2.cvtColor(frame, cv2.COLOR_BGRA2YUV_I420))

    def encode() -> float:
        started = time.perf_counter()
        writer = ClipWriter(io.BytesIO(), width=width, height=height, fps=FPS)
        writer.sound(resampled(voice.pcm16, voice.sample_rate, VIDEO_RATE))
        for picture in painted:
            writer.frame(picture, FRAME_MS)
        writer.close()
        return time.perf_counter() - started

    return encode


def _rendered(width: int, height: int) -> dict[str, float]:
    """Medians in seconds: whole (text → MP4 + WAV), first fragment, bare encode; and the length of the speech."""
    bare = _bare_encode(_voice(SENTENCE), width, height)
    whole, first, encoding, lengths = [], [], [], []
    for turn in range(ROUNDS + 2):
        file, started = _Watched(), time.perf_counter()
        voice = _voice(SENTENCE)
        order = ClipOrder(
            Look(width=width, height=height), voice, seed=turn, expressions=expressions_for(voice.timeline, voice.text)
        )
        render_clip(order, file)
        labelled_wav(voice)
        took = time.perf_counter() - started
        # Interleaved with the baseline: both meet the same neighbours on the machine.
        encoded = bare()
        if turn >= 2:  # the first two warm caches
            whole.append(took)
            first.append(file.first_s - started)
            encoding.append(encoded)
            lengths.append(voice.duration_ms / 1000)
    median = statistics.median
    return {"whole": median(whole), "first": median(first), "bare": median(encoding), "speech": median(lengths)}


def bench_renderer() -> Iterator[Figure]:
    small, wide = _rendered(480, 480), _rendered(1280, 720)
    yield _figure("16-word chunk, text → MP4 + WAV, 480×480", small["whole"] * 1000, "ms", small["bare"] * 1000, 350)
    yield _figure("first fragment of it", small["first"] * 1000, "ms", small["bare"] * 1000, 80)
    yield _figure("making one second of it (20× real time)", small["whole"] * 1000 / small["speech"], "ms",
                  small["bare"] * 1000 / small["speech"], 50)  # fmt: skip
    yield _figure("its whole as a multiple of the bare encode", small["whole"] / small["bare"], "×", 1.0, 2.5)
    yield _figure("making one second of 1280×720 (10× real time)", wide["whole"] * 1000 / wide["speech"], "ms",
                  wide["bare"] * 1000 / wide["speech"], 100)  # fmt: skip


def bench_memory() -> Figure:
    """A process of its own, as a worker's: Django, voice, the usual look, several clips."""
    code = "import django; django.setup(); from avatars.bench_render import print_memory; print_memory()"
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "interview_site.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)
    before, after = json.loads(done.stdout.splitlines()[-1])
    return _figure("memory of a render worker", after, "MB", before, 400)


def print_memory() -> None:
    """[before, after] rendering: the most this process held, MB."""

    def held() -> float:
        # Not getrusage: its maximum is inherited from the process that started this one.
        status = Path("/proc/self/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024

    before = held()
    for presenter in ("aliya", "timur"):
        for _clip in range(3):
            render_clip(ClipOrder(Look(presenter=presenter), _voice(SENTENCE), captions=True), io.BytesIO())
    print(json.dumps([before, held()]))


@contextmanager
def _running_site() -> Iterator[str]:
    """The address of a whole site of its own, with broker and workers; it asks nobody for a token."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        environ = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        environ |= {"VAR_DIR": folder, "PORT": str(port), "API_ALLOW_ANONYMOUS": "true", "API_CHUNKS_PER_MINUTE": "10000"}
        site = subprocess.Popen(
            [sys.executable, "-m", "interview_site.supervisor"], env=environ, cwd=Path(__file__).resolve().parents[1],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            ready = next(line for line in site.stdout if line.startswith("Ready: "))
            # The pipe must not fill up.
            threading.Thread(target=lambda: [None for _line in site.stdout], daemon=True).start()
            yield re.sub(r"^Ready: ", "", ready).strip()
        finally:
            site.terminate()
            site.wait(timeout=60)


def bench_chunk_api() -> Iterator[Figure]:
    """A hundred words by HTTP: the first chunk fetched, and all. Baseline: the answer of /healthz."""
    first, whole, bare = [], [], []
    with _running_site() as base, requests.Session() as http:
        time.sleep(6)  # the workers load their pictures once
        for turn in range(ROUNDS):
            started = time.perf_counter()
            http.get(f"{base}/healthz", timeout=10)
            bare.append(time.perf_counter() - started)
            started = time.perf_counter()
            body = {"text": f"{HUNDRED_WORDS} {turn}.", "chunk_size": 15}
            chunks = http.post(f"{base}/api/stream_chunks", json=body, timeout=30).json()["chunks"]
            for chunk in chunks:
                http.get(base + chunk["video_url"], timeout=60).raise_for_status()
                if chunk["index"] == 0:
                    first.append(time.perf_counter() - started)
            whole.append(time.perf_counter() - started)
    baseline = statistics.median(bare) * 1000
    yield _figure("100 words by the API: first chunk fetched", statistics.median(first) * 1000, "ms", baseline, 400)
    yield _figure("100 words by the API: all chunks fetched", statistics.median(whole) * 1000, "ms", baseline, 2500)


def _figure(name: str, value: float, unit: str, baseline: float, bar: float) -> Figure:
    places = 2 if unit == "×" else 1
    return {"name": name, "value": round(value, places), "unit": unit, "baseline": round(baseline, places), "bar": bar}


def run() -> list[Figure]:
    return [*bench_renderer(), bench_memory(), *bench_chunk_api()]
