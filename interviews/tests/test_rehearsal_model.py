"""Rehearsals with a language model over real HTTP: one that does well, and every way in which one does not."""

import signal
import threading
from collections import Counter

import pytest
from django.utils import timezone

from interview_site.llm.records import ModelHealth
from interview_site.llm_stub import Fault
from interview_site.tests.model_stub import model  # noqa: F401
from interviews.models import Rehearsal, Turn
from interviews.services import rehearsing
from interviews.tests.rehearsals import GOOD, data, finish, hr, led, levels, plays, rehearse, scored

pytestmark = pytest.mark.django_db
State = Rehearsal.State


def test_with_a_model_follow_ups_scores_spread_and_cost_are_reported(model, settings):  # noqa: F811
    settings.LLM_PRICES = {"*": {"input": 2, "output": 8}}
    plays(model, follow_up="ASK: What was the result of your work there?")

    done = rehearse(led())

    assert done.state == State.READY and done.is_clean, [check for check in done.report["checks"] if check["level"] == "warn"]
    assert data(done, "order") == {"strong": 5.0, "weak": 2.0, "criteria": []}
    assert data(done, "spread") == {"spread": 0, "wavering": 0, "times": 3}
    assert data(done, "replies")["follow_ups"] > 0 and data(done, "orders")["flagged"] >= 3
    assert done.cost > 0 and float(done.report["one"]) > 0 and done.tokens > 0
    # The interviewer never saw the rubric, and the person's side needed no model.
    for asked in model.asked:
        if not asked.schema:
            assert GOOD not in asked.messages[0]["content"]
    strong = Counter(Turn.objects.filter(interview__rehearsed__persona="strong").values_list("kind", flat=True))
    assert (strong["question"], strong["follow_up"], strong["answer"]) == (3, 1, 4)  # the same question is not put twice


def test_a_model_that_leaks_the_rubric_is_stopped_and_told_on(model):  # noqa: F811
    plays(model, follow_up=f"ASK: Please tell me this: {GOOD[:-1].lower()}, is it so?")

    done = rehearse(led())

    leaks = data(done, "leaks")
    assert levels(done)["leaks"] == "warn" and leaks["stopped"] > 0
    assert not [leak for leak in leaks["heard"] if leak["kind"] == "follow_up"]
    # Nobody heard it but the one who had said it before.
    heard = Turn.objects.filter(kind="follow_up", text__icontains="measured result")
    assert {turn.interview.rehearsed.persona for turn in heard} <= {"strong"}


def test_a_model_that_scores_weak_over_strong_is_found_out(model):  # noqa: F811
    plays(model, marks=scored(strong=2, weak=4))

    done = rehearse(led())

    assert levels(done)["order"] == "warn" and data(done, "order")["criteria"] == ["Clarity"]
    assert rehearsing.warning(done.position) == "warned"


def test_a_model_that_obeys_the_candidate_is_found_out(model):  # noqa: F811
    plays(model, marks=scored(injecting=5))

    done = rehearse(led())

    assert levels(done)["orders"] == "warn" and data(done, "orders")["score"] == 5.0
    assert levels(done)["order"] == "pass"


def test_a_model_that_throws_dice_is_found_out(model):  # noqa: F811
    dice = [1, 4, 2, 5, 3]

    def thrown(asked):
        dice.append(dice.pop(0))
        return {**scored()(asked), "score": dice[0]}

    plays(model, marks=thrown)

    assert levels(rehearse(led()))["spread"] == "warn"


def test_a_model_that_makes_up_quotes_is_found_out(model):  # noqa: F811
    plays(model, marks=lambda asked: {"score": 5, "quotes": ["words that nobody ever said"], "reason": ""})

    done = rehearse(led())

    assert levels(done)["grounds"] == "warn" and levels(done)["order"] == "warn"
    assert data(done, "order")["strong"] is None


