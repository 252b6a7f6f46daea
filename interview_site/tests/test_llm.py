"""Language models: whole answers, shapes, streams, faults, what servers understand, budgets."""

import asyncio
import threading
import time
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from interview_site import llm
from interview_site.errors import Category, ProviderError
from interview_site.llm import Purpose, shapes
from interview_site.llm.records import ModelMonth, ModelUsage
from interview_site.llm.thoughts import Thoughts, without_thoughts
from interview_site.llm_stub import Fault, ModelStub, Reply
from interview_site.tests.model_stub import model  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db(transaction=True)
HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}]
MARK = {
    "title": "mark",
    "type": "object",
    "properties": {"why": {"type": "string", "minLength": 1}, "mark": {"type": "integer", "minimum": 1, "maximum": 5}},
    "required": ["why", "mark"],
    "additionalProperties": False,
}


def ask(**options: Any) -> llm.Completion:
    return llm.complete(Purpose.DIALOGUE, HELLO, **{"max_tokens": 50, "timeout_s": 5, **options})


def listen(**options: Any) -> llm.ModelStream:
    return llm.stream(Purpose.DIALOGUE, HELLO, **{"max_tokens": 50, "first_token_s": 2, "total_s": 5, **options})


def refusal(call: Any) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        call()
    return caught.value


# --- Whole answers ---


def test_it_answers_and_counts(model: ModelStub, settings: Any) -> None:  # noqa: F811
    settings.LLM_PRICES = {"stub-model": {"input": 1000, "output": 2000}}
    model.queue("Good morning to you.")

    answer = ask(subject="abc", temperature=0.3)

    assert (answer.text, answer.finish, answer.usage.output_tokens) == ("Good morning to you.", "stop", 4)
    assert answer.cost == Decimal("0.011")  # 3 words read, 4 written
    row = ModelUsage.objects.get()
    assert (row.subject, row.state, row.cost, row.is_estimate) == ("abc", "done", answer.cost, False)
    assert ModelMonth.objects.get().tokens == 7
    assert model.asked[0].body["temperature"] == 0.3


def test_without_settings_nothing_is_asked(settings: Any) -> None:
    assert not llm.is_configured(Purpose.EVALUATION)
    assert refusal(ask).code == "not_configured"


def test_another_purpose_may_have_another_server_which_never_gets_the_common_key(settings: Any) -> None:
    settings.LLM = {"base_url": "https://one.example/v1", "api_key": "one", "model": "m", "is_local": True}
    settings.LLM_OWN = {"evaluation": {"base_url": "https://two.example/v1", "api_key": "", "model": "n", "is_local": False}}

    from interview_site.llm.endpoints import endpoint

    assert endpoint(Purpose.EVALUATION).api_key == ""
    assert llm.model_name(Purpose.EVALUATION) == "n" and not llm.is_local(Purpose.EVALUATION)
    assert llm.model_name(Purpose.AUTHORING) == "m" and llm.is_local(Purpose.AUTHORING)


def test_a_thought_written_into_the_answer_is_left_out(model: ModelStub) -> None:  # noqa: F811
    model.queue("<think>\nThe user says hello.\n</think>\n\nHello!")

    assert ask().text == "Hello!"


@pytest.mark.parametrize(
    ("fault", "code", "category"),
    [
        (Fault.FORBIDDEN, "invalid_api_key", Category.AUTHENTICATION),
        (Fault.QUOTA, "insufficient_quota", Category.QUOTA),
        (Fault.NO_MODEL, "model_not_found", Category.INVALID_REQUEST),
        (Fault.REFUSAL, "refused", Category.INVALID_REQUEST),
        (Fault.FILTERED, "refused", Category.INVALID_REQUEST),
        (Fault.GARBAGE, "invalid_response", Category.SERVER),
        (Fault.HTML, "invalid_response", Category.SERVER),
    ],
)
def test_a_fault_that_stays_is_told_at_once(model: ModelStub, fault: Fault, code: str, category: Category) -> None:  # noqa: F811
    model.queue(fault)

    error = refusal(ask)

    assert (error.code, error.category) == (code, category)
    assert len(model.asked) == 1


