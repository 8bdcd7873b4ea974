"""Metadata in each way and container that files have them, over HTTP and from disk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.crawls import run_crawl
from tests.end_to_end import (
    exif_cases,
    exif_variants,
    metadata_cases,
    metadata_variants,
    xmp_variants,
)
from tests.end_to_end.cases import CASES, KINDS, Case
from tests.leaks import leaks
from tests.servers.files import folder
from tests.servers.http import serving

ALL = (
    *exif_cases.SHARED,
    *metadata_cases.SHARED,
    *exif_variants.BUILT,
    *xmp_variants.BUILT,
    *metadata_variants.BUILT,
)
PLACES = ("http", "disk")
READ = (
    *("format", "width", "height", "exif", "user_comment", "xmp", "iptc", "texts"),
    *("provenance", "metadata_status"),
    *("picture_sha256", "picture_length", "end_sha256", "image_size"),
)
"""The fields that a file's bytes decide."""

Records = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Records]:
    """Crawl all files over HTTP, and once more from disk; records by file name."""
    files = tmp_path_factory.mktemp("files")
    for case in ALL:
        if case.data is not None:
            (files / case.name).write_bytes(case.data)
        elif CASES.is_dir():
            shutil.copyfile(CASES / case.name, files / case.name)
    names = sorted(path.name for path in files.iterdir())
    with serving(folder(files)) as server:
        over_http = crawled(
            tmp_path_factory.mktemp("http"), [f"{server.url}/{n}" for n in names]
        )
    from_disk = crawled(
        tmp_path_factory.mktemp("disk"), [(files / n).as_uri() for n in names]
    )
    return {"http": over_http, "disk": from_disk}


def crawled(home: Path, urls: list[str]) -> Records:
    (home / "urls.txt").write_text("\n".join(urls))
    settings = {"MIN_IMAGE_SIZE": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 16}
    result = run_crawl(home, settings=settings)
    assert result.exit_code == 0
    assert len(result.records) == len(urls)
    return {record["url"].rpartition("/")[2]: record for record in result.records}


def each(*cases: Case) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "case",
        [
            pytest.param(
                case,
                id=case.name,
                marks=pytest.mark.skipif(
                    case.data is None and not CASES.is_dir(),
                    reason="the cases beside the corpus are missing",
                ),
            )
            for case in cases
        ],
    )


@each(*ALL)
def test_the_record_has_the_right_values(
    records: dict[str, Records], case: Case
) -> None:
    """Those of the file on the disk are equal to it, as the next test shows."""
    record = records["http"][case.name]

    for kind in ("exif", "xmp", "iptc"):
        expected = getattr(case, kind)
        assert {name: record[kind].get(name) for name in expected} == expected
    assert record["user_comment"] == case.user_comment
    assert [(each["name"], each["text"]) for each in record["texts"]] == [*case.texts]
    assert not record["provenance"]["c2pa"]
    assert record["provenance"]["digital_source_type"] == case.source_type
    assert not [text for text in record["exif"].values() if text.startswith("b'")]


@each(*ALL)
def test_http_and_disk_give_the_same(records: dict[str, Records], case: Case) -> None:
    over_http, from_disk = (records[place][case.name] for place in PLACES)

    assert {name: over_http[name] for name in READ} == {
        name: from_disk[name] for name in READ
    }


@each(*ALL)
def test_every_place_was_read(records: dict[str, Records], case: Case) -> None:
    expected = {**dict.fromkeys(KINDS, "complete"), **case.status}

    assert records["http"][case.name]["metadata_status"] == expected


@pytest.mark.untraced
@pytest.mark.parametrize("place", PLACES)
def test_no_value_holds_the_picture_of_a_text(
    records: dict[str, Records], place: str
) -> None:
    found = {
        name: paths
        for name, record in records[place].items()
        if (paths := leaks(record, [xmp_variants.PICTURE]))
    }

    assert found == {}
