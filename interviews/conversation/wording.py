# ruff: noqa: E501 — a spoken line is read and reviewed as one line
"""Everything the scripted interviewer says and the call's short notices, per language of the interview, as data.

These lines are spoken in the interview's language whatever language the pages are shown in, so they are tables here and not
message catalogues. Rules of the wording: formal address («вы», «сіз»), no word that assumes the candidate's or the
interviewer's gender, no praise that could be read as a judgement of an answer, one thought a sentence. The first sentence
of a greeting always says that an artificial intelligence speaks (hiring_law 1).
"""

from collections.abc import Mapping, Sequence
from typing import TypedDict


class Lines(TypedDict):
    """`{name}` and `{company}` are filled in; lists are varied, tuples are said one after another."""

    disclosure: str  # with {hello}; must be one sentence
    hello_named: str  # with {name}
    hello: str
    greeting_company: str  # with {company}
    greeting: str
    bridges: Sequence[str]
    bridges_skipped: Sequence[str]
    last_question: Sequence[str]
    time_is_short: str
    time_is_over: str
    deadline_over: str
    repeat_leads: Sequence[str]
    going_on: str
    confirm_skip: str
    kept_question: str
    offer_first: str
    offer_second: str
    offer_questions: str
    invite_questions: str
    noted: Sequence[str]
    noted_pending: str
    farewell: str
    rephrase_leads: Sequence[str]
    explain_leads: Sequence[str]  # without a model: a simpler way in, then the question as it stands
    not_clear: str
    many_repeats: str
    fact_leads: Sequence[str]
    anything_else: Sequence[str]
    away: str
    calm: str
    distress: str
    skip_label: str  # what the transcript shows for a pressed button
    notices: Mapping[str, str]


