"""The body of a call: strict JSON or a clear refusal (threats 36)."""

import json

import pytest

from interview_site.api.parsers import MAX_DEPTH, loads
from interview_site.api.problems import Problem


def code_of(raw: bytes) -> str:
    with pytest.raises(Problem) as refused:
        loads(raw)
    assert refused.value.status_code == 400
    return refused.value.code


def test_it_reads_plain_json():
    value = {"name": "Дана", "marks": [1, -2.5, None, True], "inner": {"a": "b"}}
    assert loads(json.dumps(value).encode()) == value


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b"{'a': 1}", "json"),
        (b'{"a": 1,}', "json"),
        (b"\xff\xfe{\x00}\x00", "json_encoding"),
        (b'{"a": "\xc3\x28"}', "json_encoding"),
        (b'{"a": NaN}', "json_number"),
        (b"[Infinity]", "json_number"),
        (b"[-Infinity]", "json_number"),
        (b"[1e999]", "json_number"),
        (b"[" + b"9" * 19 + b"]", "json_number"),
        (b"[" + b"9" * 5000 + b"]", "json_number"),
        (b'{"a": 1, "a": 2}', "json_duplicate_key"),
        (b'{"x": {"a": 1, "\\u0061": 2}}', "json_duplicate_key"),
        (b'{"a": "\\u0000"}', "json_text"),
        (b'"\\ud800"', "json_text"),
        (b'[["\\udfff"]]', "json_text"),
        (b'{"\\ud800": 1}', "json_text"),
        (b"[" * 100_000, "json_depth"),
        (b'{"a":' * 50_000, "json_depth"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "json_depth"),
    ],
)
def test_it_refuses_what_is_odd(raw, code):
    assert code_of(raw) == code


def test_brackets_inside_a_text_are_no_nesting():
    assert loads(json.dumps({"a": "[" * 500 + '\\"' + "{" * 500}).encode())
