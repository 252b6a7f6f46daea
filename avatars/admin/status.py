"""The blocks of avatars on the status page: each provider, each speech engine, our own presenter (interview_site.status)."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from avatars.engines import registry as engines
from avatars.models import AvatarGeneration, Speech
from avatars.providers import registry
from avatars.services import status
from avatars.services.live_status import LiveFacts, live_facts
from avatars.services.live_trial import try_live
from avatars.services.speech import BUILT_IN
from interview_site.ages import ago
from interview_site.errors import PERSON_TEXTS, Category, ProviderError
from interview_site.status import Asked, Block, Check

GROUP = gettext_lazy("Who is seen and heard")
VOICES = gettext_lazy("Voices")
REACHED_EVERY_S = 10 * 60
TITLES: dict[str, str | Promise] = {"a2e": gettext_lazy("Status of the A2E model")}
HOW: dict[str, str | Promise] = {
    "a2e": gettext_lazy("Set A2E_API_KEY in the settings to use A2E."),
    "heygen": gettext_lazy("Set HEYGEN_API_KEY in the settings to use HeyGen."),
    "liveavatar": gettext_lazy("Set LIVEAVATAR_API_KEY in the settings to use LiveAvatar."),
    "elevenlabs": gettext_lazy("Set ELEVENLABS_API_KEY and ELEVENLABS_VOICES in the settings to use ElevenLabs."),
    "openai": gettext_lazy("Set TTS_BASE_URL, TTS_MODEL and TTS_VOICES in the settings to use such a voice."),
    "rhvoice": gettext_lazy("Install RHVoice on the server to use its voices."),
    "piper": gettext_lazy("Install Piper on the server and set PIPER_VOICES_DIR to use its voices."),
}


def blocks() -> Iterable[Block]:
    """Rows only; two queries for voices, seven for providers."""
    away = tuple(kind for kind in registry.LABELS if kind != "local")
    live = live_facts(away, status.default_profile().snapshot())
    yield from (_provider(facts, live.get(facts.kind)) for facts in status.provider_facts(away))
    yield _own_presenter()
    yield from (_engine(kind) for kind in engines.LABELS if kind != BUILT_IN and kind not in registry.LABELS)


def _provider(facts: status.Facts, live: LiveFacts | None) -> Block:
    kind, label = facts.kind, registry.LABELS[facts.kind]
    title = TITLES.get(kind) or _("Status of %(name)s") % {"name": label}
    if not facts.configured:
        return Block(f"provider-{kind}", title, GROUP, "smart_display", "off", _("not configured"), notes=(HOW.get(kind, ""),))
    provider = registry.provider(kind)
    state, headline, notes = _standing(facts)
    checks = [Check("reach", _("Check now"), "wifi_tethering", lambda asked: status.try_reaching(kind), every_s=REACHED_EVERY_S)]
    if provider.capabilities.catalogue:
        checks.append(Check("catalogue", _("Read the catalogue"), "collections", lambda asked: status.try_catalogue(kind)))
    if kind in engines.LABELS and engines.is_configured(kind):
        checks.append(_speech_check(kind))
    if provider.capabilities.recorded_video:
        checks.append(_video_check(kind, costs=provider.capabilities.costs_money))
    links = []
    if provider.capabilities.recorded_video:
        links.append((_("Videos"), f"{reverse('admin:avatars_avatargeneration_changelist')}?provider={kind}"))
    if live:
        checks.append(Check("live", _("Live test"), "interpreter_mode", lambda asked: try_live(kind), costs=_live_costs(kind)))
        links.append((_("Live sessions"), f"{reverse('admin:avatars_livesession_changelist')}?provider={kind}"))
        notes += _live_notes(live)
    return Block(
        f"provider-{kind}", title, GROUP, "smart_display", state, headline, _facts(facts) + _live(live), notes, tuple(checks),
        tuple(links), facts.seen_at, view_permission="avatars.view_providerhealth",
    )  # fmt: skip


def _standing(facts: status.Facts) -> tuple[str, str, tuple[str, ...]]:
    """(state, headline, what to do)."""
    health = facts.health
    if facts.key_is_refused:
        return "bad", _("the key is refused"), (str(PERSON_TEXTS[Category.AUTHENTICATION]),)
    if health.is_open:
        note = _("After five faults in a row it is left alone for a minute at a time; interviews go on without it.")
        return "bad", _("not reachable"), (note, str(_words(health.last_category)))
    if facts.is_failing:
        return "warning", _("the last call failed"), (str(_words(health.last_category)),)
    if health.last_success_at is None:
        return "unknown", _("not tried yet"), ()
    if health.balance is not None and health.balance <= 0:
        return "warning", _("nothing left to spend"), (str(PERSON_TEXTS[Category.QUOTA]),)
    return "good", _("works"), ()


def _facts(facts: status.Facts) -> tuple[tuple[str, str], ...]:
    health, listed = facts.health, facts.list_
    key = pgettext("a key", "refused") if facts.key_is_refused else _("accepted") if facts.seen_at else "–"
    found: list[tuple[str, str]] = [(_("Key"), key)]
    if health.balance is not None:
        found.append((_("Balance"), f"{health.balance.normalize():f} {health.balance_unit}"))
    if listed.fetched_at:
        counts = facts.counts
        found.append((_("Avatars"), str(counts.characters)))
        found.append((_("Voices"), str(counts.voices)))
        found.append((_("Your own and cloned"), str(counts.own)))
        found.append((_("Catalogue read"), ago(listed.fetched_at)))
    if facts.last_video:
        last = facts.last_video
        found.append((_("Last video"), f"{AvatarGeneration.State(last.state).label}, {ago(last.created_at)}"))
    found.append((_("Errors in the last day"), str(facts.errors_today)))
    found.append((_("Breaker"), _("open: calls are paused") if health.is_open else _("closed: calls are allowed")))
    found.append((_("Avatar in use"), (facts.character or _("none chosen")) if facts.is_active else "–"))
    if facts.voice:
        found.append((_("Voice in use"), facts.voice))
    return tuple(found)


def _live(live: LiveFacts | None) -> tuple[tuple[str, str], ...]:
    if live is None:
        return ()
    day = _("%(held)d held, %(failed)d failed, %(minutes).1f min")
    return (
        (_("Live avatars"), str(live.listed)),
        (_("Live avatar in use"), live.character or _("the first one of the list")),
        (_("Live rooms speak with"), _("our own sound") if live.own_sound else _("the provider's voice")),
        (_("Live rooms open now"), str(live.rooms)),
        (_("Live in the last day"), day % {"held": live.held, "failed": live.failed, "minutes": live.minutes}),
    )


def _live_notes(live: LiveFacts) -> tuple[str, ...]:
    if live.speaks:
        return ()
    return (_("The live avatar is not known to speak the default profile's language, so it is not offered in it."),)


def _live_costs(kind: str) -> bool:
    return registry.live_provider(kind).live.costs_money


def _own_presenter() -> Block:
    last = AvatarGeneration.objects.filter(provider="local").order_by("-pk").defer("timeline", "settings").first()
    engine = status.quietly(lambda: engines.speech_engine(BUILT_IN))
    facts = [(_("Needs"), _("no key, no network"))]
    if engine:
        facts.append((_("Voices"), _by_language(engine)))
    if last:
        facts.append((_("Last video"), f"{AvatarGeneration.State(last.state).label}, {ago(last.created_at)}"))
    return Block(
        "provider-local", _("Local presenter and built-in voice"), GROUP, "face", "good" if engine else "bad",
        _("works") if engine else _("the built-in voice is missing"), tuple(facts),
        checks=(_speech_check(BUILT_IN), _video_check("local", costs=False)),
    )  # fmt: skip


def _engine(kind: str) -> Block:
    label = str(engines.LABELS[kind])
    try:
        engine = engines.speech_engine(kind)
    except ProviderError:
        return Block(f"voice-{kind}", label, VOICES, "graphic_eq", "off", _("not configured"), notes=(str(HOW.get(kind, "")),))
    last = Speech.objects.filter(engine=kind).order_by("-pk").only("created_at").first()
    facts = [(_("Voices"), _by_language(engine))]
    profile = status.default_profile()
    if profile.speech_engine == kind:
        facts.append((_("Voice in use"), profile.voice or _("usual")))
    if last:
        facts.append((_("Last speech made"), ago(last.created_at)))
    state, headline = ("good", _("works")) if last else ("unknown", _("not tried yet"))
    checks = [_speech_check(kind)]
    if engine.capabilities.tells_what_is_left:
        reach = partial(_account, kind)
        checks.insert(0, Check("reach", _("Check now"), "wifi_tethering", reach, every_s=REACHED_EVERY_S))
    return Block(
        f"voice-{kind}", label, VOICES, "graphic_eq", state, headline, tuple(facts), checks=tuple(checks),
        seen_at=last.created_at if last else None,
    )  # fmt: skip


def _account(engine: str, asked: Asked) -> Any:
    return status.try_account(engine)


def _speech_check(engine: str) -> Check:
    def run(asked: Asked) -> Any:
        return status.try_speech(engine, get_language() or "en", _listen_url)

    costs = bool(status.quietly(lambda: engines.speech_engine(engine).capabilities.costs_money))
    return Check("speech", _("Test speech"), "volume_up", run, costs=costs)


def _listen_url(speech: Speech) -> str:
    """An address that does not grow old: the outcome of a check is kept for a month."""
    return reverse("admin:avatars_speech_listen", args=[speech.pk])


def _video_check(kind: str, *, costs: bool) -> Check:
    return Check("video", _("Test video"), "movie", partial(status.try_video, kind, links_of=_links), costs=costs)


def _links(generation: AvatarGeneration) -> tuple[str, str]:
    return (
        reverse("admin:avatars_avatargeneration_change", args=[generation.pk]),
        reverse("admin:avatars_avatargeneration_media", args=[generation.pk, "mp4"]),
    )


def _by_language(engine: Any) -> str:
    return ", ".join(f"{language} {count}" for language, count in sorted(status.languages_of(engine).items()))


def _words(category: str) -> Any:
    return PERSON_TEXTS[Category(category)] if category in set(Category) else ""
