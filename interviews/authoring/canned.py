"""What the stub of a language model answers to our own prompts, so that the site can be tried without a key.

Sensible and always the same: drafts are ready-made and refuse what the description should not ask for, translations are the
source with its language before it, checks find nothing, marks go by how much was said, the interviewer asks one thing further,
and other shapes are filled from their schema.
"""

import json
import re
from typing import Any

from interview_site.llm_stub import Asked
from interviews.conversation import matching
from interviews.evaluation.evidence import Answer
from interviews.evaluation.suspicion import suspects
from interviews.topics import judged_by

_FENCED = re.compile(r"<<<(\w+)\n(.*?)\n\1>>>", re.DOTALL)
_CYRILLIC, _KAZAKH = re.compile("[а-яё]", re.IGNORECASE), re.compile("[әғқңөұүһі]", re.IGNORECASE)
_CRITERIA = {
    "ru": [
        ("Опыт по делу", "Человек рассказывает о своей работе с фактами и результатом."),
        ("Решение задач", "Человек разбирает задачу по шагам и объясняет выбор."),
        ("Работа с людьми", "Человек договаривается и учитывает других."),
    ],
    "en": [
        ("Relevant experience", "Tells about own work with facts and a result."),
        ("Solving problems", "Takes a problem apart step by step and explains choices."),
        ("Working with people", "Comes to agreements and takes others into account."),
    ],
    "kk": [
        ("Тиісті тәжірибе", "Өз жұмысы туралы деректермен және нәтижесімен айтады."),
        ("Мәселе шешу", "Мәселені қадамдап талдап, таңдауын түсіндіреді."),
        ("Адамдармен жұмыс", "Келісімге келеді, өзгелерді ескереді."),
    ],
}
_ANCHORS = {
    "ru": ["Нет примера.", "Пример общий.", "Есть пример и шаги.", "Пример, шаги и результат.", "Ещё и выводы для будущего."],
    "en": ["No example.", "A vague example.", "An example with steps.", "Example, steps and result.", "Also what was learned."],
    "kk": ["Мысал жоқ.", "Жалпы мысал.", "Мысал мен қадамдар бар.", "Мысал, қадамдар, нәтиже.", "Сонымен бірге қорытынды."],
}
_QUESTIONS = {
    "ru": [
        "Расскажите, чем вы занимались на последнем месте работы.",
        "Вспомните самую трудную задачу последнего года. Как вы её решили?",
        "Расскажите о случае, когда мнения в команде разошлись. Что вы сделали?",
        "Как вы проверяете, что работа сделана хорошо?",
        "Расскажите об ошибке, которая многому вас научила.",
        "С чего вы начнёте в первую неделю на этой должности?",
        "Расскажите о трудном разговоре с клиентом. Чем он закончился?",
        "Как вы учитесь новому для работы? Приведите недавний пример.",
    ],
    "en": [
        "Tell me what you did in your last job.",
        "Think of the hardest problem of the last year. How did you solve it?",
        "Tell me about a time when your team disagreed. What did you do?",
        "How do you check that a piece of work is done well?",
        "Tell me about a mistake that taught you a lot.",
        "What would you begin with in your first week in this position?",
        "Tell me about a difficult conversation with a customer. How did it end?",
        "How do you learn something new for your work? Give a recent example.",
    ],
    "kk": [
        "Соңғы жұмысыңызда немен айналысқаныңызды айтып беріңіз.",
        "Соңғы жылдағы ең қиын міндетті еске түсіріңіз. Оны қалай шештіңіз?",
        "Командада пікір екіге бөлінген жағдайды айтып беріңіз. Сіз не істедіңіз?",
        "Жұмыстың жақсы орындалғанын қалай тексересіз?",
        "Сізге көп нәрсе үйреткен қателік туралы айтып беріңіз.",
        "Осы қызметте бірінші аптаны неден бастар едіңіз?",
        "Тұтынушымен болған қиын әңгіме туралы айтып беріңіз. Ол немен аяқталды?",
        "Жұмысқа керек жаңа нәрсені қалай үйренесіз? Жақында болған мысал келтіріңіз.",
    ],
}
_GREETINGS = {
    "ru": ("Поговорим о вашем опыте и вашей работе. Спешить некуда.", "Спасибо за разговор. Ваши ответы прочитают люди."),
    "en": ("We will talk about your experience. There is no hurry.", "Thank you. People will read your answers."),
    "kk": ("Тәжірибеңіз бен жұмыс тәсіліңіз туралы сөйлесеміз. Асықпаңыз.", "Әңгімеңізге рақмет. Жауаптарыңызды адамдар оқиды."),
}
_WHY = {
    "ru": "Ответ показывает, что человек делал сам и что из этого вышло.",
    "en": "The answer shows what the person did and what came of it.",
    "kk": "Жауап адамның өзі не істегенін және одан не шыққанын көрсетеді.",
}
_LEFT_OUT = {
    "ru": "Это не относится к работе.", "en": "It has nothing to do with the work.", "kk": "Оның жұмысқа қатысы жоқ.",
}  # fmt: skip
_SIMPLER = {"ru": "Расскажите своими словами:", "en": "Tell me in your own words:", "kk": "Өз сөзіңізбен айтып беріңіз:"}
_FOLLOW_UPS = {
    "ru": [
        "Что именно сделали вы сами, и чем это закончилось?",
        "Что в этом случае было самым трудным?",
        "По чему было видно, что решение сработало?",
        "Кто ещё участвовал, и как вы договаривались?",
        "Какой вывод вы сделали для следующей задачи?",
        "С каких шагов вы начали?",
    ],
    "en": [
        "What exactly did you do yourself, and how did it end?",
        "What was the hardest part of it?",
        "How did you know that the solution worked?",
        "Who else took part, and how did you come to agree?",
        "What did you learn for the next task?",
        "Which steps did you begin with?",
    ],
    "kk": [
        "Дәл өзіңіз не істедіңіз және ол немен аяқталды?",
        "Осы жағдайда ең қиын тұсы қандай болды?",
        "Шешімнің дұрыс екені неден байқалды?",
        "Командадан тағы кім қатысты, қалай келістіңіздер?",
        "Келесі міндетке қандай сабақ алдыңыз?",
        "Қандай қадамдардан бастадыңыз?",
    ],
}  # fmt: skip


