"""What the pipelines pass on, and what leaves the crawl."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


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
    bytes_seen: int
    """As many bytes of the file as were read; ``head`` may be fewer."""
    format: str | None = None
    exif: dict[str, str] = field(default_factory=dict)
    exif_error: str | None = None
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
    content_type: str | None
    last_modified: str | None
    exif_error: str | None
    bytes_downloaded: int


RECORD_FIELDS = [record_field.name for record_field in fields(ImageRecord)]
