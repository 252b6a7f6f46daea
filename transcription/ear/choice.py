"""Which ear hears here: the trained detector, or the energy gate where it is chosen or the other cannot be loaded."""

import logging
from functools import lru_cache

from django.conf import settings

from transcription.ear.energy import EnergyEar
from transcription.ear.events import Ear
from transcription.ear.silero import SileroEar

log = logging.getLogger(__name__)


def make_ear() -> Ear:
    """A new ear for one stream. Never raises."""
    return SileroEar() if is_trained() else EnergyEar()


def is_trained() -> bool:
    return settings.EAR_DETECTOR == "silero" and not fault()


@lru_cache(maxsize=1)
def fault() -> str:
    """Why the trained detector cannot be used in this process, "" when it can. Found out, and logged, once."""
    try:
        SileroEar()
    except Exception as error:  # a missing package, a file that is not there, a runtime this machine cannot run
        log.warning("no trained speech detector, the energy gate hears", extra={"fault": type(error).__name__})
        return f"{type(error).__name__}: {error}"[:300]
    return ""


def is_as_chosen() -> bool:
    """For the health page: the ear that hears is the one the settings name."""
    return settings.EAR_DETECTOR == "energy" or is_trained()
