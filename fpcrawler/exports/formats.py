"""The kinds of files that feeds are exported to."""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """What is written."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


FORMATS = ", ".join(ExportFormat)
_PACKED = ".gz"


def format_of(name: str) -> ExportFormat | None:
    """Return what a file holds by the ending of its name, None for another ending."""
    _, dot, ending = name.lower().removesuffix(_PACKED).rpartition(".")
    return ExportFormat(ending) if dot and ending in [*ExportFormat] else None


def is_packed(name: str) -> bool:
    """Tell by its name whether a file is packed as a whole."""
    return name.lower().endswith(_PACKED)
