"""What a dialogue model is shown: one question and what was said about it, or HR's facts and the candidate's question. Pure.

It never sees criteria, anchors, other answers or who the candidate is; people's words stand in a fence that they cannot close.
The persona shapes the tone of follow-ups only: the questions of the plan are said word for word by the script.
"""

from collections.abc import Sequence

from interviews.conversation.facts import fact_lines
from interviews.conversation.values import AVATAR, Said, Think
from interviews.plan import Plan
from interviews.prompts import Prompt, prompt

PROMPTS = {"answer": "follow_up", "rephrase": "rephrase", "tell": "tell"}
_MOST_CHARACTERS = 6_000  # of what was said; the latest words are the ones that matter
_MOST_PERSONA = 600
_SHOWN = {"answer": ("question", "follow_up", "answer"), "rephrase": ("question",), "tell": ("candidate_question",)}
TONES = {"ru": "вежливый, спокойный, доброжелательный", "kk": "сыпайы, байсалды, ашық", "en": "polite, calm and friendly"}


def prompt_for(think: Think, language: str) -> Prompt:
    return prompt(PROMPTS[think.about], language)


def messages_for(think: Think, plan: Plan, turns: Sequence[Said], language: str) -> list[dict[str, str]]:
    """`turns` are those of the whole interview; what does not belong to the asking is left out."""
    values = {"title": plan.title, "said": _said(_shown(think, turns))}
    if think.about == "tell":
        values["facts"] = "\n".join(f"{number}. {fact}" for number, fact in enumerate(fact_lines(plan.facts), 1))
    else:
        persona = " ".join(str(plan.avatar.get("persona") or "").split())[:_MOST_PERSONA]
        values["persona"] = persona or TONES.get(language, TONES["en"])
    return prompt_for(think, language).messages(**values)


def _shown(think: Think, turns: Sequence[Said]) -> list[Said]:
    shown = [turn for turn in turns if turn.kind in _SHOWN[think.about] and turn.question == think.question]
    if think.about != "tell":
        return shown
    latest = max((turn.number for turn in turns if turn.speaker == AVATAR), default=0)
    return [turn for turn in shown if turn.number > latest]


def _said(turns: Sequence[Said]) -> str:
    """A line for each turn; nobody's words can begin another one."""
    lines = [f"{turn.speaker}: {' '.join(turn.text.split())}" for turn in turns]
    said = "\n".join(lines)
    if len(said) > _MOST_CHARACTERS:
        said = f"{lines[0][:1000]}\n…{said[-_MOST_CHARACTERS:]}"
    return said
