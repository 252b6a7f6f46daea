from django.db import models


class LinkMiss(models.Model):
    """How often one address tried links that do not exist, in one window (threats 12, 39).

    `address` is a keyed hash: whoever reads the table learns no address. Old windows are swept when a new one begins.
    """

    address = models.CharField(max_length=64)
    window = models.PositiveBigIntegerField()  # number of the window since the epoch
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["address", "window"], name="link_miss_once_per_window")]

    def __str__(self) -> str:
        return f"{self.window}: {self.count}"


class LoginMiss(models.Model):
    """Failed logins in one window, by a keyed hash of who tried: an address, a user name, or both (threats 39, 41)."""

    who = models.CharField(max_length=64)
    window = models.PositiveBigIntegerField()  # number of the window since the epoch
    count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["who", "window"], name="login_miss_once_per_window")]

    def __str__(self) -> str:
        return f"{self.window}: {self.count}"
