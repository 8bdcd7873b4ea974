from __future__ import annotations

import pytest

from fpcrawler.show.place import geo_uri


@pytest.mark.parametrize(
    ("latitude", "longitude", "uri"),
    [
        (48.8583701, 2.2944813, "geo:48.8583701,2.2944813"),
        (-33.8568, 151.2153, "geo:-33.8568,151.2153"),
        (10, -20.0, "geo:10,-20"),
        (100e-9, -100e-9, "geo:0.0000001,-0.0000001"),  # never with an exponent
        (-1e-9, 0, "geo:0,0"),
        (90, 12.5, "geo:90,0"),
        (-90.0, -12.5, "geo:-90,0"),
        (0.0, -180, "geo:0,-180"),
    ],
)
def test_a_geo_uri_is_as_rfc_5870_has_it(
    latitude: float, longitude: float, uri: str
) -> None:
    assert geo_uri(latitude, longitude) == uri
