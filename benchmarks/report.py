"""Measure size, time and memory of ``scrapy report``, and how fast its page is.

``python -m benchmarks.report [RECORDS …]`` writes a feed of RECORDS records (by
default 10,000 and 100,000), makes its report and opens it in Chromium without a
network. Seconds are valid only on an idle machine.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from fpcrawler.core.metadata.status import metadata_status
from fpcrawler.settings import PLAYWRIGHT_LAUNCH_OPTIONS

RECORDS = (10_000, 100_000)
HOSTS = 400
COMMAND = """
import re, sys
from scrapy.cmdline import execute
try:
    execute(["scrapy", "report", *sys.argv[1:]])
finally:
    # The peak of getrusage() includes that of the parent process.
    with open("/proc/self/status") as status:
        print(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1], file=sys.stderr)
"""
# What a click on a facet costs, up to the next frame.
FILTER = """
async (name) => {
  const section = [...document.querySelectorAll(".facet")]
    .find((each) => each.querySelector("h3").textContent === name);
  const before = performance.now();
  section.querySelector("li button").click();
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - before;
}
"""
FACETS = ("Camera", "Format", "Location", "Copies", "Software")

MAKES = (
    ("Canon", "Canon EOS 5D Mark IV"),
    ("Canon", "Canon EOS R6"),
    ("NIKON CORPORATION", "NIKON D850"),
    ("NIKON CORPORATION", "NIKON Z 6_2"),
    ("Apple", "iPhone 12 Pro"),
    ("Apple", "iPhone 15"),
    ("samsung", "SM-G991B"),
    ("SONY", "ILCE-7M3"),
    ("Google", "Pixel 8"),
)
TOWNS = (
    (48.8566, 2.3522),
    (52.52, 13.405),
    (40.7128, -74.006),
    (35.6762, 139.6503),
    (-33.8688, 151.2093),
    (-23.5505, -46.6333),
    (30.0444, 31.2357),
    (59.9139, 10.7522),
)
SOFTWARE = (
    *("Adobe Photoshop Lightroom Classic 12.3", "GIMP 2.10.34", "17.4.1"),
    *("Adobe Photoshop 24.7 (Windows)", "HDR+ 1.0.540104767zd", "Ver.1.10"),
)


def record(number: int) -> dict[str, Any]:
    """Return the record of a photograph with 45 tags; every tenth is a copy."""
    dice = random.Random(number - 1 if number % 10 == 9 else number)
    make, model = dice.choice(MAKES)
    camera = dice.randrange(40)
    local = datetime(2012, 1, 1, tzinfo=UTC) + timedelta(
        seconds=dice.randrange(440_000_000)
    )
    stamp = local.strftime("%Y:%m:%d %H:%M:%S")
    serial = f"{abs(hash_of(f'{model} {camera}')):012d}"[:12]
    digest = hashlib.sha256(str(dice.random()).encode()).hexdigest()
    size = dice.randrange(60_000, 9_000_000)
    software = dice.choice(SOFTWARE)
    tags = _tags(dice, stamp) | {
        "Image Make": make,
        "Image Model": model,
        "Image Software": software,
        "EXIF BodySerialNumber": serial,
    }
    location = _location(dice, tags)
    host = f"img{number * 7_919 % HOSTS}.example.org"
    offset = dice.choice(["+01:00", "-05:00", None])
    return {
        "url": f"https://{host}/galleries/{number // 40}/photograph-{number}.jpg",
        "image_size": size,
        "etag": digest[:16],
        "timestamp": f"2026-11-{number % 28 + 1:02}T12:{number % 60:02}:00",
        "exif": tags,
        "sha256_first_10240_bytes": digest,
        "random_128_bytes_sample_start": digest * 4,
        "page_url": f"https://{host}/galleries/{number // 40}.html",
        "found_in": "img",
        "alt": f"Photograph {number}",
        "format": dice.choice(["jpeg", "jpeg", "jpeg", "heic", "png", "webp"]),
        "width": dice.choice([1600, 4032, 6000]),
        "height": dice.choice([1200, 3024, 4000]),
        "content_type": "image/jpeg",
        "last_modified": format_datetime(
            local + timedelta(days=dice.randrange(400)), usegmt=True
        ),
        "metadata_status": metadata_status({}, ()),
        "user_comment": None,
        "xmp": {"xmp:CreatorTool": software, "xmp:Rating": str(dice.randrange(6))},
        "iptc": {},
        "texts": [],
        "provenance": {"c2pa": False},
        "location": location,
        "taken": {
            "local": local.strftime("%Y-%m-%dT%H:%M:%S"),
            "offset": offset,
            "offset_source": "written" if offset else None,
            "utc": local.strftime("%Y-%m-%dT%H:%M:%S") if offset else None,
            "clock_skew": dice.gauss(0, 600) // 1 if offset and location else None,
            "sources": {"local": ["EXIF DateTimeOriginal"]},
        },
        "device": {
            "make": make,
            "model": model,
            "serial": serial if make != "Apple" else None,
            "software": software,
            "sources": {"serial": ["EXIF BodySerialNumber"]},
        },
        "picture_sha256": hashlib.sha256(digest.encode()).hexdigest(),
        "picture_length": size - 12_000,
        "block_sha256": None,
        "evidence": {
            "sample_coded": 0,
            "sample_deflated": 0,
            "picture_coded": 4_096,
            "picture_deflated": 4_000,
            "block_deflated": 0,
            "is_constant_size": False,
        },
        "server_digests": {},
        "matches": [],
        "requests": {"sample": 1, "metadata": 0, "picture": 1, "block": 0},
        "bytes_downloaded": 10_241 + dice.randrange(8_000),
        "spans": [[0, 10_241, "read"], [30, 9_800, "exif"], [12_000, size, "coded"]],
        "has_ranges": number % HOSTS % 7 > 0,
        "tor": False,
    }


def hash_of(text: str) -> int:
    """Return a number that is the same in each run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:5])


