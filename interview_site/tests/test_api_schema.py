"""The OpenAPI document and its pages (design §7)."""

import pytest
import yaml
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("schema") / "schema.yml"
    call_command("spectacular", "--fail-on-warn", "--validate", file=str(path))
    return yaml.safe_load(path.read_text())


@pytest.fixture
def staff(db):
    client = Client()
    client.force_login(get_user_model().objects.create_user(username="alice", is_staff=True))
    return client


def test_the_schema_is_valid_without_a_warning(document):
    assert document["openapi"].startswith("3.1")


def test_every_call_of_v1_has_words_credentials_and_problems(document):
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            if path.startswith("/api/v1/") and not path.startswith("/api/v1/avatar/"):
                assert call.get("description"), (method, path)
                assert {"token": []} in call["security"], (method, path)
                assert {"401", "403", "429"} <= set(call["responses"]), (method, path)


def test_every_call_is_told_in_a_line_and_every_group_has_words(document):
    groups = {tag["name"] for tag in document["tags"]}
    for path, calls in document["paths"].items():
        for method, call in calls.items():
            assert 5 < len(call["summary"]) <= 120 and "\n" not in call["summary"], (method, path, call["summary"])
            assert set(call["tags"]) <= groups, (method, path)


def test_a_change_asks_for_the_version_that_was_read(document):
    for path in ("/api/v1/positions/{id}", "/api/v1/candidates/{id}"):
        call = document["paths"][path]["patch"]
        assert any(parameter["name"] == "If-Match" and parameter["required"] for parameter in call["parameters"])
        assert {"412", "428"} <= set(call["responses"])


def test_bodies_carry_examples(document):
    for path in ("/api/v1/positions", "/api/v1/candidates", "/api/v1/invitations"):
        assert document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]


def _has_example(message):
    content = message.get("content", {}).get("application/json", {})
    return bool(content.get("examples") or content.get("example"))


def test_every_call_of_the_compatible_api_shows_what_to_send_and_what_comes_back(document):
    calls = [
        (path, call)
        for path, methods in document["paths"].items()
        for call in methods.values()
        if path.startswith(("/api/v1/avatar/", "/api/streaming/", "/api/chat")) or path.endswith("/clips")
    ]
    assert len(calls) > 25
    for path, call in calls:
        assert "requestBody" not in call or _has_example(call["requestBody"]), path
        assert any(_has_example(answer) for answer in call["responses"].values()), path


def test_the_documents_are_for_staff(staff):
    assert staff.get("/api/docs").status_code == 200
    assert staff.get("/api/schema").status_code == 200
    assert Client().get("/api/docs")["Location"].startswith("/admin/login/")
    assert Client().get("/api/schema").status_code == 401


def test_docs_leads_there(db):
    assert Client().get("/docs")["Location"] == "/api/docs"


def test_the_page_loads_nothing_from_elsewhere(staff):
    page = staff.get("/api/docs").content.decode()
    assert "//" not in page.replace("//-->", "")
    assert staff.get("/api/docs?script").status_code == 200


def test_calls_of_older_clients_have_words_examples_and_refusals(document):
    paths = [path for path in document["paths"] if path.startswith(("/api/chat", "/api/streaming/", "/api/v1/avatar/streaming"))]
    assert len(paths) == 16
    for path in paths:
        for call in document["paths"][path].values():
            assert call["description"] and {"200", "400", "401", "403", "429"} <= set(call["responses"]), path
            assert call["responses"]["200"]["content"]["application/json"]["examples"], path
