"""JSON as the standard says and no more: nothing a body holds can reach the code behind in a surprising form (threats 36)."""

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.utils.translation import gettext_lazy as _
from rest_framework.parsers import BaseParser

from interview_site.api.problems import Problem

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_INTEGER_DIGITS = 18  # fits a signed 64-bit column
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")
_BAD_TEXT = re.compile("[\x00\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """UTF-8 JSON up to 1 MiB, 32 levels deep; refuses duplicate keys, NaN, Infinity, huge numbers, NUL and lone surrogates.

    Raises Problem: 400 with a code of its own for each reason, 413, or 415 for a foreign charset.
    """

    media_type = "application/json"

    def parse(self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        charset = _charset(media_type or "")
        if charset not in ("", "utf-8", "utf8", "us-ascii"):
            raise Problem(415, "charset", _("JSON is sent in UTF-8."))
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise Problem(413, "too_large", _("The body is larger than 1 MiB."))
        return loads(raw)


def loads(raw: bytes) -> Any:
    """Parse strictly. Raises Problem(400) with code `json`, `json_encoding`, `json_depth`, `json_number`,
    `json_duplicate_key` or `json_text`."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise Problem(400, "json_encoding", _("The body is not UTF-8.")) from None
    if _depth(text) > MAX_DEPTH:
        raise Problem(400, "json_depth", _("The JSON is nested too deeply."))
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant, parse_int=_integer, parse_float=_number)
    except (ValueError, RecursionError):
        raise Problem(400, "json", _("The body is not valid JSON.")) from None
    return _clean_deep(value)


def _charset(media_type: str) -> str:
    for part in media_type.split(";")[1:]:
        name, _sign, value = part.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def _depth(text: str) -> int:
    """The deepest nesting, found without recursion; brackets inside strings do not count."""
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        deepest = max(deepest, depth)
    return deepest


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise Problem(400, "json_duplicate_key", _("A key stands twice in one object."))
        found[_clean(name)] = _clean_deep(value)
    return found


def _clean_deep(value: Any) -> Any:
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, list):
        return [_clean_deep(item) for item in value]
    return value  # objects were checked when they were built


def _clean(text: str) -> str:
    if _BAD_TEXT.search(text):
        raise Problem(400, "json_text", _("A text holds a NUL character or half of a surrogate pair."))
    return text


def _no_constant(name: str) -> NoReturn:
    raise Problem(400, "json_number", _("NaN and Infinity are not JSON."))


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise Problem(400, "json_number", _("A number is too large."))
    return int(digits)


def _number(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        raise Problem(400, "json_number", _("A number is too large."))
    return value
