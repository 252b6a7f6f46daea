"""Small words for writing SVG: shapes, gradients and clips as strings."""

Stop = tuple[float, str] | tuple[float, str, float]  # offset, colour, opacity


def number(value: float) -> str:
    """A tenth of a scene unit is a tenth of a pixel: nobody sees less."""
    return f"{value:.1f}"


def curve(template: str, *values: float) -> str:
    """Path data: each `{}` of the template takes the next number."""
    return template.format(*map(number, values))


def _attributes(attributes: dict[str, str | float]) -> str:
    return "".join(f' {name.replace("_", "-")}="{value}"' for name, value in attributes.items())


def path(data: str, **attributes: str | float) -> str:
    return f'<path d="{data}"{_attributes(attributes)}/>'


def ellipse(cx: float, cy: float, rx: float, ry: float, **attributes: str | float) -> str:
    return f'<ellipse cx="{number(cx)}" cy="{number(cy)}" rx="{number(rx)}" ry="{number(ry)}"{_attributes(attributes)}/>'


def rectangle(x: float, y: float, width: float, height: float, **attributes: str | float) -> str:
    box = f'x="{number(x)}" y="{number(y)}" width="{number(width)}" height="{number(height)}"'
    return f"<rect {box}{_attributes(attributes)}/>"


def stroke(data: str, color: str, width: float, opacity: float = 1.0) -> str:
    """A line with round ends."""
    return path(data, fill="none", stroke=color, stroke_width=width, stroke_linecap="round", opacity=f"{opacity:.2f}")


def _stops(stops: tuple[Stop, ...]) -> str:
    parts = []
    for offset, color, *opacity in stops:
        seen = f' stop-opacity="{opacity[0]:.2f}"' if opacity else ""
        parts.append(f'<stop offset="{offset}" stop-color="{color}"{seen}/>')
    return "".join(parts)


def across(name: str, x1: float, x2: float, *stops: Stop) -> str:
    """A linear gradient from left to right, scene units."""
    ends = f'x1="{number(x1)}" y1="0" x2="{number(x2)}" y2="0"'
    return f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" {ends}>{_stops(stops)}</linearGradient>'


def down(name: str, y1: float, y2: float, *stops: Stop) -> str:
    """A linear gradient from top to bottom, scene units."""
    ends = f'x1="0" y1="{number(y1)}" x2="0" y2="{number(y2)}"'
    return f'<linearGradient id="{name}" gradientUnits="userSpaceOnUse" {ends}>{_stops(stops)}</linearGradient>'


def around(name: str, cx: float, cy: float, r: float, *stops: Stop, squash: float = 1.0) -> str:
    """A radial gradient in scene units; `squash` is its height over its width."""
    shape = f' gradientTransform="matrix(1 0 0 {squash} 0 {number(cy * (1 - squash))})"' if squash != 1 else ""
    place = f'cx="{number(cx)}" cy="{number(cy)}" r="{number(r)}"{shape}'
    return f'<radialGradient id="{name}" gradientUnits="userSpaceOnUse" {place}>{_stops(stops)}</radialGradient>'


def spot(name: str, color: str, opacity: float) -> str:
    """A soft round spot that fills whatever shape uses it."""
    return f'<radialGradient id="{name}">{_stops(((0, color, opacity), (1, color, 0.0)))}</radialGradient>'


def clip(name: str, outline: str, body: str) -> str:
    """`body` cut to `outline` (a shape)."""
    return f'<clipPath id="{name}">{outline}</clipPath><g clip-path="url(#{name})">{body}</g>'


def blurred(name: str, radius: float, body: str) -> str:
    """`body` blurred by a standard deviation of `radius` scene units."""
    area = 'x="-20%" y="-40%" width="140%" height="180%"'
    return f'<filter id="{name}" {area}><feGaussianBlur stdDeviation="{radius}"/></filter><g filter="url(#{name})">{body}</g>'
