"""A program with a token of Alice's, as the tests of the API see it."""

import json
from typing import Any

from django.test import Client

from interview_site.api import tokens
from interview_site.api.scopes import Scope


class ApiClient(Client):
    """Sends and reads JSON under /api/v1/; `token` None calls without credentials."""

    def __init__(self, token: str | None = None) -> None:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        super().__init__(headers=headers, enforce_csrf_checks=True, raise_request_exception=False)

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """`headers` by their names with underscores: idempotency_key="k"."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        data = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.generic(method, f"/api/v1/{path}", data, content_type="application/json", headers=given)


def program_of(owner: Any, scopes: list[str] | None = None) -> ApiClient:
    """A program with a fresh token of `owner`; all scopes unless some are named."""
    _token, secret = tokens.mint(name="Job board", owner=owner, scopes=list(Scope.values) if scopes is None else scopes)
    return ApiClient(secret)
