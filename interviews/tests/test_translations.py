"""Positions in another language: made by a model or by hand, stale when the source changes, chosen by the candidate."""

from typing import Any

import pytest
from django.urls import reverse

from interview_site.llm_stub import Asked, Fault, ModelStub
from interview_site.tests.model_stub import model  # noqa: F401  a fixture
from interviews.authoring import canned, words
from interviews.models import Candidate, Interview, Position, PositionTranslation
from interviews.models.authoring import Work
from interviews.plan import from_json
from interviews.queries import review_page
from interviews.services import conversation, invitations, mail, steps, translating
from interviews.services.versions import freeze, plan_of
from interviews.tests.builders import candidate_client, make_alice, make_interview, make_position

pytestmark = pytest.mark.django_db(transaction=True)
State = Interview.State


def work(row: PositionTranslation) -> PositionTranslation:
    """The worker, until nothing is due."""
    for _step in range(20):
        if not row.is_under_way:
            break
        translating.translate(row.pk)
        row.refresh_from_db()
    return row


def translated(position: Position, language: str = "kk", **options: Any) -> PositionTranslation:
    """Every place by hand, approved."""
    row = translating.translation_of(position, language)
    source = words.words_of(position)
    translating.keep(row, {place: f"{language}: {text}" for place, text in source.items()}, by=None)
    translating.approve(row, by=options.get("by"))
    return row


def test_a_model_translates_every_place_and_keeps_the_links(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position(language="ru", intro="Здравствуйте!", facts="Офис в Алматы.")
    row = translating.translation_of(position, "kk")

    translating.ask(row, by=None)
    work(row)

    assert (row.state, row.progress) == (Work.READY, 100) and row.tokens > 0
    assert not translating.stale_places(row)
    question = position.questions.first()
    assert row.words[f"q:{question.uuid}"] == f"[kk] {question.text}"
    assert translating.for_plan(position) == {}  # nobody has approved it


def test_a_model_that_forgets_places_is_asked_for_them_again(model: ModelStub) -> None:  # noqa: F811
    def forgetful(asked: Asked) -> Any:
        answer = canned.answer(asked)
        return {"items": [*answer["items"][:2], {"key": "t99", "text": "made up"}, {"key": "nothing", "text": "x"}]}

    model.otherwise(forgetful)
    row = translating.translation_of(make_position(), "ru")
    translating.ask(row, by=None)

    assert work(row).state == Work.READY and not translating.stale_places(row)
    assert "made up" not in row.words.values()


def test_a_model_that_gives_nothing_ends_in_words(model: ModelStub) -> None:  # noqa: F811
    model.otherwise({"items": []})
    row = translating.translation_of(make_position(), "ru")
    translating.ask(row, by=None)

    assert (work(row).state, row.error_code) == (Work.FAILED, "invalid_response")


def test_words_of_hr_survive_the_next_asking(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position()
    row = translating.translation_of(position, "ru")
    place = f"q:{position.questions.first().uuid}"
    translating.keep(row, {place: "Расскажите о себе, пожалуйста.", "q:unknown": "x"}, by=None)

    translating.ask(row, by=None)
    work(row)

    assert row.words[place] == "Расскажите о себе, пожалуйста." and "q:unknown" not in row.words
    assert place not in model.asked[0].text


def test_a_change_of_the_source_makes_its_place_stale_and_withholds_the_language() -> None:
    position = make_position()
    row = translated(position)
    assert list(plan_of(position).translations) == ["kk"]

    question = position.questions.first()
    question.text = "Tell me about your last project."
    question.save()

    assert translating.stale_places(row) == [f"q:{question.uuid}"]
    assert plan_of(position).translations == {}
    with pytest.raises(translating.CannotApprove):
        translating.approve(row, by=None)


def test_a_protected_topic_does_not_slip_in_by_translation() -> None:
    position = make_position()
    row = translated(position)
    translating.keep(row, {f"q:{position.questions.first().uuid}": "Балаңыз бар ма?"}, by=None)

    with pytest.raises(translating.CannotApprove):
        translating.approve(row, by=None)


def test_the_plan_in_another_language_has_the_same_uuids() -> None:
    position = make_position()
    translated(position)
    plan = from_json(freeze(position).plan)
    other = plan.in_language("kk")

    assert plan.languages == ("en", "kk") and other.language == "kk"
    assert [question.uuid for question in other.questions] == [question.uuid for question in plan.questions]
    assert other.questions[0].text == "kk: Tell me about yourself." and other.criteria[0].name == "kk: Clarity"
    assert other.questions[0].criteria == plan.questions[0].criteria
    assert plan.in_language("ru") is plan and plan.in_language("en") is plan
    assert from_json(plan.to_json()) == plan


def test_plans_in_one_language_keep_the_fingerprint_they_had() -> None:
    assert "translations" not in plan_of(make_position()).to_json()


def test_approving_makes_a_new_version_and_withdrawing_another() -> None:
    position = make_position()
    first = freeze(position)
    row = translated(position)
    second = freeze(position)
    translating.withdraw(row, by=None)

    assert second.number == first.number + 1 and freeze(position).plan == first.plan


# --- The candidate ---


def test_a_candidate_chooses_the_language_until_the_call_begins() -> None:
    position = make_position()
    translated(position)
    interview = make_interview(position=position)
    client = candidate_client(interview)
    page = client.get(reverse("interview-welcome", args=[interview.public_id])).content.decode()
    assert 'action="' + reverse("interview-spoken-language", args=[interview.public_id]) in page

    answer = client.post(reverse("interview-spoken-language", args=[interview.public_id]), {"language": "kk"})

    interview.refresh_from_db()
    assert answer.status_code == 303 and interview.language == "kk"
    shown = client.get(reverse("interview-welcome", args=[interview.public_id]))
    assert shown.headers["Content-Language"] == "kk" and "kk: Engineer" in shown.content.decode()
    assert steps.choose_language(interview, "en") and steps.choose_language(interview, "kk")


@pytest.mark.parametrize("language", ["ru", "de", ""])
def test_a_language_nobody_prepared_is_refused(language: str) -> None:
    position = make_position()
    translated(position)
    interview = make_interview(position=position)

    answer = candidate_client(interview).post(
        reverse("interview-spoken-language", args=[interview.public_id]), {"language": language}
    )

    interview.refresh_from_db()
    assert answer.status_code == 409 and interview.language == "en"


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.COMPLETED, State.DECLINED])
def test_after_the_beginning_the_language_stays(state: str) -> None:
    position = make_position()
    translated(position)
    interview = make_interview(position=position, state=state)

    assert not steps.choose_language(interview, "kk")
    interview.refresh_from_db()
    assert interview.language == "en"


