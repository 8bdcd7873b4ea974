"""JUMBF boxes and a C2PA manifest store, made by hand."""

from __future__ import annotations

from dataclasses import dataclass, field

import cbor2

_REST_OF_TYPE = bytes.fromhex("00110010800000aa00389b71")


def box(kind: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + kind + content


def superbox(kind: bytes, label: str, *content: bytes) -> bytes:
    """Return a superbox; ``kind`` is the first four bytes of its type."""
    about = kind + _REST_OF_TYPE + b"\x03" + label.encode() + b"\0"
    return box(b"jumb", box(b"jumd", about) + b"".join(content))


def cbor_box(kind: bytes, label: str, value: object) -> bytes:
    return superbox(kind, label, box(b"cbor", cbor2.dumps(value)))


def actions(*names: str, label: str = "c2pa.actions") -> bytes:
    value = {"actions": [{"action": name} for name in names]}
    return cbor_box(b"cbor", label, value)


def claim(*labels: str) -> bytes:
    urls = [{"url": f"self#jumbf=c2pa.assertions/{label}"} for label in labels]
    value = {"claim_generator": "harbour/1.0", "assertions": urls}
    return cbor_box(b"c2cl", "c2pa.claim", value)


def thumbnail(length: int) -> bytes:
    picture = box(b"bfdb", b"\0image/jpeg\0") + box(b"bidb", b"\xff" * length)
    return superbox(b"@\xcb\x0c2", "c2pa.thumbnail.claim.jpeg", picture)


SIGNATURE = cbor_box(b"c2cs", "c2pa.signature", cbor2.CBORTag(18, [b"", {}, None, b""]))


@dataclass(frozen=True)
class Parts:
    """The parts of a manifest in their usual order."""

    assertions: list[bytes] = field(default_factory=lambda: [actions("c2pa.created")])
    claim: bytes = claim("c2pa.actions")
    signature: bytes = SIGNATURE
    kind: bytes = b"c2ma"

    @property
    def manifest(self) -> bytes:
        listed = superbox(b"c2as", "c2pa.assertions", *self.assertions)
        return superbox(self.kind, "urn:c2pa:1", listed, self.claim, self.signature)


def store(*manifests: bytes) -> bytes:
    return superbox(b"c2pa", "c2pa", *manifests)
