"""IPTC in Photoshop's image resources, in each place that has them."""

from __future__ import annotations

import hashlib
import struct

import pytest

from fpcrawler.core.anatomy import payload, read_anatomy
from fpcrawler.core.metadata.iptc import read_iim
from tests.core.anatomy.test_anatomy import (
    IPTC,
    NOISE,
    XMP,
    box,
    jp2,
    jpeg,
    resource,
    segment,
    whole,
)
from tests.core.anatomy.test_exif_blocks import psd
from tests.core.anatomy.test_places import found, located

PHOTOSHOP = b"Photoshop 3.0\0"
DIGEST = hashlib.md5(IPTC, usedforsecurity=False).digest()
BLOCK = resource(0x0404, IPTC)
RESOURCES = (
    resource(0x03ED, bytes(15))
    + BLOCK
    + resource(0x040C, NOISE[:3_000])
    + resource(0x0425, DIGEST)
)
CAPTION = {"Caption-Abstract": "caption"}


def app13(data: bytes) -> bytes:
    return segment(0xED, PHOTOSHOP + data)


def tiff(order: str, tag: int, type_: int, value: bytes, *, far: int = 0) -> bytes:
    """Build a TIFF file with one field, its value far behind the directory."""
    values = len(value) // {7: 1, 4: 4}[type_]
    head = b"II*\0" if order == "<" else b"MM\0*"
    entry = struct.pack(order + "HHII", tag, type_, values, 26 + far)
    directory = struct.pack(order + "H", 1) + entry + bytes(4)
    return head + struct.pack(order + "I", 8) + directory + bytes(far) + value


def uuid(identity: str, data: bytes) -> bytes:
    return box(b"uuid", bytes.fromhex(identity) + data)


SWAPPED = b"".join(IPTC.ljust(16, b"\0")[at : at + 4][::-1] for at in range(0, 16, 4))
WITH_DIGEST = CAPTION | {"IPTCDigest": DIGEST.hex()}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (jpeg(app13(RESOURCES)), WITH_DIGEST),
        (jpeg(app13(RESOURCES[:40]), app13(RESOURCES[40:])), WITH_DIGEST),
        (jpeg(app13(resource(0x03ED, b"ab")), app13(RESOURCES)), WITH_DIGEST),
        # Resources of their own in each segment, without the last byte of padding.
        (jpeg(app13(resource(0x03ED, b"a")[:-1]), app13(RESOURCES)), WITH_DIGEST),
        (psd(RESOURCES), WITH_DIGEST),
        (tiff("<", 34_377, 7, RESOURCES), WITH_DIGEST),
        (tiff(">", 34_377, 7, RESOURCES, far=50_000), WITH_DIGEST),
        (tiff("<", 33_723, 7, IPTC), CAPTION),
        (tiff("<", 33_723, 4, IPTC.ljust(16, b"\0")), CAPTION),
        (tiff(">", 33_723, 4, SWAPPED), CAPTION),
        (jp2() + uuid("33c7a4d2b81d4723a0baf1a3e097ad38", IPTC), CAPTION),
        (jp2() + uuid("09a14e97c0b442e0bebf36df6f0ce36f", IPTC), CAPTION),
        (jp2() + uuid("2c4c0100850440b9a03e562148d6dfeb", RESOURCES), WITH_DIGEST),
    ],
)
def test_iptc_is_found(data: bytes, expected: dict[str, str]) -> None:
    anatomy, requests = located(data)
    [(_, block)] = found(data, anatomy, "iptc")

    assert read_iim(block).datasets == expected
    assert not read_iim(block).is_damaged
    assert requests <= 2


@pytest.mark.parametrize(
    "resources",
    [resource(0x0404, b""), resource(0x0425, DIGEST), b"8BIM", b"", b"8BIX" * 9],
)
def test_resources_without_datasets_are_not_a_part(resources: bytes) -> None:
    assert not located(jpeg(app13(resources)))[0].metadata


@pytest.mark.parametrize(
    ("resources", "is_damaged"),
    [
        pytest.param(RESOURCES, False, id="whole"),
        pytest.param(RESOURCES + bytes(9), False, id="zeros after it"),
        pytest.param(resource(0x03ED, b"ab") + b"XXXX" + RESOURCES, True, id="between"),
        pytest.param(RESOURCES + b"XXXX", True, id="after it"),
        pytest.param(
            RESOURCES + resource(0x0424, bytes(400))[:-391], True, id="cut off"
        ),
    ],
)
def test_other_bytes_than_resources_are_damage(
    resources: bytes, *, is_damaged: bool
) -> None:
    anatomy, _ = located(data := jpeg(app13(resources)))
    [(_, block)] = [
        each for each in found(data, anatomy, "iptc") if each[1].startswith(b"8BIM")
    ]

    assert read_iim(block).datasets == WITH_DIGEST
    assert ("iptc" in anatomy.damaged) == is_damaged


def test_all_xmp_and_iptc_among_resources_is_kept() -> None:
    data = jpeg(app13(BLOCK + resource(0x0424, XMP) + BLOCK))
    anatomy = read_anatomy(whole(data))

    assert {
        part.kind: payload(whole(data), part).data for part in anatomy.metadata
    } == {
        "iptc": BLOCK * 2,
        "xmp": XMP,
    }


def test_thousands_of_broken_segments_are_read_in_bounded_steps() -> None:
    anatomy = read_anatomy(whole(jpeg(*[app13(b"8BIM\4\4\0\0\0\0\0\1a")] * 4_000)))

    assert anatomy.is_given_up
