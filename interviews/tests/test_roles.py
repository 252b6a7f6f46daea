"""Roles are groups: made once, then given what later versions bring, never what an administrator took away."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission

from interviews import roles
from interviews.models import RoleGrant

pytestmark = pytest.mark.django_db


def migrate() -> None:
    roles.make_roles(sender=apps.get_app_config("interviews"), using="default")


def held(role: str) -> set[str]:
    return set(Group.objects.get(name=role).permissions.values_list("codename", flat=True))


def test_each_role_holds_what_it_names() -> None:
    for role, codenames in roles.ROLES.items():
        assert held(role) == set(codenames) & set(Permission.objects.values_list("codename", flat=True))


def test_a_permission_of_a_later_version_reaches_a_group_that_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(roles.ROLES, roles.REVIEWER, [*roles.ROLES[roles.REVIEWER], "view_heartbeat"])
    migrate()
    assert "view_heartbeat" in held(roles.REVIEWER)


def test_what_an_administrator_took_away_stays_away() -> None:
    Group.objects.get(name=roles.RECRUITER).permissions.remove(Permission.objects.get(codename="add_decision"))
    migrate()
    assert "add_decision" not in held(roles.RECRUITER)


def test_a_group_from_before_grants_were_written_down_gains_only_what_is_new() -> None:
    RoleGrant.objects.all().delete()
    group = Group.objects.get(name=roles.OPS)
    group.permissions.remove(*Permission.objects.filter(codename__in=["view_heartbeat", "view_statuscheck"]))
    migrate()
    assert "view_statuscheck" in held(roles.OPS) and "view_heartbeat" not in held(roles.OPS)


def test_a_permission_given_by_hand_stays() -> None:
    Group.objects.get(name=roles.OPS).permissions.add(Permission.objects.get(codename="add_position"))
    migrate()
    assert "add_position" in held(roles.OPS)


def test_operations_and_hr_administrators_may_stop_live_sessions_and_recruiters_may_not() -> None:
    assert {role for role in roles.ROLES if "change_livesession" in held(role)} == {roles.HR_ADMIN, roles.OPS}
