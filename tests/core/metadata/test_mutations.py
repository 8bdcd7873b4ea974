from __future__ import annotations

from tests.core.exif_oracle import KINDS
from tests.core.metadata.mutations import compared


def test_damaged_blocks_differ_from_exifread_in_documented_kinds_only() -> None:
    kinds, undocumented = compared(20_000, seed=10)

    assert not undocumented
    assert set(kinds) <= set(KINDS)
    assert {"text", "beyond", "header"} <= set(kinds)
