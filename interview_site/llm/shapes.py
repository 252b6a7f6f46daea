"""Answers of a fixed shape: the schema as it goes over the wire, and the answer read back and checked (contract §4).

Servers keep to a schema, or say so and do not; whatever they promise, the answer is checked here against the whole schema.
"""

import json
import re
from typing import Any

import jsonschema

# Strict servers refuse some of these, lax ones ignore them: they stay in our own check.
_OURS_ONLY = {
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength", "pattern", "format",
    "minItems", "maxItems", "uniqueItems", "default", "examples",
}  # fmt: skip
_FENCE = re.compile(r"^\s*```[a-zA-Z]*\s*\n(.*?)\n?\s*```\s*$", re.DOTALL)
_SAID = (
    "Answer with one JSON object and nothing else: no words before or after it, no code fence."
    " It must fit this JSON Schema:\n{schema}"
)


class Misshapen(ValueError):
    """The answer does not fit; the text names the place and holds nothing of the answer's words."""


def on_the_wire(schema: dict[str, Any]) -> dict[str, Any]:
    """The portable subset: every property required, nothing besides, no numeric or length keywords.

    Raises ValueError for a schema of ours that strict servers would refuse: an object whose properties are not all required.
    """
    return _portable(schema)


def _portable(node: Any) -> Any:
    if isinstance(node, list):
        return [_portable(item) for item in node]
    if not isinstance(node, dict):
        return node
    kept = {
        key: {name: _portable(inner) for name, inner in value.items()} if key in ("properties", "$defs") else _portable(value)
        for key, value in node.items()
        if key not in _OURS_ONLY
    }
    if "properties" in kept:
        if missing := set(kept["properties"]) - set(node.get("required", [])):
            raise ValueError(f"Every property must be required; say null for what may be absent: {sorted(missing)}.")
        kept["additionalProperties"] = False
    return kept


def in_words(schema: dict[str, Any]) -> str:
    return _SAID.format(schema=json.dumps(schema, ensure_ascii=False))


def read(text: str, schema: dict[str, Any]) -> Any:
    """The answer as a value that fits `schema`. Raises Misshapen."""
    value = _json_in(text)
    validator = jsonschema.Draft202012Validator(schema)
    fault = jsonschema.exceptions.best_match(validator.iter_errors(value))
    if fault is not None:
        place = "/".join(str(step) for step in fault.absolute_path)
        raise Misshapen(f"/{place}: {fault.validator} {_limit(fault.validator_value)}".strip()[:300])
    return value


def _limit(value: object) -> str:
    """What the schema wanted there, when it is short enough to say."""
    said = json.dumps(value, ensure_ascii=False)
    return said if len(said) <= 120 else ""


def _json_in(text: str) -> Any:
    """The JSON of an answer, also when it stands in a code fence or between words."""
    if fenced := _FENCE.match(text):
        text = fenced[1]
    begin = text.find("{")
    if begin < 0:
        raise Misshapen("there is no JSON object")
    try:
        value, _end = json.JSONDecoder(parse_constant=_no_constant).raw_decode(text[begin:])
    except (ValueError, RecursionError) as error:
        raise Misshapen("the JSON object cannot be read") from error
    if _holds_nul(value):
        raise Misshapen("the JSON holds characters that no text has")
    return value


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _holds_nul(value: Any) -> bool:
    """NUL and lone surrogates: no database takes them (threats 8)."""
    if isinstance(value, str):
        return "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, dict):
        return any(_holds_nul(key) or _holds_nul(item) for key, item in value.items())
    return isinstance(value, list) and any(_holds_nul(item) for item in value)
