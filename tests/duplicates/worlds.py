"""Draw lists of records, called worlds, that have more in common than by chance."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fpcrawler.core.fingerprint.digests import FILE_DIGESTS

if TYPE_CHECKING:
    from random import Random

Record = dict[str, Any]

RICH = {
    "sample_coded": 9_000,
    "sample_deflated": 8_000,
    "picture_coded": 4_096,
    "picture_deflated": 4_000,
    "is_constant_size": False,
    "is_upper_bound": False,
    "ends_in_checksum": False,
}
THICK = {**RICH, "blocks_deflated": 2_000}
EVIDENCE = [
    RICH,
    THICK,
    {**RICH, "blocks_deflated": 900},
    {**THICK, "is_upper_bound": True},
    {**THICK, "is_constant_size": True},
    {**THICK, "is_divided": True},
    {**RICH, "picture_coded": 3_000},
    {**RICH, "is_constant_size": True},
    {**RICH, "is_upper_bound": True},
    {**RICH, "ends_in_checksum": True},
    {**RICH, "ends_in_checksum": True, "is_constant_size": True},
    {},
]

CONTENTS = [
    (300_000, "s0", "p0", 290_000, "e0"),
    (300_100, "s1", "p0", 290_000, "e0"),  # the first one, with other tags
    (300_100, "s2", "p0", 290_000, "e1"),  # a picture that starts with the same bytes
    (300_200, "s0", "p1", 290_000, "e2"),  # the first one's tags
    (300_300, "s0", "p2", 4_000, "e3"),
    (500, "s3", "p3", 400, "e4"),
    (500, "s4", "p3", 400, "e4"),
]
"""Size, sample, picture, its length and its end of files that differ."""


OFFSETS = [(), (8_000, 90_000), (70_000, 90_000), (90_000,)]
BLOCKS: list[list[tuple[int, str]]] = [
    [],
    [(8_000, "b1"), (90_000, "b2")],
    [(8_000, "b1"), (90_000, "b3")],
    [(8_000, "b1"), (70_000, "b4"), (90_000, "b2")],
    [(6_000, "b5"), (90_000, "b3")],
    [(90_000, "b2")],
    [(4_096, "b6"), (5_120, "b7")],
]
"""Offsets and contents of blocks: of some pairs none is shared, equal or different."""


def digest(text: str, digits: int = 64) -> str:
    return (2 * sha256(text.encode()).hexdigest())[:digits]


def blocks(*pairs: tuple[int, str]) -> dict[str, str]:
    return {str(offset): digest(text) for offset, text in pairs}


def honest(drawn: Random) -> list[Record]:
    """Draw records of some of the files; some of their fields may be unknown."""
    return [_honest(drawn) for _ in range(drawn.randint(2, 9))]


def pair(drawn: Random) -> list[Record]:
    """Draw two records that may contradict each other."""
    return _related(drawn, 2)


def contradicting(drawn: Random) -> list[Record]:
    """Draw records that may contradict each other, the last two twice."""
    records = _related(drawn, drawn.randint(2, 8))
    return [*records, *records[-2:]]


def _honest(drawn: Random) -> Record:
    number = drawn.randrange(len(CONTENTS))
    size, sample, picture, length, end = CONTENTS[number]
    known = drawn.randint(0, 3)  # of the picture: nothing, its hash, its length …
    places = drawn.choice(OFFSETS) if known > 1 else ()
    return {
        "image_size": drawn.choice([size, size, None]),
        "sha256_first_10240_bytes": digest(sample),
        "picture_sha256": digest(picture) if known > 0 else None,
        "picture_length": length if known > 1 else None,
        "end_sha256": digest(end) if known > 2 else None,
        "blocks_sha256": blocks(*((at, f"{picture} {end} {at}") for at in places)),
        "evidence": drawn.choice(EVIDENCE),
        "server_digests": {
            kind: digest(f"{number} {kind}", FILE_DIGESTS[kind].digits)
            for kind in drawn.sample([*FILE_DIGESTS], drawn.randint(0, 2))
        },
    }


def _related(drawn: Random, count: int) -> list[Record]:
    """Draw records; about half of the fields of each are those of the first."""
    first, *others = (_any_record(drawn) for _ in range(count))
    mixed = [
        {name: drawn.choice([first[name], other[name]]) for name in other}
        for other in others
    ]
    for record in mixed:
        if record["picture_sha256"] is None or record["picture_length"] is None:
            record.update(picture_length=None, end_sha256=None, blocks_sha256={})
    return [first, *mixed]


def _any_record(drawn: Random) -> Record:
    """Draw a record that may contradict any other."""

    def one_of(*values: str | None) -> str | None:
        value = drawn.choice(values)
        return digest(value) if value else None

    picture = one_of("p1", "p2", None)
    length = drawn.choice([290_000, 4_000, None]) if picture else None
    return {
        "image_size": drawn.choice([300_000, 300_100, 500, None]),
        "sha256_first_10240_bytes": one_of("s1", "s2", None),
        "picture_sha256": picture,
        "picture_length": length,
        "end_sha256": one_of("e1", "e2", None) if length else None,
        "blocks_sha256": blocks(*drawn.choice(BLOCKS)) if length else {},
        "evidence": drawn.choice(EVIDENCE),
        "server_digests": {
            kind: digest(drawn.choice(["d1", "d2"]), FILE_DIGESTS[kind].digits)
            for kind in drawn.sample(["md5", "sha1", "crc32"], drawn.randint(0, 3))
        },
        "file_digests": {"sha256": one_of("f1", "f2", None, None, None)},
    }
