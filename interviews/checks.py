"""What an operator can get wrong about the conversation, with its remedy (style §6)."""

from django.conf import settings
from django.core.checks import Error, register

from interviews.conversation.policy import faults


@register()
def policy_is_right(app_configs: object, **kwargs: object) -> list[Error]:
    """A misspelt number of patience would otherwise end every call at its first message."""
    return [
        Error(
            f"INTERVIEW_POLICY: {fault}.",
            hint='Write JSON such as {"first_offer_s": 40}; the names stand in interviews/conversation/policy.py.',
            id="interviews.E001",
        )
        for fault in faults(settings.INTERVIEW_POLICY)
    ]
