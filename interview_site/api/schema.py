"""What the OpenAPI document says beside the views: which addresses it covers, the errors, the headers (design §7)."""

import re
from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

PROBLEM = {
    "type": "object",
    "description": "problem+json (RFC 9457). `code` is stable; `errors` points into the body of the request.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string", "examples": ["about:blank"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "examples": ["invalid"]},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "examples": ["/questions/0/text"]},
                    "code": {"type": "string", "examples": ["required"]},
                    "detail": {"type": "string"},
                },
            },
        },
        "current": {"type": "object", "description": "412: the present state, to merge with.", "additionalProperties": True},
    },
}
WORDS = {
    "400": "The request is not valid.",
    "401": "No credentials, or a token that is not valid.",
    "403": "The scope or the permission is missing.",
    "404": "There is no such thing, or the caller may not see it.",
    "409": "The state does not allow it, or the same Idempotency-Key is still running.",
    "412": "It was changed meanwhile.",
    "422": "The Idempotency-Key was used for another request.",
    "428": "If-Match is missing.",
    "429": "Too many calls: see Retry-After.",
}
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER,
    description="Up to 255 printable ASCII characters; a repeated call with the same key and body answers as the first did,"
    " for 24 hours.",
)  # fmt: skip
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of what you have read."
)


class ApiSchema(AutoSchema):
    """Adds the problems each operation may answer; the token and session schemes come from the authentication classes."""

    def _get_response_bodies(self, direction: str = "response") -> dict[str, Any]:
        found = super()._get_response_bodies(direction)
        if not self.path.startswith("/api/v1/"):
            return found
        codes = ["401", "403", "429"]
        if self.method in ("POST", "PATCH", "PUT"):
            codes += ["400", "409"]
        if "{" in self.path:
            codes.append("404")
        if self.method == "PATCH":
            codes += ["412", "428"]
        if self.method == "POST":
            codes.append("422")
        for code in sorted(codes):
            found.setdefault(code, {"$ref": f"#/components/responses/Problem{code}"})
        return dict(sorted(found.items()))


def add_problems(result: dict[str, Any], generator: object, request: object, public: bool) -> dict[str, Any]:
    """The shared answers that `ApiSchema` refers to."""
    components = result.setdefault("components", {})
    components.setdefault("schemas", {})["Problem"] = PROBLEM
    components["responses"] = {
        f"Problem{code}": {
            "description": words,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for code, words in WORDS.items()
    }
    return result


def add_summaries(result: dict[str, Any], generator: object, request: object, public: bool) -> dict[str, Any]:
    """The first sentence of a call's words stands beside its address, so that the page can be read without opening each."""
    for call in (call for calls in result["paths"].values() for call in calls.values()):
        first = re.split(r"[.;:](?:\s|$)", call.get("description", ""), maxsplit=1)[0]
        if first:
            call.setdefault("summary", first)
    return result
