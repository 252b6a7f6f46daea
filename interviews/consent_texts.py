"""The notice and the consents a candidate reads, as data in three languages, each with a version (hiring_law 1, 3; threats 75).

Wording changes need a new version: consent rows name the version they were given to. Placeholders: {company}, {contact},
{days}, {position}; what depends on the real settings (who processes, what is kept) comes from `services.disclosure`.
"""

from dataclasses import dataclass

NOTICE_VERSION = "2026-11"
TEXT_VERSION = "2026-11-21.2"
LANGUAGES = ("ru", "en", "kk")


@dataclass(frozen=True)
class ConsentText:
    """One consent: what is asked, what exactly is agreed to, and what refusing does."""

    title: str
    text: str
    refusing: str


@dataclass(frozen=True)
class Document:
    """The consent to the processing of personal data as its own document: heading and (heading, text) sections."""

    title: str
    sections: tuple[tuple[str, str], ...]


# Stands under the consent to recording: where speech becomes text with the settings of now (services.disclosure).
RECOGNITION: dict[str, dict[str, str]] = {
    "ru": {
        "local": "Речь превращается в текст на собственных серверах компании: звук никуда не передаётся.",
        "remote": "Речь превращает в текст внешний сервис. Он получит звук, только если ниже вы согласитесь на передачу за "
        "пределы страны; иначе вашу запись прослушают люди.",
        "both": "Речь превращается в текст на собственных серверах компании, а если они не справятся — во внешнем сервисе. Он "
        "получит звук, только если ниже вы согласитесь на передачу за пределы страны.",
        "none": "Автоматическое распознавание речи сейчас не подключено: запись прослушают люди. Если компания подключит его на "
        "собственных серверах, речь превратят в текст там, не передавая звук.",
    },
    "en": {
        "local": "Your speech is turned into text on the company’s own servers: the sound is passed to nobody.",
        "remote": "An outside service turns your speech into text. It gets the sound only if you agree below to the transfer "
        "to another country; otherwise people listen to your recording.",
        "both": "Your speech is turned into text on the company’s own servers and, should they fail, by an outside service. "
        "It gets the sound only if you agree below to the transfer to another country.",
        "none": "Automatic speech recognition is not set up at present: people listen to the recording. If the company sets it "
        "up on its own servers, speech is turned into text there, and the sound is passed to nobody.",
    },
    "kk": {
        "local": "Сөзіңіз компанияның өз серверлерінде мәтінге айналдырылады: дыбыс ешкімге берілмейді.",
        "remote": "Сөзді мәтінге сыртқы қызмет айналдырады. Төменде деректерді басқа елге беруге келіссеңіз ғана, ол дыбысты "
        "алады; әйтпесе жазбаңызды адамдар тыңдайды.",
        "both": "Сөзіңіз компанияның өз серверлерінде, ал олар істемей қалса, сыртқы қызметте мәтінге айналдырылады. Төменде "
        "деректерді басқа елге беруге келіссеңіз ғана, ол дыбысты алады.",
        "none": "Сөзді автоматты тану қазір қосылмаған: жазбаны адамдар тыңдайды. Компания оны өз серверлерінде қосса, сөз сол "
        "жерде мәтінге айналдырылады, дыбыс ешкімге берілмейді.",
    },
}

COMPANY_WITHOUT_NAME = {
    "ru": "компания, которая вас пригласила",
    "en": "the company that invited you",
    "kk": "сізді шақырған компания",
}

