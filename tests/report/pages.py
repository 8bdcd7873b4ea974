"""Read a report as its own script does."""

from __future__ import annotations

import gzip
import json
import re
import struct
from base64 import b64decode
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SIZES = {"I": 4, "d": 8}


@dataclass(frozen=True, slots=True)
class Report:
    """What a page holds: the head and arrays of its table, and its blocks."""

    text: str
    head: dict[str, Any]
    arrays: dict[str, tuple[Any, ...]]
    blocks: list[dict[str, Any]]

    def texts(self, name: str) -> list[str]:
        """Return a column of texts."""
        values = ["", *self.head[name]["values"]]
        return [values[code] for code in self.arrays[name]]

    def lists(self, name: str) -> list[list[str]]:
        """Return a column of lists of texts."""
        values = self.head[name]["values"]
        return [[values[code] for code in row] for row in self.rows(name)]

    def rows(self, name: str) -> list[tuple[Any, ...]]:
        """Return an array cut into rows."""
        starts, values = self.arrays[f"{name}:starts"], self.arrays[name]
        ends = starts[1:]
        return [values[start:end] for start, end in zip(starts[:-1], ends, strict=True)]


def read_report(path: Path) -> Report:
    """Unpack a page."""
    text = path.read_text(encoding="utf-8")
    (packed,) = re.findall(r'id="table">([^<]*)<', text)
    head, arrays = unpacked(packed)
    blocks = re.findall(r'class="block">([^<]*)<', text)
    return Report(text, head, arrays, [json.loads(inflated(each)) for each in blocks])


def unpacked(packed: str) -> tuple[dict[str, Any], dict[str, tuple[Any, ...]]]:
    """Return head and arrays of a container."""
    data = inflated(packed)
    (length,) = struct.unpack_from("<I", data)
    head = json.loads(data[4 : 4 + length])
    arrays = {}
    for name, (code, offset, count) in head["arrays"].items():
        start = 4 + length + offset
        assert start % _SIZES[code] == 0
        arrays[name] = struct.unpack_from(f"<{count}{code}", data, start)
    return head, arrays


def inflated(packed: str) -> bytes:
    """Return what base64 of gzip holds."""
    return gzip.decompress(b64decode(packed, validate=True))
