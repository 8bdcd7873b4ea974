"""What the pipelines pass on, and what leaves the crawl."""

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
    """Where an image's further bytes come from."""

    request: Request
    """The one that gave the sample, after all redirects."""
    has_ranges: bool
    validator: str | None
    """What ``If-Range`` names: bytes of another version are not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """An image in flight: its first bytes, and what is known of it so far."""

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
    """As many bytes of the whole file as were read; None where a part was sent."""
    file: SparseFile = field(repr=False)
    """All bytes that are here; they never reach a feed."""
    source: Source = field(repr=False)
    requests: dict[str, int]
    is_contradictory: bool = False
    """The answer contradicts itself, so the end of the file is not known."""
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
    """One image as the feeds hold it; DATA_FORMAT.md says what each field means."""

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
