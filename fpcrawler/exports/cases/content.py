"""What the formats of case tools want of a record: digests, tags, type and ids."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import chain, islice
from typing import IO, TYPE_CHECKING, Any, NamedTuple
from uuid import UUID, uuid5

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS, DIGESTS
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.exports.places import full_time

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

CREATOR = "fpcrawler export"
HEAD = "sha256_first_10240_bytes"
FINGERPRINTS = (HEAD, "picture_sha256", "end_sha256")
"""Digests of parts of a file: of its head, its coded data and their end."""

_NAMESPACE = UUID("6b5f0a0e-6d0c-4c5e-9a51-0d1c8e1a7f43")
_HEX = re.compile("[0-9a-f]+", re.ASCII)
# The directories whose tags are about the picture, not about a thumbnail or a maker.
_GROUPS = ("Image", "EXIF", "GPS", "Interoperability")
_TYPES = {
    "avif": "image/avif",
    "bmp": "image/bmp",
    "gif": "image/gif",
    "heif": "image/heif",
    "ico": "image/vnd.microsoft.icon",
    "jp2": "image/jp2",
    "jpeg": "image/jpeg",
    "jxl": "image/jxl",
    "png": "image/png",
    "psd": "image/vnd.adobe.photoshop",
    "svg": "image/svg+xml",
    "tiff": "image/tiff",
    "webp": "image/webp",
}
"""The names of formats in IANA's list of media types."""


def plain(value: object) -> str:
    """Return a value as text that UTF-8 can hold: without surrogates."""
    return str(value).encode("utf-8", "replace").decode()


def id_of(*parts: str | None) -> UUID:
    """Return an id that is always the same for the same texts (RFC 9562, version 5)."""
    return uuid5(_NAMESPACE, "\n".join(plain(part or "") for part in parts))


EXTENSION = f"extension-definition--{id_of('stix', 'fingerprints')}"
"""What our files have beyond STIX; its definition is at the start of each bundle."""


class Export(NamedTuple):
    """An export of records: its id, when its first image was received, and they."""

    id: UUID
    when: str | None
    records: Iterable[Record]


def export_of(records: Iterable[Record]) -> Export:
    """Return an export, which has the same id each time.

    Only the first record is read for it, so no two cases are taken for one.
    """
    reading = iter(records)
    first = [*islice(reading, 1)]
    url, when = (first[0]["url"], first[0]["timestamp"]) if first else ("", None)
    return Export(id_of("export", url, when), full_time(when), chain(first, reading))


def file_digests(record: Record) -> dict[str, str]:
    """Return MD5, SHA-1 and SHA-256 of the whole file, as far as they are known.

    What was computed of the file wins over what the server states. The head of a
    small image is the whole file.
    """
    size, head = record["image_size"], digest_in(record, HEAD)
    known = {"sha256": head} if size and 0 < size <= SAMPLE_BYTES else {}
    computed, stated = record["file_digests"], record["server_digests"]
    found = {
        kind: digest_in(computed, kind) or known.get(kind) or digest_in(stated, kind)
        for kind in BARE_DIGESTS.values()
    }
    return {kind: digest for kind, digest in found.items() if digest}


def size_in(record: Record, field: str = "image_size") -> int | None:
    """Return a number of bytes or pixels; None if it is unknown, or below 0."""
    size: int | None = record[field]
    return None if size is None or size < 0 else size


def pixels_of(record: Record) -> str | None:
    """Return width and height for a person, None if one of them is unknown."""
    width, height = size_in(record, "width"), size_in(record, "height")
    return f"{width} x {height} pixels" if width and height else None


def fingerprints(record: Record) -> dict[str, str]:
    """Return the digests of parts of the file that are known."""
    found = {kind: digest_in(record, kind) for kind in FINGERPRINTS}
    return {kind: digest for kind, digest in found.items() if digest}


def digest_in(values: Mapping[str, Any] | None, kind: str) -> str | None:
    """Return a digest in lower-case hex; None if it is unknown, or is none."""
    digest = str((values or {}).get(kind) or "").lower()
    if len(digest) != DIGESTS[kind].digits or not _HEX.fullmatch(digest):
        return None
    return digest


def exif_tags(record: Record) -> dict[str, str]:
    """Return the tags of EXIF without their directory: ``Make``, not ``Image Make``.

    If two directories have a tag, that of the picture's own directory is returned.
    """
    found: dict[str, dict[str, str]] = {group: {} for group in _GROUPS}
    for name, value in (record["exif"] or {}).items():
        directory, _, tag = name.partition(" ")
        if directory in found and tag and value:
            found[directory].setdefault(plain(tag), plain(value))
    tags: dict[str, str] = {}
    for group in found.values():
        tags = {**tags, **group, **tags}  # the first one keeps its place and value
    return tags


def media_type(record: Record) -> str | None:
    """Return the media type by the first bytes of the file, not by the server."""
    return _TYPES.get(record["format"] or "")


def write_array(
    file: IO[bytes], opening: str, groups: Iterable[Iterable[str]], closing: str
) -> int:
    """Write JSON around objects, one per line; return how many groups there are."""
    count = 0
    separator = b"\n"
    file.write(opening.encode())
    for objects in groups:
        for text in objects:
            file.write(separator + text.encode())
            separator = b",\n"
        count += 1
    file.write(f"\n{closing}\n".encode())
    return count
