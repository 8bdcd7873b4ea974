"""Draw the pictures of the example gallery, with the same bytes on every run."""

from __future__ import annotations

import random
import shutil
from pathlib import Path
from typing import Any

from PIL import ExifTags, Image, ImageChops, ImageDraw, ImageOps
from PIL.TiffImagePlugin import IFDRational

HERE = Path(__file__).parent

# Shapes are drawn enlarged and reduced at the end: ImageDraw does no antialiasing.
SCALE = 2

HARBOUR_EXIF: dict[int, Any] = {
    ExifTags.Base.Make: "Northlight",
    ExifTags.Base.Model: "Northlight N7",
    ExifTags.Base.Software: "Darkroom 4.2",
    ExifTags.Base.DateTime: "2024:05:19 09:12:44",
    ExifTags.Base.Artist: "Ada Example",
    ExifTags.Base.Copyright: "(c) 2024 Ada Example",
    ExifTags.IFD.Exif: {
        ExifTags.Base.DateTimeOriginal: "2024:05:18 20:47:03",
        # Pillow would write floats here as doubles; cameras write rationals.
        ExifTags.Base.ExposureTime: IFDRational(1, 250),
        ExifTags.Base.FNumber: IFDRational(56, 10),
        ExifTags.Base.ISOSpeedRatings: 200,
        ExifTags.Base.FocalLength: IFDRational(35, 1),
        ExifTags.Base.LensModel: "Northlight 24-70mm F2.8",
    },
}

SUMMIT_EXIF: dict[int, Any] = {
    ExifTags.Base.Make: "Pocketcam",
    ExifTags.Base.Model: "Pocketcam P2",
    ExifTags.Base.DateTime: "2023:08:02 06:31:10",
    ExifTags.IFD.Exif: {
        ExifTags.Base.DateTimeOriginal: "2023:08:02 06:31:10",
    },
    ExifTags.IFD.GPSInfo: {
        ExifTags.GPS.GPSLatitudeRef: "N",
        ExifTags.GPS.GPSLatitude: (45.0, 58.0, 35.25),
        ExifTags.GPS.GPSLongitudeRef: "E",
        ExifTags.GPS.GPSLongitude: (7.0, 39.0, 30.5),
        ExifTags.GPS.GPSAltitudeRef: b"\0",
        ExifTags.GPS.GPSAltitude: 4477.5,
    },
}


def canvas(width: int, height: int, top: str, bottom: str) -> Image.Image:
    """Return an enlarged picture that fades from one colour to another."""
    ramp = Image.linear_gradient("L").resize((width * SCALE, height * SCALE))
    # The fade ends near the horizon, so that a sky shows both of its colours.
    return ImageOps.colorize(ramp, top, bottom, whitepoint=160)


def polygon(picture: Image.Image, points: list[tuple[float, float]], fill: str) -> None:
    """Draw a polygon; its points are fractions of the picture's size."""
    width, height = picture.size
    scaled = [(x * width, y * height) for x, y in points]
    ImageDraw.Draw(picture).polygon(scaled, fill=fill)


def disc(picture: Image.Image, x: float, y: float, radius: float, fill: str) -> None:
    """Draw a disc; position and radius are fractions of the picture's size."""
    centre = (x * picture.width, y * picture.height)
    ImageDraw.Draw(picture).circle(centre, radius * picture.width, fill=fill)


def noise(
    size: tuple[int, int], cells: tuple[int, int], rng: random.Random
) -> Image.Image:
    """Return grey noise, smooth between a grid of random cells."""
    columns, rows = cells
    grid = Image.frombytes("L", cells, rng.randbytes(columns * rows))
    return grid.resize(size, Image.Resampling.BICUBIC)


