"""Read whom a C2PA signature names; the signature itself is not checked."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.x509.oid import NameOID, ObjectIdentifier

from fpcrawler.core.metadata.claims import MAX_TEXT_CHARS
from fpcrawler.core.metadata.pictures import without_picture
from fpcrawler.core.metadata.plain_text import safe, shortened

if TYPE_CHECKING:
    from fpcrawler.core.metadata.cbor import Cbor

MAX_CERTIFICATE_BYTES = 16_384

# RFC 9360 section 2: the label of x5chain is 33. C2PA 1.x also wrote the name.
_CHAIN = (33, "x5chain")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The subject of a certificate: its organization and common name, or None."""

    organization: str | None = None
    common_name: str | None = None


def certificate_of(signature: Cbor, protected: Cbor) -> bytes | None:
    """Return the signer's certificate (DER) of a COSE_Sign1; None if it has none.

    ``signature`` is the array of RFC 9052 section 4.2, and ``protected`` its first
    element decoded. RFC 9360 section 2: the certificate of the key comes first; a chain
    of one is not an array.
    """
    unprotected = (
        signature[1] if isinstance(signature, list) and signature[1:] else None
    )
    for header in (protected, unprotected):
        for label in _CHAIN:
            chain = header.get(label) if isinstance(header, dict) else None
            first = chain[0] if isinstance(chain, list) and chain else chain
            if isinstance(first, bytes):
                return first
    return None


def signer_of(certificate: bytes) -> Signer | None:
    """Return whom the certificate names; None if nobody or if it cannot be read."""
    if len(certificate) > MAX_CERTIFICATE_BYTES:
        return None
    try:
        with warnings.catch_warnings():
            # What it deprecates in a certificate does not matter for its name.
            warnings.simplefilter("ignore")
            subject = x509.load_der_x509_certificate(certificate).subject
    # The parser raises ValueError, UnsupportedAlgorithm or classes of its own.
    except Exception:  # noqa: BLE001
        return None
    signer = Signer(
        organization=_attribute(subject, NameOID.ORGANIZATION_NAME),
        common_name=_attribute(subject, NameOID.COMMON_NAME),
    )
    return signer if signer != Signer() else None


def _attribute(subject: x509.Name, oid: ObjectIdentifier) -> str | None:
    for attribute in subject.get_attributes_for_oid(oid):
        if isinstance(attribute.value, str):
            text = safe(without_picture(attribute.value))
            return shortened(text, MAX_TEXT_CHARS) or None
    return None
