"""LiveAvatar, HeyGen's product for live avatars: its own site, account and keys (docs/contracts/liveavatar.md)."""
