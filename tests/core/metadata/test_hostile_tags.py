"""Tags come from the web: whatever they say, reading them raises nothing."""

from __future__ import annotations

import json
from dataclasses import asdict

from hypothesis import given, settings
from hypothesis import strategies as st

from fpcrawler.core.metadata.device import read_device
from fpcrawler.core.metadata.location import read_location
from fpcrawler.core.metadata.taken import read_taken
from tests.core.metadata.test_location import EXIF, XMP

TIMES = {
    "EXIF DateTimeOriginal": "2023:07:09 20:36:33",
    "EXIF SubSecTimeOriginal": "616",
    "EXIF OffsetTimeOriginal": "+08:00",
    "EXIF BodySerialNumber": "123",
    "Image Make": "Canon",
}
NAMES = [*EXIF, *TIMES]
DIGITS = st.text(alphabet="0123456789:/.,[] +-TZ", max_size=40)
TEXTS = st.one_of(st.text(max_size=60), DIGITS, st.sampled_from([*EXIF.values()]))


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(NAMES), TEXTS),
    st.dictionaries(st.sampled_from([*XMP, "xmp:CreateDate"]), TEXTS),
    st.dictionaries(st.sampled_from(["DateCreated", "TimeCreated"]), TEXTS),
)
def test_any_text_gives_values_in_range(
    exif: dict[str, str], xmp: dict[str, str], iptc: dict[str, str]
) -> None:
    exif = EXIF | TIMES | exif

    location = read_location(exif, xmp)
    taken, device = read_taken(exif, xmp, iptc), read_device(exif, xmp)

    assert -90 <= (location.latitude or 0) <= 90
    assert -180 <= (location.longitude or 0) <= 180
    assert 0 <= (location.direction or 0) < 360
    assert (taken.utc is None) == (taken.offset is None)
    for part in (location, taken, device):
        fields = {name for name, value in asdict(part).items() if value is not None}
        assert fields - {"sources", "offset_source"} == set(part.sources)
        json.dumps(asdict(part), allow_nan=False)
