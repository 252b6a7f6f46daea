"""Running the checks of the status page: rows, leases, progress (interview_site.status)."""

from datetime import timedelta
from typing import Any

from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext, override

from interview_site import status
from interview_site.due import MAX_CRASHES
from interview_site.errors import ProviderError
from interview_site.models import StatusCheck
from interview_site.rings import ring

TASK = "interview_site.tasks.run_status_check"
LEASE_S = 150
LONGEST = timedelta(hours=2)
KEPT = timedelta(days=30)


def start(block: status.Block, check: status.Check, *, by: Any, language: str) -> StatusCheck:
    """The running row of this check, or a new one. Never waits."""
    unfinished = StatusCheck.objects.filter(block=block.key, name=check.name, state__in=StatusCheck.UNFINISHED)
    if running := unfinished.first():
        return running
    try:
        with transaction.atomic():
            row = StatusCheck.objects.create(
                block=block.key, name=check.name, due_at=timezone.now(), asked_by=by, language=language
            )
    except IntegrityError:  # somebody else pressed at the same moment
        return unfinished.get()
    StatusCheck.objects.filter(asked_at__lt=timezone.now() - KEPT).exclude(state__in=StatusCheck.UNFINISHED).delete()
    ring(TASK, row.pk)
    return row


def latest(keys: list[str]) -> dict[tuple[str, str], StatusCheck]:
    """The newest row of each block and check; two queries, whatever the number of rows."""
    newest = StatusCheck.objects.filter(block__in=keys).order_by().values("block", "name").annotate(newest=models.Max("pk"))
    rows = StatusCheck.objects.filter(pk__in=[row["newest"] for row in newest])
    return {(row.block, row.name): row for row in rows}


def run(pk: int) -> None:
    """One step of one check, if it is due and nobody else has it. Safe to run twice and to be killed anywhere."""
    before = StatusCheck.objects.filter(pk=pk).values_list("lease_until", flat=True).first()
    if not StatusCheck.claim(pk, lease_s=LEASE_S):
        return
    row = StatusCheck.objects.select_related("asked_by").get(pk=pk)
    with override(row.language):
        if before is not None:
            row.crashes += 1
            if row.crashes >= MAX_CRASHES:
                _finish(row, status.Done(False, gettext("The worker was lost several times. Look at the server's log.")))
                return
        found = status.find(row.block, row.name)
        if found is None or found[1] is None:
            _finish(row, status.Done(False, gettext("This is not configured any more.")))
            return
        if timezone.now() - row.asked_at > LONGEST:
            _finish(row, status.Done(False, gettext("It took longer than two hours and was given up.")))
            return
        StatusCheck.objects.filter(pk=pk).update(state=StatusCheck.State.RUNNING, crashes=row.crashes)
        try:
            answer = found[1].run(status.Asked(row.data, row.asked_by))
        except ProviderError as error:
            answer = status.Done(False, error.person_text)
        if isinstance(answer, status.Later):
            StatusCheck.objects.filter(pk=pk).update(
                due_at=timezone.now() + timedelta(seconds=answer.seconds), lease_until=None, text=str(answer.text),
                progress=min(max(answer.progress, 0), 99), data=answer.data,
            )  # fmt: skip
        else:
            _finish(row, answer)


def _finish(row: StatusCheck, done: status.Done) -> None:
    StatusCheck.objects.filter(pk=row.pk, state__in=StatusCheck.UNFINISHED).update(
        state=StatusCheck.State.PASSED if done.good else StatusCheck.State.FAILED, progress=100, text=str(done.text),
        links=[[str(text), address] for text, address in done.links], sound=done.sound, video=done.video, data={},
        finished_at=timezone.now(), due_at=None, lease_until=None,
    )  # fmt: skip
