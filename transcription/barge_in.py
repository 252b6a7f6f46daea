"""When speech interrupts the avatar (design §4). Pure: what the ear found in, what to do about the avatar out.

Onset ducks the avatar at once; it is stopped only once it is certain that somebody wants to say something: by how much voice
there was, or by words that are no mere «угу». A cough, a laugh or a backchannel only ducks. Without echo cancellation the
avatar would interrupt itself, so there it cannot be interrupted by voice at all.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

from transcription.ear.events import SpeechEnded, SpeechEvent, SpeechPaused

_WORD = re.compile(r"[^\W_]+")
BACKCHANNELS = frozenset(
    """угу ага да да-да так понятно ясно хорошо ок окей ну м мм ммм хм мгм э эм ой понял поняла конечно спасибо здравствуйте
    uh huh uhhuh mhm mm mmm hm hmm yeah yes yep yup ok okay right sure i see got it um er ah oh hi hello thanks thank you
    иә ия мм түсінікті жақсы жарайды дұрыс рахмет рақмет аха солай сәлеметсіз бе""".split()
)
STOP_WORDS = frozenset(
    """стоп подождите погодите постойте извините простите повторите пауза минутку секунду
    stop wait pause sorry excuse pardon repeat hold
    тоқтаңыз күтіңіз тоқтай кешіріңіз қайталаңыз қайталаңызшы үзіліс кідіріс""".split()
)


@dataclass(frozen=True)
class BargePolicy:
    """Milliseconds; each may be overridden by a setting with BARGE_IN_ before its name."""

    voiced_ms: int = 800  # so much voice in one stretch is no backchannel
    least_words: int = 2  # … nor are so many words beside those of BACKCHANNELS
    warm_up_ms: int = 2_000  # echo cancellation learns at the beginning of the avatar's first words


@lru_cache(maxsize=1)
def barge_policy() -> BargePolicy:
    chosen = {name: getattr(settings, f"BARGE_IN_{name.upper()}", None) for name in BargePolicy.__dataclass_fields__}
    return BargePolicy(**{name: value for name, value in chosen.items() if value is not None})


@dataclass(frozen=True)
class Onset:
    """Somebody may be speaking: the avatar becomes softer."""

    at_ms: int


@dataclass(frozen=True)
class FalseAlarm:
    """It was nothing, or nothing that is meant to interrupt."""


@dataclass(frozen=True)
class Interrupted:
    """Somebody speaks in earnest; what they say began at `start_ms`. `end_ms`: it is over already, None while it goes on."""

    start_ms: int
    end_ms: int | None = None


BargeEvent = Onset | FalseAlarm | Interrupted


class BargeIn:
    def __init__(self, policy: BargePolicy | None = None) -> None:
        self.policy = policy or barge_policy()
        self.is_possible = True  # False: half-duplex
        self._since_ms: int | None = None  # the avatar speaks since
        self._first_ms: int | None = None  # … and spoke first
        self._before_ms = 0  # voice of the present stretch from before that
        self._ducked = False
        self._is_over = False  # interrupted: nothing more until the avatar speaks again

    @property
    def is_listening(self) -> bool:
        return self.is_possible and self._since_ms is not None and not self._is_over

    def avatar_begins(self, now_ms: int, voiced_ms: int = 0) -> None:
        """The avatar's next words were sent. `voiced_ms`: of the speech that is going on right now."""
        if self._since_ms is not None:
            return
        self._since_ms, self._before_ms, self._ducked, self._is_over = now_ms, voiced_ms, False, False
        if self._first_ms is None:
            self._first_ms = now_ms

    def avatar_ends(self) -> None:
        self._since_ms = None
        self._ducked = False

    def hear(
        self, events: Iterable[SpeechEvent], *, since_ms: int | None, voiced_ms: int, now_ms: int
    ) -> list[BargeEvent]:  # fmt: skip
        """`since_ms`, `voiced_ms`: the speech that is going on, None and 0 in silence; all on the recording's clock."""
        if not self.is_listening or now_ms - self._first_ms < self.policy.warm_up_ms:
            return []
        ended = any(isinstance(event, SpeechEnded) for event in events)
        if since_ms is None:
            self._before_ms = 0
            return self._let_go() if ended else []
        if ended:  # one stretch ended and the next has begun
            self._before_ms = 0
        fresh_ms = voiced_ms - self._before_ms
        if fresh_ms >= self.policy.voiced_ms:
            return self._interrupt(since_ms, None)
        paused = any(isinstance(event, SpeechPaused) for event in events)
        if self._ducked or fresh_ms <= 0 or paused:
            return []
        self._ducked = True
        return [Onset(now_ms)]

    def understood(self, text: str, start_ms: int, end_ms: int) -> list[BargeEvent]:
        """The words of a stretch that was heard while the avatar spoke, however late they come."""
        if not self.is_listening or not means_to_interrupt(text, self.policy.least_words):
            return []
        return self._interrupt(start_ms, end_ms)

    def _interrupt(self, start_ms: int, end_ms: int | None) -> list[BargeEvent]:
        self._is_over, self._ducked = True, False
        return [Interrupted(start_ms, end_ms)]

    def _let_go(self) -> list[BargeEvent]:
        was_ducked, self._ducked = self._ducked, False
        return [FalseAlarm()] if was_ducked else []


def means_to_interrupt(text: str, least_words: int = BargePolicy.least_words) -> bool:
    """One word that asks to stop, or some that are no backchannels."""
    words = _WORD.findall(text.lower().replace("ё", "е"))
    if any(word in STOP_WORDS for word in words):
        return True
    return sum(word not in BACKCHANNELS for word in words) >= least_words
