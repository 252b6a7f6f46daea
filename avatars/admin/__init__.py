"""Avatar profiles, recorded videos and the speech they made, in HR's workplace (design §6)."""

from avatars.admin import generations, profiles, speech  # noqa: F401  registers the models
