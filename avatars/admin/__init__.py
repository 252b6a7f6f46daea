"""Avatar profiles and the speech they made, in HR's workplace (design §6)."""

from avatars.admin import profiles, speech  # noqa: F401  registers the models
