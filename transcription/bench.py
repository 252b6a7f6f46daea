"""Figures of storing (design §10): `python -m transcription.bench [streams|kills|baseline] …`, in a folder of its own.

streams: how many live streams one process carries (frames at 15.6/s each, stored and listened to), acknowledgement p50/p95
         from the frame that opens a group, bytes lost. baseline: append + fsync of the same groups and nothing else.
detector: the share of a core the trained speech detector takes for one stream.
kills:   a process that stores is killed with SIGKILL at a random moment, again and again; every acknowledged byte must be
         on the disk and the hash equal in the end.
"""

import argparse
import asyncio
import hashlib
import json
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection

FRAME_S = 0.064
GROUP_S = 0.5


def set_up(var_dir: str) -> None:
    """A site of our own: empty database, empty folder."""
    os.environ.update(VAR_DIR=var_dir, SITE_MODE="embedded", DATABASE_URL="", REDIS_URL="", LOG_LEVEL="ERROR")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from django.db import connections

    connections.close_all()  # children must not inherit a connection


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))] if values else 0.0


async def stream(index: int, seconds: float, waits: list[float], lost: list[int]) -> None:
    """One page: frames at their time; an acknowledgement is timed from the oldest frame it covers."""
    from transcription.frames import make
    from transcription.listener import Listener

    sent: list[float] = []
    state = {"next": 0}

    async def send(message: dict) -> None:
        if message["type"] == "saved" and message["next"] > state["next"]:
            waits.append(time.perf_counter() - sent[state["next"]])
            state["next"] = message["next"]

    listener = Listener(f"bench:{index}", "en", send)
    await listener.take({"device": "bench"})
    dice = random.Random(index)
    digest, began = hashlib.sha256(), time.perf_counter() + dice.random() * FRAME_S
    for seq in range(int(seconds / FRAME_S)):
        await asyncio.sleep(max(0.0, began + seq * FRAME_S - time.perf_counter()))
        pcm = dice.randbytes(2048)
        digest.update(pcm)
        sent.append(time.perf_counter())
        await listener.frame(make(1, seq, pcm).to_bytes())
    await listener._recorder.stored()
    result = await listener._recorder.finish(1, len(sent), digest.hexdigest())
    lost.append(0 if result and result.complete else (len(sent) - state["next"]) * 2048)
    await listener.close()


async def bench_streams(count: int, seconds: float) -> dict:
    """Runs `count` streams in this process; `cpu` is the share of one core."""
    waits: list[float] = []
    lost: list[int] = []
    cpu, wall = time.process_time(), time.perf_counter()
    await asyncio.gather(*(stream(index, seconds, waits, lost) for index in range(count)))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return {
        "streams": count, "cpu": round(cpu / wall, 3), "streams_per_core": round(count * wall / cpu),
        "ack_p50_ms": round(percentile(waits, 0.5) * 1000), "ack_p95_ms": round(percentile(waits, 0.95) * 1000),
        "groups": len(waits), "bytes_lost": sum(lost),
    }  # fmt: skip


def bench_baseline(groups: int = 400) -> dict:
    """The bare cost of a group: append 8 frames, fsync."""
    took = []
    with tempfile.NamedTemporaryFile() as file:
        for _ in range(groups):
            data = os.urandom(8 * 2064)
            began = time.perf_counter()
            os.write(file.fileno(), data)
            os.fsync(file.fileno())
            took.append(time.perf_counter() - began)
    p50, p95 = percentile(took, 0.5) * 1000, percentile(took, 0.95) * 1000
    return {"append_fsync_p50_ms": round(p50, 2), "append_fsync_p95_ms": round(p95, 2)}


def bench_detector(seconds: float = 60) -> dict:
    """The trained detector alone, asked about every window as if somebody never stopped talking; and in silence."""
    from transcription.ear.silero import SileroEar

    dice, shares = random.Random(1), {}
    for name, level in (("speech", 8000), ("silence", 3)):
        ear = SileroEar()
        # A loudness that swells, so that the noise floor lies below it and the model is asked about nearly all of it.
        pieces = [
            b"".join(int(dice.gauss(0, level * (0.05 + (seq % 8) / 8))).to_bytes(2, "little", signed=True) for _ in range(1024))
            for seq in range(16)
        ]
        count = int(seconds / FRAME_S)
        began = time.process_time()
        for seq in range(count):
            ear.feed(pieces[seq % 16], seq * 64)
        shares[name] = (time.process_time() - began) / (count * FRAME_S)
    return {"core_per_stream": round(shares["speech"], 5), "core_in_silence": round(shares["silence"], 5)}


# --- Kills -----------------------------------------------------------------------------------------------------------


def server(pipe: Connection, key: str) -> None:
    """The child: a recorder fed by a pipe, until it is killed."""

    async def serve() -> None:
        from transcription.policy import RecordingPolicy
        from transcription.recorder import Recorder

        async def send(message: dict) -> None:
            pipe.send(message)

        fast = RecordingPolicy(group_ms=3, live_slack_frames=10**9, catch_up_burst_frames=10**9, most_minutes=10**6)
        recorder = Recorder(key, send, policy=fast)
        loop = asyncio.get_running_loop()
        while True:
            kind, value = await loop.run_in_executor(None, pipe.recv)
            if kind == "start":
                await recorder.start("bench", key=value)
            elif kind == "frame":
                await recorder.handle_frame(value)
            else:
                await recorder.finish(*value)

    asyncio.run(serve())


