"""Chat and live avatars for other sites: /api/chat, /api/streaming/…, /api/v1/avatar/streaming… (docs/contracts/compat_api.md).

They stand with interviews because they need both a language model and an avatar.
"""
