"""Notes whose offsets count from the note, and notes without an IFD."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.core.metadata.makers.notes import (
    LONG,
    OLYMPUS,
    PENTAX,
    RAW,
    TEXT,
    Sample,
    headed,
    ifd,
    long,
    olympus,
    pentax,
)

if TYPE_CHECKING:
    from fpcrawler.core.metadata.makers.note import Order


def _nikon(order: Order) -> bytes:
    mark = b"MM\0*" if order == ">" else b"II*\0"
    inner = ifd(
        [(1, RAW, b"0210"), (0x1D, TEXT, b"NO= 00002539        \0")],
        order=order,
        first=8,
    )
    return b"Nikon\0\x02\x10\0\0" + mark + long(8, order) + inner


def _fujifilm() -> bytes:
    number = b"FC  A3115393     592D31333533070731962330313C44\0"
    return (
        b"FUJIFILM"
        + long(12)
        + ifd([(0, RAW, b"0130"), (0x10, TEXT, number)], first=12)
    )


def _kodak(order: Order, *, wide: bool) -> bytes:
    inner = (b"MM" if order == ">" else b"II") + ifd(
        [(0xFA19, TEXT, b"KCXHZ81300092\0")], order=order, first=2
    )
    mark = b"MM\0*" if order == ">" else b"II*\0"
    return (
        mark
        + long(8, order)
        + ifd([(0xFC00, RAW, inner)], order=order, first=8, wide=wide)
    )


def _reconyx(header: bytes, at: int, serial: bytes) -> bytes:
    return header.ljust(at, b"\1") + serial.ljust(60, b"\0")


WIDE = "H500DE01120343".encode("utf-16-le")


SELF_CONTAINED: dict[str, Callable[[], Sample]] = {
    "Apple": lambda: Sample(
        "Apple",
        headed(
            b"Apple iOS\0\0\x01MM",
            [
                (1, LONG, bytes(4)),
                (0x11, TEXT, b"242684F6-0839-44E0-8E39-A8FE43182C29\0"),
            ],
            ">",
        ),
        {"image_id": "242684F6-0839-44E0-8E39-A8FE43182C29"},
        order=">",
    ),
    "Fujifilm": lambda: Sample(
        "FUJIFILM",
        _fujifilm(),
        {"internal_serial": "FC  A3115393     592D31333533070731962330313C44"},
    ),
    "Kodak with text": lambda: Sample(
        "EASTMAN KODAK COMPANY",
        b"KCXEP54200123 \0".ljust(200, b"\0"),
        {"serial": "KCXEP54200123"},
    ),
    "Kodak": lambda: Sample(
        "EASTMAN KODAK COMPANY", _kodak(">", wide=False), {"serial": "KCXHZ81300092"}
    ),
    "Kodak with a wide count": lambda: Sample(
        "EASTMAN KODAK COMPANY", _kodak("<", wide=True), {"serial": "KCXHZ81300092"}
    ),
    "Kodak PixPro": lambda: Sample(
        "JK Imaging, Ltd.",
        b"II*\0" + long(8) + ifd([(0x308, TEXT, b"WL500123\0")], first=8, wide=True),
        {"lens_serial": "WL500123"},
        model="KODAK PIXPRO S-1",
    ),
    "Leica M8": lambda: Sample(
        "Leica Camera AG",
        headed(b"LEICA\0\0\0", [(0x303, LONG, long(3105789))]),
        {"serial": "3105789"},
        model="M8 Digital Camera",
    ),
    "Leica M9": lambda: Sample(
        "Leica Camera AG",
        headed(
            b"LEICA0\3\0",
            [(0x3100, RAW, ifd([(0x3103, TEXT, b"4012345\0")], first=26))],
        ),
        {"serial": "4012345"},
    ),
    "Leica X": lambda: Sample(
        "LEICA CAMERA AG",
        headed(
            b"LEICA\0\x06\0",
            [
                (0x303, TEXT, b"Vario-Elmar T 1:3.5\0"),
                (0x305, LONG, long(4754321)),
                (0x500, RAW, b"LNX1211230042\0"),
            ],
        ),
        {
            "serial": "4754321",
            "internal_serial": "LNX1211230042",
            "lens": "Vario-Elmar T 1:3.5",
        },
    ),
    "Motorola": lambda: Sample(
        "motorola",
        headed(b"MOT\0\1\1\1\1", [(0x5501, TEXT, b"NX0A3S0075\0")], ">"),
        {"serial": "NX0A3S0075"},
        order=">",
    ),
    "Nikon": lambda: Sample(
        "NIKON CORPORATION", _nikon(">"), {"serial": "NO= 00002539"}
    ),
    "Nikon, little-endian": lambda: Sample(
        "NIKON", _nikon("<"), {"serial": "NO= 00002539"}
    ),
    "Olympus": lambda: Sample(
        "OLYMPUS IMAGING CORP.",
        olympus(b"OLYMPUS\0II\3\0", 0, "<", points=True),
        OLYMPUS,
        order=">",
    ),
    "OM System": lambda: Sample(
        "OM Digital Solutions",
        olympus(b"OM SYSTEM\0\0\0II\4\0", 0, "<", points=True),
        OLYMPUS,
    ),
    "Pentax, newer": lambda: Sample("PENTAX", pentax(0, b"PENTAX \0MM"), PENTAX),
    "Ricoh with Pentax's": lambda: Sample(
        "RICOH IMAGING COMPANY, LTD.", pentax(0, b"RICOH\0II", "<"), PENTAX
    ),
    "Reconyx HyperFire": lambda: Sample(
        "", _reconyx(b"\x01\xf1\3\0", 0x2A, WIDE), {"serial": "H500DE01120343"}
    ),
    "Reconyx UltraFire": lambda: Sample(
        "RECONYX",
        _reconyx(b"RECONYXUF\0", 0x4B, b"UFHP0123456789\0"),
        {"serial": "UFHP0123456789"},
    ),
    "Reconyx HyperFire 2": lambda: Sample(
        "RECONYX", _reconyx(b"RECONYXH2\0", 0x7E, WIDE), {"serial": "H500DE01120343"}
    ),
}
