"""The objects of STIX 2.1 that say what a record says; loads stix2, which is slow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from stix2 import v21

from fpcrawler.exports.cases.content import (
    EXTENSION,
    exif_tags,
    file_digests,
    fingerprints,
    id_of,
    media_type,
    plain,
    size_in,
)
from fpcrawler.exports.places import full_time, title_of

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

_HASHES = {"md5": "MD5", "sha1": "SHA-1", "sha256": "SHA-256"}
_MAX_KEY = 250
# STIX 2.1 section 2.3: the characters of a key.
_NOT_IN_KEYS = re.compile("[^A-Za-z0-9_-]+", re.ASCII)
_KEY = re.compile("[A-Z].", re.ASCII)
# RFC 3986 section 3: the scheme and the authority of a URL, and what follows.
_URL = re.compile(
    r"([a-z][a-z0-9+.-]*://[A-Za-z0-9._~:@\[\]-]*)((?:[/?#].*)?)", re.DOTALL
)
_IN_PATH = "%/:@!$&'()*+,;=-._~"
_LONE_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
# When the extension was defined; a time of today would be another object each time.
_DEFINED = "2026-11-30T00:00:00Z"
_IDENTITY = v21.Identity(
    id=f"identity--{id_of('stix', 'fpcrawler')}",
    created=_DEFINED,
    modified=_DEFINED,
    name="fpcrawler",
    identity_class="system",
)
_DEFINITION = v21.ExtensionDefinition(
    id=EXTENSION,
    created_by_ref=_IDENTITY.id,
    created=_DEFINED,
    modified=_DEFINED,
    name="fingerprints of fpcrawler",
    description="Digests of parts of an image, and the page that names it",
    schema="DATA_FORMAT.md of fpcrawler has the fields of the same names",
    version="1.0.0",
    extension_types=["property-extension"],
)


def common() -> Iterator[str]:
    """Yield the objects that each bundle has."""
    yield _IDENTITY.serialize()
    yield _DEFINITION.serialize()


def observed(record: Record) -> Iterator[str]:
    """Yield the objects of a record: file, URL, and when they were seen together."""
    found: list[Any] = [v21.File(**_properties(record))]
    if address := _uri(plain(record["url"])):
        found.append(v21.URL(value=address))
    if when := full_time(record["timestamp"]):
        seen = id_of("observed", record["url"], when)
        sighting = v21.ObservedData(
            id=f"observed-data--{seen}",
            created_by_ref=_IDENTITY.id,
            created=f"{when}Z",
            modified=f"{when}Z",
            first_observed=f"{when}Z",
            last_observed=f"{when}Z",
            number_observed=1,
            object_refs=[each.id for each in found],
        )
        found.append(sighting)
    for each in found:
        yield each.serialize()


def _uri(url: str) -> str | None:
    """Return a URL as RFC 3986 spells it; None if it has no scheme and authority."""
    found = _URL.fullmatch(url)
    if found is None:
        return None
    start, rest = found.groups()
    path, mark, fragment = rest.partition("#")
    fragment = quote(fragment, safe=f"{_IN_PATH}?")
    path = quote(path, safe=f"{_IN_PATH}?")
    return start + _LONE_PERCENT.sub("%25", f"{path}{mark}{fragment}")


def _properties(record: Record) -> dict[str, Any]:
    hashes = {_HASHES[kind]: each for kind, each in file_digests(record).items()}
    properties = {
        "hashes": hashes or None,
        "size": size_in(record),
        "name": plain(title_of(record["url"])),
        "mime_type": media_type(record),
        "extensions": {
            **_raster(record),
            EXTENSION: {
                "extension_type": "property-extension",
                "url": plain(record["url"]),
                **({"page_url": plain(page)} if (page := record["page_url"]) else {}),
                **fingerprints(record),
            },
        },
    }
    return {name: value for name, value in properties.items() if value is not None}


def _raster(record: Record) -> dict[str, Any]:
    """Return the extension of a raster image (section 6.7.5), if it says anything."""
    image = {
        "image_height": size_in(record, "height"),
        "image_width": size_in(record, "width"),
        "exif_tags": _keyed(exif_tags(record)),
    }
    known = {name: value for name, value in image.items() if value}
    return {"raster-image-ext": known} if known and record["format"] != "svg" else {}


def _keyed(tags: dict[str, str]) -> dict[str, str]:
    """Return tags by keys that STIX allows; of two equal ones, the first."""
    keyed: dict[str, str] = {}
    for name, value in tags.items():
        key = _NOT_IN_KEYS.sub("_", name)
        # Its schema also wants a capital letter first.
        key = key if _KEY.match(key) else f"Tag_{key}"
        keyed.setdefault(key[:_MAX_KEY], value)
    return keyed
