"""Avatar profiles, presenters made of photos and the speech they made, in HR's workplace (design §6)."""

from avatars.admin import generations, live, photo_presenters, profiles, speech  # noqa: F401  registers the models
