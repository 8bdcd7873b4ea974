"""Notes whose offsets count from the TIFF header of the block."""

from __future__ import annotations

from collections.abc import Callable

from tests.core.metadata.makers.notes import (
    AT,
    LONG,
    OLYMPUS,
    PENTAX,
    RAW,
    TEXT,
    Entries,
    Sample,
    enciphered,
    headed,
    ifd,
    long,
    olympus,
    pentax,
)


def _canon() -> bytes:
    return ifd(
        [
            (0x06, TEXT, b"IMG:EOS 20D JPEG\0"),
            (0x09, TEXT, "José Muñoz".encode("cp1252").ljust(32, b"\0")),
            (0x0C, LONG, long(730407016)),
            (0x28, RAW, bytes.fromhex("c400acb4735179397b45f73d000f7042")),
            (0x95, TEXT, b"EF50mm f/1.8 STM".ljust(70, b"\0")),
            (0x96, TEXT, b"ZA2146315" + b"\xff" * 7),
            (0x4019, RAW, bytes.fromhex("0000214e1c") + bytes(25)),
        ]
    )


CANON = {
    "serial": "730407016",
    "internal_serial": "ZA2146315",
    "lens": "EF50mm f/1.8 STM",
    "lens_serial": "0000214e1c",
    "owner": "José Muñoz",
    "image_id": "c400acb4735179397b45f73d000f7042",
}


def _sony(first: int, serial: bytes, header: bytes = b"") -> bytes:
    plain = bytes([7]) * first + serial + bytes(200)
    entries: Entries = [
        (0x2031, TEXT, b"40302015\0"),
        (0x9050, RAW, enciphered(plain)),
    ]
    return headed(header, entries, base=AT, gap=0)


TIFF_BASED: dict[str, Callable[[], Sample]] = {
    "Canon": lambda: Sample("Canon", _canon(), CANON),
    "Canon in a block of the other order": lambda: Sample(
        "Canon", _canon(), CANON, order=">"
    ),
    "Canon EOS 5D": lambda: Sample(
        "Canon",
        ifd([(0x96, RAW, b"\1" * 9 + b"FA0381304\0")]),
        {"internal_serial": "FA0381304"},
        model="Canon EOS 5D",
    ),
    "Kodak without header": lambda: Sample(
        "EASTMAN KODAK COMPANY",
        ifd([(0xFC00, RAW, ifd([(0xFA19, TEXT, b"KCXHZ81300092\0")], first=0))]),
        {"serial": "KCXHZ81300092"},
    ),
    "Leica by Panasonic": lambda: Sample(
        "LEICA",
        headed(b"LEICA\0\0\0", [(0x25, RAW, b"F590703050253\0\0\0")], base=AT),
        {"internal_serial": "F590703050253"},
    ),
    "Leica D-Lux 7": lambda: Sample(
        "LEICA CAMERA AG",
        headed(b"LEICA CAMERA AG\0\0\0", [(0x52, TEXT, b"0123456789A  \0")], base=AT),
        {"lens_serial": "0123456789A"},
    ),
    "Leica Q": lambda: Sample(
        "LEICA CAMERA AG",
        headed(b"LEICA\0\x08\0", [(0x500, RAW, b"LQA1506230042\0")], base=AT),
        {"internal_serial": "LQA1506230042"},
    ),
    "Nikon without header": lambda: Sample(
        "NIKON",
        ifd([(1, RAW, b"0100"), (0xA0, TEXT, b"NO= 3000b03c\0")]),
        {"serial": "NO= 3000b03c"},
    ),
    "Olympus E-1": lambda: Sample(
        "OLYMPUS CORPORATION", olympus(b"OLYMP\0\2\0", AT, "<", points=False), OLYMPUS
    ),
    "Olympus E-20": lambda: Sample(
        "OLYMPUS OPTICAL CO.,LTD",
        headed(
            b"OLYMP\0\1\0", [(0x101A, TEXT, b"203001592".ljust(32, b"\0"))], ">", AT
        ),
        {"serial": "203001592"},
        order=">",
    ),
    "Panasonic": lambda: Sample(
        "Panasonic",
        headed(
            b"Panasonic\0\0\0",
            [
                (0x25, RAW, b"F000501140053\0\xff\xdd"),
                (0x51, TEXT, b"LUMIX G 20/F1.7\0"),
                (0x52, TEXT, b"09JG1201234  \0"),
            ],
            base=AT,
            gap=0,
        ),
        {
            "internal_serial": "F000501140053",
            "lens": "LUMIX G 20/F1.7",
            "lens_serial": "09JG1201234",
        },
    ),
    "Pentax": lambda: Sample(
        "PENTAX Corporation", pentax(AT, b"AOC\0MM"), PENTAX, order=">"
    ),
    "Ricoh": lambda: Sample(
        "RICOH",
        headed(b"Ricoh\0\0\0", [(5, RAW, b"0000000012345679")], ">", AT),
        {"serial": "0000000012345679"},
        order=">",
    ),
    "Ricoh with a number of bytes": lambda: Sample(
        "RICOH",
        headed(
            b"RICOH\0\0\0",
            [(5, RAW, bytes.fromhex("00000000000000012207000003100957"))],
            ">",
            AT,
        ),
        {"internal_serial": "00000000000000012207000003100957"},
        order=">",
    ),
    "Samsung": lambda: Sample(
        "SAMSUNG",
        ifd(
            [
                (1, RAW, b"0100"),
                (0xA002, TEXT, b"A0F1C50C300123\0"),
                (0xA005, TEXT, b"121A3B4C5D\0"),
            ],
            first=0,
        ),
        {"serial": "A0F1C50C300123", "lens_serial": "121A3B4C5D"},
    ),
    "Sigma": lambda: Sample(
        "SIGMA",
        headed(b"SIGMA\0\0\0\0\2", [(2, TEXT, b"01001403\0")], ">", AT),
        {"serial": "01001403"},
        order=">",
    ),
    "Sony": lambda: Sample(
        "SONY",
        _sony(0x88, bytes.fromhex("0dff0000f608"), b"SONY DSC \0\0\0"),
        {"serial": "15203040", "internal_serial": "0dff0000f608"},
        model="ILCE-7SM3",
    ),
    "Sony without header": lambda: Sample(
        "SONY",
        _sony(0xF0, bytes.fromhex("0102030405")),
        {"serial": "15203040", "internal_serial": "0102030405"},
        model="SLT-A77V",
    ),
}
