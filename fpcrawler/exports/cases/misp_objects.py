"""The objects of MISP that say what a record says; loads pymisp, which is slow."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pymisp import MISPObject

from fpcrawler.core.metadata.moments import offset_text, read_offset
from fpcrawler.exports.cases.content import (
    HEAD,
    exif_tags,
    file_digests,
    fingerprints,
    id_of,
    media_type,
    pixels_of,
    plain,
    size_in,
)
from fpcrawler.exports.places import full_time, place_of, title_of

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

    Value = str | int | float | None

_MAX_BYTES = 65_535
"""What a column of MISP's database holds."""
_TAGS = {
    "make": "Make",
    "model": "Model",
    "lens-model": "LensModel",
    "software": "Software",
    "artist": "Artist",
    "copyright": "Copyright",
    "image-description": "ImageDescription",
    "orientation": "Orientation",
    "exposure-time": "ExposureTime",
    "flash": "Flash",
}
"""Relation of the template ``exif`` to tag, for those that are texts."""


def objects_of(record: Record) -> Iterator[str]:
    """Yield a file, its URL, its EXIF and its place, as far as they are known.

    The file refers to its URL and its place, the EXIF to the file.
    """
    file = _made(record, "file", _file(record))
    address = _made(record, "url", _url(record))
    _refer(file, "downloaded-from", address)
    exif = _exif(record)
    if exif.keys() & {"raw-output", "datetime-original", "model"}:  # its template
        made = _made(record, "exif", exif)
        _refer(made, "extracted-from", file)
        yield made.to_json()
    if place := place_of(record):
        made = _made(record, "geolocation", place._asdict())
        _refer(file, "located", made)
        yield made.to_json()
    yield file.to_json()
    yield address.to_json()


def _made(record: Record, name: str, values: Mapping[str, Value]) -> MISPObject:
    """Return an object with the values that are known, each with a fixed id."""
    made = MISPObject(name, standalone=False)
    # Two URLs may be one after redaction: the head tells their images apart.
    parts = (record[field] for field in ("url", "timestamp", HEAD))
    made.uuid = str(id_of("misp", name, *parts))
    for relation, value in values.items():
        if value is None or not (text := _fitting(plain(value))):
            continue
        made.add_attribute(
            relation.partition(" ")[0],
            value=text if isinstance(value, str) else value,
            # An image that was seen is not an indicator of compromise.
            to_ids=False,
            uuid=str(id_of(made.uuid, relation)),
        )
    return made


def _refer(source: MISPObject, relation: str, target: MISPObject) -> None:
    uuid = str(id_of(source.uuid, relation, target.uuid))
    source.add_reference(target.uuid, relation, uuid=uuid)


def _fitting(text: str) -> str:
    """Return a text without blank ends, as pymisp wants it, cut to what MISP holds."""
    text = text.strip().strip("\0")
    data = text.encode()
    if len(data) <= _MAX_BYTES:
        return text
    return data[: _MAX_BYTES - len("…".encode())].decode(errors="ignore") + "…"


def _file(record: Record) -> dict[str, Value]:
    return {
        "filename": title_of(record["url"]),
        "size-in-bytes": size_in(record),
        "mimetype": media_type(record),
        **file_digests(record),
        # The template allows several texts; what follows the space tells them apart.
        "text size": pixels_of(record),
        **{
            f"text {kind}": f"{kind}: {digest}"
            for kind, digest in fingerprints(record).items()
        },
    }


def _url(record: Record) -> dict[str, Value]:
    page = record["page_url"]
    return {"url": record["url"], "text": f"named by {page}" if page else None}


def _exif(record: Record) -> dict[str, Value]:
    """Return the values of the template ``exif``."""
    tags = exif_tags(record)
    values: dict[str, Value] = {name: tags.get(tag) for name, tag in _TAGS.items()}
    values["user-comment"] = record["user_comment"]
    values["datetime-original"] = _taken(record)
    raw = json.dumps(tags, ensure_ascii=False)
    values["raw-output"] = raw if tags and len(raw.encode()) <= _MAX_BYTES else None
    return {name: value for name, value in values.items() if value is not None}


def _taken(record: Record) -> str | None:
    taken = record["taken"] or {}
    local, offset = (
        full_time(taken.get("local")),
        read_offset(taken.get("offset") or ""),
    )
    return (
        f"{local}{offset_text(offset) if offset is not None else ''}" if local else None
    )
