"""One foreground command for the whole site: broker, migrations, web, worker and beat (design §8, embedded.md "Supervision").

run.py        the order of things: start, watch, restart, stop
parts.py      one child process: its group, its log lines, its back-off
child.py      the few lines a child runs before it becomes the part (parent-death signal)
watchdog.py   ends the groups when the supervisor itself was killed
broker.py     the private Valkey
guards.py     one start per VAR_DIR, a free port
"""
