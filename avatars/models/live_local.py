"""Rooms of the local presenter: what is said in a live session of the transport "local", until its page has heard it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class LocalRoom(models.Model):
    """One open room; deleted with all its lines when the session ends, so that its words stay no longer than it.

    `public_id` is that of the live session. `generation` grows with every interruption: what was said before it is void.
    `said` numbers the sentences. `viewer` is the connection that shows the presenter; the newest one has it.
    """

    public_id = models.CharField(max_length=40, unique=True)
    language = models.CharField(_("language"), max_length=2)
    settings = models.JSONField(default=dict)  # the profile's snapshot: looks, voice, whose budget a paid voice spends
    generation = models.PositiveIntegerField(default=0)
    said = models.PositiveIntegerField(default=0)
    viewer = models.CharField(max_length=32, blank=True, default="")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("room of the local presenter")
        verbose_name_plural = _("rooms of the local presenter")
        default_permissions = ()

    def __str__(self) -> str:
        return self.public_id


class LocalLine(models.Model):
    """One sentence: waiting → heard | void. The words are those of its speech."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        HEARD = "heard", _("Heard")
        VOID = "void", _("Interrupted")

    room = models.ForeignKey(LocalRoom, on_delete=models.CASCADE, related_name="lines")
    number = models.PositiveIntegerField()
    generation = models.PositiveIntegerField()
    speech = models.ForeignKey("avatars.Speech", on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("sentence of the local presenter")
        verbose_name_plural = _("sentences of the local presenter")
        default_permissions = ()
        constraints = [
            # Also the index of "what has this page not got yet" (services.local_rooms.news).
            models.UniqueConstraint(fields=["room", "number"], name="one_line_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}.{self.number}"