RU: Lines = {
    "disclosure": "{hello}, с вами говорит виртуальный интервьюер — это искусственный интеллект, а не человек.",
    "hello_named": "Здравствуйте, {name}",
    "hello": "Здравствуйте",
    "greeting_company": "Спасибо, что нашли время для интервью в компании {company}.",
    "greeting": (
        "Я задам вам несколько вопросов по порядку. "
        "Отвечайте в удобном для вас темпе, можно подумать перед ответом. "
        "Если понадобится, попросите повторить вопрос, пропустить его или сделать паузу. "
        "Решение по итогам разговора принимает человек. "
        "Начнём."
    ),
    "bridges": (
        "Спасибо за ответ.",
        "Спасибо, ответ записан.",
        "Благодарю вас.",
        "Понятно, спасибо.",
        "Спасибо, идём дальше.",
        "Хорошо, перейдём к следующему вопросу.",
    ),
    "bridges_skipped": ("Хорошо, пропустим этот вопрос.", "Конечно, идём дальше.", "Хорошо, перейдём к следующему вопросу."),
    "last_question": ("Спасибо. И последний вопрос.", "Благодарю вас. Остался последний вопрос."),
    "time_is_short": "Спасибо. Время разговора подходит к концу, поэтому остались только самые важные вопросы.",
    "time_is_over": "Спасибо. Время разговора подошло к концу, поэтому остальные вопросы мы пропустим. На оценку это никак не повлияет.",
    "deadline_over": "Спасибо. Время, отведённое на интервью, истекло, поэтому мы остановимся здесь. Все ваши ответы сохранены.",
    "repeat_leads": ("Конечно, повторяю вопрос.", "Да, повторяю.", "Вопрос был такой."),
    "going_on": "Продолжаем. Напомню вопрос.",
    "confirm_skip": (
        "Этот вопрос важен для работодателя. "
        "Если вы всё же не хотите на него отвечать, скажите «пропустить» или нажмите кнопку ещё раз. "
        "А если нужно время, не торопитесь, я подожду."
    ),
    "kept_question": "Хорошо, вопрос остаётся. Отвечайте, когда будете готовы.",
    "offer_first": "Не торопитесь. Если хотите, я повторю вопрос, или мы можем его пропустить.",
    "offer_second": (
        "Я по-прежнему на связи. Можно начать с любого примера, ответить текстом, попросить повторить вопрос или пропустить его."
    ),
    "offer_questions": "Если вопросов нет, просто ответьте «нет», и мы закончим.",
    "invite_questions": (
        "Это были все мои вопросы, спасибо. "
        "Есть ли у вас вопросы к нам? "
        "Я передам их рекрутеру, и он ответит вам после интервью."
    ),
    "noted": (
        "Спасибо, я передам этот вопрос рекрутеру. Хотите спросить что-нибудь ещё?",
        "Вопрос записан, рекрутер вам ответит. Есть что-нибудь ещё?",
        "Хорошо, это тоже передам. Остались ещё вопросы?",
    ),
    "noted_pending": "Спасибо, я передам ваши слова рекрутеру.",
    "farewell": (
        "Спасибо вам за разговор и за уделённое время. "
        "Ваши ответы сохранены: их посмотрит рекрутер, а о решении вам сообщат. "
        "Всего вам доброго, до свидания!"
    ),
    "rephrase_leads": ("Спрошу иначе.", "Попробую сказать по-другому.", "Скажу другими словами."),
    "explain_leads": (
        "Ничего страшного, давайте ещё раз. Отвечайте так, как вы это понимаете, можно просто на примере.",
        "Конечно, помогу. Начните с любого примера, который приходит на ум.",
    ),
    "not_clear": (
        "Если вопрос всё ещё непонятен, ничего страшного. "
        "Ответьте так, как вы его поняли, или скажите «пропустить», и мы пойдём дальше."
    ),
    "many_repeats": "Если удобнее читать, текст вопроса есть на экране. Ответить можно и письменно, а вопрос можно пропустить.",
    "fact_leads": ("Вот что об этом известно.", "Об этом работодатель сообщает так.", "По этому поводу могу сказать следующее."),
    "anything_else": ("Хотите спросить что-нибудь ещё?", "Есть что-нибудь ещё?", "Остались ещё вопросы?"),
    "away": "Спасибо. Давайте вернёмся к вопросу.",
    "calm": (
        "Понимаю, такие разговоры бывают непростыми. "
        "Давайте продолжим спокойно. "
        "Если хотите, сделаем паузу, а вопрос можно пропустить."
    ),
    "distress": (
        "Мне жаль, что вам сейчас тяжело. "
        "Интервью подождёт, ваше состояние важнее. "
        "Скажите «пауза», и мы остановимся: вернуться можно позже по той же ссылке. "
        "Если хотите поговорить с человеком, нажмите на странице «Хочу поговорить с человеком». "
        "А если вам нужна срочная помощь, позвоните по номеру 112."
    ),
    "skip_label": "Пропустить вопрос",
    "notices": {
        "take_your_time": "Не торопитесь: можно спокойно подумать.",
        "thinking": "Хорошо, думайте спокойно. Я жду.",
        "nothing_yet": "Ответа пока нет. Напишите его, скажите вслух или пропустите вопрос.",
        "paused": "Пауза. Ответы сохранены, продолжайте, когда будете готовы.",
        "paused_by_silence": "Мы поставили разговор на паузу, чтобы вас не торопить. Ответы сохранены, продолжайте, когда будете готовы.",
        "added": "Дополнение к ответу сохранено.",
        "clip_failed": "Видео сейчас не воспроизводится, поэтому разговор продолжит нарисованный интервьюер. На ваши ответы это не влияет.",
        "text_only": "Озвучить реплику сейчас не получается, поэтому вопросы будут показаны текстом. На ваши ответы это не влияет.",
        "answer_long": "Вы отвечаете уже довольно долго. Завершите, пожалуйста, мысль, но спешить некуда.",
    },
}

