"""Fingerprint the sample."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.head import head_sha256, tail_sample

if TYPE_CHECKING:
    from fpcrawler.items import Sample


class FingerprintPipeline:
    """Adds the SHA-256 of the sample and its last 128 bytes."""

    def process_item(self, item: Sample) -> Sample:
        return item.but(
            sha256_first_10240_bytes=head_sha256(item.head),
            random_128_bytes_sample_start=tail_sample(item.head),
        )
