# ruff: noqa: E501 — a table is read and reviewed as one
"""What an answer may be besides an answer: insults, or a person who is not well. Tables, so the words said to it are fixed.

Only short texts are looked at: in a long answer the same words are part of a story. A wrong guess costs one kind sentence;
the answer is kept either way.
"""

import re

CALM, DISTRESS = "calm", "distress"  # names of the lines that answer them
_MOST_WORDS_RUDE, _MOST_WORDS_DISTRESS = 12, 30

_RUDE = re.compile(
    r"""\b(?:
    (?:на|по|о)?ху[йяеию]\w*|хуе\w+|хуё\w+|пизд\w*|бл[яэ](?:д\w*|ть)?|[её]б(?!итд)(?:а|у|л|н|и|т)\w*|за[её]б\w*|отъ?[её]б\w*|у[её]б\w*|муд(?:ак|ил)\w*|говн\w*|дерьм\w*
    |пош[её]л\s+(?:ты|вы|к\s+ч[её]рту|на)|иди(?:те)?\s+(?:ты\s+)?(?:на|к\s+ч[её]рту|в\s+ж)\w*|заткни\w*|туп(?:ая|ой)\s+(?:машина|робот|бот|программа|железяка)|идиот\w*|дебил\w*|сволоч\w*|тварь
    |fuck\w*|motherfuck\w*|shit\w*|bullshit|bitch\w*|asshole\w*|bastard\w*|cunt\w*|dickhead\w*|screw\s+you|shut\s+up|stupid\s+(?:machine|robot|bot|thing|program)|(?:you\s+)?(?:idiot|moron)s?
    |қотақ\w*|сігей\w*|сик(?:т|е)\w*|амың\w*|көт(?:ің|іңді)\w*|ақымақ\w*|жынды\s*(?:сың|робот)\w*|малғұн\w*|хайуан\w*|аузыңды\s+жап|жап\s+аузыңды
    )\b""",
    re.IGNORECASE | re.VERBOSE,
)
_DISTRESS = re.compile(
    r"""\b(?:
    мне\s+(?:сейчас\s+|очень\s+|стало\s+|становится\s+|совсем\s+|так\s+)*(?:плохо|дурно|нехорошо|страшно)(?!\s+(?:слыш|вид|понят|да[её]тся|знаком|помн|удава|интерес|нрав|хо))|не\s+могу\s+(?:дышать|успокоиться)|тяжело\s+дышать|у\s+меня\s+(?:сейчас\s+)?(?:паническая|паника|истерика|приступ|кружится\s+голова)
    |(?:я\s+)?не\s+хочу\s+(?:больше\s+)?жить|хочу\s+умереть|покончить\s+с\s+собой|убью\s+себя|я\s+(?:сейчас\s+)?(?:расплачусь|рыдаю)|больше\s+(?:так\s+)?не\s+могу\s+(?:жить|терпеть)
    |i\s+(?:feel|am\s+feeling|'m\s+feeling)\s+(?:really\s+|very\s+|so\s+)*(?:sick|ill|faint|unwell|terrible|awful)|i\s*(?:am|'m)\s+(?:having\s+a\s+panic|crying|in\s+tears|about\s+to\s+cry|panicking)|panic\s+attack|i\s+(?:can't|cannot|can\s+not)\s+(?:breathe|calm\s+down)
    |(?:want|going)\s+to\s+die|kill\s+myself|end\s+my\s+life|don't\s+want\s+to\s+live|hurt\s+myself
    |маған\s+(?:қазір\s+|өте\s+|қатты\s+)*(?:жаман|нашар|қорқынышты)(?!\s+(?:ест|көр|түсін))|(?:өзімді\s+)(?:өте\s+)?(?:жаман|нашар)\s+сезін\w*|дем\s+ала\s+алмай\w*|тыныс\s+ала\s+алмай\w*|басым\s+айналып\w*|жылап\s+(?:отырмын|тұрмын|жібердім)|өмір\s+сүргім\s+келмейді|өлгім\s+келеді|өзімді\s+өлтір\w*
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def noticed(text: str) -> str | None:
    """DISTRESS, CALM, or None: nothing that needs a word of its own."""
    plain = text.replace("’", "'")
    count = len(plain.split())
    if count <= _MOST_WORDS_DISTRESS and _DISTRESS.search(plain):
        return DISTRESS
    if count <= _MOST_WORDS_RUDE and _RUDE.search(plain):
        return CALM
    return None
