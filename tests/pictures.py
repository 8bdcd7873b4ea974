"""Pictures of many kinds, each number another one, each time the same."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from typing import Any

from PIL import Image, ImageDraw, ImageFilter


def drawing(number: int, size: tuple[int, int] | None = None) -> Image.Image:
    """Draw noise, a gradient and shapes."""
    dice = random.Random(number)
    size = size or (dice.randrange(120, 400), dice.randrange(120, 400))
    noise = Image.frombytes(
        "RGB",
        (size[0] // 2, size[1] // 2),
        dice.randbytes(3 * (size[0] // 2) * (size[1] // 2)),
    )
    picture = noise.resize(size).filter(ImageFilter.GaussianBlur(dice.random() * 2))
    pen = ImageDraw.Draw(picture)
    for _ in range(dice.randrange(3, 20)):
        (left, right), (top, bottom) = (
            sorted(dice.randrange(length) for _ in range(2)) for length in size
        )
        colour = tuple(dice.randbytes(3))
        pen.ellipse((left, top, right, bottom), fill=colour)
    return picture


def saved(picture: Image.Image, kind: str, **options: Any) -> bytes:
    """Return the bytes of a file."""
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def few_colours(picture: Image.Image, colours: int) -> Image.Image:
    """Return a picture with a palette; Pillow's own choice takes 20 times longer."""
    return picture.quantize(colours, method=Image.Quantize.FASTOCTREE)


def _quality(number: int) -> int:
    return random.Random(number).randrange(40, 98)


def _frames(number: int) -> dict[str, Any]:
    size = drawing(number).size
    more = [drawing(number + 1_000_000 * k, size) for k in range(1, 3)]
    return {"save_all": True, "append_images": more, "duration": 100, "loop": 0}


def _transparent(number: int) -> Image.Image:
    picture = drawing(number)
    picture.putalpha(drawing(number + 1, picture.size).convert("L"))
    return picture


KINDS: dict[str, Callable[[int], bytes]] = {
    "jpeg": lambda n: saved(drawing(n), "JPEG", quality=_quality(n)),
    "jpeg progressive": lambda n: saved(
        drawing(n), "JPEG", quality=_quality(n), progressive=True, optimize=True
    ),
    "jpeg grey": lambda n: saved(drawing(n).convert("L"), "JPEG", quality=_quality(n)),
    "jpeg with restart markers": lambda n: saved(
        drawing(n), "JPEG", quality=_quality(n), restart_marker_blocks=4, subsampling=0
    ),
    "jpeg CMYK": lambda n: saved(drawing(n).convert("CMYK"), "JPEG"),
    "png": lambda n: saved(drawing(n), "PNG"),
    "png with alpha": lambda n: saved(_transparent(n), "PNG"),
    "png with a palette": lambda n: saved(few_colours(drawing(n), 64), "PNG"),
    "png animated": lambda n: saved(drawing(n), "PNG", **_frames(n)),
    "webp": lambda n: saved(drawing(n), "WEBP", quality=_quality(n), method=0),
    "webp with alpha": lambda n: saved(_transparent(n), "WEBP", method=0),
    "webp lossless": lambda n: saved(drawing(n), "WEBP", lossless=True, method=0),
    "webp lossless with alpha": lambda n: saved(
        _transparent(n), "WEBP", lossless=True, method=0
    ),
    "webp animated": lambda n: saved(drawing(n), "WEBP", method=0, **_frames(n)),
    "gif": lambda n: saved(drawing(n), "GIF"),
    "gif animated": lambda n: saved(drawing(n), "GIF", **_frames(n)),
    "tiff": lambda n: saved(drawing(n), "TIFF"),
    "tiff packed": lambda n: saved(drawing(n), "TIFF", compression="tiff_lzw"),
    "avif": lambda n: saved(drawing(n), "AVIF", quality=_quality(n), speed=10),
}
"""Name to a function that makes the file of a number. The first word is the format."""