EN: Lines = {
    "disclosure": "{hello}, you are speaking with a virtual interviewer, which is an artificial intelligence and not a person.",
    "hello_named": "Hello {name}",
    "hello": "Hello",
    "greeting_company": "Thank you for taking the time for an interview with {company}.",
    "greeting": (
        "I will ask you several questions, one after another. "
        "Please answer at your own pace, and take a moment to think whenever you like. "
        "You can ask me to repeat a question, to skip it, or to pause. "
        "What comes of this conversation is decided by a person. "
        "Let us begin."
    ),
    "bridges": (
        "Thank you for your answer.",
        "Thank you, I have that.",
        "Thank you.",
        "I see, thank you.",
        "Thank you, let us go on.",
        "All right, here is the next question.",
    ),
    "bridges_skipped": ("All right, let us leave that one.", "Of course, let us go on.", "All right, here is the next question."),
    "last_question": ("Thank you. Here is the last question.", "Thank you. There is one more question."),
    "time_is_short": "Thank you. Our time is nearly up, so I will ask only the most important questions that are left.",
    "time_is_over": "Thank you. Our time is up, so I will leave out the remaining questions; this does not count against you.",
    "deadline_over": "Thank you. The time for this interview has ended, so we will stop here. All your answers are saved.",
    "repeat_leads": ("Of course, here is the question again.", "Certainly, I will repeat it.", "Yes, the question was this."),
    "going_on": "Let us continue. Here is the question again.",
    "confirm_skip": (
        "This question matters to the employer. "
        'If you would still rather not answer it, say "skip" or press the button once more. '
        "If you need time, please take it; I will wait."
    ),
    "kept_question": "All right, the question stays. Answer whenever you are ready.",
    "offer_first": "Take your time. If you like, I can repeat the question, or we can skip it.",
    "offer_second": (
        "I am still here. You can start with any example, type your answer, ask me to repeat the question, or skip it."
    ),
    "offer_questions": "If you have no questions, simply answer no, and we will finish.",
    "invite_questions": (
        "Those were all my questions, thank you. "
        "Do you have any questions for us? "
        "I will pass them to the recruiter, who will answer you after the interview."
    ),
    "noted": (
        "Thank you, I will pass this question to the recruiter. Would you like to ask anything else?",
        "I have noted it, and the recruiter will answer you. Is there anything else?",
        "All right, I will pass that on too. Do you have any more questions?",
    ),
    "noted_pending": "Thank you, I will pass your words to the recruiter.",
    "farewell": (
        "Thank you for the conversation and for your time. "
        "Your answers are saved, a recruiter will go through them, and you will be told the decision. "
        "All the best, and goodbye!"
    ),
    "rephrase_leads": ("Let me put it another way.", "I will say it differently.", "In other words."),
    "explain_leads": (
        "That is all right, let us try again. Answer it the way you understand it; an example is enough.",
        "Of course. You can start with any example that comes to mind.",
    ),
    "not_clear": (
        "If the question is still not clear, that is fine. "
        'Answer it as you understood it, or say "skip", and we will go on.'
    ),
    "many_repeats": "If reading is easier, the question is shown on the screen. You can also type your answer, or skip the question.",
    "fact_leads": ("Here is what I know about that.", "The employer says this about it.", "On that I can tell you the following."),
    "anything_else": ("Would you like to ask anything else?", "Is there anything else?", "Do you have any more questions?"),
    "away": "Thank you. Let us come back to the question.",
    "calm": (
        "I understand that a conversation like this can be trying. "
        "Let us go on calmly. "
        "If you like, we can pause, or skip the question."
    ),
    "distress": (
        "I am sorry that this is a hard moment for you. "
        "The interview can wait; how you are matters more. "
        'Say "pause" and we will stop: you can come back later by the same link. '
        'If you would like to talk to a person, press "I prefer a person" on this page. '
        "And if you need help right now, please call your local emergency number."
    ),
    "skip_label": "Skip question",
    "notices": {
        "take_your_time": "Take your time: it is fine to think for a while.",
        "thinking": "Of course, take your time. I am waiting.",
        "nothing_yet": "There is no answer yet. Type it, say it aloud, or skip the question.",
        "paused": "Paused. Your answers are saved; go on whenever you are ready.",
        "paused_by_silence": "We have paused the call so as not to hurry you. Your answers are saved; go on whenever you are ready.",
        "added": "Your addition has been saved.",
        "clip_failed": "The video cannot be played at the moment, so a drawn interviewer goes on. This does not affect your answers.",
        "text_only": "The voice is not working at the moment, so the questions are shown as text. This does not affect your answers.",
        "answer_long": "You have been answering for quite a while. Please finish your thought; there is no hurry.",
    },
}

