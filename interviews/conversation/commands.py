# ruff: noqa: E501 — a spoken line is read and reviewed as one line
"""Short commands in typed or recognised words: only when the whole text is the command, in any of the three languages.

A sentence that merely contains "repeat" or «дальше» is an answer. Politeness around the command does not count: «повторите,
пожалуйста, вопрос» is the command "repeat".
"""

import re

_FILLERS = frozenset(
    """please пожалуйста можете можно ли вы не мне а ну эм давайте давай could can would you the me to i'd like
    өтінемін өтінем маған сіз""".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_MOST_WORDS = 9

_PHRASES: dict[str, str] = {
    "repeat": """repeat|repeat that|repeat it|repeat question|repeat this question|say that again|say it again|say again|again|once more|pardon|sorry
        |what was question|come again|i didn't hear|i did not hear|didn't hear|i didn't catch that|didn't catch that|ask again
        |повторите|повтори|повторите вопрос|повтори вопрос|повторите еще раз|повторите вопрос еще раз|повторить|повторить вопрос|еще раз|еще раз вопрос
        |что вы сказали|что простите|простите что|расслышал|расслышала|я расслышал|я расслышала|я расслышал вопрос|я расслышала вопрос|какой был вопрос
        |қайталаңыз|қайталаңызшы|сұрақты қайталаңыз|сұрақты қайталаңызшы|қайталап жіберіңізші|тағы бір рет|тағы қайталаңыз|қайталау|сұрақты қайталау
        |естімей қалдым|түсінбей қалдым|кешіріңіз естімей қалдым|қайтадан айтыңызшы|естімедім|естілмей қалды|тағы бір рет қайталаңызшы|сұрақты тағы бір рет қайталаңызшы""",
    "skip": """skip|skip it|skip this|skip that|skip question|skip this question|let's skip|pass|i'll pass|i will pass|i skip|i want skip this question|i want to skip
        |пропустить|пропустить вопрос|пропустите|пропустите вопрос|пропускаю|пропустим|пропустим вопрос|пропустим этот вопрос|пропусти|пропустить этот вопрос
        |хочу пропустить|хочу пропустить вопрос|я пропущу|я пропускаю|пас|пропуск
        |өткізу|өткізіп жіберіңіз|өткізіп жіберейік|өткізіп жібер|сұрақты өткізіп жіберу|сұрақты өткізіп жіберейік|бұл сұрақты өткізіп жіберейік|аттап өтейік|өткізіп жіберу|өткізіп жіберіңізші|сұрақты өткізіп жіберіңіз|бұл сұрақты өткізіп жіберіңіз""",
    "pause": """pause|pause interview|let's pause|take a break|a break|break|i need a break|need a break|i need a pause|stop for a moment
        |пауза|паузу|на паузу|сделаем паузу|сделать паузу|поставьте на паузу|нужна пауза|мне нужна пауза|перерыв|нужен перерыв|сделаем перерыв|хочу перерыв
        |кідіріс|үзіліс|үзіліс жасайық|кідірте тұрайық|тоқтата тұрайық|үзіліс керек|кідірту""",
    "next": """next|next question|next one|go on|move on|let's move on|let's go on|continue|go ahead|далее|дальше|следующий|следующий вопрос|идем дальше|пойдем дальше
        |перейдем дальше|продолжим|продолжайте|поехали дальше|келесі|келесі сұрақ|әрі қарай|жалғастырайық|жалғастырыңыз|ары қарай""",
    "done": """done|i'm done|i am done|that's all|that is all|that's it|that is it|finished|i'm finished|i have finished|i've finished|nothing else|nothing more
        |все|у меня все|это все|вот и все|на этом все|готово|закончил|закончила|я закончил|я закончила|больше ничего|мне больше нечего добавить|нечего добавить
        |болды|бітті|бітірдім|мен бітірдім|осымен болды|менде бәрі|бәрі осы|айтарым осы|басқа айтарым жоқ|аяқтадым|мен аяқтадым|айтып болдым|бар айтарым осы|болды осы""",
    "thinking": """let me think|i need to think|i'm thinking|i am thinking|a moment|one moment|just a moment|moment|one second|a second|second|give a moment|wait|hold on
        |i need a minute|i need a moment|one minute|a minute|minute|let me think a bit
        |дайте подумать|дай подумать|подумать|надо подумать|нужно подумать|думаю|я думаю|еще думаю|я еще думаю|секунду|секундочку|минуту|минутку|минуточку|одну секунду|одну минуту|сейчас
        |подождите|подождите минуту|подождите секунду|дайте минуту|дайте минутку|дайте мне подумать|погодите
        |ойланайын|ойланып алайын|ойлануға уақыт беріңіз|ойланып жатырмын|бір секунд|бір минут|күте тұрыңыз|сәл күтіңіз|бір сәт|қазір|сәл ойланайын|ойланып отырмын|ойланып көрейін""",
    "yes": """yes|yeah|yep|sure|yes skip|yes skip it|ok|okay|да|да пропустить|да пропустим|да пропускаем|ага|хорошо|иә|ия|иә өткізейік|иә өткізіп жіберейік|жарайды""",
    "no": """no|no thanks|no thank you|nope|none|no questions|no question|i don't have any|i have no questions|i have no question|i don't have questions|i don't have any questions|i don't|i do not
        |no i don't|no i do not|not really|not now|no that's all|no that's it|no thanks that's all|thank you no|all clear|everything is clear|it's all clear|no everything is clear
        |нет|нету|нет спасибо|спасибо нет|нет вопросов|вопросов нет|у меня нет вопросов|нет у меня нет вопросов|вопросов больше нет|больше нет вопросов|больше вопросов нет|нет больше
        |у меня вопросов нет|у меня больше нет вопросов|нет вопросов нет|пока нет|все ясно|все понятно|нет все понятно|нет все ясно|спасибо вопросов нет|нет спасибо вопросов нет|вопросов нет спасибо
        |жоқ|жоқ рахмет|рахмет жоқ|сұрақ жоқ|сұрағым жоқ|менде сұрақ жоқ|сұрақтарым жоқ|басқа сұрақ жоқ|жоқ сұрағым жоқ|бәрі түсінікті|жоқ бәрі түсінікті|рахмет сұрағым жоқ|басқа сұрағым жоқ""",
}


def _key(text: str) -> str:
    words = [word.lower().replace("ё", "е").replace("рақмет", "рахмет").replace("’", "'") for word in _WORD.findall(text)]
    if len(words) > _MOST_WORDS:
        return ""
    kept = [word for word in words if word not in _FILLERS]
    return " ".join(kept or words)


_COMMANDS = {_key(phrase): command for command, phrases in _PHRASES.items() for phrase in phrases.split("|") if _key(phrase)}


def recognise(text: str, language: str = "") -> str | None:
    """ "repeat", "skip", "pause", "next", "done", "thinking", "yes", "no" — or None: an answer.

    `language` is not needed to decide: people switch languages in mid-interview, and no phrase means two things.
    """
    if len(text) > 120:
        return None
    return _COMMANDS.get(_key(text))
