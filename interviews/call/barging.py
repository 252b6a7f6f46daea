"""What the avatar was saying when somebody spoke into it: how far it came, and what must be said again (design §4).

The page plays sentences one after another and reports each one heard; between two reports the clock tells how far it is.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from interviews.services.conversation import Outcome, Sentence

SOFT, FULL = 0.2, 1.0  # of the avatar's loudness
UNDERSTOOD = 0.6  # of a question's last sentence: whoever speaks then has heard what is asked
ON_THE_WAY_S = 0.3  # until a sentence that was sent is heard
UNDISTURBED = ("farewell",)
MUST_BE_HEARD = ("question", "follow_up", "invite_questions", "repeat")


@dataclass(frozen=True)
class Cut:
    """Where the avatar was stopped. `again`: what was not heard must be said before an answer to it can count."""

    sentence: Sentence
    heard_ms: int
    again: bool


@dataclass
class _Sent:
    sentence: Sentence
    duration_s: float
    at: float


class Barging:
    """`clock` gives monotonic seconds."""

    def __init__(self, send: Callable[[dict[str, Any]], Awaitable[None]], clock: Callable[[], float]) -> None:
        self._send, self._clock = send, clock
        self._sent: list[_Sent] = []
        self._coming: list[Sentence] = []
        self._heard_at = 0.0
        self._is_soft = False
        self.must_repeat = False  # an interruption left a question unheard

    def begins(self, sentences: Sequence[Sentence]) -> None:
        """A reply is about to be said."""
        self._sent, self._coming, self.must_repeat = [], list(sentences), False

    def goes_on(self, sentences: Sequence[Sentence]) -> None:
        """More of the reply that is being said."""
        self._coming += sentences

    def sent(self, sentences: Sequence[Sentence], duration_ms: int) -> None:
        """These went to the page together; a clip's length is shared out by their letters."""
        letters = sum(len(sentence.text) for sentence in sentences) or 1
        for sentence in sentences:
            share = len(sentence.text) / letters
            self._sent.append(_Sent(sentence, duration_ms / 1000 * share, self._clock()))

    def heard(self, number: int) -> None:
        """The page has played everything up to this sentence."""
        self._coming = [sentence for sentence in self._coming if sentence.number > number]
        self._sent = [sent for sent in self._sent if sent.sentence.number > number]
        self._heard_at = self._clock()

    @property
    def may_interrupt(self) -> bool:
        """What an artificial intelligence must say of itself and goodbye are said to their end, whoever speaks into them."""
        if not self._coming:
            return False
        present = self._coming[0]
        is_disclosure = present.kind == "greeting" and present.number == 0
        return present.kind not in UNDISTURBED and not is_disclosure

    async def soften(self) -> None:
        if not self._is_soft:
            self._is_soft = True
            await self._send({"type": "duck", "level": SOFT})

    async def restore(self) -> None:
        if self._is_soft:
            self._is_soft = False
            await self._send({"type": "duck", "level": FULL})

    def cut(self) -> Cut | None:
        """The avatar is stopped now; None when everything was heard."""
        if not self._coming:
            return None
        present, heard_s, share = self._coming[0], 0.0, 0.0
        if self._sent:
            began = max(self._sent[0].at + ON_THE_WAY_S, self._heard_at)
            heard_s = max(0.0, self._clock() - began)
            share = heard_s / self._sent[0].duration_s if self._sent[0].duration_s else 1.0
        is_understood = len(self._coming) == 1 and share >= UNDERSTOOD
        unheard = [sentence.kind for sentence in self._coming]
        self.must_repeat = not is_understood and any(kind in MUST_BE_HEARD for kind in unheard)
        self._coming, self._sent = [], []
        return Cut(present, round(heard_s * 1000), self.must_repeat)


def closed_question(outcome: Outcome, cut: Cut | None) -> str | None:
    """Who speaks into the bridge to a question that was not asked yet goes on with the one before: its uuid."""
    turn = next((turn for turn in outcome.turns if cut and turn.number == cut.sentence.turn), None)
    current = outcome.standing.question
    is_bridge = turn is not None and turn.kind == "reply" and current is not None and turn.question != current.uuid
    return turn.question if is_bridge else None
