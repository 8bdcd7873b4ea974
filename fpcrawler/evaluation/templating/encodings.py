"""The formats in which the pictures of a template are written, in memory."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from PIL import features

if TYPE_CHECKING:
    from PIL import Image

Mode = Literal["RGB", "P"]
"""Pillow's names: 24 bits a pixel, or 8 with a palette."""


@dataclass(frozen=True, slots=True)
class Encoding:
    """``name``: as in the report. ``needs``: the feature of Pillow that writes it."""

    name: str
    mode: Mode
    format: str
    options: Mapping[str, object] = field(default_factory=dict)
    needs: str | None = None

    def encoded(self, picture: Image.Image) -> bytes:
        """Return the bytes of a file; the same picture gives the same bytes."""
        file = io.BytesIO()
        picture.save(file, self.format, **self.options)
        return file.getvalue()


def _jpeg(name: str, **options: object) -> Encoding:
    return Encoding(f"jpeg {name}", "RGB", "JPEG", options, needs="jpg")


def _webp(name: str, **options: object) -> Encoding:
    return Encoding(f"webp {name}", "RGB", "WEBP", options, needs="webp")


def _tiff(name: str, compression: str) -> Encoding:
    options = {"compression": compression}
    return Encoding(f"tiff {name}", "RGB", "TIFF", options, needs="libtiff")


def _jp2(name: str, **options: object) -> Encoding:
    # At 20:1 the loss is about that of a usual JPEG.
    lossy = {"irreversible": True, "quality_layers": [20], **options}
    return Encoding(name, "RGB", "JPEG2000", lossy, needs="jpg_2000")


# The fast settings of the slow encoders: a folder must end in minutes.
_ALL = (
    Encoding("png 24-bit", "RGB", "PNG", {"compress_level": 3}, needs="zlib"),
    Encoding("png 8-bit", "P", "PNG", needs="zlib"),
    Encoding("gif", "P", "GIF"),
    Encoding("bmp", "RGB", "BMP"),
    _jpeg("quality 50", quality=50),
    _jpeg("quality 75", quality=75),
    _jpeg("quality 92", quality=92),
    _jpeg("progressive", quality=85, progressive=True),
    _jpeg("with restart markers", quality=85, restart_marker_rows=1),
    _webp("lossy", quality=80),
    _webp("lossless", lossless=True, method=0),
    Encoding("tiff uncompressed", "RGB", "TIFF"),
    _tiff("lzw", "tiff_lzw"),
    _tiff("packbits", "packbits"),
    _tiff("deflate", "tiff_adobe_deflate"),
    _tiff("jpeg", "jpeg"),
    Encoding("avif", "RGB", "AVIF", {"speed": 10, "max_threads": 1}, needs="avif"),
    _jp2("jp2"),
    _jp2("jp2 tiled", tile_size=(128, 128)),
)

ENCODINGS = tuple(one for one in _ALL if one.needs is None or features.check(one.needs))
"""Those that the installed Pillow writes, in the order of the report."""
