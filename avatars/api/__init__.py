"""The compatible API of the presenter: chunks of video for other sites (docs/contracts/compat_api.md section 3)."""
