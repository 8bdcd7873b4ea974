"""Make a JPEG with the Exif data of a record, as its photograph is not available.

A record has the values that exifread prints. This module reverses that: it turns
printed values into fields and fields into IFDs, and adds a picture of noise. The
digests in the record are those of the original photograph and do not match.

TIFF 6.0 and Exif 2.3 (CIPA DC-008) specify the tags, ITU-T T.81 the JPEG data.
"""

from __future__ import annotations

import random
import struct
from collections import defaultdict
from collections.abc import Mapping
from enum import IntEnum
from fractions import Fraction


class Type(IntEnum):
    """The type of a field's values, numbered as in TIFF 6.0."""

    BYTE = 1
    ASCII = 2
    SHORT = 3
    LONG = 4
    RATIONAL = 5
    UNDEFINED = 7
    SRATIONAL = 10


_FORMATS = {
    Type.BYTE: "B",
    Type.SHORT: "H",
    Type.LONG: "I",
    Type.RATIONAL: "II",
    Type.SRATIONAL: "ii",
}

_TAGS = {
    # IFD0 and IFD1, the thumbnail
    "ImageWidth": (0x0100, Type.LONG),
    "ImageLength": (0x0101, Type.LONG),
    "BitsPerSample": (0x0102, Type.SHORT),
    "Compression": (0x0103, Type.SHORT),
    "PhotometricInterpretation": (0x0106, Type.SHORT),
    "Make": (0x010F, Type.ASCII),
    "Model": (0x0110, Type.ASCII),
    "Orientation": (0x0112, Type.SHORT),
    "SamplesPerPixel": (0x0115, Type.SHORT),
    "XResolution": (0x011A, Type.RATIONAL),
    "YResolution": (0x011B, Type.RATIONAL),
    "ResolutionUnit": (0x0128, Type.SHORT),
    "Software": (0x0131, Type.ASCII),
    "DateTime": (0x0132, Type.ASCII),
    "JPEGInterchangeFormat": (0x0201, Type.LONG),
    "JPEGInterchangeFormatLength": (0x0202, Type.LONG),
    "YCbCrPositioning": (0x0213, Type.SHORT),
    "ExifOffset": (0x8769, Type.LONG),
    "GPSInfo": (0x8825, Type.LONG),
    # Exif IFD
    "ExposureTime": (0x829A, Type.RATIONAL),
    "FNumber": (0x829D, Type.RATIONAL),
    "ExposureProgram": (0x8822, Type.SHORT),
    "ISOSpeedRatings": (0x8827, Type.SHORT),
    "ExifVersion": (0x9000, Type.UNDEFINED),
    "DateTimeOriginal": (0x9003, Type.ASCII),
    "DateTimeDigitized": (0x9004, Type.ASCII),
    "ComponentsConfiguration": (0x9101, Type.UNDEFINED),
    "ShutterSpeedValue": (0x9201, Type.SRATIONAL),
    "ApertureValue": (0x9202, Type.RATIONAL),
    "BrightnessValue": (0x9203, Type.SRATIONAL),
    "ExposureBiasValue": (0x9204, Type.SRATIONAL),
    "MeteringMode": (0x9207, Type.SHORT),
    "Flash": (0x9209, Type.SHORT),
    "FocalLength": (0x920A, Type.RATIONAL),
    "SubjectArea": (0x9214, Type.SHORT),
    "SubSecTimeOriginal": (0x9291, Type.ASCII),
    "SubSecTimeDigitized": (0x9292, Type.ASCII),
    "FlashPixVersion": (0xA000, Type.UNDEFINED),
    "ColorSpace": (0xA001, Type.SHORT),
    "ExifImageWidth": (0xA002, Type.LONG),
    "ExifImageLength": (0xA003, Type.LONG),
    "SensingMethod": (0xA217, Type.SHORT),
    "SceneType": (0xA301, Type.UNDEFINED),
    "ExposureMode": (0xA402, Type.SHORT),
    "WhiteBalance": (0xA403, Type.SHORT),
    "FocalLengthIn35mmFilm": (0xA405, Type.SHORT),
    "SceneCaptureType": (0xA406, Type.SHORT),
    "LensSpecification": (0xA432, Type.RATIONAL),
    "LensMake": (0xA433, Type.ASCII),
    "LensModel": (0xA434, Type.ASCII),
    # GPS IFD
    "GPSLatitudeRef": (0x0001, Type.ASCII),
    "GPSLatitude": (0x0002, Type.RATIONAL),
    "GPSLongitudeRef": (0x0003, Type.ASCII),
    "GPSLongitude": (0x0004, Type.RATIONAL),
    "GPSAltitudeRef": (0x0005, Type.BYTE),
    "GPSAltitude": (0x0006, Type.RATIONAL),
    "GPSTimeStamp": (0x0007, Type.RATIONAL),
    "GPSSpeedRef": (0x000C, Type.ASCII),
    "GPSSpeed": (0x000D, Type.RATIONAL),
    "GPSImgDirectionRef": (0x0010, Type.ASCII),
    "GPSImgDirection": (0x0011, Type.RATIONAL),
    "GPSDestBearingRef": (0x0017, Type.ASCII),
    "GPSDestBearing": (0x0018, Type.RATIONAL),
    "GPSDate": (0x001D, Type.ASCII),
    "Tag 0x001F": (0x001F, Type.RATIONAL),
}

