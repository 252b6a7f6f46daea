"""Talking with an avatar outside an interview: a model's answer, sentence by sentence, spoken in a live session (design §5, §7).

    turn = turns.begin(message=…, brief=brief, subject="chat:…", session=session)   # what was being said is dropped
    for sentence in turn.sentences(): …                                          # also handed to the avatar, in order
    spoken = turn.speech()                                                        # what became of it

`sentences` and `messages` are pure; `memory` is the row; `speaking` hands sentences to the avatar; `turns` tells the story.
"""
