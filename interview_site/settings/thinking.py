"""Who thinks: language models, and the patience of the conversation."""

from interview_site.envfile import read_secret
from interview_site.settings.environment import env

# --- The conversation ------------------------------------------------------------------------------------------------
# Numbers of patience that replace the usual ones, as JSON: {"first_offer_s": 40} (fields of interviews.conversation.policy).
INTERVIEW_POLICY = env.json("INTERVIEW_POLICY", default={})
# A call that was begun and left counts as not finished after so many hours of silence, and never before its deadline.
INTERVIEW_ABANDON_AFTER_H = env.int("INTERVIEW_ABANDON_AFTER_H", default=48)
STUDIO_KEPT_DAYS = env.int("STUDIO_KEPT_DAYS", default=180, least=1, most=3650)

# --- Language models: any OpenAI-compatible /chat/completions (docs/models.md) ---------------------------------------
LLM = {
    "base_url": env.str("LLM_BASE_URL", default=""),
    "api_key": read_secret(env, "LLM_API_KEY"),
    "model": env.str("LLM_MODEL", default=""),
    "is_local": env.bool("LLM_IS_LOCAL", default=False),
}
LLM_OWN = {  # what differs for one purpose; dialogue takes the common one
    "evaluation": {
        "base_url": env.str("LLM_EVALUATION_BASE_URL", default=""),
        "api_key": read_secret(env, "LLM_EVALUATION_API_KEY"),
        "model": env.str("LLM_EVALUATION_MODEL", default=""),
        "is_local": env.bool("LLM_EVALUATION_IS_LOCAL", default=False),
    },
    "authoring": {
        "base_url": env.str("LLM_AUTHORING_BASE_URL", default=""),
        "api_key": read_secret(env, "LLM_AUTHORING_API_KEY"),
        "model": env.str("LLM_AUTHORING_MODEL", default=""),
        "is_local": env.bool("LLM_AUTHORING_IS_LOCAL", default=False),
    },
}
LLM_TIMEOUT_S = env.int("LLM_TIMEOUT_S", default=60, least=1, most=250)
LLM_PROFILES = env.json("LLM_PROFILES", default={})
LLM_PRICES = env.json("LLM_PRICES", default={})
LLM_CURRENCY = env.str("LLM_CURRENCY", default="USD")
LLM_MONTHLY_TOKENS = env.int("LLM_MONTHLY_TOKENS", default=0, least=0)
LLM_MONTHLY_BUDGET = env.float("LLM_MONTHLY_BUDGET", default=0.0, least=0.0, most=1e9)
LLM_SUBJECT_TOKENS = env.int("LLM_SUBJECT_TOKENS", default=500_000, least=0)
LLM_SUBJECT_BUDGET = env.float("LLM_SUBJECT_BUDGET", default=0.0, least=0.0, most=1e9)
LLM_USAGE_DAYS = env.int("LLM_USAGE_DAYS", default=400, least=31, most=3650)  # an interview's limit is counted by these rows
