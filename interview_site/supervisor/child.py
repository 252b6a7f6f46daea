"""Run as a plain file: `python -S -E child.py <parent pid> <argv…>` asks to die with the parent, then becomes argv.

The kernel's parent-death signal survives exec. Doing it here and not in a preexec_fn keeps the supervisor, which has
threads, from running Python between fork and exec. Elsewhere than on Linux the watchdog alone does the work.
"""

import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main() -> None:
    parent, argv = int(sys.argv[1]), sys.argv[2:]
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        sys.exit(1)
    os.execvp(argv[0], argv)


if __name__ == "__main__":
    main()
