"""Limits of a line; each may be overridden by a setting: its name in capitals behind TRANSCRIBE_."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings


@dataclass(frozen=True)
class StreamPolicy:
    most_streams: int = 200  # open lines of one process
    most_streams_of_caller: int = 20
    most_minutes: int = 240  # of sound on one line
    catch_up: float = 20.0  # × real time: faster than that nobody speaks
    burst_s: float = 40.0  # … of sound that may come at once
    most_pcm_bytes: int = 256 * 1024  # of one message of a stream (threats 25)
    most_file_bytes: int = 4 * 1024 * 1024  # of one whole file
    most_file_s: int = 300  # … unpacked
    decode_s: float = 10.0  # … within
    file_bytes_per_s: float = 128 * 1024  # of files, after a burst of two whole ones
    most_text_bytes: int = 16 * 1024
    messages_per_minute: int = 120  # texts, and sound that cannot be used
    most_waiting: int = 8  # phrases that wait for the recogniser; then the line says that it is busy
    most_waiting_bytes: int = 16 * 1024 * 1024
    partials: bool = True  # words are told at a pause already; costs up to three more calls of the recogniser a phrase
    retry_s: float = 1.0  # before a passing fault of a recogniser is tried once more; told to the client when it lasts
    recheck_s: float = 30.0  # a revoked token ends its lines so soon (threats 26)


@lru_cache(maxsize=1)
def stream_policy() -> StreamPolicy:
    chosen = {name: getattr(settings, f"TRANSCRIBE_{name.upper()}", None) for name in StreamPolicy.__dataclass_fields__}
    return StreamPolicy(**{name: value for name, value in chosen.items() if value is not None})