def test_without_translations_there_is_nothing_to_choose(client: Any) -> None:
    interview = make_interview()

    assert "spoken-language" not in candidate_client(interview).get(
        reverse("interview-welcome", args=[interview.public_id])
    ).content.decode()  # fmt: skip
    assert client.post(reverse("interview-spoken-language", args=[interview.public_id]), {"language": "en"}).status_code == 404


def test_the_avatar_asks_in_the_chosen_language() -> None:
    position = make_position()
    translated(position)
    interview = make_interview(position=position, state=State.IN_PROGRESS, language="kk")

    outcome, _seen_at = conversation.join(interview.pk, "device")

    assert any(sentence.text.startswith("kk: Tell me about yourself") for sentence in outcome.say)


def test_the_letter_and_the_review_follow() -> None:
    position = make_position()
    translated(position)
    candidate = Candidate.objects.create(name="Bob", email="bob@example.org", language="kk")
    interview = invitations.create(position=position, candidate=candidate, language="kk", by=None, kind=Interview.Kind.REAL)

    assert mail.values_for(interview)["position"] == "kk: Engineer"
    page = review_page(interview, make_alice())
    assert page.plan.questions[0].text.startswith("kk: ") and page.plan.criteria[0].name == "Clarity"


def test_a_fault_of_the_model_is_kept_with_the_row(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(Fault.FORBIDDEN)
    row = translating.translation_of(make_position(), "kk")
    translating.ask(row, by=None)

    assert (work(row).state, row.error_code) == (Work.FAILED, "authentication")


def test_the_positions_own_language_needs_no_translation() -> None:
    with pytest.raises(ValueError):
        translating.translation_of(make_position(), "en")
