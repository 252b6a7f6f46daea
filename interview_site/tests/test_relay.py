"""The relay goes on when one kind of work cannot be looked at (threats 1, 73)."""

import pytest
from django.db import models
from django.utils import timezone

from interview_site import due
from interview_site.due import DueWork
from interview_site.tasks import relay


@pytest.mark.django_db(transaction=True)
def test_a_table_that_is_not_there_yet_holds_up_nothing_else(monkeypatch, caplog):
    from interviews.models import OutgoingMail

    class NotMigrated(DueWork):
        class Meta:
            app_label = "interview_site"
            managed = False
            db_table = "not_there_yet"

    monkeypatch.setattr(due, "KINDS", [due.Kind(NotMigrated, "site.none"), due.Kind(OutgoingMail, "interviews.tasks.send_mail")])
    OutgoingMail.objects.create(kind="test", subject="x", body="", due_at=timezone.now())
    assert relay() == 1
    assert "left out" in caplog.text


def test_every_kind_of_work_can_be_claimed():
    assert all(issubclass(kind.model, models.Model) and kind.task for kind in due.KINDS)