# Words that the reader prints, and the value in the file.
_WORDS = {
    "Horizontal (normal)": "1",
    "Pixels/Inch": "2",
    "Centered": "1",
    "JPEG (old-style)": "6",
    "Program Normal": "2",
    "YCbCr": "\1\2\3\0",
    "Pattern": "5",
    "Flash did not fire, auto mode": "24",
    "Uncalibrated": "65535",
    "One-chip color area": "2",
    "Directly Photographed": "\1",
    "Auto Exposure": "0",
    "Auto": "0",
    "Standard": "0",
}

_HEADER = b"MM\0*" + struct.pack(">I", 8)
_THUMBNAIL = 160, 120

# Huffman symbols: a run of no zeros and four bits of value; end of block.
_NIBBLE = 0x04
_END_OF_BLOCK = 0x00
_LOW_NIBBLE = bytes(range(16)) * 16


def photograph(exif: Mapping[str, str], size: int) -> bytes:
    """Return a JPEG of ``size`` bytes for which a reader prints ``exif``.

    The IFDs are at the offsets in the record.
    """
    width, height = exif["EXIF ExifImageWidth"], exif["EXIF ExifImageLength"]
    app1 = _segment(0xE1, b"Exif\0\0" + _tiff(exif))
    return _jpeg(int(width), int(height), size, app1)


def _tiff(exif: Mapping[str, str]) -> bytes:
    ifds: dict[str, dict[str, str]] = defaultdict(dict)
    for name, printed in exif.items():
        ifd, _, tag = name.partition(" ")
        ifds[ifd][tag] = printed
    exif_at = int(ifds["Image"]["ExifOffset"])
    gps_at = int(ifds["Image"]["GPSInfo"])
    thumbnail_at = int(ifds["Thumbnail"]["JPEGInterchangeFormat"])
    thumbnail_size = int(ifds["Thumbnail"]["JPEGInterchangeFormatLength"])

    gps = _ifd(ifds["GPS"], gps_at)
    ifd1_at = gps_at + len(gps)
    blocks = {
        0: _HEADER,
        len(_HEADER): _ifd(ifds["Image"], len(_HEADER), following=ifd1_at),
        exif_at: _ifd(ifds["EXIF"], exif_at),
        gps_at: gps,
        ifd1_at: _ifd(ifds["Thumbnail"], ifd1_at),
        thumbnail_at: _jpeg(*_THUMBNAIL, thumbnail_size),
    }
    tiff = b""
    for offset, block in sorted(blocks.items()):
        if offset < len(tiff):
            raise ValueError(f"the block at {offset} would overwrite the one before it")
        tiff = tiff.ljust(offset, b"\0") + block
    return tiff


