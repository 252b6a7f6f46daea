"""Skin of the face: the still upper face, and the lower face with the jaw at any height."""

from typing import Any

from .svg import across, around, clip, curve, ellipse, path, rectangle, spot

JAW_TOP = 492  # the jaw sprite starts here; above it the face never changes
JAW_LEVELS = 13


def _mirror(x: float) -> float:
    return 1000 - x


def face_outline(face: dict[str, Any], drop: float) -> str:
    """Closed contour of the face with the chin `drop` scene units below its rest."""
    top_x, top_y, cheek_x, cheek_y, side_x, side_y = face["cheek"]
    ax, ay, bx, by, end_x, end_y = face["jaw"]
    chin_x, chin_y = face["chin"]
    # The tangent at the side of the jaw keeps its direction, so the moving part joins the still one smoothly.
    stretch = 0.35 * drop / (ay - side_y)
    ax, ay = ax + (ax - side_x) * stretch, ay + 0.35 * drop
    by, end_y, chin_y = by + 0.8 * drop, end_y + drop, chin_y + drop
    m = _mirror
    return face["top"] + curve(
        "C{} {} {} {} {} {}C{} {} {} {} {} {}C{} {} {} {} {} {}C{} {} {} {} {} {}C{} {} {} {} {} {}Z",
        *(top_x, top_y + 28, cheek_x, cheek_y, side_x, side_y),
        *(ax, ay, bx, by, end_x, end_y),
        *(chin_x, chin_y, m(chin_x), chin_y, m(end_x), end_y),
        *(m(bx), by, m(ax), ay, m(side_x), side_y),
        *(m(cheek_x), cheek_y, m(top_x), top_y + 28, m(top_x), top_y),
    )


def draw_face(table: dict[str, Any], drop: float) -> str:
    """The whole skin of the face. Gradients are in scene units, so sprites of different drops fit without a seam."""
    skin, face = table["skin"], table["face"]
    outline = path(face_outline(face, drop))
    chin_y = face["chin"][1] + drop
    dark = skin["shadow"]
    ground = rectangle(300, 180, 400, 600, fill="url(#fs)") + rectangle(300, 180, 400, 600, fill="url(#fe)")
    blush = "".join(ellipse(x, 510, 54, 42, fill="url(#fb)") for x in (402, 598))
    gloss = ellipse(496, chin_y - 27, 40, 20, fill="url(#ch)")
    return (
        around("fs", 488, 404, 300, (0, skin["light"]), (0.5, skin["mid"]), (1, skin["dark"]))
        + across("fe", 345, 655, (0, dark, 0.30), (0.16, dark, 0.0), (0.8, dark, 0.0), (1, dark, 0.42))
        + spot("fb", skin["blush"], skin["blush_opacity"])
        + spot("ch", "#fff", skin["gloss"])
        + clip("fo", outline, ground + blush + _stubble(face["stubble"], drop) + gloss)
    )


def _stubble(strength: float, drop: float) -> str:
    """The shade of a shaved beard, around the mouth and along the jaw."""
    if not strength:
        return ""
    color = "#5a4334"
    stops = ((0, color, strength), (0.62, color, strength * 0.8), (1, color, 0.0))
    return around("st", 500, 628 + drop * 0.8, 150, *stops, squash=0.62) + rectangle(330, JAW_TOP, 340, 220, fill="url(#st)")


def draw_neck_shadow(table: dict[str, Any], drop: float) -> str:
    """The shade the chin throws on the neck; it lies under the face and follows the jaw."""
    shadow, y = table["skin"]["shadow"], table["face"]["chin"][1] + drop * 0.7 - 26
    left, right = table["neck"], _mirror(table["neck"])
    neck = curve("M{} {}L{} {}L{} {}C{} {} {} {} {} {}Z", left, 600, right, 600, right, 700, right, 760, left, 760, left, 700)
    return around("ns", 500, y, 104, (0.3, shadow, 0.62), (1, shadow, 0.0), squash=0.86) + path(neck, fill="url(#ns)")