def answer(asked: Asked) -> Any:
    """A script's rest: `ModelStub().otherwise(canned.answer)`."""
    language, data = _language(asked), dict(_FENCED.findall(asked.text))
    schema = asked.schema or {}
    match schema.get("title"):
        case "draft_criteria":
            return _criteria(language, data.get("description", ""))
        case "draft_questions":
            return _questions(language, 1 if "old" in data else _wanted(asked), data)
        case "topics_check":
            numbers = re.findall(r"^(\d+)\. ", data.get("questions", ""), re.MULTILINE)
            return {"items": [{"number": int(number), "topic": "none", "reason": ""} for number in numbers]}
        case "translation":
            items = json.loads(data.get("texts") or "[]")
            return {"items": [{"key": item["key"], "text": f"[{language}] {item['text']}"} for item in items]}
        case "verdict":
            return _verdict(language, data.get("answer", ""))
        case None:
            return _said(asked, language, data)
        case _:
            return _filled(schema, data, language)


def _language(asked: Asked) -> str:
    """Of the instructions, which are written in the language of the answer."""
    system = next((str(message["content"]) for message in asked.messages if message.get("role") == "system"), asked.text)
    if len(_KAZAKH.findall(system)) > len(system) / 50:
        return "kk"
    return "ru" if len(_CYRILLIC.findall(system)) > len(system) / 4 else "en"


