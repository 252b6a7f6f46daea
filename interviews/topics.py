# ruff: noqa: E501 - one pattern family a line
"""Protected topics no employer should ask a candidate about (hiring_law 8), found by patterns in ru, en and kk.

A leaf without models: HR's own questions, drafted ones and the interviewer's follow-ups all ask here. Patterns look for a
question about *the candidate*, so that «Сколько лет опыта» or "working with children" pass. All three languages are
looked for in every text, because people mix them. What no pattern sees, the model's own check may (interviews.authoring).
"""

import re
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Topic:
    code: str
    label: str | Promise
    reason: str | Promise  # why it is refused, with what to ask instead


TOPICS: dict[str, Topic] = {
    topic.code: topic
    for topic in (
        Topic("age", _("age"), _("A candidate's age says nothing about the work. Ask about experience instead.")),
        Topic(
            "family", _("family and children"),
            _("Family, marriage, children and plans for them are private. Ask whether the working hours suit."),
        ),
        Topic("health", _("health and disability"), _("Health and disability are private. Ask whether the person can do the tasks named.")),
        Topic("religion", _("religion"), _("Faith is private. Ask whether the working days suit.")),
        Topic(
            "origin", _("nationality and origin"),
            _("Nationality, race, native tongue and birthplace are private. Ask which languages the work needs, and how well."),
        ),
        Topic("politics", _("politics and trade unions"), _("Political views and membership of a union are private.")),
        Topic("intimacy", _("gender and orientation"), _("Gender and orientation have nothing to do with the work.")),
        Topic("looks", _("looks"), _("Looks, height and weight have nothing to do with the work.")),
        Topic("finances", _("debts and property"), _("Debts, loans and property are private.")),
    )
}  # fmt: skip

