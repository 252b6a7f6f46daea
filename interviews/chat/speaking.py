"""Handing the sentences of one reply to the avatar of a live session, in order, beside whoever makes them.

A reply that is not the newest any more hands nothing over, in whichever process it runs (interviews.models.LiveChat). An
avatar that can be interrupted is given sentences as they come and queues them; one that cannot (A2E) gets the next one when
the last is about over, so that a reply dropped in the middle ends with its sentence.
"""

import logging
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from avatars.models import LiveSession
from avatars.providers.registry import live_provider
from avatars.services import live_speaking
from avatars.services.live_sessions import SessionGone
from avatars.services.speech import NothingToSay, TextTooLong
from interview_site.errors import Category, ProviderError
from interviews.chat import memory

log = logging.getLogger(__name__)
LOOK_EVERY_S = 0.05
LEAD_S = 0.3  # a sentence is on its way for about so long before it is heard
MOST_WAIT_S = 120.0  # for the avatar to come free, or to have said what it was given
HANDED_OVER_S = 3.0  # a provider takes a sentence in less; a paced one goes on behind the answer
_threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="chat-speech")


class Superseded(Exception):
    """A newer message came: what belongs to the older one is not said any more."""


@dataclass
class Spoken:
    """What became of a reply's speech. `duration_ms` is of what was handed over; `fault` is fit for a person."""

    task_ids: list[str] = field(default_factory=list)
    duration_ms: int = 0
    fault: str = ""
    is_superseded: bool = False


class Speaker:
    """`say` as often as there are sentences, then `finish`; both return at once. Nothing here raises to the reply."""

    def __init__(self, session: LiveSession, generation: int, *, hush: bool, language: str = "") -> None:
        self.spoken = Spoken()
        self._session, self._generation, self._language = session, generation, language
        self._hush_first = hush
        self._silences: int | None = None
        self._language_of_words = get_language()  # faults are worded in a thread, for who asked here
        self._sentences: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._is_over, self._has_begun = threading.Event(), threading.Event()
        self._paced = not live_provider(session.provider).live.interrupt
        _threads.submit(self._run)

    def say(self, text: str) -> None:
        self._sentences.put(text)

    def finish(self) -> None:
        """There is nothing more to say. May be called twice."""
        self._sentences.put(None)

    def wait(self, seconds: float) -> None:
        """Until everything was handed over or given up, at most so many seconds."""
        self._is_over.wait(seconds)

    def wait_for_news(self, seconds: float) -> None:
        """As `wait`; where one sentence waits for the other, until the first was taken or refused."""
        (self._has_begun if self._paced else self._is_over).wait(seconds)

    def _run(self) -> None:
        try:
            with override(self._language_of_words):
                self._hand_over()
        except Exception as error:  # the outermost place of this thread
            log.exception("speech of a chat failed", extra={"session": self._session.public_id})
            self.spoken.fault = type(error).__name__
        finally:
            connection.close()
            self._has_begun.set()
            self._is_over.set()

    def _hand_over(self) -> None:
        self._hush()
        while (text := self._sentences.get()) is not None:
            if not (self.spoken.fault or self.spoken.is_superseded):
                self._speak(text)
            self._has_begun.set()

    def _hush(self) -> None:
        """Silence what is being said at once, before the first sentence of the new reply is even there."""
        if self._hush_first and not self._paced:
            _interrupt(self._session)

    def _speak(self, text: str) -> None:
        try:
            handed = say(
                self._session, self._generation, text, language=self._language, hush=self._hush_first, paced=self._paced,
                silences=self._silences,
            )  # fmt: skip
            self._hush_first, self._silences = False, handed.silences
            self.spoken.task_ids.append(handed.said.task_id)
            self.spoken.duration_ms += handed.said.duration_ms
        except Superseded:
            self.spoken.is_superseded = True
        except (NothingToSay, TextTooLong):
            pass  # a sentence of signs only: the next one may be spoken
        except SessionGone:
            self.spoken.fault = _("The live session is over.")
        except ProviderError as error:
            self.spoken.fault = str(error.person_text)
            log.warning("sentence of a chat not spoken", extra={"session": self._session.public_id, "fault": error.code})


@dataclass(frozen=True)
class Handed:
    """A text the avatar took; `silences` as LiveProvider.silences stood then."""

    said: live_speaking.Said
    silences: int


def say(
    session: LiveSession, generation: int, text: str, *, language: str = "", hush: bool = False, paced: bool = False,
    silences: int | None = None,
) -> Handed:  # fmt: skip
    """Hand one text over when its turn has come. `hush`: silence what was on its way when this reply began. `paced`: only
    when the avatar is about silent. `silences`: only if nobody in the room has silenced it since it stood so.

    Raises Superseded, SessionGone, ProviderError, NothingToSay, TextTooLong.
    """
    provider = live_provider(session.provider)
    can_interrupt = provider.live.interrupt
    _wait_for_turn(session.public_id, generation, paced=paced)
    spoke_ms, hushed = 0, False
    try:
        if hush and can_interrupt:
            hushed = _interrupt(session)
        now = provider.silences(session.room)
        if silences is not None and now != silences:
            raise Superseded
        said = live_speaking.say(session=session, text=text, language=language)
        spoke_ms = said.duration_ms
        return Handed(said, now)
    finally:
        memory.give_mouth(session.public_id, spoke_ms=spoke_ms, hushed=hushed)


def silence(session: LiveSession) -> None:
    """Somebody speaks: drop what is being said and what was still to come. An avatar that cannot be interrupted ends its
    sentence. Raises SessionGone, ProviderError."""
    standing = memory.begin(session.public_id)
    if standing.is_speaking:
        live_speaking.interrupt(session=session)
        memory.give_mouth(session.public_id, hushed=live_provider(session.provider).live.interrupt)


def wait_until_said(session: LiveSession, generation: int) -> None:
    """Return when the avatar has said everything it was given, when a newer message came, or when the session is over."""
    ends = time.monotonic() + MOST_WAIT_S
    while time.monotonic() < ends:
        until = memory.spoken_until(session.public_id, generation)
        if until is None or (left_s := (until - timezone.now()).total_seconds()) <= 0:
            return
        time.sleep(min(left_s, 4 * LOOK_EVERY_S))


def _wait_for_turn(session: str, generation: int, *, paced: bool) -> None:
    """Raises Superseded, or ProviderError when the avatar does not come free."""
    ends = time.monotonic() + MOST_WAIT_S
    while time.monotonic() < ends:
        until = memory.spoken_until(session, generation)
        if until is None:
            raise Superseded
        is_silent = not paced or (until - timezone.now()).total_seconds() <= LEAD_S
        if is_silent and memory.take_mouth(session, generation):
            return
        time.sleep(LOOK_EVERY_S)
    raise ProviderError("the avatar does not come free", category=Category.SERVER, provider="chat", code="busy")


def _interrupt(session: LiveSession) -> bool:
    try:
        live_speaking.interrupt(session=session)
        return True
    except (ProviderError, SessionGone) as error:
        log.warning("avatar not interrupted", extra={"session": session.public_id, "fault": type(error).__name__})
        return False
