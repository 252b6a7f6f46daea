"""A live avatar's room: one row from the wish to the confirmed stop, with a row for each passage (design §2, threats 53)."""

from django.conf import settings as site
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from avatars.models.speech import new_speech_id
from avatars.providers.live import LiveJoin, Room, Transport
from avatars.providers.remedies import remedy
from interview_site.due import DueQuerySet, DueWork

MAX_CONTEXT_CHARACTERS = 5_000


class LiveSessionQuerySet(DueQuerySet):
    def open(self) -> "LiveSessionQuerySet":
        """In use, or about to be: an owner has one of these at most."""
        return self.filter(state__in=LiveSession.OPEN)

    def costing(self) -> "LiveSessionQuerySet":
        """Those that may hold a room at their provider."""
        return self.filter(state__in=LiveSession.COSTING)

    def unseen(self) -> "LiveSessionQuerySet":
        """Rooms at a provider of other sites' pages that have given no sign of life: older clients know none."""
        return self.filter(_unseen())

    def seen(self) -> "LiveSessionQuerySet":
        return self.exclude(_unseen())

    def ended(self) -> "LiveSessionQuerySet":
        return self.filter(state__in=LiveSession.FINISHED)


def _unseen() -> Q:
    remote = (Transport.LIVEKIT, Transport.AGORA)
    return Q(purpose=LiveSession.Purpose.CHAT, transport__in=remote, heartbeat_at=F("started_at"))


class LiveSession(DueWork):
    """One room of a live avatar. `owner` is an opaque word: "interview:<id>", "token:<id>", "user:<id>".

    ::

        opening → live → closing → closed
        opening → closed                  (the provider surely opened nothing)
        opening → closing                 (closed meanwhile; the answer was lost; the process that opened it died)
        live, closing → lost              (the provider has no such room any more, or nobody could stop it till its own end)
        closed, lost → closing            (found running at the provider all the same)

    `due_at`: of an `opening` row, when it is taken for crashed; of a `closing` row, when the stop is tried next. A `live` row
    has none: the sweeper looks at its clocks. `heartbeat_at`: the page's last sign of life; equal to `started_at` while there
    was none, and pages of older clients never give one. `active_at`: when somebody was heard last. `ends_at`: when its time is
    over. `reserved`: the money taken before it was opened. `stops`: failed stops.
    """

    class State(models.TextChoices):
        OPENING = "opening", _("opening")
        LIVE = "live", _("live")
        CLOSING = "closing", _("closing")
        CLOSED = "closed", pgettext_lazy("live session", "closed")
        LOST = "lost", _("lost")

    class Purpose(models.TextChoices):
        INTERVIEW = "interview", _("interview")
        CHAT = "chat", _("chat of another site")
        STUDIO = "studio", _("studio")
        TEST = "test", _("test")

    class Reason(models.TextChoices):
        """Why it ended. Callers of `close` may give words of their own."""

        CLOSED = "closed", _("closed by its user")
        GOODBYE = "goodbye", _("the conversation was over")
        HANG_UP = "hang_up", _("hung up")
        LEFT = "left", _("the page was closed")
        NO_HEARTBEAT = "no_heartbeat", _("no sign of life")
        IDLE = "idle", _("nobody spoke")
        TIME_UP = "time_up", _("its time was over")
        STAFF = "staff", _("stopped by staff")
        REPLACED = "replaced", _("replaced by another")
        ERASED = "erased", _("erased")
        NOT_OPENED = "not_opened", _("could not be opened")
        ANSWER_LOST = "answer_lost", _("the provider's answer was lost")
        CRASHED = "crashed", _("the server stopped while it was opened")
        ROOM_GONE = "room_gone", _("the provider ended it")
        FOUND_RUNNING = "found_running", _("found running at the provider")

    # A person's own words are said there, not the site's.
    PRIVATE = (Purpose.CHAT, Purpose.STUDIO)
    OPEN = (State.OPENING, State.LIVE)
    COSTING = (State.OPENING, State.LIVE, State.CLOSING)
    FINISHED = (State.CLOSED, State.LOST)
    MOVES: dict[str, tuple[str, ...]] = {
        State.OPENING: (State.LIVE, State.CLOSING, State.CLOSED),
        State.LIVE: (State.CLOSING, State.LOST),
        State.CLOSING: (State.CLOSED, State.LOST),
        State.CLOSED: (State.CLOSING,),
        State.LOST: (State.CLOSING,),
    }

    public_id = models.CharField(max_length=32, unique=True, default=new_speech_id, editable=False)
    owner = models.CharField(_("owner"), max_length=80)
    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose.choices)
    settings = models.JSONField(_("settings"), default=dict)  # the profile's snapshot, without persona and knowledge
    provider = models.CharField(_("provider"), max_length=40)
    avatar_id = models.CharField(_("avatar"), max_length=120, blank=True, default="")
    language = models.CharField(_("language"), max_length=2)
    voice = models.CharField(_("voice"), max_length=120, blank=True, default="")
    quality = models.CharField(_("quality"), max_length=10, blank=True, default="medium")
    own_sound = models.BooleanField(_("our own sound"), default=False)
    transport = models.CharField(max_length=10, blank=True, default="")
    provider_id = models.CharField(_("provider's id"), max_length=200, blank=True, default="")
    join = models.JSONField(default=dict, blank=True)  # what a browser may see; {} when it has ended
    private = models.JSONField(default=dict, blank=True)  # for the server only, never shown; {} when it has ended
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPENING)
    created_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    heartbeat_at = models.DateTimeField(_("last heartbeat"), default=timezone.now)
    active_at = models.DateTimeField(_("last heard"), default=timezone.now)
    warned_at = models.DateTimeField(null=True, blank=True)
    kept_at = models.DateTimeField(null=True, blank=True)  # the provider was told last that somebody is there
    ends_at = models.DateTimeField(_("time is over"), null=True, blank=True)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True)
    most_s = models.PositiveIntegerField(_("seconds at most"), default=1800)
    minute_price = models.DecimalField(max_digits=12, decimal_places=4, default=0)
    reserved = models.DecimalField(_("reserved"), max_digits=12, decimal_places=4, default=0)
    minutes = models.DecimalField(_("minutes"), max_digits=8, decimal_places=2, null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=12, decimal_places=4, null=True, blank=True)
    reason = models.CharField(_("end reason"), max_length=40, blank=True, default="")
    error = models.CharField(_("error"), max_length=40, blank=True, default="")
    stops = models.PositiveIntegerField(_("failed stops"), default=0)

    objects = LiveSessionQuerySet.as_manager()

    class Meta:
        verbose_name = _("live session")
        verbose_name_plural = _("live sessions")
        ordering = ["-created_at"]
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["owner"], condition=Q(state__in=["opening", "live"]), name="live_one_open_for_an_owner"
            ),
            models.CheckConstraint(condition=~Q(state="live") | ~Q(provider_id=""), name="live_has_the_providers_id"),
            models.CheckConstraint(condition=Q(most_s__gt=0), name="live_has_an_end"),
        ]  # fmt: skip
        indexes = [
            # The relay and the sweeper: only due rows, however many have ended.
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="live_due"),
            # The sweeper's clocks, the places taken at a provider, the count of /metrics.
            models.Index(fields=["state", "provider"], name="live_by_state"),
            models.Index(fields=["provider", "provider_id"], condition=~Q(provider_id=""), name="live_at_provider"),
            models.Index(fields=["owner", "-created_at"], name="live_of_owner"),
            models.Index(fields=["-created_at"], name="live_by_time"),  # the admin's list, the overview's days
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def spending_reference(self) -> str:
        return f"live-{self.public_id}"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED

    @property
    def room(self) -> Room:
        """What its provider's calls take."""
        join = LiveJoin.from_json(self.join) if self.join else None
        return Room(self.provider_id, join, self.private, reference=self.public_id)

    @property
    def error_message(self) -> str:
        """What went wrong and what to do, for a person; "" when nothing did."""
        return remedy(self.error)


