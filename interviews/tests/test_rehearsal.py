"""Rehearsals as workers play them, by the script; and that they are nobody's interview."""

from datetime import timedelta

import pytest
from django.utils import timezone

from interview_site import due
from interviews.evaluation.quotes import words as words_of
from interviews.models import AskedQuestion, AuditEvent, Candidate, Interview, OutgoingMail, Question, Rehearsal, Turn
from interviews.rehearsal.personas import PERSONAS
from interviews.rehearsal.words import TITLES, details, said
from interviews.services import rehearsing
from interviews.services.retention import apply_retention
from interviews.tests.builders import make_interview, make_position
from interviews.tests.rehearsals import GOOD, check, data, finish, hr, levels, rehearse, rubric
from interviews.tests.test_translations import translated

pytestmark = pytest.mark.django_db
State = Rehearsal.State


@pytest.mark.parametrize("language", ["en", "ru", "kk"])
def test_without_a_model_time_and_coverage_are_checked_in_every_language(language):
    done = rehearse(make_position(language=language))

    assert (done.state, done.progress, done.is_led, done.is_marked) == (State.READY, 100, False, False)
    assert [row["persona"] for row in done.report["rows"]] == list(PERSONAS)
    assert {row["persona"]: row["ending"] for row in done.report["rows"]} == {
        persona: "waiting" if persona == "silent" else "goodbye" for persona in PERSONAS
    }
    assert {code for code, level in levels(done).items() if level == "pass"} == {
        "ending", "time", "coverage", "leaks", "topics", "calm", "orders",
    }  # fmt: skip
    assert {code for code, level in levels(done).items() if level == "skipped"} == {"replies", "order", "spread", "grounds"}
    assert done.is_clean and rehearsing.warning(done.position) == ""
    # Each check can be said, in full sentences.
    assert all(said(found) and str(TITLES[found["code"]]) for found in done.report["checks"])


def test_the_conversations_are_those_of_the_real_core():
    done = rehearse(make_position())
    strong = done.parts.get(persona="strong").interview
    weak = done.parts.get(persona="weak").interview
    silent = done.parts.get(persona="silent").interview

    assert [turn.kind for turn in strong.turns.all()] == [
        "greeting", "question", "answer", "reply", "question", "answer", "reply", "question", "answer",
        "invite_questions", "candidate_question", "reply", "command", "farewell",
    ]  # fmt: skip
    assert [turn.kind for turn in weak.turns.all()][:6] == ["greeting", "question", "command", "repeat", "answer", "reply"]
    assert [turn.kind for turn in silent.turns.all()] == ["greeting", "question", "offer", "offer"]
    assert "artificial intelligence" in strong.turns.first().text
    times = list(strong.turns.values_list("at", flat=True))
    assert times == sorted(times) and (times[-1] - times[0]).total_seconds() > 300  # a virtual clock: the test took moments
    answer = strong.turns.filter(kind="answer").first()
    assert answer.input == "voice" and answer.end_ms > answer.start_ms > 0


def test_a_plan_that_does_not_fit_its_time_is_warned_about():
    position = make_position(questions=[f"Question number {number}, what did you do?" for number in range(8)], time_budget_min=10)
    Question.objects.filter(position=position, order__gte=4).update(required=False)

    done = rehearse(position)

    assert levels(done)["time"] == "warn" and levels(done)["coverage"] == "warn"
    assert data(done, "time")["minutes"] >= 10 and data(done, "time")["left_out"] > 0
    assert "8" in details(check(done, "coverage"))[0]
    assert rehearsing.warning(position) == "warned"


def test_words_of_the_rubric_in_what_hr_wrote_are_found():
    position = rubric(make_position(farewell=f"Goodbye! We look for people who think so: {GOOD}"))

    done = rehearse(position)

    assert levels(done)["leaks"] == "warn"
    found = data(done, "leaks")["heard"]
    assert [(leak["criterion"], leak["kind"]) for leak in found] == [("Clarity", "farewell")]
    assert "in the farewell" in details(check(done, "leaks"))[0]


