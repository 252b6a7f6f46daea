"""Figures of this app for `script/bench`: each beside a baseline of the same run (design §10)."""

from avatars import bench_alignment, bench_live, bench_local_live, bench_polling, bench_render, bench_speech
from interview_site.bench import Figure


def run() -> list[Figure]:
    live = [*bench_live.run(), *bench_local_live.run()]
    return [bench_speech.bench_say_local_sentence(), *live, *bench_alignment.run(), *bench_polling.run(), *bench_render.run()]