CONSENTS: dict[str, dict[str, ConsentText]] = {
    "ru": {
        "processing": ConsentText(
            "Обработка персональных данных",
            "Даю согласие на обработку моих персональных данных для проведения этого интервью на условиях, "
            "изложенных в отдельном документе.",
            "Без этого согласия интервью с аватаром провести нельзя. Вы можете попросить о разговоре с человеком — "
            "это не ухудшит ваши шансы.",
        ),
        "recording": ConsentText(
            "Запись звука",
            "Даю согласие на запись моего голоса во время ответов. Это согласие касается только звука.",
            "Если не согласиться, микрофон не включится: вы будете отвечать текстом.",
        ),
        "camera": ConsentText(
            "Запись камеры",
            "Даю согласие на запись изображения с моей камеры во время интервью. Если я согласился и на запись звука, "
            "в видео будет и мой голос. Запись смотрят только люди: никакая программа не анализирует ни лицо, ни внешность, "
            "ни мимику.",
            "Если не согласиться, камера не включится, а всё остальное в интервью не изменится.",
        ),
        "ai_analysis": ConsentText(
            "Анализ ответов с помощью ИИ",
            "Даю согласие на то, чтобы программа искусственного интеллекта вела разговор по тексту моих ответов и могла "
            "предложить оценку с цитатами. Решение всегда принимает человек.",
            "Если не согласиться, вопросы будут заданы по списку, а ответы прочитают и оценят только люди.",
        ),
        "cross_border": ConsentText(
            "Передача за пределы страны",
            "Даю согласие на передачу данных интервью перечисленным ниже внешним сервисам, которые могут находиться "
            "в другой стране.",
            "Если не согласиться, внешние сервисы не получат ваших данных; часть возможностей (например, распознавание речи) "
            "может не работать.",
        ),
    },
    "en": {
        "processing": ConsentText(
            "Processing of personal data",
            "I agree to the processing of my personal data to conduct this interview, on the terms of the separate document.",
            "Without this consent the avatar cannot interview you. You can ask to talk with a person instead; "
            "it will not reduce your chances.",
        ),
        "recording": ConsentText(
            "Sound recording",
            "I agree that my voice is recorded while I answer. This consent covers sound only.",
            "If you refuse, the microphone stays off and you type your answers.",
        ),
        "camera": ConsentText(
            "Camera recording",
            "I agree that the picture of my camera is recorded during the interview. If I also agreed to sound recording, my "
            "voice is in the video. Only people watch it: no program analyses my face, looks or expressions.",
            "If you refuse, the camera stays off, and nothing else in the interview changes.",
        ),
        "ai_analysis": ConsentText(
            "AI analysis of answers",
            "I agree that an artificial intelligence program leads the conversation by the text of my answers and may propose "
            "marks with quotations. A person always decides.",
            "If you refuse, the questions are asked from a fixed list, and only people read and assess your answers.",
        ),
        "cross_border": ConsentText(
            "Transfer to another country",
            "I agree that the interview’s data are passed to the outside services listed below, which may be in another country.",
            "If you refuse, outside services receive none of your data; some conveniences (for example speech recognition) "
            "may not work.",
        ),
    },
    "kk": {
        "processing": ConsentText(
            "Дербес деректерді өңдеу",
            "Осы сұхбатты өткізу үшін дербес деректерімді жеке құжатта көрсетілген шарттармен өңдеуге келісемін.",
            "Бұл келісімсіз аватармен сұхбат өткізу мүмкін емес. Оның орнына адаммен сөйлесуді сұрай аласыз — "
            "бұл мүмкіндігіңізді азайтпайды.",
        ),
        "recording": ConsentText(
            "Дыбысты жазу",
            "Жауап беру кезінде дауысымның жазылуына келісемін. Бұл келісім тек дыбысқа қатысты.",
            "Келіспесеңіз, микрофон қосылмайды: жауаптарыңызды мәтінмен жазасыз.",
        ),
        "camera": ConsentText(
            "Камераны жазу",
            "Сұхбат кезінде камерамның бейнесі жазылуына келісемін. Дыбысты жазуға да келіссем, бейнежазбада дауысым да болады. "
            "Жазбаны тек адамдар көреді: ешқандай бағдарлама бетімді, сыртқы келбетімді немесе мимикамды талдамайды.",
            "Келіспесеңіз, камера қосылмайды, сұхбаттағы қалғанның бәрі өзгеріссіз қалады.",
        ),
        "ai_analysis": ConsentText(
            "Жауаптарды жасанды интеллектпен талдау",
            "Жасанды интеллект бағдарламасының жауаптарымның мәтініне сүйеніп әңгіме жүргізуіне және дәйексөз келтіріп, "
            "баға ұсынуына келісемін. Шешімді әрқашан адам қабылдайды.",
            "Келіспесеңіз, сұрақтар тізім бойынша қойылады, ал жауаптарыңызды тек адамдар оқып, бағалайды.",
        ),
        "cross_border": ConsentText(
            "Деректерді басқа елге беру",
            "Сұхбат деректерін төменде аталған, басқа елде орналасуы мүмкін сыртқы қызметтерге беруге келісемін.",
            "Келіспесеңіз, сыртқы қызметтер деректеріңізді алмайды; кейбір мүмкіндіктер (мысалы, сөйлеуді тану) "
            "жұмыс істемеуі мүмкін.",
        ),
    },
}

