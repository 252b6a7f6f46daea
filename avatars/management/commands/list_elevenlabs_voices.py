"""Print the voices of the ElevenLabs account as ELEVENLABS_VOICES wants them (docs/contracts/elevenlabs.md §4)."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from interview_site import outbound
from interview_site.errors import ProviderError

MAX_PAGES = 20


class Command(BaseCommand):
    help = "Print the voices of the ElevenLabs account, one a line, as ELEVENLABS_VOICES wants them."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.ELEVENLABS_API_KEY:
            raise CommandError("ELEVENLABS_API_KEY is empty.")
        token = ""
        try:
            for _page in range(MAX_PAGES):
                page = self._page(token)
                for voice in page.get("voices") or []:
                    self.stdout.write(line_of(voice))
                token = str(page.get("next_page_token") or "")
                if not page.get("has_more") or not token:
                    break
        except (ProviderError, AttributeError, TypeError) as error:
            raise CommandError(f"ElevenLabs did not give its voices: {error}") from error

    def _page(self, token: str) -> dict[str, Any]:
        params = {"page_size": "100", **({"next_page_token": token} if token else {})}
        answer = outbound.request(
            "GET", settings.ELEVENLABS_BASE_URL + "/v2/voices", params=params, provider="elevenlabs", trusted=True,
            headers={"xi-api-key": settings.ELEVENLABS_API_KEY},
        )  # fmt: skip
        outbound.raise_for_status(answer, provider="elevenlabs")
        return answer.json(provider="elevenlabs")


def line_of(voice: dict[str, Any]) -> str:
    """`label:gender:id`; separators of the setting are taken out of the label."""
    label = " ".join(str(voice.get("name", "")).replace(",", " ").replace(":", " ").split()) or "Voice"
    gender = "male" if (voice.get("labels") or {}).get("gender") == "male" else "female"
    return f"{label}:{gender}:{voice['voice_id']}"