def skyline(seed: int, rise: float, roughness: float = 0.5) -> list[float]:
    """Return heights around zero, summed from finer and finer waves."""
    rng = random.Random(seed)
    heights, weight = [0.0] * 256, rise
    for columns in (5, 10, 20, 40, 80, 160):
        wave = noise((256, 1), (columns, 1), rng).tobytes()
        heights = [
            h + weight * (w / 128 - 1) for h, w in zip(heights, wave, strict=True)
        ]
        weight *= roughness
    return heights


def ridge(picture: Image.Image, heights: list[float], level: float, fill: str) -> None:
    """Fill everything below a skyline around a level."""
    step = 1 / (len(heights) - 1)
    line = [(i * step, level - height) for i, height in enumerate(heights)]
    polygon(picture, [(0, 1), *line, (1, 1)], fill)


def boat(picture: Image.Image, x: float, y: float, size: float) -> None:
    """Draw a sailing boat whose hull touches the water at a point."""
    shapes = {
        "#fbf4e6": [(0.05, -0.15), (0.05, -1.2), (0.55, -0.25)],
        "#e4d3bd": [(-0.03, -0.15), (-0.03, -1.05), (-0.4, -0.22)],
        "#5b2a2e": [(-0.5, -0.12), (0.6, -0.12), (0.42, 0.06), (-0.36, 0.06)],
    }
    for fill, points in shapes.items():
        polygon(picture, [(x + dx * size, y + dy * size) for dx, dy in points], fill)


def ripples(picture: Image.Image, seed: int, top: float, fill: str) -> None:
    """Draw short strokes on water, longer and sparser towards the viewer."""
    rng = random.Random(seed)
    for _ in range(260):
        depth = rng.random() ** 2
        x, y = rng.random(), top + (1 - top) * depth
        length, width = 0.01 + 0.05 * depth, 0.001 + 0.003 * depth
        tips = [(x - length, y), (x, y - width), (x + length, y), (x, y + width)]
        polygon(picture, tips, fill)


def dots(
    picture: Image.Image, seed: int, top: float, bottom: float, fills: list[str]
) -> None:
    """Scatter small discs between two heights: stars or flowers."""
    rng = random.Random(seed)
    for _ in range(420):
        x, y = rng.random(), rng.uniform(top, bottom)
        disc(picture, x, y, rng.uniform(0.0006, 0.002), rng.choice(fills))


def finish(picture: Image.Image, seed: int, grain: float) -> Image.Image:
    """Reduce an enlarged drawing and lay clouds and film grain over it."""
    picture, rng = picture.reduce(SCALE), random.Random(seed)
    veil = Image.new("L", picture.size, "#808080")
    # Without grain the flat areas compress to almost nothing, unlike in a photo.
    for cells, weight in [((4, 7), 0.5), ((11, 23), 0.2), (picture.size, grain)]:
        veil = Image.blend(veil, noise(picture.size, cells, rng), weight)
    return ImageChops.soft_light(picture, veil.convert("RGB"))


def harbour() -> Image.Image:
    """Draw boats on the sea at sunset."""
    picture = canvas(960, 640, "#4a66b0", "#ffb98c")
    disc(picture, 0.62, 0.49, 0.055, "#fff0c9")
    ridge(picture, skyline(3, 0.05), 0.53, "#8a6a8c")
    ridge(picture, skyline(8, 0.03), 0.59, "#5d4a72")
    polygon(picture, [(0, 0.62), (1, 0.62), (1, 1), (0, 1)], "#4d6690")
    ripples(picture, 5, 0.62, "#e9ab8a")
    for x, y, size in [(0.16, 0.66, 0.1), (0.4, 0.7, 0.15), (0.8, 0.77, 0.22)]:
        boat(picture, x, y, size)
    return finish(picture, 1, 0.05)


def summit() -> Image.Image:
    """Draw mountain ridges, paler with distance."""
    picture = canvas(960, 640, "#4f86c6", "#f6dfc4")
    layers = [(0.38, "#e3ecf7"), (0.55, "#a9bfdb"), (0.7, "#6f8cb3"), (0.85, "#3c557c")]
    for seed, (level, fill) in enumerate(layers, start=21):
        ridge(picture, skyline(seed, 0.13, 0.55), level, fill)
    ridge(picture, skyline(30, 0.05), 0.97, "#1d2f45")
    return finish(picture, 2, 0.07)


