"""The conversation as a pure core: (plan, facts, turns so far, event) → (new turns, effects). No Django, no clock, no network.

Everything is derived from the turns (`standing`), so whoever holds the turns can go on: after a killed process, on another
device, a day later (design §5). `core.step` decides, `wording` holds what is said, `commands` recognises short commands.
"""
