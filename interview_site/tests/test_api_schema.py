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


def test_a_change_asks_for_the_version_that_was_read(document):
    for path in ("/api/v1/positions/{id}", "/api/v1/candidates/{id}"):
        call = document["paths"][path]["patch"]
        assert any(parameter["name"] == "If-Match" and parameter["required"] for parameter in call["parameters"])
        assert {"412", "428"} <= set(call["responses"])


def test_bodies_carry_examples(document):
    for path in ("/api/v1/positions", "/api/v1/candidates", "/api/v1/invitations"):
        assert document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"]


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