def test_a_question_may_name_what_it_is_about():
    position = make_position(questions=["Tell me about your work with difficult customers, please."])
    position.criteria.update(name="Work with difficult customers", meaning="")
    assert levels(rehearse(position))["leaks"] == "pass"


# --- One at a time -------------------------------------------------------------------------------------------------


def test_one_position_is_rehearsed_once_at_a_time():
    position, alice = make_position(), hr()
    first = rehearsing.ask(position, language="en", by=alice)
    with pytest.raises(rehearsing.UnderWay) as told:
        rehearsing.ask(position, language="en", by=alice)
    assert told.value.rehearsal == first
    assert AuditEvent.objects.filter(action="rehearse", actor=alice).count() == 1


def test_the_relay_finds_it_due():
    kind = next(kind for kind in due.KINDS if kind.model is Rehearsal)
    rehearsal = rehearsing.ask(make_position(), language="en", by=None)
    assert kind.task == "interviews.tasks.rehearse" and list(kind.model.objects.due()) == [rehearsal]


# --- The present draft -----------------------------------------------------------------------------------------------


def test_a_changed_plan_wants_a_new_rehearsal_a_changed_contact_does_not():
    position = make_position()
    assert rehearsing.warning(position) == "missing"
    rehearse(position)
    assert rehearsing.warning(position) == ""

    position.contact = "Dana, dana@example.org"
    position.save()
    assert rehearsing.warning(position) == ""

    position.questions.first().delete()
    assert rehearsing.warning(position) == "changed"


def test_while_it_is_rehearsed_nothing_is_known_yet():
    position = make_position()
    rehearsing.ask(position, language="en", by=hr())
    assert rehearsing.warning(position) == "under_way"


def test_a_position_in_several_languages_is_rehearsed_in_the_chosen_one():
    position = make_position()
    translated(position)

    done = finish(rehearsing.ask(position, language="kk", by=hr()))
    other = rehearsing.ask(make_position(), language="kk", by=hr())

    first = done.parts.get(persona="strong").interview.turns.first()
    assert (done.state, done.language) == (State.READY, "kk") and "жасанды интеллект" in first.text
    assert levels(done)["coverage"] == "pass" and other.language == "en"  # nobody prepared that one


# --- Nobody's interview ------------------------------------------------------------------------------------------------


def test_rehearsals_are_in_no_list_count_letter_task_or_export(client):
    alice = hr()
    position = make_position()
    done = rehearse(position)
    real = make_interview(position=position)
    assert done.state == State.READY and Interview.objects.filter(kind="rehearsal").count() == len(PERSONAS)

    assert list(Interview.objects.visible_to(alice)) == [real]
    assert list(Candidate.objects.visible_to(alice)) == [real.candidate]
    assert not AskedQuestion.objects.exists() and not OutgoingMail.objects.exists()
    client.force_login(alice)
    page = client.get("/admin/").content.decode()
    assert "Alex" not in page
    for address in ("/admin/interviews/interview/?kind=rehearsal", "/admin/interviews/candidate/", "/api/v1/interviews",
                    "/api/v1/candidates"):  # fmt: skip
        assert "Alex" not in client.get(address).content.decode()
    hidden = Interview.objects.filter(kind="rehearsal").first()
    assert client.get(f"/admin/interviews/interview/{hidden.pk}/review/").status_code == 404
    assert client.get(f"/api/v1/interviews/{hidden.public_id}/transcript").status_code == 404


def test_retention_erases_what_was_said_in_them():
    done = rehearse(make_position())
    long_ago = timezone.now() - timedelta(days=400)
    Interview.objects.update(completed_at=long_ago, deadline=long_ago)

    apply_retention()

    said_by_candidates = Turn.objects.filter(interview__rehearsed__rehearsal=done, speaker="candidate")
    assert said_by_candidates.exists() and not said_by_candidates.exclude(text="").exists()


def test_every_made_up_answer_is_long_enough_to_be_judged():
    done = rehearse(make_position())
    judged = [part.interview for part in done.parts.filter(persona__in=["strong", "weak", "injecting"])]
    answers = Turn.objects.filter(interview__in=judged, kind="answer")
    assert len(answers) == 9 and all(len(words_of(turn.text)) >= 12 for turn in answers)
