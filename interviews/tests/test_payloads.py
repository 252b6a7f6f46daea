"""The socket's messages: the mirror in JavaScript is equal, and nothing odd comes through."""

import json
import re
from pathlib import Path

import pytest
from django.conf import settings

from interviews import payloads
from interviews.call.texts import TEXTS
from interviews.conversation.wording import LINES
from interviews.payloads import BadMessage, parse

MIRROR = Path(settings.BASE_DIR) / "frontend" / "src" / "lib" / "payloads.js"
DEVICE = "abc-DEF_1"


def mirrored(name: str) -> dict:
    literal = re.search(rf"export const {name} = (\{{.*?\n\}});", MIRROR.read_text(), re.S).group(1)
    return json.loads(literal)


@pytest.mark.parametrize("name", ["UP", "DOWN"])
def test_the_javascript_mirror_is_equal(name):
    assert mirrored(name) == getattr(payloads, name)


def test_the_mirror_knows_the_longest_typed_text():
    assert f"MOST_TYPED_CHARACTERS = {payloads.MOST_TYPED_CHARACTERS};" in MIRROR.read_text()


def test_the_documentation_names_every_message():
    page = (Path(settings.BASE_DIR) / "docs" / "architecture.md").read_text()
    for name in (*payloads.UP, *payloads.DOWN, *TEXTS, *LINES["en"]["notices"]):
        assert f"`{name}`" in page, name


def test_a_good_message_comes_through_without_unknown_fields():
    assert parse(json.dumps({"type": "hello", "device": DEVICE, "colour": "red"})) == {"type": "hello", "device": DEVICE}


@pytest.mark.parametrize("text", ["\\u0000", "a\\u0000b", "\\ud800"])
def test_a_character_that_cannot_be_stored_is_told_by_the_messages_id(text):
    with pytest.raises(BadMessage) as refused:
        parse(f'{{"type": "typed", "id": "t1", "text": "{text}"}}')
    assert (refused.value.code, refused.value.id) == ("bad_text", "t1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "1",
        "[]",
        '"hello"',
        "NaN",
        "{}",
        '{"type": 1}',
        '{"type": null}',
        "[" * 100_000,
        "\x00",
        '{"type": "hello"}',
        '{"type": "hello", "device": ""}',
        '{"type": "hello", "device": "a b"}',
        '{"type": "hello", "device": "x", "last_sentence": -2}',
        '{"type": "hello", "device": "x", "last_sentence": true}',
        '{"type": "hello", "device": "x", "last_sentence": 1.5}',
        '{"type": "hello", "device": "x", "last_sentence": 1e400}',
        '{"type": "hello", "device": "x", "takes": {}}',
        '{"type": "spoken", "sentence": "1"}',
        '{"type": "spoken", "sentence": 9007199254740992}',
        '{"type": "spoken", "sentence": NaN}',
        '{"type": "typed", "id": "a", "text": "   "}',
        '{"type": "typed", "id": "a", "text": ["x"]}',
        '{"type": "typed", "id": "a", "text": "x", "question": "1"}',
        '{"type": "typed", "id": "a", "text": "x", "more": 1}',
        '{"type": "typed", "text": "x"}',
        '{"type": "telemetry", "kind": "A b"}',
        '{"type": "finish", "take": 1, "frames": 2, "sha256": "x"}',
    ],
)
def test_it_refuses_what_is_not_a_message(text):
    with pytest.raises(BadMessage) as refused:
        parse(text)
    assert refused.value.code == "bad_message"


def test_it_refuses_an_unknown_type():
    with pytest.raises(BadMessage, match="unknown_type"):
        parse('{"type": "dance"}')


def test_a_text_that_is_too_long_is_refused_by_its_id():
    with pytest.raises(BadMessage) as refused:
        parse(json.dumps({"type": "typed", "id": "t1", "text": "x" * 1_000_000}))
    assert (refused.value.code, refused.value.id) == ("too_long", "t1")