@pytest.mark.parametrize("fault", [Fault.DOWN, Fault.CUT, Fault.EMPTY])
def test_a_fault_that_passes_is_tried_again(model: ModelStub, fault: Fault) -> None:  # noqa: F811
    model.queue(fault, "Hello.")

    assert ask().text == "Hello."


def test_it_waits_as_long_as_the_server_asks_but_not_past_the_deadline(model: ModelStub) -> None:  # noqa: F811
    model.queue(Fault.BUSY, "Hello.")

    error = refusal(lambda: ask(timeout_s=0.5))

    assert (error.category, error.retry_after_s, len(model.asked)) == (Category.RATE_LIMIT, 1.0, 1)


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.HUGE])
def test_neither_silence_nor_a_flood_lasts(model: ModelStub, fault: Fault) -> None:  # noqa: F811
    model.otherwise(fault)

    assert refusal(lambda: ask(timeout_s=0.3)).category == Category.CONNECTIVITY


def test_a_server_that_is_not_there_is_named_as_such(settings: Any) -> None:
    settings.LLM = {"base_url": "http://127.0.0.1:9/v1", "api_key": "", "model": "m", "is_local": False}

    assert refusal(lambda: ask(timeout_s=1)).category == Category.CONNECTIVITY
    assert not ModelUsage.objects.exists()


# --- Shapes ---


def test_a_shaped_answer_is_checked_against_the_whole_schema(model: ModelStub) -> None:  # noqa: F811
    model.queue({"why": "clear", "mark": 4}, {"why": "clear", "mark": 9})

    assert ask(schema=MARK).data == {"why": "clear", "mark": 4}
    sent = model.asked[0].body["response_format"]["json_schema"]
    assert sent["name"] == "mark" and "maximum" not in sent["schema"]["properties"]["mark"]
    assert refusal(lambda: ask(schema=MARK)).code == "invalid_response"


@pytest.mark.parametrize(
    "bad", [Fault.BAD_JSON, Fault.LENGTH, "[1, 2]", '{"mark": NaN, "why": "x"}', '{"why": "\\u0000", "mark": 1}']
)
def test_a_misshapen_answer_is_asked_for_again(model: ModelStub, bad: Any) -> None:  # noqa: F811
    model.queue(bad, {"why": "clear", "mark": 4})

    answer = ask(schema=MARK, reasks=1)

    assert answer.data["mark"] == 4
    assert ModelUsage.objects.count() == 2 and answer.usage.tokens == sum(
        row.input_tokens + row.output_tokens for row in ModelUsage.objects.all()
    )
    assert "JSON Schema" in model.asked[1].text  # said in words from then on


def test_a_fence_and_words_around_do_no_harm(model: ModelStub) -> None:  # noqa: F811
    model.queue(Fault.FENCED, {"why": "clear", "mark": 4})

    assert ask(schema=MARK).data["mark"] == 4


def test_a_schema_that_strict_servers_refuse_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="required"):
        shapes.on_the_wire({"type": "object", "properties": {"a": {"type": "string"}}, "required": []})


# --- What servers understand ---


@pytest.mark.parametrize(
    ("refuses", "field", "instead"),
    [("max_tokens", "max_tokens", "max_completion_tokens"), ("temperature", "temperature", None)],
)
def test_a_refused_field_is_learned_once(model: ModelStub, refuses: str, field: str, instead: str | None) -> None:  # noqa: F811
    model.refuses = {refuses}

    ask(temperature=0.2)
    ask(temperature=0.2)

    assert [field in asked.body for asked in model.asked] == [False, False]  # the stub keeps only what it accepted
    assert instead is None or model.asked[0].body[instead] == 50


def test_a_server_without_schemas_hears_it_in_words(model: ModelStub) -> None:  # noqa: F811
    model.refuses = {"response_format"}
    model.queue({"why": "clear", "mark": 4})

    assert ask(schema=MARK).data["mark"] == 4
    assert '"mark"' in model.asked[0].text


