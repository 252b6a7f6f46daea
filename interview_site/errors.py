"""What a provider could not do, in words of ours.

ProviderError
├── category: AUTHENTICATION · RATE_LIMIT · QUOTA · INVALID_REQUEST · CONNECTIVITY · SERVER
└── permanent: repeating the same call cannot help

Retry, fallback, HTTP status and the text a person reads hang on the category, never on a vendor's code (style §3).
"""

from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Category(StrEnum):
    AUTHENTICATION = "authentication"
    RATE_LIMIT = "rate_limit"
    QUOTA = "quota"
    INVALID_REQUEST = "invalid_request"
    CONNECTIVITY = "connectivity"
    SERVER = "server"


PERSON_TEXTS: dict[Category, Promise] = {
    Category.AUTHENTICATION: _("The provider refused the key. Check the key in the settings."),
    Category.RATE_LIMIT: _("The provider asks us to slow down. It will be tried again by itself."),
    Category.QUOTA: _("The provider's balance or quota is used up. Top it up, then try again."),
    Category.INVALID_REQUEST: _("The provider did not accept this request. Check the text, voice and avatar."),
    Category.CONNECTIVITY: _("The provider could not be reached. It will be tried again by itself."),
    Category.SERVER: _("The provider has a fault of its own. It will be tried again by itself."),
}
_PERMANENT = {Category.AUTHENTICATION, Category.QUOTA, Category.INVALID_REQUEST}


class ProviderError(Exception):
    """A provider could not do what was asked.

    `log_text` is for operators (no secrets, no words of people); `person_text` is fit for a person and translated;
    `retry_after_s` is the provider's own advice in seconds, when it gave one; `request_id` is the vendor's.
    """

    def __init__(
        self,
        log_text: str,
        *,
        category: Category,
        provider: str = "",
        code: str = "",
        permanent: bool | None = None,
        person_text: str | Promise = "",
        request_id: str = "",
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(log_text)
        self.log_text = log_text
        self.category = category
        self.provider = provider
        self.code = code
        self.permanent = category in _PERMANENT if permanent is None else permanent
        self.person_text = person_text or PERSON_TEXTS[category]
        self.request_id = request_id
        self.retry_after_s = retry_after_s
