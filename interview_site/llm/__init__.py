"""Language models behind any server with OpenAI's chat completions (docs/contracts/openai.md §2–4, §8, §11).

    if llm.is_configured(Purpose.DIALOGUE):
        answer = llm.complete(Purpose.DIALOGUE, messages, max_tokens=300, subject=interview.public_id)
        answer.text, answer.finish, answer.usage, answer.cost
        answer = llm.complete(Purpose.EVALUATION, messages, max_tokens=900, schema=SCHEMA)     # answer.data fits SCHEMA
        for piece in llm.stream(Purpose.DIALOGUE, messages, max_tokens=200, first_token_s=2.0, total_s=15.0): …
        async for piece in llm.astream(…): …

Everything that can go wrong is a ProviderError; its `code` says what: not_configured, budget, late, cut, invalid_response,
refused, empty, breaker_open (it rests after five faults in a row), or the server's own. Never call it inside a transaction: it
waits for the network. Nothing of this package is needed for an interview to run.
"""

from interview_site.llm.calls import Completion, complete
from interview_site.llm.endpoints import Purpose, is_configured, is_local, model_name
from interview_site.llm.streaming import ModelStream, astream, atell, stream
from interview_site.llm.usage import Usage

__all__ = [
    "Completion", "ModelStream", "Purpose", "Usage", "astream", "atell", "complete", "is_configured", "is_local", "model_name",
    "stream",
]  # fmt: skip
