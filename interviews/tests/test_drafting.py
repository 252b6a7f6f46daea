"""Drafts of positions: made step by step, refusing protected topics, surviving a lying model, taken over by HR."""

from typing import Any

import pytest
from django.utils import timezone

from interview_site.llm_stub import Asked, Fault, ModelStub
from interview_site.tests.model_stub import model  # noqa: F401  a fixture
from interviews.authoring import canned
from interviews.models import AuditEvent, Position, PositionDraft
from interviews.models.authoring import Work
from interviews.prompts import prompt
from interviews.services import drafting
from interviews.tests.builders import make_alice, make_position

pytestmark = pytest.mark.django_db(transaction=True)
PROMPTS = ("draft_criteria", "draft_questions", "topics_check")
DESCRIPTION = "We look for a backend engineer who designs services in Python, reviews code and explains choices to customers."


def ask(position: Position | None = None, **given: Any) -> PositionDraft:
    usual = {"description": DESCRIPTION, "upload": None, "upload_name": "", "wishes": "", "count": 4, "by": None}
    return drafting.ask(position or make_position(questions=[]), **{**usual, **given})


def work(draft: PositionDraft) -> PositionDraft:
    """The worker, until nothing is due."""
    for _step in range(8):
        drafting.write(draft.pk)
        draft.refresh_from_db()
        if not draft.is_under_way or (draft.due_at and draft.due_at > timezone.now()):
            break
    return draft


def with_questions(*texts: str) -> Any:
    """The canned model, whose questions are these."""

    def answer(asked: Asked) -> Any:
        found = canned.answer(asked)
        if isinstance(found, dict) and "questions" in found:
            row = found["questions"][0]
            found["questions"] = [row | {"text": text} for text in texts]
        return found

    return answer


@pytest.mark.parametrize("language", ["ru", "en", "kk"])
def test_a_draft_is_made_in_the_positions_language(model: ModelStub, language: str) -> None:  # noqa: F811
    model.otherwise(canned.answer)

    draft = work(ask(make_position(language=language, questions=[])))

    assert (draft.state, draft.progress, draft.error_code) == (Work.READY, 100, "")
    assert len(draft.content["questions"]) == 4 and len(draft.content["criteria"]) == 3
    assert all(len(row["anchors"]) == 5 for row in draft.content["criteria"])
    assert {key for row in draft.content["questions"] for key in row["criteria"]} <= {"c1", "c2", "c3"}
    assert draft.content["intro"] == canned._GREETINGS[language][0]
    assert draft.tokens > 0 and draft.model == "stub-model"
    assert draft.prompt_version == ".".join(str(prompt(name, language).version) for name in PROMPTS)
    assert "<<<description\nWe look for" in model.asked[0].text


