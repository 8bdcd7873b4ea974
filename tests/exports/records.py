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
from tests.exports.test_tables import BARE


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
