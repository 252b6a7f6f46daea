"""`manage.py doctor` finds what is wrong and says what to do; against a real private broker."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from interview_site import checks, diagnosis
from interview_site.models import Heartbeat
from interview_site.supervisor import broker
from transcription.ear import silero

pytest_plugins = ["interview_site.tests.broker_fixtures"]
pytestmark = pytest.mark.django_db


def found(examine: Any) -> list[tuple[str, str]]:
    return [(each.level, each.what) for each in examine()]


def test_a_sound_broker_is_well(valkey: broker.Broker, settings: Any) -> None:
    settings.REDIS_URL = valkey.url
    assert [level for level, _what in found(diagnosis._broker)] == ["ok", "ok", "ok"]


def test_an_evicting_broker_in_memory_is_named_and_refused(valkey: broker.Broker, settings: Any) -> None:
    import redis

    settings.REDIS_URL = valkey.url
    with redis.Redis.from_url(valkey.url) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        client.config_set("appendonly", "no")
    levels = dict((what, level) for level, what in found(diagnosis._broker))
    assert levels["the broker evicts keys (allkeys-lru)"] == "fault"
    assert levels["the broker keeps its queues in memory only"] == "warning"
    assert checks.eviction_fault(valkey.url).id == "site.E011"


def test_a_broker_that_is_gone_is_a_finding_not_a_traceback(settings: Any) -> None:
    settings.REDIS_URL = "redis://:x@127.0.0.1:1/0"
    assert [level for level, _what in found(diagnosis._broker)] == ["fault"]
    assert checks.eviction_fault(settings.REDIS_URL) is None


def test_a_message_crosses_the_channel_layer(valkey: broker.Broker, settings: Any) -> None:
    settings.REDIS_URL = valkey.url
    layer = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [valkey.url]}}
    settings.CHANNEL_LAYERS = {"default": layer}
    assert found(diagnosis._channels) == [("ok", "a message crossed the channel layer and came back")]


def test_the_database_keeps_a_write_ahead_log_and_has_its_migrations() -> None:
    assert {level for level, _what in found(diagnosis._database)} == {"ok"}


def test_a_part_that_is_silent_is_named() -> None:
    Heartbeat.objects.create(part="web", at=timezone.now())
    levels = {what.split()[0]: level for level, what in found(diagnosis._parts)}
    assert levels == {"web": "ok", "beat": "fault", "tick": "fault", "worker": "fault"}


def test_a_full_disk_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = type("Usage", (), {"free": 1024})
    monkeypatch.setattr(diagnosis.shutil, "disk_usage", lambda path: usage)
    assert {level for level, _what in found(diagnosis._disk)} == {"fault"}


def test_an_examination_that_breaks_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("no")

    monkeypatch.setattr(diagnosis, "EXAMINATIONS", [broken])
    (finding,) = diagnosis.diagnose()
    assert (finding.level, "RuntimeError" in finding.what) == ("fault", True)


def test_every_finding_that_is_not_well_has_a_remedy(settings: Any) -> None:
    settings.REDIS_URL = ""
    assert all(each.remedy for each in diagnosis.diagnose() if each.level != "ok")


def test_the_timeouts_of_the_settings_fit_each_other(settings: Any) -> None:
    assert [level for level, _what in found(diagnosis._timeouts)] == ["ok"]


def test_a_task_that_may_outlast_its_delivery_is_a_fault(settings: Any) -> None:
    settings.CELERY_TASK_TIME_LIMIT = 450
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
    assert [level for level, _what in found(diagnosis._timeouts)] == ["fault", "fault"]


def test_voice_and_models_are_tried(settings: Any) -> None:
    assert found(diagnosis._voice_and_models) == [
        ("ok", "the built in voice speaks"), ("ok", "the speech detector is whole"),
    ]  # fmt: skip


def test_a_model_of_other_bytes_is_a_fault(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "silero_vad_16k.onnx"
    for content in (b"other", None):
        if content:
            other.write_bytes(content)
        else:
            other.unlink()
        monkeypatch.setattr(silero, "MODEL", other)
        assert ("fault", "transcription.E003: silero_vad_16k.onnx is not the model of this version.") in found(
            diagnosis._voice_and_models
        )


def test_a_voice_or_recogniser_that_is_half_set_up_is_told(settings: Any) -> None:
    settings.TTS_BASE_URL, settings.STT_ENGINES = "http://127.0.0.1:9/v1", ["nobody"]
    told = dict((what.partition(":")[0], level) for level, what in found(diagnosis._settings))
    assert told == {"avatars.W001": "warning", "transcription.E001": "fault"}


def test_the_last_line_counts_what_was_found(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def told(*levels: diagnosis.Level) -> str:
        monkeypatch.setattr(diagnosis, "EXAMINATIONS", [lambda: iter([diagnosis.Finding(level, "x", "y") for level in levels])])
        try:
            call_command("doctor")
        except SystemExit as end:
            assert end.code == 1
        return capsys.readouterr().out.splitlines()[-1]

    assert told("ok", "ok") == "All is well."
    assert told("ok", "warning") == "No faults. Warnings: 1."
    assert told("warning", "fault", "fault") == "Faults: 2. Warnings: 1."
