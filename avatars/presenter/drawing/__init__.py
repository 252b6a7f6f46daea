"""The presenters' vector art: layered SVG files plus the parts that move, drawn from a parameter table.

All lengths are scene units: the scene is 1000 wide and 1300 high, the middle of the face is x = 500.
Used at build time only; what runs in production is the atlas (`avatars.presenter.format`).
"""
