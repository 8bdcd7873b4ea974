"""``picture_length`` is the number of coded bytes, or null: never a guess."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fpcrawler.core.anatomy import read_anatomy
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.evidence import Fingerprint
from fpcrawler.core.fingerprint.rules import VerdictName
from fpcrawler.core.fingerprint.verdicts import verdict
from tests.core.anatomy.test_anatomy import chunk, jxl, png, riff, webp
from tests.core.fingerprint.test_picture import FORMATS, fed, whole
from tests.core.readings import picture_of

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.picture import PictureReading

NOISE = random.Random(1).randbytes(400_000)
# Six of eight bits: deflate compresses it, so that its length is evidence.
STREAM = zlib.compress(NOISE.translate(bytes(range(64)) * 4))
HEADER = chunk(b"IHDR", struct.pack(">IIBBBBB", 500, 500, 8, 0, 0, 0, 0))
CLEAN_END = chunk(b"IEND", b"")


def lengths_of(total: int, *first: int, then: int) -> list[int]:
    """Return the lengths ``first``, then ``then`` repeated, then the rest."""
    left = total - sum(first)
    return [*first, *[then] * (left // then), left % then]


N = len(STREAM)
SPLITS = {
    "one": [N],
    "equal": lengths_of(N, then=8_192),
    "equal and large": lengths_of(N, then=65_536),
    "a zlib header alone": lengths_of(N, 2, then=8_192),
    "an empty one first": lengths_of(N, 0, then=8_192),
    "empty ones between": [*[8_192, 0] * (N // 8_192), N % 8_192],
    "unequal": lengths_of(N, *(8_192 - 7 * k for k in range(30)), then=9_000),
    "a short one first": lengths_of(N, 3_000, then=30_000),
    "all but the first in one": [8_192, N - 8_192],
}
REGULAR = {"one", "equal", "equal and large"}


def coded(lengths: Sequence[int], stream: bytes = STREAM) -> bytes:
    bounds = pairwise([0, *accumulate(lengths)])
    return b"".join(chunk(b"IDAT", stream[at:end]) for at, end in bounds)


def file_of(
    idats: bytes, *, before: bytes = b"", after: bytes = CLEAN_END
) -> tuple[bytes, int]:
    """Return a PNG file, and the length of its coded data in bytes."""
    head = b"\x89PNG\r\n\x1a\n" + HEADER + before
    return head + idats + after, len(idats) - 12


ENDINGS: dict[str, Callable[[bytes], tuple[bytes, int]]] = {
    "clean": file_of,
    "a text": lambda i: file_of(i, after=chunk(b"tEXt", b"a\0b") + CLEAN_END),
    "a long text": lambda i: file_of(
        i, after=chunk(b"tEXt", b"a\0" + NOISE[:30_000]) + CLEAN_END
    ),
    "a profile": lambda i: file_of(i, before=chunk(b"iCCP", NOISE[:3_000])),
    "a line feed": lambda i: file_of(i, after=CLEAN_END + b"\n"),
    "100 KB": lambda i: file_of(i, after=CLEAN_END + NOISE[-100_000:]),
    "another picture": lambda i: file_of(i, after=CLEAN_END + png()),
    "another picture and a line feed": lambda i: file_of(
        i, after=CLEAN_END + png() + b"\n"
    ),
    "cut in its end": lambda i: file_of(i, after=CLEAN_END[:6]),
    "no end": lambda i: file_of(i, after=b""),
    "cut in a CRC": lambda i: file_of(i[:-2], after=b""),
    "cut in the coded data": lambda i: file_of(i[:-500], after=b""),
    "cut in the middle": lambda i: file_of(i[: len(i) // 2], after=b""),
}
WHOLE = {"clean", "a text", "a long text", "a profile"}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("split", SPLITS)
def test_the_length_of_a_png_is_true_or_unknown(split: str, ending: str) -> None:
    data, length = ENDINGS[ending](coded(SPLITS[split]))

    for reading in (fed(data)[0], picture_of(whole(data))):
        assert reading.sha256 == picture_of(whole(data)).sha256
        if ending.startswith(("cut", "no end")):
            assert reading.length is None
            assert reading.end_sha256 is None
        elif split in REGULAR and ending in WHOLE:
            assert reading.length == length
        else:
            assert reading.length in (length, None)


@pytest.mark.untraced
@given(
    lengths=st.lists(st.integers(0, 40_000), min_size=1, max_size=30),
    trailing=st.integers(0, 100_000),
    cut=st.integers(1, 50_000),
)
@example(lengths=[8_192, 100, 9_000, 8_000], trailing=1, cut=1)
@settings(max_examples=150, deadline=None)
def test_no_split_gives_a_wrong_length(
    lengths: list[int], trailing: int, cut: int
) -> None:
    data, length = file_of(coded(lengths))

    assert fed(data + NOISE[:trailing])[0].length in (length, None)
    if cut > len(CLEAN_END):  # a shorter cut leaves the picture complete
        assert fed(data[:-cut])[0].length is None


def fingerprint(data: bytes) -> Fingerprint:
    reading: PictureReading = fed(data)[0]
    return Fingerprint(
        picture_sha256=reading.sha256,
        picture_length=reading.length,
        end_sha256=reading.end_sha256,
        evidence=reading.evidence,
    )


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("trailing", [b"\n", NOISE[-100_000:]])
def test_different_pngs_with_bytes_after_their_end_are_not_one(
    split: str, trailing: bytes
) -> None:
    lengths = [*SPLITS[split][:-1], SPLITS[split][-1] - 3]
    first, _ = file_of(coded(SPLITS[split]))
    second, _ = file_of(coded(lengths))
    judged = verdict(fingerprint(first + trailing), fingerprint(second + trailing))

    assert judged is None or judged.name is not VerdictName.SAME_PICTURE


def test_the_frames_of_an_animation_need_no_common_length() -> None:
    control = chunk(b"acTL", struct.pack(">II", 12, 0))
    frames = b"".join(
        chunk(b"fcTL", struct.pack(">I", k) + bytes(22))
        + chunk(b"fdAT", struct.pack(">I", k) + NOISE[: 9_000 + 71 * k])
        for k in range(11)
    )
    data, length = file_of(coded([9_000]) + frames, before=control)

    assert fed(data)[0].length == length
    assert fed(data + b"\n")[0].length in (length, None)
    assert fed(data[:-30])[0].length is None


FRAME = riff(b"ANMF", bytes(16) + NOISE[:9_000])
COUNTED = {
    name: FORMATS[name]
    for name in (
        *("WebP", "lossless WebP", "WebP with alpha", "animated WebP", "AVIF"),
        *("HEIC", "HEIC of tiles", "TIFF", "deflated TIFF", "ICO", "JPEG 2000", "RAF"),
    )
} | {
    "JPEG XL": jxl(),
    "WebP of many frames": webp(*[FRAME] * 20, flags=0x02),
}


@pytest.mark.parametrize("name", COUNTED)
def test_a_container_that_counts_its_data_ends_where_it_says(name: str) -> None:
    data = COUNTED[name]
    picture = picture_of(whole(data))
    assert picture.length is not None

    appended = data + NOISE[-1_000:]
    assert fed(appended)[0].length == picture.length
    assert fed(appended)[0].sha256 == picture.sha256


@pytest.mark.parametrize("name", COUNTED)
def test_a_container_that_is_cut_in_its_data_has_no_length(name: str) -> None:
    data = COUNTED[name]
    picture = read_anatomy(whole(data), has_picture=True).picture
    assert picture is not None
    end = max(extent.end for extent in picture.extents)

    for cut in (data[: end - 1], data[: end - 300]):
        for reading in (fed(cut)[0], picture_of(whole(cut))):
            assert reading.length is None
            assert reading.end_sha256 is None


def test_the_hash_is_known_while_the_end_of_a_png_is_sought() -> None:
    data, _ = file_of(
        coded(lengths_of(N, *(60_000 + k for k in range(4)), then=9_000)),
        after=CLEAN_END + NOISE[:20_000],
    )
    sample = SparseFile(len(data))
    sample.add(0, data[:10_241])
    reading = picture_of(sample)

    assert reading.needs
    assert reading.sha256 == picture_of(whole(data)).sha256 is not None
    assert reading.length is None
