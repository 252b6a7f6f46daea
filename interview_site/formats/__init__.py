"""Date formats of languages that Django itself has none for (FORMAT_MODULE_PATH)."""
