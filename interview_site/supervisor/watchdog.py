"""Run as a plain file: holds the read end of a pipe and ends every listed process group when the supervisor is gone.

Lines on standard input: `+<group>` a part started, `-<group>` it ended, `bye` the supervisor stopped everything itself.
End of file without `bye` means that the supervisor was killed: TERM, a moment to finish, KILL. Works without the
parent-death signal (macOS) and reaches grandchildren too, such as a worker's pool.
"""

import os
import signal
import sys
import time

GRACE_S = 3.0  # the broker writes its last second to disk, a pool process leaves its row to the lease


def _signal(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
        return True
    except (ProcessLookupError, PermissionError):
        return False


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: set[int] = set()
    for line in sys.stdin:
        word = line.strip()
        if word == "bye":
            return
        (groups.add if word.startswith("+") else groups.discard)(int(word[1:]))
    groups = {group for group in groups if _signal(group, signal.SIGTERM)}
    end = time.monotonic() + GRACE_S
    while groups and time.monotonic() < end:
        time.sleep(0.1)
        groups = {group for group in groups if _signal(group, 0)}
    for group in groups:
        _signal(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
