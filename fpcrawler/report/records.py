"""Read from feeds the newest record of each image."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_origin, get_type_hints, is_typeddict

from fpcrawler.items import RECORD_FIELDS, RecordFields
from fpcrawler.report.values import parsed
from fpcrawler.tables.database import fetched
from fpcrawler.tables.feeds import THROUGH_TOR, reading
from fpcrawler.tables.latest import load

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.feeds.files import FeedFile

Record = Mapping[str, object]
"""Field to value: of an object or a list its JSON value, else its text."""

TAG_FIELDS = ("exif", "xmp", "iptc", "texts", "user_comment")
"""The fields that a report of many records leaves out."""

_PICTURE_DATA = "random_128_bytes_sample_start"
FIELDS = tuple(name for name in RECORD_FIELDS if name != _PICTURE_DATA)
"""A report has no byte of a picture, so not the sample either."""

_JSON_FIELDS = {
    name: list if get_origin(hint) is list else dict
    for name, hint in get_type_hints(RecordFields).items()
    if is_typeddict(hint) or get_origin(hint) in {dict, list}
}
"""Field to the type of its value."""


def count_records(connection: DuckDBPyConnection, feeds: Sequence[FeedFile]) -> int:
    """Return how many images, by URL and route, the feeds have."""
    with reading(feeds, ["tor"]) as source:
        ((count,),) = connection.execute(
            f"SELECT count(DISTINCT (url, {THROUGH_TOR})) FROM {source} "
            "WHERE url IS NOT NULL"
        ).fetchall()
    return int(count)


def load_records(
    connection: DuckDBPyConnection, feeds: Sequence[FeedFile], *, has_tags: bool
) -> Counter[Path]:
    """Create the table ``records``; return skipped lines by feed.

    It has the newest record for each URL and route. Without ``has_tags``, the fields
    TAG_FIELDS are NULL, except XMP that has a history.
    """
    columns = ", ".join(_column(name, has_tags=has_tags) for name in FIELDS[1:])
    return load(connection, feeds, table="records", fields=FIELDS[1:], columns=columns)


def read_records(connection: DuckDBPyConnection) -> Iterator[Record]:
    """Yield the records of the table, by URL: neighbours have much in common.

    An object or a list is None where the feed has a value of another type.
    """
    names = ", ".join(FIELDS)
    rows = connection.cursor().execute(f"SELECT {names} FROM records ORDER BY url, tor")
    for row in fetched(rows):
        yield {
            name: _value(value, _JSON_FIELDS.get(name))
            for name, value in zip(FIELDS, row, strict=True)
        }


def _value(text: object, kind: type | None) -> object:
    if kind is None:
        return text
    value = parsed(text)
    return value if isinstance(value, kind) else None


def _column(name: str, *, has_tags: bool) -> str:
    if has_tags or name not in TAG_FIELDS:
        return name
    if name == "xmp":
        return "CASE WHEN contains(xmp, 'xmpMM:History') THEN xmp END AS xmp"
    return f"NULL::VARCHAR AS {name}"
