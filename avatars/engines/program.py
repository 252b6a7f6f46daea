"""Run a speech program of the machine: its own process group, limits on time, output and memory, no shell."""

import os
import resource
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from interview_site.errors import Category, ProviderError

MEMORY_BYTES = 4 * 1024**3  # a neural voice maps its model and scratch memory
CPU_S = 120
FILE_BYTES = 200 * 1024 * 1024


def run(command: Sequence[str], text: str, *, kind: str, timeout_s: float, folder: Path, max_bytes: int = FILE_BYTES) -> bytes:
    """What the program wrote to its output, given `text` as input. `folder` is where it runs and may write.

    Raises ProviderError: server when it fails or cannot be started, connectivity when it is too slow.
    """
    environ = {name: os.environ[name] for name in ("PATH", "HOME", "LD_LIBRARY_PATH") if name in os.environ} | {"LANG": "C.UTF-8"}
    output = folder / "output"
    try:
        with output.open("wb") as file:
            process = subprocess.Popen(
                [*command], stdin=subprocess.PIPE, stdout=file, stderr=subprocess.DEVNULL, cwd=folder, env=environ,
                start_new_session=True, preexec_fn=_limit,
            )  # fmt: skip
            try:
                process.communicate(text.encode(), timeout=timeout_s)
            finally:
                # Its children too; on the good way nobody is left and this does nothing.
                _end(process)
    except subprocess.TimeoutExpired as error:
        raise _fault(kind, f"took longer than {timeout_s:g} s", Category.CONNECTIVITY) from error
    except OSError as error:
        raise _fault(kind, f"cannot be started ({type(error).__name__})", Category.SERVER) from error
    if process.returncode != 0:
        raise _fault(kind, f"ended with code {process.returncode}", Category.SERVER)
    if output.stat().st_size > max_bytes:
        raise _fault(kind, "wrote too much", Category.SERVER)
    return output.read_bytes()


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_BYTES, FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _end(process: subprocess.Popen[bytes]) -> None:
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def _fault(kind: str, text: str, category: Category) -> ProviderError:
    return ProviderError(f"{kind}: the program {text}", category=category, provider=kind)
