"""The login of the admin: too many failures make one wait (threats 41)."""

from django.core.exceptions import ValidationError
from django.utils.translation import ngettext
from unfold.forms import AuthenticationForm

from interview_site.client_address import client_address
from interviews.services import login_misses


class ThrottledLoginForm(AuthenticationForm):
    def clean(self) -> dict:
        name, address = self.cleaned_data.get("username") or "", client_address(self.request)
        wait_s = login_misses.wait_s(name, address)
        if wait_s:
            minutes = -(-wait_s // 60)
            text = ngettext(
                "Too many failed attempts. Try again in %(minutes)s minute.",
                "Too many failed attempts. Try again in %(minutes)s minutes.",
                minutes,
            )
            raise ValidationError(text, code="throttled", params={"minutes": minutes})
        try:
            return super().clean()
        except ValidationError:
            if name:
                login_misses.count_miss(name, address)
            raise
