"""Refuse a certificate that names no host, as one that names another host."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from OpenSSL.SSL import VERIFY_FAIL_IF_NO_PEER_CERT, VERIFY_PEER
from service_identity.exceptions import CertificateError, VerificationError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.python.failure import Failure
from zope.interface import implementer

if TYPE_CHECKING:
    from OpenSSL.crypto import X509
    from OpenSSL.SSL import Connection


@implementer(IOpenSSLClientConnectionCreator)
class NamedCreator:
    """Makes connections as another creator does, but verifies the name by itself.

    RFC 9525 section 6.3: only ``subjectAltName`` names a host. Twisted 26.4 logs a
    traceback for a certificate without it, and then accepts the certificate.
    """

    def __init__(self, creator: Any, host: str) -> None:
        self._creator = creator
        is_address = isIPAddress(host) or isIPv6Address(host)
        self._id = (IPAddress_ID if is_address else DNS_ID)(host)

    def clientConnectionForTLS(self, tlsProtocol: Any) -> Connection:  # noqa: N802, N803 - Twisted's interface
        connection: Connection = self._creator.clientConnectionForTLS(tlsProtocol)

        def refuse(what: str) -> bool:
            error = CertificateError(f"the server's certificate {what}")
            tlsProtocol.failVerification(Failure(error))  # type: ignore[no-untyped-call]
            return False

        def verify(_: Connection, cert: X509, __: int, depth: int, ok: int) -> bool:
            if depth or not ok:
                return bool(ok)
            try:
                verify_service_identity(extract_patterns(cert), [self._id], [])
            except CertificateError:
                return refuse("names no host (subjectAltName)")
            except VerificationError:
                return refuse("is for another host")
            return True

        connection.set_verify(VERIFY_PEER | VERIFY_FAIL_IF_NO_PEER_CERT, verify)
        return connection
