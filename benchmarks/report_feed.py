"""Records of photographs with all their tags, as ``benchmarks.report`` needs them."""

from __future__ import annotations

import hashlib
import math
import random
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from fpcrawler.core.metadata.status import metadata_status

HOSTS = 400

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
            "utc": _utc(local, offset),
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
        "end_sha256": None,
        "evidence": {
            "sample_coded": 0,
            "sample_deflated": 0,
            "picture_coded": 4_096,
            "picture_deflated": 4_000,
            "is_constant_size": False,
            "is_upper_bound": False,
            "ends_in_checksum": False,
        },
        "server_digests": {},
        "file_digests": {"md5": None, "sha1": None, "sha256": None},
        "matches": [],
        "requests": {"sample": 1, "metadata": 0, "picture": 1},
        "bytes_downloaded": 10_241 + dice.randrange(8_000),
        "spans": [[0, 10_241, "read"], [30, 9_800, "exif"], [12_000, size, "coded"]],
        "has_ranges": number % HOSTS % 7 > 0,
        "tor": False,
    }


def hash_of(text: str) -> int:
    """Return a number that is the same in each run."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:5])


def _utc(local: datetime, offset: str | None) -> str | None:
    if offset is None:
        return None
    return (local - timedelta(hours=int(offset[:3]))).strftime("%Y-%m-%dT%H:%M:%S")


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
