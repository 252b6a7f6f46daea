"""The local presenter: art, atlas, mouth shapes. A leaf package without Django (design §3)."""
