"""Speech → text on an open line, nothing stored: `/api/transcribe/ws` (docs/contracts/compat_api.md section 2.7).

policy → its limits · wording → what is told · voice → a stream of PCM and the ear on it · phrases → whole files, one a phrase
scribe → sound to text, one after another · stream → one line, put together; knows no Channels
"""
