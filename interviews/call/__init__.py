"""One candidate's call beside its socket: gate, seat, speaking, floor and cues. The consumer translates, `Call` conducts."""
