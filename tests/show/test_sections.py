from __future__ import annotations

import re
from dataclasses import asdict, replace
from typing import Any

import pytest

from fpcrawler.core.fingerprint.evidence import Evidence
from fpcrawler.core.metadata.device import Device
from fpcrawler.core.metadata.location import Location
from fpcrawler.core.metadata.provenance import Provenance
from fpcrawler.core.metadata.taken import Taken
from fpcrawler.items import ImageRecord
from fpcrawler.known.details import Detail, match_of
from fpcrawler.show.bar import ASCII
from fpcrawler.show.sections import sections_of
from tests.commands import ROOT

DOCS = (ROOT / "docs" / "show.md").read_text(encoding="utf-8")
RECORD = ImageRecord(
    url="https://a.example/a.jpg",
    image_size=2_000,
    etag=None,
    timestamp="2026-11-29T12:00:00",
    sha256_first_10240_bytes="ab" * 32,
    random_128_bytes_sample_start="cd" * 128,
    page_url=None,
    found_in=None,
    alt=None,
    format="jpeg",
    content_type=None,
    last_modified=None,
    requests={"sample": 1, "metadata": 0, "picture": 0},
    bytes_downloaded=500,
    spans=[(0, 500, "read")],
    has_ranges=None,
    tor=False,
)


def rows_of(record: ImageRecord, *, has_lists: bool = False) -> dict[str, list[str]]:
    """Return title to rows, each as LABEL: VALUE."""
    sections = sections_of(record, "given", 80, ASCII, has_lists=has_lists)
    return {
        section.title: [f"{row.label}: {row.value}" for row in section.rows]
        for section in sections
    }


def test_what_is_unknown_has_no_section_and_is_named_once() -> None:
    rows = rows_of(RECORD)

    assert [*rows] == [
        "File",
        "Fetched",
        "Where in the file",
        "Metadata",
        "Fingerprints",
    ]
    assert rows["Metadata"] == [
        "exif: none, not sought",
        "xmp: none, not sought",
        "iptc: none, not sought",
        "texts: none, not sought",
        "provenance: none, not sought",
        "unknown: device, place, time",
    ]


@pytest.mark.parametrize(
    ("changes", "row"),
    [
        ({}, "bytes: 500 bytes, 25% of the file"),
        ({"image_size": None}, "bytes: 500 bytes"),
        ({"image_size": 10**6}, "bytes: 500 bytes, 0.05% of the file"),
        # Retries and wrong guesses are downloaded, but not more of the file.
        ({"bytes_downloaded": 9_000}, "bytes: 9,000 bytes (9.0 KB), 25% of the file"),
        ({}, "requests: 1 (sample 1)"),
        (
            {"requests": {"sample": 2, "metadata": 0, "picture": 1}},
            "requests: 3 (sample 2, picture 1)",
        ),
        ({}, "ranges: unknown"),
        ({"has_ranges": True}, "ranges: supported"),
        ({"has_ranges": False}, "ranges: not supported"),
        ({}, "route: direct"),
        ({"tor": True}, "route: through Tor"),
        ({"url": "file:///a.jpg"}, "route: this disk"),
        ({}, "at: 2026-11-29 12:00:00 UTC"),
    ],
)
def test_what_was_fetched(changes: dict[str, Any], row: str) -> None:
    assert row in rows_of(replace(RECORD, **changes))["Fetched"]


@pytest.mark.parametrize(
    ("changes", "rows"),
    [
        ({}, ["format: JPEG", "size: 2,000 bytes (2.0 KB)"]),
        (
            {"width": 4_000, "height": 3_000, "image_size": None},
            ["format: JPEG, 4000 x 3000 pixels", "size: unknown"],
        ),
    ],
)
def test_the_file(changes: dict[str, Any], rows: list[str]) -> None:
    url = f"url: {RECORD.url}"

    assert rows_of(replace(RECORD, **changes))["File"] == [*rows, url]


def test_a_url_is_not_repeated_below_itself() -> None:
    file = next(sections_of(RECORD, RECORD.url, 80, ASCII, has_lists=False))

    assert [row.label for row in file.rows] == ["format", "size"]


def test_the_place_is_decimal_and_a_uri() -> None:
    location = Location(
        latitude=-33.8568,
        longitude=151.2153,
        altitude=-2.5,
        direction=270.0,
        time="2026-01-02T03:04:05.5",
    )

    assert rows_of(replace(RECORD, location=asdict(location)))["Place"] == [
        "position: -33.8568, 151.2153",
        "uri: geo:-33.8568,151.2153",
        "altitude: -2.5 m",
        "direction: 270.0 degrees from true north",
        "GPS clock: 2026-01-02 03:04:05.5 UTC",
    ]


@pytest.mark.parametrize(
    ("taken", "rows"),
    [
        (Taken(local="2026-01-02T03:04"), ["local: 2026-01-02 03:04"]),
        (
            Taken(
                local="2026-01-02T03:04:05",
                offset="+01:00",
                offset_source="gps",
                utc="2026-01-02T02:04:05",
            ),
            [
                "local: 2026-01-02 03:04:05",
                "offset: +01:00 (from the GPS clock)",
                "UTC: 2026-01-02 02:04:05",
            ],
        ),
        (
            Taken(offset="-02:00", offset_source="written", clock_skew=-12.0),
            [
                "offset: -02:00 (written in the file)",
                "skew: the camera is 12 s behind GPS",
            ],
        ),
        (Taken(clock_skew=90.0), ["skew: the camera is 90 s ahead of GPS"]),
    ],
)
def test_the_time_is_local_and_utc(taken: Taken, rows: list[str]) -> None:
    assert rows_of(replace(RECORD, taken=asdict(taken)))["Time"] == rows


