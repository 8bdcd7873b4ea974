"""Redact one record."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.exports.redaction.secrets import Secrets
from fpcrawler.exports.redaction.subjects import Subject, device_keys, says

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

DIGITS = 1
"""Decimal places of degrees that are left: about 11 km."""

_TAIL = 128
_MANY_SPANS = 64
_METADATA = {"exif", "xmp", "iptc", "texts", "provenance"}
_TAGS = ("exif", "xmp", "iptc")
_TEXTS = ("url", "page_url", "alt", "user_comment", *_TAGS, "texts", "provenance")
"""The fields that people and programs write; the others are counts and hashes."""

_LEGAL = re.compile(
    r"copyright|\(c\)|©|all rights reserved|\b\d{4}(?:\s*-\s*\d{4})?\b|\bby\b",
    re.IGNORECASE,
)
_PARTS = re.compile(r"[;\n/|]")


def redact(record: Record, subjects: Collection[Subject]) -> tuple[Record, Secrets]:
    """Return the record without what the subjects cover, and what that was."""
    if not subjects:
        return record, Secrets()
    secrets = _secrets(record, subjects)
    device = dict.fromkeys(device_keys(subjects))
    shared: dict[str, Any] = {
        **record,
        **{name: _untold(record[name], subjects) for name in _TAGS},
        "texts": [
            text
            for text in record["texts"] or []
            if text and not says(text.get("name") or "", subjects)
        ],
        "provenance": _without(record["provenance"], _signer(subjects)),
        "device": _without(record["device"], device),
    }
    shared |= {name: _scrubbed(shared[name], secrets) for name in (*_TEXTS, "device")}
    if Subject.GPS in subjects:
        shared["location"] = _rounded(record["location"])
    if _may_hold_metadata(record):
        shared["random_128_bytes_sample_start"] = None
    return shared, secrets


def _secrets(record: Record, subjects: Collection[Subject]) -> Secrets:
    named = [each for each in subjects if each is not Subject.GPS]
    texts = [
        part
        for value in _told(record, named)
        for part in (value, *_PARTS.split(_LEGAL.sub(";", value)))
    ]
    location = record["location"] or {}
    degrees = (
        [location.get("latitude"), location.get("longitude")]
        if Subject.GPS in subjects
        else []
    )
    known = tuple(each for each in degrees if each)
    return Secrets(tuple(dict.fromkeys(texts)), known)


def _told(record: Record, subjects: Collection[Subject]) -> Iterator[str]:
    """Yield the values that a record has about the subjects."""
    device = record["device"] or {}
    yield from filter(None, (device.get(key) for key in device_keys(subjects)))
    for field in _TAGS:
        for name, value in (record[field] or {}).items():
            if value and says(name, subjects):
                yield value
    for text in record["texts"] or []:
        if text and text.get("text") and says(text.get("name") or "", subjects):
            yield text["text"]
    if _signer(subjects):
        signer = (record["provenance"] or {}).get("signer") or {}
        yield from filter(None, signer.values())


def _signer(subjects: Collection[Subject]) -> dict[str, None]:
    return {"signer": None} if Subject.OWNER in subjects else {}


def _untold(
    tags: Mapping[str, str] | None, subjects: Collection[Subject]
) -> dict[str, str] | None:
    if tags is None:
        return None
    return {name: value for name, value in tags.items() if not says(name, subjects)}


def _without(
    values: Mapping[str, Any] | None, removed: Mapping[str, None]
) -> dict[str, Any] | None:
    """Return an object with some keys null, also without their sources."""
    if values is None:
        return None
    left = {**values, **removed}
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


def _scrubbed(value: Any, secrets: Secrets) -> Any:
    if isinstance(value, str):
        return secrets.scrub(value)
    if isinstance(value, list):
        return [_scrubbed(each, secrets) for each in value]
    if isinstance(value, dict):
        return {key: _scrubbed(each, secrets) for key, each in value.items()}
    return value


def _may_hold_metadata(record: Record) -> bool:
    """Return whether the last bytes of the sample can be some of the metadata."""
    spans = record["spans"] or []
    if not spans or len(spans) >= _MANY_SPANS:
        return True
    end = min(SAMPLE_BYTES, record["image_size"] or SAMPLE_BYTES)
    return any(
        int(first) < end and int(last) > end - _TAIL
        for first, last, what in spans
        if what in _METADATA
    )
