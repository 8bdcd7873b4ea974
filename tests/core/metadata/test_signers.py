from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.metadata.signers import (
    MAX_CERTIFICATE_BYTES,
    Signer,
    certificate_of,
    signer_of,
)
from tests.core.metadata.signed import certificates

if TYPE_CHECKING:
    from fpcrawler.core.metadata.cbor import Cbor

LEAF, ROOT = (
    certificate.public_bytes(Encoding.DER) for certificate in certificates()[:2]
)


@pytest.mark.parametrize(
    ("unprotected", "protected"),
    [
        ({}, {33: [LEAF, ROOT]}),
        ({}, {33: LEAF}),
        ({33: [LEAF, ROOT]}, {1: -7}),
        ({"x5chain": [LEAF, ROOT]}, None),
        ({"x5chain": [ROOT]}, {"x5chain": LEAF}),
    ],
)
def test_the_first_certificate_is_the_signers(
    unprotected: Cbor, protected: Cbor
) -> None:
    certificate = certificate_of([b"", unprotected, None, b""], protected)

    assert certificate
    assert signer_of(certificate) == Signer(
        organization="Harbour Cameras", common_name="Camera 12345"
    )


@pytest.mark.parametrize(
    ("signature", "protected"),
    [
        (None, None),
        ([], {}),
        ([b""], {33: []}),
        ([b"", [33]], {33: "text"}),
        ([b"", {33: [[LEAF]]}], {33: [4]}),
        ({1: {33: LEAF}}, [LEAF]),
    ],
)
def test_a_signature_without_certificates_has_none(
    signature: Cbor, protected: Cbor
) -> None:
    assert certificate_of(signature, protected) is None


@pytest.mark.parametrize(
    "certificate",
    [
        b"",
        b"\x30\x80",
        LEAF[:-1],
        LEAF + bytes(MAX_CERTIFICATE_BYTES),
        LEAF.replace(b"Harbour Cameras", b"Harbour\xff\xff\xff\xff\xff\xff\xff\xff"),
    ],
    ids=["empty", "a header", "cut off", "too long", "not UTF-8"],
)
def test_a_certificate_that_cannot_be_read_names_nobody(certificate: bytes) -> None:
    assert signer_of(certificate) is None


def test_a_certificate_against_the_rules_still_names_its_subject() -> None:
    """RFC 5280 section 4.1.2.2 asks for a positive serial number."""
    serial = certificates()[0].serial_number
    length = serial.bit_length() // 8 + 1
    negative = LEAF.replace(serial.to_bytes(length, "big"), b"\x80" * length)
    assert negative != LEAF

    assert signer_of(negative) == signer_of(LEAF)


@given(st.integers(0, len(LEAF) - 1), st.integers(0, 255))
def test_any_certificate_gives_a_signer_or_none(at: int, value: int) -> None:
    bent = LEAF[:at] + bytes([value]) + LEAF[at + 1 :]

    assert signer_of(bent) is None or signer_of(bent) != Signer()
