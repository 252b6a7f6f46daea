"""HR's pages of drafts and languages."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from interview_site.llm_stub import Fault, ModelStub
from interview_site.tests.model_stub import model  # noqa: F401  a fixture
from interviews.authoring import canned, words
from interviews.models import Position, PositionDraft, PositionTranslation
from interviews.models.authoring import Work
from interviews.services import drafting, translating
from interviews.tests.builders import make_alice, make_position

pytestmark = pytest.mark.django_db(transaction=True)
DESCRIPTION = "We look for a backend engineer who designs services in Python and reviews code."


@pytest.fixture
def alice(client: Client) -> Client:
    client.force_login(make_alice())
    return client


@pytest.fixture
def charlie() -> Client:
    """Staff who may see no position but may do everything to those they see."""
    client = Client()
    client.force_login(make_alice(username="charlie", email="c@example.org", is_superuser=False))
    return client


def page(name: str, position: Position, *more: object) -> str:
    return reverse(f"admin:interviews_position_{name}", args=[position.pk, *more])


def drafted(position: Position) -> PositionDraft:
    draft = drafting.ask(
        position, description=DESCRIPTION, upload=None, upload_name="", wishes="", count=3, by=None
    )  # fmt: skip
    for _step in range(5):
        drafting.write(draft.pk)
    draft.refresh_from_db()
    assert draft.state == Work.READY
    return draft


def fields(draft: PositionDraft, **changed: object) -> dict[str, Any]:
    """What the page's form sends."""
    from interviews.admin.draft_forms import DraftForm

    form = DraftForm(content=draft.content)
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent = {name: ("on" if value is True else value) for name, value in sent.items() if value is not False}
    return {name: value for name, value in {**sent, **changed}.items() if value is not None}


def test_the_button_stands_on_the_position(alice: Client) -> None:
    position = make_position()
    shown = alice.get(reverse("admin:interviews_position_change", args=[position.pk])).content.decode()

    assert page("draft_ask", position) in shown and page("languages", position) in shown


def test_without_a_model_the_page_says_what_to_configure_and_asks_nothing(alice: Client) -> None:
    position = make_position(description=DESCRIPTION)

    assert "LLM_BASE_URL" in alice.get(page("draft_ask", position)).content.decode()
    alice.post(page("draft_ask", position), {"description": DESCRIPTION, "count": 3})
    assert not PositionDraft.objects.exists()