_PATTERNS: dict[str, tuple[str, ...]] = {
    "age": (
        r"(?<!\w)сколько\s+(?:вам|тебе)\s+(?:сейчас\s+)?(?:полных\s+)?лет", r"ваш(?:ем|его|у)?\s+возраст", r"(?:какой|каков)\s+у\s+вас\s+возраст",
        r"год\w*\s+(?:вашего\s+)?рождения", r"дат[ауые]\s+(?:вашего\s+)?рождения", r"когда\s+вы\s+родились", r"в\s+каком\s+году\s+вы\s+родились",
        r"\bhow\s+old\s+(?:are|r)\s+(?:you|u)\b", r"\byour\s+age\b", r"\b(?:date|year)\s+of\s+birth\b", r"\bwhen\s+were\s+you\s+born\b",
        r"\bwhat\s+year\s+were\s+you\s+born\b", r"\b(?:when|what\s+year)\s+did\s+you\s+(?:finish|graduate\s+from)\s+(?:high\s+)?school\b",
        r"жасыңыз", r"неше\s+жастасыз", r"неше\s+жаста\s+сыз", r"қай\s+жылы\s+туд", r"қай\s+жылғысыз", r"туған\s+(?:күніңіз|жылыңыз)",
    ),
    "family": (
        r"есть\s+ли\s+у\s+вас\s+(?:\w+\s+)?(?:дет|муж|жен|семь|ребен|ребён|супруг)", r"у\s+вас\s+есть\s+(?:\w+\s+)?(?:дет|муж\b|жена|семья|ребен|ребён|супруг)",
        r"(?:замужем|женаты|в\s+браке|разведены|холосты)\s+(?:ли\s+)?вы", r"вы\s+(?:\w+\s+)?(?:замужем|женаты|в\s+браке|разведены|холосты|беременны)",
        r"семейно[емгоу]+\s+положени", r"план\w*\s+(?:ли\s+вы\s+)?(?:завести\s+|рожать\s+|иметь\s+)?(?:дет(?:ей|и)|ребен|ребён|беременн|декрет)",
        r"(?:собираетесь|планируете|хотите)\s+(?:ли\s+)?(?:вы\s+)?(?:\w+\s+)?(?:в\s+декрет|рожать|замуж|жениться|завести\s+(?:детей|ребен|ребён)|детей)",
        r"сколько\s+у\s+вас\s+детей", r"(?:ваш\w*|с\s+кем\s+оста\w+)\s+(?:муж|жен[ауы]|дет(?:и|ьми|ей|ях)|ребен|ребён|супруг)", r"беременны\s+ли",
        r"\bdo\s+you\s+(?:\w+\s+)?have\s+(?:\w+\s+)?(?:kids|children|a\s+(?:family|husband|wife|spouse|child|baby))\b", r"\bare\s+you\s+(?:\w+\s+)?(?:married|single|divorced|engaged|pregnant|a\s+(?:mother|father|parent))\b",
        r"\bmarital\s+status\b", r"\b(?:plan(?:ning)?|want|intend|going|expect)\s+(?:\w+\s+)?(?:to\s+)?(?:have|having|start)\s+(?:\w+\s+)?(?:kids|children|a\s+(?:family|baby))\b",
        r"\byour\s+(?:husband|wife|spouse|kids|children|family\s+(?:plans|situation|status))\b", r"\bmaternity\s+leave\b.*\byou\b|\byou\b.*\bmaternity\s+leave\b",
        r"\bhow\s+many\s+(?:kids|children)\s+do\s+you\s+have\b", r"\bwho\s+(?:will\s+)?(?:looks?|takes?)\s+(?:after|care\s+of)\s+your\b",
        r"бала(?:ң|лар)ыңыз", r"балаңыз", r"(?:күйеуіңіз|әйеліңіз|жұбайыңыз)", r"(?:үйленген|тұрмыс\s*құрған|тұрмыста|ажырасқан|жүкті|екіқабат)\s*(?:сіз|бысыз|бе\s*сіз|пе|бе)", r"(?:тұрмыстасыз|үйленгенсіз|жүктісіз)",
        r"отбасы(?:лық)?\s+(?:жағдай|күй)\w*", r"отбасыңыз", r"бала\s+(?:сүю|туу|көтеру)\w*\s+(?:жоспар|ойы)", r"декрет\w*\s+(?:шығу|жоспар)",
    ),
    "health": (
        r"ваш\w*\s+(?:состояни\w+\s+)?здоровь", r"состояни\w+\s+(?:вашего\s+)?здоровья", r"(?:есть|имеются|были)\s+(?:ли\s+)?у\s+вас\s+(?:\w+\s+){0,2}(?:инвалидност|заболевани|болезн|диагноз|аллерги|проблем\w*\s+со\s+здоровьем)",
        r"у\s+вас\s+(?:есть|имеется)\s+(?:\w+\s+){0,2}(?:инвалидност|заболевани|болезн|диагноз)", r"(?:чем|часто\s+ли)\s+вы\s+боле(?:ли|ете)", r"как\s+часто\s+вы\s+боле", r"групп\w+\s+инвалидност",
        r"принимаете\s+(?:ли\s+)?(?:вы\s+)?(?:\w+\s+)?(?:лекарств|препарат|антидепрессант)", r"состоите\s+(?:ли\s+)?(?:вы\s+)?на\s+учете|состоите\s+(?:ли\s+)?(?:вы\s+)?на\s+учёте", r"вы\s+(?:\w+\s+)?(?:инвалид|здоровы)\b",
        r"\byour\s+(?:\w+\s+)?(?:health|disability|disabilities|medical\s+(?:history|condition)s?|illness|mental\s+health)\b", r"\bdo\s+you\s+(?:\w+\s+)?(?:have|suffer\s+from)\s+(?:\w+\s+){0,3}(?:disabilit|illness|disease|medical\s+condition|health\s+(?:problem|issue|condition)|diagnos)",
        r"\bare\s+you\s+(?:\w+\s+)?(?:disabled|healthy|ill|sick)\b", r"\bhow\s+(?:often|many\s+(?:sick\s+)?days)\s+(?:are|were|did)\s+you\s+(?:\w+\s+)?(?:ill|sick|off\s+sick)", r"\bdo\s+you\s+take\s+(?:any\s+)?(?:\w+\s+)?medic(?:ation|ine)s?\b",
        r"денсаулығыңыз", r"мүгедектігіңіз", r"мүгедек\s*(?:сіз|пісіз)", r"(?:ауруыңыз|диагнозыңыз|аллергияңыз)", r"қандай\s+(?:\w+\s+)?аурулар", r"(?:жиі|қаншалықты\s+жиі)\s+ауырасыз", r"дәрі\s+(?:іше|қабылдай)сыз",
    ),
    "religion": (
        r"ваш\w*\s+(?:вер[ауы]\b|вероисповедани|религи)", r"(?:какой|какую)\s+(?:\w+\s+)?(?:вер[ыу]|религи)", r"вы\s+(?:\w+\s+)?(?:верующ|мусульман|христиан|православн|иуде|атеист|католик|буддист)", r"(?:верите|веруете)\s+(?:ли\s+)?(?:вы\s+)?в\s+(?:бога|аллаха)",
        r"вероисповедани", r"(?:читаете|совершаете)\s+(?:ли\s+)?(?:вы\s+)?намаз", r"соблюдаете\s+(?:ли\s+)?(?:вы\s+)?(?:\w+\s+)?(?:пост\b|ораз)", r"носите\s+(?:ли\s+)?(?:вы\s+)?хиджаб",
        r"\byour\s+(?:\w+\s+)?(?:religio\w+|faith|church|beliefs\s+about\s+god)\b", r"\bare\s+you\s+(?:\w+\s+)?(?:religious|muslim|christian|jewish|catholic|orthodox|hindu|buddhist|atheist|an\s+atheist)\b",
        r"\b(?:what|which)\s+(?:religion|faith|church)\b", r"\bdo\s+you\s+(?:\w+\s+)?(?:pray|fast|believe\s+in\s+(?:god|allah)|go\s+to\s+(?:church|mosque|synagogue)|attend\s+(?:church|mosque)|wear\s+a\s+hijab)\b",
        r"дініңіз", r"қай\s+дін", r"дін(?:ге|і)\s+сен", r"діндар\s*(?:сыз|мысыз)", r"намаз\s+оқ", r"ораза\s+(?:ұста|тұта)", r"(?:құдайға|аллаға)\s+сене", r"хиджаб\s+ки",
    ),
    "origin": (
        r"ваш\w*\s+(?:национальност|родн\w+\s+язык|раса\b|расу\b|происхождени)", r"(?:кто|какой)\s+вы\s+по\s+национальности", r"национальност\w*\s+(?:у\s+вас|вы\b)", r"какой\s+(?:вы\s+)?национальности", r"какой\s+у\s+вас\s+родной\s+язык",
        r"откуда\s+(?:вы\s+)?(?:родом|ваши\s+родители)", r"где\s+вы\s+родились", r"какого\s+вы\s+(?:рода|жуза)", r"из\s+какого\s+вы\s+(?:рода|жуза)", r"вы\s+(?:русск|казах|татар|еврей|чечен|узбек|киргиз|цыган)\w*\s*\?",
        r"\byour\s+(?:\w+\s+)?(?:nationality|ethnicity|race|ethnic\s+\w+|native\s+(?:language|tongue)|mother\s+tongue|birthplace|national\s+origin|skin\s+colou?r)\b", r"\bwhere\s+(?:were\s+you\s+born|are\s+your\s+parents\s+from|are\s+you\s+(?:really|originally)\s+from)\b",
        r"\bwhat\s+(?:nationality|race|ethnicity)\b", r"\bare\s+you\s+(?:a\s+)?(?:native\s+(?:speaker|\w+\s+speaker)|black|white|asian|russian|kazakh|jewish)\b",
        r"ұлтыңыз", r"қай\s+ұлт", r"руыңыз", r"қай\s+ру\w*", r"қай\s+жүз", r"ана\s+тіліңіз", r"қайда\s+туды?ң?ыз|қайда\s+туғансыз", r"ата-анаңыз\w*\s+қайдан",
    ),
    "politics": (
        r"ваш\w*\s+(?:политическ|парти[яйюе]\b)", r"за\s+кого\s+вы\s+(?:голосова|голосуете|проголос)", r"политическ\w+\s+(?:взгляд|убеждени|предпочтени)", r"состоите\s+(?:ли\s+)?(?:вы\s+)?в\s+(?:\w+\s+)?(?:парти|профсоюз)", r"вы\s+(?:\w+\s+)?(?:член|в)\s+(?:\w+\s+)?(?:парти|профсоюз)", r"участвова\w+\s+(?:ли\s+)?(?:вы\s+)?(?:\w+\s+)?в\s+(?:митинг|забастовк|протест)",
        r"\byour\s+(?:\w+\s+)?(?:political|politics|party\s+membership)\b", r"\bwho(?:m)?\s+(?:do|did|will|would)\s+you\s+vote\b", r"\bare\s+you\s+(?:\w+\s+)*(?:member\s+of|in)\s+(?:a|any|the)\s+(?:\w+\s+)?(?:union|political\s+party|trade\s+union|party)\b",
        r"\bdo\s+you\s+(?:\w+\s+)?belong\s+to\s+(?:a|any)\s+(?:\w+\s+)?(?:union|party)\b", r"\bpolitical\s+(?:views|beliefs|opinions|affiliation)\b",
        r"саяси\s+(?:көзқарас|ұстаным|пікір)", r"кімге\s+дауыс\s+бер", r"қай\s+партия", r"партияға\s+мүше", r"кәсіподақ\w*\s+мүше", r"митингі?\w*\s+қатыс",
    ),
    "intimacy": (
        r"сексуальн\w+\s+ориентаци", r"ваш\w*\s+(?:ориентаци|пол\b|гендер)", r"вы\s+(?:\w+\s+)?(?:гей|лесбиянк|бисексуал|трансгендер|гетеросексуал|натурал)\b",
        r"\bsexual\s+orientation\b", r"\byour\s+(?:gender|sex|orientation|pronouns|gender\s+identity)\b", r"\bare\s+you\s+(?:\w+\s+)?(?:gay|straight|lesbian|bisexual|transgender|trans|heterosexual|homosexual|a\s+(?:man|woman))\b",
        r"жыныстық\s+бағдар", r"бағдарыңыз\s+қандай\s+жыныс", r"жынысыңыз",
    ),
    "looks": (
        r"ваш\w*\s+(?:рост\b(?!\s+(?:в|карьер|продаж|как))|вес\b|внешност|фигур)", r"сколько\s+вы\s+весите", r"какой\s+у\s+вас\s+(?:рост|вес|размер\s+одежды)\b", r"есть\s+ли\s+у\s+вас\s+(?:\w+\s+)?(?:татуировк|пирсинг)",
        r"\byour\s+(?:height|weight|looks|appearance|body|figure)\b", r"\bhow\s+(?:tall\s+are\s+you|much\s+do\s+you\s+weigh)\b", r"\bdo\s+you\s+have\s+(?:any\s+)?(?:tattoos|piercings)\b",
        r"бойыңыз", r"салмағыңыз", r"сыртқы\s+келбетіңіз", r"қанша\s+(?:кило|келі)\w*\s+тарт", r"татуировкаңыз",
    ),
    "finances": (
        r"(?:есть|имеются)\s+(?:ли\s+)?у\s+вас\s+(?:\w+\s+){0,2}(?:кредит|долг|ипотек|займ|недвижимост|задолженност)", r"у\s+вас\s+есть\s+(?:\w+\s+){0,2}(?:кредит|долг|ипотек|задолженност)", r"ваш\w*\s+(?:кредит\w*\s+истори|долг)", r"вы\s+(?:\w+\s+)?(?:снимаете\s+жиль|живете\s+в\s+(?:своей|съёмной|съемной)|живёте\s+в\s+(?:своей|съёмной|съемной))",
        r"\bdo\s+you\s+(?:\w+\s+)?(?:have|owe)\s+(?:any\s+)?(?:debts?|loans?|a\s+mortgage)\b", r"\byour\s+(?:debts?|loans?|credit\s+(?:score|history|rating)|mortgage)\b", r"\bdo\s+you\s+(?:own|rent)\s+(?:your\s+|a\s+)?(?:home|house|flat|apartment)\b",
        r"(?:несиеңіз|қарызыңыз|ипотекаңыз)", r"несие\s+тарихыңыз", r"үйіңіз\s+(?:бар|жалға)",
    ),
}  # fmt: skip
# A criterion is a few words: there the bare topic is enough (hiring_law 7 and 8).
_CRITERIA: dict[str, str] = {
    "age": r"\bage\b|\byoung\b|\byouth|возраст|молод(?:ост|ой|ая|ые)|жас(?:ы|тық)?\b(?!\w)",
    "family": r"\bmarital|\bfamily\s+status|семейн\w+\s+положени|отбасылық\s+жағдай|наличие\s+детей",
    "health": r"\bhealth\s+(?:status|condition)|\bdisabilit|состояни\w+\s+здоровь|инвалидност|денсаулық\s+жағдай|мүгедек",
    "religion": r"\breligio|вероисповедан|религиозн|діни\s",
    "origin": r"\bnationality|\bethnic|\baccent\b|\bnative\s+speaker|национальност|акцент\w*\s|\bакцент$|носитель\s+языка|ұлты\b|акцент",
    "politics": r"\bpolitical\s+view|политическ\w+\s+взгляд|саяси\s+көзқарас",
    "intimacy": r"\bgender\b|\bsexual|\bпол\s+кандидат|жынысы\b",
    "looks": r"\bappearance\b|\battractive|\bgood\s+looks|\bfacial|\beye\s+contact|\bemotion\w*\s+(?:state|tone)|\bsmil(?:e|ing)\b|внешност|привлекательн|мимик|зрительн\w+\s+контакт|улыбчив|сырт\w*\s+келбет|мимика|эмоциональн\w+\s+(?:состояни|фон)",
}  # fmt: skip
_ASKED = {code: re.compile("|".join(patterns), re.IGNORECASE) for code, patterns in _PATTERNS.items()}
_JUDGED = {code: re.compile(pattern, re.IGNORECASE) for code, pattern in _CRITERIA.items()}


def asked_about(text: str) -> Topic | None:
    """The protected topic this question asks about; None when no pattern matches."""
    return _first(_ASKED, text)


def judged_by(text: str) -> Topic | None:
    """The protected topic this criterion's name stands for; None when no pattern matches."""
    return _first(_JUDGED, text)


def _first(patterns: dict[str, re.Pattern[str]], text: str) -> Topic | None:
    plain = re.sub(r"\s+", " ", text.replace("ё", "е").replace("Ё", "Е"))
    return next((TOPICS[code] for code, pattern in patterns.items() if pattern.search(plain) or pattern.search(text)), None)
