"""Who speaks: voices, providers of avatars, and their money."""

from interview_site.envfile import read_secret
from interview_site.settings.environment import env

# --- Voices besides the built-in one (docs/voices.md) ----------------------------------------------------------------
RHVOICE_BIN = env.str("RHVOICE_BIN", default="RHVoice-test")
RHVOICE_VOICES_DIR = env.str("RHVOICE_VOICES_DIR", default="")
PIPER_BIN = env.str("PIPER_BIN", default="piper")
PIPER_VOICES_DIR = env.str("PIPER_VOICES_DIR", default="")
ELEVENLABS_API_KEY = read_secret(env, "ELEVENLABS_API_KEY")
ELEVENLABS_VOICES = env.list("ELEVENLABS_VOICES", default=[])
ELEVENLABS_BASE_URL = env.base_url("ELEVENLABS_BASE_URL", default="https://api.elevenlabs.io")
ELEVENLABS_MODEL = env.str("ELEVENLABS_MODEL", default="eleven_multilingual_v2")
ELEVENLABS_TIMEOUT_S = env.int("ELEVENLABS_TIMEOUT_S", default=20, least=1, most=120)
TTS_BASE_URL = env.api_url("TTS_BASE_URL")
TTS_API_KEY = read_secret(env, "TTS_API_KEY")
TTS_MODEL = env.str("TTS_MODEL", default="")
TTS_VOICES = env.list("TTS_VOICES", default=[])
TTS_LANGUAGES = env.list("TTS_LANGUAGES", default=["ru", "en"])
TTS_TIMEOUT_S = env.int("TTS_TIMEOUT_S", default=20, least=1, most=120)

# --- HeyGen (docs/contracts/heygen.md) -------------------------------------------------------------------------------
HEYGEN_API_KEY = read_secret(env, "HEYGEN_API_KEY")
HEYGEN_SERVER_URL = env.base_url("HEYGEN_SERVER_URL")  # the name older configurations use
HEYGEN_BASE_URL = env.base_url("HEYGEN_BASE_URL") or HEYGEN_SERVER_URL or "https://api.heygen.com"
HEYGEN_API_VERSION = env.choice("HEYGEN_API_VERSION", ["v3", "v2"], default="v3")
HEYGEN_UPLOAD_URL = env.base_url("HEYGEN_UPLOAD_URL", default="https://upload.heygen.com")
HEYGEN_WEBHOOK_SECRET = read_secret(env, "HEYGEN_WEBHOOK_SECRET")
HEYGEN_MAX_CONCURRENT = env.int("HEYGEN_MAX_CONCURRENT", default=8, least=1, most=1000)

# --- A2E (docs/contracts/a2e.md) -------------------------------------------------------------------------------------
A2E_API_KEY = read_secret(env, "A2E_API_KEY")
A2E_BASE_URL = env.base_url("A2E_BASE_URL", default="https://video.a2e.ai")
A2E_TIMEOUT_S = env.int("A2E_TIMEOUT_S", default=30, least=1, most=60)
A2E_ORDER_TIMEOUT_S = env.int("A2E_ORDER_TIMEOUT_S", default=60, least=1, most=120)
A2E_SPEECH_TIMEOUT_S = env.int("A2E_SPEECH_TIMEOUT_S", default=20, least=1, most=120)
A2E_TTS_MAX_CHARS = env.int("A2E_TTS_MAX_CHARS", default=1000, least=50, most=3000)
A2E_VIDEOS_AT_ONCE = env.int("A2E_VIDEOS_AT_ONCE", default=2, least=0, most=1000)
# Whether its films are made from sound of ours, which A2E fetches from this site: auto where the site stands on the internet.
A2E_OWN_SOUND = env.choice("A2E_OWN_SOUND", ["auto", "always", "never"], default="auto")

A2E_LIVE_LANGUAGES = env.list("A2E_LIVE_LANGUAGES", default=["en"])  # nothing tells what its streaming avatars speak
A2E_LIVE_WINDOW_S = env.int("A2E_LIVE_WINDOW_S", default=1800, least=60, most=3600)

# --- LiveAvatar (docs/contracts/liveavatar.md) -----------------------------------------------------------------------
LIVEAVATAR_API_KEY = read_secret(env, "LIVEAVATAR_API_KEY")
LIVEAVATAR_API_BASE = env.base_url("LIVEAVATAR_API_BASE", default="https://api.liveavatar.com")
LIVEAVATAR_SANDBOX = env.bool("LIVEAVATAR_SANDBOX", default=False)
LIVEAVATAR_TIMEOUT_S = env.int("LIVEAVATAR_TIMEOUT_S", default=8, least=1, most=10)
LIVEAVATAR_START_TIMEOUT_S = env.int("LIVEAVATAR_START_TIMEOUT_S", default=12, least=1, most=15)

# --- Money (avatars.services.budget; docs/avatars.md) ----------------------------------------------------------------
BUDGET_CURRENCY = env.str("BUDGET_CURRENCY", default="USD")
PROVIDER_PRICES = env.json("PROVIDER_PRICES", default={})
# Old names: on an empty site they seed the default profile (avatars.services.seed).
AVATAR_ID = env.str("AVATAR_ID", default="")
VOICE_ID = env.str("VOICE_ID", default="")

# --- Live avatars (avatars.services.live_sweeping; docs/live.md) --------------------------------------------------------
LIVE_HEARTBEAT_LOST_S = env.int("LIVE_HEARTBEAT_LOST_S", default=45, least=15, most=300)
LIVE_IDLE_S = env.int("LIVE_IDLE_S", default=180, least=0, most=3600)
LIVE_CHAT_IDLE_S = env.int("LIVE_CHAT_IDLE_S", default=90, least=0, most=3600)
LIVE_IDLE_WARNING_S = env.int("LIVE_IDLE_WARNING_S", default=30, least=5, most=300)
LIVE_CONTEXT_DAYS = env.int("LIVE_CONTEXT_DAYS", default=90, least=1, most=3650)
LIVE_AT_ONCE = env.json("LIVE_AT_ONCE", default={})
LIVE_STOP_STRANGERS = env.bool("LIVE_STOP_STRANGERS", default=False)
# Where the page of a call may connect to when its profile has a live avatar: LiveKit's and Agora's servers.
LIVE_CONNECT_SOURCES = env.list(
    "LIVE_CONNECT_SOURCES",
    default=["wss://*.livekit.cloud", "https://*.livekit.cloud", "wss://*.agora.io:*", "https://*.agora.io:*",
             "wss://*.sd-rtn.com:*", "https://*.sd-rtn.com:*"],
)  # fmt: skip
