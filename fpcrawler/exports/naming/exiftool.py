"""Rename the tags of a record as ``exiftool -j -G1`` names them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from fpcrawler.exports.naming.exif import exif_name
from fpcrawler.exports.naming.xmp import xmp_name

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

_SEPARATOR = "; "
_NOT_IN_NAMES = re.compile(r"[^\w-]", re.ASCII)
_COMMENTED = {"jpeg", "gif"}


def renamed(record: Record) -> Record:
    """Return the record with other names in ``exif``, ``xmp``, ``iptc`` and ``texts``.

    Values stay as they are. If two tags get one name, their values are joined by
    ``; ``, as the items of a list are in ``xmp``.
    """
    return {
        **record,
        "exif": _renamed(record["exif"], exif_name),
        "xmp": _renamed(record["xmp"], xmp_name),
        "iptc": _renamed(record["iptc"], iptc_name),
        "texts": [
            {**text, "name": text_name(text.get("name") or "", record["format"])}
            for text in record["texts"] or []
            if text
        ],
        **{
            field: _with_sources(record[field])
            for field in ("location", "taken", "device")
        },
    }


def iptc_name(name: str) -> str:
    """Return ``GROUP:TAG`` for a dataset: the names in ``iptc`` are ExifTool's."""
    return f"{'Photoshop' if name == 'IPTCDigest' else 'IPTC'}:{name}"


def text_name(name: str, image_format: str | None) -> str:
    """Return ``GROUP:TAG`` for a text, which is a comment unless the file is a PNG."""
    if image_format in _COMMENTED:
        return "File:Comment"
    plain = _NOT_IN_NAMES.sub("", name)
    return f"PNG:{plain[:1].upper()}{plain[1:]}"


def _renamed(
    tags: Mapping[str, str] | None, name_of: Callable[[str], str]
) -> dict[str, str] | None:
    if tags is None:
        return None
    values: dict[str, list[str]] = {}
    for name, value in tags.items():
        values.setdefault(name_of(name), []).append(value or "")
    return {name: _SEPARATOR.join(each) for name, each in values.items()}


def _with_sources(values: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    if not (values and values.get("sources")):
        return values
    sources = {
        key: [_source_name(tag) for tag in tags or []]
        for key, tags in values["sources"].items()
    }
    return {**values, "sources": sources}


def _source_name(tag: str) -> str:
    """Return the new name of a source: an EXIF tag, an XMP property or another."""
    kind, _, name = tag.partition(" ")
    if kind == "IPTC":
        return iptc_name(name)
    if kind in {"MakerNote", "FLIR"}:
        return tag
    return exif_name(tag) if name and ":" not in kind else xmp_name(tag)
