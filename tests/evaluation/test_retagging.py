from __future__ import annotations

import functools
import io
import json
import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageSequence

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.reader import ALL_KINDS
from fpcrawler.evaluation.retagging import EDITS, Edit, blocks, coded_sha256, retagged
from tests.core.anatomy.test_anatomy import box, jxl
from tests.core.corpus import each, files
from tests.core.readings import metadata_of
from tests.pictures import KINDS, drawing, saved

TEXT = blocks.TEXT.decode()
SPLIT = {kind: make for kind, make in KINDS.items() if kind[:4] not in ("tiff", "avif")}
UNSPLIT = [kind for kind in KINDS if kind not in SPLIT]
NO_PLACE = {
    ("jpeg", "text after"),
    ("webp", "text before"),
    ("gif", "tag changed"),
    ("gif", "thumbnail added"),
}


def pixels(data: bytes) -> str:
    """Return a hash of all frames as they are decoded."""
    digest = sha256()
    with Image.open(io.BytesIO(data)) as picture:
        for frame in ImageSequence.Iterator(picture):
            digest.update(f"{frame.mode} {frame.size}".encode() + frame.tobytes())
    return digest.hexdigest()


def info(data: bytes) -> set[str]:
    """Return the names of the metadata that Pillow finds."""
    with Image.open(io.BytesIO(data)) as picture:
        picture.load()
        names = {
            "exif",
            "xmp",
            "icc_profile",
            "comment",
            "Comment",
            "XML:com.adobe.xmp",
        }
        return names & picture.info.keys()


def whole(data: bytes) -> SparseFile:
    file = SparseFile(len(data))
    file.add(0, data)
    return file


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("kind", SPLIT)
def test_a_retagged_copy_shows_the_same_picture_in_another_file(
    kind: str, edit: Edit
) -> None:
    data = SPLIT[kind](1)
    if edit == "stripped":
        data = retagged(data, "profile added") or b""
    result = retagged(data, edit)

    if (kind.partition(" ")[0], edit) in NO_PLACE:
        assert result is None
        return
    assert result not in (None, data)
    assert result is not None
    assert pixels(result) == pixels(data)
    assert coded_sha256(result) == coded_sha256(data) is not None


@pytest.mark.parametrize("kind", SPLIT)
def test_stripping_removes_everything_that_was_added(kind: str) -> None:
    bare = SPLIT[kind](2)
    bare = retagged(bare, "stripped") or bare
    tagged = bare
    for edit in EDITS[1:]:
        tagged = retagged(tagged, edit) or tagged

    assert info(tagged) - info(bare)
    # A GIF that had extensions keeps the version 89a.
    assert (retagged(tagged, "stripped") or b"")[6:] == bare[6:]
    assert (retagged(tagged + b"after the end", "stripped") or b"")[6:] == bare[6:]
    # Pillow reports an empty comment for a GIF without one.
    assert not info(bare) - {"comment"}


@pytest.mark.parametrize("edit", ["tag changed", "thumbnail added"])
@pytest.mark.parametrize("kind", SPLIT)
def test_the_tags_are_the_inserted_ones(kind: str, edit: Edit) -> None:
    before = retagged(
        SPLIT[kind](3), "thumbnail added" if edit[:3] == "tag" else "tag changed"
    )
    if before is None:
        assert kind.startswith("gif")
        return
    data = retagged(before, edit)

    assert data is not None
    metadata = metadata_of(whole(data), ALL_KINDS)
    assert metadata.exif["Image ImageDescription"] == TEXT
    assert ("Thumbnail Compression" in metadata.exif) is (edit == "thumbnail added")


@pytest.mark.parametrize("kind", [k for k in SPLIT if not k.startswith("jpeg")])
def test_the_texts_are_the_inserted_ones(kind: str) -> None:
    data = retagged(SPLIT[kind](4), "text after")

    assert data is not None
    assert metadata_of(whole(data), ALL_KINDS).xmp == {"photoshop:Headline": TEXT}


@pytest.mark.parametrize("edit", ["profile added", "large profile added"])
@pytest.mark.parametrize("kind", [k for k in SPLIT if not k.startswith("gif")])
def test_the_profile_is_whole(kind: str, edit: Edit) -> None:
    data = retagged(SPLIT[kind](5), edit)

    assert data is not None
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.info["icc_profile"] == blocks.profile(edit)


def test_profiles_are_as_long_as_they_are_called() -> None:
    lengths = [len(blocks.profile(edit)) for edit in EDITS if "profile" in edit]

    assert lengths == [60_000, 150_000]