def _wanted(asked: Asked) -> int:
    """The number of questions, as our prompt says it."""
    system = str(asked.messages[0]["content"])
    found = re.search(r"Draft (\d+) questions|Количество вопросов: (\d+)|саны: (\d+)", system)
    return int(next(group for group in found.groups() if group)) if found else 6


def _criteria(language: str, description: str) -> dict[str, Any]:
    rows = [
        {
            "rationale": _WHY[language], "key": f"k{number}", "name": name, "meaning": meaning, "weight": 1,
            **{f"anchor_{mark}": text for mark, text in enumerate(_ANCHORS[language], 1)},
        }
        for number, (name, meaning) in enumerate(_CRITERIA[language], 1)
    ]  # fmt: skip
    intro, farewell = _GREETINGS[language]
    refused = [{"text": wanted, "reason": _LEFT_OUT[language]} for wanted in _sentences(description) if judged_by(wanted)]
    return {"criteria": rows, "intro": intro, "farewell": farewell, "refused": refused}


def _questions(language: str, count: int, data: dict[str, str]) -> dict[str, Any]:
    keys = re.findall(r'"key": "(\w+)"', data.get("criteria", "")) or ["c1"]
    texts = [text for text in _QUESTIONS[language] if text not in data.get("others", "") and text != data.get("old")]
    rows = [
        {
            "rationale": _WHY[language], "text": text, "criteria": [keys[number % len(keys)]],
            "mode": "adaptive" if number % 2 else "verbatim", "follow_ups": number % 2, "think_time_s": 30, "answer_time_s": 180,
        }
        for number, text in enumerate((texts or _QUESTIONS[language])[:count])
    ]  # fmt: skip
    return {"questions": rows, "refused": []}


def _verdict(language: str, answer: str) -> dict[str, Any]:
    """More words, a better mark; the longest sentence that gives no orders is the evidence."""
    said = [sentence for sentence in _sentences(answer) if not suspects([Answer(0, sentence)])]
    quote = max(said, key=len, default="")
    count = sum(len(sentence.split()) for sentence in said)
    if len(quote.split()) < 3:
        return {"score": None, "quotes": [], "reason": ""}
    return {"score": 2 if count < 40 else 3 if count < 60 else 4, "quotes": [quote[:500]], "reason": _WHY[language]}


def _said(asked: Asked, language: str, data: dict[str, str]) -> str:
    """What the interviewer, or an avatar in a chat, is to say next."""
    said, system = data.get("said", ""), str(asked.messages[0]["content"])
    if "FACTS:" in system:
        facts = [line for line in data.get("facts", "").splitlines() if matching.shares(line, [said])]
        return f"FACTS: {facts[0].partition('.')[0]}" if facts else "NONE"
    if "SAY:" in system:
        return f"SAY: {_SIMPLER[language]} {said.partition(': ')[2]}"
    follow_ups = _FOLLOW_UPS[language]
    if "ASK:" not in system:
        return follow_ups[0]
    if any(follow_up in said for follow_up in follow_ups):
        return "NEXT"
    question = said.splitlines()[0]
    return f"ASK: {follow_ups[len(question) % len(follow_ups)]}"  # not the same to every question


def _sentences(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"(?<=[.!?…])\s+", text) if part.strip()]


def _filled(schema: dict[str, Any], data: dict[str, str], language: str, name: str = "") -> Any:
    """A value of this shape: the first of an enum, numbers in the middle, quotes from the longest fenced material."""
    if "enum" in schema:
        return schema["enum"][0]
    if "const" in schema:
        return schema["const"]
    if choices := schema.get("anyOf") or schema.get("oneOf"):
        return _filled(choices[0], data, language, name)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: _filled(part, data, language, key) for key, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [_filled(schema.get("items", {}), data, language, name)]
    if kind in ("integer", "number"):
        return 3
    if kind == "boolean":
        return False
    longest = max(data.values(), key=len, default="")
    if "quote" in name:
        return next((part for part in _sentences(longest) if len(part) > 10), longest[:200])
    return _FOLLOW_UPS[language][0]
