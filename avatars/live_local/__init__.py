"""Transport "local": our own presenter live, over our own WebSocket (docs/embedding.md)."""