class KillTest:
    """A page that never gives up, and a server that dies. `run(n)` → figures; raises AssertionError on the first loss."""

    def __init__(self, seed: int = 1) -> None:
        self.dice = random.Random(seed)
        self.fork = multiprocessing.get_context("fork")
        self.kills = 0

    def run(self, kills: int, frames_a_take: int = 400) -> dict:
        take, stored = 0, 0
        while self.kills < kills:
            take += 1
            stored += self.one_take(f"kill:{take}", [self.dice.randbytes(2048) for _ in range(frames_a_take)])
        return {"kills": self.kills, "takes": take, "bytes_stored": stored, "bytes_lost": 0}

    def one_take(self, key: str, sound: list[bytes]) -> int:
        saved, digest = 0, hashlib.sha256(b"".join(sound)).hexdigest()
        while True:
            pipe, process = self.start(key)
            number, position = self.wait(pipe, "take")
            assert position >= saved, f"{saved} frames were acknowledged, {position} are there"
            dies_at = position + self.dice.randint(5, 120)
            saved, alive = self.send(pipe, process, number, sound, position, saved, dies_at)
            if alive:
                pipe.send(("finish", (number, len(sound), digest)))
                answer = self.message(pipe, "finished_take")
                process.kill()
                process.join()
                assert answer["complete"], answer
                return len(sound) * 2048

    def start(self, key: str) -> tuple[Connection, multiprocessing.Process]:
        ours, theirs = self.fork.Pipe()
        process = self.fork.Process(target=server, args=(theirs, key), daemon=True)
        process.start()
        theirs.close()
        ours.send(("start", "k"))
        return ours, process

    def send(
        self, pipe: Connection, process: multiprocessing.Process, take: int, sound: list[bytes],
        position: int, saved: int, dies_at: int,
    ) -> tuple[int, bool]:  # fmt: skip
        """(frames acknowledged, is it still alive) after sending from `position`, or until it is killed."""
        from transcription.frames import make

        for seq in range(position, len(sound)):
            pipe.send(("frame", make(take, seq, sound[seq]).to_bytes()))
            saved = self.heard(pipe, saved)
            if seq >= dies_at:
                time.sleep(self.dice.random() * 0.006)  # anywhere within a group's append, fsync and row
                saved = self.heard(pipe, saved)
                os.kill(process.pid, signal.SIGKILL)
                process.join()
                self.kills += 1
                return self.heard(pipe, saved), False
        return saved, True

    def heard(self, pipe: Connection, saved: int) -> int:
        try:
            while pipe.poll():
                message = pipe.recv()
                if message["type"] == "saved":
                    saved = max(saved, message["next"])
        except (EOFError, ConnectionResetError):
            pass
        return saved

    def message(self, pipe: Connection, kind: str) -> dict:
        while True:
            assert pipe.poll(30), "the server does not answer"
            message = pipe.recv()
            if message["type"] == kind:
                return message

    def wait(self, pipe: Connection, kind: str) -> tuple[int, int]:
        message = self.message(pipe, kind)
        return message["take"], message["next"]


# --- For script/bench ------------------------------------------------------------------------------------------------


def run() -> Iterator[dict]:
    """Figures for `script/bench`, measured in a process and a folder of their own (200 kills take some minutes)."""
    environ = {name: value for name, value in os.environ.items() if name not in ("VAR_DIR", "DATABASE_URL", "REDIS_URL")}
    command = [sys.executable, "-m", "transcription.bench", "kills", "baseline", "streams", "detector"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"recording bench failed: {done.stderr[-1000:]}")
    found = {figures.pop("bench"): figures for figures in map(json.loads, done.stdout.splitlines())}
    streams, bare = found["recording.streams"], found["recording.baseline"]
    kills = found["recording.kills"]
    late_s = max(0.0, streams["ack_p95_ms"] / 1000 - GROUP_S)
    yield {
        "name": f"acknowledgement p95 beyond the grouping, {streams['streams']} streams (bare append + fsync)",
        "value": late_s, "unit": "s", "baseline": bare["append_fsync_p95_ms"] / 1000, "bar": 0.5,
    }  # fmt: skip
    yield {
        "name": f"core of one live stream, storing and listening ({streams['streams_per_core']} a core)",
        "value": streams["cpu"] / streams["streams"], "unit": "core", "baseline": 0.0, "bar": 1 / 60,
    }  # fmt: skip
    detector = found["recording.detector"]
    yield {
        "name": "core of the speech detector, one stream that never falls silent (silence)",
        "value": detector["core_per_stream"], "unit": "core", "baseline": detector["core_in_silence"], "bar": 0.01,
    }  # fmt: skip
    yield {
        "name": f"acknowledged bytes lost in {kills['kills']} kills",
        "value": float(kills["bytes_lost"] + streams["bytes_lost"]), "unit": "bytes", "baseline": 0.0, "bar": 0.0,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", default=["baseline", "streams"], help="baseline, streams, detector, kills")
    parser.add_argument("--streams", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--kills", type=int, default=200)
    options = parser.parse_args()
    benches: dict[str, Callable[[], dict]] = {
        "baseline": bench_baseline,
        "streams": lambda: asyncio.run(bench_streams(options.streams, options.seconds)),
        "detector": bench_detector,
        "kills": lambda: KillTest().run(options.kills),
    }
    with tempfile.TemporaryDirectory(prefix="bench-recording-", ignore_cleanup_errors=True) as folder:
        set_up(folder)
        for name in sorted(options.what, key=lambda name: name != "kills"):  # forks first: no threads yet
            print(json.dumps({"bench": f"recording.{name}", **benches[name]()}), flush=True)


if __name__ == "__main__":
    main()
