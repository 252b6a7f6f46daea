from django.contrib.auth.models import Group
from django.db import models


class RoleGrant(models.Model):
    """Which permissions a role's group was ever given by us (interviews.roles): what an administrator took away stays away."""

    group = models.OneToOneField(Group, on_delete=models.CASCADE, related_name="+")
    codenames = models.JSONField(default=list)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.group.name
