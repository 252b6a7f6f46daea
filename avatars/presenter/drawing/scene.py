"""The whole scene as one SVG, and the parts of it that become sprites."""

from .eyes import draw_brows, draw_eyes
from .face import draw_face, draw_neck_shadow
from .mouth import MouthShape, draw_mouth
from .source import Source

WIDTH, HEIGHT = 1000, 1300  # scene units


def svg(source: Source, body: str, box: tuple[float, float, float, float], width: int, height: int) -> str:
    """A standalone SVG document of `body` with the presenter's gradients; `box` is x, y, width, height in scene units."""
    view = " ".join(f"{number:g}" for number in box)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{view}">'
        f"<defs>{source.defs}</defs>{body}</svg>"
    )


def jaw_drop(source: Source, shape: MouthShape) -> float:
    """How far the chin goes down for this mouth, scene units."""
    return source.table["face"]["drop"] * min(1.0, shape.open / 0.78)


def draw_mouth_of(source: Source, shape: MouthShape) -> str:
    return draw_mouth(shape, source.table["mouth"], source.table["skin"]["shadow"])


def draw_jaw(source: Source, drop: float) -> str:
    return draw_neck_shadow(source.table, drop) + draw_face(source.table, drop)


def draw_still_head(source: Source) -> str:
    """What of the head never changes: ears and the face with the mouth shut, no features on it."""
    return source.layers["ears"] + draw_neck_shadow(source.table, 0) + draw_face(source.table, 0) + source.layers["forehead"]


def draw_scene(source: Source, shape: MouthShape, openness: float = 1.0, squint: float = 0.0, gaze: tuple[float, float] = (0, 0),
               raised: float = 0.0, soft: float = 0.0) -> str:
    """The figure in one piece, layer on layer as the browser and the server put it together (clothes grey)."""
    layers = source.layers
    return "".join(
        f'<g id="{name}">{body}</g>'
        for name, body in (
            ("hair_back", layers["hair_back"]),
            ("body", layers["body"]),
            ("clothes", layers["clothes"]),
            ("head", draw_still_head(source)),
            ("jaw", draw_jaw(source, jaw_drop(source, shape))),
            ("nose", layers["nose"]),
            ("mouth", draw_mouth_of(source, shape)),
            ("eyes", draw_eyes(source.table, openness, squint, *gaze)),
            ("brows", draw_brows(source.table, raised, soft)),
            ("hair_front", layers["hair_front"]),
        )
    )
