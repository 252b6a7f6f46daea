"""What a server's model understands: tried once, then remembered by the process; LLM_PROFILES overrides (contract §3, §4, §11).

A 400 that says which field it does not know teaches us to leave it out or to say it otherwise. What was tried is
remembered only when the next request with it succeeds.
"""

from dataclasses import dataclass, fields, replace
from typing import Any

import openai
from django.conf import settings

from interview_site.llm.endpoints import Endpoint

STRUCTURED = ("json_schema", "json_object", "prompt")
TOKEN_FIELDS = ("max_tokens", "max_completion_tokens")
_DOES_NOT_KNOW = (
    "unsupported", "not support", "unknown", "unrecognized", "unrecognised", "unexpected", "not permitted", "not allowed",
    "extra input", "extra_forbidden", "does not support", "invalid parameter", "not available", "not implemented",
)  # fmt: skip


@dataclass(frozen=True)
class Capabilities:
    structured: str = "json_schema"
    token_field: str = "max_tokens"  # vLLM, Ollama and the older ones know it; the reasoning families ask for the other
    temperature: bool = True
    streaming: bool = True
    stream_usage: bool = True
    reasoning_effort: str = ""  # sent only when the profile names one
    states_schema: bool = False  # takes json_schema and does not keep to it: the schema is said in words too

    def fields(self, max_tokens: int, temperature: float | None, schema: dict[str, Any] | None) -> dict[str, Any]:
        """The part of the request that differs between servers; `schema` as it goes over the wire."""
        asked: dict[str, Any] = {self.token_field: max_tokens}
        if temperature is not None and self.temperature:
            asked["temperature"] = temperature
        if self.reasoning_effort:
            asked["reasoning_effort"] = self.reasoning_effort
        if schema is not None and self.structured == "json_schema":
            name = str(schema.get("title", "answer"))
            asked["response_format"] = {
                "type": "json_schema", "json_schema": {"name": name, "strict": True, "schema": schema}
            }  # fmt: skip
        elif schema is not None and self.structured == "json_object":
            asked["response_format"] = {"type": "json_object"}
        return asked


_learned: dict[tuple[str, str], Capabilities] = {}


def of(endpoint: Endpoint) -> Capabilities:
    known = _learned.get((endpoint.base_url, endpoint.model), Capabilities())
    return replace(known, **_overrides(endpoint))


def remember(endpoint: Endpoint, capabilities: Capabilities) -> None:
    _learned[endpoint.base_url, endpoint.model] = capabilities


def forget() -> None:
    """For tests: every server is new again."""
    _learned.clear()


def _overrides(endpoint: Endpoint) -> dict[str, Any]:
    return {**settings.LLM_PROFILES.get("*", {}), **settings.LLM_PROFILES.get(endpoint.model, {})}


def after_refusal(
    endpoint: Endpoint, capabilities: Capabilities, error: openai.APIStatusError, asked: dict[str, Any]
) -> Capabilities | None:
    """Other capabilities to try after this refusal of a request with the fields `asked`; None when it taught us nothing."""
    if error.status_code not in (400, 404, 415, 422, 501):
        return None
    text = _words_of(error)
    named = str(getattr(error, "param", None) or "")
    is_about_knowing = any(words in text for words in _DOES_NOT_KNOW)
    changed = None
    if capabilities.token_field in asked and _is_named(capabilities.token_field, named, text, is_about_knowing):
        changed = {"token_field": TOKEN_FIELDS[1 - TOKEN_FIELDS.index(capabilities.token_field)]}
    elif "temperature" in asked and _is_named("temperature", named, text, is_about_knowing):
        changed = {"temperature": False}
    elif "reasoning_effort" in asked and _is_named("reasoning_effort", named, text, is_about_knowing):
        changed = {"reasoning_effort": ""}
    elif "response_format" in asked and _is_about_shape(named, text):
        changed = {"structured": STRUCTURED[STRUCTURED.index(capabilities.structured) + 1]}
    elif "stream_options" in asked and _is_named("stream_options", named, text, is_about_knowing):
        changed = {"stream_usage": False}
    elif asked.get("stream") and _is_named("stream", named, text, is_about_knowing):
        changed = {"streaming": False}
    if changed is None or changed.keys() & _overrides(endpoint).keys():
        return None
    return replace(capabilities, **changed)


def _words_of(error: openai.APIStatusError) -> str:
    return f"{error.message} {error.body}"[:4000].lower()


def _is_named(field: str, named: str, text: str, is_about_knowing: bool) -> bool:
    """A refusal of the field itself, not of its value: «max_tokens is too large» must not make us rename it."""
    return is_about_knowing and (named.split(".")[0] == field if named else field in text)


def _is_about_shape(named: str, text: str) -> bool:
    places = ("response_format", "json_schema", "json_object", "guided", "grammar", "structured output")
    return any(place in named or place in text for place in places)


def faults_of(profiles: object) -> list[str]:
    """What is wrong with LLM_PROFILES, in words for the operator."""
    if not isinstance(profiles, dict):
        return ["it is not an object"]
    kinds = {field.name: type(field.default) for field in fields(Capabilities)}
    faults = []
    for model, profile in profiles.items():
        if not isinstance(profile, dict):
            faults.append(f"{model!r} holds no object")
            continue
        for name, value in profile.items():
            if name not in kinds:
                faults.append(f"{model!r} holds {name!r}; known are {', '.join(kinds)}")
            elif type(value) is not kinds[name]:
                faults.append(f"{name!r} of {model!r} is not {'true or false' if kinds[name] is bool else 'a text'}")
            elif (name == "structured" and value not in STRUCTURED) or (name == "token_field" and value not in TOKEN_FIELDS):
                faults.append(f"{name!r} of {model!r} is {value!r}")
    return faults
