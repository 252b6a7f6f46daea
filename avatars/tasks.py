"""Celery tasks of avatars: thin, each may run twice (threats 5)."""

from celery import shared_task

from avatars.services import generation_polling, generation_work


@shared_task(name="avatars.tasks.make_video", ignore_result=True)
def make_video(pk: int) -> None:
    """Speak and render one video, or hand it to its provider."""
    generation_work.work(pk)


@shared_task(name="avatars.tasks.poll_videos", ignore_result=True)
def poll_videos() -> None:
    """Ask providers after every video that is due."""
    generation_polling.poll_due()
