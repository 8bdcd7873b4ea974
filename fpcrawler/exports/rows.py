"""Read the records of feeds one after the other, with the types of their fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec.json

from fpcrawler.exports.tables import TYPES, typed
from fpcrawler.tables.database import fetched
from fpcrawler.tables.latest import reading_latest

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.feeds.files import FeedFile

Record = Mapping[str, Any]
"""A record with all fields; a value is null if it is not of its field's type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record, and which one of the feeds has it.

    ``url``: that of the feed, whatever has happened to the record.
    """

    feed: int
    url: str
    record: Record


def read_rows(
    connection: DuckDBPyConnection, feeds: Sequence[FeedFile]
) -> Iterator[Row]:
    """Yield the latest records of each feed in their order, few of them in memory."""
    with reading_latest(connection, feeds, [*TYPES]) as source:
        # With another cursor, the connection is free for other queries.
        result = connection.cursor().execute(_query(source))
        for feed, url, text in fetched(result):
            yield Row(feed=feed, url=url, record=_decoded(text))


def _typed(name: str) -> str:
    if TYPES[name] == "TIMESTAMP":  # DuckDB writes a space for the T
        return f"strftime({typed(name)}, '%Y-%m-%dT%H:%M:%S')"
    return typed(name)


_OBJECT = ", ".join(f'"{name}": {_typed(name)}' for name in TYPES)


def _query(source: str) -> str:
    return (
        f"SELECT feed, url, to_json({{{_OBJECT}}})::VARCHAR "
        f"FROM {source} WHERE is_latest"
    )


def _decoded(text: str) -> Record:
    try:
        record = msgspec.json.decode(text, type=dict[str, Any])
    except msgspec.DecodeError:  # NaN and Infinity are not JSON
        record = json.loads(text)
    # A list of DuckDB has one type, so the numbers of a span are texts.
    record["spans"] = record["spans"] and [
        [int(part) if part and part.isdecimal() else part for part in span or []]
        for span in record["spans"]
    ]
    return dict(record)
