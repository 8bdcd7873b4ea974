"""The columns that the report's views, facets and search are made of."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fpcrawler.core.metadata.device import device_name
from fpcrawler.report.matches import matches_of, sets_of
from fpcrawler.report.packing import Column, Container, Lists, Numbers, Texts
from fpcrawler.report.values import (
    degrees_of,
    http_seconds_of,
    list_of,
    mapping_of,
    number_of,
    seconds_of,
    text_of,
)

if TYPE_CHECKING:
    from fpcrawler.report.matches import ReportedMatch
    from fpcrawler.report.records import Record

MAX_URL_CHARS = 8_192
_MAX_CELL_CHARS = 500
"""A cell of the table; the detail view has the whole text."""
_MAX_LIST = 100
_MAX_LATITUDE, _MAX_LONGITUDE = 90, 180

_EVENT = re.compile(r"xmpMM:History\[(\d{1,4})\]/stEvt:(action|softwareAgent)")
_STATUSES = ("damaged", "incomplete", "not-sought", "complete")
"""The worst one first."""

_OBJECTS = ("device", "location", "taken", "provenance")


def host_of(url: str) -> str:
    """Return the host of a URL with its port, ``this disk`` for a local file."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    if parts.scheme == "file":
        return "this disk"
    return parts.netloc.rpartition("@")[2].lower()


class Table:
    """The columns of all records, and the matches with known lists."""

    def __init__(self) -> None:
        self.numbers_of: dict[tuple[str, bool], int] = {}
        """URL, and whether it was reached through Tor, to the number of the record."""
        self._urls: list[str] = []
        self._matches: list[tuple[int, ReportedMatch]] = []
        self._texts = {name: Texts() for name in _TEXTS}
        self._numbers = {name: Numbers() for name in _NUMBERS}
        self._lists = {name: Lists() for name in _LISTS}

    def __len__(self) -> int:
        return len(self._urls)

    def add(self, record: Record) -> None:
        """Append a record."""
        number = len(self._urls)
        whole = text_of(record["url"]) or ""
        self.numbers_of[whole, _is_through_tor(record)] = number
        self._urls.append(text_of(whole, MAX_URL_CHARS) or "")
        # Objects within the record are looked up once.
        view = {**record, **{name: mapping_of(record[name]) for name in _OBJECTS}}
        for name, read in _TEXTS.items():
            self._texts[name].add(text_of(read(view), _MAX_CELL_CHARS))
        for name, measure in _NUMBERS.items():
            self._numbers[name].add(measure(view))
        for name, collect in _LISTS.items():
            self._lists[name].add(dict.fromkeys(collect(view)))
        for match in matches_of(record):
            self._matches.append((number, match))

    def put(self, container: Container) -> None:
        """Write the table to a container."""
        columns: Mapping[str, Column] = {
            **self._texts,
            **self._numbers,
            **self._lists,
        }
        container.head["urls"] = self._urls
        container.head["matches"] = self._matches
        container.put(columns)


def _is_through_tor(record: Record) -> bool:
    """Return whether an image was reached through Tor, as THROUGH_TOR does."""
    return (text_of(record["tor"]) or "").lower() == "true"


def _lists_of(record: Record) -> Iterator[str]:
    return (match["list"] for match in matches_of(record))


def _inner(field: str, name: str) -> Callable[[Record], object]:
    return lambda record: mapping_of(record[field]).get(name)


def _number(name: str) -> Callable[[Record], float | None]:
    return lambda record: number_of(record[name])


def _device(record: Record) -> str:
    device = mapping_of(record["device"])
    return device_name(text_of(device.get("make")), text_of(device.get("model")))


def _source_type(record: Record) -> str | None:
    """Return the last part of the URI, which is the code (IPTC NewsCodes)."""
    uri = text_of(mapping_of(record["provenance"]).get("digital_source_type"))
    return uri.rstrip("/").rpartition("/")[2] if uri else None


def _signer(record: Record) -> str | None:
    signer = mapping_of(mapping_of(record["provenance"]).get("signer"))
    return text_of(signer.get("organization")) or text_of(signer.get("common_name"))


def _actions(record: Record) -> Iterator[str]:
    actions = list_of(mapping_of(record["provenance"]).get("actions"))
    for action in map(mapping_of, actions[:_MAX_LIST]):
        name = text_of(action.get("action"), _MAX_CELL_CHARS)
        if name:
            yield name


def _editors(record: Record) -> Iterator[str]:
    """Yield the programs of XMP's history, else what was done without a name."""
    events: dict[str, dict[str, str]] = {}
    for name, value in mapping_of(record["xmp"]).items():
        if (found := _EVENT.fullmatch(name)) and (text := text_of(value, 100)):
            events.setdefault(found[1], {})[found[2]] = text
    for event in [*events.values()][:_MAX_LIST]:
        yield event.get("softwareAgent") or f"({event.get('action', '')})"


def _status(record: Record) -> str | None:
    found = {*map(str, mapping_of(record["metadata_status"]).values())}
    return next((status for status in _STATUSES if status in found), None)


def _degrees(name: str, limit: int) -> Callable[[Record], float | None]:
    return lambda record: degrees_of(mapping_of(record["location"]).get(name), limit)


def _requests(record: Record) -> float:
    counts = map(number_of, mapping_of(record["requests"]).values())
    return sum(count for count in counts if count is not None)


def _tag_count(record: Record) -> float:
    return sum(len(mapping_of(record[name])) for name in ("exif", "xmp", "iptc"))


_TEXTS: Mapping[str, Callable[[Record], object]] = {
    "host": lambda record: host_of(text_of(record["url"]) or ""),
    "page": lambda record: record["page_url"],
    "found_in": lambda record: record["found_in"],
    "alt": lambda record: record["alt"],
    "format": lambda record: record["format"],
    "content_type": lambda record: record["content_type"],
    "ranges": lambda record: record["has_ranges"],
    "tor": lambda record: record["tor"],
    "status": _status,
    "device": _device,
    "serial": _inner("device", "serial"),
    "lens": _inner("device", "lens"),
    "owner": _inner("device", "owner"),
    "software": _inner("device", "software"),
    "generator": _inner("provenance", "generator"),
    "source_type": _source_type,
    "signer": _signer,
    "has_utc": lambda record: "true" if mapping_of(record["taken"]).get("utc") else "",
}

_NUMBERS: Mapping[str, Callable[[Record], float | None]] = {
    "size": _number("image_size"),
    "width": _number("width"),
    "height": _number("height"),
    "read": _number("bytes_downloaded"),
    "requests": _requests,
    "received": lambda record: seconds_of(record["timestamp"]),
    "modified": lambda record: http_seconds_of(record["last_modified"]),
    "taken": lambda record: seconds_of(mapping_of(record["taken"]).get("local")),
    "skew": lambda record: number_of(mapping_of(record["taken"]).get("clock_skew")),
    "latitude": _degrees("latitude", _MAX_LATITUDE),
    "longitude": _degrees("longitude", _MAX_LONGITUDE),
    "tags": _tag_count,
}

_LISTS: Mapping[str, Callable[[Record], Iterator[str]]] = {
    "lists": _lists_of,
    "sets": sets_of,
    "actions": _actions,
    "editors": _editors,
}
