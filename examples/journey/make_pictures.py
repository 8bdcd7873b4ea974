"""Draw a photographer's journey, and a market that sells it: what a report is for.

``python -m examples.journey.make_pictures`` writes two sites, ``blog`` and ``market``,
with the same bytes on every run. On the market are copies from the blog, whole, edited
and without their metadata, and new pictures by a camera of the blog.
"""

from __future__ import annotations

import random
import shutil
from datetime import datetime, timedelta
from html import escape
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from examples.gallery.make_pictures import (
    boat,
    canvas,
    disc,
    dots,
    finish,
    polygon,
    ridge,
    ripples,
    skyline,
)
from examples.journey.cameras import CAMERAS, NORTHLIGHT, PLACES, exif_of

if TYPE_CHECKING:
    from PIL import Image

HERE = Path(__file__).parent
SIZE = (440, 294)

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:xmpMM="http://ns.adobe.com/xap/1.0/mm/"
 xmlns:stEvt="http://ns.adobe.com/xap/1.0/sType/ResourceEvent#"
 xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/{kind}">
<xmpMM:History><rdf:Seq>{events}</rdf:Seq></xmpMM:History>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
EVENT = (
    '<rdf:li stEvt:action="{action}" stEvt:softwareAgent="{agent}" '
    'stEvt:when="2025-02-11T18:20:00Z"/>'
)


EDITED, STRIPPED, WHOLE = (
    ("Lisbon", "Etna", "Fuji"),
    ("Kotor", "Vik"),
    ("Banff", "Nazare"),
)


def scene(kind: str, seed: int) -> Image.Image:
    """Draw one of four kinds of landscape; no two seeds look the same."""
    rng = random.Random(seed)
    tops = ("#4a66b0", "#5fa8e6", "#7cc4e8", "#8f6fb5", "#d98a6a")
    top, bottom = rng.choice(tops), rng.choice(("#ffb98c", "#f6dfc4", "#fdf3df"))
    if kind == "night":
        top, bottom = "#0b1030", rng.choice(("#454a8c", "#7a4a6c", "#2f5f6f"))
    picture = canvas(*SIZE, top, bottom)
    if kind == "night":
        dots(picture, seed, 0, 0.7, ["#ffffff", "#ffe9c4", "#c4d4ff"])
    disc(picture, rng.uniform(0.2, 0.8), rng.uniform(0.2, 0.45), 0.05, "#fff0c9")
    shades = {
        "sea": ("#8a6a8c", "#5d4a72"),
        "hills": ("#a9bfdb", "#6f8cb3", "#3c557c", "#1d2f45"),
        "meadow": ("#a5cf9a", "#7dbb6c", "#559c4a"),
        "night": ("#171a3d", "#090b20"),
    }[kind]
    for step, shade in enumerate(shades):
        level = 0.5 + step * 0.4 / len(shades)
        ridge(picture, skyline(seed * 7 + step, rng.uniform(0.03, 0.12)), level, shade)
    if kind == "sea":
        polygon(picture, [(0, 0.64), (1, 0.64), (1, 1), (0, 1)], "#3f6f90")
        ripples(picture, seed, 0.64, "#e9cbaa")
        for _ in range(rng.randint(1, 3)):
            boat(picture, rng.uniform(0.1, 0.9), rng.uniform(0.7, 0.9), 0.14)
    if kind == "meadow":
        dots(picture, seed, 0.8, 1, ["#ffffff", "#ffe066", "#ff8fa3"])
    return finish(picture, seed, 0.06)


def jpeg(picture: Image.Image, exif: bytes = b"", xmp: str = "") -> bytes:
    """Return the file; the coded data do not depend on the metadata."""
    file = BytesIO()
    picture.save(file, "JPEG", quality=92, exif=exif, xmp=xmp.encode())
    return file.getvalue()


def xmp_of(kind: str, *events: tuple[str, str]) -> str:
    """Return XMP with a digital source type and a history of actions by programs."""
    items = "".join(
        EVENT.format(action=action, agent=agent) for action, agent in events
    )
    return XMP.format(kind=kind, events=items)


def page(folder: Path, title: str, names: list[str]) -> None:
    """Write a page with all pictures of a site."""
    images = "\n".join(
        f'  <p><img src="{escape(name)}" alt="{escape(Path(name).stem)}"></p>'
        for name in names
    )
    (folder / "index.html").write_text(
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n  <meta charset="utf-8">\n'
        f"  <title>{title}</title>\n</head>\n<body>\n  <h1>{title}</h1>\n{images}\n"
        "</body>\n</html>\n"
    )


def blog(folder: Path) -> None:
    """Write the photographer's own site."""
    names: list[str] = []
    for number, (place, (*_, zone, kind)) in enumerate(PLACES.items()):
        camera = CAMERAS[number % len(CAMERAS)]
        local = _moment(number, zone)
        located = place if number % 9 != 8 else None
        names.append(f"{place.lower().replace(' ', '-')}.jpg")
        data = jpeg(scene(kind, 100 + number), exif_of(camera, local, located))
        (folder / names[-1]).write_bytes(data)
    page(folder, "A journey", names)


def market(folder: Path, source: Path) -> None:
    """Write the site that sells copies, and three pictures by a camera of the blog."""
    places = [*PLACES]
    names: list[str] = []
    for place in (*WHOLE, *EDITED, *STRIPPED):
        names.append(f"lot-{len(names) + 1:02}.jpg")
        target, number = folder / names[-1], places.index(place)
        if place in WHOLE:
            shutil.copyfile(source / f"{place.lower()}.jpg", target)
            continue
        picture = scene(PLACES[place][-1], 100 + number)
        edits = [("converted", "Retouch Studio 7"), ("saved", "Retouch Studio 7")]
        xmp = xmp_of("digitalCapture", *edits) if place in EDITED else ""
        target.write_bytes(jpeg(picture, xmp=xmp))
    for number, kind in enumerate(("sea", "meadow", "night")):
        names.append(f"lot-{len(names) + 1:02}.jpg")
        local = datetime(2025, 1, 20 + number, 15, 4, 9)  # noqa: DTZ001 - the camera's own
        exif = exif_of(NORTHLIGHT, local, ("Naples", "Palermo", None)[number])
        (folder / names[-1]).write_bytes(jpeg(scene(kind, 200 + number), exif))
    names.append(f"lot-{len(names) + 1:02}.jpg")
    made = xmp_of("trainedAlgorithmicMedia", ("created", "Dreamer 3"))
    (folder / names[-1]).write_bytes(jpeg(scene("hills", 210), xmp=made))
    page(folder, "The market", names)


def _moment(number: int, zone: int) -> datetime:
    start = datetime(2022, 4, 2, 7, 40)  # noqa: DTZ001 - the camera's own
    return start + timedelta(days=37 * number, minutes=137 * number, seconds=zone)


def main() -> None:
    """Write both sites to the folder of this script."""
    for name in ("blog", "market"):
        (HERE / name).mkdir(exist_ok=True)
    blog(HERE / "blog")
    market(HERE / "market", HERE / "blog")


if __name__ == "__main__":
    main()
