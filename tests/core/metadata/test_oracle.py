"""Compare XMP and IPTC of the corpus with what ExifTool reads."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from fpcrawler.core.anatomy import payload, read_anatomy
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata import iptc, xmp
from tests.core.corpus import CORPUS, files

pytestmark = pytest.mark.skipif(
    not (files() and shutil.which("exiftool")), reason="needs the corpus and ExifTool"
)

ARGUMENTS = "-api LargeFileSupport=1 -r -XMP:all -IPTC:all -G1 -struct -j -a -n"
# ExifTool has names of its own for these groups and properties.
GROUPS = {"hdr": "hdr_metadata", "iptcCore": "Iptc4xmpCore"}
RENAMED = {
    "GCamera:HDRPMakerNote": "GCamera:hdrp_makernote",
    "GCamera:ShotLogData": "GCamera:shot_log_data",
    "crs:ColorTemperature": "crs:Temperature",
    "exif:ExifImageHeight": "exif:PixelYDimension",
    "exif:ExifImageWidth": "exif:PixelXDimension",
    "hdr_metadata:CCVAvgLuminanceNits": "hdr_metadata:ccv_avg_luminance_nits",
    "hdr_metadata:CCVMaxLuminanceNits": "hdr_metadata:ccv_max_luminance_nits",
    "hdr_metadata:CCVMinLuminanceNits": "hdr_metadata:ccv_min_luminance_nits",
    "hdr_metadata:CCVPrimariesXY": "hdr_metadata:ccv_primaries_xy",
    "hdr_metadata:CCVWhiteXY": "hdr_metadata:ccv_white_xy",
    "hdr_metadata:SceneReferred": "hdr_metadata:scene_referred",
    "mwg-rs:RegionInfo": "mwg-rs:Regions",
    "photoshop:ICCProfileName": "photoshop:ICCProfile",
    "tiff:ImageHeight": "tiff:ImageLength",
    "x:XMPToolkit": "x:xmptk",
}

# Of these ExifTool returns something else than the text; how many files have one.
OTHER_VALUES = {
    "GCamera:hdrp_makernote": 8,  # decoded from base64, and left out as binary
    "GCamera:shot_log_data": 8,
    "aux:LensInfo": 4,  # "undef" for 0/0
    "exif:ColorSpace": 1,  # 65535 for 4294967295
}

DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)T?")
NUMBER = re.compile(r"([+-]?\d+(?:\.\d+)?(?:e-?\d+)?)(?:/([1-9]\d*))?")


def parts(path: Path, kind: str) -> list[bytes]:
    data = path.read_bytes()
    file = SparseFile(len(data))
    file.add(0, data)
    return [
        payload(file, p).data for p in read_anatomy(file).metadata if p.kind == kind
    ]


@pytest.fixture(scope="module")
def oracle() -> dict[Path, dict[str, object]]:
    command = ["exiftool", *ARGUMENTS.split(), str(CORPUS)]
    printed = subprocess.run(command, capture_output=True, check=False).stdout
    return {Path(each.pop("SourceFile")): each for each in json.loads(printed)}


def xmp_of(path: Path) -> dict[str, str]:
    """Return the properties, their names in lower case."""
    reading = xmp.united(map(xmp.read_xmp, parts(path, "xmp")))
    return {name.lower(): text for name, text in reading.properties.items()}


def xmp_in(tags: dict[str, object]) -> Iterator[tuple[str, object]]:
    """Yield name and value of the properties that have a text."""
    for tag, value in tags.items():
        group, _, name = tag.removeprefix("XMP-").partition(":")
        name = f"{GROUPS.get(group, group)}:{name}"
        if tag.startswith("XMP-") and value != "":
            yield RENAMED.get(name, name), value


def is_same(ours: str, theirs: str) -> bool:
    """Compare texts; ExifTool divides rationals, and writes dates as EXIF does."""
    numbers = NUMBER.fullmatch(ours), NUMBER.fullmatch(theirs)
    if numbers[0] and numbers[1]:
        first, second = (float(n[1]) / float(n[2] or 1) for n in numbers if n)
        return math.isclose(first, second, rel_tol=1e-6)
    dated = DATE.sub(r"\1:\2:\3 ", ours).strip() if DATE.match(ours) else ours
    return dated.lower() == theirs.strip().lower()


def is_equal(ours: str, value: object) -> bool:
    """Compare a text with a value, or with each of a list."""
    theirs = [str(each) for each in (value if isinstance(value, list) else [value])]
    items = ours.split("; ") if len(theirs) > 1 else [ours]
    return len(items) == len(theirs) and all(map(is_same, items, theirs))


def test_every_xmp_property_is_read(oracle: dict[Path, dict[str, object]]) -> None:
    read, missing = Counter[str](), Counter[str]()
    for path, expected in oracle.items():
        names = {name.split("/")[0].split("[")[0] for name in xmp_of(path)}
        for name, _ in xmp_in(expected):
            (read if name.lower() in names else missing)[name] += 1

    assert not missing
    assert read.total() > 3_000


def test_every_xmp_text_is_the_same(oracle: dict[Path, dict[str, object]]) -> None:
    same, other, structures = 0, Counter[str](), 0
    for path, expected in oracle.items():
        ours = xmp_of(path)
        for name, value in xmp_in(expected):
            text = ours.get(name.lower())
            if text is None:  # its fields have names of their own
                structures += 1
            elif is_equal(text, value):
                same += 1
            else:
                other[name] += 1

    assert other == OTHER_VALUES
    assert same > 3_000
    assert structures < 100


def test_every_iptc_dataset_is_read(oracle: dict[Path, dict[str, object]]) -> None:
    read = 0
    for path, expected in oracle.items():
        datasets = iptc.united(map(iptc.read_iim, parts(path, "iptc"))).datasets
        for tag, value in expected.items():
            if not tag.startswith("IPTC"):
                continue
            texts = value if isinstance(value, list) else [value]
            text = "; ".join(str(text).replace(":", "") for text in texts)
            text = text.replace("\x1b%G", "UTF8")  # the escape to UTF-8
            assert datasets[tag.partition(":")[2]].replace(":", "") == text, path
            read += 1

    assert read > 50
