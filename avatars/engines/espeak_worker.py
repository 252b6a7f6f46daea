"""The espeak-ng process: reads requests from stdin, answers on stdout. Runs alone, imports neither Django nor numpy.

espeak-ng is not thread-safe and a fault in it is a SIGSEGV (design §9), so it lives in a process of its own; that also
keeps the GPL library apart from the site. One request at a time.

Wire format, both ways: u32 big-endian length, then that many bytes of UTF-8 JSON. An answer with sound is followed by
`pcm_bytes` of PCM16-LE mono.

    request  {"text", "voice", "rate", "pitch", "range", "timeout_s"}
    answer   {"ok": true, "sample_rate", "phonemes": [[sample, mnemonic]], "words": [[sample, from, length]], "pcm_bytes"}
             {"ok": false, "error": "voice" | "request" | "synthesis", "detail"}

`from` is the 0-based character in `text`. The first message out, before any request: {"ready": true, "sample_rate", "version"}.
"""

import ctypes
import json
import os
import signal
import struct
import sys
import threading
import time
from typing import Any, BinaryIO

MAX_REQUEST_BYTES = 64 * 1024
MAX_TEXT_CHARACTERS = 4_000
MEMORY_LIMIT_BYTES = 1024 * 1024 * 1024
PARENT_WATCH_S = 1.0

# speak_lib.h
AUDIO_OUTPUT_SYNCHRONOUS = 2
INITIALIZE_PHONEME_EVENTS = 0x0001
INITIALIZE_DONT_EXIT = 0x8000
CHARS_UTF8 = 1
POSITION_CHARACTER = 1
EVENT_WORD, EVENT_PHONEME = 1, 7
PARAM_RATE, PARAM_VOLUME, PARAM_PITCH, PARAM_RANGE = 1, 2, 3, 4


class _EventId(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    ]


_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """The library, initialised once. Raises RuntimeError when it cannot be loaded."""

    def __init__(self) -> None:
        import espeakng_loader

        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        data_path = os.fsencode(espeakng_loader.get_data_path())
        options = INITIALIZE_PHONEME_EVENTS | INITIALIZE_DONT_EXIT
        self.sample_rate: int = self._lib.espeak_Initialize(AUDIO_OUTPUT_SYNCHRONOUS, 0, data_path, options)
        if self.sample_rate <= 0:
            raise RuntimeError("espeak-ng could not be initialised: its data files are missing or unreadable")
        self._lib.espeak_Info.restype = ctypes.c_char_p
        self.version: str = self._lib.espeak_Info(None).decode().split()[0]
        # The callback must outlive every call: ctypes keeps no reference of its own.
        self._callback = _Callback(self._receive)
        self._lib.espeak_SetSynthCallback(self._callback)
        self._forget()

    def _forget(self) -> None:
        self._pcm = bytearray()
        self._phonemes: list[list[Any]] = []
        self._words: list[list[int]] = []

    def _receive(self, samples: Any, count: int, events: Any) -> int:
        if samples and count > 0:
            self._pcm += ctypes.string_at(samples, count * 2)
        index = 0
        while events[index].type:
            event = events[index]
            if event.type == EVENT_PHONEME:
                self._phonemes.append([event.sample, event.id.string.decode("utf-8", "replace")])
            elif event.type == EVENT_WORD:
                self._words.append([event.sample, max(event.text_position - 1, 0), event.length])
            index += 1
        return 0

    def say(self, text: str, voice: str, rate: int, pitch: int, pitch_range: int) -> tuple[dict[str, Any], bytes]:
        """The answer header and the PCM16 of one text. Raises LookupError for a voice espeak does not have."""
        self._forget()
        if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
            raise LookupError(voice)
        # A voice change resets the parameters, so they are set each time.
        for parameter, value in (
            (PARAM_RATE, rate),
            (PARAM_PITCH, pitch),
            (PARAM_RANGE, pitch_range),
            (PARAM_VOLUME, 100),
        ):
            self._lib.espeak_SetParameter(parameter, value, 0)
        raw = text.encode("utf-8") + b"\0"
        status = self._lib.espeak_Synth(raw, ctypes.c_size_t(len(raw)), 0, POSITION_CHARACTER, 0, CHARS_UTF8, None, None)
        if status != 0:
            raise RuntimeError(f"espeak_Synth returned {status}")
        header = {"ok": True, "sample_rate": self.sample_rate, "phonemes": self._phonemes, "words": self._words}
        return header, bytes(self._pcm)


