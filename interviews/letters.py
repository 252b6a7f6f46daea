# ruff: noqa: E501 - letters are written one paragraph a line
"""Standard wordings of the letters in ru, en and kk, and their placeholders. Values in, values out: no models here.

Every invitation says that an AI avatar interviews, what it assesses, who decides, and how to ask for a person instead
(hiring_law 1, 4). HR may reword a letter per position and language; `problems_of` checks what they wrote.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PLACEHOLDERS = ("name", "position", "company", "link", "deadline", "contact")
_PLACEHOLDER = re.compile(r"\{([^{}\n]{0,60})\}")

INVITATION, REMINDER, ADVANCE, REJECT, COMPLETED = "invitation", "reminder", "advance", "reject", "completed"
NEEDS_LINK = (INVITATION, REMINDER)
# Who signs when COMPANY_NAME is not set.
NO_COMPANY = {"ru": "Команда подбора персонала", "en": "The hiring team", "kk": "Қызметкерлерді іріктеу тобы"}

STANDARD: dict[tuple[str, str], tuple[str, str]] = {
    (INVITATION, "ru"): (
        "Приглашение на интервью: {position}",
        """Здравствуйте, {name}!

Спасибо за интерес к вакансии «{position}». Приглашаем вас на первое интервью. Его проводит ИИ-аватар — программа, а не человек. Он задаст вопросы о вашем опыте и выслушает ответы; их можно произносить вслух или печатать. Подойдёт компьютер или телефон, обычно разговор занимает не больше получаса.

Ваша личная ссылка: {link}

Ссылка действует до {deadline}. Начать можно в любое удобное время, прерваться и продолжить тоже можно.

Что оценивается: только содержание ваших ответов и только по критериям этой вакансии. Внешность, акцент, эмоции и голос не оцениваются.
Кто решает: ответы читают и решение принимают наши сотрудники. Программа никому не отказывает.

Хотите поговорить с человеком? Откройте ссылку и нажмите «Хочу поговорить с человеком» или просто ответьте на это письмо. Объяснять причину не нужно, на решение это не повлияет.

Вопросы и помощь: {contact}

С уважением,
{company}""",
    ),
    (INVITATION, "en"): (
        "Your interview for {position}",
        """Hello {name},

Thank you for your interest in the position “{position}”. We would like to invite you to a first interview. It is held by an AI avatar – a program, not a person. It asks about your experience and listens; you may speak or type your answers. A computer or a phone will do, and the conversation usually takes no more than half an hour.

Your personal link: {link}

The link works until {deadline}. Start whenever it suits you; you can also pause and come back.

What is assessed: only what you say, and only by the criteria of this position. Looks, accent, emotions and voice are not assessed.
Who decides: people on our team read the answers and make the decision. The program turns nobody down.

Would you rather talk to a person? Open the link and choose “I prefer a person”, or simply reply to this letter. You need not give a reason, and it will not count against you.

Questions and help: {contact}

Kind regards,
{company}""",
    ),
    (INVITATION, "kk"): (
        "Сұхбатқа шақыру: {position}",
        """Сәлеметсіз бе, {name}!

«{position}» бос орнына қызығушылық танытқаныңызға рақмет. Сізді алғашқы сұхбатқа шақырамыз. Оны ЖИ-аватар жүргізеді – бұл адам емес, бағдарлама. Ол тәжірибеңіз туралы сұрақтар қойып, жауаптарыңызды тыңдайды; дауыстап айтуға да, жазуға да болады. Компьютер де, телефон да жарайды, әңгіме әдетте жарты сағаттан аспайды.

Сіздің жеке сілтемеңіз: {link}

Сілтеменің жарамдылық мерзімі: {deadline}. Өзіңізге ыңғайлы кез келген уақытта бастай аласыз, үзіліс жасап, кейін жалғастыруға да болады.

Не бағаланады: тек жауаптарыңыздың мазмұны және тек осы бос орынның өлшемшарттары бойынша. Сырт келбет, акцент, эмоция мен дауыс бағаланбайды.
Кім шешеді: жауаптарды біздің қызметкерлер оқып, шешімді солар қабылдайды. Бағдарлама ешкімге теріс жауап бермейді.

Адаммен сөйлескіңіз келе ме? Сілтемені ашып, «Адаммен сөйлескім келеді» түймесін басыңыз немесе осы хатқа жауап жазыңыз. Себебін айтудың қажеті жоқ, бұл шешімге әсер етпейді.

Сұрақтар мен көмек: {contact}

Құрметпен,
{company}""",
    ),
    (REMINDER, "ru"): (
        "Напоминание: интервью на вакансию «{position}»",
        """Здравствуйте, {name}!

Напоминаем о приглашении на интервью с ИИ-аватаром на вакансию «{position}». Ссылка действует до {deadline}:

{link}

Если вам удобнее поговорить с человеком, откройте ссылку и нажмите «Хочу поговорить с человеком» или ответьте на это письмо.

Вопросы и помощь: {contact}

С уважением,
{company}""",
    ),
    (REMINDER, "en"): (
        "A reminder: your interview for {position}",
        """Hello {name},

This is a reminder of your invitation to an interview with an AI avatar for the position “{position}”. The link works until {deadline}:

{link}

If you would rather talk to a person, open the link and choose “I prefer a person”, or reply to this letter.

Questions and help: {contact}

Kind regards,
{company}""",
    ),
    (REMINDER, "kk"): (
        "Еске салу: «{position}» бос орны бойынша сұхбат",
        """Сәлеметсіз бе, {name}!

«{position}» бос орны бойынша ЖИ-аватармен сұхбатқа шақырылғаныңызды еске саламыз. Сілтеменің жарамдылық мерзімі: {deadline}.

