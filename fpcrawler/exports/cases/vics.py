"""Write feeds as a case of VICS 2.0, which Griffeye, Axiom and others import."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import IO, TYPE_CHECKING

from fpcrawler.exports.cases.content import (
    CREATOR,
    exif_tags,
    export_of,
    file_digests,
    fingerprints,
    media_type,
    pixels_of,
    plain,
    size_in,
    write_array,
)
from fpcrawler.exports.places import full_time, title_of

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

_CONTEXT = (
    "http://github.com/VICSDATAMODEL/ProjectVic/DataModels/2.0.xml/CUSTOM"
    "/$metadata#Cases"
)
OPENING = (
    f'{{"@odata.context":"{_CONTEXT}","value":[{{"SourceApplicationName":"{CREATOR}"'
)
_UNCATEGORISED = 0


def write_vics(records: Iterable[Record], file: IO[bytes]) -> int:
    """Write one case with a media for each record; return how many there are."""
    export = export_of(records)
    opening = f'{OPENING},"CaseID":"{export.id}","Media":['
    media = ([_dumped(each)] for each in _media(export.records))
    return write_array(file, opening, media, "]}]}")


def _dumped(media: dict[str, object]) -> str:
    known = {name: value for name, value in media.items() if value is not None}
    return json.dumps(known, ensure_ascii=False)


def _media(records: Iterable[Record]) -> Iterator[dict[str, object]]:
    for number, record in enumerate(records, start=1):
        digests = file_digests(record)
        md5 = digests["md5"].upper() if "md5" in digests else None
        sha1 = digests["sha1"].upper() if "sha1" in digests else None
        others = fingerprints(record)
        if "sha256" in digests:
            others["SHA256"] = digests["sha256"]
        when = full_time(record["timestamp"])
        # Names are those of VICS. MD5 is its key of a media, so it comes again.
        key = {"MD5": md5} if md5 else {}
        named = {
            "FileName": plain(title_of(record["url"])),
            "FilePath": plain(record["url"]),
        }
        yield {
            "MediaID": number,
            "Category": _UNCATEGORISED,
            "MD5": md5,
            "SHA1": sha1,
            "MediaSize": size_in(record),
            "MimeType": media_type(record),
            "DateUpdated": f"{when}Z" if when else None,
            "Comments": _comments(record) or None,
            "Exifs": [
                {"PropertyName": name, "PropertyValue": value}
                for name, value in exif_tags(record).items()
            ],
            "AlternativeHashes": [
                {**key, "HashName": name, "HashValue": value.upper()}
                for name, value in others.items()
            ],
            "MediaFiles": [{**named, **key}],
        }


def _comments(record: Record) -> str:
    """Return what VICS has no property for."""
    page = record["page_url"]
    named = f"named by {plain(page)}" if page else None
    return "; ".join(filter(None, [pixels_of(record), named]))
