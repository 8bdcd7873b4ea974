"""The item that the pipelines pass on, and the record that they write."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.evidence import Evidence

if TYPE_CHECKING:
    from scrapy import Request

    from fpcrawler.core.file.sparse import SparseFile
    from fpcrawler.core.fingerprint.known import Match


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where to fetch further bytes of an image."""

    request: Request
    """The request that returned the sample, after all redirects."""
    has_ranges: bool
    validator: str | None
    """The value of ``If-Range``, so that no bytes of a changed file are sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An image in the pipelines: its first bytes, and what is known so far."""

    url: str
    page_url: str | None
    found_in: str | None
    alt: str | None
    image_size: int | None
    etag: str | None
    timestamp: str
    content_type: str | None
    last_modified: str | None
    bytes_downloaded: int
    head: bytes = field(repr=False)
    """The bytes that ``Range: bytes=0-10240`` returns; they never reach a feed."""
    bytes_seen: int | None
    """Bytes read from the start of the file; None if the server sent a part."""
    file: SparseFile = field(repr=False)
    """All bytes received; they never reach a feed."""
    source: Source = field(repr=False)
    requests: dict[str, int]
    is_contradictory: bool = False
    """The response contradicts itself, so the end of the file is not known."""
    format: str | None = None
    width: int | None = None
    height: int | None = None
    exif: dict[str, str] = field(default_factory=dict)
    exif_complete: bool = False
    exif_error: str | None = None
    user_comment: str | None = None
    xmp: dict[str, str] = field(default_factory=dict)
    iptc: dict[str, str] = field(default_factory=dict)
    picture_sha256: str | None = None
    picture_length: int | None = None
    block_sha256: str | None = None
    evidence: Evidence = field(default_factory=Evidence)
    server_digests: dict[str, str] = field(default_factory=dict)
    matches: list[Match] = field(default_factory=list)
    sha256_first_10240_bytes: str = ""
    random_128_bytes_sample_start: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageRecord:
    """One image as in the feeds; DATA_FORMAT.md describes each field."""

    url: str
    image_size: int | None
    etag: str | None
    timestamp: str
    exif: dict[str, str]
    sha256_first_10240_bytes: str
    random_128_bytes_sample_start: str
    page_url: str | None
    found_in: str | None
    alt: str | None
    format: str
    width: int | None
    height: int | None
    content_type: str | None
    last_modified: str | None
    exif_complete: bool
    exif_error: str | None
    user_comment: str | None
    xmp: dict[str, str]
    iptc: dict[str, str]
    picture_sha256: str | None
    picture_length: int | None
    block_sha256: str | None
    evidence: dict[str, int]
    server_digests: dict[str, str]
    matches: list[Match]
    requests: dict[str, int]
    bytes_downloaded: int


RECORD_FIELDS = [record_field.name for record_field in fields(ImageRecord)]
