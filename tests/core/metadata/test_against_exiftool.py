"""Device, location and time of real files, compared with ExifTool's reading."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from tests.core.corpus import CORPUS, files
from tests.core.metadata.makers.real import identified

if TYPE_CHECKING:
    from fpcrawler.core.metadata.origin import Origin

Tags = dict[str, object]

CASES = CORPUS.parent / "cases"
ORACLE = CASES / "devices-exiftool.json"
needs_devices = pytest.mark.skipif(
    not ORACLE.exists(), reason="cases/devices is missing"
)
needs_corpus = pytest.mark.skipif(
    not CORPUS.exists() or not shutil.which("exiftool"),
    reason="the corpus or exiftool is missing",
)

WITH_METADATA = ("seed", "metadata-near", "metadata-straddling", "metadata-far")

SERIALS = {
    "serial": "SerialNumber",
    "internal_serial": "InternalSerialNumber",
    "lens_serial": "LensSerialNumber",
}
PLACEHOLDERS = {"", "0", "0000000000", "000000000000"}

# ExifTool takes the commas in 52,00000,50,00000,34,01180 for spaces: 52 degrees 0'.
# Two EXIF blocks in one PNG: exiv2 is right, ExifTool reads none of them.
KNOWN_OTHERS = ("geodegrees_as_string.jpg", "exif-both.png")

# ExifTool reads thermal data only if all their segments are here.
CUT_SEGMENTS = "FLIR_iPhone_device.jpg"


@pytest.fixture(scope="module")
def devices() -> dict[Path, Tags]:
    rows = json.loads(ORACLE.read_text())
    return {CASES / "devices" / row["SourceFile"]: row for row in rows}


@pytest.fixture(scope="module")
def corpus() -> dict[Path, Tags]:
    command = ["exiftool", "-n", "-j", "-a", "-G1", *map(str, files(*WITH_METADATA))]
    done = subprocess.run(command, capture_output=True, check=False)
    rows = json.loads(done.stdout)
    return {Path(row["SourceFile"]): row for row in rows}


def _serials(tags: Tags) -> set[tuple[str, str]]:
    """Return the fields and texts of the serials, less those that are not text."""
    found = set()
    for name, value in tags.items():
        for field, ending in SERIALS.items():
            text = str(value).strip()
            if name.partition(":")[2] != ending or text in PLACEHOLDERS:
                continue
            if not text.isprintable():
                continue
            if name == "Sony:InternalSerialNumber":
                text = bytes(map(int, text.split())).hex()
            # ExifTool prints a question mark for a byte that is not text.
            found.add((field, text.rstrip("?")))
    return found


def _values(origin: Origin) -> set[tuple[str, str]]:
    values = {(field, getattr(origin.device, field)) for field in SERIALS}
    return {(field, text) for field, text in values if text}


def _compare_serials(rows: dict[Path, Tags]) -> None:
    expected = {(path, *pair) for path, tags in rows.items() for pair in _serials(tags)}
    read = {(path, *pair) for path in rows for pair in _values(identified(path))}
    # A file of which ExifTool reads nothing, because it is broken, says nothing.
    readable = {
        path
        for path, tags in rows.items()
        if "ExifTool:Warning" not in tags and path.name != CUT_SEGMENTS
    }

    assert {row for row in read if row[0] in readable} <= expected
    assert len(read & expected) >= 0.95 * len(expected)


@needs_devices
def test_the_serials_of_the_devices_are_exiftools(devices: dict[Path, Tags]) -> None:
    _compare_serials(devices)


@needs_corpus
def test_the_serials_of_the_corpus_are_exiftools(corpus: dict[Path, Tags]) -> None:
    _compare_serials(corpus)


@needs_devices
def test_nine_of_ten_devices_are_known_without_a_request_for_the_note(
    devices: dict[Path, Tags],
) -> None:
    whole = {path: _values(identified(path)) for path in devices}
    known = [path for path, values in whole.items() if values]
    sample = [
        path for path in known if _values(identified(path, SAMPLE_BYTES)) == whole[path]
    ]

    assert len(sample) >= 0.9 * len(known)


def _location_differs(tags: Tags, origin: Origin) -> bool:
    here = origin.location
    for axis, value in (("Latitude", here.latitude), ("Longitude", here.longitude)):
        texts = [tags.get(f"{group}:GPS{axis}") for group in ("Composite", "XMP-exif")]
        known = next((text for text in texts if isinstance(text, int | float)), None)
        if value is None or known is None:
            # 0 degrees without a fix; ExifTool reports them.
            if value is not known and known != 0:
                return True
        elif abs(value - known) > 1e-6:
            return True
    return False


def _time_differs(tags: Tags, origin: Origin) -> bool:
    known = str(tags.get("ExifIFD:DateTimeOriginal", "")).strip()
    if not known or known.startswith("0000"):
        return False
    taken = origin.taken
    written = str(tags.get("ExifIFD:OffsetTimeOriginal", "")).strip() or None
    offset = taken.offset if taken.offset_source == "written" else None
    local = (taken.local or "").replace("-", ":").replace("T", " ")
    return local[:19] != known[:19] or offset != written


@needs_devices
def test_places_and_times_of_the_devices_are_exiftools(
    devices: dict[Path, Tags],
) -> None:
    for path, tags in devices.items():
        origin = identified(path)

        assert not _location_differs(tags, origin), path
        assert not _time_differs(tags, origin), path


@needs_corpus
def test_places_and_times_of_the_corpus_are_exiftools(corpus: dict[Path, Tags]) -> None:
    for path, tags in corpus.items():
        if path.name.endswith(KNOWN_OTHERS) or "ExifTool:Warning" in tags:
            continue
        origin = identified(path)

        assert not _location_differs(tags, origin), path
        assert not _time_differs(tags, origin), path
