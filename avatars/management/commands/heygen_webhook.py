"""Register, list and remove the address HeyGen rings when a video is done (docs/contracts/heygen.md §6.1)."""

from argparse import ArgumentParser
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from avatars.providers.heygen.api import Configuration, HeyGenApi, data_of, required
from avatars.webhooks import EVENTS
from interview_site.errors import ProviderError


class Command(BaseCommand):
    help = "Register, list or remove the webhook at HeyGen. Registering prints the secret once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["register", "list", "remove"])
        parser.add_argument("endpoint", nargs="?", default="", help="the id to remove; `list` shows it")
        parser.add_argument("--url", default="", help="another address than PUBLIC_BASE_URL's, such as behind a gateway")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.HEYGEN_API_KEY:
            raise CommandError("HEYGEN_API_KEY is empty: give the key first.")
        api = HeyGenApi(Configuration.from_settings())
        try:
            getattr(self, options["what"])(api, options)
        except ProviderError as error:
            raise CommandError(f"{error.person_text} ({error.log_text})") from error

    def register(self, api: HeyGenApi, options: dict[str, Any]) -> None:
        url = options["url"] or settings.PUBLIC_BASE_URL + reverse("heygen-webhook")
        if not url.startswith("https://"):
            raise CommandError(f"HeyGen rings https addresses only, and this is {url}: set PUBLIC_BASE_URL or give --url.")
        answer = api.post("/v3/webhooks/endpoints", {"url": url, "events": list(EVENTS)})
        secret = required(answer, "secret")
        self.stdout.write(f"# Registered {url}. HeyGen shows this secret only now: put it into .env, start the site again.")
        self.stdout.write(f"HEYGEN_WEBHOOK_SECRET={secret}")

    def list(self, api: HeyGenApi, options: dict[str, Any]) -> None:
        for row in api.pages("/v3/webhooks/endpoints", limit=50):
            self.stdout.write(f"{row.get('endpoint_id')}  {row.get('status')}  {row.get('url')}")

    def remove(self, api: HeyGenApi, options: dict[str, Any]) -> None:
        if not options["endpoint"]:
            raise CommandError("Name the endpoint to remove; `heygen_webhook list` shows them.")
        data_of(api.delete(f"/v3/webhooks/endpoints/{quote(options['endpoint'], safe='')}"))
        self.stdout.write("Removed. Empty HEYGEN_WEBHOOK_SECRET in .env.")
