"""The way from the link to the call: order, replays, states, consents (threats 10–15, hiring_law 1–4)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from interviews.consent_texts import NOTICE_VERSION, TEXT_VERSION
from interviews.models import Consent, Interview, InterviewPassage, OutgoingMail, Position, Turn
from interviews.services import steps
from interviews.tests.builders import candidate_client, make_alice, make_interview, make_position

pytestmark = pytest.mark.django_db
State = Interview.State
AGREED = {"notice_version": NOTICE_VERSION, "notice_at": timezone.now(), "consented_at": timezone.now()}


def address(interview: Interview, page: str = "") -> str:
    return reverse(f"interview-{page}" if page else "interview", args=[interview.public_id])


def make_ready(**fields: object) -> Interview:
    return make_interview(**{**AGREED, "checked_at": timezone.now(), "state": State.READY, **fields})


def rows() -> tuple:
    """Everything a visit could change."""
    return (
        list(Interview.objects.order_by("pk").values()),
        Consent.objects.count(), InterviewPassage.objects.count(), OutgoingMail.objects.count(), Turn.objects.count(),
    )  # fmt: skip


PAGES = ["", "welcome", "consent", "document", "check", "call", "receipt", "later", "person"]
POSTS = ["welcome", "consent", "check", "start", "decline", "person", "language"]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("state", State.values)
def test_looking_changes_nothing(page, state):
    interview = make_interview(state=state, **AGREED)
    before = rows()
    client = candidate_client(interview)
    for look in (client.get, client.head):
        assert look(address(interview, page)).status_code in (200, 303)
    assert rows() == before


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_finds_nothing(client, page):
    assert client.get(address(make_ready(), page)).status_code == 404


@pytest.mark.parametrize("page", POSTS)
def test_a_stranger_changes_nothing(client, page):
    interview = make_ready()
    before = rows()
    assert client.post(address(interview, page)).status_code == 404
    assert rows() == before


def test_the_cookie_of_another_interview_opens_nothing():
    one, other = make_interview(), make_interview()
    assert candidate_client(one).get(address(other, "welcome")).status_code == 404


def test_the_cookie_of_a_reissued_link_opens_nothing():
    interview = make_interview()
    client = candidate_client(interview)
    Interview.objects.update(link_generation=2)
    assert client.get(address(interview, "welcome")).status_code == 404


@pytest.mark.parametrize("page", ["start", "decline", "language"])
def test_changing_addresses_refuse_get(page):
    interview = make_ready()
    assert candidate_client(interview).get(address(interview, page)).status_code == 405


@pytest.mark.parametrize("page", [page for page in POSTS if page != "language"])
def test_changing_addresses_need_the_csrf_token(page):
    from django.test import Client

    interview = make_ready()
    client = Client(enforce_csrf_checks=True)
    client.cookies = candidate_client(interview).cookies
    before = rows()
    assert client.post(address(interview, page)).status_code == 403
    assert rows() == before


@pytest.mark.parametrize("page", PAGES)
def test_pages_stay_private(page):
    interview = make_ready()
    answer = candidate_client(interview).get(address(interview, page))
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "no-referrer"
    assert "noindex" in answer["X-Robots-Tag"]


# --- In order --------------------------------------------------------------------------------------------------------
def test_the_whole_way_to_the_call():
    interview = make_interview()
    client = candidate_client(interview)
    assert client.get(address(interview)).url == address(interview, "welcome")
    assert client.post(address(interview, "welcome")).url == address(interview, "consent")
    assert client.post(address(interview, "consent"), {"processing": "on"}).url == address(interview, "check")
    assert client.post(address(interview, "check")).url == address(interview, "call")
    assert client.post(address(interview, "start"), headers={"accept": "application/json"}).json() == {
        "state": "in_progress"
    }
    interview.refresh_from_db()
    assert interview.state == State.IN_PROGRESS and interview.started_at and interview.checked_at


def test_the_notice_version_and_time_are_kept():
    interview = make_interview()
    candidate_client(interview).post(address(interview, "welcome"))
    interview.refresh_from_db()
    assert interview.state == State.OPENED and interview.notice_version == NOTICE_VERSION and interview.notice_at


@pytest.mark.parametrize("page", ["welcome", "check", "start", "decline", "person"])
def test_each_post_may_come_twice(page):
    interview = make_ready() if page in ("start", "decline", "person", "check") else make_interview()
    client = candidate_client(interview)
    assert client.post(address(interview, page)).status_code == 303
    after_one = (InterviewPassage.objects.count(), OutgoingMail.objects.count())
    assert client.post(address(interview, page)).status_code == 303
    assert (InterviewPassage.objects.count(), OutgoingMail.objects.count()) == after_one


@pytest.mark.parametrize(
    ("state", "fields", "page", "right"),
    [
        (State.INVITED, {}, "consent", "welcome"),
        (State.INVITED, {}, "check", "welcome"),
        (State.INVITED, {}, "call", "welcome"),
        (State.INVITED, {}, "receipt", "welcome"),
        (State.OPENED, {**AGREED, "consented_at": None}, "check", "consent"),
        (State.OPENED, AGREED, "call", "check"),
        (State.READY, {**AGREED, "consented_at": None}, "call", "consent"),
        (State.IN_PROGRESS, AGREED, "welcome", "call"),
        (State.PAUSED, AGREED, "consent", "call"),
        (State.COMPLETED, AGREED, "call", "receipt"),
    ],
)
def test_out_of_order_leads_to_the_right_step(state, fields, page, right):
    interview = make_interview(state=state, **fields)
    assert candidate_client(interview).get(address(interview, page)).url == address(interview, right)


@pytest.mark.parametrize(
    ("state", "page"), [(State.INVITED, "consent"), (State.INVITED, "check"), (State.COMPLETED, "check")]
)
def test_a_form_sent_out_of_order_changes_nothing(state, page):
    interview = make_interview(state=state)
    before = rows()
    assert candidate_client(interview).post(address(interview, page), {"processing": "on"}).status_code == 303
    assert rows() == before


@pytest.mark.parametrize("state", [State.INVITED, State.OPENED])
def test_the_call_cannot_start_before_its_steps(state):
    interview = make_interview(state=state)
    before = rows()
    answer = candidate_client(interview).post(address(interview, "start"), headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (409, "out_of_order")
    assert rows() == before


@pytest.mark.parametrize("state", [State.COMPLETED, State.DECLINED, State.EXPIRED, State.REVOKED, State.ABANDONED])
def test_an_ended_interview_cannot_be_started(state):
    interview = make_ready(state=state)
    before = rows()
    client = candidate_client(interview)
    assert client.post(address(interview, "start")).status_code == 409
    assert (
        client.post(address(interview, "start"), headers={"accept": "application/json"}).json()["code"]
        == "wrong_state"
    )
    assert rows() == before


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.COMPLETED, State.REVOKED])
def test_it_is_too_late_to_decline(state):
    interview = make_ready(state=state)
    assert candidate_client(interview).post(address(interview, "decline")).status_code == 409
    interview.refresh_from_db()
    assert interview.state == state


def test_earlier_steps_can_be_looked_at_again_before_the_call():
    interview = make_ready()
    client = candidate_client(interview)
    for page in ("welcome", "consent", "check", "call"):
        assert client.get(address(interview, page)).status_code == 200


def test_a_live_call_is_joined_again_after_a_reload():
    interview = make_ready(state=State.PAUSED, started_at=timezone.now())
    client = candidate_client(interview)
    assert client.get(address(interview, "call")).status_code == 200
    assert client.post(address(interview, "start"), headers={"accept": "application/json"}).json() == {
        "state": "paused"
    }


# --- Reasons why there is nothing to do (threats 13) -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "position", "reason"),
    [
        ({"deadline": timezone.now() - timedelta(minutes=1)}, {}, "expired"),
        ({"state": State.EXPIRED}, {}, "expired"),
        ({"state": State.REVOKED}, {}, "revoked"),
        ({"state": State.DECLINED}, {}, "declined"),
        ({"state": State.ABANDONED}, {}, "unfinished"),
        ({}, {"state": Position.State.CLOSED}, "closed"),
        ({}, {"closes_at": timezone.now() - timedelta(hours=1)}, "closed"),
        ({}, {"opens_at": timezone.now() + timedelta(days=2)}, "not_yet"),
        ({}, {"state": Position.State.DRAFT}, "not_yet"),
        ({"erased_at": timezone.now()}, {}, "erased"),
    ],
)
def test_each_reason_has_its_page_with_a_contact(fields, position, reason):
    interview = make_interview(position=make_position(**position), **fields)
    client = candidate_client(interview)
    answer = client.get(address(interview))
    assert answer.status_code == 200
    assert f'data-standing="{reason}"' in answer.content.decode()
    assert "alice@example.org" in answer.content.decode()
    assert client.get(address(interview, "welcome")).url == address(interview)
    assert client.post(address(interview, "start"), headers={"accept": "application/json"}).status_code == 409


def test_a_trial_run_works_on_a_draft_position():
    interview = make_interview(position=make_position(state=Position.State.DRAFT), kind=Interview.Kind.PREVIEW)
    assert candidate_client(interview).get(address(interview, "welcome")).status_code == 200


def test_a_person_in_mid_call_may_come_back_shortly_after_the_deadline():
    past = timezone.now() - timedelta(minutes=5)
    interview = make_ready(state=State.IN_PROGRESS, deadline=past, active_at=past)
    assert steps.standing(interview) == steps.Step.CALL
    interview.active_at = past - timedelta(hours=2)
    assert steps.standing(interview) == steps.Step.EXPIRED


# --- Consents ----------------------------------------------------------------------------------------------------------
def test_nothing_is_ticked_at_first():
    interview = make_interview(state=State.OPENED, notice_version=NOTICE_VERSION, notice_at=timezone.now())
    page = candidate_client(interview).get(address(interview, "consent")).content.decode()
    assert 'name="recording"' in page and 'name="ai_analysis"' in page
    assert " checked" not in page and "cross_border" not in page


def test_each_answer_is_kept_with_the_version_of_its_text():
    interview = make_interview(state=State.OPENED, notice_version=NOTICE_VERSION, notice_at=timezone.now())
    candidate_client(interview).post(address(interview, "consent"), {"processing": "on", "recording": "on"})
    kept = {row.kind: (row.given, row.text_version, row.language) for row in interview.consents.all()}
    assert kept == {
        "processing": (True, TEXT_VERSION, "en"),
        "recording": (True, TEXT_VERSION, "en"),
        "ai_analysis": (False, TEXT_VERSION, "en"),
    }


def test_the_same_consents_twice_are_kept_once_and_a_change_adds_a_row():
    interview = make_interview(state=State.OPENED, notice_version=NOTICE_VERSION, notice_at=timezone.now())
    client = candidate_client(interview)
    for _ in range(2):
        client.post(address(interview, "consent"), {"processing": "on"})
    assert interview.consents.count() == 3
    client.post(address(interview, "consent"), {"processing": "on", "recording": "on"})
    assert interview.consents.count() == 4


def test_refusing_processing_stays_here_and_offers_a_person():
    interview = make_interview(state=State.OPENED, notice_version=NOTICE_VERSION, notice_at=timezone.now())
    client = candidate_client(interview)
    answer = client.post(address(interview, "consent"), {"recording": "on"}, follow=True)
    assert answer.redirect_chain[-1][0] == address(interview, "consent")
    assert 'role="alert"' in answer.content.decode() and "I prefer a person" in answer.content.decode()
    interview.refresh_from_db()
    assert interview.consented_at is None and interview.state == State.OPENED


def test_withdrawing_processing_before_the_call_closes_the_way_to_it():
    interview = make_ready()
    client = candidate_client(interview)
    client.post(address(interview, "consent"), {})
    assert client.post(address(interview, "start"), headers={"accept": "application/json"}).status_code == 409
    client.post(address(interview, "consent"), {"processing": "on"})
    assert client.post(address(interview, "start"), headers={"accept": "application/json"}).status_code == 200


def test_cross_border_is_asked_only_where_something_leaves_the_company(settings):
    settings.STT_BASE_URL, settings.STT_MODEL = "https://stt.example.org/v1", "whisper"
    interview = make_interview(state=State.OPENED, notice_version=NOTICE_VERSION, notice_at=timezone.now())
    client = candidate_client(interview)
    assert 'name="cross_border"' in client.get(address(interview, "consent")).content.decode()
    settings.STT_IS_LOCAL = True
    assert 'name="cross_border"' not in client.get(address(interview, "consent")).content.decode()


@pytest.mark.parametrize(
    ("language", "words"), [("ru", "Согласие на обработку"), ("en", "Consent to the"), ("kk", "Дербес деректерді")]
)
def test_the_document_is_built_from_the_plan(language, words):
    interview = make_interview(position=make_position(language=language, retention_days=77))
    page = candidate_client(interview).get(address(interview, "document")).content.decode()
    assert words in page and "77" in page and "alice@example.org" in page


# --- A person instead --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "state", [State.INVITED, State.OPENED, State.READY, State.IN_PROGRESS, State.EXPIRED, State.DECLINED]
)
def test_a_person_can_be_asked_for_in_any_state(state):
    interview = make_interview(state=state, position=make_position(created_by=make_alice()), **AGREED)
    candidate_client(interview).post(address(interview, "person"))
    interview.refresh_from_db()
    assert interview.wants_person_at and interview.state == state
    assert OutgoingMail.objects.get(kind="person").to == "alice@example.org"


def test_hr_are_told_once_even_without_an_address():
    interview = make_interview()
    client = candidate_client(interview)
    for _ in range(2):
        client.post(address(interview, "person"))
    assert OutgoingMail.objects.filter(kind="person").count() == 1


@pytest.mark.parametrize("page", ["welcome", "consent", "call"])
def test_a_person_can_be_asked_for_from_each_of_the_three_pages(page):
    interview = make_ready()
    assert address(interview, "person") in candidate_client(interview).get(address(interview, page)).content.decode()


def test_a_revoked_interview_asks_for_nobody():
    interview = make_interview(state=State.REVOKED)
    assert candidate_client(interview).post(address(interview, "person")).status_code == 409
    assert not OutgoingMail.objects.exists()


# --- Bad input, language -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("value", ["", "xx", "ru\x00", "ru" * 5000, "\ud83d"])
def test_a_language_that_is_none_is_refused(value):
    interview = make_interview()
    answer = candidate_client(interview).post(
        address(interview, "language"), {"language": value.encode("utf-8", "replace"), "page": "welcome"}
    )
    assert answer.status_code == 400


def test_the_pages_follow_the_chosen_language():
    interview = make_interview(position=make_position(language="kk"))
    client = candidate_client(interview)
    assert client.get(address(interview, "welcome"))["Content-Language"] == "kk"
    client.post(address(interview, "language"), {"language": "ru", "page": "welcome"})
    assert client.get(address(interview, "welcome"))["Content-Language"] == "ru"
    interview.refresh_from_db()
    assert interview.language == "kk"


@pytest.mark.parametrize("page", ["https://evil.example/", "//evil.example", "admin"])
def test_the_language_form_leads_nowhere_else(page):
    interview = make_interview()
    assert (
        candidate_client(interview).post(address(interview, "language"), {"language": "ru", "page": page}).status_code
        == 400
    )


@pytest.mark.parametrize(
    "body", [b"\xff\xfe\x00", b"processing=%00&recording=%ff", b"processing=on&processing=off&x=" + b"y" * 100_000]
)
def test_odd_bodies_give_no_error(body):
    interview = make_interview(state=State.OPENED, notice_version=NOTICE_VERSION, notice_at=timezone.now())
    answer = candidate_client(interview).post(
        address(interview, "consent"), body, content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code in (303, 400)


def test_names_are_escaped():
    interview = make_interview(position=make_position(title="<script>alert(1)</script>", contact="<b>x</b> \" '"))
    page = candidate_client(interview).get(address(interview, "welcome")).content.decode()
    assert "<script>alert" not in page and "<b>x</b>" not in page
