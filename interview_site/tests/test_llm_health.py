"""How a model is doing: the status page's blocks, the button that asks for real, the breaker all processes share."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from interview_site import llm, status, status_checks
from interview_site.errors import ProviderError
from interview_site.llm import Purpose, health
from interview_site.llm.endpoints import endpoint
from interview_site.llm.records import ModelHealth, ModelMonth
from interview_site.llm_stub import Fault, ModelStub, Reply
from interview_site.models import StatusCheck
from interview_site.tests.model_stub import model  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db(transaction=True)
HELLO = [{"role": "user", "content": "Hello"}]


def block(purpose: Purpose = Purpose.DIALOGUE) -> status.Block:
    found = status.find(f"model-{purpose}")
    assert found is not None
    return found[0]


def pressed(purpose: Purpose = Purpose.DIALOGUE) -> StatusCheck:
    """The outcome of the block's button, made by a worker."""
    found = block(purpose)
    row = status_checks.start(found, found.checks[0], by=None, language="en")
    StatusCheck.objects.filter(pk=row.pk).update(due_at=timezone.now() - timedelta(seconds=1))
    status_checks.run(row.pk)
    row.refresh_from_db()
    return row


def refused_code() -> str:
    with pytest.raises(ProviderError) as caught:
        llm.complete(Purpose.EVALUATION, HELLO, max_tokens=20, timeout_s=5)
    return caught.value.code


def test_without_a_model_each_block_says_what_goes_on_without_it(settings: Any) -> None:
    for purpose in Purpose:
        found = block(purpose)
        assert (found.state, found.checks) == ("off", ()) and found.notes[0].startswith("Without it")


def test_a_block_names_model_server_place_and_what_the_month_has_used(model: ModelStub, settings: Any) -> None:  # noqa: F811
    settings.LLM_MONTHLY_TOKENS = 5000
    ModelMonth.objects.create(month=timezone.now().date().replace(day=1), tokens=1200)
    facts = dict(block().facts)
    assert (facts["Model"], facts["Server"]) == ("stub-model", model.settings()["base_url"].split("/")[2])
    assert facts["Where"] == "an outside service" and "1 200 of 5 000 tokens" in str(facts["This month, all purposes"])
    assert block().state == "unknown"


def test_the_interviewer_s_button_listens_to_a_stream_and_names_the_first_word_s_time(model: ModelStub) -> None:  # noqa: F811
    model.queue("Seven days.")
    row = pressed()
    assert (row.state, "Seven days." in row.text, "The first word came after" in row.text) == ("passed", True, True)
    assert model.asked[0].body["stream"] is True and block().state == "good"


def test_a_model_too_slow_for_a_conversation_does_not_pass(model: ModelStub) -> None:  # noqa: F811
    model.queue(Reply("Seven.", delay_s=2.6))
    row = pressed()
    assert row.state == "failed" and "too long for a conversation" in row.text


@pytest.mark.parametrize("purpose", [Purpose.EVALUATION, Purpose.AUTHORING])
def test_the_other_buttons_ask_for_a_fixed_shape(model: ModelStub, purpose: Purpose) -> None:  # noqa: F811
    model.queue({"days": 7})
    assert pressed(purpose).state == "passed" and model.asked[0].schema is not None
    model.queue("I would rather talk about the weather.")
    row = pressed(purpose)
    assert row.state == "failed" and "not in the asked-for form" in row.text


def test_a_refused_key_is_told_on_the_block(model: ModelStub) -> None:  # noqa: F811
    model.queue(Fault.FORBIDDEN)
    assert pressed().state == "failed"
    found = block()
    assert found.state == "bad" and "key" in found.notes[0] and "Last error" in dict(found.facts)


def test_a_wrong_model_name_is_told_in_words_that_help(model: ModelStub) -> None:  # noqa: F811
    model.queue(Fault.NO_MODEL)
    assert "Check the model's name" in pressed().text


def test_a_used_up_budget_is_told_on_the_block(model: ModelStub, settings: Any) -> None:  # noqa: F811
    settings.LLM_MONTHLY_TOKENS = 100
    ModelMonth.objects.create(month=timezone.now().date().replace(day=1), tokens=100)
    assert (block().state, block().headline) == ("warning", "this month's budget is used up")
    # It should not count as a fault of the server.
    assert refused_code() == "budget" and not ModelHealth.objects.exists()


def test_after_five_faults_it_rests_for_everybody_and_a_press_of_the_button_still_asks(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(Fault.GARBAGE)
    assert [refused_code() for _time in range(6)] == ["invalid_response"] * 5 + ["breaker_open"]
    assert (len(model.asked), block(Purpose.EVALUATION).state, block(Purpose.DIALOGUE).state) == (5, "bad", "unknown")
    model.otherwise({"days": 7})
    assert pressed(Purpose.EVALUATION).state == "passed"
    # The trial's success should let everybody in again.
    assert block(Purpose.EVALUATION).state == "good"
    assert llm.complete(Purpose.EVALUATION, HELLO, max_tokens=20, timeout_s=5).text


def test_another_model_begins_with_a_clean_record(model: ModelStub, settings: Any) -> None:  # noqa: F811
    ModelHealth.objects.create(
        provider=health.key(Purpose.DIALOGUE, endpoint(Purpose.DIALOGUE)), failures=5, open_since=timezone.now(),
        paused_until=timezone.now() + timedelta(minutes=1),
    )  # fmt: skip
    assert block().state == "bad"
    settings.LLM = {**settings.LLM, "model": "another"}
    assert block().state == "unknown"


@pytest.mark.parametrize(("codename", "may"), [("test_modelhealth", True), ("change_avatarsettings", False)])
def test_the_button_has_a_permission_of_its_own(client: Client, model: ModelStub, codename: str, may: bool) -> None:  # noqa: F811
    bob = User.objects.create_user("bob", is_staff=True)
    bob.user_permissions.add(*Permission.objects.filter(codename__in=["view_statuscheck", codename]))
    client.force_login(bob)
    page = client.get(reverse("admin:interview_site_statuscheck_changelist")).content.decode()
    address = reverse("admin:interview_site_statuscheck_run", args=["model-dialogue", "ask"])
    assert "Language model: the interviewer" in page and (address in page) is may
    assert client.post(address).status_code == (302 if may else 404)
