"""The renderer: a timeline, a sound and a presenter's atlas → H.264 + AAC in fragmented MP4, and WAV (design §3).

A leaf package without Django. OpenCV and PyAV are imported only here, and only workers render.
"""
