from __future__ import annotations

import pytest

from fpcrawler.core.http.tls_words import tls_failure


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        (
            "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed",
            "the server's certificate is self-signed",
        ),
        ("certificate has expired", "the server's certificate has expired"),
        ("Hostname mismatch, certificate", "the server's certificate is for another"),
        ("SSL routines certificate verify failed", "certificate is not trusted"),
        ("[SSL: WRONG_VERSION_NUMBER]", "does not speak TLS at this port"),
        ("tlsv1 alert protocol version", "the server refused the handshake"),
        ("something new", "the handshake failed"),
        ("", "the server closed the connection"),
    ],
)
def test_openssl_is_put_into_words(text: str, meaning: str) -> None:
    assert meaning in tls_failure(text)