class LiveSessionPassage(models.Model):
    """One move of a live session: from, to, why and when."""

    session = models.ForeignKey(LiveSession, on_delete=models.CASCADE, related_name="passages")
    old_state = models.CharField(_("from"), max_length=10, choices=LiveSession.State.choices, blank=True, default="")
    new_state = models.CharField(_("to"), max_length=10, choices=LiveSession.State.choices)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    by = models.ForeignKey(
        site.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("by")
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("passage of a live session")
        verbose_name_plural = _("passages of a live session")
        ordering = ["at", "pk"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.old_state} → {self.new_state}"


class LiveAlert(models.Model):
    """Something about live rooms that may cost money and that a person should know. Open until `resolved_at`."""

    class Kind(models.TextChoices):
        STOP_FAILED = "stop_failed", _("a room could not be stopped")
        ANSWER_LOST = "answer_lost", _("it is not known whether a room was opened")
        FOUND_RUNNING = "found_running", _("a room ran on after it was closed")
        STRANGER = "stranger", _("a room that is not ours runs in our account")

    kind = models.CharField(_("what"), max_length=20, choices=Kind.choices)
    provider = models.CharField(_("provider"), max_length=40)
    provider_id = models.CharField(_("provider's id"), max_length=200, blank=True, default="")
    session = models.ForeignKey(
        LiveSession, on_delete=models.CASCADE, null=True, blank=True, related_name="alerts", verbose_name=_("live session")
    )
    text = models.CharField(_("details"), max_length=300, blank=True, default="")
    at = models.DateTimeField(_("when"), auto_now_add=True)
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("alert about live sessions")
        verbose_name_plural = _("alerts about live sessions")
        ordering = ["-at"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "session"], condition=Q(resolved_at__isnull=True, session__isnull=False),
                name="live_alert_once_for_a_session",
            ),
            models.UniqueConstraint(
                fields=["kind", "provider", "provider_id"], condition=Q(resolved_at__isnull=True, session__isnull=True),
                name="live_alert_once_for_a_room",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["at"], condition=Q(resolved_at__isnull=True), name="live_alert_open")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.provider})"


class StreamingContext(models.Model):
    """What an owner's live avatar should know: sent again to each new room of that avatar."""

    owner = models.CharField(_("owner"), max_length=80)
    avatar_id = models.CharField(_("avatar"), max_length=120)
    text = models.TextField(_("text"), validators=[MaxLengthValidator(MAX_CONTEXT_CHARACTERS)])
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        verbose_name = _("context of a live avatar")
        verbose_name_plural = _("contexts of live avatars")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["owner", "avatar_id"], name="one_context_for_an_avatar")]

    def __str__(self) -> str:
        return f"{self.owner} {self.avatar_id}"
