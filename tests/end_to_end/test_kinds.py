"""All kinds of metadata of a few files, over HTTP."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from fpcrawler.core.metadata.status import KINDS
from tests.core.metadata.signed import SOURCE_TYPE, noise, sign
from tests.core.metadata.test_kinds import (
    BEYOND_SAMPLE,
    TITLE,
    extension_segments,
    naming,
    xmp_segment,
)
from tests.core.metadata.test_reader import IPTC_SEGMENT, XMP, chunk, segment
from tests.servers.files import folder
from tests.servers.http import serving

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawls import Crawl

NOISE = noise("JPEG", 256)
PNG = noise("PNG", 128)
PROMPT = "a cat\nSteps: 20, Seed: 7"
UNKNOWN = {
    "c2pa": False,
    "generator": None,
    "actions": None,
    "digital_source_type": None,
    "signer": None,
}


def jpeg(*segments: bytes) -> bytes:
    return NOISE[:2] + b"".join(segments) + NOISE[2:]


FILES = {
    "signed.jpg": sign("image/jpeg", jpeg(segment(0xFE, b"by hand")), thumbnail=False),
    "signed.png": sign("image/png", PNG),
    "parameters.png": PNG[:-12]
    + chunk(b"tEXt", b"parameters\0" + PROMPT.encode())
    + PNG[-12:],
    "far.jpg": jpeg(
        BEYOND_SAMPLE,
        xmp_segment(naming(TITLE)),
        extension_segments(TITLE),
        IPTC_SEGMENT,
        segment(0xFE, "Zoë".encode()),
    ),
    "plain.jpg": NOISE,
    "broken.jpg": jpeg(xmp_segment(XMP[:-90])),
}


def test_all_kinds_are_in_the_records(crawl: Crawl, tmp_path: Path) -> None:
    root = tmp_path / "files"
    root.mkdir()
    for name, data in FILES.items():
        (root / name).write_bytes(data)
    with serving(folder(root)) as server:
        urls = " ".join(f"{server.url}/{name}" for name in FILES)
        settings = {"ROBOTSTXT_OBEY": False, "PICTURE_FINGERPRINT": False}
        crawled = crawl("-a", f"urls={urls}", "-O", "other.csv", settings=settings)
    records = {record["url"].rpartition("/")[2]: record for record in crawled.records}

    assert crawled.exit_code == 0
    assert {*records} == {*FILES}
    for name, record in records.items():
        damaged = {"xmp": "damaged"} if name == "broken.jpg" else {}
        assert record["metadata_status"] == dict.fromkeys(KINDS, "complete") | damaged
    assert crawled.stats["metadata/xmp/damaged"] == 1
    assert "metadata/incomplete" not in crawled.stats

    for name in ("signed.jpg", "signed.png"):
        provenance = records[name]["provenance"]
        assert provenance["c2pa"] is True
        assert provenance["generator"] == "Harbour Editor 2.1"
        assert provenance["digital_source_type"] == SOURCE_TYPE
        assert provenance["signer"] == {
            "organization": "Harbour Cameras",
            "common_name": "Camera 12345",
        }
        assert [action["action"] for action in provenance["actions"]] == [
            "c2pa.created",
            "c2pa.color_adjustments",
        ]
        assert provenance["actions"][0]["software_agent"] == "Painter 3"
        assert "provenance" in {what for *_, what in records[name]["spans"]}
        assert records[name]["requests"]["metadata"] <= 3
    assert records["signed.jpg"]["texts"] == [{"name": "Comment", "text": "by hand"}]

    text = {"name": "parameters", "text": PROMPT}
    assert records["parameters.png"]["texts"] == [text]
    assert records["parameters.png"]["provenance"] == UNKNOWN
    far = records["far.jpg"]
    assert far["texts"] == [{"name": "Comment", "text": "Zoë"}]
    assert far["xmp"]["dc:creator"] == "Ann"
    assert far["xmp"]["dc:title"] == "Port"
    assert far["iptc"] == {"City": "Wien"}
    assert records["plain.jpg"]["texts"] == []
    assert records["plain.jpg"]["provenance"] == UNKNOWN
    assert records["plain.jpg"]["requests"]["metadata"] == 0
    check_csv(tmp_path, records)


def check_csv(home: Path, records: dict[str, Any]) -> None:
    with (home / "other.csv").open(encoding="utf-8", newline="") as file:
        rows = [*csv.DictReader(file)]
    assert len(rows) == len(records)
    for row in rows:
        record = records[row["url"].rpartition("/")[2]]
        assert json.loads(row["texts"]) == record["texts"]
        assert json.loads(row["provenance"]) == record["provenance"]
