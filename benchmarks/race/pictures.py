"""The pictures of the race: camera and web JPEGs, PNGs, JPEGs without EXIF."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.commands import ROOT
from tests.servers.photograph import photograph

GALLERY = ROOT / "examples" / "gallery"
_SEED = ROOT / "tests" / "seed_record.json"
_THUMBNAIL = "Thumbnail JPEGInterchangeFormatLength"


def camera(folder: Path) -> list[Path]:
    """Make photographs with the EXIF data of a real one.

    84 in 100 need a second request, as real ones: their thumbnail leaves too little
    of the picture in the first 10,241 bytes, or reaches beyond them.
    """
    exif = json.loads(_SEED.read_text())["second"]["exif"]
    made = []
    for number in range(25):
        length = 5_231 + 400 * number if number < 21 else 2_500
        path = folder / f"camera-{number}.jpg"
        path.write_bytes(photograph(exif | {_THUMBNAIL: str(length)}, 1_104_883))
        made.append(path)
    return made


def plain(folder: Path) -> list[Path]:
    """Return a JPEG without any metadata."""
    data = (GALLERY / "meadow-1600.jpg").read_bytes()
    at = 2
    while data[at + 1] in range(0xE0, 0xF0):  # APP0 to APP15
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    path = folder / "plain.jpg"
    path.write_bytes(data[:2] + data[at:])
    return [path]


KINDS: dict[str, Callable[[Path], list[Path]]] = {
    "camera": camera,
    "web": lambda _: [GALLERY / "meadow-400.jpg", GALLERY / "meadow-1600.jpg"],
    "png": lambda _: [GALLERY / "night.png", GALLERY / "chart.png"],
    "plain": plain,
}
