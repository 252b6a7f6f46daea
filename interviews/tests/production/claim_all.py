"""Claim every due letter with many threads at once, as one of several processes; prints the ids this process got.

`claim_all make N` writes N due letters instead.
"""

import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import django

THREADS = 8


def main() -> list[int]:
    from django.db import connections
    from django.utils import timezone

    from interviews.models import OutgoingMail

    if sys.argv[1:2] == ["make"]:
        now = timezone.now()
        # Due an hour ago, before anything else; no task is rung for this kind here, the test claims them itself.
        made = OutgoingMail.objects.bulk_create(
            OutgoingMail(kind="test", subject=str(number), body="", due_at=now) for number in range(int(sys.argv[2]))
        )
        return [letter.pk for letter in made]
    ids = list(OutgoingMail.objects.filter(kind="test").order_by("pk").values_list("pk", flat=True))

    def claim(start: int) -> list[int]:
        try:
            return [pk for pk in ids[start:] + ids[:start] if OutgoingMail.claim(pk, lease_s=3600)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(THREADS) as pool:
        return [pk for claimed in pool.map(claim, [0] * THREADS) for pk in claimed]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_site.settings")
    django.setup()
    print(json.dumps(main()))
