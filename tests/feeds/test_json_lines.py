from __future__ import annotations

import io
from typing import Any

import pytest
from scrapy.exporters import JsonLinesItemExporter

from fpcrawler.feeds.formats import JsonLinesExporter, LiveJsonExporter
from fpcrawler.items import RECORD_FIELDS, ImageRecord

RECORD = {"url": "https://a.example/\u00e4.jpg", "exif": {"Image Make": "A"}}


def image_record() -> ImageRecord:
    values: dict[str, Any] = dict.fromkeys(RECORD_FIELDS) | RECORD
    return ImageRecord(**values)


@pytest.mark.parametrize("listed", [None, ["etag", "url", "exif"], ["url", "none"]])
@pytest.mark.parametrize("encoding", [None, "utf-8", "latin-1"])
@pytest.mark.parametrize("options", [{}, {"sort_keys": True}])
def test_lines_are_those_of_scrapy(
    listed: Any, encoding: str | None, options: dict[str, Any]
) -> None:
    texts = []
    for kind in (JsonLinesExporter, JsonLinesItemExporter):
        file = io.BytesIO()
        exporter = kind(file, encoding=encoding, fields_to_export=listed, **options)
        for item in (image_record(), RECORD):
            exporter.export_item(item)
        texts.append(file.getvalue())

    assert texts[0] == texts[1]
    assert texts[0].count(b"\n") == 2


@pytest.mark.parametrize(
    ("listed", "line"),
    [
        (["url", "etag"], b'{"url": "https://a.example/\xc3\xa4.jpg", "etag": null}'),
        ({"etag": "tag", "alt": "alt"}, b'{"tag": null, "alt": null}'),
        (["etag"], b'{"etag": null}'),
    ],
)
def test_a_record_has_the_fields_that_are_listed_in_their_order(
    listed: Any, line: bytes
) -> None:
    lines, array = io.BytesIO(), io.BytesIO()
    for kind, file in ((JsonLinesExporter, lines), (LiveJsonExporter, array)):
        exporter: Any = kind(file, encoding="utf-8", fields_to_export=listed)
        exporter.export_item(image_record())
        exporter.finish_exporting()

    assert lines.getvalue() == line + b"\n"
    assert array.getvalue() == b"[\n" + line + b"\n]\n"
