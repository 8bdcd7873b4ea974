"""Write a place as decimal degrees and as a ``geo:`` URI."""

from __future__ import annotations

_POLE = 90


def degrees(value: float) -> str:
    """Return decimal degrees without an exponent, with 7 digits at most."""
    text = f"{value:.7f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def geo_uri(latitude: float, longitude: float) -> str:
    """Return the ``geo:`` URI of a place (RFC 5870 section 3.3), without altitude.

    Its altitude would be above the WGS-84 geoid. That of a record is above the sea or
    above the ellipsoid (Exif 3.0, GPSAltitudeRef), and does not say which.
    """
    # Section 3.4.2: the longitude of a pole should be 0.
    east = 0.0 if abs(latitude) == _POLE else longitude
    return f"geo:{degrees(latitude)},{degrees(east)}"
