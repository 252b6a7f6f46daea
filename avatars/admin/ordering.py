"""Ordering videos by hand: one to try a profile, or a list of texts with a row each; the cost is told before (design §6)."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from avatars.admin.samples import TEST_TEXTS
from avatars.models import AvatarGeneration, AvatarSettings
from avatars.services.generations import NothingToSay, TextTooLong, generate
from avatars.services.order_advice import Advice, before_ordering
from avatars.speech.text import MAX_CHARACTERS, prepare
from interview_site.errors import ProviderError

MOST_TEXTS = 100
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


class OrderForm(forms.Form):
    """A profile and a text. What costs, or looks like another language, is asked once more: `sure`."""

    profile = forms.ModelChoiceField(AvatarSettings.objects.all(), label=_("Profile"), widget=UnfoldAdminSelectWidget())
    text = forms.CharField(label=_("Text"), max_length=MAX_CHARACTERS, widget=UnfoldAdminTextareaWidget(attrs={"rows": 4}))
    sure = forms.BooleanField(required=False, widget=forms.HiddenInput())


class TextsForm(OrderForm):
    text = forms.CharField(
        label=_("Texts"), max_length=MOST_TEXTS * MAX_CHARACTERS, widget=UnfoldAdminTextareaWidget(attrs={"rows": 14}),
        help_text=_("One text a paragraph, with an empty line between them; without empty lines each line is one text."),
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """`texts`: what the paragraphs say, each one sayable, no text twice."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        data["texts"] = texts = list(dict.fromkeys(paragraphs(data.get("text", ""))))
        if len(texts) > MOST_TEXTS:
            self.add_error("text", _("At most %(most)d texts at once.") % {"most": MOST_TEXTS})
        profile = data.get("profile")
        for number, text in enumerate(texts, 1):
            try:
                if len(text) > MAX_CHARACTERS:
                    raise TextTooLong
                prepare(text, profile.language if profile else "ru")
            except NothingToSay:
                self.add_error(
                    "text", _("Text %(number)d has nothing to say: only symbols, links or emoji.") % {"number": number}
                )
            except TextTooLong:
                self.add_error("text", _("Text %(number)d is too long for one video. Please split it.") % {"number": number})
        return data


def paragraphs(text: str) -> list[str]:
    text = text.replace("\r\n", "\n").strip()
    parts = _BLANK_LINE.split(text) if _BLANK_LINE.search(text) else text.split("\n")
    return [" ".join(part.split()) for part in parts if part.strip()]


class OrderingPages:
    """Mixin of the admin of videos."""

    @action(description=_("Order a test video"), url_path="test", permissions=["order"], icon="movie")
    def order_test(self, request: HttpRequest) -> HttpResponse:
        """Choose a profile, type a text, order. The page of the new video shows how far it is."""
        form = OrderForm(request.POST or None, initial=_usual(request))
        if request.method == "POST" and form.is_valid() and "back" not in request.POST:
            chosen = form.cleaned_data["profile"]
            try:
                prepare(form.cleaned_data["text"], chosen.language)
                if advice := _to_be_confirmed(form, [form.cleaned_data["text"]]):
                    return self._order_page(request, gettext("Order a test video"), form, advice)
                text = form.cleaned_data["text"]
                generation = generate(text=text, settings=chosen.snapshot(), by=request.user, retry_failed=True)
            except ProviderError as error:
                form.add_error("profile", error.person_text)
            except NothingToSay:
                form.add_error("text", _("There is nothing to say here: only symbols, links or emoji."))
            except TextTooLong:
                form.add_error("text", _("This would take too long to say. Please shorten it."))
            else:
                return HttpResponseRedirect(reverse("admin:avatars_avatargeneration_change", args=[generation.pk]))
        return self._order_page(request, gettext("Order a test video"), form)

    @action(description=_("Order a list of texts"), url_path="texts", permissions=["order"], icon="playlist_add")
    def order_texts(self, request: HttpRequest) -> HttpResponse:
        """Paste texts, read the list and its cost, confirm: a row each."""
        form = TextsForm(request.POST or None, initial={**_usual(request), "text": ""})
        if request.method == "POST" and form.is_valid() and "back" not in request.POST:
            texts, profile = form.cleaned_data["texts"], form.cleaned_data["profile"]
            try:
                advice = before_ordering(texts, profile.snapshot())
            except ProviderError as error:
                form.add_error("profile", error.person_text)
                return self._order_page(request, gettext("Order a list of texts"), form)
            if not form.cleaned_data["sure"]:
                return self._order_page(request, gettext("Order a list of texts"), form, advice, texts)
            settings = profile.snapshot()
            rows = [generate(text=text, settings=settings, by=request.user, retry_failed=True) for text in texts]
            ready = sum(row.state == AvatarGeneration.State.SUCCEEDED for row in rows)
            said = gettext("%(count)d videos are ordered.") % {"count": len(rows) - ready}
            messages.success(request, said + (" " + gettext("%(count)d were there already.") % {"count": ready} if ready else ""))
            return HttpResponseRedirect(reverse("admin:avatars_avatargeneration_changelist"))
        return self._order_page(request, gettext("Order a list of texts"), form)

    @action(description=_("Speech, then video"), url_path="from-speech", permissions=["order"], icon="record_voice_over")
    def speech_then_video(self, request: HttpRequest) -> HttpResponse:
        """To the two steps, which stand with the speeches."""
        return HttpResponseRedirect(reverse("admin:avatars_speech_make_speech"))

    def _order_page(
        self, request: HttpRequest, title: str, form: forms.Form, advice: Advice | None = None, texts: list[str] | None = None
    ) -> HttpResponse:
        page: HttpResponse = self._page(  # type: ignore[attr-defined]
            request, title, {"form": form, "advice": advice, "texts": texts, "asks": advice is not None}
        )
        return page


def _usual(request: HttpRequest) -> dict[str, Any]:
    number = request.GET.get("profile", "")
    known = number.isascii() and number.isdigit() and len(number) < 18
    profile = AvatarSettings.objects.filter(pk=int(number)).first() if known else None
    profile = profile or AvatarSettings.objects.filter(is_default=True).first()
    return {"profile": profile, "text": TEST_TEXTS.get(profile.language if profile else "ru", "")}


def _to_be_confirmed(form: OrderForm, texts: list[str]) -> Advice | None:
    advice = before_ordering(texts, form.cleaned_data["profile"].snapshot())
    return advice if advice.lines and not form.cleaned_data["sure"] else None
