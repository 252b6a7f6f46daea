"""An attempt and everything said in it (design §2, §5)."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from interviews.models.positions import Language, Position


def new_public_id() -> str:
    """Picks the interview in addresses; the cookie or the link's MAC is what permits."""
    return secrets.token_urlsafe(12).replace("-", "x").replace("_", "y")


class InterviewQuerySet(models.QuerySet):
    def visible_to(self, user: object) -> "InterviewQuerySet":
        """Interviews of positions this user may see. Rehearsals stand in no list, count or export."""
        mine = self.exclude(kind=Interview.Kind.REHEARSAL)
        if user.is_superuser or user.has_perm("interviews.view_all_positions"):
            return mine
        # By position, of which there are few: no join doubles a row, so counts and later filters stay right and fast.
        return mine.filter(version__position__in=Position.objects.visible_to(user).values("pk"))

    def real(self) -> "InterviewQuerySet":
        """Those that are counted: no previews, demos or rehearsals."""
        return self.filter(kind=Interview.Kind.REAL)


class Interview(models.Model):
    """One attempt of a candidate at a frozen position version.

    ::

        invited → opened → ready → in_progress ⇄ paused → completed
        invited, opened, ready → declined | expired | revoked
        in_progress, paused → abandoned | revoked | completed

    `opened` is set by the first POST, never by a GET; `ready` when consents and the device check are done. Moves are verbs
    in `interviews.services.states`, by conditional UPDATE, each leaving an InterviewPassage. A retake is a new Interview.
    """

    class Kind(models.TextChoices):
        REAL = "real", _("real")
        PREVIEW = "preview", _("preview")
        DEMO = "demo", _("demo")
        REHEARSAL = "rehearsal", _("rehearsal")

    class State(models.TextChoices):
        INVITED = "invited", _("invited")
        OPENED = "opened", _("link opened")
        READY = "ready", _("ready to start")
        IN_PROGRESS = "in_progress", _("in progress")
        PAUSED = "paused", _("paused")
        COMPLETED = "completed", _("completed")
        DECLINED = "declined", _("declined")
        EXPIRED = "expired", _("expired")
        REVOKED = "revoked", _("revoked")
        ABANDONED = "abandoned", _("not finished")

    LIVE = (State.IN_PROGRESS, State.PAUSED)
    BEFORE_START = (State.INVITED, State.OPENED, State.READY)
    FINISHED = (State.COMPLETED, State.DECLINED, State.EXPIRED, State.REVOKED, State.ABANDONED)

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    candidate = models.ForeignKey(
        "interviews.Candidate", on_delete=models.CASCADE, related_name="interviews", verbose_name=_("candidate")
    )
    version = models.ForeignKey(
        "interviews.PositionVersion", on_delete=models.PROTECT, related_name="interviews", verbose_name=_("position version")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.REAL)
    language = models.CharField(_("language"), max_length=2, choices=Language.choices, default=Language.RU)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.INVITED)
    link_generation = models.PositiveIntegerField(default=1)
    # Made by the invite form, one per row: the same request sent twice invites once (threats 43).
    request_key = models.CharField(max_length=64, blank=True, default="", editable=False)
    deadline = models.DateTimeField(_("answer until"))
    accommodations = models.JSONField(_("accommodations"), default=dict, blank=True)
    # Order of steps before the call, enforced by the server (threats 14, hiring_law 1).
    notice_version = models.CharField(max_length=20, blank=True, default="")
    notice_at = models.DateTimeField(null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # Which device holds the call: a random id of the tab, and when it was last heard of.
    seat = models.CharField(max_length=64, blank=True, default="")
    seat_seen_at = models.DateTimeField(null=True, blank=True)
    current_question = models.UUIDField(null=True, blank=True)
    heard_sentence = models.IntegerField(default=-1)  # the last sentence the candidate heard to its end
    # How often a model was asked what to say next; its latest reply: "asked" for, "begun" or neither (conversation.thinking).
    reply_generation = models.PositiveIntegerField(default=0)
    reply_state = models.CharField(max_length=5, blank=True, default="")
    wants_person_at = models.DateTimeField(_("prefers a person since"), null=True, blank=True)
    legal_hold = models.BooleanField(_("legal hold: never deleted by retention"), default=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("invited by")
    )
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    completed_at = models.DateTimeField(_("completed"), null=True, blank=True)
    active_at = models.DateTimeField(_("last active"), null=True, blank=True)
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True)

    objects = InterviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("interview")
        verbose_name_plural = _("interviews")
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "deadline"]),  # the sweeper that expires invitations
            models.Index(fields=["-created_at"]),  # the dashboard's last 30 days
            models.Index(fields=["version", "kind", "state"]),  # counts beside each position
            models.Index(fields=["candidate"], condition=Q(kind="rehearsal"), name="interview_rehearsed"),  # who is made up
        ]
        constraints = [
            models.CheckConstraint(condition=Q(link_generation__gte=1), name="link_generation_positive"),
            models.UniqueConstraint(fields=["request_key"], condition=~Q(request_key=""), name="one_interview_per_request"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate} · {self.version}"

    @property
    def is_finished(self) -> bool:
        return self.state in self.FINISHED

    @property
    def recording_key(self) -> str:
        """The opaque owner key of this interview's Recording."""
        return f"interview:{self.public_id}"

    def is_past_deadline(self) -> bool:
        return timezone.now() >= self.deadline


class InterviewPassage(models.Model):
    """One move of an interview from state to state: when, why and by whom."""

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="passages")
    old_state = models.CharField(max_length=12)
    new_state = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, blank=True, default="")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("state change")
        verbose_name_plural = _("state changes")
        ordering = ["interview", "pk"]

    def __str__(self) -> str:
        return f"{self.old_state} → {self.new_state}"


