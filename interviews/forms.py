"""What candidates send by forms, turned into typed values."""

from django import forms

from interviews.models import Consent, Language

PAGES = ("welcome", "consent", "document", "check", "receipt", "data", "interview")  # where the switch stands


class ConsentForm(forms.Form):
    """One unticked box for each consent that is asked. `kinds`: Consent.Kind values, in order."""

    def __init__(self, *args: object, kinds: tuple[str, ...], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        for kind in kinds:
            self.fields[kind] = forms.BooleanField(required=False, label=Consent.Kind(kind).label)

    def answers(self) -> dict[str, bool]:
        """Kind → given; only after `is_valid()`."""
        return {str(kind): given for kind, given in self.cleaned_data.items()}


class LanguageForm(forms.Form):
    """The language of the pages, and the page to come back to."""

    language = forms.ChoiceField(choices=Language.choices)
    page = forms.ChoiceField(choices=[(page, page) for page in PAGES], required=False)
