"""A stand-in for a language model's server, to try the site without a key: always the same sensible answers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from interview_site.llm_stub import Fault, ModelStub
from interviews.authoring import canned


class Command(BaseCommand):
    help = "Run a stub of a language model on this machine, until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8099)
        parser.add_argument("--fault", choices=[str(fault) for fault in Fault], help="Answer every request with this fault.")

    def handle(self, *args: Any, **options: Any) -> None:
        stub = ModelStub(port=options["port"])
        stub.otherwise(Fault(options["fault"]) if options["fault"] else canned.answer)
        with stub:
            try:
                self.stdout.write("A stub of a language model is running. Settings for the site:\n")
                settings = f"LLM_BASE_URL={stub.base_url}\nLLM_MODEL={stub.model}\nLLM_API_KEY={stub.key}\nLLM_IS_LOCAL=true\n"
                self.stdout.write(settings)
                self.stdout.flush()
                while not stub.server.closing.wait(3600):
                    pass
            except KeyboardInterrupt:
                self.stdout.write("\n")
