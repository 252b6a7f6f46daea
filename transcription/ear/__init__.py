"""The ear: finds speech in a stream of PCM. Pure state machines: sound and its place in time in, events out (design §4).

events → what an ear says · policy → its numbers · stretches → when speech begins, pauses and ends
energy → the gate that needs no model · silero → the trained detector · choice → which of the two hears here
"""
