"""Write the known times of images as a timeline of Timesketch, in JSON Lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

import msgspec.json

from fpcrawler.core.metadata.device import device_name
from fpcrawler.exports.columns import facts_of
from fpcrawler.exports.events import events_of
from fpcrawler.exports.places import title_of

if TYPE_CHECKING:
    from fpcrawler.exports.columns import Scalar
    from fpcrawler.exports.events import Event
    from fpcrawler.exports.rows import Record

DATA_TYPE = "fpcrawler:image"
_ENCODER = msgspec.json.Encoder()


def write_timesketch(records: Iterable[Record], file: IO[bytes]) -> int:
    """Write an event for each known time of each record; return how many there are."""
    count = 0
    for record in records:
        facts = facts_of(record)
        # Timesketch reads a field of this name as microseconds since 1970.
        received = facts.pop("timestamp", None)
        for event in events_of(record):
            line = _line(record, event) | {"received": received} | facts
            file.write(_ENCODER.encode(line) + b"\n")
            count += 1
    return count


def _line(record: Record, event: Event) -> dict[str, Scalar]:
    device = record["device"] or {}
    name = device_name(device.get("make"), device.get("model"))
    camera = f" ({name})" if name else ""
    unknown = "" if event.is_offset_known else " (local time, offset unknown)"
    return {
        "message": f"{event.what}: {title_of(record['url'])}{camera}",
        "datetime": event.datetime,
        "timestamp_desc": f"{event.what}{unknown}",
        "data_type": DATA_TYPE,
        "time_source": event.source,
        "is_offset_known": event.is_offset_known,
    }
