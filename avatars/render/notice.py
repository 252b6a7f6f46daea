"""The sign in the picture that it is synthetic (hiring_law 2); what the files say stands in `avatars.synthetic`."""

from functools import lru_cache

from .layers import Layer
from .lettering import pill

LABEL = "AI"


@lru_cache(maxsize=8)
def label(width: int, height: int) -> Layer:
    """The visible sign in the upper right corner of a frame of this size."""
    size = max(14, round(min(width, height) * 0.042))
    margin = round(size * 0.9)
    return pill((LABEL,), size=size, right=width - margin, top=margin)