def meadow() -> Image.Image:
    """Draw rolling hills with flowers."""
    picture = canvas(1600, 900, "#5fa8e6", "#eaf6ff")
    layers = [(0.5, "#a5cf9a"), (0.62, "#7dbb6c"), (0.76, "#559c4a")]
    for seed, (level, fill) in enumerate(layers, start=41):
        ridge(picture, skyline(seed, 0.08, 0.15), level, fill)
    dots(picture, 6, 0.84, 1, ["#ffffff", "#ffe066", "#ff8fa3", "#c9a6ff"])
    return finish(picture, 3, 0.04)


def night() -> Image.Image:
    """Draw a starry sky with the moon above dark hills."""
    picture = canvas(300, 190, "#0b1030", "#454a8c")
    dots(picture, 7, 0, 0.75, ["#ffffff", "#ffe9c4", "#c4d4ff"])
    disc(picture, 0.76, 0.28, 0.06, "#f8f1d8")
    ridge(picture, skyline(51, 0.07), 0.75, "#171a3d")
    ridge(picture, skyline(52, 0.06), 0.88, "#090b20")
    return finish(picture, 4, 0.04)


def chart() -> Image.Image:
    """Draw a bar chart on grained paper."""
    picture = canvas(300, 190, "#fdfaf3", "#efe6d5")
    for i, height in enumerate([0.22, 0.35, 0.3, 0.48, 0.56, 0.52, 0.7]):
        left, right, top = 0.09 + i * 0.12, 0.17 + i * 0.12, 0.88 - height
        bar = [(left, 0.88), (left, top), (right, top), (right, 0.88)]
        polygon(picture, bar, "#3f7f93")
    axis = [(0.05, 0.88), (0.95, 0.88), (0.95, 0.89), (0.05, 0.89)]
    polygon(picture, axis, "#444444")
    return finish(picture, 5, 0.04)


def sailing() -> Image.Image:
    """Draw one boat on the open sea."""
    picture = canvas(800, 600, "#7cc4e8", "#fdf3df")
    ridge(picture, skyline(61, 0.03), 0.57, "#93b3b5")
    polygon(picture, [(0, 0.6), (1, 0.6), (1, 1), (0, 1)], "#3a8aa8")
    ripples(picture, 9, 0.6, "#a9dbe4")
    boat(picture, 0.47, 0.74, 0.42)
    return finish(picture, 6, 0.1)


def icon() -> Image.Image:
    """Draw a sun; its file is too small for the crawler to keep."""
    picture = canvas(64, 64, "#5fa8e6", "#eaf6ff")
    disc(picture, 0.5, 0.5, 0.28, "#ffd24d")
    return picture.reduce(SCALE)


def exif(tags: dict[int, Any]) -> Image.Exif:
    """Return an EXIF block with these tags."""
    block = Image.Exif()
    block.update(tags)
    return block


def main() -> None:
    """Write all pictures to the folder of this script."""
    harbour().save(HERE / "harbour.jpg", quality=80, exif=exif(HARBOUR_EXIF))
    shutil.copyfile(HERE / "harbour.jpg", HERE / "harbour-copy.jpg")
    summit().save(HERE / "summit.jpg", quality=80, exif=exif(SUMMIT_EXIF))
    wide = meadow()
    wide.save(HERE / "meadow-1600.jpg", quality=70)
    wide.reduce(4).save(HERE / "meadow-400.jpg", quality=97)
    night().save(HERE / "night.png")
    chart().save(HERE / "chart.png")
    icon().save(HERE / "icon.png")
    (HERE / "album").mkdir(exist_ok=True)
    sailing().save(HERE / "album" / "boat.webp", quality=80)


if __name__ == "__main__":
    main()
