"""A position's clips one by one, for HR and for programs: how each stands, what to do, and letters that wait for them."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from avatars.models import AvatarGeneration, AvatarSettings
from interviews import letters, tasks
from interviews.models import AuditEvent, Interview, OutgoingMail, PositionClip, Turn
from interviews.services import clip_waiting, clips, invitations
from interviews.services.clip_rows import Standing, overview
from interviews.tests.api_client import program_of
from interviews.tests.builders import make_alice, make_interview, make_position
from interviews.tests.clip_builders import film, make_recorded_position

pytest_plugins = ["avatars.tests.generation_fixtures"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fake")]
State = AvatarGeneration.State


def page(position, name="clips", *more):
    return reverse(f"admin:interviews_position_{name}", args=[position.pk, *more])


def fail(version, name, code="no_credit", state=State.BLOCKED):
    clip = PositionClip.objects.get(version=version, name=name)
    AvatarGeneration.objects.filter(pk=clip.generation_id).update(state=state, error_code=code, due_at=None)
    return clip


@pytest.fixture
def alice():
    return make_alice()


@pytest.fixture
def hr(client, alice):
    client.force_login(alice)
    return client


@pytest.fixture
def mail_server(settings):
    settings.MAIL_IS_SENT = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def position():
    """Prepared; the greeting is ready, the farewell waits for a person, a text was too long."""
    position = make_recorded_position()
    version = clips.prepare_position(position)
    film(version, "en", "greeting")
    fail(version, "farewell")
    PositionClip.objects.filter(version=version, name="invite_questions").update(generation=None, problem="too_long")
    return position


# --- One by one -------------------------------------------------------------------------------------------------------


def test_the_price_is_told_before_clips_are_prepared_and_never_again(hr):
    position = make_recorded_position()
    assert "fake is paid: about" in hr.get(page(position)).content.decode()
    film(clips.prepare_position(position), "en")
    assert "is paid: about" not in hr.get(page(position)).content.decode()


def test_a_profile_nobody_can_film_is_named_before_its_clips_fail_one_by_one(hr, settings):
    settings.HEYGEN_API_KEY = "k"
    position = make_recorded_position(providers=("heygen",))
    shown = hr.get(page(position)).content.decode()
    assert "No avatar of this provider is chosen" in shown and "Prepare the clips" in shown


def test_each_clip_tells_how_it_stands_and_what_to_do(position):
    rows = {row.clip.name: row for row in overview(position).rows}
    assert rows["greeting"].standing == Standing.READY and not rows["greeting"].remedy
    assert (rows["farewell"].error_code, rows["farewell"].standing) == ("no_credit", Standing.FAILED)
    assert "Top it up" in rows["farewell"].remedy and "too long" in rows["invite_questions"].remedy
    questions = [row for row in rows.values() if row.part == "question"]
    assert [row.number for row in questions] == [1, 2, 3] and {row.standing for row in questions} == {Standing.MAKING}


def test_a_changed_draft_has_no_clips_yet(position):
    position.questions.update(text="Another question?")
    found = overview(position)
    assert found.wanted and found.version is None and not found.rows and found.is_missing


def test_hr_see_play_and_try_again(hr, position):
    text = hr.get(page(position)).content.decode()
    assert "Question 1" in text and "Tell me about yourself." in text and "Top it up" in text and text.count("<video") == 1
    film_address = text.split('<video class="hr-film"')[1].split('src="')[1].split('"')[0]
    assert Client().get(film_address)["Content-Type"] == "video/mp4"
    assert "data-look-again" in text  # some are being made
    failed = PositionClip.objects.get(name="farewell")
    assert "again" in hr.post(page(position, "clip_again", failed.pk), follow=True).content.decode()
    assert AvatarGeneration.objects.get(pk=failed.generation_id).state == State.QUEUED
    assert AuditEvent.objects.filter(action="retry_clip").count() == 1
    # Only that one: the text that was too long stays, and what did not fail is not ordered twice.
    assert not PositionClip.objects.get(name="invite_questions").generation
    hr.post(page(position, "clip_again", failed.pk))
    assert AuditEvent.objects.filter(action="retry_clip").count() == 1


def test_a_ready_position_looks_no_more_and_offers_nothing_to_order(hr):
    position = make_recorded_position()
    film(clips.prepare_position(position), "en")
    answer = hr.get(page(position))
    head = answer.content.decode().split("Recorded clips</h1>")[1].split("<section")[0]
    assert "data-look-again" not in head and "<button" not in head


def test_a_position_without_clips_says_so(hr):
    assert "speaks without recorded clips" in hr.get(page(make_position())).content.decode()


def test_strangers_and_other_positions_clips_are_not_found(hr, position, client):
    other = make_recorded_position(title="Other")
    clip = PositionClip.objects.first()
    assert hr.post(page(other, "clip_again", clip.pk)).status_code == 404
    assert hr.get(page(position, "clip_again", clip.pk)).status_code == 405
    charlie = make_alice(username="charlie", is_superuser=False)
    client.force_login(charlie)
    assert client.get(page(position)).status_code == 404 and client.post(page(position)).status_code == 404


def test_the_page_asks_the_database_as_often_for_many_clips(hr):
    counted = []
    for count in (1, 12):
        position = make_recorded_position(questions=[f"Question number {number}?" for number in range(count)])
        film(clips.prepare_position(position), "en")
        hr.get(page(position))
        with CaptureQueriesContext(connection) as queries:
            assert hr.get(page(position)).content.decode().count("<video") > count
        counted.append(len(queries))
    assert counted[0] == counted[1]


# --- Programs ---------------------------------------------------------------------------------------------------------


def test_a_program_reads_and_orders_clips(alice, position):
    program, at = program_of(alice), f"positions/{position.pk}/clips"
    told = program.call("GET", at).json()
    assert (told["wanted"], told["version"]) == (True, 1)
    [language] = told["languages"]
    assert (language["ready"], language["failed"], language["complete"]) == (1, 2, False)
    assert language["total"] == len(told["clips"])
    by_name = {clip["name"]: clip for clip in told["clips"]}
    assert by_name["greeting"]["state"] == "ready" and by_name["greeting"]["video_url"].startswith("http://testserver/videos/")
    assert by_name["farewell"]["error_code"] == "no_credit" and "Top it up" in by_name["farewell"]["remedy"]
    assert program.call("POST", at, {}).json()["languages"][0]["failed"] == 1  # the one that was too long is ordered once more
    again = program.call("POST", at, {"retry_failed": True}, idempotency_key="k")
    assert again.status_code == 202 and again.json()["languages"][0]["failed"] == 0
    fail(clips.present_version(position), "farewell")
    assert program.call("POST", at, {"retry_failed": True}, idempotency_key="k").json()["languages"][0]["failed"] == 1


def test_a_program_is_told_why_no_clips_can_be_ordered(alice):
    program = program_of(alice)
    answer = program.call("POST", f"positions/{make_position().pk}/clips", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_clips_wanted")
    empty = make_recorded_position(title="Empty", questions=[])
    assert program.call("POST", f"positions/{empty.pk}/clips", {}).json()["code"] == "no_questions"
    assert program.call("GET", f"positions/{empty.pk}/clips").json()["clips"] == []
    assert program.call("POST", f"positions/{empty.pk}/clips", {"again": True}).status_code == 400


def test_a_programs_scope_and_sight_count(alice, position):
    at = f"positions/{position.pk}/clips"
    reader = program_of(alice, ["positions:read"])
    assert reader.call("GET", at).status_code == 200 and reader.call("POST", at, {}).status_code == 403
    assert program_of(make_alice(username="charlie", is_superuser=False)).call("GET", at).status_code in (403, 404)
    assert program_of(alice).call("GET", "positions/999/clips").status_code == 404


# --- Letters that wait ------------------------------------------------------------------------------------------------


def invite(position, **fields):
    interview = invitations.invite(position=position, name="Bob", email="bob@example.org", **fields)
    return interview, OutgoingMail.objects.get(interview=interview)


def worked(letter):
    OutgoingMail.objects.filter(pk=letter.pk).update(due_at=timezone.now(), lease_until=None)
    tasks.send_mail(letter.pk)
    letter.refresh_from_db()
    return letter


def test_a_letter_waits_until_no_clip_is_being_made(mail_server):
    interview, letter = invite(make_recorded_position())
    assert worked(letter).state == OutgoingMail.State.QUEUED and not django_mail.outbox
    assert letter.due_at > timezone.now() and letter.attempts == 0
    fail(interview.version, "farewell")  # a person is needed for it: nobody waits for that
    film(interview.version, "en", *PositionClip.objects.exclude(name="farewell").values_list("name", flat=True))
    assert worked(letter).state == OutgoingMail.State.SENT and len(django_mail.outbox) == 1


def test_a_letter_waits_six_hours_at_most(mail_server):
    _interview, letter = invite(make_recorded_position())
    OutgoingMail.objects.update(created_at=timezone.now() - clip_waiting.AT_MOST - timedelta(minutes=1))
    assert worked(letter).state == OutgoingMail.State.SENT


@pytest.mark.parametrize("fields", [{"wait_for_clips": False}, {}])
def test_a_letter_leaves_at_once_when_the_inviter_or_the_position_says_so(mail_server, fields):
    _interview, letter = invite(make_recorded_position(wait_for_clips=bool(fields)), **fields)
    assert worked(letter).state == OutgoingMail.State.SENT


def test_a_letter_without_clips_never_waits(mail_server):
    _interview, letter = invite(make_position())
    assert worked(letter).state == OutgoingMail.State.SENT


def form(position, **more):
    standard = {code: letters.standard("invitation", code) for code in ("ru", "en", "kk")}
    wording = {f"subject_{code}": subject for code, (subject, _body) in standard.items()}
    wording |= {f"body_{code}": body for code, (_subject, body) in standard.items()}
    return {"token": "0" * 32, "language": "en", "name": "Bob", "email": "bob@example.org", **wording, **more}


@pytest.mark.parametrize(("choice", "waits"), [("wait", True), ("now", False), ("", True)])
def test_who_invites_is_asked_while_clips_are_missing(hr, mail_server, choice, waits):
    position = make_recorded_position()
    film(clips.prepare_position(position), "en", "greeting")
    asked = hr.get(page(position, "invite")).content.decode()
    assert "1 of" in asked and "Wait for the clips" in asked
    told = hr.post(page(position, "invite"), form(position, clips=choice)).content.decode()
    assert OutgoingMail.objects.get().waits_for_clips is waits
    assert ("1 letter waits until the clips are made" in told) is waits
    letter = OutgoingMail.objects.get()
    shown = hr.get(reverse("admin:interviews_outgoingmail_change", args=[letter.pk])).content.decode()
    assert ("Send now, without waiting" in shown) is waits
    if waits:
        hr.post(reverse("admin:interviews_outgoingmail_send", args=[letter.pk]))
        assert worked(letter).state == OutgoingMail.State.SENT


def test_nobody_is_asked_when_every_clip_is_ready(hr):
    position = make_recorded_position()
    film(clips.prepare_position(position), "en")
    assert "Wait for the clips" not in hr.get(page(position, "invite")).content.decode()


def test_a_program_may_choose_too(alice, mail_server):
    position = make_recorded_position()
    guests = [{"name": "Bob", "email": "bob@example.org"}]
    program_of(alice).call("POST", "invitations", {"position": position.pk, "guests": guests, "wait_for_clips": False})
    assert OutgoingMail.objects.get().waits_for_clips is False
    assert program_of(alice).call("GET", f"positions/{position.pk}").json()["wait_for_clips"] is True


# --- Who spoke --------------------------------------------------------------------------------------------------------


def test_the_review_says_who_brought_each_turn(hr):
    interview = make_interview(state=Interview.State.COMPLETED, started_at=timezone.now(), completed_at=timezone.now())
    for number, (rung, falls) in enumerate(
        [("clip", []), ("local", ["clip"]), ("live", []), ("voice", []), ("text", [])], 1
    ):  # fmt: skip
        Turn.objects.create(
            interview=interview, number=number, speaker="avatar", kind="reply", text="Hello.", rung=rung, falls=falls,
            at=timezone.now(),
        )  # fmt: skip
    text = hr.get(reverse("admin:interviews_interview_review", args=[interview.pk])).content.decode()
    for words in (">clip<", ">local presenter ", ">live avatar<", ">voice only<", ">text only<", 'title="clip"'):
        assert words in text, words


def test_without_a_profile_of_its_own_the_default_one_counts(hr):
    position = make_position()
    AvatarSettings.objects.filter(is_default=True).update(style="recorded", providers=["fake"])
    assert overview(position).wanted
