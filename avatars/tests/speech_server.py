"""A speech service on loopback with the answers of docs/contracts/{elevenlabs,openai}.md, and with every way to be broken."""

import base64
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from avatars.engines.espeak import EspeakEngine
from avatars.engines.registry import speech_engine
from avatars.speech.alignment import Reading
from avatars.speech.alignment_features import at_16k
from avatars.speech.sound import to_pcm16, wav_bytes
from avatars.speech.text import prepare


def said(text: str, language: str = "ru") -> Reading:
    """What the stubs say: our own man's voice, a little quicker."""
    engine = speech_engine("espeak")
    assert isinstance(engine, EspeakEngine)
    return engine.read(prepare(text, language), gender="male", speed=1.1)


class Handler(BaseHTTPRequestHandler):
    """`server.broken` names the fault to have; `server.asked` holds (path, headers, body)."""

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, dict(self.headers), body))
        if self.server.broken:
            getattr(self, f"be_{self.server.broken}")()
        elif self.path.startswith("/v1/text-to-speech/"):
            self.send_json(200, self.with_times(body["text"]))
        else:
            reading = said(body["input"])
            self.send(200, wav_bytes(to_pcm16(reading.samples), reading.sample_rate), "audio/wav")

    def with_times(self, text: str) -> dict[str, Any]:
        """The answer of `/with-timestamps`: letters laid evenly over each word's own time."""
        reading = said(text)
        starts, ends = [0.0] * len(text), [0.0] * len(text)
        for stretch in reading.stretches:
            words = [word for word in stretch.word_starts if word.length]
            for index, word in enumerate(words):
                end_ms = words[index + 1].start_ms if index + 1 < len(words) else stretch.end_ms
                last = words[index + 1].start if index + 1 < len(words) else len(text)
                for at in range(word.start, last):
                    share = (end_ms - word.start_ms) / (last - word.start) / 1000
                    starts[at] = word.start_ms / 1000 + (at - word.start) * share
                    ends[at] = starts[at] + share
        sound = base64.b64encode(to_pcm16(at_24k(reading))).decode()
        times = {"characters": list(text), "character_start_times_seconds": starts, "character_end_times_seconds": ends}
        return {"audio_base64": sound, "alignment": times, "normalized_alignment": None}

    # --- Faults ---

    def be_slow(self) -> None:
        self.server.closing.wait(20)

    def be_trickling(self) -> None:
        """Always a little more, never an end."""
        self.start(200, "audio/wav" if "audio" in self.path else "application/json")
        try:
            while not self.server.closing.wait(0.05):
                self.wfile.write(b" ")
        except OSError:
            pass

    def be_failing(self) -> None:
        self.send(502, b"<html>Bad Gateway</html>", "text/html")

    def be_busy(self) -> None:
        self.send_json(429, {"detail": {"code": "rate_limit_exceeded"}, "error": {"code": "rate_limit"}}, Retry_After="17")

    def be_empty(self) -> None:
        """Out of characters: one service says so with 401, the other with 429."""
        detail = {"status": "quota_exceeded", "message": "…"}
        eleven = self.path.startswith("/v1/text-to-speech/")
        self.send_json(401 if eleven else 429, {"detail": detail, "error": {"code": "insufficient_quota", "message": "…"}})

    def be_refused(self) -> None:
        self.send_json(401, {"detail": {"code": "invalid_api_key"}, "error": {"code": "invalid_api_key", "message": "…"}})

    def be_picky(self) -> None:
        self.send_json(422, {"detail": [{"loc": ["body", "text"], "msg": "…", "type": "…"}]})

    def be_lying(self) -> None:
        """200 with an error in it."""
        self.send_json(200, {"detail": {"status": "system_busy"}, "error": {"message": "no"}})

    def be_garbage(self) -> None:
        kind = "application/json" if self.path.startswith("/v1/text-to-speech/") else "audio/wav"
        self.send(200, b"\x00\xff\x13{]" * 500, kind)

    def be_wrong(self) -> None:
        self.send(200, b"<html>login</html>", "text/html")

    def be_mute(self) -> None:
        self.send_json(200, {"audio_base64": None}) if "text-to" in self.path else self.send(
            200, wav_bytes(b"", 24_000), "audio/wav"
        )

    def be_short(self) -> None:
        """A cut answer with all its marks of success."""
        pcm = bytes(2 * 2_400)
        body = {"audio_base64": base64.b64encode(pcm).decode(), "alignment": None}
        self.send_json(200, body) if "text-to" in self.path else self.send(200, wav_bytes(pcm, 24_000), "audio/wav")

    def be_cut(self) -> None:
        self.start(200, "application/json" if "text-to" in self.path else "audio/wav", Content_Length="900000")
        self.wfile.write(b"RIFF" + bytes(2_000))
        self.close_connection = True

    def be_huge(self) -> None:
        self.start(200, "application/json" if "text-to" in self.path else "audio/wav")
        try:
            while not self.server.closing.is_set():
                self.wfile.write(bytes(1 << 20))
        except OSError:
            pass

    # --- Writing ---

    def start(self, status: int, kind: str, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content_Type": kind, **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.start(status, kind, Content_Length=str(len(body)), **headers)
        self.wfile.write(body)

    def send_json(self, status: int, body: object, **headers: str) -> None:
        self.send(status, json.dumps(body).encode(), "application/json", **headers)

    def log_message(self, *args: Any) -> None:
        pass


def at_24k(reading: Reading) -> Any:
    """The reading at 24 kHz: as 16 kHz sound played half as fast again would be wrong, so by the spectrum."""
    import numpy as np

    low = at_16k(reading.samples, reading.sample_rate)
    spectrum = np.fft.rfft(low)
    count = len(low) * 3 // 2
    return (np.fft.irfft(np.pad(spectrum, (0, count // 2 + 1 - len(spectrum))), count) * 1.5).astype(np.float32)


@pytest.fixture
def speech_server() -> Iterator[ThreadingHTTPServer]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    httpd.daemon_threads = True
    httpd.asked, httpd.broken, httpd.closing = [], "", threading.Event()
    threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield httpd
    httpd.closing.set()
    httpd.shutdown()
    httpd.server_close()
