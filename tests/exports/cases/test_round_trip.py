from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import pytest
from scrapy.settings import Settings

from fpcrawler.core.fingerprint.known import DigestKind, whole_digests
from fpcrawler.exports.cases.dfxml import write_dfxml
from fpcrawler.exports.cases.misp import write_misp
from fpcrawler.exports.cases.stix import write_stix
from fpcrawler.exports.cases.vics import write_vics
from fpcrawler.known.loading import known_lists
from tests.exports.test_tables import FULL

IMAGES = [b"%d" % number * 20_000 for number in range(3)]
KINDS = [DigestKind.MD5, DigestKind.SHA1, DigestKind.SHA256]


def record_of(image: bytes, number: int) -> dict[str, Any]:
    return {
        **FULL,
        "url": f"https://a.example/{number}.jpg",
        "image_size": len(image),
        "file_digests": {kind: whole_digests(image)[kind] for kind in KINDS},
        "server_digests": {},
        "sha256_first_10240_bytes": sha256(image[:10_241]).hexdigest(),
    }


@pytest.mark.parametrize("write", [write_vics, write_stix, write_misp, write_dfxml])
def test_an_export_is_a_known_list_of_its_images(
    tmp_path: Path, write: Callable[[Iterable[dict[str, Any]], IO[bytes]], int]
) -> None:
    path, file = tmp_path / "list", BytesIO()
    write([record_of(image, at) for at, image in enumerate(IMAGES)], file)
    path.write_bytes(file.getvalue())
    known = known_lists(Settings({"KNOWN_LISTS": [str(path)]}))

    rows = set()
    for image in IMAGES:
        digests = whole_digests(image)
        matches = known.matches(digests, b"", len(image))
        assert [match["kind"] for match in matches] == KINDS
        assert {match["size_agrees"] for match in matches} == {True}
        assert {match["set"] for match in matches} == {"unknown"}
        (other,) = {match["size_agrees"] for match in known.matches(digests, b"", 1)}
        assert other is False
        (row,) = {match["row"] for match in matches}
        rows.add(row)
    assert len(rows) == len(IMAGES)
    assert known.matches(whole_digests(b"another"), b"") == []
    assert known.skipped == 0
