"""What happens while the candidate has the floor and says nothing: 12, 25, 60 and 120 s (design §4, threats 30).

A pure clock: times are monotonic seconds handed in. Typing, speech and "I'm still thinking" start it again; it stands
still while the avatar speaks and while the candidate does, and after a voice it keeps still as long as before the first cue:
the pauses of a long answer do not add up to a silence. It never cuts anyone: the last cue pauses, resumably.
"""

from dataclasses import dataclass, field

from interviews.conversation.policy import Policy

NOTICE, FIRST_OFFER, SECOND_OFFER, PAUSE = "notice", "first_offer", "second_offer", "pause"


@dataclass
class CueClock:
    policy: Policy = field(default_factory=Policy)
    factor: float = 1.0  # of the accommodation "more time"
    _since: float | None = None  # running from here, shifted by what had passed before it was stopped
    _passed: float = 0.0
    _given: int = 0
    _not_before: float = 0.0

    def _cues(self) -> list[tuple[float, str]]:
        policy = self.policy
        return [
            (policy.notice_s * self.factor, NOTICE),
            (policy.first_offer_s * self.factor, FIRST_OFFER),
            (policy.second_offer_s * self.factor, SECOND_OFFER),
            (policy.pause_s * self.factor, PAUSE),
        ]

    def restart(self, now: float) -> None:
        """A new question, or a sign of life: everything from zero."""
        self._passed, self._given, self._since, self._not_before = 0.0, 0, now, 0.0

    def forget(self, now: float) -> None:
        """The same, but what stands still goes on standing still."""
        since = self._since
        self.restart(now)
        if since is None:
            self._since = None

    def stop(self, now: float) -> None:
        """The avatar speaks or the candidate does: time stands still. Harmless when it does already."""
        if self._since is not None:
            self._passed, self._since = self._passed + now - self._since, None

    def go_on(self, now: float) -> None:
        """Run on from where it was stopped (after an offer was spoken)."""
        if self._since is None:
            self._since = now

    def after_voice(self, now: float) -> None:
        """Run on; but this may be a pause of an answer."""
        self.go_on(now)
        self._not_before = now + self.policy.notice_s * self.factor

    def was_noise(self) -> None:
        """It was none: what passed counts."""
        self._not_before = 0.0

    def next_in(self, now: float) -> float | None:
        """Seconds until the next cue (0 when it is due); None while stopped or when all were given."""
        if self._since is None or self._given >= len(self._cues()):
            return None
        return max(0.0, self._cues()[self._given][0] - (self._passed + now - self._since), self._not_before - now)

    def take(self, now: float) -> str | None:
        """The cue that is due now, once; None when there is none."""
        wait = self.next_in(now)
        if wait is None or wait > 0:
            return None
        self._given += 1
        return self._cues()[self._given - 1][1]
