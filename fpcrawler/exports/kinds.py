"""The kinds of files that feeds are exported to."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What is written."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"
