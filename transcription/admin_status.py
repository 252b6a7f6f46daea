"""The blocks of recognition on the status page, and the button that lets a recogniser hear something (interview_site.status)."""

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from interview_site.breaker import Breaker
from interview_site.errors import ProviderError
from interview_site.status import Asked, Block, Check, Done
from transcription.engines.registry import named_engines
from transcription.models import RecogniserHealth
from transcription.services.status import status
from transcription.wav import pcm_in, wav_from

GROUP = gettext_lazy("Who listens")
SAMPLE = Path(__file__).parent / "samples" / "english.wav"


def blocks() -> Iterable[Block]:
    """Rows only: four queries."""
    found = status()
    yield _work(found)
    yield from (_engine(engine, found["in_use"]) for engine in found["engines"])


def _work(found: dict[str, Any]) -> Block:
    """What waits, whoever listens."""
    notes = []
    if not found["in_use"]:
        notes.append(_("No recogniser is ready: sound is kept, people listen to it. docs/recognition.md says how to set one up."))
    if found["failed"]:
        notes.append(_("Some speech could not be transcribed: choose it in the list and transcribe it again."))
    late = found["waiting_s"] > 300
    state = "bad" if late else "warning" if found["failed"] or found["files_failed"] else "good" if found["in_use"] else "off"
    counted = found["waiting"] + found["without_engine"]
    headline = ngettext("%(count)d stretch of speech waits", "%(count)d stretches of speech wait", counted) % {"count": counted}
    facts = (
        (_("waiting for an engine"), str(found["without_engine"])),
        (_("oldest waits, s"), str(found["waiting_s"])),
        (_("could not be transcribed"), str(found["failed"])),
        (_("files to listen to, waiting"), str(found["files_waiting"])),
        (_("files to listen to, failed"), str(found["files_failed"])),
    )
    links = ((_("Speech segments"), reverse("admin:transcription_speechsegment_changelist")),)
    title = _("Speech into text")
    return Block("recognition", title, GROUP, "hearing", state, headline, facts=facts, notes=tuple(notes), links=links)


def _engine(engine: dict[str, Any], in_use: str) -> Block:
    ready = engine["state"] == "ready"
    headline = {
        "ready": _("in use") if engine["name"] == in_use else _("stands by"),
        "paused": _("paused after faults, tried again by itself"),
        "missing": _("cannot be used"),
    }[engine["state"]]
    place = _("inside the company") if engine["is_local"] else _("an outside service")
    facts = [(_("model"), engine["model"] or "–"), (_("where"), place)]
    if engine["last_error"]:
        facts.append((_("last error"), engine["last_error"]))
    notes = (engine["reason"],) if engine["reason"] else ()
    checks = ()
    if engine["state"] != "missing":
        check = partial(hear_sample, engine["name"])
        checks = (Check("hear", _("Let it hear a sentence"), "graphic_eq", check, costs=not engine["is_local"]),)
    return Block(
        f"recogniser-{engine['name']}", engine["label"], GROUP, "mic", "good" if ready else "bad", headline, facts=tuple(facts),
        notes=notes, checks=checks, seen_at=engine["last_success_at"],
    )  # fmt: skip


def hear_sample(name: str, asked: Asked) -> Done:
    """Half a dozen seconds of English speech through this engine. Raises ProviderError."""
    engine = next((engine for engine in named_engines() if engine.name == name), None)
    if engine is None:
        return Done(False, _("This recogniser is not configured any more."))
    breaker = Breaker(RecogniserHealth)
    try:
        answer = engine.recognise(wav_from(pcm_in(SAMPLE.read_bytes())), "en")
    except ProviderError as error:
        breaker.failed(name, error)
        raise
    breaker.succeeded(name)
    if not answer.text:
        return Done(False, _("It heard nothing in a spoken sentence."))
    return Done(True, _("It heard: “%(text)s”") % {"text": answer.text[:200]})
