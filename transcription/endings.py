# ruff: noqa: E501 — phrases are read and reviewed as lines
"""How finished the words so far sound, by rules per language (ru, en, kk). Pure.

No model knows Kazakh and none knows an interview, so these rules are careful: only an explicit end is taken for one at once
(«вот и всё», "that's all"), what hangs in the air is given time, and everything between is left to the silence.
"""

import re
from enum import Enum

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_LAST_WORDS = 8  # of a text are looked at


class Ending(Enum):
    CLOSED = "closed"  # said to be over
    FINISHED = "finished"  # a whole sentence
    UNKNOWN = "unknown"  # no words yet, or nothing that tells
    OPEN = "open"  # a filler, a conjunction, a clause that hangs
    HOLD = "hold"  # "let me think": the floor is held


_HOLD = {
    "ru": """дайте подумать|дай подумать|дайте мне подумать|надо подумать|нужно подумать|сейчас подумаю|дайте вспомнить|сейчас вспомню|надо вспомнить|секунду
        |секундочку|одну секунду|минуту|минутку|минуточку|одну минуту|подождите|погодите|так сейчас|как бы это сказать|как это сказать|что еще|подумаю""",
    "en": """let me think|let me see|let me remember|let me recall|i need to think|i'm thinking|i am thinking|give me a moment|give me a second|give me a minute
        |one moment|just a moment|one second|just a second|a second|hold on|wait|how do i put it|how should i put it|how do i say|what else|good question""",
    "kk": """ойланайын|ойланып алайын|ойланып көрейін|сәл ойланайын|есіме түсірейін|еске түсірейін|бір секунд|бір минут|бір сәт|күте тұрыңыз|сәл күтіңіз|қалай айтсам екен
        |қалай айтсам|тағы не|ойлануға уақыт беріңіз|ойланып жатырмын""",
}
_OPEN = {
    "ru": """э|ээ|эээ|эм|эмм|мм|ммм|хм|м|ну|вот|как бы|типа|значит|так|так сказать|это самое|в общем|в общем-то|короче|допустим|например|то есть|скажем|наверное
        |и|а|но|или|либо|да и|зато|однако|что|чтобы|потому|потому что|так как|поскольку|если|когда|где|который|которая|которое|которые|которую|хотя|пока|тоже|также
        |поэтому|затем|потом|после|сначала|во-первых|во-вторых|в|во|на|с|со|к|ко|у|о|об|от|до|из|за|по|под|над|при|про|для|без|через|между|не|ни|мой|моя|мои|этот|эта|это
        |я|мы|он|она|они|был|была|были""",
    "en": """um|umm|uh|uhh|uhm|er|erm|hm|hmm|mm|ah|like|you know|i mean|well|so|basically|actually|sort of|kind of|let's say|for example|for instance|such as
        |and|but|or|because|since|although|though|if|when|where|which|who|that|while|whereas|then|after|before|also|however|therefore|first|firstly|secondly
        |the|a|an|to|of|in|on|at|by|for|with|from|about|into|my|our|their|his|her|its|this|these|those|i|we|they|he|she|it|was|were|is|are|am|had|have|has|not""",
    "kk": """ээ|эээ|эм|мм|ммм|хм|ал|енді|сосын|содан|содан кейін|яғни|мысалы|айталық|былайша айтқанда|демек|әлгі|жаңағы|сияқты|және|мен|пен|бен|немесе|бірақ|алайда
        |өйткені|себебі|сондықтан|егер|қашан|кейін|бұрын|үшін|туралы|арқылы|бойынша|дейін|ретінде|ол|біз|олар|менің|біздің|бұл|сол|осы|бір|өте""",
}
_CLOSED = {
    "ru": """вот и все|на этом все|это все|у меня все|вот все|вот такой ответ|вот такая история|больше ничего|добавить нечего|мне нечего добавить|нечего добавить|я закончил
        |я закончила|я все сказал|я все сказала|ответ закончен|как-то так""",
    "en": """that's all|that is all|that's it|that is it|that's everything|that's my answer|i'm done|i am done|nothing else|nothing more|nothing to add|i have nothing to add
        |that would be all|that's about it""",
    "kk": """осымен болды|болды осы|бәрі осы|осы ғана|айтарым осы|айтып болдым|қосарым жоқ|басқа айтарым жоқ|менің жауабым осы|аяқтадым|осымен бітті""",
}


def _phrases(table: str) -> tuple[str, ...]:
    return tuple(f" {_plain(phrase)}" for phrase in table.split("|"))


def _plain(text: str) -> str:
    return " ".join(_WORD.findall(text.lower().replace("ё", "е").replace("’", "'")))


# People switch languages in mid-sentence, and no phrase means different things in two of them.
_ENDS = {
    Ending.HOLD: _phrases("|".join(_HOLD.values())),
    Ending.CLOSED: _phrases("|".join(_CLOSED.values())),
    Ending.OPEN: _phrases("|".join(_OPEN.values())),
}
_STRETCHED = re.compile(r"(.)\1{2,}$")  # «нууу», "sooo"
_CONVERB = re.compile(r"\w{2,}[аәеиіоөуұүыэ]п$")  # Kazakh «жұмыс істеп»: the verb of the sentence is still to come
_HANGS = re.compile(r"(?:,|:|;|-|–|—|\.\.\.|…)$")
_STOPS = re.compile(r"[.!?]$")


def ending(text: str) -> Ending:
    """Of the whole answer so far; "" is UNKNOWN."""
    text = text.strip().rstrip("\"'»”)")
    words = _plain(text).split()[-_LAST_WORDS:]
    if not words:
        return Ending.UNKNOWN
    last = " " + " ".join(words)
    for kind in (Ending.HOLD, Ending.CLOSED):
        if last.endswith(_ENDS[kind]):
            return kind
    if _HANGS.search(text) or _STRETCHED.search(words[-1]):
        return Ending.OPEN
    if last.endswith(_ENDS[Ending.OPEN]):
        return Ending.OPEN
    if _STOPS.search(text):
        return Ending.FINISHED
    # Recognisers without punctuation say nothing about the end of a sentence.
    return Ending.OPEN if _CONVERB.search(words[-1]) else Ending.UNKNOWN
