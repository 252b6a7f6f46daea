"""The dialogue model in a rehearsal: asked with the real prompts, read by the real reader, within the call's real times.

A call asks from its event loop (`interviews.interviewer.mind`); a worker may simply wait.
"""

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from interview_site.errors import ProviderError
from interview_site.llm import Purpose, stream
from interviews.conversation import proposals
from interviews.conversation.policy import Policy
from interviews.conversation.values import CANDIDATE, Said, Think
from interviews.interviewer.messages import messages_for
from interviews.interviewer.mind import MOST_TOKENS
from interviews.interviewer.replies import Piece, ReplyReader
from interviews.plan import Plan
from interviews.services.sentences import split

_CHECKED = {"ask": proposals.follow_up_fault, "rephrase": proposals.rephrase_fault}


@dataclass
class Tally:
    """What the model did in one conversation. `refused`: why words of it were not said → how often; `quoted`: of the rubric."""

    asked: int = 0
    late: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    slowest_ms: int = 0
    quoted: int = 0

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Tally":
        return cls(
            kept.get("asked", 0), kept.get("late", 0), Counter(kept.get("failed", {})), Counter(kept.get("refused", {})),
            kept.get("slowest_ms", 0), kept.get("quoted", 0),
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        return {**vars(self), "failed": dict(self.failed), "refused": dict(self.refused)}


def pieces(
    think: Think, plan: Plan, turns: Sequence[Said], *, language: str, subject: str, policy: Policy, tally: Tally
) -> Iterator[Piece]:
    """The proposal, at least one Piece; one that is nothing when the model is late, down or over budget. Close it when done."""
    began, is_first = time.monotonic(), True
    reader = ReplyReader(partial(split, language=language))
    tally.asked += 1
    try:
        with stream(
            Purpose.DIALOGUE, messages_for(think, plan, turns, language), max_tokens=MOST_TOKENS[think.about], subject=subject,
            first_token_s=policy.reply_s, total_s=policy.whole_reply_s,
        ) as said:  # fmt: skip
            for piece in _read(reader, said):
                if is_first:
                    took_s, is_first = time.monotonic() - began, False
                    tally.slowest_ms = max(tally.slowest_ms, round(took_s * 1000))
                    if took_s > policy.reply_s:
                        tally.late += 1
                        yield Piece()
                        return
                    if fault := _fault(piece, think, plan, turns, language):
                        tally.refused[fault] += 1
                        tally.quoted += proposals.quoted_criterion(plan, piece.text, _own(turns)) is not None
                yield piece
    except ProviderError as error:
        if error.code == "late":
            tally.late += 1
        else:
            tally.failed[error.code or str(error.category)] += 1
        if is_first:
            yield Piece()


def _read(reader: ReplyReader, said: Iterator[str]) -> Iterator[Piece]:
    for text in said:
        yield from reader.feed(text)
        if reader.is_over:
            return
    yield from reader.end()


def _own(turns: Sequence[Said]) -> str:
    return " ".join(turn.text for turn in turns if turn.speaker == CANDIDATE)


def _fault(piece: Piece, think: Think, plan: Plan, turns: Sequence[Said], language: str) -> str:
    """Why the core will not say these words; "" when it may."""
    question = plan.question(think.question)
    check = _CHECKED.get(piece.act)
    return check(plan, question, turns, piece.text, language) if check and question and piece.text else ""