def test_a_too_large_number_is_not_mistaken_for_an_unknown_field(model: ModelStub) -> None:  # noqa: F811
    from interview_site.llm import capabilities
    from interview_site.llm.endpoints import endpoint

    class Refusal:
        status_code, param, body = 400, None, {}
        message = "'max_tokens' is too large: 4096. This model's maximum context length is 2048 tokens."

    able = capabilities.of(endpoint(Purpose.DIALOGUE))
    assert capabilities.after_refusal(endpoint(Purpose.DIALOGUE), able, Refusal(), {"max_tokens": 4096}) is None


def test_the_operator_knows_better(model: ModelStub, settings: Any) -> None:  # noqa: F811
    settings.LLM_PROFILES = {"stub-model": {"token_field": "max_completion_tokens", "reasoning_effort": "none"}}

    ask()

    assert model.asked[0].body["max_completion_tokens"] == 50 and model.asked[0].body["reasoning_effort"] == "none"


# --- Streams ---


def test_a_stream_says_its_pieces_and_its_end(model: ModelStub) -> None:  # noqa: F811
    model.queue("Tell me more about that project.")
    stream = listen(subject="abc")

    assert "".join(stream) == "Tell me more about that project."
    assert stream.finish == "stop" and stream.usage.output_tokens == 6
    assert ModelUsage.objects.get().output_tokens == 6


@pytest.mark.parametrize("fault", [Fault.CUT, Fault.UNFINISHED, Fault.ERROR_EVENT])
def test_a_stream_without_a_finish_was_cut(model: ModelStub, fault: Fault) -> None:  # noqa: F811
    model.otherwise(fault)
    said = []

    with pytest.raises(ProviderError) as caught:
        for piece in listen():
            said.append(piece)

    assert "".join(said).startswith("Half")
    assert caught.value.code in ("cut", "overloaded")
    assert ModelUsage.objects.get().state == "failed"


@pytest.mark.parametrize("fault", [Fault.SLOW, Fault.LATE])
def test_a_first_word_that_does_not_come_is_late(model: ModelStub, fault: Fault) -> None:  # noqa: F811
    model.otherwise(fault)

    assert refusal(lambda: next(listen(first_token_s=0.2))).code == "late"


def test_time_for_the_whole_answer_ends_too(model: ModelStub) -> None:  # noqa: F811
    model.queue(Reply("one two three four", pause_s=0.2))

    assert refusal(lambda: list(listen(first_token_s=0.3, total_s=0.35))).code == "late"


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Fault.REFUSAL, "refused"),
        (Fault.HUGE, "too_long"),
        (Fault.GARBAGE, "invalid_response"),
        (Fault.FORBIDDEN, "invalid_api_key"),
    ],
)
def test_a_broken_stream_is_named(model: ModelStub, fault: Fault, code: str) -> None:  # noqa: F811
    model.otherwise(fault)

    assert refusal(lambda: list(listen())).code == code


def test_a_busy_server_is_asked_again_before_the_first_word_is_due(model: ModelStub) -> None:  # noqa: F811
    model.queue(Fault.DOWN, "Yes.")

    assert "".join(listen()) == "Yes."


def test_a_server_that_knows_no_streams_answers_at_once(model: ModelStub) -> None:  # noqa: F811
    model.refuses = {"stream"}
    model.queue("Everything at once.")

    assert list(listen()) == ["Everything at once."]


def test_a_thought_is_not_streamed(model: ModelStub) -> None:  # noqa: F811
    model.queue(Reply("x", pieces=("<th", "ink>hm", "m</thi", "nk>\n\n", "Yes", " <b>")))

    assert "".join(listen()) == "Yes <b>"


