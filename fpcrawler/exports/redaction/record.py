"""Redact one record."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.exports.redaction.secrets import Secrets
from fpcrawler.exports.redaction.subjects import Subject, device_keys, says
from fpcrawler.exports.redaction.told import provenance_keys, secrets_of

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

DIGITS = 1
"""Decimal places of degrees that are left: about 11 km."""

_TAIL = 128
_MANY_SPANS = 64
_METADATA = {"exif", "xmp", "iptc", "texts", "provenance"}
_TAGS = ("exif", "xmp", "iptc")
_NAMED = {*_TAGS, "requests"}
"""The fields whose keys come from the web."""
_TEXTS = (
    "url",
    "page_url",
    "alt",
    "etag",
    "content_type",
    "last_modified",
    "user_comment",
    *_TAGS,
    "texts",
    "provenance",
    "device",
    "matches",
    "requests",
)
"""The fields that people and programs write; the others are counts and hashes."""


def redact(record: Record, subjects: Collection[Subject]) -> tuple[Record, Secrets]:
    """Return the record without what the subjects cover, and what that was."""
    if not subjects:
        return record, Secrets()
    secrets = secrets_of(record, subjects)
    device = device_keys(subjects)
    shared: dict[str, Any] = {
        **record,
        **{name: _untold(record[name], subjects) for name in _TAGS},
        "texts": [
            text
            for text in record["texts"] or []
            if text and not says(text.get("name") or "", subjects)
        ],
        "provenance": _without(record["provenance"], provenance_keys(subjects)),
        "device": _without(record["device"], device),
    }
    shared |= {name: _scrubbed(name, shared[name], secrets) for name in _TEXTS}
    if Subject.GPS in subjects:
        shared["location"] = _rounded(record["location"])
    if _may_hold_metadata(record):
        shared["random_128_bytes_sample_start"] = None
    return shared, secrets


def _untold(
    tags: Mapping[str, str] | None, subjects: Collection[Subject]
) -> dict[str, str] | None:
    if tags is None:
        return None
    return {name: value for name, value in tags.items() if not says(name, subjects)}


def _without(
    values: Mapping[str, Any] | None, removed: Collection[str]
) -> dict[str, Any] | None:
    """Return an object with some keys null, also without their sources."""
    if values is None:
        return None
    left = {**values, **dict.fromkeys(removed)}
    if left.get("sources"):
        left["sources"] = {
            key: tags for key, tags in left["sources"].items() if key not in removed
        }
    return left


def _rounded(location: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return latitude and longitude with DIGITS, and nothing else."""
    if location is None:
        return None
    degrees = {
        name: round(location[name], DIGITS) + 0.0  # not -0.0
        for name in ("latitude", "longitude")
        if location.get(name) is not None
    }
    return {**dict.fromkeys(location), **degrees, "sources": {}}


def _scrubbed(name: str, value: Any, secrets: Secrets) -> Any:
    """Return a field without the values; empty if it still says one as a whole."""
    has_names = name in _NAMED
    scrubbed = _without_values(value, secrets, has_names=has_names)
    if not scrubbed or isinstance(scrubbed, str):
        return scrubbed
    if not secrets.are_in("\n".join(_texts_of(scrubbed))):
        return scrubbed
    return _emptied(value, has_names=has_names)


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts_of(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield key
            yield from _texts_of(each)


def _without_values(value: Any, secrets: Secrets, *, has_names: bool) -> Any:
    if isinstance(value, str):
        return secrets.scrub(value)
    if isinstance(value, list):
        return [_without_values(each, secrets, has_names=False) for each in value]
    if not isinstance(value, dict):
        return value
    left: dict[str, Any] = {}
    for key, each in value.items():
        name = secrets.scrub(key) if has_names else key
        while name in left:  # two names with a value in them
            name = f"{name}_{len(left)}"
        left[name] = _without_values(each, secrets, has_names=False)
    return left


def _emptied(value: Any, *, has_names: bool) -> Any:
    if isinstance(value, dict):
        return {} if has_names else {**dict.fromkeys(value), "sources": {}}
    return [] if isinstance(value, list) else None


def _may_hold_metadata(record: Record) -> bool:
    """Return whether the last bytes of the sample can be some of the metadata."""
    spans = record["spans"] or []
    if not spans or len(spans) >= _MANY_SPANS:
        return True
    end = min(SAMPLE_BYTES, record["image_size"] or SAMPLE_BYTES)
    return any(_reaches(span, end) for span in spans)


def _reaches(span: Any, end: int) -> bool:
    """Return whether a span can be metadata near ``end``; feeds may hold anything."""
    match span:
        case [int(first), int(last), str(what)]:
            return what in _METADATA and first < end and last > end - _TAIL
        case _:
            return True
