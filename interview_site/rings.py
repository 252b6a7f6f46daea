"""Ring a worker without ever waiting for the broker (threats 2).

A page writes its row and answers; after commit the ring goes to one bounded background thread. When the queue is full or
the broker is silent the ring is dropped: the relay rings again.
"""

import logging
import queue
import threading
from functools import partial

from django.conf import settings
from django.db import transaction

log = logging.getLogger(__name__)
_rings: "queue.Queue[tuple[str, tuple, str]]" = queue.Queue(maxsize=1000)
_thread: threading.Thread | None = None
_lock = threading.Lock()


def ring(task: str, *args: int | str, queue_name: str = "default") -> None:
    """Wake a worker for `task(*args)` once the current transaction has committed; never blocks, never raises."""
    transaction.on_commit(partial(_enqueue, task, args, queue_name))


def _enqueue(task: str, args: tuple, queue_name: str) -> None:
    if not settings.REDIS_URL:
        return  # no broker (tests, single commands): the relay or the caller does the work
    global _thread
    with _lock:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_ring_forever, name="rings", daemon=True)
            _thread.start()
    try:
        _rings.put_nowait((task, args, queue_name))
    except queue.Full:
        log.warning("ring dropped, the relay will ring again", extra={"task": task})


def _ring_forever() -> None:
    from interview_site.celery import app

    while True:
        task, args, queue_name = _rings.get()
        try:
            app.send_task(task, args=args, queue=queue_name, retry=False)
        except Exception as error:  # the outermost loop: whatever the broker did, the relay rings again
            log.warning("ring failed, the relay will ring again", extra={"task": task, "fault": type(error).__name__})
