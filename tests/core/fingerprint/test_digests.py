from __future__ import annotations

import hashlib
import zlib

import pytest

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS, DIGESTS, FILE_DIGESTS
from fpcrawler.core.fingerprint.known import DigestKind


@pytest.mark.parametrize("name", ["md5", "sha1", "sha256", "sha512"])
def test_a_cryptographic_digest_has_its_length_and_proves(name: str) -> None:
    digest = hashlib.new(name, b"a", usedforsecurity=False)

    assert FILE_DIGESTS[name].bytes == digest.digest_size
    assert FILE_DIGESTS[name].digits == len(digest.hexdigest())
    assert FILE_DIGESTS[name].proves_whole


def test_nothing_else_proves_that_files_are_equal() -> None:
    proofs = {name for name, digest in DIGESTS.items() if digest.proves_whole}

    assert proofs == {"md5", "sha1", "sha256", "sha512"}
    assert FILE_DIGESTS["crc32"].bytes == len(zlib.crc32(b"a").to_bytes(4))


def test_every_kind_of_a_known_list_is_in_the_table() -> None:
    assert set(DigestKind) <= DIGESTS.keys()
    assert BARE_DIGESTS == {32: "md5", 40: "sha1", 64: "sha256"}
