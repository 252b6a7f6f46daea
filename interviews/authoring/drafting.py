"""Asking a model for criteria and questions, and keeping only what may be used (issue of authoring, hiring_law 8).

Values in, values out; the rows stand in `interviews.services.drafting`. Shapes of the content a draft keeps:

    {"intro", "farewell",
     "criteria":  [{"key", "name", "meaning", "weight", "anchors": [5 texts], "rationale"}],
     "questions": [{"key", "text", "mode", "follow_ups", "think_time_s", "answer_time_s", "criteria": [keys], "rationale"}],
     "refused":   [{"text", "topic": code of interviews.topics or "", "reason"}]}

A question or criterion that HR have looked at has "use" too: whether its box was ticked.
Every function raises ProviderError.
"""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import override

from interview_site import llm
from interview_site.llm import Completion, Purpose
from interviews.authoring.documents import tidy
from interviews.prompts import prompt
from interviews.topics import TOPICS, Topic, asked_about, judged_by

TIMEOUT_S = 200.0
MOST_CRITERIA, MOST_QUESTIONS = 6, 12
_TEXT = {"type": "string"}
_REFUSED = {
    "type": "array",
    "items": {
        "type": "object", "properties": {"text": _TEXT, "reason": _TEXT}, "required": ["text", "reason"],
        "additionalProperties": False,
    },
}  # fmt: skip


def _object(title: str, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": title, "type": "object", "properties": properties, "required": list(properties), "additionalProperties": False
    }  # fmt: skip


_QUESTION = _object(
    "question",
    {
        "rationale": _TEXT, "text": _TEXT, "criteria": {"type": "array", "items": _TEXT},
        "mode": {"type": "string", "enum": ["verbatim", "adaptive"]}, "follow_ups": {"type": "integer"},
        "think_time_s": {"type": "integer"}, "answer_time_s": {"type": "integer"},
    },
)  # fmt: skip
_CRITERION = _object(
    "criterion",
    {
        "rationale": _TEXT, "key": _TEXT, "name": _TEXT, "meaning": _TEXT, "weight": {"type": "integer"},
        **{f"anchor_{mark}": _TEXT for mark in range(1, 6)},
    },
)  # fmt: skip
CRITERIA_SHAPE = _object(
    "draft_criteria",
    {"criteria": {"type": "array", "items": _CRITERION, "minItems": 1}, "intro": _TEXT, "farewell": _TEXT, "refused": _REFUSED},
)
QUESTIONS_SHAPE = _object(
    "draft_questions", {"questions": {"type": "array", "items": _QUESTION, "minItems": 1}, "refused": _REFUSED}
)
CHECK_SHAPE = _object(
    "topics_check",
    {
        "items": {
            "type": "array",
            "items": _object(
                "item",
                {"number": {"type": "integer"}, "topic": {"type": "string", "enum": [*TOPICS, "none"]}, "reason": _TEXT},
            ),
        }
    },
)  # fmt: skip


@dataclass(frozen=True)
class Brief:
    """What a draft is made from."""

    language: str
    title: str
    description: str
    wishes: str = ""
    count: int = 6
    subject: str = ""  # whom the cost counts for


def criteria(brief: Brief) -> tuple[dict[str, Any], Completion]:
    """Criteria, greeting, farewell, and what was left out."""
    messages = prompt("draft_criteria", brief.language).messages(
        title=brief.title, description=brief.description, wishes=brief.wishes
    )
    answer = _asked(messages, CRITERIA_SHAPE, 3500, brief)
    kept, refused = [], _left_out(answer.data["refused"])
    for given in answer.data["criteria"]:
        name = _line(given["name"], 120)
        if not name or name.casefold() in {row["name"].casefold() for row in kept} or len(kept) >= MOST_CRITERIA:
            continue
        if topic := judged_by(name):
            refused.append(_refusal(name, topic, brief.language))
            continue
        kept.append(
            {
                "key": f"c{len(kept) + 1}", "given": str(given["key"]), "name": name, "meaning": _line(given["meaning"], 2000),
                "weight": min(max(given["weight"], 1), 10),
                "anchors": [_line(given[f"anchor_{mark}"], 500) for mark in range(1, 6)],
                "rationale": _line(given["rationale"], 600),
            }
        )  # fmt: skip
    content = {
        "intro": _line(answer.data["intro"], 1000), "farewell": _line(answer.data["farewell"], 1000), "criteria": kept,
        "refused": refused,
    }  # fmt: skip
    return content, answer


