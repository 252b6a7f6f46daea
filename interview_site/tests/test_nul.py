"""A NUL in an address never reaches the database, which on PostgreSQL cannot compare it (threats 8, 36)."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

PATHS = [
    "/interview/%00/", "/interview/x%00/call", "/interview/x/speech/%00.wav", "/api/v1/interviews/%00",
    "/api/v1/invitations/%00/link", "/%00",
]  # fmt: skip


@pytest.fixture
def staff(db):
    client = Client(raise_request_exception=False)
    client.force_login(get_user_model().objects.create_superuser(username="alice"))
    return client


@pytest.mark.parametrize("path", PATHS)
def test_an_address_with_a_nul_is_not_found(staff, path):
    assert staff.get(path).status_code == 404


@pytest.mark.parametrize("query", ["q=%00", "state__exact=%00", "o=%00", "e=1%00", "_facets=%00"])
@pytest.mark.parametrize("name", ["interviews_interview", "interviews_candidate", "auth_user"])
def test_a_parameter_with_a_nul_is_a_bad_request(staff, name, query):
    assert staff.get(reverse(f"admin:{name}_changelist") + f"?{query}").status_code == 400
