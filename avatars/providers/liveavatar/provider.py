"""LiveAvatar as one of our providers: its catalogue and balance. It records nothing; its rooms are in `live`."""

from decimal import Decimal, InvalidOperation

from avatars.providers.base import AvatarProvider, Balance, Capabilities, Character, Voice
from avatars.providers.liveavatar import api, catalogue, faults
from avatars.providers.liveavatar.api import Configuration, LiveAvatarApi
from interview_site.errors import Category


class LiveAvatarProvider(AvatarProvider):
    kind = faults.KIND
    label = "LiveAvatar"
    capabilities = Capabilities(catalogue=True, speech=True, live_session=True, interrupt=True)

    def __init__(self, configuration: Configuration | None = None) -> None:
        super().__init__()
        self.configuration = configuration or Configuration.from_settings()
        self.api = LiveAvatarApi(self.configuration)

    def _characters(self) -> tuple[Character, ...]:
        return catalogue.characters(self.api)

    def _voices(self) -> tuple[Voice, ...]:
        return catalogue.voices(self.api)

    def _balance(self) -> Balance | None:
        data = self.api.read(api.CREDITS)
        try:
            return Balance(Decimal(str(data["credits_left"])), "credits")
        except (KeyError, TypeError, InvalidOperation) as error:
            raise faults.fault("the balance is no number", Category.SERVER, code="odd_answer") from error