@pytest.mark.untraced
@pytest.mark.skipif(not shutil.which("exiftool"), reason="exiftool is not installed")
def test_exiftool_finds_nothing_wrong(tmp_path: Path) -> None:
    for kind, make in SPLIT.items():
        picture = make(6)
        for number, edit in enumerate(EDITS):
            data = retagged(picture, edit)
            if data:
                (tmp_path / f"{kind}-{number}").write_bytes(data)
    found = subprocess.run(
        ["exiftool", "-j", "-warning", "-error", *tmp_path.iterdir()],
        capture_output=True,
        check=False,
    )
    wrong = {
        (report["SourceFile"].rpartition("/")[2], text)
        for report in json.loads(found.stdout)
        for name, text in report.items()
        if name in ("Warning", "Error")
        if not text.endswith("found after PNG IDAT (may be ignored by some readers)")
        if not text.endswith("found after APNG IDAT (may be ignored by some readers)")
    }

    assert len(json.loads(found.stdout)) > 80
    assert not wrong


def test_a_naked_codestream_gets_a_box_and_loses_it_again() -> None:
    boxed = jxl()
    naked = retagged(jxl(box(b"xml ", b"<x/>")), "stripped")

    assert naked is not None
    assert naked.startswith(b"\xff\x0a")
    assert naked in boxed
    assert retagged(boxed, "stripped") == naked
    for edit in EDITS[1:]:
        tagged = retagged(naked, edit)
        if "profile" in edit:
            assert tagged is None
        else:
            assert tagged is not None
            assert coded_sha256(tagged) == coded_sha256(naked) == coded_sha256(boxed)
            assert retagged(tagged, "stripped") == naked
    exif = retagged(naked, "tag changed") or b""
    assert metadata_of(whole(exif), ALL_KINDS).exif["Image ImageDescription"] == TEXT


def test_a_codestream_in_parts_is_the_same_as_in_one() -> None:
    boxed = jxl()
    stream = retagged(boxed, "stripped") or b""
    opening = boxed[: boxed.index(b"jxlc") - 4]
    parts = box(b"jxlp", bytes(4) + stream[:9_000])
    parts += box(b"jxlp", b"\x80\0\0\1" + stream[9_000:])

    assert coded_sha256(opening + parts) == coded_sha256(boxed)


def test_a_jpeg_in_jpeg_xl_keeps_what_it_is_rebuilt_from() -> None:
    assert retagged(jxl(box(b"jbrd", b"x"), box(b"Exif", bytes(9))), "stripped") is None


def test_the_last_box_may_be_without_a_length() -> None:
    boxed = jxl()
    at = boxed.index(b"jxlc") - 4
    endless = boxed[:at] + bytes(4) + boxed[at + 4 :]

    assert retagged(endless, "text after") == retagged(boxed, "text after")


def test_a_truncated_jpeg_is_retagged_too() -> None:
    data = SPLIT["jpeg"](7)[:-900]
    tagged = retagged(data, "tag changed") or b""

    assert tagged.endswith(data[-5_000:])
    assert coded_sha256(tagged) == coded_sha256(data)


def test_a_jpeg_keeps_what_decides_its_colours() -> None:
    data = SPLIT["jpeg CMYK"](8)

    assert b"Adobe" in data
    tagged = retagged(data, "tag changed") or b""
    assert b"Adobe" in (retagged(tagged, "stripped") or b"")


@pytest.mark.parametrize("kind", UNSPLIT)
def test_other_formats_are_left_alone(kind: str) -> None:
    data = KINDS[kind](9)

    assert [retagged(data, edit) for edit in EDITS] == [None] * len(EDITS)
    assert coded_sha256(data) is None


@functools.cache
def small(kind: str) -> bytes:
    if "animated" in kind:
        return SPLIT[kind](0)
    return saved(drawing(0, (24, 16)), kind.split(maxsplit=1)[0].upper())


@pytest.mark.untraced
@pytest.mark.parametrize("kind", SPLIT)
@settings(deadline=None)  # the first example makes the picture
@given(st.data())
def test_a_broken_file_is_left_alone_or_keeps_its_coded_bytes(
    kind: str, data: st.DataObject
) -> None:
    original = bytearray(small(kind))
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(original) - 1))
        original[at] = data.draw(st.integers(0, 255))
    broken = bytes(original[: data.draw(st.integers(0, len(original)))])
    edit = data.draw(st.sampled_from(EDITS))

    result = retagged(broken, edit)
    assert result is None or coded_sha256(result) == coded_sha256(broken) is not None


@pytest.mark.untraced
@each(files())
def test_a_retagged_copy_of_a_real_file_keeps_its_coded_bytes(path: Path) -> None:
    data = path.read_bytes()
    coded = coded_sha256(data)

    for edit in EDITS:
        result = retagged(data, edit)
        assert result is None or coded_sha256(result) == coded is not None


@pytest.mark.parametrize("kind", SPLIT)
def test_one_other_coded_byte_is_another_picture(kind: str) -> None:
    data = SPLIT[kind](10)
    middle = len(data) // 2
    other = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]

    assert coded_sha256(other) != coded_sha256(data)
