"""A trusted certificate must name the host."""

from __future__ import annotations

import ssl
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.crawls import Crawl


def without_names(path: Path) -> ssl.SSLContext:
    """Make a self-signed certificate without subjectAltName in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    form = serialization.PrivateFormat.PKCS8
    private = key.private_bytes(pem, form, serialization.NoEncryption())
    path.write_bytes(certificate.public_bytes(pem) + private)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(path)
    return tls


def test_a_certificate_that_names_no_host_is_refused_as_one_of_another(
    crawl: Crawl, tmp_path: Path
) -> None:
    authority, trusted = trustme.CA(), tmp_path / "trusted.pem"
    unnamed = without_names(trusted)
    authority.cert_pem.write_to_path(trusted, append=True)
    named, other = (ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) for _ in "12")
    authority.issue_cert("127.0.0.1").configure_cert(named)
    authority.issue_cert("other.example").configure_cert(other)

    with ExitStack() as stack:
        servers = [
            stack.enter_context(serving(folder(GALLERY), tls=tls))
            for tls in (named, unnamed, other)
        ]
        urls = [f"{server.url}/harbour.jpg" for server in servers]
        env = {"SSL_CERT_FILE": str(trusted)}
        crawled = crawl("-a", f"urls={' '.join(urls)}", env=env)

    assert [record["url"] for record in crawled.records] == urls[:1]
    assert sorted(crawled.failed) == sorted(urls[1:])
    assert "Traceback" not in crawled.stderr
    for what in ("names no host (subjectAltName)", "is for another host"):
        assert f"the server's certificate {what} (" in crawled.stderr
