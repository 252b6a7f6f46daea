"""Forms of the pages on which HR ask for a draft, edit it, and edit a translation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminFileFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from interviews.authoring import documents, drafting
from interviews.models import Position, Question
from interviews.topics import asked_about, judged_by


class AskForm(forms.Form):
    """From what a draft is made."""

    description = forms.CharField(
        label=_("Description"), required=False, max_length=documents.MOST_CHARACTERS,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 12}),
        help_text=_("Paste the job description. What it says about tasks and skills makes good questions."),
    )  # fmt: skip
    file = forms.FileField(
        label=_("or a PDF, DOCX or text file"), required=False, allow_empty_file=True, widget=UnfoldAdminFileFieldWidget,
        help_text=_("At most 10 MB and 40 pages. With both, the file is added to the text."),
    )  # fmt: skip
    wishes = forms.CharField(
        label=_("Wishes"), required=False, max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text=_("For example: more about working with customers, nothing about SQL."),
    )  # fmt: skip
    count = forms.IntegerField(
        label=_("How many questions"), min_value=1, max_value=drafting.MOST_QUESTIONS, initial=6,
        widget=UnfoldAdminIntegerFieldWidget,
    )  # fmt: skip

    def __init__(self, *args: Any, position: Position, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["description"].initial = position.description

    def clean_file(self) -> bytes | None:
        file = self.cleaned_data.get("file")
        if not file:
            return None
        if file.size > documents.MOST_BYTES:
            raise forms.ValidationError(documents.TEXTS["too_big"])
        content = file.read()
        try:
            documents.kind_of(content)
        except documents.UnreadableDocument as error:
            raise forms.ValidationError(error.text) from error
        return content

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.errors and not cleaned.get("file") and len((cleaned.get("description") or "").strip()) < 20:
            self.add_error("description", _("Paste a description or choose a file."))
        return cleaned


class DraftForm(forms.Form):
    """A draft's content, every part of it editable, and which parts to take over."""

    intro = forms.CharField(
        label=_("greeting"), required=False, max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    farewell = forms.CharField(
        label=_("farewell"), required=False, max_length=1000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )
    greeting = forms.BooleanField(label=_("Take over greeting and farewell"), required=False, initial=True)
    replace = forms.BooleanField(label=_("Remove the present questions and criteria of the position first"), required=False)

    def __init__(self, *args: Any, content: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.content = content
        self.fields["intro"].initial, self.fields["farewell"].initial = content.get("intro"), content.get("farewell")
        names = [(row["key"], row["name"]) for row in content.get("criteria", [])]
        for row in content.get("questions", []):
            self._add(row, _question_fields(row, names))
        for row in content.get("criteria", []):
            self._add(row, _criterion_fields(row))

    def _add(self, row: dict[str, Any], fields: dict[str, forms.Field]) -> None:
        for name, field in fields.items():
            self.fields[f"{row['key']}_{name}"] = field

    def question_cards(self) -> list[dict[str, Any]]:
        """For the template: each question with its bound fields and why it is asked."""
        return [self._card(row, ("use", "text", "wish", *_QUESTION)) for row in self.content.get("questions", [])]

    def criterion_cards(self) -> list[dict[str, Any]]:
        cards = []
        for row in self.content.get("criteria", []):
            anchors = [self[f"{row['key']}_anchor_{mark}"] for mark in range(1, 6)]
            cards.append(self._card(row, ("use", "name", "meaning", "weight")) | {"anchors": anchors})
        return cards

    def _card(self, row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
        return {"key": row["key"], "rationale": row["rationale"], **{name: self[f"{row['key']}_{name}"] for name in names}}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for key in self._keys("questions"):
            if topic := asked_about(cleaned.get(f"{key}_text") or ""):
                self.add_error(f"{key}_text", topic.reason)
            if cleaned.get(f"{key}_mode") == Question.Mode.VERBATIM:
                cleaned[f"{key}_follow_ups"] = 0
        for key in self._keys("criteria"):
            if topic := judged_by(cleaned.get(f"{key}_name") or ""):
                self.add_error(f"{key}_name", topic.reason)
        return cleaned

    def edited(self) -> dict[str, Any]:
        """The content with what HR changed; only after `is_valid()`."""
        given = self.cleaned_data
        questions = [
            row | {name: given[f"{row['key']}_{name}"] for name in ("use", "text", *_QUESTION)}
            for row in self.content["questions"]
        ]
        criteria = [
            row
            | {name: given[f"{row['key']}_{name}"] for name in ("use", "name", "meaning", "weight")}
            | {"anchors": [given[f"{row['key']}_anchor_{mark}"] for mark in range(1, 6)]}
            for row in self.content["criteria"]
        ]
        words = {"intro": given["intro"], "farewell": given["farewell"]}
        return {**self.content, **words, "questions": questions, "criteria": criteria}

    def chosen(self, part: str) -> set[str]:
        """Keys of the `questions` or `criteria` whose box is ticked."""
        return {key for key in self._keys(part) if self.cleaned_data[f"{key}_use"]}

    def _keys(self, part: str) -> list[str]:
        return [row["key"] for row in self.content.get(part, [])]


_QUESTION = ("mode", "follow_ups", "think_time_s", "answer_time_s", "criteria")


def _question_fields(row: dict[str, Any], criteria: list[tuple[str, str]]) -> dict[str, forms.Field]:
    def number(label: Any, name: str, least: int, most: int) -> forms.IntegerField:
        return forms.IntegerField(
            label=label, min_value=least, max_value=most, initial=row[name], widget=UnfoldAdminIntegerFieldWidget
        )

    return {
        "use": forms.BooleanField(label=_("Take over"), required=False, initial=row.get("use", True)),
        "text": forms.CharField(
            label=_("text"), max_length=2000, initial=row["text"], widget=UnfoldAdminTextareaWidget(attrs={"rows": 3})
        ),
        "mode": forms.ChoiceField(
            label=pgettext_lazy("how a question is asked", "asked"), choices=Question.Mode.choices, initial=row["mode"],
            widget=UnfoldAdminSelectWidget,
        ),
        "follow_ups": number(_("follow-ups, at most"), "follow_ups", 0, 3),
        "think_time_s": number(_("time to think, seconds"), "think_time_s", 0, 600),
        "answer_time_s": number(_("time to answer, seconds"), "answer_time_s", 10, 1800),
        "criteria": forms.MultipleChoiceField(
            label=_("criteria"), required=False, choices=criteria, initial=row["criteria"],
            widget=UnfoldAdminCheckboxSelectMultipleWidget,
        ),
        "wish": forms.CharField(
            label=_("What should be different?"), required=False, max_length=300, widget=UnfoldAdminTextInputWidget
        ),
    }  # fmt: skip


def _criterion_fields(row: dict[str, Any]) -> dict[str, forms.Field]:
    def text(label: Any, most: int, initial: str, required: bool = False) -> forms.CharField:
        return forms.CharField(
            label=label, max_length=most, initial=initial, required=required, widget=UnfoldAdminTextInputWidget
        )

    marks = (
        _("what a 1 looks like"), _("what a 2 looks like"), _("what a 3 looks like"), _("what a 4 looks like"),
        _("what a 5 looks like"),
    )  # fmt: skip
    return {
        "use": forms.BooleanField(label=_("Take over"), required=False, initial=row.get("use", True)),
        "name": text(_("name"), 120, row["name"], required=True),
        "meaning": forms.CharField(
            label=_("meaning"), max_length=2000, required=False, initial=row["meaning"],
            widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        ),
        "weight": forms.IntegerField(
            label=_("weight"), min_value=1, max_value=10, initial=row["weight"], widget=UnfoldAdminIntegerFieldWidget
        ),
        **{
            f"anchor_{mark}": text(label, 500, row["anchors"][mark - 1]) for mark, label in enumerate(marks, 1)
        },
    }  # fmt: skip


class WordsForm(forms.Form):
    """A translation: one field a place, named by its number, because places hold colons."""

    def __init__(self, *args: Any, source: dict[str, str], words: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.places = dict(enumerate(source))
        for number, place in self.places.items():
            rows = min(max(len(source[place]) // 70 + 1, 1), 12)
            self.fields[f"w{number}"] = forms.CharField(
                required=False, max_length=most_characters(place), initial=words.get(place, ""),
                widget=UnfoldAdminTextareaWidget(attrs={"rows": rows}),
            )  # fmt: skip

    def rows(self) -> list[tuple[str, forms.BoundField]]:
        """(place, field)."""
        return [(place, self[f"w{number}"]) for number, place in self.places.items()]

    def given(self) -> dict[str, str]:
        return {place: self.cleaned_data[f"w{number}"] for number, place in self.places.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for number, place in self.places.items():
            if place.startswith("q:") and (topic := asked_about(cleaned.get(f"w{number}") or "")):
                self.add_error(f"w{number}", topic.reason)
        return cleaned


def most_characters(place: str) -> int:
    if place == "title":
        return 200
    if place == "description":
        return 20_000
    last = place.rpartition(":")[2]
    return {"facts": 5000, "name": 120}.get(last, 500 if last.isdigit() else 2000)