def test_the_device_has_every_field() -> None:
    names = [name for name in asdict(Device()) if name != "sources"]
    record = replace(RECORD, device=dict.fromkeys(names, "x"))

    assert len(rows_of(record)["Device"]) == len(names)


def test_provenance_says_that_nothing_was_checked() -> None:
    provenance: dict[str, object] = {
        "c2pa": True,
        "generator": "Tool 1.0",
        "actions": [
            {"action": "c2pa.created", "software_agent": "Model 2"},
            {"action": "c2pa.opened", "software_agent": None},
        ],
        "digital_source_type": "http://cv.iptc.org/x",
        "signer": {"organization": "Org", "common_name": None},
    }

    assert rows_of(replace(RECORD, provenance=provenance))["Provenance"] == [
        "C2PA: a manifest; its signature was not checked",
        "generator: Tool 1.0",
        "signer: Org",
        "source type: http://cv.iptc.org/x",
        "action: c2pa.created (Model 2)",
        "action: c2pa.opened",
    ]
    assert "Provenance" not in rows_of(
        replace(RECORD, provenance=asdict(Provenance(c2pa=False, actions=())))
    )


def test_tags_are_grouped_by_directory_and_namespace() -> None:
    exif = {"Image Make": "A", "EXIF ISO": "100", "Image Tag 0x1": "1", "Odd": "2"}
    record = replace(
        RECORD,
        exif=exif,
        xmp={
            "dc:title": "T",
            "xmpMM:History[1]/stEvt:action": "saved",
            "dc:format": "F",
            "{http://a.example/}b": "1",
            "odd": "2",
        },
        iptc={"City": "C"},
        texts=[{"name": "Comment", "text": "t"}],
        user_comment="u",
    )

    rows = rows_of(record)
    assert {title: rows[title] for title in [*rows][4:-1]} == {
        "Texts": ["Comment: t", "UserComment: u"],
        "EXIF: Image": ["Make: A", "Tag 0x1: 1"],
        "EXIF: EXIF": ["ISO: 100"],
        "EXIF": ["Odd: 2"],
        "XMP: dc": ["title: T", "format: F"],
        "XMP: xmpMM": ["History[1]/stEvt:action: saved"],
        "XMP: http://a.example/": ["b: 1"],
        "XMP": ["odd: 2"],
        "IPTC": ["City: C"],
    }
    assert rows["Metadata"][:2] == [
        "exif: 4 tags, not sought",
        "xmp: 5 tags, not sought",
    ]


def test_every_fingerprint_is_shown_with_who_states_it() -> None:
    record = replace(
        RECORD,
        picture_sha256="1" * 64,
        picture_length=1_000,
        end_sha256="2" * 64,
        evidence=asdict(Evidence(is_upper_bound=True)),
        file_digests={"md5": None, "sha1": None, "sha256": "3" * 64},
        server_digests={"md5": "4" * 32, "claimed_sha1": "5" * 40},
    )

    rows = rows_of(record)
    assert {title: rows[title] for title in [*rows][4:]} == {
        "Fingerprints": [
            f"head: {'ab' * 32}",
            f"picture: {'1' * 64}",
            "length: at most 1,000 bytes",
            f"end: {'2' * 64}",
            f"sample: {'cd' * 128}",
        ],
        "Digests of the whole file": [f"sha256: {'3' * 64}"],
        "Digests that the server states": [f"md5: {'4' * 32}"],
        "Digests that the file's name claims": [f"sha1: {'5' * 40}"],
    }
    labels = {row.partition(":")[0] for row in rows["Fingerprints"]}
    (documented,) = re.findall(r"^\| `Fingerprints` \| (.*) \|$", DOCS, re.MULTILINE)
    assert {*re.findall(r"`(\w+)` is", documented)} == labels


def test_every_section_is_documented_in_its_order() -> None:
    rows = re.findall(r"^\| (`.*`) \| .* \|$", DOCS, re.MULTILINE)
    cells = [cell for cell in rows if not cell.startswith("`-")]
    documented = [name for cell in cells for name in re.findall("`([^`]+)`", cell)]
    record = replace(
        RECORD,
        device=asdict(Device(make="A")),
        location=asdict(Location(latitude=1.0, longitude=1.0)),
        taken=asdict(Taken(local="2026-01-02T03:04:05")),
        provenance=asdict(Provenance(c2pa=True)),
        exif={"… Tag": "1"},
        xmp={"…:title": "T"},
        iptc={"City": "C"},
        user_comment="u",
        file_digests={"sha256": "3" * 64},
        server_digests={"md5": "4" * 32, "claimed_sha1": "5" * 40},
    )

    assert [*rows_of(record, has_lists=True)] == documented


def test_matches_come_first_one_line_for_a_row_of_a_list() -> None:
    silent, speaking = Detail(row=1), Detail(7, 5, "known-bad", "1", "s", ("f",), "n")
    matches = [
        match_of(name, kind, detail, given=None, image_size=6)
        for name, kind, detail in (
            *(("a.csv", "md5", silent), ("a.csv", "sha1", silent)),
            *(("b.csv", "md5", speaking), ("c.db", "md5", Detail())),
        )
    ]
    known = replace(RECORD, matches=matches)

    title, *_ = rows_of(known, has_lists=True)
    assert title == "Known lists"
    assert rows_of(known, has_lists=True)[title] == [
        "match: a.csv, row 1: md5, sha1",
        "match: b.csv, row 7: md5",
        ": known-bad; category 1; series s; f; n; SIZE DIFFERS from that in the list",
        "match: c.db: md5",
    ]
    assert rows_of(RECORD, has_lists=True)[title] == ["match: none"]
    assert title not in rows_of(RECORD)
