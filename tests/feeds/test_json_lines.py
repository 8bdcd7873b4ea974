from __future__ import annotations

import io
import json
from dataclasses import asdict
from typing import Any

import pytest
from scrapy.exporters import JsonLinesItemExporter

from fpcrawler.core.metadata.location import Location
from fpcrawler.feeds.formats import JsonLinesExporter, LiveJsonExporter
from fpcrawler.items import RECORD_FIELDS, ImageRecord

RECORD = {"url": "https://a.example/\u00e4.jpg", "exif": {"Image Make": "A"}}


def image_record(**more: Any) -> ImageRecord:
    values: dict[str, Any] = dict.fromkeys(RECORD_FIELDS) | RECORD | more
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


def test_a_record_does_not_need_the_slow_encoder(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file: Any = io.BytesIO()
    spans = [(0, 10_241, "read"), (12, 900, "exif")]
    location = asdict(
        Location(latitude=-0.5, longitude=180.0, sources={"time": ("A",)})
    )

    with monkeypatch.context() as patch:
        patch.delattr(json, "dumps")
        exporter = LiveJsonExporter(file, encoding="utf-8", indent=4)
        exporter.export_item(image_record(spans=spans, location=location))
        exporter.finish_exporting()

    (record,) = json.loads(file.getvalue())
    assert record["spans"] == [list(span) for span in spans]
    assert record["location"] == {**location, "sources": {"time": ["A"]}}