def test_a_protected_topic_is_left_out_with_the_reason(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(with_questions("Do you have children?", "How do you review code?"))

    draft = work(ask())

    assert [row["text"] for row in draft.content["questions"]] == ["How do you review code?"]
    assert draft.content["refused"][0]["topic"] == "family" and draft.content["refused"][0]["reason"]


def test_the_models_own_check_finds_the_detour(model: ModelStub) -> None:  # noqa: F811
    def answer(asked: Asked) -> Any:
        if "topics_check" in str(asked.body):
            found = {"number": 1, "topic": "family", "reason": "Asks about the home."}
            return {"items": [found, found | {"number": 99, "topic": "age"}]}
        return with_questions("Who waits for you at home?", "How do you review code?")(asked)

    model.otherwise(answer)
    draft = work(ask())

    assert [row["text"] for row in draft.content["questions"]] == ["How do you review code?"]
    refused = {"text": "Who waits for you at home?", "topic": "family", "reason": "Asks about the home."}
    assert draft.content["refused"] == [refused]


def test_the_models_own_check_drops_a_criterion_with_its_links(model: ModelStub) -> None:  # noqa: F811
    def answer(asked: Asked) -> Any:
        found = canned.answer(asked)
        if "topics_check" in str(asked.body):
            number = next(item["number"] for item in found["items"] if f"{item['number']}. Working with people" in asked.text)
            found["items"][number - 1] |= {"topic": "looks", "reason": "Judges manners."}
        return found

    model.otherwise(answer)
    draft = work(ask())

    assert [row["key"] for row in draft.content["criteria"]] == ["c1", "c2"]
    assert {key for row in draft.content["questions"] for key in row["criteria"]} == {"c1", "c2"}
    assert draft.content["refused"][-1]["reason"] == "Judges manners."


def test_what_a_lying_model_says_is_kept_within_bounds(model: ModelStub) -> None:  # noqa: F811
    def answer(asked: Asked) -> Any:
        found = canned.answer(asked)
        for row in found.get("questions", []) if isinstance(found, dict) else []:
            row |= {"follow_ups": 99, "mode": "adaptive", "think_time_s": -5, "answer_time_s": 10**9}
            row["criteria"] = ["nothing", "k1"]
            row["text"] = "**" + row["text"] + "** \u202e" + "x" * 5000
        for row in found.get("criteria", []) if isinstance(found, dict) else []:
            row |= {"weight": 10**6, "name": "Same name"}
        return found

    model.otherwise(answer)
    draft = work(ask())

    assert len(draft.content["criteria"]) == 1 and draft.content["criteria"][0]["weight"] == 10
    for row in draft.content["questions"]:
        assert (row["follow_ups"], row["think_time_s"], row["answer_time_s"]) == (3, 0, 900)
        assert row["criteria"] == ["c1"] and len(row["text"]) <= 600 and "*" not in row["text"]


def test_a_fault_that_passes_is_tried_again_and_costs_nothing_made_so_far(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    draft = ask()
    drafting.write(draft.pk)
    model.otherwise(Fault.BAD_JSON)
    drafting.write(draft.pk)
    draft.refresh_from_db()

    assert draft.state == Work.QUEUED and draft.error_code == "invalid_response" and draft.due_at > timezone.now()
    assert draft.content["criteria"]

    model.otherwise(canned.answer)
    PositionDraft.objects.filter(pk=draft.pk).update(due_at=timezone.now())
    assert work(draft).state == Work.READY
    assert sum("draft_criteria" in str(asked.body) for asked in model.asked) == 1


@pytest.mark.parametrize(
    ("fault", "code"), [(Fault.FORBIDDEN, "authentication"), (Fault.REFUSAL, "refused"), (Fault.QUOTA, "quota")]
)
def test_a_fault_that_stays_is_told(model: ModelStub, fault: Fault, code: str) -> None:  # noqa: F811
    model.otherwise(fault)

    draft = work(ask())

    assert (draft.state, draft.error_code) == (Work.FAILED, code)
    assert drafting.fault_text(code)


def test_a_worker_that_dies_each_time_ends_in_words(model: ModelStub) -> None:  # noqa: F811
    draft = ask()
    past = timezone.now() - timezone.timedelta(seconds=1)
    PositionDraft.objects.filter(pk=draft.pk).update(lease_until=past, attempts=3)

    assert work(draft).error_code == "crashed"


def test_without_a_model_it_says_what_to_configure() -> None:
    draft = work(ask())

    assert (draft.state, draft.error_code) == (Work.FAILED, "not_configured")


def test_an_uploaded_file_is_read_once(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)

    draft = work(ask(description="", upload=DESCRIPTION.encode(), upload_name="job.txt"))

    assert draft.state == Work.READY and draft.upload is None and "designs services" in draft.source


def test_a_file_that_cannot_be_read_is_named(model: ModelStub) -> None:  # noqa: F811
    draft = work(ask(description="", upload=b"%PDF-1.7\n" + b"garbage " * 100))

    assert (draft.state, draft.error_code) == (Work.FAILED, "broken")
    assert model.asked == []


def test_one_question_is_written_again(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    draft = work(ask())
    old = [row["text"] for row in draft.content["questions"]]

    drafting.ask_for_another(draft, key="q2", wish="About databases")
    work(draft)

    new = [row["text"] for row in draft.content["questions"]]
    assert draft.state == Work.READY and new[1] not in old and new[:1] + new[2:] == old[:1] + old[2:]
    assert "About databases" in next(asked for asked in model.asked if "<<<wish\n" in asked.text).text


def test_a_refused_wish_leaves_the_old_question(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    draft = work(ask())
    old = draft.content["questions"][1]
    model.otherwise(with_questions("Сколько вам лет?"))

    drafting.ask_for_another(draft, key="q2", wish="Возраст")
    work(draft)

    assert draft.content["questions"][1] == old and draft.content["refused"][-1]["topic"] == "age"
    assert (draft.state, draft.error_code) == (Work.READY, "unchanged") and drafting.fault_text("unchanged")


@pytest.mark.parametrize("fault", [Fault.REFUSAL, Fault.QUOTA, Fault.FORBIDDEN])
def test_a_fault_while_a_question_is_written_again_leaves_the_whole_draft_ready(model: ModelStub, fault: Fault) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    draft = work(ask())
    before = draft.content
    model.otherwise(fault)

    drafting.ask_for_another(draft, key="q2", wish="")
    work(draft)

    assert draft.state == Work.READY and draft.error_code and draft.content == before
    model.otherwise(canned.answer)
    drafting.ask_for_another(draft, key="q2", wish="")
    assert work(draft).error_code == "" and draft.content != before


def test_a_late_worker_of_an_older_asking_writes_nothing(model: ModelStub) -> None:  # noqa: F811
    draft = work(ask())  # fails: the stub answers no JSON
    model.otherwise(lambda asked: (drafting.ask_again(PositionDraft.objects.get(pk=draft.pk)), canned.answer(asked))[1])
    PositionDraft.objects.filter(pk=draft.pk).update(state=Work.QUEUED, due_at=timezone.now(), lease_until=None)

    drafting.write(draft.pk)

    draft.refresh_from_db()
    assert draft.state == Work.QUEUED and draft.content == {}


def test_chosen_parts_become_the_positions_own(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    alice, position = make_alice(), make_position(questions=["Old question?"])
    draft = work(ask(position))

    taken = drafting.take_over(draft, questions={"q1", "q3"}, criteria=set(), greeting=True, replace=False, by=alice)

    texts = [question.text for question in position.questions.all()]
    assert taken == 2 and texts == ["Old question?", draft.content["questions"][0]["text"], draft.content["questions"][2]["text"]]
    assert position.questions.last().criteria.get().anchor_5
    position.refresh_from_db()
    assert position.intro == draft.content["intro"]
    assert AuditEvent.objects.filter(action="draft_taken_over", actor=alice).exists()
    with pytest.raises(drafting.NotNow):
        drafting.take_over(draft, questions={"q1"}, criteria=set(), greeting=False, replace=False, by=alice)


def test_taking_over_may_replace_what_was_there(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position(questions=["Old question?"])
    draft = work(ask(position))

    drafting.take_over(draft, questions={"q1"}, criteria={"c3"}, greeting=False, replace=True, by=None)

    assert position.questions.count() == 1 and "Old" not in position.questions.get().text
    assert {criterion.name for criterion in position.criteria.all()} == {"Relevant experience", "Working with people"}
