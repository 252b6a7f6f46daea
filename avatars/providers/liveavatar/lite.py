"""The socket of one LITE session (docs/contracts/liveavatar.md §6): our sound in, held by the process that opened the room.

One thread reads; callers of `speak` send. What comes before `connected` would be dropped without a word, so callers wait for
it. A line that breaks is joined again once; after that it is lost, and so is its room.
"""

import base64
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection

from avatars.engines.sound_files import NotSound, pcm16_pieces, wav_samples
from avatars.providers.liveavatar import faults
from avatars.speech.sound import Samples
from interview_site import outbound_websocket
from interview_site.errors import Category, ProviderError

log = logging.getLogger(__name__)
RATE = 24_000
FIRST_CHUNK_S, CHUNK_S = 0.6, 1.0
OPEN_S = 5.0  # the handshake
CONNECTED_WITHIN_S = 10.0  # after it
RECONNECTS = 1
_TICK_S = 1.0


class LineState(StrEnum):
    CONNECTING = "connecting"
    CONNECTED = "connected"
    CLOSED = "closed"  # by us, or by LiveAvatar at the end of the session
    LOST = "lost"  # broken for good


class LiteLine:
    """May be used by many threads. Every method raises ProviderError and nothing else; `room_gone` when the line has ended."""

    def __init__(self, session_id: str, url: str, *, ended: Callable[["LiteLine"], None] = lambda line: None) -> None:
        self.session_id, self._url, self._ended = session_id, url, ended
        self.state = LineState.CONNECTING
        self._changed = threading.Condition()
        self._sending = threading.Lock()  # one utterance at a time
        self._writing = threading.Lock()  # one message at a time
        self._interruptions = 0
        self._reconnects = 0
        self._connection: ClientConnection | None = None

    def open(self) -> None:
        """The handshake, now; `connected` comes later. Raises ProviderError when it is refused."""
        self._connection = self._connect()
        threading.Thread(target=self._read, name=f"lite-{self.session_id[:8]}", daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return self.state in (LineState.CONNECTING, LineState.CONNECTED)

    def speak(self, pcm: "Utterance", *, within_s: float = CONNECTED_WITHIN_S) -> str:
        """Send one utterance and return its id; what is said before it is said first.

        An interruption from now on drops what is not sent yet, also while it still waits for its turn or for the avatar.
        """
        wanted, event_id = self._interruptions, secrets.token_hex(12)
        self._await_connected(within_s)
        with self._sending:
            for chunk in pcm.chunks():
                if self._interruptions != wanted:
                    return event_id
                audio = base64.b64encode(chunk).decode()
                self._send({"type": "agent.speak", "event_id": event_id, "audio": audio})
            if self._interruptions == wanted:
                self._send({"type": "agent.speak_end", "event_id": event_id})
        return event_id

    def interrupt(self) -> None:
        """Silence now; the rest of an utterance that is just being sent stays here."""
        self._interruptions += 1
        if self.state == LineState.CONNECTED:
            self._send({"type": "agent.interrupt"})

    def keep_alive(self) -> None:
        if self.state == LineState.CONNECTED:
            self._send({"type": "session.keep_alive"})

    def close(self) -> None:
        """May be called twice."""
        self._become(LineState.CLOSED)
        if self._connection is not None:
            self._connection.close()

    # --- Within ---

    def _connect(self) -> ClientConnection:
        return outbound_websocket.connect(self._url, provider=faults.KIND, open_s=OPEN_S)

    def _await_connected(self, within_s: float) -> None:
        with self._changed:
            self._changed.wait_for(lambda: self.state != LineState.CONNECTING, timeout=within_s)
        if not self.is_alive:
            raise faults.gone("the line has ended")
        if self.state != LineState.CONNECTED:
            raise faults.fault("the avatar is not in its room yet", Category.CONNECTIVITY, code="not_connected")

    def _send(self, message: dict[str, Any]) -> None:
        connection = self._connection
        if connection is None or not self.is_alive:
            raise faults.gone("the line has ended")
        try:
            with self._writing:
                connection.send(json.dumps(message))
        except ConnectionClosed as error:
            raise faults.fault("the line broke", Category.CONNECTIVITY, code="line_broken") from error

    def _read(self) -> None:
        try:
            while self.is_alive:
                assert self._connection is not None
                try:
                    self._heard(self._connection.recv(timeout=_TICK_S))
                except TimeoutError:
                    continue
                except ConnectionClosed:
                    self._broken()
        finally:
            if self._connection is not None:
                self._connection.close()
            self._ended(self)

    def _heard(self, message: str | bytes) -> None:
        """Unknown words are left alone (contract §5.2)."""
        try:
            told = json.loads(message)
        except (ValueError, RecursionError):
            return
        if not isinstance(told, dict) or told.get("type") != "session.state_updated":
            return
        if told.get("state") == "connected":
            self._become(LineState.CONNECTED, only_from=LineState.CONNECTING)
        elif told.get("state") in ("closing", "closed"):
            self._become(LineState.CLOSED)

    def _broken(self) -> None:
        """Join again once; a line that was closed in between stays closed."""
        if not self._become(LineState.CONNECTING):
            return
        if self._reconnects >= RECONNECTS:
            self._become(LineState.LOST)
            return
        self._reconnects += 1
        log.warning("the line of a live session broke; joining again", extra={"room": self.session_id})
        time.sleep(0.1)
        try:
            self._connection = self._connect()
        except ProviderError as error:
            log.warning("the line is lost", extra={"room": self.session_id, "category": str(error.category)})
            self._become(LineState.LOST)

    def _become(self, state: LineState, *, only_from: LineState | None = None) -> bool:
        """False when the line has ended already, or was not what it had to be."""
        with self._changed:
            if not self.is_alive or (only_from is not None and self.state != only_from):
                return False
            self.state = state
            self._changed.notify_all()
            return True


class Utterance:
    """Sound of ours for LITE: PCM16 little-endian, mono, 24 kHz, in pieces whose first is short (contract §6)."""

    def __init__(self, samples: Samples, rate: int) -> None:
        self._samples, self._rate = samples, rate

    @classmethod
    def of_wav(cls, wav: bytes) -> "Utterance":
        """Raises ProviderError (invalid request) when it is no PCM16 WAV."""
        try:
            return cls(*wav_samples(wav))
        except NotSound as error:
            raise faults.fault("our sound cannot be read", Category.INVALID_REQUEST, code="not_sound") from error

    @property
    def duration_ms(self) -> int:
        return len(self._samples) * 1000 // self._rate

    def chunks(self) -> Iterator[bytes]:
        """Cut between samples, never inside one; resampled on the way, so that the first one leaves at once."""
        waiting, size = bytearray(), round(FIRST_CHUNK_S * RATE) * 2
        for piece in pcm16_pieces(self._samples, self._rate, RATE):
            waiting += piece
            while len(waiting) >= size:
                yield bytes(waiting[:size])
                del waiting[:size]
                size = round(CHUNK_S * RATE) * 2
        if waiting:
            yield bytes(waiting)
