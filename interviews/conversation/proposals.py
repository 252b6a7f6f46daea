# ruff: noqa: E501 — a table is read and reviewed as one
"""Whether words a model proposes may be said. Pure; the last word about a model's text is spoken here (design §5).

The model never gets the rubric; what it says is compared with it all the same, because a candidate may have brought a guess of
it into the dialogue. What is refused costs nothing: the script goes on.
"""

import re
from collections.abc import Sequence

from interviews.conversation import matching
from interviews.conversation.values import AVATAR, CANDIDATE, Said
from interviews.plan import Plan, PlanCriterion, PlanQuestion
from interviews.topics import asked_about

MOST_CHARACTERS = 400
MOST_SENTENCES = 3
_MOST_WORDS_IN_SENTENCE = 45
_TOO_LIKE = 0.75  # share of meaning words at which two questions are the same question
_LEAST_TO_COMPARE = 3
_OFF_TOPIC_WORDS = 5  # a question with so many meaning words must share one with what it is about
_QUOTED_WORDS = 4  # so many words of the rubric in a row are a quotation

_NOT_SPOKEN = re.compile(r"https?://|www\.|[<>{}\[\]|\\`*#_=~^@]|\b(?:system|assistant|prompt|json)\b|промпт|инструкци\w* для модел", re.IGNORECASE)
# Judging, scoring, promising, or giving away how it is judged; and posing as a person.
_NOT_SAID = re.compile(
    r"""\b(?:критери\w*|рубрик\w*|балл(?:ы|ов|а|у|ам|ами|е)?\b|оценк\w*|оценива\w*|оцен(?:ю|им|ят)\b|правильн\w+\s+ответ\w*|неправильно|неверн\w*|отличн\w*|прекрасн\w*|замечательн\w*|превосходн\w*|великолепн\w*|молод(?:ец|цы)\b|вы\s+(?:нам\s+)?(?:подходите|не\s+подходите|приняты)|мы\s+(?:вас\s+)?(?:бер[её]м|наймем|наймём|примем)|гарантиру\w*|обеща\w*|я\s+(?:—\s+|-\s+)?(?:человек|не\s+(?:робот|бот|программа|искусственн\w+))
    |criteri(?:on|a)\w*|rubric\w*|anchor\w*|scor(?:e|es|ed|ing)\b|grad(?:e|es|ed|ing)\b|rating|evaluat\w*|assess(?:ed|ing|ment)\w*|(?:right|wrong|correct|incorrect|perfect|ideal)\s+answer|(?:excellent|great|perfect|amazing|brilliant|awesome|impressive|fantastic|wonderful)|well\s+done|you\s*(?:are|'re)\s+(?:hired|rejected|a\s+good\s+fit|not\s+a\s+good\s+fit)|we\s+will\s+hire|guarantee\w*|promise\w*|i\s*(?:am|'m)\s+(?:a\s+human|human|not\s+an?\s+(?:ai|robot|bot|machine))
    |критерий\w*|өлшемшарт\w*|рубрика\w*|ұпай\w*|баға(?:ла\w*|ңыз\w*|сы\w*|мыз\w*)|дұрыс\s+жауап\w*|бұрыс|қате\s+жауап\w*|керемет\w*|тамаша\w*|өте\s+жақсы|жарайсыз|сізді\s+қабылдаймыз|кепілдік\s+бер\w*|уәде\w*|мен\s+(?:адаммын|робот\s+емеспін)
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_REQUEST = re.compile(
    r"""\b(?:расскажите|опишите|приведите|поясните|уточните|объясните|поделитесь|назовите|вспомните|пожалуйста
    |tell|describe|explain|share|give|walk|name|please
    |айтып|айтыңыз\w*|сипатта\w*|түсіндір\w*|баянда\w*|келтір\w*|бөлісіңіз\w*|атаңыз\w*)""",
    re.IGNORECASE | re.VERBOSE,
)
# Words that every follow-up may lean on: work, part, result, example.
_TRADE = """work role part team task step result outcome example challenge problem difficult hard decision decide approach learn
    measure check test experience differently personally
    работа роль часть команда задача результат итог пример сложность сложным трудность трудным решение решили подход вывод измеряли
    проверяли опыт проект действия лично иначе
    жұмыс рөліңіз бөлігі команда топ міндет нәтиже қорытынды мысал қиындық қиын шешім шештіңіз тәсіл сабақ тексеру тәжірибе жоба қадам өзіңіз"""
_LATIN, _CYRILLIC = re.compile(r"[A-Za-z]"), re.compile(r"[А-Яа-яЁёӘәҒғҚқҢңӨөҰұҮүҺһІі]")


def is_request(text: str) -> bool:
    """Something that can be answered: a question, or «расскажите…»."""
    return text.rstrip("»”\"' )").endswith("?") or bool(_REQUEST.search(text))


def follow_up_fault(plan: Plan, question: PlanQuestion, turns: Sequence[Said], text: str, language: str) -> str:
    """Why `text` may not be said as (a part of) a follow-up to `question`; "" when it may."""
    return _words_fault(plan, question, turns, text, language) or _repetition(plan, question, turns, text) or _drift(
        plan, question, turns, text
    )  # fmt: skip


def rephrase_fault(plan: Plan, question: PlanQuestion, turns: Sequence[Said], text: str, language: str) -> str:
    """Why `text` may not stand for `question`; "" when it may. It must be about the question, and be answerable."""
    fault = _words_fault(plan, question, turns, text, language)
    if fault:
        return fault
    if len(matching.stems(question.text)) >= _LEAST_TO_COMPARE and not matching.shares(text, [question.text]):
        return "off_topic"
    return "" if is_request(text) else "no_question"


def _words_fault(plan: Plan, question: PlanQuestion, turns: Sequence[Said], text: str, language: str) -> str:
    if not matching.words(text):
        return "empty"
    if len(text) > MOST_CHARACTERS or any(len(part.split()) > _MOST_WORDS_IN_SENTENCE for part in re.split(r"[.!?…]", text)):
        return "too_long"
    if _NOT_SPOKEN.search(text):
        return "not_speech"
    if not _is_in(language, text):
        return "language"
    if asked_about(text):
        return "protected"
    if _NOT_SAID.search(text):
        return "judgement"
    return "rubric" if _tells_rubric(plan, question, turns, text) else ""


def _is_in(language: str, text: str) -> bool:
    latin, cyrillic = len(_LATIN.findall(text)), len(_CYRILLIC.findall(text))
    return latin > cyrillic if language == "en" else cyrillic > latin


def _tells_rubric(plan: Plan, question: PlanQuestion, turns: Sequence[Said], text: str) -> bool:
    """A name or a short anchor that is nobody's word yet, or a run of words of a meaning or an anchor."""
    own = " ".join([question.text, *(turn.text for turn in turns if turn.speaker == CANDIDATE and turn.question == question.uuid)])
    if quoted_criterion(plan, text, own) is not None:
        return True
    for criterion in plan.criteria:
        for secret in (criterion.name, criterion.meaning, *criterion.anchors):
            is_short = len(matching.words(secret)) < _QUOTED_WORDS
            if is_short and matching.contains_phrase(text, secret) and not matching.contains_phrase(own, secret):
                return True
    return False


def quoted_criterion(plan: Plan, text: str, own: str, *, names: bool = True) -> PlanCriterion | None:
    """The criterion from whose rubric `text` takes words in a row that do not stand in `own`; None when it quotes none.

    Without `names` only meanings and anchors count: HR's own questions may well say "work with customers".
    """
    quotable = matching.runs(text, _QUOTED_WORDS) - matching.runs(own, _QUOTED_WORDS)
    for criterion in plan.criteria:
        for secret in (*([criterion.name] if names else []), criterion.meaning, *criterion.anchors):
            if quotable & matching.runs(secret, _QUOTED_WORDS):
                return criterion
    return None


def _repetition(plan: Plan, question: PlanQuestion, turns: Sequence[Said], text: str) -> str:
    """The same question again, or one of the plan that is asked word for word at its own time."""
    asked = [turn.text for turn in turns if turn.speaker == AVATAR and turn.kind in ("question", "follow_up")]
    planned = [other.text for other in plan.questions]
    for other in (*asked, *planned):
        if matching.words(other) == matching.words(text):
            return "repetition"
        if len(matching.stems(text)) < _LEAST_TO_COMPARE:
            continue
        if len(matching.stems(other)) >= _LEAST_TO_COMPARE and matching.likeness(text, other) >= _TOO_LIKE:
            return "repetition"
    return ""


def _drift(plan: Plan, question: PlanQuestion, turns: Sequence[Said], text: str) -> str:
    """A long question without a word of the question, its answers, the position or the trade is about something else."""
    if len(matching.stems(text)) < _OFF_TOPIC_WORDS or matching.shares(text, [_TRADE]):
        return ""
    about = [question.text, plan.title, plan.description]
    about += [turn.text for turn in turns if turn.question == question.uuid]
    return "" if matching.shares(text, about) else "off_topic"
