"""One line an event, ids only, secrets masked (threats 11, 35, 79)."""

import logging
import sys

import pytest
from django.core.exceptions import SuspiciousOperation

from interview_site.logs import LineFormatter, masked, request_id


@pytest.mark.parametrize(
    ("line", "secret"),
    [
        ("Not Found: /i/abc-DEF_1.s3cretS3cretS3cret12", "s3cretS3cretS3cret12"),
        ("GET /api/streaming/x?token=abcdef123&y=1", "abcdef123"),
        ("Error connecting to redis://:hunter2@127.0.0.1:6379/0", "hunter2"),
        ("postgres://site:hunter2@db:5432/site", "hunter2"),
        ("Authorization: Bearer abcdefghijklmnop.qrst", "abcdefghijklmnop"),
        ("https://x.example/a?api_key=abc123", "abc123"),
    ],
)
def test_a_secret_never_reaches_the_log(line: str, secret: str) -> None:
    assert secret not in masked(line)
    assert "***" in masked(line)


def test_ordinary_lines_stay_as_they_are() -> None:
    line = "GET /interview/abc/call 200 took=12 token bucket full https://a.example:8000/x@y"
    assert masked(line) == line


def test_a_line_carries_extras_and_the_request() -> None:
    record = logging.makeLogRecord({"msg": "two\nlines", "levelname": "INFO", "name": "x", "interview": "abc"})
    token = request_id.set("r1")
    line = LineFormatter().format(record)
    request_id.reset(token)
    assert line.endswith("INFO x two lines interview=abc request=r1")


def test_what_a_client_did_wrong_is_one_line_without_a_traceback() -> None:
    try:
        raise SuspiciousOperation("too big")
    except SuspiciousOperation:
        told = {"msg": "too big", "levelname": "ERROR", "exc_info": sys.exc_info()}
    ours, theirs = (logging.makeLogRecord({**told, "name": name}) for name in ("x", "django.security.RequestDataTooBig"))
    assert "Traceback" in LineFormatter().format(ours)
    assert "\n" not in LineFormatter().format(theirs)
