"""Evaluation is evidence or nothing (design §5): a score only with words that stand in the transcript.

`evidence` holds the candidate's answers as values, `quotes` finds a quote in them, `rules` says before any model is asked where
there is too little to judge, `suspicion` finds speech that gives orders to the machine, `verdicts` reads what a model answered
and believes none of it. All pure; rows, prompts and the model are elsewhere.
"""
