"""Who can make a talking avatar: one protocol (`base`), one file or folder each, named in `registry` (design §3)."""
