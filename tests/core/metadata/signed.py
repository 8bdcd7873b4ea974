"""Pictures with a C2PA manifest, signed by c2pa-rs with a certificate made here."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import c2pa
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

from fpcrawler.core.metadata.claims import Action
from fpcrawler.core.metadata.provenance import Provenance
from fpcrawler.core.metadata.signers import Signer

SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"

MANIFEST: dict[str, Any] = {
    "claim_generator_info": [{"name": "Harbour Editor", "version": "2.1"}],
    "title": "harbour",
    "assertions": [
        {
            "label": "c2pa.actions",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": SOURCE_TYPE,
                        "softwareAgent": {"name": "Painter", "version": "3"},
                    },
                    {"action": "c2pa.color_adjustments"},
                ]
            },
        }
    ],
}

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><g/></svg>'
JXL = (
    bytes.fromhex("0000000c4a584c200d0a870a")
    + bytes.fromhex("00000014667479706a786c20000000006a786c20")
    + bytes.fromhex("000000206a786c63ff0a")
    + bytes(22)
)

_SETTINGS = {"verify": {"remote_manifest_fetch": False}}
_DAY = timedelta(days=1)


def noise(kind: str, side: int) -> bytes:
    """Return a picture whose thumbnail is as large as it can be."""
    file = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(file, kind)
    return file.getvalue()


def sign(
    mime_type: str,
    picture: bytes,
    *,
    manifest: dict[str, Any] = MANIFEST,
    thumbnail: bool = True,
    ingredients: tuple[bytes, ...] = (),
) -> bytes:
    """Return the picture with a manifest; each ingredient is a JPEG with its own."""
    settings = _SETTINGS | {"builder": {"thumbnail": {"enabled": thumbnail}}}
    context = c2pa.Context(c2pa.Settings.from_dict(settings))
    builder = c2pa.Builder(manifest, context=context)
    for ingredient in ingredients:
        about = {"title": "ingredient", "relationship": "componentOf"}
        builder.add_ingredient(about, "image/jpeg", io.BytesIO(ingredient))
    signed = io.BytesIO()
    builder.sign(_signer(), mime_type, io.BytesIO(picture), signed)
    return signed.getvalue()


def read_by_c2pa(mime_type: str, signed: bytes) -> dict[str, Any]:
    """Return the active manifest as the Reader of c2pa-python reports it."""
    context = c2pa.Context(c2pa.Settings.from_dict(_SETTINGS))
    reader = c2pa.Reader(mime_type, io.BytesIO(signed), context=context)
    report = json.loads(reader.json())
    active: dict[str, Any] = report["manifests"][report["active_manifest"]]
    return active


def expected(active: dict[str, Any]) -> Provenance:
    """Return the record of what the Reader of c2pa-python reports."""
    info = active["claim_generator_info"][0]
    lists = [a for a in active["assertions"] if a["label"].startswith("c2pa.actions")]
    actions = tuple(
        Action(
            action=action["action"],
            digital_source_type=action.get("digitalSourceType"),
            software_agent=" ".join(
                action["softwareAgent"][key]
                for key in ("name", "version")
                if key in action["softwareAgent"]
            )
            if "softwareAgent" in action
            else None,
        )
        for assertion in lists
        for action in assertion["data"]["actions"]
    )
    return Provenance(
        c2pa=True,
        generator=f"{info['name']} {info['version']}",
        actions=actions,
        digital_source_type=actions[0].digital_source_type,
        signer=Signer(
            organization=active["signature_info"]["issuer"],
            common_name=active["signature_info"]["common_name"],
        ),
    )


@cache
def certificates() -> tuple[
    x509.Certificate, x509.Certificate, ec.EllipticCurvePrivateKey
]:
    """Return a signer's certificate, that of its authority, and the signer's key."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = _name("Harbour Root", "Harbour Authority")
    root = _certificate(root_name, root_name, root_key, root_key, is_authority=True)
    name = _name("Camera 12345", "Harbour Cameras")
    leaf = _certificate(name, root_name, key, root_key, is_authority=False)
    return leaf, root, key


def _signer() -> Any:
    leaf, root, key = certificates()
    chain = leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    info = c2pa.C2paSignerInfo(
        alg=b"es256", sign_cert=chain, private_key=private, ta_url=None
    )
    return c2pa.Signer.from_info(info)


def _name(common_name: str, organization: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    public, now = key.public_key(), datetime.now(UTC)
    others = "content_commitment key_encipherment data_encipherment key_agreement"
    usage = dict.fromkeys(f"{others} encipher_only decipher_only".split(), False)
    usage |= dict.fromkeys(("key_cert_sign", "crl_sign"), is_authority)
    builder = (
        x509.CertificateBuilder(issuer, subject, public, x509.random_serial_number())
        .not_valid_before(now - _DAY)
        .not_valid_after(now + 30 * _DAY)
        .add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=not is_authority, **usage), critical=True
        )
        .add_extension(
            x509.SubjectKeyIdentifier.from_public_key(public), critical=False
        )
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not is_authority:
        purposes = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purposes, critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
