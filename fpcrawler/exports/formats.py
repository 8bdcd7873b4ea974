"""The kinds of files that feeds are exported to."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What is written."""

    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"


KINDS = ", ".join(Kind)
_PACKED = ".gz"


def kind_of(name: str) -> Kind | None:
    """Return what a file holds by the ending of its name, None for another ending."""
    _, dot, ending = name.lower().removesuffix(_PACKED).rpartition(".")
    return Kind(ending) if dot and ending in [*Kind] else None


def is_packed(name: str) -> bool:
    """Tell by its name whether a file is packed as a whole."""
    return name.lower().endswith(_PACKED)
