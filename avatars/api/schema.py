"""What the OpenAPI document says about answers that are files: those views are async and unknown to the generator."""

from typing import Any

ERROR = {
    "type": "object",
    "required": ["success", "error"],
    "properties": {"success": {"type": "boolean", "const": False}, "error": {"type": "string"}},
}
EXAMPLE_ID = "20251028_123456_000000_0_5d0f6a0e6f3b4a51b2c38c7a1e9d4f60"
_FILE = {"type": "string", "format": "binary"}
_PREFIX = " Also under `/r`."
_HOUR = " Open to whoever holds the id, for an hour. A chunk in the making is waited for, up to 30 seconds." + _PREFIX


def without_prefix(endpoints: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Each call is described once: the twins under /r are named in its words."""
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith("/r/")]


def add_files(result: dict[str, Any], generator: object, request: object, public: bool) -> dict[str, Any]:
    """The addresses of files, of `/api/generate`, `/api/health` and `healthz`."""
    result["paths"] |= {
        "/api/chunk/video/{id}": {"get": _chunk("chunk_video", "The video of a chunk: H.264 and AAC, byte ranges.", "video/mp4")},
        "/api/chunk/audio/{id}": {"get": _chunk("chunk_audio", "The sound of a chunk: PCM, 16 kHz, mono.", "audio/wav")},
        "/api/avatar": {"get": _call("avatar_picture", "The picture of the current avatar." + _PREFIX, _file("image/webp"))},
        "/api/generate": {"post": _generate()},
        "/api/health": {"get": _health()},
        "/api/v1/avatar/healthz": {"get": _alive()},
    }
    return result


def _call(name: str, words: str, *answers: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for answer in answers:
        responses |= answer
    return {"operationId": name, "description": words, "tags": ["chunks"], "security": [{}], "responses": responses}


def _file(content_type: str, code: int = 200) -> dict[str, Any]:
    return {str(code): {"description": "The file.", "content": {content_type: {"schema": _FILE}}}}


def _refused(code: int, words: str) -> dict[str, Any]:
    example = {"success": False, "error": words}
    return {str(code): {"description": words, "content": {"application/json": {"schema": ERROR, "example": example}}}}


def _chunk(name: str, words: str, content_type: str) -> dict[str, Any]:
    call = _call(
        name, words + _HOUR, _file(content_type), _file(content_type, 206),
        _refused(404, "There is no such chunk: it is unknown, or its hour is over."),
        _refused(503, "This chunk is still being made. Ask again."),
    )  # fmt: skip
    call["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}, "example": EXAMPLE_ID}]
    return call


def _generate() -> dict[str, Any]:
    processing = {
        "success": True, "status": "processing",
        "video_url": f"/api/chunk/video/{EXAMPLE_ID}", "audio_url": f"/api/chunk/audio/{EXAMPLE_ID}",
    }  # fmt: skip
    call = _call(
        "generate", "One video for the whole text." + _PREFIX, _file("video/mp4"),
        {"202": {
            "description": "Not ready within a minute and a half: `video_url` says where it will be.",
            "content": {"application/json": {"schema": {"type": "object"}, "example": processing}},
        }},
        _refused(400, "text: The text is required."), _refused(401, "No credentials, or a token that is not valid."),
        _refused(413, "The text is longer than 10,000 characters."), _refused(503, "The voice is not available."),
    )  # fmt: skip
    call["security"] = [{"token": []}, {"compat_session": []}]
    call["requestBody"] = {
        "required": True,
        "content": {"application/json": {
            "schema": {
                "type": "object", "required": ["text"],
                "properties": {
                    "text": {"type": "string", "maxLength": 10_000},
                    "language": {"type": "string", "enum": ["ru", "kk", "en"], "default": "ru"},
                    "captions": {"type": "boolean", "default": False},
                    "size": {"type": "string", "enum": ["480x480", "720x720", "1280x720", "720x1280"]},
                },
            },
            "example": {"text": "Сәлеметсіз бе! Бүгін сөйлесеміз.", "language": "kk"},
        }},
    }  # fmt: skip
    return call


def _health() -> dict[str, Any]:
    example = {"status": "ready", "models_loaded": True, "avatar_loaded": True, "device": "cpu"}
    answer = {"description": "It can work.", "content": {"application/json": {"schema": {"type": "object"}, "example": example}}}
    return _call("health", "Whether the service can work." + _PREFIX, {"200": answer, "503": {"description": "It cannot."}})


def _alive() -> dict[str, Any]:
    example = {"status": "ok", "service": "ai-avatar-interviews", "version": "1.0.0"}
    content = {"application/json": {"schema": {"type": "object"}, "example": example}}
    return _call("avatar_alive", "Whether it answers." + _PREFIX, {"200": {"description": "It does.", "content": content}})
