"""Files of every container with IPTC and texts, and with pictures in texts."""

from __future__ import annotations

import struct

from tests.containers import app1, jpeg, png
from tests.end_to_end.cases import Case
from tests.end_to_end.xmp_variants import (
    AUTHOR,
    BASE64,
    LABEL,
    LONG_TEXT,
    PICTURE,
    packet,
)
from tests.metadata_containers import (
    COMMENT,
    WITH_IPTC,
    WITH_TEXT,
    WITH_XMP,
    comment_extension,
    comment_segment,
    gif,
    text_chunk,
)
from tests.tiffs import ASCII, EXIF_IFD, LONG, UNDEFINED, tiff

# --- IPTC ---------------------------------------------------------------------


def datasets(*values: tuple[int, int, bytes]) -> bytes:
    return b"".join(
        bytes([0x1C, record, dataset]) + struct.pack(">H", len(value)) + value
        for record, dataset, value in values
    )


_DATASETS = datasets(
    (1, 90, b"\x1b%G"),
    (2, 0, b"\0\4"),
    (2, 80, AUTHOR.encode()),
    (2, 25, b"harbour"),
    (2, 25, b"ship"),
    (2, 120, LONG_TEXT.encode()),
    (8, 202, PICTURE),
)
_IPTC = {
    "CodedCharacterSet": "UTF8",
    "ApplicationRecordVersion": "4",
    "By-line": AUTHOR,
    "Keywords": "harbour; ship",
    "Caption-Abstract": LONG_TEXT,
    "ObjectPreviewData": LABEL,
}
_WITHOUT_CHARACTER_SET = datasets((2, 80, "José Muñoz".encode("cp1252")))

# --- Texts --------------------------------------------------------------------

_PROMPT = f"a cät\nNegative prompt: dog\nSteps: 20, Seed: 42, {LONG_TEXT}"
_WORKFLOW = '{"3": {"class_type": "KSampler", "inputs": {"seed": 42}}}'
_IN_TAIL = _PROMPT[:3_000]
"""A GIF is searched for a comment after the picture in its last 4,096 bytes."""

_TOO_LONG = "0123456789" * 7_000
_CUT = _TOO_LONG[: 65_536 - len("…".encode())] + "…"

_SEVERAL = (
    Case(
        name="texts.png",
        data=png(
            text_chunk("tEXt", "prompt", _WORKFLOW),
            text_chunk("iTXt", "Author", AUTHOR),
            after=text_chunk("zTXt", "workflow", _WORKFLOW),
        ),
        texts=(("prompt", _WORKFLOW), ("Author", AUTHOR), ("workflow", _WORKFLOW)),
    ),
    Case(
        name="texts.jpg",
        data=jpeg(comment_segment(AUTHOR), comment_segment("LEAD Technologies")),
        texts=((COMMENT, AUTHOR), (COMMENT, "LEAD Technologies")),
    ),
    Case(
        name="texts.gif",
        data=gif(before=comment_extension(AUTHOR), after=comment_extension(_IN_TAIL)),
        texts=((COMMENT, AUTHOR), (COMMENT, _IN_TAIL)),
    ),
    *(
        Case(
            name=f"too-long.{ending}",
            data=WITH_TEXT[ending]("parameters", _TOO_LONG),
            texts=(("parameters" if ending.endswith("png") else COMMENT, _CUT),),
            status={"texts": "incomplete"},
        )
        for ending in ("text.png", "compressed.png", "last.png", "gif")
    ),
)

# --- Pictures in texts --------------------------------------------------------

_URL = f"see data:image/jpeg;base64,{BASE64} here"
_SHOWN = f"see {LABEL} here"
_PICTURES = (
    Case(
        name="picture-in-xmp.jpg",
        data=WITH_XMP["jpg"](packet(f"<dc:title>{_URL}</dc:title>").encode()),
        xmp={"dc:title": _SHOWN},
    ),
    Case(
        name="picture-in-iptc.jpg",
        data=WITH_IPTC["jpg"](datasets((2, 120, _URL.encode()))),
        iptc={"Caption-Abstract": _SHOWN},
    ),
    *(
        Case(
            name=f"picture-in-text.{ending}",
            data=build("preview", _URL),
            texts=(("preview" if ending.endswith("png") else COMMENT, _SHOWN),),
        )
        for ending, build in WITH_TEXT.items()
    ),
    Case(
        name="picture-in-exif.jpg",
        data=jpeg(
            app1(
                tiff(
                    (0x010E, ASCII, _URL.encode() + b"\0"),
                    (
                        EXIF_IFD,
                        LONG,
                        [(0x9286, UNDEFINED, b"ASCII\0\0\0" + _URL.encode())],
                    ),
                )
            )
        ),
        exif={"Image ImageDescription": _SHOWN},
        user_comment=_SHOWN,
    ),
)


BUILT = (
    *(
        Case(name=f"iptc.{ending}", data=build(_DATASETS), iptc=_IPTC)
        for ending, build in WITH_IPTC.items()
    ),
    *(
        Case(
            name=f"iptc-windows.{ending}",
            data=build(_WITHOUT_CHARACTER_SET),
            iptc={"By-line": "José Muñoz"},
        )
        for ending, build in WITH_IPTC.items()
    ),
    *(
        Case(
            name=f"text.{ending}",
            data=build("parameters", text),
            texts=(("parameters" if ending.endswith("png") else COMMENT, text),),
        )
        for ending, build in WITH_TEXT.items()
        for text in (_IN_TAIL if ending == "last.gif" else _PROMPT,)
    ),
    *_SEVERAL,
    *_PICTURES,
)
