"""Skin of the face: the still upper face, and the lower face with the jaw at any height."""

from typing import Any

JAW_TOP = 516  # the jaw sprite starts here; above it the face never changes
JAW_LEVELS = 13


def _mirror(x: float) -> float:
    return 1000 - x


def face_outline(face: dict[str, Any], drop: float) -> str:
    """Closed contour of the face with the chin `drop` scene units below its rest."""
    c = face["cheek"]
    ax, ay, bx, by, ex, ey = face["jaw"]
    chin_x, chin_y = face["chin"]
    stretch = 0.35 * drop / (ay - c[5])
    ax, ay = ax + (ax - c[4]) * stretch, ay + 0.35 * drop
    by, ey, chin_y = by + 0.8 * drop, ey + drop, chin_y + drop
    m = _mirror
    return (
        f'{face["top"]}C{c[0]} {c[1] + 28} {c[2]} {c[3]} {c[4]} {c[5]}'
        f"C{ax:.1f} {ay:.1f} {bx} {by:.1f} {ex} {ey:.1f}C{chin_x} {chin_y:.1f} {m(chin_x)} {chin_y:.1f} {m(ex)} {ey:.1f}"
        f"C{m(bx)} {by:.1f} {m(ax):.1f} {ay:.1f} {m(c[4])} {c[5]}C{m(c[2])} {c[3]} {m(c[0])} {c[1] + 28} {m(c[0])} 380Z"
    )


def draw_face(table: dict[str, Any], drop: float) -> str:
    """The whole skin of the face. Gradients are in scene units, so sprites of different drops fit without a seam."""
    skin, face = table["skin"], table["face"]
    outline = face_outline(face, drop)
    chin_y = face["chin"][1] + drop
    blush = f'<stop offset="0" stop-color="{skin["blush"]}" stop-opacity="{skin["blush_opacity"]}"/><stop offset="1" stop-color="{skin["blush"]}" stop-opacity="0"/>'
    parts = [
        '<radialGradient id="fs" gradientUnits="userSpaceOnUse" cx="488" cy="404" r="300">'
        f'<stop offset="0" stop-color="{skin["light"]}"/><stop offset=".5" stop-color="{skin["mid"]}"/><stop offset="1" stop-color="{skin["dark"]}"/></radialGradient>',
        '<linearGradient id="fe" gradientUnits="userSpaceOnUse" x1="345" y1="0" x2="655" y2="0">'
        f'<stop offset="0" stop-color="{skin["shadow"]}" stop-opacity=".30"/><stop offset=".16" stop-color="{skin["shadow"]}" stop-opacity="0"/>'
        f'<stop offset=".8" stop-color="{skin["shadow"]}" stop-opacity="0"/><stop offset="1" stop-color="{skin["shadow"]}" stop-opacity=".42"/></linearGradient>',
        f'<radialGradient id="fb">{blush}</radialGradient>',
        f'<path d="{outline}" fill="url(#fs)"/><path d="{outline}" fill="url(#fe)"/>',
        f'<clipPath id="fo"><path d="{outline}"/></clipPath><g clip-path="url(#fo)">',
        '<ellipse cx="402" cy="510" rx="54" ry="42" fill="url(#fb)"/><ellipse cx="598" cy="510" rx="54" ry="42" fill="url(#fb)"/>',
    ]
    if face["stubble"]:
        parts.append(
            f'<radialGradient id="st" gradientUnits="userSpaceOnUse" cx="500" cy="{628 + drop * 0.8:.1f}" r="150" gradientTransform="matrix(1 0 0 .62 0 {(628 + drop * 0.8) * 0.38:.1f})">'
            f'<stop offset="0" stop-color="#5a4334" stop-opacity="{face["stubble"]}"/><stop offset=".62" stop-color="#5a4334" stop-opacity="{face["stubble"] * 0.8:.2f}"/><stop offset="1" stop-color="#5a4334" stop-opacity="0"/></radialGradient>'
            f'<rect x="330" y="{JAW_TOP}" width="340" height="220" fill="url(#st)"/>'
        )
    parts.append(f'<radialGradient id="ch"><stop offset="0" stop-color="#fff" stop-opacity="{skin["gloss"]}"/><stop offset="1" stop-color="#fff" stop-opacity="0"/></radialGradient>')
    parts.append(f'<ellipse cx="496" cy="{chin_y - 27:.1f}" rx="40" ry="20" fill="url(#ch)"/></g>')
    return "".join(parts)


def draw_neck_shadow(table: dict[str, Any], drop: float) -> str:
    """The shade the chin throws on the neck; it lies under the face and follows the jaw."""
    shadow, chin_y = table["skin"]["shadow"], table["face"]["chin"][1] + drop * 0.7
    return (
        f'<radialGradient id="ns" gradientUnits="userSpaceOnUse" cx="500" cy="{chin_y - 26:.1f}" r="104" gradientTransform="matrix(1 0 0 .86 0 {(chin_y - 26) * 0.14:.1f})">'
        f'<stop offset=".3" stop-color="{shadow}" stop-opacity=".62"/><stop offset="1" stop-color="{shadow}" stop-opacity="0"/></radialGradient>'
        f'<path d="{_neck_clip(table)}" fill="url(#ns)"/>'
    )


def _neck_clip(table: dict[str, Any]) -> str:
    left = table["neck"]
    right = _mirror(left)
    return f"M{left} 600L{right} 600L{right} 700C{right} 760 {left} 760 {left} 700Z"
