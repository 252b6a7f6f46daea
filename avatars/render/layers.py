"""Pixels: premultiplied BGRA layers, how they are cut from an atlas, scaled and laid over one another."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # [height, width, 4], BGRA, colours premultiplied by alpha

# One thread a job: the encoder has the other core, and OpenCV's own pool only gets in its way.
cv2.setNumThreads(1)


@dataclass(frozen=True)
class Box:
    """A rectangle of output pixels."""

    x: int
    y: int
    width: int
    height: int

    def meet(self, other: "Box") -> "Box":
        """What both cover; empty boxes have no width or height."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.width, other.x + other.width)
        below = min(self.y + self.height, other.y + other.height)
        return Box(x, y, max(0, right - x), max(0, below - y))

    def join(self, other: "Box") -> "Box":
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        below = max(self.y + self.height, other.y + other.height)
        return Box(x, y, right - x, below - y)

    def grown(self, by: int) -> "Box":
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    @property
    def empty(self) -> bool:
        return not (self.width and self.height)

    def of(self, pixels: Pixels, origin: "Box | None" = None) -> Pixels:
        """The view of this box in `pixels`, whose top left corner stands at `origin` (else at 0, 0)."""
        x, y = self.x - (origin.x if origin else 0), self.y - (origin.y if origin else 0)
        return pixels[y : y + self.height, x : x + self.width]


@dataclass(frozen=True)
class Layer:
    """Premultiplied pixels with their place, and 255 − alpha in four channels, ready to be laid over something."""

    box: Box
    pixels: Pixels
    behind: Pixels

    @classmethod
    def of(cls, x: int, y: int, pixels: Pixels) -> "Layer":
        return cls(Box(x, y, pixels.shape[1], pixels.shape[0]), pixels, rest_of(pixels))

    @property
    def nbytes(self) -> int:
        return self.pixels.nbytes + self.behind.nbytes

    def moved_by(self, x: int, y: int) -> "Layer":
        """The same pixels at another place."""
        return Layer(Box(self.box.x + x, self.box.y + y, self.box.width, self.box.height), self.pixels, self.behind)

    def over(self, target: Pixels, place: Box) -> None:
        """Lay this over `target`, a picture of the box `place`; what reaches outside is cut off."""
        shared = self.box.meet(place)
        if not shared.empty:
            blend(shared.of(target, place), shared.of(self.pixels, self.box), shared.of(self.behind, self.box))


def blend(target: Pixels, pixels: Pixels, behind: Pixels) -> None:
    """target = pixels + target × behind / 255, in place."""
    cv2.multiply(target, behind, dst=target, scale=1 / 255)
    cv2.add(target, pixels, dst=target)


def rest_of(pixels: Pixels) -> Pixels:
    """255 − alpha in all four channels."""
    rest = cv2.bitwise_not(cv2.extractChannel(pixels, 3))
    return cv2.merge((rest, rest, rest, rest))


def premultiplied(straight: Pixels) -> Pixels:
    alpha = cv2.extractChannel(straight, 3)
    return cv2.multiply(straight, cv2.merge((alpha, alpha, alpha, np.full_like(alpha, 255))), scale=1 / 255)


def tinted(grey: Pixels, color: tuple[int, int, int]) -> Pixels:
    """The picture multiplied by a colour (blue, green, red)."""
    return cv2.multiply(grey, np.full_like(grey, (*color, 255)), scale=1 / 255)


def scaled(part: Pixels, left: float, top: float, scale: float) -> Layer:
    """`part` (premultiplied) at `scale` with its corner at the fractional output place (left, top)."""
    if scale < 0.95:
        # Smaller pictures are softened first: bilinear filtering alone would let thin lines flicker.
        sigma = 0.42 * (1 / scale**2 - 1) ** 0.5
        pad = 4
        part = cv2.copyMakeBorder(part, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=(0, 0, 0, 0))
        part = cv2.GaussianBlur(part, (0, 0), sigma)
        left, top = left - pad * scale, top - pad * scale
    x, y = int(np.floor(left)) - 1, int(np.floor(top)) - 1
    width, height = int(np.ceil(part.shape[1] * scale)) + 3, int(np.ceil(part.shape[0] * scale)) + 3
    matrix = np.array(
        [[1 / scale, 0, (x + 0.5 - left) / scale - 0.5], [0, 1 / scale, (y + 0.5 - top) / scale - 0.5]], np.float32
    )
    pixels = cv2.warpAffine(
        part, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_CONSTANT,
        borderValue=(0, 0, 0, 0),
    )  # fmt: skip
    return Layer.of(x, y, pixels)


def covering(picture: NDArray[np.uint8], width: int, height: int) -> Pixels:
    """An opaque BGR picture scaled and cropped from its middle to fill width × height, as BGRA."""
    factor = max(width / picture.shape[1], height / picture.shape[0])
    w, h = min(picture.shape[1], round(width / factor)), min(picture.shape[0], round(height / factor))
    left, top = (picture.shape[1] - w) // 2, (picture.shape[0] - h) // 2
    cut = picture[top : top + h, left : left + w]
    way = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return cv2.cvtColor(cv2.resize(cut, (width, height), interpolation=way), cv2.COLOR_BGR2BGRA)
