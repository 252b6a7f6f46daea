"""Celery tasks of avatars: thin, each may run twice (threats 5)."""

from typing import Any

from celery import shared_task, signals

from avatars.services import (
    catalogue,
    chunk_cleanup,
    generation_polling,
    generation_work,
    live_closing,
    live_contexts,
    live_sweeping,
    photo_presenters,
    speech_cleanup,
)


@shared_task(name="avatars.tasks.make_video", ignore_result=True)
def make_video(pk: int) -> None:
    """Speak and render one video, or hand it to its provider."""
    generation_work.work(pk)


@shared_task(name="avatars.tasks.poll_videos", ignore_result=True)
def poll_videos() -> None:
    """Ask providers after every video that is due."""
    generation_polling.poll_due()


@shared_task(name="avatars.tasks.render_chunk", ignore_result=True)
def render_chunk(pk: int) -> None:
    """Make one chunk of video."""
    # Imported here: a worker of another queue needs neither OpenCV nor FFmpeg in memory.
    from avatars.services import chunk_work

    chunk_work.render_chunk(pk)


@shared_task(name="avatars.tasks.build_photo_presenter", ignore_result=True)
def build_photo_presenter(pk: int) -> None:
    """Make the sprites of one photo presenter."""
    photo_presenters.build(pk)


@shared_task(name="avatars.tasks.delete_old_chunks", ignore_result=True)
def delete_old_chunks() -> None:
    """Chunks and their files live for an hour."""
    chunk_cleanup.delete_old_chunks()


_renders_here = False


@signals.celeryd_after_setup.connect
def _see_queues(instance: Any = None, **kwargs: Any) -> None:
    """Before the pool is forked: only workers of the queue `render` load what rendering needs."""
    global _renders_here
    _renders_here = "render" in instance.app.amqp.queues.consume_from


@signals.worker_process_init.connect
def _warm_up(**kwargs: Any) -> None:
    if _renders_here:
        from avatars.services.render_warm_up import warm_up_in_background

        warm_up_in_background()


@shared_task(name="avatars.tasks.delete_unused_speech", ignore_result=True)
def delete_unused_speech() -> None:
    """Nightly: speech nobody has used for a month."""
    speech_cleanup.delete_unused_speech()


@shared_task(name="avatars.tasks.refresh_catalogue", ignore_result=True)
def refresh_catalogue(pk: int) -> None:
    """Read what one provider offers."""
    catalogue.refresh_due(pk)


@shared_task(name="avatars.tasks.tend_live_session", ignore_result=True)
def tend_live_session(pk: int) -> None:
    """Stop the room of one live session that is due."""
    live_closing.stop(pk)


@shared_task(name="avatars.tasks.sweep_live_sessions", ignore_result=True)
def sweep_live_sessions() -> None:
    """Every 10 s: sessions nobody uses any more."""
    live_sweeping.sweep()


@shared_task(name="avatars.tasks.reconcile_live_sessions", ignore_result=True)
def reconcile_live_sessions() -> None:
    """Nightly: the providers' lists of rooms against ours; contexts nobody has used for long go."""
    live_contexts.delete_old_contexts()
    live_sweeping.reconcile()