def _ifd(tags: Mapping[str, str], offset: int, following: int = 0) -> bytes:
    """Return an IFD for ``offset``, with its long values after it."""
    values_at = offset + 2 + 12 * len(tags) + 4
    entries = values = b""
    for name, printed in tags.items():
        tag, kind = _TAGS[name]
        count, value = _field(kind, printed)
        if len(value) > 4:
            # TIFF 6.0: "The Value is expected to begin on a word boundary".
            values_offset = struct.pack(">I", values_at + len(values))
            values += value + b"\0" * (len(value) % 2)
            value = values_offset
        entries += struct.pack(">HHI4s", tag, kind, count, value)
    ifd = struct.pack(">H", len(tags)) + entries + struct.pack(">I", following)
    return ifd + values


def _field(kind: Type, printed: str) -> tuple[int, bytes]:
    """Return the number of printed values, and their bytes."""
    text = _WORDS.get(printed, printed)
    if kind in (Type.ASCII, Type.UNDEFINED):
        data = text.encode() + b"\0" * (kind is Type.ASCII)
        return len(data), data
    form = _FORMATS[kind]
    numbers = [Fraction(number) for number in text.strip("[]").split(", ")]
    # An integer format has room for the numerator only.
    ratios = [number.as_integer_ratio()[: len(form)] for number in numbers]
    return len(numbers), b"".join(struct.pack(f">{form}", *ratio) for ratio in ratios)


def _jpeg(width: int, height: int, size: int, app1: bytes = b"") -> bytes:
    """Return a baseline JPEG of noise, of exactly ``size`` bytes."""
    # Three components without subsampling, all with the same tables.
    frame = struct.pack(">BHHB", 8, height, width, 3) + b"\1\x11\0\2\x11\0\3\x11\0"
    scan = b"\3" + b"\1\0\2\0\3\0" + b"\0\x3f\0"
    head = (
        b"\xff\xd8"
        + app1
        + _segment(0xDB, b"\0" + b"\1" * 64)
        + _segment(0xC0, frame)
        + _segment(0xC4, b"\0" + _lengths(4) + bytes([_NIBBLE]))
        + _segment(0xC4, b"\x10" + _lengths(4, 8) + bytes([_NIBBLE, _END_OF_BLOCK]))
        + _segment(0xDA, scan)
    )
    blocks = 3 * -(-width // 8) * -(-height // 8)
    return head + _scan(blocks, size - len(head) - 2) + b"\xff\xd9"


def _segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, 2 + len(payload)) + payload


def _lengths(*bits: int) -> bytes:
    """Return a Huffman table's numbers of codes with 1, 2, … 16 bits."""
    return bytes(bits.count(length) for length in range(1, 17))


def _scan(blocks: int, size: int) -> bytes:
    """Return entropy-coded data: ``blocks`` blocks in ``size`` bytes.

    A coefficient is one byte: the code 0000 and a value of four bits. A block ends
    with one byte: the code 0001 0000. So a block can have any length, and no byte
    is 0xFF, which would need stuffing.
    """
    length, longer = divmod(size, blocks)
    if not 2 <= length < 64:
        raise ValueError(f"{size} bytes are too few or too many for {blocks} blocks")
    scan = bytearray(random.Random(size).randbytes(size).translate(_LOW_NIBBLE))
    start = 0
    for block in range(blocks):
        end = start + length + (block < longer)
        # The mean is stored as a difference: up, then down, so it stays in range.
        scan[start] = 0x00 if block % 2 else 0x0F
        scan[end - 1] = 0x10
        start = end
    return bytes(scan)
