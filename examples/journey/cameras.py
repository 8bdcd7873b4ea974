"""The cameras and places of the journey, and the EXIF that they leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from PIL import ExifTags, Image


@dataclass(frozen=True, slots=True, kw_only=True)
class Camera:
    """A camera: ``skew`` is how many seconds its clock is ahead of GPS."""

    make: str
    model: str
    serial: str | None = None
    lens: str | None = None
    owner: str | None = None
    software: str | None = None
    skew: int | None = None


NORTHLIGHT = Camera(
    make="Northlight",
    model="Northlight N7",
    serial="NL-704127",
    lens="Northlight 24-70mm F2.8",
    owner="Ada Example",
    software="Darkroom 4.2",
)
FIELDMARK = Camera(
    make="Fieldmark",
    model="F1 Mark II",
    serial="00091846",
    lens="Fieldmark 100-400mm",
    software="Fieldmark 1.10",
    skew=-214,
)
HALO = Camera(make="Halo", model="Halo 9", software="9.4.1", skew=2)
POCKETCAM = Camera(make="Pocketcam", model="Pocketcam P2")
CAMERAS = (NORTHLIGHT, HALO, FIELDMARK, NORTHLIGHT, POCKETCAM, HALO)

# Latitude, longitude, metres above the sea, hours ahead of UTC, and the scene.
PLACES = {
    "Lisbon": (38.6979, -9.2064, 4, 1, "sea"),
    "Porto": (41.1403, -8.6110, 20, 1, "sea"),
    "Nazare": (39.6052, -9.0852, 110, 1, "sea"),
    "Madeira": (32.7594, -16.9427, 1818, 1, "hills"),
    "Seville": (37.3828, -5.9963, 12, 2, "night"),
    "Tangier": (35.7903, -5.8136, 30, 1, "sea"),
    "Toubkal": (31.0605, -7.9149, 4167, 1, "hills"),
    "Palermo": (38.1903, 13.3540, 200, 2, "sea"),
    "Etna": (37.7510, 14.9934, 2900, 2, "hills"),
    "Naples": (40.8275, 14.2260, 25, 2, "night"),
    "Zermatt": (45.9765, 7.6586, 3089, 2, "hills"),
    "Hallstatt": (47.5613, 13.6490, 511, 2, "hills"),
    "Kotor": (42.4280, 18.7712, 260, 2, "sea"),
    "Istanbul": (41.0256, 28.9741, 40, 3, "night"),
    "Kazbegi": (42.6626, 44.6204, 2170, 4, "hills"),
    "Nairobi": (-1.3733, 36.8580, 1660, 3, "meadow"),
    "Maasai Mara": (-1.4061, 35.0083, 1580, 3, "meadow"),
    "Zanzibar": (-5.7263, 39.2986, 2, 3, "sea"),
    "Kyoto": (35.0116, 135.6761, 60, 9, "hills"),
    "Fuji": (35.5011, 138.7710, 840, 9, "hills"),
    "Jeju": (33.4580, 126.9425, 180, 9, "meadow"),
    "Hokkaido": (43.3390, 142.4667, 240, 9, "meadow"),
    "Milford": (-44.6414, 167.8974, 5, 12, "sea"),
    "Reykjavik": (64.1475, -21.9222, 8, 0, "night"),
    "Vik": (63.4045, -19.0450, 3, 0, "sea"),
    "Patagonia": (-50.9423, -73.4068, 62, -3, "hills"),
    "Iguazu": (-25.6953, -54.4367, 180, -3, "meadow"),
    "Banff": (51.3217, -116.1860, 1731, -6, "hills"),
}


def exif_of(camera: Camera, local: datetime, place: str | None) -> bytes:
    """Return the EXIF block that the camera writes."""
    block = Image.Exif()
    stamp = local.strftime("%Y:%m:%d %H:%M:%S")
    block.update({ExifTags.Base.Make: camera.make, ExifTags.Base.Model: camera.model})
    tags: dict[int, Any] = {ExifTags.Base.DateTimeOriginal: stamp}
    optional = (
        (block, ExifTags.Base.Software, camera.software),
        (tags, ExifTags.Base.BodySerialNumber, camera.serial),
        (tags, ExifTags.Base.LensModel, camera.lens),
        (tags, ExifTags.Base.CameraOwnerName, camera.owner),
    )
    for where, tag, value in optional:
        if value is not None:
            where[tag] = value
    if place is not None:
        latitude, longitude, height, zone, _ = PLACES[place]
        block[ExifTags.IFD.GPSInfo] = _gps(latitude, longitude, height)
        if camera.skew is not None:
            sign = "-" if zone < 0 else "+"
            tags[ExifTags.Base.OffsetTimeOriginal] = f"{sign}{abs(zone):02}:00"
            utc = local - timedelta(hours=zone, seconds=camera.skew)
            block[ExifTags.IFD.GPSInfo] |= {
                ExifTags.GPS.GPSDateStamp: utc.strftime("%Y:%m:%d"),
                ExifTags.GPS.GPSTimeStamp: (utc.hour, utc.minute, utc.second),
            }
    block[ExifTags.IFD.Exif] = tags
    return block.tobytes()


def _gps(latitude: float, longitude: float, height: float) -> dict[int, Any]:
    return {
        ExifTags.GPS.GPSLatitudeRef: "N" if latitude > 0 else "S",
        ExifTags.GPS.GPSLatitude: _degrees(latitude),
        ExifTags.GPS.GPSLongitudeRef: "E" if longitude > 0 else "W",
        ExifTags.GPS.GPSLongitude: _degrees(longitude),
        ExifTags.GPS.GPSAltitudeRef: b"\0",
        ExifTags.GPS.GPSAltitude: height,
    }


def _degrees(value: float) -> tuple[float, float, float]:
    minutes, seconds = divmod(round(abs(value) * 3_600, 2), 60)
    return (*divmod(minutes, 60), round(seconds, 2))