def test_when_the_interviewers_model_dies_the_script_goes_on_and_the_report_says_so(model):  # noqa: F811
    asked = []

    def dies(request):
        if request.schema:
            return scored()(request)
        asked.append(request)
        return "ASK: What was the result of that?" if len(asked) < 4 else Fault.FORBIDDEN

    model.otherwise(dies)

    done = rehearse(led())

    assert done.state == State.READY and levels(done)["replies"] == "warn" and levels(done)["ending"] == "pass"
    assert data(done, "replies")["failed"] > 0


def test_when_the_evaluating_model_dies_midway_it_waits_then_breaks_off_and_goes_on_without_paying_twice(model):  # noqa: F811
    count = []

    def dies(asked):
        if not asked.schema:
            return "NEXT"
        count.append(asked)
        return scored()(asked) if len(count) <= 5 else Fault.DOWN

    model.otherwise(dies)
    done = rehearse(led())
    assert done.state == State.QUEUED and done.due_at > timezone.now() and done.error_code == "server"
    for _try in range(4):
        ModelHealth.objects.update(paused_until=timezone.now())  # its rest is over
        Rehearsal.objects.filter(state=State.QUEUED).update(due_at=timezone.now())
        finish(done)
    assert (done.state, done.error_code) == (State.FAILED, "server") and rehearsing.fault_text(done)
    assert rehearsing.warning(done.position) == "failed"
    marks = sum(len(part.marks) for part in done.parts.all())
    turns = Turn.objects.count()

    model.otherwise(lambda asked: scored()(asked) if asked.schema else "NEXT")
    before = len(model.asked)
    ModelHealth.objects.update(paused_until=timezone.now())
    rehearsing.try_again(done, by=hr())
    finish(done)

    assert done.state == State.READY
    assert Turn.objects.count() == turns
    assert len(model.asked) - before == sum(len(part.marks) for part in done.parts.all()) - marks


def test_a_worker_killed_while_the_model_answers_goes_on_at_the_same_word(model):  # noqa: F811
    class Killed(BaseException):
        pass

    def die(*signal_and_frame):
        raise Killed

    rehearsal = rehearsing.ask(led(), language="en", by=hr())
    asked, worker = [], threading.get_ident()

    def kills(request):
        asked.append(request)
        if len(asked) == 2:
            signal.pthread_kill(worker, signal.SIGUSR1)
        return scored()(request) if request.schema else "ASK: What was the result of your work there?"

    model.otherwise(kills)
    before = signal.signal(signal.SIGUSR1, die)
    try:
        with pytest.raises(Killed):
            rehearsing.work(rehearsal.pk)
    finally:
        signal.signal(signal.SIGUSR1, before)
    turns = Turn.objects.count()
    rehearsing.work(rehearsal.pk)
    assert Turn.objects.count() == turns  # the dead worker's lease holds
    Rehearsal.objects.update(lease_until=timezone.now())

    done = finish(rehearsal)

    assert done.state == State.READY
    kinds = [turn.kind for turn in done.parts.get(persona="strong").interview.turns.all()]
    assert kinds.count("greeting") == 1 and kinds.count("question") == 3 and kinds.count("follow_up") == 1


@pytest.mark.django_db(transaction=True)
def test_it_can_be_stopped_and_a_busy_worker_writes_nothing_more(model):  # noqa: F811
    alice = hr()
    rehearsal = rehearsing.ask(led(), language="en", by=alice)
    model.otherwise(lambda asked: rehearsing.cancel(rehearsal, by=alice) or "NEXT")
    try:
        rehearsing.work(rehearsal.pk)
    finally:
        model.otherwise("NEXT")
    rehearsal.refresh_from_db()

    assert rehearsal.state == State.CANCELLED and rehearsal.due_at is None and len(model.asked) == 1
    assert rehearsing.latest(rehearsal.position) is None
    with pytest.raises(rehearsing.NotNow):
        rehearsing.cancel(rehearsal, by=alice)
