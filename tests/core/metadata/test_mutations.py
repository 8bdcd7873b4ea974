from __future__ import annotations

import pytest

from tests.core.exif_oracle import KINDS
from tests.core.metadata.mutations import compared


# 20,000 blocks in parts, for several processes; exifread needs most of the time.
@pytest.mark.untraced
@pytest.mark.parametrize("seed", range(8))
def test_damaged_blocks_differ_from_exifread_in_documented_kinds_only(
    seed: int,
) -> None:
    kinds, undocumented = compared(2_500, seed)

    assert not undocumented
    assert set(kinds) <= set(KINDS)
    assert {"text", "beyond", "header"} <= set(kinds)