def test_a_draft_is_asked_for_and_watched(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position()
    file = SimpleUploadedFile("job.txt", DESCRIPTION.encode())

    answer = alice.post(page("draft_ask", position), {"description": "", "file": file, "count": 3, "wishes": "SQL"})

    draft = PositionDraft.objects.get()
    assert answer.headers["Location"] == page("draft", position, draft.pk) and draft.upload_name == "job.txt"
    waiting = alice.get(answer.headers["Location"])
    assert waiting.headers["Refresh"] == "3" and "0 %" in waiting.content.decode()
    for _step in range(5):
        drafting.write(draft.pk)
    ready = alice.get(answer.headers["Location"])
    assert "Refresh" not in ready.headers and canned._QUESTIONS["en"][0] in ready.content.decode()


@pytest.mark.parametrize(
    "sent",
    [
        {"description": "short", "count": 3},
        {"description": DESCRIPTION, "count": 99},
        {"description": "", "count": 3, "file": SimpleUploadedFile("x.doc", b"\xd0\xcf\x11\xe0" * 50)},
    ],
)
def test_bad_input_comes_back_with_words(alice: Client, model: ModelStub, sent: dict[str, Any]) -> None:  # noqa: F811
    answer = alice.post(page("draft_ask", make_position()), sent)

    assert answer.status_code == 422 and 'class="hr-error"' in answer.content.decode()
    assert not PositionDraft.objects.exists()


def test_a_failed_draft_says_why_and_may_be_tried_again(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(Fault.FORBIDDEN)
    position = make_position()
    draft = drafting.ask(position, description=DESCRIPTION, upload=None, upload_name="", wishes="", count=3, by=None)
    drafting.write(draft.pk)

    assert "refused the key" in alice.get(page("draft", position, draft.pk)).content.decode()
    alice.post(page("draft", position, draft.pk), {"again": "1"})
    draft.refresh_from_db()
    assert draft.state == Work.QUEUED


def test_edited_parts_are_taken_over(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position(questions=[])
    draft = drafted(position)

    sent = fields(draft, take="1", q1_text="My own words?", q2_use=None, greeting=None, c1_name="Own criterion")
    answer = alice.post(page("draft", position, draft.pk), sent)

    assert answer.status_code == 302
    assert [question.text for question in position.questions.all()] == ["My own words?", draft.content["questions"][2]["text"]]
    assert "Own criterion" in {criterion.name for criterion in position.criteria.all()}
    position.refresh_from_db()
    assert position.intro == ""
    assert "taken over" in alice.get(page("draft", position, draft.pk)).content.decode()
    alice.post(page("draft", position, draft.pk), sent)
    assert position.questions.count() == 2  # a double click takes nothing twice


def test_saving_keeps_the_draft_and_changes_no_position(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position(questions=[])
    draft = drafted(position)

    alice.post(page("draft", position, draft.pk), fields(draft, save="1", q1_text="Kept words?"))

    draft.refresh_from_db()
    assert draft.content["questions"][0]["text"] == "Kept words?" and not position.questions.exists()


def test_hr_may_not_write_a_protected_topic_into_the_draft(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position(questions=[])
    draft = drafted(position)

    answer = alice.post(page("draft", position, draft.pk), fields(draft, take="1", q1_text="Вы замужем?"))

    assert answer.status_code == 422 and not position.questions.exists()


def test_another_question_keeps_what_was_edited(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position(questions=[])
    draft = drafted(position)

    alice.post(page("draft", position, draft.pk), fields(draft, another="q2", q2_wish="About tests", q1_text="Kept words?"))
    drafting.write(draft.pk)

    draft.refresh_from_db()
    assert draft.state == Work.READY and draft.content["questions"][0]["text"] == "Kept words?"
    assert any("About tests" in asked.text for asked in model.asked)


def test_strangers_find_nothing(charlie: Client, client: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position()
    draft = drafted(position)
    pages = [page("draft_ask", position), page("draft", position, draft.pk)]
    for address in [*pages, page("languages", position), page("language", position, "kk")]:
        assert charlie.get(address).status_code in (403, 404)
        assert client.get(address).status_code == 302  # to the login


def test_a_draft_of_another_position_is_not_found(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    draft = drafted(make_position())

    assert alice.get(page("draft", make_position(), draft.pk)).status_code == 404


# --- Languages ---


def test_a_language_is_translated_read_and_offered(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position()
    assert "not translated yet" in alice.get(page("languages", position)).content.decode()

    alice.post(page("language", position, "kk"), {"translate": "1"})
    row = PositionTranslation.objects.get()
    assert alice.get(page("language", position, "kk")).headers["Refresh"] == "3"
    for _step in range(5):
        translating.translate(row.pk)
    shown = alice.get(page("language", position, "kk"))
    assert "[kk] Tell me about yourself." in shown.content.decode()
    row.refresh_from_db()
    source = words.words_of(position)
    sent = {f"w{number}": row.words[place] for number, place in enumerate(source)}
    alice.post(page("language", position, "kk"), {**sent, "w0": "Инженер", "approve": "1"})

    row.refresh_from_db()
    assert row.approved_at and row.words["title"] == "Инженер"
    assert "offered to candidates" in alice.get(page("languages", position)).content.decode()
    alice.post(page("language", position, "kk"), {"withdraw": "1"})
    row.refresh_from_db()
    assert row.approved_at is None


def test_saving_does_not_call_stale_words_fresh(alice: Client) -> None:
    position = make_position()
    row = translating.translation_of(position, "kk")
    source = words.words_of(position)
    translating.keep(row, {place: f"kk {text}" for place, text in source.items()}, by=None)
    question = position.questions.first()
    question.text = "Something else?"
    question.save()
    sent = {f"w{number}": row.words[place] for number, place in enumerate(words.words_of(position))}

    alice.post(page("language", position, "kk"), {**sent, "save": "1"})

    row.refresh_from_db()
    assert translating.stale_places(row) == [f"q:{question.uuid}"]
    assert "the original has changed" in alice.get(page("language", position, "kk")).content.decode()


@pytest.mark.parametrize("code", ["en", "de"])
def test_there_is_no_page_for_other_languages(alice: Client, code: str) -> None:
    assert alice.get(page("language", make_position(), code)).status_code == 404


def test_looking_makes_no_row(alice: Client) -> None:
    alice.get(page("language", make_position(), "kk"))

    assert not PositionTranslation.objects.exists()


def test_unticked_boxes_stay_unticked_while_another_question_is_written(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position(questions=[])
    draft = drafted(position)

    asked = alice.post(page("draft", position, draft.pk), fields(draft, another="q1", q2_use=None))
    waiting = alice.get(asked["Location"])
    drafting.write(draft.pk)
    draft.refresh_from_db()

    assert "#" not in asked["Location"] and waiting["Refresh"]
    assert alice.get(asked["Location"])["Location"].endswith("#q1")  # back at the question that was replaced
    assert draft.state == Work.READY and "q2_use" not in fields(draft) and fields(draft)["q1_use"] == "on"


def test_a_question_that_could_not_be_replaced_says_so_beside_the_draft(alice: Client, model: ModelStub) -> None:  # noqa: F811
    model.otherwise(canned.answer)
    position = make_position(questions=[])
    draft = drafted(position)
    model.otherwise(Fault.REFUSAL)
    alice.post(page("draft", position, draft.pk), fields(draft, another="q1"))
    drafting.write(draft.pk)

    shown = alice.get(page("draft", position, draft.pk)).content.decode()

    assert "refused to work" in shown and draft.content["questions"][1]["text"] in shown
