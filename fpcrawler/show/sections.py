"""Sort a record into sections for a person; what is unknown is left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, cast

from fpcrawler.console.known_words import in_words
from fpcrawler.console.text import count_in_words, size_in_words
from fpcrawler.show.bar import Glyphs, bar_rows
from fpcrawler.show.layout import Row, Section, value_width
from fpcrawler.show.place import degrees, geo_uri
from fpcrawler.show.tags import provenance_rows, tag_sections

if TYPE_CHECKING:
    from fpcrawler.core.fingerprint.known import Match
    from fpcrawler.items import ImageRecord

_DEVICE = {
    "make": "make",
    "model": "model",
    "serial": "serial",
    "internal_serial": "internal",
    "lens": "lens",
    "lens_serial": "lens no.",
    "owner": "owner",
    "image_id": "image id",
    "software": "software",
}
_TENTH = 0.1
_CLAIMED = "claimed_"
_OFFSETS = {"written": "written in the file", "gps": "from the GPS clock"}
_RANGES = {True: "supported", False: "not supported", None: "unknown"}


def sections_of(
    record: ImageRecord, given: str, width: int, glyphs: Glyphs, *, has_lists: bool
) -> Iterator[Section]:
    """Yield the sections of a record that have something to say.

    ``given``: how the user named the image. ``width``: cells of a line.
    ``has_lists``: the image was looked up in known lists.
    """
    sections = [
        Section("Known lists", tuple(_matches(record)) if has_lists else ()),
        Section("File", tuple(_file(record, given))),
        Section("Fetched", tuple(_fetched(record))),
        Section("Where in the file", tuple(_bar(record, width, glyphs))),
        Section("Metadata", tuple(_metadata(record))),
        Section("Device", tuple(_said(record.device, _DEVICE))),
        Section("Place", tuple(_place(record.location))),
        Section("Time", tuple(_time(record.taken))),
        Section("Provenance", tuple(provenance_rows(record.provenance))),
        *tag_sections(record),
        Section("Fingerprints", tuple(_fingerprints(record))),
        *_digests(record),
    ]
    return (section for section in sections if section.rows)


def _matches(record: ImageRecord) -> Iterator[Row]:
    if not record.matches:
        yield Row("match", "none")
    rows: dict[tuple[str, int | None], list[Match]] = {}
    for match in record.matches:
        rows.setdefault((match["list"], match["row"]), []).append(match)
    for (name, number), matches in rows.items():
        row = "" if number is None else f", row {number}"
        yield Row("match", f"{name}{row}: {', '.join(m['kind'] for m in matches)}")
        if said := in_words(matches[0]):
            yield Row("", said)


def _file(record: ImageRecord, given: str) -> Iterator[Row]:
    pixels = ""
    if record.width is not None and record.height is not None:
        pixels = f", {record.width} x {record.height} pixels"
    yield Row("format", f"{record.format.upper()}{pixels}")
    yield Row("size", _bytes(record.image_size))
    if record.url != given:
        yield Row("url", record.url)
    if record.content_type:
        yield Row("type", record.content_type)
    if record.last_modified:
        yield Row("modified", record.last_modified)
    if record.etag:
        yield Row("etag", record.etag)


def _fetched(record: ImageRecord) -> Iterator[Row]:
    yield Row("at", f"{record.timestamp.replace('T', ' ')} UTC")
    made = {purpose: number for purpose, number in record.requests.items() if number}
    purposes = ", ".join(f"{purpose} {number}" for purpose, number in made.items())
    yield Row("requests", f"{sum(made.values())} ({purposes})")
    yield Row("bytes", f"{_bytes(record.bytes_downloaded)}{_share(record)}")
    yield Row("ranges", _RANGES[record.has_ranges])
    is_local = record.url.startswith("file:")
    route = "through Tor" if record.tor else "this disk" if is_local else "direct"
    yield Row("route", route)


def _share(record: ImageRecord) -> str:
    """Return how much of the file was read, wrong guesses and retries not counted."""
    if not record.image_size:
        return ""
    read = sum(end - first for first, end, what in record.spans if what == "read")
    share = read / record.image_size
    return f", {share:.{0 if share >= _TENTH else 2}%} of the file"


def _bar(record: ImageRecord, width: int, glyphs: Glyphs) -> list[Row]:
    return bar_rows(record.spans, record.image_size, value_width(width), glyphs)


def _metadata(record: ImageRecord) -> Iterator[Row]:
    found: dict[str, str] = {
        "exif": _count(len(record.exif), "tag"),
        "xmp": _count(len(record.xmp), "tag"),
        "iptc": _count(len(record.iptc), "tag"),
        "texts": _count(len(record.texts), "text"),
        "provenance": "C2PA" if record.provenance.get("c2pa") else "none",
    }
    for kind, status in cast("Mapping[str, str]", record.metadata_status).items():
        yield Row(kind, f"{found[kind]}, {status.replace('-', ' ')}")
    sought = {
        "device": _is_said(record.device),
        "place": record.location.get("latitude") is not None,
        "time": record.taken.get("local") is not None,
    }
    if unknown := [name for name, is_known in sought.items() if not is_known]:
        yield Row("unknown", ", ".join(unknown))


def _place(location: Mapping[str, object]) -> Iterator[Row]:
    latitude, longitude = location["latitude"], location["longitude"]
    if isinstance(latitude, float | int) and isinstance(longitude, float | int):
        yield Row("position", f"{degrees(latitude)}, {degrees(longitude)}")
        yield Row("uri", geo_uri(latitude, longitude))
    if location["altitude"] is not None:
        yield Row("altitude", f"{location['altitude']} m")
    if location["direction"] is not None:
        yield Row("direction", f"{location['direction']} degrees from true north")
    if location["time"] is not None:
        yield Row("GPS clock", f"{_spaced(location['time'])} UTC")


def _time(taken: Mapping[str, object]) -> Iterator[Row]:
    if taken["local"] is not None:
        yield Row("local", _spaced(taken["local"]))
    if taken["offset"] is not None:
        source = _OFFSETS[str(taken["offset_source"])]
        yield Row("offset", f"{taken['offset']} ({source})")
    if taken["utc"] is not None:
        yield Row("UTC", _spaced(taken["utc"]))
    skew = taken["clock_skew"]
    if isinstance(skew, float | int):
        side = "behind" if skew < 0 else "ahead of"
        yield Row("skew", f"the camera is {abs(skew):g} s {side} GPS")


def _fingerprints(record: ImageRecord) -> Iterator[Row]:
    yield Row("head", record.sha256_first_10240_bytes)
    if record.picture_sha256:
        yield Row("picture", record.picture_sha256)
    if record.picture_length is not None:
        is_bound = record.evidence["is_upper_bound"]
        most = "at most " if is_bound else ""
        yield Row("length", f"{most}{count_in_words(record.picture_length, 'byte')}")
    if record.end_sha256:
        yield Row("end", record.end_sha256)
    yield Row("sample", record.random_128_bytes_sample_start)


def _digests(record: ImageRecord) -> Iterator[Section]:
    """Yield the digests of the whole file, by who says so."""
    stated = record.server_digests
    named = {k: v for k, v in stated.items() if k.startswith(_CLAIMED)}
    sections: dict[str, Mapping[str, str | None]] = {
        "Digests of the whole file": record.file_digests,
        "Digests that the server states": {
            k: v for k, v in stated.items() if k not in named
        },
        "Digests that the file's name claims": named,
    }
    for title, digests in sections.items():
        rows = (Row(k.removeprefix(_CLAIMED), v) for k, v in digests.items() if v)
        yield Section(title, tuple(rows))


def _said(fields: Mapping[str, object], labels: Mapping[str, str]) -> Iterator[Row]:
    for name, label in labels.items():
        if fields[name] is not None:
            yield Row(label, str(fields[name]))


def _is_said(fields: Mapping[str, object]) -> bool:
    return any(fields[name] is not None for name in ("make", "model", "serial"))


def _spaced(time: object) -> str:
    return str(time).replace("T", " ")


def _bytes(size: int | None) -> str:
    if size is None:
        return "unknown"
    exact, short = count_in_words(size, "byte"), size_in_words(size)
    return exact if short.endswith("bytes") else f"{exact} ({short})"


def _count(number: int, noun: str) -> str:
    return count_in_words(number, noun) if number else "none"
