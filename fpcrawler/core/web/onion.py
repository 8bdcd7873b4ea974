"""Addresses of onion services (rend-spec-v3 section 6, RFC 7686)."""

from __future__ import annotations

import re
from base64 import b32decode
from hashlib import sha3_256

from fpcrawler.core.web.addresses import plain_name

_SUFFIX = ".onion"
_LETTERS = 56
_LETTERS_OF_VERSION_2 = 16
_VERSION = 3
_MAX_HOST_CHARS = 253  # RFC 1035; SOCKS5 has room for 255
_BASE32 = re.compile("[a-z2-7]+")
_SUBDOMAINS = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*")


class MalformedOnion(ValueError):
    """A name below .onion that no onion service can have; the text says why."""


def is_onion(host: str) -> bool:
    """Tell whether ``host`` names an onion, or was meant to, however it is written.

    RFC 7686 section 2 wants such a name to stay away from every resolver. So it
    does if something is attached (``….onion,``), if it is malformed, and if the
    letters stand in another domain.
    """
    labels = plain_name(host).split(".")
    is_below = len(labels) > 1 and "onion" in labels[-1]
    return is_below or any(
        len(label) == _LETTERS and _BASE32.fullmatch(label) for label in labels
    )


def onion_label(host: str) -> str:
    """Return the 56 letters of the onion service that ``host`` belongs to.

    Subdomains are the service's own affair. Raises MalformedOnion, also for an
    unusual spelling, which Tor would take for a name of the clear web.
    """
    name = host.lower()
    subdomains, _, label = name.removesuffix(_SUFFIX).rpartition(".")
    prefix = f"{subdomains}." if subdomains else ""
    if not name.endswith(_SUFFIX) or not _SUBDOMAINS.fullmatch(prefix):
        raise MalformedOnion(
            "an onion address is written in plain letters and ends in .onion"
        )
    if len(name) > _MAX_HOST_CHARS:
        raise MalformedOnion(f"a host name has at most {_MAX_HOST_CHARS} letters")
    _check(label)
    return label


def _check(label: str) -> None:
    """Raise MalformedOnion unless the letters are a version 3 address.

    ``base32(PUBKEY | CHECKSUM | VERSION)``, the checksum being the first two
    bytes of ``SHA3-256(".onion checksum" | PUBKEY | VERSION)``.
    """
    if len(label) == _LETTERS_OF_VERSION_2:
        raise MalformedOnion("version 2 of onion services ended in 2021")
    if len(label) != _LETTERS or not _BASE32.fullmatch(label):
        raise MalformedOnion(
            f"an onion address has {_LETTERS} of the letters a-z and 2-7"
        )
    decoded = b32decode(label.upper())
    key, checksum, version = decoded[:32], decoded[32:34], decoded[34]
    if version != _VERSION:
        raise MalformedOnion(
            f"it is of version {version}, there is only version {_VERSION}"
        )
    if sha3_256(b".onion checksum" + key + decoded[34:]).digest()[:2] != checksum:
        raise MalformedOnion("its checksum is wrong, so at least one letter is")
