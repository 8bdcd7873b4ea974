"""Compare XMP and IPTC of the corpus with what ExifTool reads."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from fpcrawler.core.anatomy import payload, read_anatomy
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata import iptc, xmp
from tests.core.corpus import CORPUS, files

pytestmark = pytest.mark.skipif(
    not (files() and shutil.which("exiftool")), reason="needs the corpus and ExifTool"
)

ARGUMENTS = "-api LargeFileSupport=1 -r -XMP:all -IPTC:all -G1 -struct -j -a"
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


def test_every_xmp_property_is_read(oracle: dict[Path, dict[str, object]]) -> None:
    read, missing = Counter[str](), Counter[str]()
    for path, expected in oracle.items():
        reading = xmp.united(map(xmp.read_xmp, parts(path, "xmp")))
        names = {n.split("/")[0].split("[")[0].lower() for n in reading.properties}
        for tag, value in expected.items():
            group, _, name = tag.removeprefix("XMP-").partition(":")
            name = f"{GROUPS.get(group, group)}:{name}"
            if not tag.startswith("XMP-") or value == "":  # without text: not recorded
                continue
            is_read = RENAMED.get(name, name).lower() in names
            (read if is_read else missing)[name] += 1

    assert not missing
    assert read.total() > 3_000


def test_every_iptc_dataset_is_read(oracle: dict[Path, dict[str, object]]) -> None:
    read = 0
    for path, expected in oracle.items():
        datasets = iptc.united(map(iptc.read_iim, parts(path, "iptc"))).datasets
        for tag, value in expected.items():
            if not tag.startswith("IPTC"):
                continue
            texts = value if isinstance(value, list) else [value]
            text = "; ".join(str(text).replace(":", "") for text in texts)
            assert datasets[tag.partition(":")[2]].replace(":", "") == text, path
            read += 1

    assert read > 50
