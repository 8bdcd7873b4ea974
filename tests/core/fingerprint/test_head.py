from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.fingerprint.head import (
    SAMPLE_BYTES,
    TAIL_BYTES,
    head_sha256,
    tail_sample,
)

ROOT = Path(__file__).parents[3]
SEED_IMAGE = ROOT.parent / "shared" / "corpus" / "seed" / "img_1771.jpg"
SEED_RECORD = json.loads((ROOT / "tests" / "seed_record.json").read_text())["first"]


def test_the_hash_is_sha256() -> None:
    # FIPS 180-2 appendix B.1
    assert head_sha256(b"abc") == (
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )


def test_the_sample_is_the_last_128_bytes_in_hex() -> None:
    head = bytes(range(256)) * 40

    assert tail_sample(head) == bytes(range(128, 256)).hex()


@pytest.mark.parametrize("length", [0, 1, TAIL_BYTES - 1, TAIL_BYTES])
def test_a_short_file_is_its_own_sample(length: int) -> None:
    head = b"\xab" * length

    assert tail_sample(head) == "ab" * length


@given(st.binary(max_size=1_000))
def test_the_sample_holds_128_bytes_at_most(head: bytes) -> None:
    sample = bytes.fromhex(tail_sample(head))

    assert len(sample) <= TAIL_BYTES
    assert head.endswith(sample)


@pytest.mark.skipif(not SEED_IMAGE.exists(), reason="../shared/corpus is missing")
def test_the_first_10_241_bytes_give_the_fingerprints_of_the_seed() -> None:
    head = SEED_IMAGE.read_bytes()[:SAMPLE_BYTES]

    assert head_sha256(head) == SEED_RECORD["sha256_first_10240_bytes"]
    assert tail_sample(head) == SEED_RECORD["random_128_bytes_sample_start"]


@pytest.mark.skipif(not SEED_IMAGE.exists(), reason="../shared/corpus is missing")
def test_the_first_10_240_bytes_give_other_fingerprints() -> None:
    head = SEED_IMAGE.read_bytes()[: SAMPLE_BYTES - 1]

    assert sha256(head).hexdigest() != SEED_RECORD["sha256_first_10240_bytes"]