KK: Lines = {
    "disclosure": "{hello}, сізбен виртуалды сұхбат жүргізуші сөйлесіп тұр — бұл адам емес, жасанды интеллект.",
    "hello_named": "Сәлеметсіз бе, құрметті {name}",
    "hello": "Сәлеметсіз бе",
    "greeting_company": "{company} компаниясындағы сұхбатқа уақыт бөлгеніңізге рақмет.",
    "greeting": (
        "Мен сізге ретімен бірнеше сұрақ қоямын. "
        "Өзіңізге ыңғайлы қарқынмен жауап беріңіз, жауап бермес бұрын ойлануға болады. "
        "Қажет болса, сұрақты қайталауды, өткізіп жіберуді немесе үзіліс жасауды сұраңыз. "
        "Әңгіме қорытындысы бойынша шешімді адам қабылдайды. "
        "Бастайық."
    ),
    "bridges": (
        "Жауабыңызға рақмет.",
        "Рақмет, жауабыңыз жазылды.",
        "Сізге рақмет.",
        "Түсінікті, рақмет.",
        "Рақмет, әрі қарай жалғастырайық.",
        "Жақсы, келесі сұраққа көшейік.",
    ),
    "bridges_skipped": (
        "Жақсы, бұл сұрақты өткізіп жіберейік.",
        "Әрине, әрі қарай жалғастырайық.",
        "Жақсы, келесі сұраққа көшейік.",
    ),
    "last_question": ("Рақмет. Енді соңғы сұрақ.", "Сізге рақмет. Бір ғана сұрақ қалды."),
    "time_is_short": "Рақмет. Әңгіме уақыты аяқталып келеді, сондықтан ең маңызды сұрақтар ғана қойылады.",
    "time_is_over": "Рақмет. Әңгіме уақыты аяқталды, сондықтан қалған сұрақтар қойылмайды: бұл сіздің бағалануыңызға әсер етпейді.",
    "deadline_over": "Рақмет. Сұхбаттан өту мерзімі аяқталды, сондықтан осы жерде тоқтаймыз. Барлық жауабыңыз сақталды.",
    "repeat_leads": ("Әрине, сұрақты қайталаймын.", "Жарайды, қайталаймын.", "Сұрақ мынадай."),
    "going_on": "Жалғастырайық. Сұрақты еске салайын.",
    "confirm_skip": (
        "Бұл сұрақ жұмыс беруші үшін маңызды. "
        "Сонда да жауап бергіңіз келмесе, «өткізіп жіберу» деп айтыңыз немесе түймені тағы бір рет басыңыз. "
        "Уақыт керек болса, асықпаңыз, мен күтемін."
    ),
    "kept_question": "Жақсы, сұрақ қалады. Дайын болғанда жауап беріңіз.",
    "offer_first": "Асықпаңыз. Қаласаңыз, сұрақты қайталаймын немесе оны өткізіп жіберуге болады.",
    "offer_second": (
        "Мен әлі де байланыстамын. "
        "Кез келген мысалдан бастауға, мәтінмен жауап беруге, сұрақты қайталауды сұрауға немесе өткізіп жіберуге болады."
    ),
    "offer_questions": "Сұрағыңыз болмаса, «жоқ» деп жауап берсеңіз жеткілікті, осымен аяқтаймыз.",
    "invite_questions": (
        "Менің сұрақтарым осымен аяқталды, рақмет. "
        "Бізге қоятын сұрақтарыңыз бар ма? "
        "Мен оларды рекрутерге жеткіземін, ол сізге сұхбаттан кейін жауап береді."
    ),
    "noted": (
        "Рақмет, бұл сұрақты рекрутерге жеткіземін. Тағы бірдеңе сұрағыңыз келе ме?",
        "Сұрағыңыз жазылды, рекрутер сізге жауап береді. Тағы сұрақ бар ма?",
        "Жақсы, мұны да жеткіземін. Тағы сұрақтарыңыз бар ма?",
    ),
    "noted_pending": "Рақмет, сөзіңізді рекрутерге жеткіземін.",
    "farewell": (
        "Әңгімеңізге және бөлген уақытыңызға рақмет. "
        "Жауаптарыңыз сақталды, оларды рекрутер қарап шығады, ал шешім сізге хабарланады. "
        "Сізге сәттілік тілейміз, сау болыңыз!"
    ),
    "rephrase_leads": ("Басқаша сұрап көрейін.", "Сұрақты басқа сөзбен айтайын.", "Былайша сұрайын."),
    "explain_leads": (
        "Ештеңе етпейді, қайта көрейік. Өзіңіз қалай түсінсеңіз, солай жауап беріңіз, бір мысал да жеткілікті.",
        "Әрине, көмектесейін. Ойыңызға келген кез келген мысалдан бастаңыз.",
    ),
    "not_clear": (
        "Сұрақ әлі де түсініксіз болса, ештеңе етпейді. "
        "Қалай түсінсеңіз, солай жауап беріңіз немесе «өткізіп жіберу» деп айтыңыз, әрі қарай жалғастырамыз."
    ),
    "many_repeats": "Оқыған ыңғайлы болса, сұрақтың мәтіні экранда тұр. Жауапты жазуға да, сұрақты өткізіп жіберуге де болады.",
    "fact_leads": ("Бұл туралы мынаны айта аламын.", "Жұмыс беруші бұл жөнінде былай дейді.", "Осы сұрақ бойынша белгілісі мынау."),
    "anything_else": ("Тағы бірдеңе сұрағыңыз келе ме?", "Тағы сұрақ бар ма?", "Тағы сұрақтарыңыз бар ма?"),
    "away": "Рақмет. Сұраққа қайта оралайық.",
    "calm": (
        "Түсінемін, мұндай әңгіме оңай бола бермейді. "
        "Сабырмен жалғастырайық. "
        "Қаласаңыз, үзіліс жасаймыз немесе сұрақты өткізіп жібереміз."
    ),
    "distress": (
        "Қазір сізге қиын болып тұрғаны өкінішті. "
        "Сұхбат күте тұрады, сіздің жағдайыңыз маңыздырақ. "
        "«Үзіліс» деп айтсаңыз, тоқтаймыз: кейін осы сілтемемен қайта оралуға болады. "
        "Адаммен сөйлескіңіз келсе, беттегі «Адаммен сөйлескім келеді» түймесін басыңыз. "
        "Ал шұғыл көмек керек болса, 112 нөміріне қоңырау шалыңыз."
    ),
    "skip_label": "Сұрақты өткізіп жіберу",
    "notices": {
        "take_your_time": "Асықпаңыз: жайлап ойлануға болады.",
        "thinking": "Жақсы, асықпай ойланыңыз. Мен күтемін.",
        "nothing_yet": "Әзірге жауап жоқ. Жауабыңызды жазыңыз, дауыстап айтыңыз немесе сұрақты өткізіп жіберіңіз.",
        "paused": "Үзіліс. Жауаптарыңыз сақталды, дайын болғанда жалғастырыңыз.",
        "paused_by_silence": "Сізді асықтырмау үшін әңгімені кідірттік. Жауаптарыңыз сақталды, дайын болғанда жалғастырыңыз.",
        "added": "Жауабыңызға қосқаныңыз сақталды.",
        "clip_failed": "Қазір бейне ойнатылмай тұр, сондықтан әңгімені салынған сұхбат жүргізуші жалғастырады. Бұл жауаптарыңызға әсер етпейді.",
        "text_only": "Қазір дыбыс шықпай тұр, сондықтан сұрақтар мәтін түрінде көрсетіледі. Бұл жауаптарыңызға әсер етпейді.",
        "answer_long": "Сіз біраздан бері жауап беріп жатырсыз. Ойыңызды аяқтаңыз, асығатын ештеңе жоқ.",
    },
}

LINES: Mapping[str, Lines] = {"ru": RU, "en": EN, "kk": KK}


def lines(language: str) -> Lines:
    """The table of an interview's language; an unknown one is answered in English."""
    return LINES.get(language, EN)


def vary(choices: Sequence[str], seed: str, index: int) -> str:
    """The same choice for the same interview and place, neighbours differ: a resumed interview says what it said before."""
    return choices[(sum(seed.encode()) + index) % len(choices)]