def read_message(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message, or None at the end of the stream. Raises ValueError for one that is malformed or too long."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    (length,) = struct.unpack(">I", head)
    if length > MAX_REQUEST_BYTES:
        raise ValueError("request too long")
    body = stream.read(length)
    if len(body) < length:
        return None
    message = json.loads(body)
    if not isinstance(message, dict):
        raise ValueError("a request is a JSON object")
    return message


def write_message(stream: BinaryIO, message: dict[str, Any], pcm: bytes = b"") -> None:
    body = json.dumps({**message, "pcm_bytes": len(pcm)}, ensure_ascii=False, separators=(",", ":")).encode()
    stream.write(struct.pack(">I", len(body)) + body + pcm)
    stream.flush()


def answer(espeak: Espeak, request: dict[str, Any]) -> tuple[dict[str, Any], bytes]:
    """One request carried out; every refusal is an answer, never an exception."""
    try:
        text = str(request["text"]).replace("\0", " ")[:MAX_TEXT_CHARACTERS]
        voice = str(request["voice"])
        rate, pitch, pitch_range = int(request["rate"]), int(request["pitch"]), int(request["range"])
        timeout_s = min(max(float(request["timeout_s"]), 0.1), 60.0)
    except (KeyError, TypeError, ValueError) as error:
        return {"ok": False, "error": "request", "detail": type(error).__name__}, b""
    # The default action of SIGALRM ends this process: a hang inside the library cannot outlive its request,
    # even when the parent is gone.
    signal.setitimer(signal.ITIMER_REAL, timeout_s)
    try:
        return espeak.say(text, voice, rate, pitch, pitch_range)
    except LookupError:
        return {"ok": False, "error": "voice", "detail": voice[:64]}, b""
    except (RuntimeError, UnicodeError) as error:
        return {"ok": False, "error": "synthesis", "detail": str(error)[:200]}, b""
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _limit_this_process() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_LIMIT_BYTES, MEMORY_LIMIT_BYTES))


def _leave_with_the_parent() -> None:
    # Not PR_SET_PDEATHSIG: it fires when the *thread* that started us ends, and web and worker threads come and go.
    # End of stdin ends an idle worker at once; this thread ends one that is busy.
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PARENT_WATCH_S)
        os._exit(0)

    threading.Thread(target=watch, daemon=True, name="parent-watch").start()


def main() -> int:
    # Ctrl-C in a terminal reaches the whole group; the parent decides when this process ends.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # Whatever the library prints must not land between two messages.
    os.dup2(2, 1)
    _leave_with_the_parent()
    _limit_this_process()
    try:
        espeak = Espeak()
    except (ImportError, OSError, RuntimeError) as error:
        write_message(answers, {"ready": False, "detail": f"{type(error).__name__}: {error}"[:300]})
        return 1
    write_message(answers, {"ready": True, "sample_rate": espeak.sample_rate, "version": espeak.version})
    while True:
        try:
            request = read_message(requests)
        except ValueError:
            # The stream is out of step and cannot be trusted again.
            return 2
        if request is None:
            return 0
        header, pcm = answer(espeak, request)
        try:
            write_message(answers, header, pcm)
        except BrokenPipeError:
            return 0


if __name__ == "__main__":
    sys.exit(main())
