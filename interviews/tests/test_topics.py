# ruff: noqa: E501 - samples are kept one family a line
"""Protected topics in ru, en and kk; ordinary questions that look alike pass."""

import pytest

from interviews.topics import asked_about, judged_by

REFUSED = {
    "age": ["Сколько вам лет?", "Назовите ваш возраст.", "How old are you?", "What is your date of birth?", "Жасыңыз нешеде?", "Неше жастасыз?"],
    "family": [
        "Вы замужем?", "Есть ли у вас дети?", "Планируете ли вы детей в ближайшие годы?", "Собираетесь ли вы в декрет?", "Каково ваше семейное положение?",
        "С кем остаются дети, когда вы на работе?", "Do you have kids?", "Are you married?", "Are you planning to have children?", "What does your husband do?",
        "Балаңыз бар ма?", "Отбасылық жағдайыңыз қандай?", "Күйеуіңіз қайда жұмыс істейді?",
    ],
    "health": [
        "Есть ли у вас хронические заболевания?", "Как часто вы болеете?", "Как ваше здоровье?", "Есть ли у вас инвалидность?", "Do you have any disabilities?",
        "Tell us about your medical history.", "How often were you sick last year?", "Денсаулығыңыз қалай?", "Мүгедектігіңіз бар ма?",
    ],
    "religion": ["Вы верующий человек?", "Какую религию вы исповедуете?", "Читаете ли вы намаз?", "What is your religion?", "Do you pray at work?", "Дініңіз қандай?", "Намаз оқисыз ба?"],
    "origin": ["Кто вы по национальности?", "Какой у вас родной язык?", "Из какого вы рода?", "Where were you born?", "What is your native language?", "Ұлтыңыз кім?", "Қай рудансыз?", "Руыңыз қандай?"],
    "politics": ["За кого вы голосовали?", "Состоите ли вы в профсоюзе?", "Who did you vote for?", "Are you a member of a trade union?", "Саяси көзқарасыңыз қандай?", "Кімге дауыс бердіңіз?"],
    "intimacy": ["Какая у вас сексуальная ориентация?", "Are you gay?", "What is your gender identity?", "Жыныстық бағдарыңыз қандай?"],
    "looks": ["Сколько вы весите?", "Какой у вас рост?", "How tall are you?", "Do you have any tattoos?", "Бойыңыз қанша?"],
    "finances": ["Есть ли у вас кредиты?", "Do you have any debts?", "What is your credit score?", "Қарызыңыз бар ма?"],
}  # fmt: skip
FINE = [
    "Сколько лет опыта у вас с Python?", "Как вы работаете с детьми на занятиях?", "Расскажите о вашем росте в прошлой компании.", "Что вы сделали для роста продаж?",
    "Как вы поступите, если ребёнок заболел на уроке?", "Опишите ваш опыт в здравоохранении.", "Какие языки программирования вы знаете?", "На каком уровне вы владеете казахским языком?",
    "Расскажите о проекте с партией товара.", "Как вы оценивали кредитные риски клиентов?", "Каков возраст системы, которую вы поддерживали?", "Готовы ли вы к сменному графику?",
    "How do you manage a large team?", "Which message queue did you use?", "Tell me about your experience with health insurance products.", "How would you care for a patient with a disability?",
    "What languages do you speak at work?", "How old was the code base you inherited?", "How do you work with kids who are shy?", "Tell me about a mortgage product you launched.",
    "Do you have experience with political advertising?", "What gives you weight in negotiations?", "How do you keep your family of products consistent?",
    "Балалармен қалай жұмыс істейсіз?", "Қандай жобаларда жұмыс істедіңіз?", "Тәжірибеңіз неше жыл?", "Несие бөлімінде не істедіңіз?", "Жұмыс кестесі сізге ыңғайлы ма?",
    "Денсаулық сақтау саласындағы тәжірибеңізді айтыңыз.", "Командаңызды қалай басқардыңыз?", "Қай құралдарды қолданасыз?",
]  # fmt: skip


@pytest.mark.parametrize(("code", "text"), [(code, text) for code, texts in REFUSED.items() for text in texts])
def test_a_question_on_a_protected_topic_is_found(code: str, text: str) -> None:
    topic = asked_about(text)

    assert topic is not None and topic.code == code


@pytest.mark.parametrize("text", FINE)
def test_an_ordinary_question_passes(text: str) -> None:
    assert asked_about(text) is None


@pytest.mark.parametrize("name", ["Возраст до 35", "Attractive appearance", "Eye contact", "No accent", "Семейное положение", "Young and energetic"])
def test_a_criterion_of_this_kind_is_found(name: str) -> None:
    assert judged_by(name) is not None


@pytest.mark.parametrize("name", ["Ясность речи", "Manages priorities", "Языки программирования", "Жауапкершілік", "Message design", "Storage engines"])
def test_a_criterion_of_the_work_passes(name: str) -> None:
    assert judged_by(name) is None
