"""HR write a position, open it, preview it, and invite."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from interviews.guest_list import MOST_ROWS, Row, UnreadableList, rows_of_file, rows_of_text
from interviews.models import Interview, Letter, OutgoingMail, Position, Question
from interviews.tests.builders import make_alice, make_position
from interviews.tests.test_admin_access import browser

pytestmark = pytest.mark.django_db
TOKEN = "0" * 32


def draft_form(**fields):
    """What the browser posts for a new position with one question and one criterion."""
    form = {
        "title": "Engineer", "language": "en", "avatar": "", "description": "", "contact": "Alice", "intro": "", "farewell": "",
        "facts": "", "answer_days": 14, "time_budget_min": 30, "retention_days": 180,
        "questions-TOTAL_FORMS": 1, "questions-INITIAL_FORMS": 0, "questions-0-text": "Why?", "questions-0-mode": "verbatim",
        "questions-0-follow_ups": 0, "questions-0-think_time_s": 30, "questions-0-answer_time_s": 180, "questions-0-order": 0,
        "criteria-TOTAL_FORMS": 1, "criteria-INITIAL_FORMS": 0, "criteria-0-name": "Clarity", "criteria-0-weight": 1,
        "criteria-0-order": 0, "letters-TOTAL_FORMS": 0, "letters-INITIAL_FORMS": 0,
    }  # fmt: skip
    return {**form, **fields}


def add(client, **fields):
    return client.post(reverse("admin:interviews_position_add"), draft_form(**fields))


def invite_form(client, position, **fields):
    page = client.get(reverse("admin:interviews_position_invite", args=[position.pk]))
    form = {
        name: page.context["form"][name].value() or "" for name in page.context["form"].fields if name not in ("file", "keep")
    }
    return {**form, **fields}


def post_invitation(client, position, **fields):
    return client.post(reverse("admin:interviews_position_invite", args=[position.pk]), invite_form(client, position, **fields))


def test_a_new_position_is_a_draft_of_its_maker_with_its_questions():
    alice = make_alice()
    assert add(browser(alice)).status_code == 302
    position = Position.objects.get()
    assert (position.created_by, position.state, position.questions.count(), position.criteria.count()) == (alice, "draft", 1, 1)


def test_new_questions_go_to_the_end_in_the_order_they_were_written():
    second = {f"questions-1-{name}": value for name, value in [
        ("text", "And then?"), ("mode", "verbatim"), ("follow_ups", 0), ("think_time_s", 30), ("answer_time_s", 180),
        ("order", 0),
    ]}  # fmt: skip
    add(browser(make_alice()), **{"questions-TOTAL_FORMS": 2}, **second)
    assert [(question.text, question.order) for question in Question.objects.all()] == [("Why?", 0), ("And then?", 1)]


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": ""}, "required"),
        ({"contact": ""}, "required"),
        ({"questions-0-text": "", "questions-0-think_time_s": 31}, "required"),
        ({"questions-0-text": "x" * 20_000}, "2000"),
        ({"description": "x" * 20_001}, "20000"),
        ({"questions-0-follow_ups": 9}, "3"),
        ({"questions-0-text": "Сколько вам лет?"}, "Ask about experience"),
        ({"criteria-0-name": "Age under 30"}, "Ask about experience"),
        ({"time_budget_min": 99999}, "180"),
        ({"title": "a\x00b"}, "Null"),
        (
            {"opens_at_0": "2026-05-02", "opens_at_1": "10:00", "closes_at_0": "2026-05-01", "closes_at_1": "10:00"},
            "after the start",
        ),
        ({"opens_at_0": "not a date", "opens_at_1": "10:00"}, "date"),
    ],
)
def test_a_bad_draft_is_refused_in_words(fields, words):
    answer = add(browser(make_alice()), **fields)
    assert answer.status_code == 200
    assert words in answer.content.decode()
    assert not Position.objects.exists()


@pytest.mark.parametrize(
    ("subject", "body", "words"),
    [
        ("Hi", "Come: {link}, {nmae}", "{nmae}"),
        ("Hi", "Come without an address", "needs {link}"),
        ("{link}", "{link}", "subject"),
    ],
)
def test_a_letter_with_a_wrong_placeholder_is_refused(subject, body, words):
    letter = {"letters-TOTAL_FORMS": 1, "letters-0-kind": "invitation", "letters-0-language": "en"}
    answer = add(browser(make_alice()), **letter, **{"letters-0-subject": subject, "letters-0-body": body})
    assert words in answer.content.decode()
    assert not Letter.objects.exists()


def test_a_position_opens_only_with_questions_and_closes_again():
    client, position = browser(make_alice()), make_position(state="draft", questions=[])
    open_it, close_it = (reverse(f"admin:interviews_position_{verb}", args=[position.pk]) for verb in ("open", "close"))
    assert "no questions" in client.post(open_it, follow=True).content.decode()
    Question.objects.create(position=position, text="Why?")
    client.post(open_it)
    position.refresh_from_db()
    assert position.state == "open"
    client.post(close_it)
    client.post(close_it)
    position.refresh_from_db()
    assert position.state == "closed"


@pytest.mark.parametrize("verb", ["open", "close", "preview"])
def test_looking_at_an_address_changes_nothing(verb):
    assert browser(make_alice()).get(reverse(f"admin:interviews_position_{verb}", args=[make_position().pk])).status_code == 405


def test_preview_opens_the_link_of_an_interview_that_is_not_counted():
    answer = browser(make_alice()).post(reverse("admin:interviews_position_preview", args=[make_position(state="draft").pk]))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/i/")
    assert Interview.objects.get().kind == "preview"


def test_versions_show_the_frozen_plan():
    client, position = browser(make_alice()), make_position()
    post_invitation(client, position, name="Bob")
    position.questions.update(text="Changed?")
    page = client.get(reverse("admin:interviews_position_version", args=[position.pk, 1])).content.decode()
    assert "Tell me about yourself." in page
    assert "Changed?" not in page
    assert client.get(reverse("admin:interviews_position_version", args=[position.pk, 9])).status_code == 404


# --- Inviting --------------------------------------------------------------------------------------------------------
def test_the_result_shows_the_link_and_the_same_form_again_invites_nobody():
    client, position = browser(make_alice()), make_position()
    form = invite_form(client, position, name="Bob", email="bob@example.org")
    address = reverse("admin:interviews_position_invite", args=[position.pk])
    for _ in range(2):
        assert "/i/" in client.post(address, form).content.decode()
    assert Interview.objects.count() == 1
    assert OutgoingMail.objects.count() == 1


def test_a_list_names_the_rows_it_could_not_use():
    people = "Bob, bob@example.org\nnobody@\nAnna <anna@example.org>\n\nБолат;bolat@example.org;kk"
    page = post_invitation(browser(make_alice()), make_position(), people=people).content.decode()
    assert "3 people invited" in page
    assert "is missing" in page
    assert set(Interview.objects.values_list("language", flat=True)) == {"en", "kk"}


def test_an_uploaded_table_invites_too():
    position, client = make_position(), browser(make_alice())
    file = SimpleUploadedFile("people.csv", "Имя;E-mail\nАнна;anna@example.org\n".encode("cp1251"))
    assert "1 person invited" in post_invitation(client, position, file=file).content.decode()
    assert Interview.objects.get().candidate.name == "Анна"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "Write a name"),
        ({"email": "bob@example.org"}, "name is missing"),
        ({"name": "Bob", "email": "nobody"}, "valid email"),
        ({"name": "B" * 201}, "200"),
        ({"name": "a\x00b"}, "Null"),
        ({"name": "Bob", "language": "de"}, "valid choice"),
        ({"name": "Bob", "token": "x"}, "correct"),
        ({"name": "Bob", "body_en": "No address"}, "needs {link}"),
        ({"name": "Bob", "subject_ru": "{foo}"}, "{foo}"),
        ({"people": "x\n" * (MOST_ROWS + 1)}, str(MOST_ROWS)),
        ({"people": "x" * 100_001}, "100000"),
    ],
)
def test_a_bad_invitation_is_refused_in_words_and_invites_nobody(fields, words):
    answer = post_invitation(browser(make_alice()), make_position(), **fields)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not Interview.objects.exists()


def test_a_closed_position_says_why_nobody_can_be_invited():
    position = make_position(closes_at=timezone.now() - timedelta(days=1))
    answer = post_invitation(browser(make_alice()), position, name="Bob")
    assert "closed" in answer.content.decode()
    assert not Interview.objects.exists()


def test_an_edited_letter_can_be_kept_for_the_position():
    position = make_position()
    post_invitation(browser(make_alice()), position, name="Bob", subject_en="Hello {name}", keep="on")
    assert OutgoingMail.objects.get().subject == "Hello Bob"
    assert [(letter.language, letter.subject) for letter in position.letters.all()] == [("en", "Hello {name}")]


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ("Anna Lee", Row("Anna Lee")),
        ("Anna Lee <anna@example.org>", Row("Anna Lee", "anna@example.org")),
        ('"Lee, Anna" <anna@example.org>, RU', Row("Lee, Anna", "anna@example.org", "ru")),
        ("anna@example.org\tAnna Lee\tkk", Row("Anna Lee", "anna@example.org", "kk")),
        ('"Lee; Anna";anna@example.org', Row("Lee; Anna", "anna@example.org")),
        ("=1+1,evil@example.org", Row("=1+1", "evil@example.org")),
    ],
)
def test_a_line_is_understood_in_whatever_form_it_comes(line, row):
    assert rows_of_text(line) == [row]


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"PK\x03\x04 not a zip", "a.xlsx", "not_xlsx"),
        (b"", "a.xlsx", "not_xlsx"),
        (b"\x00\x01\x02", "a.csv", "not_text"),
        (b"x" * (1024 * 1024 + 1), "a.csv", "too_big"),
    ],
)
def test_a_file_that_is_no_list_is_refused(content, name, code):
    with pytest.raises(UnreadableList) as refused:
        rows_of_file(content, name)
    assert refused.value.code == code
