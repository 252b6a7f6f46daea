"""The interfaces for machines: limits, the compatible API, REST and its description."""

from interview_site.settings.environment import env

# --- REST ------------------------------------------------------------------------------------------------------------
API_CALLS_PER_MINUTE = env.int("API_CALLS_PER_MINUTE", default=600, least=1)  # per token, person or address
API_FAILED_TOKENS_PER_MINUTE = env.int("API_FAILED_TOKENS_PER_MINUTE", default=30, least=1)  # per address
# The compatible API (docs/contracts/compat_api.md). Without credentials only on a trusted network, never in production.
API_ALLOW_ANONYMOUS = env.bool("API_ALLOW_ANONYMOUS", default=False)
API_ANONYMOUS_MAY_SPEND = env.bool("API_ANONYMOUS_MAY_SPEND", default=False)
API_CHUNKS_PER_MINUTE = env.int("API_CHUNKS_PER_MINUTE", default=300, least=1)  # per token, person or address
API_GENERATE_WAIT_S = env.int("API_GENERATE_WAIT_S", default=90, least=1, most=120)  # then 202; proxies wait a little longer
API_CHATS_PER_MINUTE = env.int("API_CHATS_PER_MINUTE", default=120, least=1)  # per token, person or address
CHUNK_VIDEO_SIZE = env.choice("CHUNK_VIDEO_SIZE", ["480x480", "720x720", "1280x720", "720x1280"], default="480x480")
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "interview_site.api.authentication.TokenAuthentication",
        "interview_site.api.authentication.StaffSession",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["interview_site.api.permissions.MayDo"],
    "DEFAULT_THROTTLE_CLASSES": ["interview_site.api.throttles.CallerThrottle"],
    "DEFAULT_SCHEMA_CLASS": "interview_site.api.schema.ApiSchema",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["interview_site.api.parsers.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "interview_site.api.pagination.NewestFirst",
    "EXCEPTION_HANDLER": "interview_site.api.problems.handle",
    "URL_FORMAT_OVERRIDE": None,  # `?format=` would be one more way to choose what a client asked for in Accept
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "AI-avatar interviews",
    "DESCRIPTION": (
        "Positions, candidates, invitations, interviews and what people decided about them; and the avatar itself, for other"
        " sites. docs/api.md and docs/integration.md are the guides."
    ),
    "TAGS": [
        {"name": "positions", "description": "What people are interviewed for."},
        {"name": "candidates", "description": "Who is invited."},
        {"name": "invitations", "description": "Links and letters."},
        {"name": "interviews", "description": "What was said, proposed and decided."},
        {"name": "chunks", "description": "A text as chunks of video, playable while the rest is made (docs/integration.md)."},
        {"name": "avatar", "description": "Voices, speech, recorded videos and the default profile."},
        {"name": "streaming", "description": "A live avatar in your page (docs/embedding.md)."},
        {"name": "chat", "description": "Questions answered by the avatar."},
    ],
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False, "validatorUrl": None},
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "ENUM_NAME_OVERRIDES": {
        "InterviewState": "interviews.models.Interview.State",
        "InterviewKind": "interviews.models.Interview.Kind",
        "PositionState": "interviews.models.Position.State",
        "DecisionOutcome": "interviews.models.Decision.Outcome",
        "TurnKind": "interviews.models.Turn.Kind",
        "Language": "interviews.models.Language",
        "VideoWord": "avatars.api.service_serializers.WORDS",
        "StandingWord": "avatars.api.service_serializers.STANDINGS",
        "Aspect": ["vertical", "horizontal", "square"],
        "SpokenLanguage": "avatars.api.serializers.LANGUAGES",
        "SessionTransport": "interviews.api.streaming.serializers.TRANSPORTS",
        "RoomTransport": "interviews.api.streaming.serializers.JOINS",
    },
    "PREPROCESSING_HOOKS": ["avatars.api.schema.without_prefix"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "avatars.api.schema.add_files",
        "interview_site.api.schema.add_problems",
        "interview_site.api.schema.add_summaries",
    ],
}
