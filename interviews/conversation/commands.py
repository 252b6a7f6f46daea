# ruff: noqa: E501 — a spoken line is read and reviewed as one line
"""Short commands in typed or recognised words: only when the whole text is the command, in any of the three languages.

A sentence that merely contains "repeat" or «дальше» is an answer. Politeness around the command does not count: «повторите,
пожалуйста, вопрос» is the command "repeat".
"""

import re

_FILLERS = frozenset(
    """please пожалуйста извините можете можно ли вы не мне а ну эм давайте давай could can would you the me to i'd like
    өтінемін өтінем маған сіз""".split()
)
# Nothing but these is the beginning of an answer that is still to come: "Well, um…"
_HESITATIONS = frozenset("well so hm hmm um umm uh uhh uhm er erm oh ah так ну нуу вот хм мм ммм м эм эмм э ээ эээ ой а ал енді ммм ыы".split())
# What people say before "let me think": «Хороший вопрос. Так, дайте подумать» is no answer, though it is more than the command.
_MUSING = frozenset(
    """well so hm hmm um uh er oh ok okay right yes yeah now good great nice interesting tough hard difficult question that's it's
    так ну вот хм мм эм э ой да ага хороший интересный сложный трудный непростой вопрос это что ж
    жақсы қызық қиын сұрақ екен иә ия ал енді мм эм""".split()
)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_NOT_UNDERSTOOD = re.compile(r"\bне\s+(?=пон[яи]|совсем пон|очень пон)")
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
    "explain": """i don't understand|i do not understand|i don't understand question|i do not understand question|i didn't understand|i did not understand|don't understand
        |i don't get it|i don't follow|what do you mean|what does that mean|what does this mean|what do you mean by that|can you explain|explain|explain please|explain question
        |rephrase|rephrase question|rephrase that|put it another way|put it differently|say it differently|in other words|it's not clear|it is not clear|question is not clear|i'm not sure i understand|not sure i understand|i'm not sure what you mean
        |не понял|не поняла|я не понял|я не поняла|не понимаю|я не понимаю|не понял вопрос|не поняла вопрос|не понял вопроса|не поняла вопроса|я не понял вопрос|я не поняла вопрос|я не понял вопроса|я не поняла вопроса
        |не понимаю вопрос|не понимаю вопроса|я не понимаю вопрос|я не понимаю вопроса|непонятно|не понятно|вопрос непонятен|вопрос не понятен|что вы имеете в виду|что имеется в виду|что это значит|что это означает
        |поясните|поясните вопрос|пояснить|пояснить вопрос|объяснить|объяснить вопрос|объясните|объясните вопрос|переформулируйте|переформулируйте вопрос|сформулируйте иначе|спросите иначе|спросите по-другому|другими словами|уточните вопрос
        |түсінбедім|мен түсінбедім|сұрақты түсінбедім|мен сұрақты түсінбедім|түсінбей тұрмын|сұрақ түсініксіз|түсініксіз|не айтқыңыз келді|не дегіңіз келді|бұл не деген сөз|қалай түсінуге болады
        |түсіндіріңіз|түсіндіріп беріңіз|түсіндіріп жіберіңізші|сұрақты түсіндіріп беріңіз|басқаша айтыңыз|басқаша сұраңыз|басқаша айтып беріңіз|басқа сөзбен айтыңыз|ұқпадым|сұрақты ұқпадым""",
    "pause": """pause|pause interview|let's pause|take a break|a break|break|i need a break|need a break|i need a pause|stop for a moment
        |пауза|паузу|на паузу|сделаем паузу|сделать паузу|поставьте на паузу|нужна пауза|мне нужна пауза|перерыв|нужен перерыв|сделаем перерыв|хочу перерыв
        |кідіріс|үзіліс|үзіліс жасайық|кідірте тұрайық|тоқтата тұрайық|үзіліс керек|кідірту""",
    "next": """next|next question|next one|go on|move on|let's move on|let's go on|continue|go ahead|далее|дальше|следующий|следующий вопрос|идем дальше|пойдем дальше
        |перейдем дальше|продолжим|продолжайте|поехали дальше|келесі|келесі сұрақ|әрі қарай|жалғастырайық|жалғастырыңыз|ары қарай""",
    "done": """done|i'm done|i am done|that's all|that is all|that's it|that is it|finished|i'm finished|i have finished|i've finished|nothing else|nothing more
        |все|у меня все|это все|вот и все|на этом все|готово|закончил|закончила|я закончил|я закончила|больше ничего|мне больше нечего добавить|нечего добавить
        |болды|бітті|бітірдім|мен бітірдім|осымен болды|менде бәрі|бәрі осы|айтарым осы|басқа айтарым жоқ|аяқтадым|мен аяқтадым|айтып болдым|бар айтарым осы|болды осы""",
    "thinking": """let me think|i need to think|i'm thinking|i am thinking|a moment|one moment|just a moment|moment|one second|a second|second|give a moment|wait|hold on
        |i need a minute|i need a moment|one minute|a minute|minute|let me think a bit|let me think about it|let me think about that|let me think for a moment
        |let me think for a second|let me think for a minute|let me think a moment|let me see|let me remember|let me recall|give me a second|give me a minute|just a second|just a minute
        |дайте подумать|дай подумать|подумать|надо подумать|нужно подумать|думаю|я думаю|еще думаю|я еще думаю|секунду|секундочку|минуту|минутку|минуточку|одну секунду|одну минуту|сейчас
        |подождите|подождите минуту|подождите секунду|дайте минуту|дайте минутку|дайте мне подумать|погодите|дайте секунду|дайте немного подумать|дайте подумать немного
        |надо немного подумать|нужно немного подумать|сейчас подумаю|я подумаю|подумаю|дайте вспомнить|сейчас вспомню|надо вспомнить|нужно вспомнить|дайте подумать секунду|дайте подумать минуту
        |ойланайын|ойланып алайын|ойлануға уақыт беріңіз|ойланып жатырмын|бір секунд|бір минут|күте тұрыңыз|сәл күтіңіз|бір сәт|қазір|сәл ойланайын|ойланып отырмын|ойланып көрейін
        |ойланып көрейінші|аздап ойланайын|біраз ойланайын|сәл ойланып алайын|бір минут ойланайын|есіме түсірейін|еске түсірейін|сәл күтіңіз|сәл күте тұрыңыз""",
    "yes": """yes|yeah|yep|sure|yes skip|yes skip it|ok|okay|да|да пропустить|да пропустим|да пропускаем|ага|хорошо|иә|ия|иә өткізейік|иә өткізіп жіберейік|жарайды""",
    "no": """no|no thanks|no thank you|nope|none|no questions|no question|i don't have any|i have no questions|i have no question|i don't have questions|i don't have any questions|i don't|i do not
        |no i don't|no i do not|not really|not now|no that's all|no that's it|no thanks that's all|thank you no|all clear|everything is clear|it's all clear|no everything is clear
        |нет|нету|нет спасибо|спасибо нет|нет вопросов|вопросов нет|у меня нет вопросов|нет у меня нет вопросов|вопросов больше нет|больше нет вопросов|больше вопросов нет|нет больше
        |у меня вопросов нет|у меня больше нет вопросов|нет вопросов нет|пока нет|все ясно|все понятно|нет все понятно|нет все ясно|спасибо вопросов нет|нет спасибо вопросов нет|вопросов нет спасибо
        |жоқ|жоқ рахмет|рахмет жоқ|сұрақ жоқ|сұрағым жоқ|менде сұрақ жоқ|сұрақтарым жоқ|басқа сұрақ жоқ|жоқ сұрағым жоқ|бәрі түсінікті|жоқ бәрі түсінікті|рахмет сұрағым жоқ|басқа сұрағым жоқ""",
}


def _key(text: str) -> str:
    plain = _NOT_UNDERSTOOD.sub("не", text.lower().replace("ё", "е"))  # «не» is a filler, but not in «не понял»
    words = [word.replace("рақмет", "рахмет").replace("’", "'") for word in _WORD.findall(plain)]
    if len(words) > _MOST_WORDS:
        return ""
    kept = [word for word in words if word not in _FILLERS]
    return " ".join(kept or words)


_COMMANDS = {_key(phrase): command for command, phrases in _PHRASES.items() for phrase in phrases.split("|") if _key(phrase)}


def recognise(text: str, language: str = "") -> str | None:
    """ "repeat", "explain", "skip", "pause", "next", "done", "thinking", "yes", "no" — or None: an answer.

    `language` is not needed to decide: people switch languages in mid-interview, and no phrase means two things.
    """
    if len(text) > 120:
        return None
    key = _key(text)
    command = _COMMANDS.get(key)
    if key and all(word in _HESITATIONS for word in key.split()):
        return "thinking"
    if command is None and _COMMANDS.get(" ".join(word for word in key.split() if word not in _MUSING)) == "thinking":
        return "thinking"
    return command