{link}

Адаммен сөйлескіңіз келсе, сілтемені ашып, «Адаммен сөйлескім келеді» түймесін басыңыз немесе осы хатқа жауап жазыңыз.

Сұрақтар мен көмек: {contact}

Құрметпен,
{company}""",
    ),
    (ADVANCE, "ru"): (
        "Ваше интервью на вакансию «{position}»: следующий шаг",
        """Здравствуйте, {name}!

Спасибо, что прошли интервью на вакансию «{position}». Мы внимательно изучили ваши ответы и хотим продолжить знакомство. В ближайшие дни мы свяжемся с вами и договоримся о следующей встрече.

Если вам удобнее написать или позвонить самим: {contact}

С уважением,
{company}""",
    ),
    (ADVANCE, "en"): (
        "Your interview for {position}: the next step",
        """Hello {name},

Thank you for taking the interview for the position “{position}”. We have read your answers with care and would like to go on. We will contact you in the next few days to arrange the next meeting.

If you would rather write or call first: {contact}

Kind regards,
{company}""",
    ),
    (ADVANCE, "kk"): (
        "«{position}» бос орны бойынша сұхбатыңыз: келесі қадам",
        """Сәлеметсіз бе, {name}!

«{position}» бос орны бойынша сұхбатқа қатысқаныңызға рақмет. Жауаптарыңызды мұқият қарап шықтық және таныстықты жалғастырғымыз келеді. Жақын күндері сізге хабарласып, келесі кездесу уақытын келісеміз.

Өзіңіз жазғыңыз немесе қоңырау шалғыңыз келсе: {contact}

Құрметпен,
{company}""",
    ),
    (REJECT, "ru"): (
        "Ваше интервью на вакансию «{position}»",
        """Здравствуйте, {name}!

Спасибо за время, которое вы уделили интервью на вакансию «{position}», и за ваши ответы. Наши сотрудники внимательно их изучили. На этот раз мы остановили выбор на других кандидатах.

Это решение принял человек. Если вы хотите узнать его причины или попросить ещё раз рассмотреть ваши ответы, напишите нам: {contact}

Желаем вам удачи и будем рады вашему отклику на другие вакансии.

С уважением,
{company}""",
    ),
    (REJECT, "en"): (
        "Your interview for {position}",
        """Hello {name},

Thank you for the time you gave to the interview for the position “{position}”, and for your answers. People on our team have read them with care. This time we have decided to go on with other candidates.

This decision was made by a person. If you would like to know the reasons or ask for another look at your answers, write to us: {contact}

We wish you every success and would be glad to hear from you about other positions.

Kind regards,
{company}""",
    ),
    (REJECT, "kk"): (
        "«{position}» бос орны бойынша сұхбатыңыз",
        """Сәлеметсіз бе, {name}!

«{position}» бос орны бойынша сұхбатқа уақыт бөліп, жауап бергеніңізге рақмет. Қызметкерлеріміз жауаптарыңызды мұқият қарап шықты. Бұл жолы біз басқа үміткерлерді таңдадық.

Бұл шешімді адам қабылдады. Оның себебін білгіңіз немесе жауаптарыңызды қайта қарауды сұрағыңыз келсе, бізге жазыңыз: {contact}

Сізге сәттілік тілейміз, басқа бос орындарға да өтініш берсеңіз, қуанамыз.

Құрметпен,
{company}""",
    ),
    # To staff. Without the candidate's name: mail boxes are outside our walls.
    (COMPLETED, "ru"): (
        "Интервью пройдено: {position}",
        "Кандидат завершил интервью на вакансию «{position}». Ответы ждут вашей оценки:\n\n{link}\n",
    ),
    (COMPLETED, "en"): (
        "An interview is complete: {position}",
        "A candidate has completed the interview for “{position}”. The answers are waiting for your review:\n\n{link}\n",
    ),
    (COMPLETED, "kk"): (
        "Сұхбат аяқталды: {position}",
        "Үміткер «{position}» бос орны бойынша сұхбатты аяқтады. Жауаптар сіздің бағалауыңызды күтуде:\n\n{link}\n",
    ),
}


def standard(kind: str, language: str) -> tuple[str, str]:
    """(subject, body) of the standard wording; English for a language we do not write."""
    return STANDARD.get((kind, language)) or STANDARD[(kind, "en")]


def unknown_placeholders(text: str) -> list[str]:
    """Names in braces that nothing will be put in for, in order, each once: `{nmae}` → ["nmae"]."""
    return list(dict.fromkeys(name for name in _PLACEHOLDER.findall(text) if name not in PLACEHOLDERS))


def problems_of(kind: str, subject: str, body: str) -> dict[str, list[str | Promise]]:
    """What must be corrected before this letter can be used: {"subject": […], "body": […]}; empty when it is sound."""
    problems: dict[str, list[str | Promise]] = {}
    for field, text in (("subject", subject), ("body", body)):
        unknown = unknown_placeholders(text)
        if unknown:
            names = ", ".join("{" + name + "}" for name in unknown)
            allowed = ", ".join("{" + name + "}" for name in PLACEHOLDERS)
            problems.setdefault(field, []).append(
                _("Unknown placeholder: %(names)s. You can use %(allowed)s.") % {"names": names, "allowed": allowed}
            )
    if "{link}" in subject:
        problems.setdefault("subject", []).append(_("The link belongs in the text, not in the subject."))
    if kind in NEEDS_LINK and "{link}" not in body:
        problems.setdefault("body", []).append(_("The letter needs {link}: without it the candidate cannot start."))
    return problems


def fill(text: str, values: dict[str, str]) -> str:
    """Put `values` in for their placeholders, in one pass; a placeholder without a value stays as it is."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