DOCUMENTS: dict[str, Document] = {
    "ru": Document(
        "Согласие на обработку персональных данных",
        (
            ("Кому даётся согласие", "Оператор: {company}. По всем вопросам: {contact}."),
            (
                "Цель обработки",
                "Проведение интервью на вакансию «{position}» с помощью аватара, рассмотрение ответов сотрудниками оператора "
                "и принятие решения о дальнейшем общении.",
            ),
            (
                "Какие данные обрабатываются",
                "Имя, адрес электронной почты, телефон и часовой пояс, указанные при приглашении; текст ответов; запись голоса — "
                "только если вы отдельно согласились на запись; видео с камеры — только если о нём просят и вы отдельно "
                "согласились; время шагов интервью; данные о согласиях; технические данные соединения, "
                "нужные для работы и безопасности.",
            ),
            (
                "Действия с данными",
                "Сбор, запись, систематизация, хранение, уточнение, извлечение, использование, удаление и уничтожение, "
                "с использованием средств автоматизации. Голос не используется для установления личности. "
                "Эмоции, акцент, внешность и черты характера не оцениваются.",
            ),
            ("Кто обрабатывает", "Оператор на собственных серверах и перечисленные ниже сервисы, если они настроены."),
            (
                "Срок",
                "Согласие действует до достижения цели, но не дольше {days} дней после интервью: затем записи и тексты "
                "удаляются автоматически.",
            ),
            (
                "Отзыв согласия",
                "Согласие можно отозвать в любое время, обратившись сюда: {contact}. После отзыва данные удаляются не позднее "
                "30 дней. Можно также получить копию данных, исправить их или ограничить обработку.",
            ),
            (
                "Автоматические решения",
                "Решения не принимаются только на основании автоматизированной обработки: решает конкретный "
                "сотрудник. Вы вправе попросить объяснение и повторное рассмотрение.",
            ),
        ),
    ),
    "en": Document(
        "Consent to the processing of personal data",
        (
            ("To whom consent is given", "Controller: {company}. For all questions: {contact}."),
            (
                "Purpose",
                "To conduct an interview for the position “{position}” with the help of an avatar, to have the answers reviewed "
                "by the controller’s staff, and to decide on the next step.",
            ),
            (
                "Which data",
                "Name, e-mail address, telephone number and time zone given for the invitation; the text of your answers; your "
                "recorded voice, only if you separately agreed to recording; the video of your camera, only if it is asked for "
                "and you separately agreed; the times of the interview’s steps; your consents; "
                "technical connection data needed for operation and security.",
            ),
            (
                "What is done with them",
                "Collecting, recording, organising, storing, correcting, retrieving, using, erasing, with automated means. Your "
                "voice is not used to identify you. Emotions, accent, looks and personality are not assessed.",
            ),
            ("Who processes them", "The controller on its own servers, and the services listed below where configured."),
            (
                "How long",
                "The consent holds until the purpose is reached, and no longer than {days} days after the interview: then "
                "recordings and texts are deleted automatically.",
            ),
            (
                "Withdrawing",
                "You may withdraw the consent at any time by writing to: {contact}. After that the data are deleted within "
                "30 days. You may also get a copy of your data, have them corrected, or restrict their processing.",
            ),
            (
                "Automated decisions",
                "No decision is based on automated processing alone: a named member of staff decides. You may ask for an "
                "explanation and for a second review.",
            ),
        ),
    ),
    "kk": Document(
        "Дербес деректерді өңдеуге келісім",
        (
            ("Келісім кімге беріледі", "Оператор: {company}. Барлық сұрақтар бойынша: {contact}."),
            (
                "Өңдеу мақсаты",
                "«{position}» бос орны бойынша аватардың көмегімен сұхбат өткізу, оператор қызметкерлерінің жауаптарды қарауы "
                "және келесі қадам туралы шешім қабылдау.",
            ),
            (
                "Қандай деректер өңделеді",
                "Шақыру кезінде көрсетілген аты-жөні, электрондық пошта, телефон және уақыт белдеуі; жауаптардың мәтіні; дауыс "
                "жазбасы — жазуға бөлек келіссеңіз ғана; камера бейнесі — сұралса және бөлек "
                "келіссеңіз ғана; сұхбат қадамдарының уақыты; келісімдер туралы мәліметтер; жұмыс пен "
                "қауіпсіздікке қажет техникалық байланыс деректері.",
            ),
            (
                "Деректермен жасалатын әрекеттер",
                "Автоматтандыру құралдарын қолдана отырып жинау, жазу, жүйелеу, сақтау, нақтылау, алу, пайдалану, өшіру және "
                "жою. Дауыс жеке басты анықтау үшін қолданылмайды. Эмоция, акцент, сыртқы келбет және мінез бағаланбайды.",
            ),
            ("Кім өңдейді", "Оператор өз серверлерінде, сондай-ақ, бапталған болса, төменде аталған қызметтер."),
            (
                "Мерзімі",
                "Келісім мақсатқа жеткенге дейін, бірақ сұхбаттан кейін {days} күннен аспайтын мерзімде қолданылады: одан кейін "
                "жазбалар мен мәтіндер автоматты түрде өшіріледі.",
            ),
            (
                "Келісімді қайтарып алу",
                "Келісімді кез келген уақытта мына мекенжайға жазып қайтарып алуға болады: {contact}. Содан кейін деректер "
                "30 күннен кешіктірілмей өшіріледі. Деректердің көшірмесін алуға, түзетуге немесе өңдеуді шектеуге болады.",
            ),
            (
                "Автоматты шешімдер",
                "Тек автоматтандырылған өңдеу негізінде шешім қабылданбайды: шешімді аты-жөні көрсетілген қызметкер "
                "қабылдайды. Түсіндірме беруді және жауаптарыңызды қайта қарауды сұрауға құқығыңыз бар.",
            ),
        ),
    ),
}


def consent_text(kind: str, language: str) -> ConsentText:
    """The wording of one consent; English when the language is unknown."""
    return CONSENTS.get(language, CONSENTS["en"])[kind]


def recognition_text(place: str, language: str) -> str:
    """Where speech becomes text; `place`: local, remote, both or none. English when the language is unknown."""
    return RECOGNITION.get(language, RECOGNITION["en"])[place]


def document(language: str, **values: object) -> Document:
    """The document with its placeholders filled. `values`: company, contact, days, position."""
    draft = DOCUMENTS.get(language, DOCUMENTS["en"])
    return Document(draft.title, tuple((heading, text.format(**values)) for heading, text in draft.sections))
