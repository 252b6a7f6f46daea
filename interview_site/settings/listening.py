"""Who listens: recognisers, recording, the ear and its patience."""

from interview_site.envfile import read_secret
from interview_site.settings.environment import VAR_DIR, env

# --- Recognition (docs/recognition.md) -------------------------------------------------------------------------------
# Names in the order they are tried (transcription.engines.registry); empty: every configured one, those inside the company first.
STT_ENGINES = env.list("STT_ENGINES", default=[])
STT_BASE_URL = env.api_url("STT_BASE_URL")
STT_API_KEY = read_secret(env, "STT_API_KEY")
STT_MODEL = env.str("STT_MODEL", default="")
STT_TIMEOUT_S = env.int("STT_TIMEOUT_S", default=60, least=1, most=250)
# "local" when the recogniser runs inside the company: then a refusal of cross-border transfer does not switch it off.
STT_IS_LOCAL = env.bool("STT_IS_LOCAL", default=False)
STT2_BASE_URL = env.api_url("STT2_BASE_URL")
STT2_API_KEY = read_secret(env, "STT2_API_KEY")
STT2_MODEL = env.str("STT2_MODEL", default="")
STT2_TIMEOUT_S = env.int("STT2_TIMEOUT_S", default=60, least=1, most=250)
STT2_IS_LOCAL = env.bool("STT2_IS_LOCAL", default=False)
# Whisper on this machine (requirements-whisper.txt): a folder below STT_WHISPER_DIR, made by `manage.py fetch_recogniser`.
STT_WHISPER_MODEL = env.str("STT_WHISPER_MODEL", default="")
STT_WHISPER_DIR = env.str("STT_WHISPER_DIR", default=str(VAR_DIR / "recognisers"))
STT_WHISPER_DEVICE = env.choice("STT_WHISPER_DEVICE", ["auto", "cpu", "cuda"], default="auto")
STT_WHISPER_COMPUTE = env.choice("STT_WHISPER_COMPUTE", ["int8", "int8_float16", "float16", "float32", "auto"], default="int8")
STT_WHISPER_THREADS = env.int("STT_WHISPER_THREADS", default=0, least=0, most=64)

# --- Recording (transcription.policy; docs/voice.md) -----------------------------------------------------------------
RECORDING_MOST_MINUTES = env.int("RECORDING_MOST_MINUTES", default=240, least=1, most=1440)
RECORDING_LATE_HOURS = env.int("RECORDING_LATE_HOURS", default=24, least=1, most=720)
# The candidate's camera, where the position asks for it (docs/recognition.md).
CAMERA_MOST_MB = env.int("CAMERA_MOST_MB", default=2048, least=16, most=102_400)
CAMERA_HEIGHT = env.int("CAMERA_HEIGHT", default=360, least=180, most=1080)
CAMERA_KBIT_S = env.int("CAMERA_KBIT_S", default=400, least=100, most=4000)

# --- /api/transcribe/ws (transcription.streaming.policy; docs/recognition.md) -------------------------------------------
TRANSCRIBE_THREADS = env.int("TRANSCRIBE_THREADS", default=4, least=1, most=64)
TRANSCRIBE_MOST_STREAMS = env.int("TRANSCRIBE_MOST_STREAMS", default=200, least=1, most=10_000)
TRANSCRIBE_MOST_STREAMS_OF_CALLER = env.int("TRANSCRIBE_MOST_STREAMS_OF_CALLER", default=20, least=1, most=10_000)
TRANSCRIBE_MOST_MINUTES = env.int("TRANSCRIBE_MOST_MINUTES", default=240, least=1, most=1440)
TRANSCRIBE_PARTIALS = env.bool("TRANSCRIBE_PARTIALS", default=True)

# --- The ear and its patience (transcription.ear.policy, transcription.turn_taking; docs/voice.md) ---------------------
EAR_DETECTOR = env.choice("EAR_DETECTOR", ["silero", "energy"], default="silero")
EAR_THREADS = env.int("EAR_THREADS", default=1, least=1, most=16)
EAR_START_PROBABILITY = env.float("EAR_START_PROBABILITY", default=0.5, least=0.05, most=0.99)
EAR_KEEP_PROBABILITY = env.float("EAR_KEEP_PROBABILITY", default=0.35, least=0.05, most=0.99)
EAR_START_DB = env.float("EAR_START_DB", default=9.0, least=1, most=40)
EAR_PAUSE_MS = env.int("EAR_PAUSE_MS", default=200, least=100, most=1000)
EAR_SEGMENT_SILENCE_MS = env.int("EAR_SEGMENT_SILENCE_MS", default=600, least=200, most=5000)
EAR_LONGEST_SEGMENT_MS = env.int("EAR_LONGEST_SEGMENT_MS", default=60_000, least=10_000, most=600_000)
PATIENCE_CLOSED_MS = env.int("PATIENCE_CLOSED_MS", default=1_000, least=600, most=20_000)
PATIENCE_QUICK_MS = env.int("PATIENCE_QUICK_MS", default=1_500, least=600, most=20_000)
PATIENCE_FINISHED_MS = env.int("PATIENCE_FINISHED_MS", default=3_000, least=600, most=20_000)
PATIENCE_UNKNOWN_MS = env.int("PATIENCE_UNKNOWN_MS", default=3_000, least=600, most=20_000)
PATIENCE_OPEN_MS = env.int("PATIENCE_OPEN_MS", default=4_500, least=600, most=30_000)
PATIENCE_HOLD_MS = env.int("PATIENCE_HOLD_MS", default=10_000, least=600, most=60_000)
