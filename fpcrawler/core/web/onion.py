"""Recognize and check onion addresses (rend-spec-v3 section 6, RFC 7686)."""

from __future__ import annotations

import re
from base64 import b32decode
from functools import lru_cache
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
    """An .onion name that no onion service can have; the text says why."""


@lru_cache(maxsize=1_024)
def is_onion(host: str) -> bool:
    """Return whether ``host`` is, or was meant to be, an onion, in any spelling.

    RFC 7686 section 2: such a name must not reach a DNS resolver. So this is also
    true if characters follow (``….onion,``), if the name is malformed, and if the
    56 letters are a label of another domain.
    """
    labels = plain_name(host).split(".")
    is_below = len(labels) > 1 and "onion" in labels[-1]
    return is_below or any(
        len(label) == _LETTERS and _BASE32.fullmatch(label) for label in labels
    )


def onion_label(host: str) -> str:
    """Return the 56 letters of the onion service that ``host`` belongs to.

    Subdomains are ignored: the service itself resolves them. Raises
    MalformedOnion, also for an unusual spelling, which Tor would treat as a
    name of the clear web.
    """
    name = host.lower()
    subdomains, _, label = name.removesuffix(_SUFFIX).rpartition(".")
    prefix = f"{subdomains}." if subdomains else ""
    if not name.endswith(_SUFFIX) or not _SUBDOMAINS.fullmatch(prefix):
        raise MalformedOnion(
            "an onion address has only plain letters and ends in .onion"
        )
    if len(name) > _MAX_HOST_CHARS:
        raise MalformedOnion(f"a host name has at most {_MAX_HOST_CHARS} characters")
    _check(label)
    return label


def _check(label: str) -> None:
    """Raise MalformedOnion unless the letters are a version 3 address.

    The address is ``base32(PUBKEY | CHECKSUM | VERSION)``. The checksum is the
    first two bytes of ``SHA3-256(".onion checksum" | PUBKEY | VERSION)``.
    """
    if len(label) == _LETTERS_OF_VERSION_2:
        raise MalformedOnion("version 2 of onion services was shut down in 2021")
    if len(label) != _LETTERS or not _BASE32.fullmatch(label):
        raise MalformedOnion(
            f"an onion address has {_LETTERS} of the letters a-z and 2-7"
        )
    decoded = b32decode(label.upper())
    key, checksum, version = decoded[:32], decoded[32:34], decoded[34]
    if version != _VERSION:
        raise MalformedOnion(
            f"it has version {version}, but only version {_VERSION} exists"
        )
    if sha3_256(b".onion checksum" + key + decoded[34:]).digest()[:2] != checksum:
        raise MalformedOnion("its checksum does not match, so a letter is wrong")
