"""Records for tests of exports, with all fields."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.origin import read_origin
from fpcrawler.core.metadata.reader import locate, read_metadata
from tests.exports.test_tables import BARE, FULL

HOSTILE: dict[str, Any] = {
    **FULL,
    "url": 'https://h.example/\0\x1b]]><b>%zz\ud800[1].jpg?a="#x#y',
    "page_url": "javascript:alert(1)//\ud800",
    "timestamp": "soon",
    "format": "jpeg\0",
    "image_size": -1,
    "width": 0,
    "height": -1,
    "exif": {
        "Image Make": "x" * 1_000_000,
        "Image ": "\x07",
        "EXIF \ufffe ]]>\ud800": "]]>\0\ud800",
        "EXIF lower": "1",
        "EXIF lower ": "2",
    },
    "user_comment": " \0 ",
    "sha256_first_10240_bytes": "=cmd|' /C calc'!A0",
    "picture_sha256": "AB" * 32,
    "file_digests": None,
    "server_digests": {"md5": "é" * 32, "sha1": "12" * 20},
    "spans": [[5, 2, "read"], [None], ["0", 1, "x"], [0, 9, "\0"]],
    "taken": {"local": "2026-01-02T03:04:05", "offset": "+99:99"},
}
"""What a feed of somebody else may hold."""


def record_at(latitude: float | None, longitude: float | None, **other: Any) -> Any:
    location = {**BARE["location"], "latitude": latitude, "longitude": longitude}
    return {**BARE, "location": location | other.pop("location", {}), **other}


def record_of(path: Path) -> dict[str, Any]:
    """Return the record of a whole file, with the fields of its metadata."""
    data = path.read_bytes()
    file = SparseFile(len(data))
    file.add(0, data)
    metadata = read_metadata(file, locate(file))
    origin = read_origin(metadata)
    fields = {
        "exif": metadata.exif,
        "xmp": metadata.xmp,
        "iptc": metadata.iptc,
        "location": asdict(origin.location),
        "taken": asdict(origin.taken),
        "device": asdict(origin.device),
    }
    return {**BARE, "url": path.as_uri(), **json.loads(json.dumps(fields))}


def lines(records: Iterable[dict[str, Any]]) -> str:
    return "".join(f"{json.dumps(record)}\n" for record in records)