def _tags(dice: random.Random, stamp: str) -> dict[str, str]:
    return {
        "Image Orientation": "Horizontal (normal)",
        "Image XResolution": "72",
        "Image YResolution": "72",
        "Image ResolutionUnit": "Pixels/Inch",
        "Image DateTime": stamp,
        "Image YCbCrPositioning": "Centered",
        "Image ExifOffset": str(dice.choice([196, 228, 240])),
        "EXIF ExposureTime": f"1/{dice.choice([30, 60, 125, 250, 500, 1000])}",
        "EXIF FNumber": str(dice.choice(["28/10", "4", "56/10", "8", "11"])),
        "EXIF ExposureProgram": "Aperture Priority",
        "EXIF ISOSpeedRatings": str(dice.choice([100, 200, 400, 800, 1600])),
        "EXIF ExifVersion": "0232",
        "EXIF DateTimeOriginal": stamp,
        "EXIF DateTimeDigitized": stamp,
        "EXIF ComponentsConfiguration": "YCbCr",
        "EXIF ShutterSpeedValue": f"{dice.randrange(300_000, 900_000)}/65536",
        "EXIF ApertureValue": f"{dice.randrange(200_000, 500_000)}/65536",
        "EXIF ExposureBiasValue": "0",
        "EXIF MeteringMode": "Pattern",
        "EXIF Flash": "Flash did not fire, compulsory flash mode",
        "EXIF FocalLength": str(dice.choice([24, 35, 50, 85, 105, 200])),
        "EXIF SubSecTime": f"{dice.randrange(1000):03}",
        "EXIF FlashPixVersion": "0100",
        "EXIF ColorSpace": "sRGB",
        "EXIF ExifImageWidth": "6000",
        "EXIF ExifImageLength": "4000",
        "EXIF FocalPlaneXResolution": "1571840/279",
        "EXIF FocalPlaneYResolution": "1048576/187",
        "EXIF CustomRendered": "Normal",
        "EXIF ExposureMode": "Auto Exposure",
        "EXIF WhiteBalance": "Auto",
        "EXIF SceneCaptureType": "Standard",
        "EXIF LensModel": dice.choice(["24-70mm f/2.8", "50mm f/1.4", "70-200mm f/4"]),
        "Thumbnail Compression": "JPEG (old-style)",
        "Thumbnail XResolution": "72",
        "Thumbnail YResolution": "72",
        "Thumbnail JPEGInterchangeFormat": str(dice.randrange(800, 12_000)),
        "Thumbnail JPEGInterchangeFormatLength": str(dice.randrange(4_000, 12_000)),
    }


