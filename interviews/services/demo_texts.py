# ruff: noqa: E501 - texts are written one a line
"""What the demo positions say, in ru, en and kk. Texts only."""

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoPosition:
    title: str
    description: str
    facts: str
    contact: str
    guest: str  # the name of the demo candidate
    questions: tuple[tuple[str, tuple[int, ...]], ...]  # text, indexes of the criteria it is judged by
    criteria: tuple[tuple[str, str, tuple[str, str, str, str, str]], ...]  # name, meaning, anchors 1–5


RU = DemoPosition(
    title="Специалист по поддержке клиентов",
    description="Отвечает клиентам в чате и по телефону, разбирается в их задачах и доводит каждое обращение до решения.",
    facts="График 5/2 с 9:00 до 18:00, часть дней можно работать удалённо. Испытательный срок — три месяца, первые две недели — обучение.",
    contact="Отдел персонала, hr@example.org",
    guest="Гость",
    questions=(
        ("Расскажите, пожалуйста, о себе: чем вы занимались в последнее время и что в этой работе вам нравилось?", (0,)),
        ("Вспомните сложного клиента или непростую просьбу. Что произошло, что вы сделали и чем всё закончилось?", (1, 2)),
        ("Представьте: клиент ждёт ответа, а решения пока нет. Как вы поступите и что ему скажете?", (0, 1)),
    ),
    criteria=(
        (
            "Ясность изложения",
            "Говорит по существу, понятно и по порядку.",
            (
                "Мысль уловить трудно, ответ не относится к вопросу.",
                "Главное приходится угадывать, много лишнего.",
                "Понятно, но местами сбивчиво.",
                "Понятно и по порядку, есть примеры.",
                "Кратко, стройно и наглядно; сложное объяснено простыми словами.",
            ),
        ),
        (
            "Забота о клиенте",
            "Старается понять, что нужно человеку, и помочь ему.",
            (
                "Обвиняет клиента или уходит от вопроса.",
                "Действует формально, по инструкции.",
                "Вежливо решает сам вопрос.",
                "Уточняет задачу и держит клиента в курсе.",
                "Понимает причину, решает её и предупреждает повторение.",
            ),
        ),
        (
            "Самостоятельность",
            "Берёт ответственность и доводит дело до конца.",
            (
                "Ждёт указаний, примеров нет.",
                "Делает только то, о чём попросили.",
                "Самостоятельно справляется с обычными задачами.",
                "Находит решение и вовремя просит помощи.",
                "Доводит до результата и улучшает порядок работы.",
            ),
        ),
    ),
)

EN = DemoPosition(
    title="Customer support specialist",
    description="Helps customers by chat and telephone, finds out what they really need and follows every request to its end.",
    facts="Monday to Friday, 9:00 to 18:00, partly from home if you like. Three months of probation, with training in the first two weeks.",
    contact="People team, hr@example.org",
    guest="Guest",
    questions=(
        ("Please tell me about yourself: what have you been doing lately, and what did you enjoy about it?", (0,)),
        ("Think of a difficult customer or an unusual request. What happened, what did you do, and how did it end?", (1, 2)),
        ("Imagine a customer is waiting and there is no solution yet. What would you do, and what would you tell them?", (0, 1)),
    ),
    criteria=(
        (
            "Clarity",
            "Speaks to the point, in order, and is easy to follow.",
            (
                "Hard to follow; does not answer the question.",
                "The point has to be guessed; much is beside it.",
                "Understandable, though sometimes muddled.",
                "Clear and in order, with examples.",
                "Brief, well built and vivid; makes hard things simple.",
            ),
        ),
        (
            "Care for the customer",
            "Tries to understand what the person needs, and helps.",
            (
                "Blames the customer or avoids the matter.",
                "Goes by the book, without interest.",
                "Politely solves what was asked.",
                "Asks what is needed and keeps the customer informed.",
                "Finds and solves the cause, and keeps it from happening again.",
            ),
        ),
        (
            "Ownership",
            "Takes responsibility and finishes what was begun.",
            (
                "Waits for orders; gives no example.",
                "Does only what was asked.",
                "Handles usual tasks alone.",
                "Finds a way alone and asks for help in time.",
                "Brings it to a result and improves how things are done.",
            ),
        ),
    ),
)

KK = DemoPosition(
    title="Клиенттерді қолдау маманы",
    description="Клиенттерге чатта және телефон арқылы көмектеседі, олардың мәселесін түсініп, әр өтінішті шешіміне дейін жеткізеді.",
    facts="Жұмыс кестесі дүйсенбіден жұмаға дейін, 9:00–18:00, ішінара қашықтан жұмыс істеуге болады. Сынақ мерзімі үш ай, алғашқы екі аптада оқыту өтеді.",
    contact="Кадр бөлімі, hr@example.org",
    guest="Қонақ",
    questions=(
        ("Өзіңіз туралы айтып беріңізші: соңғы кезде немен айналыстыңыз және ол жұмыста сізге не ұнады?", (0,)),
        ("Қиын клиентті немесе ерекше өтінішті еске түсіріңізші. Не болды, сіз не істедіңіз және бәрі немен аяқталды?", (1, 2)),
        ("Клиент жауап күтіп отыр, ал шешім әлі жоқ деп елестетіңіз. Не істейсіз және оған не айтасыз?", (0, 1)),
    ),
    criteria=(
        (
            "Ойды анық жеткізу",
            "Сұраққа нақты, түсінікті және ретімен жауап береді.",
            (
                "Ойын түсіну қиын, жауабы сұраққа қатысты емес.",
                "Негізгі ойды болжауға тура келеді, артық сөз көп.",
                "Түсінікті, бірақ кей жерде шатасады.",
                "Түсінікті әрі ретімен айтады, мысал келтіреді.",
                "Қысқа, жүйелі және көрнекі; күрделіні қарапайым сөзбен түсіндіреді.",
            ),
        ),
        (
            "Клиентке қамқорлық",
            "Адамға не керегін түсінуге және көмектесуге тырысады.",
            (
                "Клиентті кінәлайды немесе сұрақтан жалтарады.",
                "Тек нұсқаулық бойынша, немқұрайлы әрекет етеді.",
                "Сұралған мәселені сыпайы шешеді.",
                "Мәселені нақтылап, клиентті хабардар етіп отырады.",
                "Себебін тауып шешеді және қайталанбауын қамтамасыз етеді.",
            ),
        ),
        (
            "Дербестік",
            "Жауапкершілікті мойнына алып, істі соңына дейін жеткізеді.",
            (
                "Нұсқау күтеді, мысал келтірмейді.",
                "Тек сұралғанын ғана істейді.",
                "Әдеттегі міндеттерді өзі орындайды.",
                "Шешімді өзі табады, қажет кезде көмек сұрайды.",
                "Нәтижеге жеткізіп, жұмыс тәртібін жақсартады.",
            ),
        ),
    ),
)

DEMOS: dict[str, DemoPosition] = {"ru": RU, "en": EN, "kk": KK}