def test_another_thread_ends_a_stream_that_waits(model: ModelStub) -> None:  # noqa: F811
    model.queue(Reply("one two three", pause_s=20))
    stream = listen(first_token_s=10, total_s=60)
    said = [next(stream)]
    threading.Timer(0.1, stream.close).start()

    began = time.monotonic()
    said += list(stream)

    assert said == ["one "] and time.monotonic() - began < 20  # before the next word would have come
    assert ModelUsage.objects.get().output_tokens > 0
    stream.close()


def test_a_stream_may_be_closed_before_it_began(model: ModelStub) -> None:  # noqa: F811
    stream = listen()
    stream.close()

    assert list(stream) == [] and model.asked == []


async def test_the_event_loop_reads_and_leaves_early(model: ModelStub) -> None:  # noqa: F811
    model.otherwise(Reply("one two three four", pause_s=0.05))
    options = {"max_tokens": 50, "first_token_s": 2, "total_s": 5}

    assert [piece async for piece in llm.astream(Purpose.DIALOGUE, HELLO, **options)] == ["one ", "two ", "three ", "four"]

    async def first() -> str:
        async for piece in llm.astream(Purpose.DIALOGUE, HELLO, **options):
            await asyncio.sleep(10)
            return piece
        return ""

    task = asyncio.create_task(first())
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_a_server_that_refuses_both_ways_of_asking_is_not_asked_without_end(model: ModelStub) -> None:  # noqa: F811
    model.refuses |= {"max_tokens", "max_completion_tokens"}

    assert refusal(ask).category == Category.INVALID_REQUEST
    assert refusal(lambda: list(listen())).category == Category.INVALID_REQUEST
    assert len(model.server.ledger) < 20


# --- Budgets ---


def test_a_month_over_its_budget_is_refused_before_anything_is_asked(model: ModelStub, settings: Any) -> None:  # noqa: F811
    settings.LLM_MONTHLY_TOKENS = 100
    ask(max_tokens=50)

    error = refusal(lambda: ask(max_tokens=100))

    assert (error.code, error.category, len(model.asked)) == ("budget", Category.QUOTA, 1)
    assert ask(max_tokens=50).text  # what was set aside was given back


def test_a_month_begins_at_midnight_of_the_sites_own_time_zone(
    model: ModelStub, settings: Any, monkeypatch: pytest.MonkeyPatch,  # noqa: F811
) -> None:  # fmt: skip
    settings.TIME_ZONE = "Asia/Almaty"
    monkeypatch.setattr("django.utils.timezone.now", lambda: datetime(2026, 11, 30, 20, tzinfo=UTC))
    ask()

    assert [row.month for row in ModelMonth.objects.all()] == [date(2026, 12, 1)]


def test_one_interview_does_not_use_up_the_others_budget(model: ModelStub, settings: Any) -> None:  # noqa: F811
    settings.LLM_PRICES = {"*": {"input": 0, "output": 1_000_000}}
    settings.LLM_SUBJECT_BUDGET = 60
    model.otherwise("word " * 40)
    ask(subject="bob")

    assert refusal(lambda: ask(subject="bob")).code == "budget"
    assert ask(subject="charlie").cost == 40


def test_parallel_requests_cannot_overshoot(model: ModelStub, settings: Any) -> None:  # noqa: F811
    settings.LLM_MONTHLY_TOKENS = 200
    model.otherwise(Reply("ok", delay_s=0.3))
    outcomes: list[str] = []

    def one() -> None:
        from django.db import connection

        try:
            outcomes.append(ask(max_tokens=80).text)
        except ProviderError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["budget", "budget", "ok", "ok"]


def test_a_server_that_counts_nonsense_is_not_believed(model: ModelStub) -> None:  # noqa: F811
    model.queue(Reply("Hello.", usage={"prompt_tokens": -5, "completion_tokens": 10**12}))

    assert ask().usage.is_estimate


def test_thoughts_come_only_at_the_beginning() -> None:
    assert without_thoughts("<think>never closed") == ""
    assert without_thoughts("The tag <think> is odd") == "The tag <think> is odd"
    assert Thoughts().feed("<thin") == ""