def _location(dice: random.Random, tags: dict[str, str]) -> dict[str, Any]:
    if dice.random() < 0.6:
        return {}
    latitude, longitude = dice.choice(TOWNS)
    latitude = round(latitude + dice.gauss(0, 0.3), 7)
    longitude = round(longitude + dice.gauss(0, 0.4), 7)
    tags |= {
        "GPS GPSLatitudeRef": "N" if latitude > 0 else "S",
        "GPS GPSLatitude": _printed(latitude),
        "GPS GPSLongitudeRef": "E" if longitude > 0 else "W",
        "GPS GPSLongitude": _printed(longitude),
    }
    sources = {
        "latitude": ["GPS GPSLatitude", "GPS GPSLatitudeRef"],
        "longitude": ["GPS GPSLongitude", "GPS GPSLongitudeRef"],
    }
    return {"latitude": latitude, "longitude": longitude, "sources": sources}


def _printed(degrees: float) -> str:
    minutes, whole = math.modf(abs(degrees))
    return f"[{whole:.0f}, {int(minutes * 60)}, {int(minutes * 216_000) % 6_000}/100]"


@dataclass(frozen=True, slots=True)
class Made:
    """What making a report cost."""

    seconds: float
    peak: int  # bytes
    size: int  # bytes


def make(feed: Path, report: Path) -> Made:
    """Run the command."""
    start = time.monotonic()
    child = subprocess.run(
        [sys.executable, "-c", COMMAND, str(feed), "-O", str(report)],
        env={**os.environ, "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    seconds = time.monotonic() - start
    peak = int(child.stderr.splitlines()[-1]) * 1024
    return Made(seconds, peak, report.stat().st_size)


def opened(report: Path) -> tuple[float, list[float]]:
    """Return the seconds until the page is ready, and those of each filter."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(PLAYWRIGHT_LAUNCH_OPTIONS["executable_path"]),
            args=["--no-sandbox"],
        )
        page = browser.new_page(viewport={"width": 1440, "height": 900}, offline=True)
        page.goto(report.as_uri())
        page.wait_for_selector("html[data-ready]", state="attached")
        ready = int(page.locator("html").get_attribute("data-ready") or 0) / 1000
        filters = [_filter_seconds(page, name) for name in FACETS]
        browser.close()
    return ready, filters


def _filter_seconds(page: Page, name: str) -> float:
    page.wait_for_timeout(300)
    return float(page.evaluate(FILTER, name)) / 1000


def main(arguments: list[str]) -> None:
    """Print a line for each number of records."""
    for count in map(int, arguments or map(str, RECORDS)):
        with tempfile.TemporaryDirectory() as name:
            feed, report = Path(name, "feed.jsonl"), Path(name, "report.html")
            with feed.open("w") as file:
                file.writelines(
                    f"{json.dumps(record(each))}\n" for each in range(count)
                )
            made = make(feed, report)
            ready, filters = opened(report)
            print(
                f"{count:,} records: made in {made.seconds:.1f} s, "
                f"{made.peak / 1e6:.0f} MB of memory, {made.size / 1e6:.2f} MB; "
                f"ready in {ready:.2f} s, a filter in "
                f"{statistics.median(filters) * 1000:.0f} ms "
                f"(at most {max(filters) * 1000:.0f} ms)"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