class Turn(models.Model):
    """One turn of the conversation, committed before the next effect (design §5).

    Avatar turns hold `sentences`, numbered through the interview from `first_sentence`; candidate turns hold one answer (or
    one more part of it). `start_ms`/`end_ms` are on the recording's clock. `client_id` is made by the page, so that a
    message that comes twice is stored once.
    """

    class Speaker(models.TextChoices):
        AVATAR = "avatar", _("interviewer")
        CANDIDATE = "candidate", _("candidate")

    class Kind(models.TextChoices):
        GREETING = "greeting", _("greeting")
        QUESTION = "question", _("question")
        FOLLOW_UP = "follow_up", _("follow-up")
        REPEAT = "repeat", _("repeated")
        OFFER = "offer", _("offer of help")
        INVITE_QUESTIONS = "invite_questions", _("invitation to ask")
        REPLY = "reply", _("reply")
        FAREWELL = "farewell", _("farewell")
        ANSWER = "answer", _("answer")
        SKIP = "skip", _("skipped")
        CANDIDATE_QUESTION = "candidate_question", _("candidate's question")
        COMMAND = "command", _("command")

    class Input(models.TextChoices):
        NONE = "", _("none")
        VOICE = "voice", _("voice")
        TYPED = "typed", _("typed")

    class TextState(models.TextChoices):
        FINAL = "final", _("final")
        PENDING = "pending", _("not transcribed yet")

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="turns", verbose_name=_("interview"))
    number = models.PositiveIntegerField(_("number"))
    speaker = models.CharField(_("speaker"), max_length=10, choices=Speaker.choices)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    text = models.TextField(_("text"), blank=True, default="")
    text_state = models.CharField(max_length=10, choices=TextState.choices, default=TextState.FINAL)
    question_uuid = models.UUIDField(null=True, blank=True)
    sentences = models.JSONField(default=list, blank=True)  # list[str]
    first_sentence = models.PositiveIntegerField(null=True, blank=True)
    input = models.CharField(_("input"), max_length=10, choices=Input.choices, blank=True, default="")
    start_ms = models.PositiveBigIntegerField(null=True, blank=True)
    end_ms = models.PositiveBigIntegerField(null=True, blank=True)
    sound_file_wanted = models.BooleanField(default=False)  # a file of this answer was asked for (interviews.services.sound)
    rung = models.CharField(_("spoken by"), max_length=20, blank=True, default="")
    falls = models.JSONField(default=list, blank=True)  # list[str]: rungs that failed at the page while this turn was said
    marks = models.JSONField(default=dict, blank=True)  # {stage: ms, since, cut}: services.latency
    client_id = models.CharField(max_length=64, blank=True, default="")
    source = models.CharField(_("worded by"), max_length=200, blank=True, default="")  # model and prompt; empty: the script
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Meta:
        verbose_name = _("turn")
        verbose_name_plural = _("turns")
        ordering = ["interview", "number"]
        constraints = [
            models.UniqueConstraint(fields=["interview", "number"], name="turn_number_once"),
            models.UniqueConstraint(fields=["interview", "client_id"], condition=~Q(client_id=""), name="turn_message_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(text_state="pending"), name="turn_text_pending"),  # late texts
            # answers that have no file to listen to yet
            models.Index(fields=["id"], condition=Q(input="voice", sound_file_wanted=False), name="turn_without_file"),
        ]

    def __str__(self) -> str:
        return f"{self.interview_id} · {self.number}"


class Consent(models.Model):
    """What a candidate agreed to or refused, and to which text. Append-only: the latest of a kind counts."""

    class Kind(models.TextChoices):
        PROCESSING = "processing", _("processing of personal data")
        RECORDING = "recording", _("sound recording")
        CAMERA = "camera", _("camera recording")
        AI_ANALYSIS = "ai_analysis", _("AI analysis of answers")
        CROSS_BORDER = "cross_border", _("transfer to another country")

    interview = models.ForeignKey(Interview, on_delete=models.CASCADE, related_name="consents", verbose_name=_("interview"))
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    given = models.BooleanField(_("given"))
    text_version = models.CharField(_("version of the text"), max_length=20)
    language = models.CharField(max_length=2, choices=Language.choices)
    # Of a transfer: which kinds of data (`Data`) the services on the page were to receive. Null: from before this was kept.
    covers = models.JSONField(null=True, blank=True, default=None)
    at = models.DateTimeField(_("time"), auto_now_add=True)

    class Data(models.TextChoices):
        WORDS = "words", _("the interviewer's words")
        VOICE = "voice", _("the recorded voice")
        TEXT = "text", _("the text of answers")

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        ordering = ["interview", "pk"]

    def __str__(self) -> str:
        return f"{self.kind}: {self.given}"

    def allows(self, data: str) -> bool:
        """Given, and `data` was among what was asked for: a service of another kind that came later was never agreed to."""
        return self.given and (self.covers is None or data in self.covers)
