"""A rehearsal: made-up candidates go through a position's interview before people do (design §5).

`personas` says who they are, `answers/<language>.toml` what they say, `candidate` what one does next; `stage` plays a whole
conversation through the real core with a virtual clock and without sound, `replies` asks the dialogue model, `marking` scores the
answers with the evaluation's own questions, `checks` reads what came of it. `services.rehearsing` runs it in a worker.
"""
