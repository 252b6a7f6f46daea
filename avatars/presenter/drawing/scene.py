"""The whole scene as one SVG, and the parts of it that become sprites."""

from .eyes import draw_brows, draw_eyes
from .face import JAW_TOP, draw_face, draw_neck_shadow, face_outline
from .mouth import WIDEST_OPEN, MouthShape
from .mouth_picture import draw_mouth
from .source import Source
from .svg import clip, path, rectangle

WIDTH, HEIGHT = 1000, 1300  # scene units
JAW_BOX = (300.0, float(JAW_TOP), 400.0, 260.0)  # x, y, width, height the jaw can reach


def document(source: Source, body: str, box: tuple[float, float, float, float], width: int, height: int) -> str:
    """A standalone SVG of `body` with the presenter's gradients; `box` is x, y, width, height in scene units."""
    view = " ".join(f"{number:g}" for number in box)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{view}">'
        f"<defs>{source.defs}</defs>{body}</svg>"
    )


def jaw_drop(source: Source, shape: MouthShape) -> float:
    """How far the chin goes down for this mouth, scene units."""
    return source.table["face"]["drop"] * min(1.0, shape.open / WIDEST_OPEN)


def draw_mouth_of(source: Source, shape: MouthShape) -> str:
    return draw_mouth(shape, source.table["mouth"], source.table["skin"]["shadow"])


def draw_jaw(source: Source, drop: float) -> str:
    """The lower face with the chin's shadow, cut to the jaw's box, where it covers the still head."""
    return clip("jb", rectangle(*JAW_BOX), draw_neck_shadow(source.table, drop) + draw_face(source.table, drop))


def draw_still_head(source: Source) -> str:
    """What of the head never changes: ears, the face with the mouth shut, the shadow of the hair. No features."""
    outline = path(face_outline(source.table["face"], 0))
    skin = draw_neck_shadow(source.table, 0) + draw_face(source.table, 0)
    return source.layers["ears"] + skin + clip("fc", outline, source.layers["forehead"])


def draw_scene(
    source: Source, shape: MouthShape, *, openness: float = 1.0, squint: float = 0.0,
    gaze: tuple[float, float] = (0, 0), raised: float = 0.0, soft: float = 0.0,
) -> str:
    """The figure in one piece, one group a layer, as the browser and the server put it together (clothes grey)."""
    layers = source.layers
    groups = {
        "hair_back": layers["hair_back"],
        "body": layers["body"],
        "clothes": layers["clothes"],
        "head": draw_still_head(source),
        "jaw": draw_jaw(source, jaw_drop(source, shape)),
        "nose": layers["nose"],
        "mouth": draw_mouth_of(source, shape),
        "eyes": draw_eyes(source.table, openness, squint, *gaze),
        "brows": draw_brows(source.table, raised, soft),
        "hair_front": layers["hair_front"],
    }
    return "".join(f'<g id="{name}">{body}</g>' for name, body in groups.items())
