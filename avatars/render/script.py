"""Friendly expressions chosen by what is said: a smile at greeting and goodbye. Never by the candidate (hiring_law 7)."""

import re

from avatars.presenter.coarticulation import Timeline

from .acting import Expression

_GREETING = re.compile(
    r"\b(?:здравствуй(?:те)?|привет(?:ствую|ствуем)?|добр(?:ый день|ое утро|ый вечер)|добро пожаловать|рад(?:а|ы)? вас|"
    r"до свидания|всего (?:доброго|хорошего)|до встречи|спасибо|удачи|поздравля\w+|"
    r"hello|hi|welcome|good (?:morning|afternoon|evening|luck)|goodbye|bye|see you|thank(?:s| you)|nice to meet|"
    r"congratulations|"
    r"с[әа]лем\w*|ассалаум\w*|қайырлы (?:таң|күн|кеш)|қош келдіңіз\w*|сау бол\w*|"
    r"рахмет|рақмет|көріскенше|сәттілік|құттықтай\w+)\b",
    re.IGNORECASE,
)
_BEFORE_MS, _AFTER_MS, _MOST = 250, 1300, 12


def expressions_for(timeline: Timeline, text: str) -> list[Expression]:
    """Smiles from shortly before such a word until shortly after it; neighbours grow together."""
    smiles: list[Expression] = []
    for match in _GREETING.finditer(text):
        said = [word for word in timeline["words"] if word[2] < match.end() and word[3] > match.start()]
        if not said:
            continue
        start, end = max(0, said[0][0] - _BEFORE_MS), said[-1][1] + _AFTER_MS
        if smiles and start <= smiles[-1].end_ms:
            smiles[-1] = smiles[-1]._replace(end_ms=end)
        elif len(smiles) < _MOST:
            smiles.append(Expression(start, end, "smile"))
    return smiles
