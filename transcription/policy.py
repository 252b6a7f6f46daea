"""Limits and patience of the recorder as values: settings are read here once, nowhere deeper (style §2)."""

from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings


@dataclass(frozen=True)
class RecordingPolicy:
    """Defaults of threats 27 and design §4; every number may be overridden by a setting of the same name in capitals,
    prefixed with RECORDING_ (RECORDING_GROUP_MS, …)."""

    group_ms: int = 500  # frames wait at most so long for company before they are stored
    group_frames: int = 64  # … or until so many have come
    retry_s: float = 2.0  # told to the page when the storage could not
    live_frames_per_s: float = 30.0  # sound cannot be longer than the time that has passed, twice over
    live_slack_frames: int = 470  # 30 s of clock error and start-up
    catch_up_frames_per_s: float = 312.5  # 20 × real time
    catch_up_burst_frames: int = 640
    most_minutes: int = 240  # of sound, all takes together
    most_takes: int = 500
    late_hours: int = 24  # after so long without sound an open take is incomplete (threats 16)


@lru_cache(maxsize=1)
def recording_policy() -> RecordingPolicy:
    chosen = {
        name: getattr(settings, f"RECORDING_{name.upper()}")
        for name in RecordingPolicy.__dataclass_fields__
        if hasattr(settings, f"RECORDING_{name.upper()}")
    }
    return RecordingPolicy(**chosen)
