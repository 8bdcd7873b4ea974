"""Write records as text for a person, or as the JSON array of a feed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from fpcrawler.console.text import printable
from fpcrawler.feeds.formats import LiveJsonExporter
from fpcrawler.items import RECORD_FIELDS
from fpcrawler.show.bar import glyphs_for
from fpcrawler.show.layout import (
    MAX_WIDTH,
    MIN_WIDTH,
    Row,
    Section,
    section_lines,
    wrapped,
)
from fpcrawler.show.sections import sections_of

if TYPE_CHECKING:
    from fpcrawler.items import ImageRecord


def as_text(
    given: str, record: ImageRecord, *, width: int, encoding: str, has_lists: bool
) -> str:
    """Return a record for a terminal of ``width`` columns, with ``given`` as title.

    ``has_lists``: the image was looked up in known lists.
    """
    width = min(max(width, MIN_WIDTH), MAX_WIDTH)
    glyphs = glyphs_for(encoding)

    def lines() -> Iterator[str]:
        yield from wrapped(printable(_encodable(given, encoding)), width)
        yield glyphs.middle * width
        for section in sections_of(record, given, width, glyphs, has_lists=has_lists):
            rows = (
                Row(_encodable(row.label, encoding), _encodable(row.value, encoding))
                for row in section.rows
            )
            yield ""
            yield from section_lines(Section(section.title, tuple(rows)), width)

    return "".join(f"{line}\n" for line in lines())


def _encodable(text: str, encoding: str) -> str:
    """Escape what the terminal cannot encode; before the layout, as it gets longer."""
    return text.encode(encoding, "backslashreplace").decode(encoding)


def as_json(records: Iterable[ImageRecord]) -> str:
    """Return records as a JSON feed has them."""
    text = BytesIO()
    options = {"fields_to_export": RECORD_FIELDS, "encoding": "utf-8", "indent": 4}
    exporter = LiveJsonExporter(text, **options)
    for record in records:
        exporter.export_item(record)
    exporter.finish_exporting()
    return text.getvalue().decode()