def questions(brief: Brief, content: dict[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, str]], Completion]:
    """Questions that serve the criteria of `content`, and what was left out."""
    messages = prompt("draft_questions", brief.language).messages(
        title=brief.title, description=brief.description, wishes=brief.wishes, count=brief.count,
        criteria=_criteria_lines(content),
    )  # fmt: skip
    answer = _asked(messages, QUESTIONS_SHAPE, 500 + 350 * brief.count, brief)
    kept, refused = _usable(answer.data, content, brief.language, taken=[])
    return kept[: min(brief.count + 2, MOST_QUESTIONS)], refused, answer


def another_question(
    brief: Brief, content: dict[str, Any], key: str, wish: str
) -> tuple[dict[str, Any] | None, list[dict[str, str]], Completion]:
    """One question in the place of question `key`; None when nothing usable came."""
    old = next((row["text"] for row in content["questions"] if row["key"] == key), "")
    others = [row["text"] for row in content["questions"] if row["key"] != key]
    messages = prompt("draft_question", brief.language).messages(
        title=brief.title, description=brief.description, criteria=_criteria_lines(content), others="\n".join(others), old=old,
        wish=wish,
    )  # fmt: skip
    answer = _asked(messages, QUESTIONS_SHAPE, 900, brief)
    kept, refused = _usable(answer.data, content, brief.language, taken=[*others, old])
    return (kept[0] | {"key": key} if kept else None), refused, answer


def check(texts: list[str], *, language: str, subject: str = "") -> tuple[dict[int, tuple[Topic, str]], Completion]:
    """The model's own look for protected topics in questions and criteria: index → (topic, reason).

    Numbers it makes up are ignored.
    """
    numbered = "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))
    brief = Brief(language, "", "", subject=subject)
    answer = _asked(prompt("topics_check", language).messages(questions=numbered), CHECK_SHAPE, 300 + 80 * len(texts), brief)
    found = {
        item["number"] - 1: (TOPICS[item["topic"]], _line(item["reason"], 300))
        for item in answer.data["items"]
        if item["topic"] != "none" and 1 <= item["number"] <= len(texts)
    }
    return found, answer


def refusals_of(checked: dict[int, tuple[Topic, str]], texts: list[str], language: str) -> list[dict[str, str]]:
    """What the check found, as rows of `refused`."""
    return [
        _refusal(texts[index], topic, language) | ({"reason": reason} if reason else {})
        for index, (topic, reason) in checked.items()
    ]


def _asked(messages: list[dict[str, str]], shape: dict[str, Any], max_tokens: int, brief: Brief) -> Completion:
    return llm.complete(
        Purpose.AUTHORING, messages, schema=shape, max_tokens=max_tokens, subject=brief.subject, timeout_s=TIMEOUT_S, reasks=1
    )


def _usable(
    data: dict[str, Any], content: dict[str, Any], language: str, *, taken: list[str]
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """Questions in bounds: no repetition, no protected topic, known criteria only, times that fit the form."""
    known = {row["key"]: row["key"] for row in content["criteria"]} | {
        row["given"]: row["key"] for row in content["criteria"] if row.get("given")
    }
    kept: list[dict[str, Any]] = []
    refused = _left_out(data["refused"])
    seen = {_same(text) for text in taken}
    for given in data["questions"]:
        text = _line(given["text"], 600)
        if not text or _same(text) in seen:
            continue
        seen.add(_same(text))
        if topic := asked_about(text):
            refused.append(_refusal(text, topic, language))
            continue
        adaptive = given["mode"] == "adaptive"
        kept.append(
            {
                "key": f"q{len(kept) + 1}", "text": text, "mode": given["mode"],
                "follow_ups": min(max(given["follow_ups"], 1), 3) if adaptive else 0,
                "think_time_s": min(max(given["think_time_s"], 0), 600),
                "answer_time_s": min(max(given["answer_time_s"], 30), 900),
                "criteria": list(dict.fromkeys(known[key] for key in given["criteria"] if key in known)),
                "rationale": _line(given["rationale"], 600),
            }
        )  # fmt: skip
    return kept, refused


def _criteria_lines(content: dict[str, Any]) -> str:
    rows = [{name: row[name] for name in ("key", "name", "meaning")} for row in content["criteria"]]
    return json.dumps(rows, ensure_ascii=False, indent=0)


def _left_out(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    said = [row for row in rows[:20] if row["text"].strip()]
    return [{"text": _line(row["text"], 600), "topic": "", "reason": _line(row["reason"], 300)} for row in said]


def _refusal(text: str, topic: Topic, language: str) -> dict[str, str]:
    with override(language):
        return {"text": text, "topic": topic.code, "reason": str(topic.reason)}


def _line(text: str, most: int) -> str:
    """Speech on one line: no markup that would be read aloud."""
    plain = " ".join(tidy(text).replace("**", "").replace("`", "").split())
    return plain[:most].strip().lstrip("#*-• ").strip()


def _same(text: str) -> str:
    return "".join(letter for letter in text.casefold() if letter.isalnum())
