"""Files of every container with EXIF of each kind that was read wrongly."""

from __future__ import annotations

from tests.containers import (
    JPG_TIFF_EXIF,
    PHOTOSHOP_EXIF,
    WITH_EXIF,
    app1,
    box,
    brob,
    chunk,
    cr3,
    exif_item,
    heif,
    jp2,
    jpeg,
    jxl,
    png,
    raw_profile,
    riff,
    webp,
)
from tests.end_to_end.cases import Case
from tests.end_to_end.exif_cases import TAKEN
from tests.tiffs import (
    ASCII,
    BYTE,
    EXIF_IFD,
    GPS_IFD,
    LONG,
    RATIONAL,
    UNDEFINED,
    UTF8,
    Field,
    tiff,
)

TITLE = "Grüße из 山"
COMMENT = "tall ships and " * 200 + "the end"
UTF16 = {"<": "utf-16-le", ">": "utf-16-be"}


def main_fields() -> list[Field]:
    """Return fields of the main IFD: UTF-8, UTF-16, Windows-1252, two copyrights."""
    return [
        (0x010E, UTF8, f"{TITLE}\0".encode()),
        (0x010F, ASCII, b"Acme\0"),
        (0x013B, ASCII, "José Muñoz\0".encode("cp1252")),
        (0x8298, ASCII, b" \0John Editor\0"),
        # Microsoft's tags are UTF-16LE in blocks of either byte order.
        (0x9C9B, BYTE, f"{TITLE}\0".encode("utf-16-le")),
        (0x9C9C, BYTE, f"{COMMENT}\0".encode("utf-16-le")),
    ]


def exif_fields(order: str) -> list[Field]:
    return [
        (0x9003, ASCII, f"{TAKEN}\0".encode()),
        (0x9286, UNDEFINED, b"UNICODE\0" + COMMENT.encode(UTF16[order])),
        (0xA437, UTF8, f"{TITLE}\0".encode()),
    ]


def gps_fields(order: str) -> list[Field]:
    return [
        (0x0001, ASCII, b"N\0"),
        (0x0002, RATIONAL, (48, 1, 51, 1, 30, 1)),
        (0x001B, UNDEFINED, b"ASCII\0\0\0NETWORK"),
        (0x001C, UNDEFINED, b"UNICODE\0" + TITLE.encode(UTF16[order])),
    ]


TEXTS = {
    "Image ImageDescription": TITLE,
    "Image Make": "Acme",
    "Image Artist": "José Muñoz",
    "Image Copyright": "John Editor",
    "Image XPTitle": TITLE,
    "Image XPComment": COMMENT,
    "EXIF DateTimeOriginal": TAKEN,
    "EXIF Photographer": TITLE,
    "GPS GPSLatitude": "[48, 51, 30]",
    "GPS GPSProcessingMethod": "NETWORK",
    "GPS GPSAreaInformation": TITLE,
}


def texts(order: str, *, is_big: bool = False) -> bytes:
    """Return a block of all kinds of texts, longer than a sample."""
    return tiff(
        *main_fields(),
        (EXIF_IFD, LONG, exif_fields(order)),
        (GPS_IFD, LONG, gps_fields(order)),
        order=order,
        is_big=is_big,
    )


IN_IFD0 = tiff((0x010F, ASCII, b"Acme\0"), (0x9286, UNDEFINED, b"ASCII\0\0\0hello"))
"""UserComment outside the Exif IFD."""

FIRST = tiff((0x010F, ASCII, b"Acme\0"), (0x0131, ASCII, b"first software\0"))
SECOND = tiff(
    (0x0131, ASCII, b"second software\0"),
    (EXIF_IFD, LONG, [(0x9003, ASCII, f"{TAKEN}\0".encode())]),
    order=">",
)
UNION = {
    "Image Make": "Acme",
    "Image Software": "first software",
    "EXIF DateTimeOriginal": TAKEN,
}
TWO_BLOCKS = {
    "jpg": jpeg(app1(FIRST), app1(SECOND)),
    # The blocks differ in byte order, so the second does not continue the first.
    "continued.jpg": jpeg(app1(FIRST, pieces=2), app1(SECOND, pieces=2)),
    "png": png(chunk(b"eXIf", FIRST), raw_profile(SECOND)),
    "plain-last.png": png(raw_profile(SECOND), after=chunk(b"eXIf", FIRST)),
    "webp": webp(riff(b"EXIF", FIRST), riff(b"EXIF", SECOND)),
    "heic": heif(exif_item(FIRST), SECOND),
    "avif": heif(FIRST, exif_item(SECOND), brand=b"avif"),
    "jxl": jxl(box(b"Exif", exif_item(FIRST)), brob(b"Exif", exif_item(SECOND))),
    "jp2": jp2(
        box(b"uuid", JPG_TIFF_EXIF + FIRST), box(b"uuid", PHOTOSHOP_EXIF + SECOND)
    ),
}


def past_the_end(order: str) -> bytes:
    """Return a block whose last text counts more bytes than the file has."""
    block = bytearray(tiff((0x013B, ASCII, b"Jane Roe, photographer\0"), order=order))
    block[14:18] = (5_000).to_bytes(4, "little" if order == "<" else "big")
    return bytes(block)


def canon(order: str) -> bytes:
    """Return a CR3: each of its blocks has the fields of one IFD."""
    return cr3(
        CMT1=tiff(*main_fields(), order=order),
        CMT2=tiff(*exif_fields(order), order=order),
        CMT4=tiff(*gps_fields(order), order=order),
    )


TEXT_FILES = {
    f"texts-{name}.{ending}": build(texts(order))
    for ending, build in WITH_EXIF.items()
    for name, order in (("little", "<"), ("big", ">"))
} | {
    "texts-little.cr3": canon("<"),
    "texts-big.cr3": canon(">"),
    "texts-little.btf": texts("<", is_big=True),
    "texts-big.btf": texts(">", is_big=True),
}
BUILT = (
    *(
        Case(name=name, data=data, exif=TEXTS, user_comment=COMMENT)
        for name, data in TEXT_FILES.items()
    ),
    *(
        Case(
            name=f"ifd0.{ending}",
            data=build(IN_IFD0),
            exif={"Image Make": "Acme"},
            user_comment="hello",
        )
        for ending, build in WITH_EXIF.items()
    ),
    *(
        Case(name=f"two.{ending}", data=data, exif=UNION)
        for ending, data in TWO_BLOCKS.items()
    ),
    *(
        Case(
            name=f"past-the-end-{name}.tif",
            data=past_the_end(order),
            exif={"Image Artist": "Jane Roe, photographer"},
        )
        for name, order in (("little", "<"), ("big", ">"))
    ),
)
