"""Write a known list: the fingerprints of images, for those who may not hold them."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import TextIOWrapper
from typing import IO, TYPE_CHECKING

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS
from fpcrawler.exports.cases.content import FINGERPRINTS, digest_in, size_in

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

_SIZES = ("image_size", "picture_length")
COLUMNS = (*FINGERPRINTS, *_SIZES, *BARE_DIGESTS.values())
HEADER = ",".join(COLUMNS)


def write_list(records: Iterable[Record], file: IO[bytes]) -> int:
    """Write a row for each record with a fingerprint; return how many there are.

    Neither texts nor bytes of a file are written, and no digest that only a server
    states: others would take it for one of the picture.
    """
    count = 0
    text = TextIOWrapper(file, encoding="ascii", newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for record in records:
        parts = [digest_in(record, kind) for kind in FINGERPRINTS]
        whole = [
            digest_in(record["file_digests"], kind) for kind in BARE_DIGESTS.values()
        ]
        if any(parts) or any(whole):
            writer.writerow(
                [*parts, *(size_in(record, name) for name in _SIZES), *whole]
            )
            count += 1
    text.detach()
    return count
