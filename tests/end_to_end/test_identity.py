"""Device, location and time in the records of crawls over HTTP."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests import containers
from tests.commands import run_scrapy
from tests.core.corpus import CORPUS
from tests.core.metadata.makers.notes import LONG as NOTE_LONG
from tests.core.metadata.makers.notes import TEXT, fff, ifd, long, thermal
from tests.crawls import run_crawl
from tests.servers.files import folder
from tests.servers.http import serving
from tests.tiffs import (
    ASCII,
    BYTE,
    EXIF_IFD,
    GPS_IFD,
    RATIONAL,
    UNDEFINED,
    Field,
    tiff,
)
from tests.validation import validate

DEVICES = CORPUS.parent / "cases" / "devices"
NOTE = ifd([(0x0C, NOTE_LONG, long(730407016))])
"""A maker note of Canon, whose only value is inside its entry."""

GPS: list[Field] = [
    (1, ASCII, b"S\0"),
    (2, RATIONAL, (33, 1, 51, 1, 30, 1)),
    (3, ASCII, b"E\0"),
    (4, RATIONAL, (151, 1, 12, 1, 0, 1)),
    (5, BYTE, b"\1"),
    (6, RATIONAL, (5, 2)),
    (7, RATIONAL, (10, 1, 20, 1, 30, 1)),
    (0x1D, ASCII, b"2024:05:01\0"),
]
TIMES: list[Field] = [
    (0x9003, ASCII, b"2024:05:01 20:20:33\0"),
    (0x9010, ASCII, b"+02:00\0"),  # OffsetTime: that of the last change
    (0x9291, ASCII, b"25\0"),
]


def block(*exif: Field) -> bytes:
    return tiff(
        (0x010F, ASCII, b"Canon \0"), (EXIF_IFD, 4, [*TIMES, *exif]), (GPS_IFD, 4, GPS)
    )


FFF = fff(">")
FILES = {
    "camera.jpg": containers.jpeg(containers.app1(block((0x927C, UNDEFINED, NOTE)))),
    "profile.png": containers.png(
        containers.raw_profile(block((0x927C, UNDEFINED, NOTE)))
    ),
    "canon.cr3": containers.cr3(
        CMT1=tiff((0x010F, ASCII, b"Canon\0")),
        CMT2=tiff((0x9003, ASCII, b"2024:05:01 20:20:30\0")),
        CMT3=b"II*\0" + long(8) + ifd([(0x96, TEXT, b"ZA2146315\0")], first=8),
    ),
    "thermal.jpg": containers.jpeg(*thermal(FFF[:700], FFF[700:])),
    "far.jpg": containers.jpeg(
        containers.app1(
            tiff(
                (0x010F, ASCII, b"Canon\0"),
                (EXIF_IFD, 4, [(0x927C, UNDEFINED, bytes(20_000) + NOTE)]),
            )
        )
    ),
}


def crawled(home: Path, files: Path) -> dict[str, dict[str, Any]]:
    with serving(folder(files)) as server:
        urls = [f"{server.url}/{path.name}" for path in files.iterdir()]
        (home / "urls.txt").write_text("\n".join(urls))
        result = run_crawl(home, settings={"MIN_IMAGE_SIZE": 0})
    assert result.exit_code == 0
    return {record["url"].rpartition("/")[2]: record for record in result.records}


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    files = tmp_path_factory.mktemp("files")
    for name, data in FILES.items():
        (files / name).write_bytes(data)
    return crawled(tmp_path_factory.mktemp("home"), files)


def test_a_record_says_which_device_where_and_when(
    records: dict[str, dict[str, Any]],
) -> None:
    record = records["camera.jpg"]

    assert {k: v for k, v in record["device"].items() if v} == {
        "make": "Canon",
        "serial": "730407016",
        "sources": {"make": ["Image Make"], "serial": ["MakerNote SerialNumber"]},
    }
    assert {k: v for k, v in record["location"].items() if k != "sources"} == {
        "latitude": -33.8583333,
        "longitude": 151.2,
        "altitude": -2.5,
        "direction": None,
        "time": "2024-05-01T10:20:30",
    }
    assert {k: v for k, v in record["taken"].items() if k != "sources"} == {
        "local": "2024-05-01T20:20:33.25",
        "offset": "+10:00",
        "offset_source": "gps",
        "utc": "2024-05-01T10:20:33.25",
        "clock_skew": None,
    }


@pytest.mark.parametrize(
    ("name", "field", "number", "tag"),
    [
        ("profile.png", "serial", "730407016", "MakerNote SerialNumber"),
        ("canon.cr3", "internal_serial", "ZA2146315", "MakerNote InternalSerialNumber"),
        ("thermal.jpg", "serial", "470023842", "FLIR CameraSerialNumber"),
    ],
)
def test_a_note_is_read_in(
    records: dict[str, dict[str, Any]], name: str, field: str, number: str, tag: str
) -> None:
    device = records[name]["device"]

    assert device[field] == number
    assert device["sources"][field] == [tag]


def test_nothing_is_requested_for_a_note(records: dict[str, dict[str, Any]]) -> None:
    record = records["far.jpg"]

    assert record["device"]["serial"] is None
    assert record["metadata_status"]["exif"] == "complete"
    # The picture's header, after the segment with the note, is 10,000 bytes further.
    assert record["bytes_downloaded"] < len(FILES["far.jpg"]) - 9_000


def test_images_of_one_camera_meet_across_hosts(tmp_path: Path) -> None:
    names = "camera.jpg", "profile.png", "thermal.jpg"
    files, home = tmp_path / "files", tmp_path / "home"
    home.mkdir()
    files.mkdir()
    for name in names:
        (files / name).write_bytes(FILES[name])
    with serving(folder(files)) as one, serving(folder(files)) as other:
        camera, profile = f"{one.url}/camera.jpg", f"{other.url}/profile.png"
        (home / "urls.txt").write_text(f"{camera}\n{profile}\n{one.url}/thermal.jpg")
        run_crawl(home, settings={"MIN_IMAGE_SIZE": 0})

    options = "feed.json", "--same-device", "--between-hosts"
    table, text = (
        run_scrapy("duplicates", *options, *more, cwd=home).stdout
        for more in ((), ("--json",))
    )
    found = json.loads(text)
    validate("devices", found)

    assert table.splitlines()[0] == "serial                2 images  730407016, Canon"
    assert [(group["kind"], group["number"]) for group in found] == [
        ("serial", "730407016")
    ]
    assert {image["url"]: image["tags"] for image in found[0]["images"]} == {
        camera: ["MakerNote SerialNumber"],
        profile: ["MakerNote SerialNumber"],
    }


@pytest.mark.skipif(not DEVICES.is_dir(), reason="cases/devices is missing")
def test_real_cameras_are_told_apart(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    shutil.copytree(DEVICES, tmp_path / "devices")

    found = crawled(tmp_path / "home", tmp_path / "devices")

    assert len(found) == len([*DEVICES.iterdir()])
    for name, field, number in (
        ("Canon_EOS_20D_2.jpg", "serial", "730407016"),
        ("FujiFilm_FinePix_F40fd.jpg", "internal_serial", "FC  A3115393"),
        ("Issue_649.avif", "lens_serial", "0000214e1c"),
        ("Leica_T_Typ_701.jpg", "serial", None),
        ("Nikon_D70.jpg", "serial", "NO= 00002539"),
        ("Reconyx_HC500_firmware_3.3.0.jpg", "serial", "H500DE01120343"),
    ):
        value = found[name]["device"][field]
        assert (value and value[: len(number or "")]) == number, name
