"""The file formats that feeds are exported to."""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """The format of the exported file."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


FORMATS = ", ".join(ExportFormat)
_GZIP = ".gz"


def format_of(name: str) -> ExportFormat | None:
    """Return the format by the suffix of a file's name, None for another suffix."""
    _, dot, ending = name.lower().removesuffix(_GZIP).rpartition(".")
    return ExportFormat(ending) if dot and ending in [*ExportFormat] else None


def is_gzipped(name: str) -> bool:
    """Return whether a file is gzipped, by its name."""
    return name.lower().endswith(_GZIP)
