"""What the contestants without a crawler need: the images of a list, and records."""

from __future__ import annotations

import io
from hashlib import sha256
from pathlib import Path
from urllib.parse import urljoin
from urllib.request import urlopen

import exifread
from lxml.html import fromstring


def image_urls(urls_file: str, pages: str) -> list[str]:
    """Return the URLs of a list or, if ``pages`` is 1, of the pages of a list."""
    lines = Path(urls_file).read_text().split()
    if pages != "1":
        return lines
    return [urljoin(page, name) for page in lines for name in _sources(page)]


def record(url: str, size: int, head: bytes) -> dict[str, object]:
    """Return a record as the seed's; ``head`` is what ``HEAD`` returns."""
    tags = exifread.process_file(
        io.BytesIO(head), details=False, extract_thumbnail=False
    )
    return {
        "url": url,
        "image_size": size,
        "exif": {name: str(value) for name, value in tags.items()},
        "sha256_first_10240_bytes": sha256(head).hexdigest(),
        "random_128_bytes_sample_start": head[-128:].hex(),
    }


def _sources(page: str) -> list[str]:
    with urlopen(page) as response:  # noqa: S310 - pages of our own server
        sources: list[str] = fromstring(response.read()).xpath("//img/@src")
    return sources
