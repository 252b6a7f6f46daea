"""What the candidate is told about recognition, and what a recogniser may then hear (design §5, hiring_law 3)."""

import pytest
from django.utils import timezone

from interviews.call.hearing import permit
from interviews.consent_texts import NOTICE_VERSION, RECOGNITION
from interviews.models import Consent, Interview
from interviews.plan import Plan, PlanCriterion, PlanQuestion
from interviews.tests.builders import candidate_client, make_interview, make_position
from interviews.vocabulary import terms_of
from transcription.models import Recording
from transcription.services.listening import permitted

pytestmark = pytest.mark.django_db


@pytest.fixture
def remote(settings: object) -> None:
    settings.STT_BASE_URL, settings.STT_MODEL = "https://stt.example.org/v1", "whisper-1"


@pytest.fixture
def local(settings: object) -> None:
    settings.STT2_BASE_URL, settings.STT2_MODEL, settings.STT2_IS_LOCAL = "http://10.0.0.7:8000/v1", "small", True


def consent_page(language: str) -> str:
    interview = make_interview(
        state=Interview.State.OPENED, notice_version=NOTICE_VERSION, notice_at=timezone.now(),
        position=make_position(language=language),
    )  # fmt: skip
    return candidate_client(interview).get(f"/interview/{interview.public_id}/consent").content.decode()


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_without_a_recogniser_the_page_says_that_people_listen(language: str) -> None:
    page = consent_page(language)
    assert RECOGNITION[language]["none"] in page and 'name="cross_border"' not in page


def test_a_recogniser_inside_asks_for_no_transfer(local: None) -> None:
    page = consent_page("en")
    assert RECOGNITION["en"]["local"] in page and 'name="cross_border"' not in page


def test_a_recogniser_outside_is_named_and_needs_its_consent(remote: None) -> None:
    page = consent_page("ru")
    assert RECOGNITION["ru"]["remote"] in page and 'name="cross_border"' in page


def test_a_fallback_outside_is_told_too(remote: None, local: None) -> None:
    page = consent_page("kk")
    assert RECOGNITION["kk"]["both"] in page and 'name="cross_border"' in page


def engines_after(*answers: bool) -> list[str]:
    interview = make_interview()
    for given in answers:
        Consent.objects.create(interview=interview, kind="cross_border", given=given, text_version="1", language="en")
    permit(interview)
    return [engine.name for engine in permitted(Recording.objects.get(owner_key=interview.recording_key))]


def test_consent_to_transfer_allows_the_fallback_outside_after_the_one_inside(remote: None, local: None) -> None:
    assert engines_after(True) == ["openai_compatible_2", "openai_compatible"]


@pytest.mark.parametrize("answers", [(False,), (True, False)])
def test_a_refusal_leaves_only_engines_inside(remote: None, local: None, answers: tuple[bool, ...]) -> None:
    assert engines_after(*answers) == ["openai_compatible_2"]


def test_a_refusal_leaves_no_engine_when_all_are_outside(remote: None) -> None:
    assert engines_after(False) == []


def test_who_was_not_asked_because_no_engine_was_outside_did_not_agree(remote: None) -> None:
    assert engines_after() == []


def test_an_erased_recording_is_left_alone() -> None:
    interview = make_interview()
    Recording.objects.create(owner_key=interview.recording_key, erased_at=timezone.now())
    permit(interview)
    assert Recording.objects.get().recognise is False


# --- Words that may come up ------------------------------------------------------------------------------------------


def plan(language: str, *texts: str, **fields: object) -> Plan:
    questions = tuple(PlanQuestion(str(number), text) for number, text in enumerate(texts))
    return Plan(title=fields.pop("title", "Engineer"), language=language, questions=questions, **fields)


def test_terms_are_names_and_technologies_not_everyday_words() -> None:
    found = terms_of(
        plan(
            "ru", "Как вы настраивали PostgreSQL и Kafka в ТОО «Ромашка»?", title="Разработчик Python", description="CI/CD, C++"
        ),
        company="Тёплый Дом",
    )
    assert found == ("Тёплый Дом", "Python", "PostgreSQL", "Kafka", "ТОО", "CI/CD", "C++")


def test_english_sentences_do_not_give_their_first_words() -> None:
    assert terms_of(plan("en", "Tell me about Django. What is REST? Have you met Alice?")) == ("Django", "REST", "Alice")


def test_a_position_of_many_words_gives_a_bounded_list() -> None:
    criteria = (PlanCriterion("c", " ".join(f"Term{number}" for number in range(500))),)
    assert len(terms_of(plan("kk", "Сұрақ?", criteria=criteria))) == 60


def test_the_recording_keeps_the_terms_for_whoever_listens() -> None:
    interview = make_interview(position=make_position(description="We use Kubernetes here."))
    permit(interview)
    assert Recording.objects.get().hints == ["Kubernetes"]
