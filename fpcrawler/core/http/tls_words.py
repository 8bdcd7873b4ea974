"""Say in words why TLS failed, by the text of OpenSSL."""

from __future__ import annotations

_WORDS = {
    "self-signed": "the server's certificate is self-signed",
    "self signed": "the server's certificate is self-signed",
    "expired": "the server's certificate has expired",
    "hostname mismatch": "the server's certificate is for another host",
    "address mismatch": "the server's certificate is for another host",
    "certificate verify failed": "the server's certificate is not trusted",
    "wrong version number": "the server does not speak TLS at this port",
    "packet length too long": "the server does not speak TLS at this port",
    "record layer failure": "the server does not speak TLS at this port",
    "unsupported protocol": "the server's version of TLS is too old",
    "alert": "the server refused the handshake",
    "eof": "the server closed the connection",
}
"""Part of OpenSSL's text to its meaning; the first that fits counts."""


def tls_failure(text: str) -> str:
    """Return what happened; ``text``: what OpenSSL says, ``""`` for a closed one."""
    said = text.lower().replace("_", " ")
    meant = (words for part, words in _WORDS.items() if part in said)
    unknown = "the handshake failed" if said else "the server closed the connection"
    return next(meant, unknown)
