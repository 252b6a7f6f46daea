"""Run stand-ins of the paid providers on this machine: the whole site works without keys or coins (docs/videos.md)."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from avatars.provider_stub.server import STUBS, break_as_told, environment, start
from interview_site.stub_server import NO_ANSWER


class Command(BaseCommand):
    help = "Run stand-ins of the avatar and speech providers on 127.0.0.1 and print the settings that use them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8900, help="of the first stand-in; the others follow (0: any free ones)")
        parser.add_argument("--only", action="append", choices=sorted(STUBS), help="just this provider; may be given again")
        parser.add_argument(
            "--fault", action="append", default=[], metavar="PROVIDER:METHOD /PATH=FAULT",
            help="such as 'a2e:POST /api/v1/video/generate=lost' or 'a2e:*=slow:5'; x3 behind it: three times, x*: for ever",
        )  # fmt: skip
        parser.add_argument("--seconds", type=float, default=0.0, help="stop by itself after so long (0: never)")

    def handle(self, *args: Any, **options: Any) -> None:
        running = {}
        try:
            for number, kind in enumerate(options["only"] or STUBS):
                port = options["port"] + number if options["port"] else 0
                try:
                    running[kind] = start(kind, port)
                except OSError as error:
                    raise CommandError(f"Port {port} cannot be used ({error.strerror}). Give another one with --port.") from error
            for word in options["fault"]:
                try:
                    break_as_told(running, word)
                except ValueError as error:
                    raise CommandError(str(error)) from error
            for name, value in environment(running).items():
                self.stdout.write(f"{name}={value}")
            self.stdout.write("# Ready. Put these lines into .env, start the site again. Ctrl-C stops the stand-ins.")
            self.stdout.flush()
            self._wait(running, options["seconds"])
        except KeyboardInterrupt:
            pass
        finally:
            for server, _routes in running.values():
                server.close()

    def _wait(self, running: dict[str, Any], seconds: float) -> None:
        """Show each request when it is answered, until the time is over."""
        seen, open_calls = dict.fromkeys(running, 0), []
        until = time.monotonic() + seconds if seconds else float("inf")
        while time.monotonic() < until:
            time.sleep(min(0.3, max(until - time.monotonic(), 0)))
            for kind, (server, _routes) in running.items():
                fresh = server.ledger[seen[kind] :]
                seen[kind] += len(fresh)
                open_calls += [(kind, call) for call in fresh]
            for kind, call in open_calls:
                if call.status:
                    self.stdout.write(f"{kind} {call.line} {'no answer' if call.status == NO_ANSWER else call.status}")
            open_calls = [(kind, call) for kind, call in open_calls if not call.status]
