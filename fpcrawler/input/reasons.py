"""Say in words why a list cannot be read, whatever library has failed."""

from __future__ import annotations

from collections.abc import Iterator

from fpcrawler.core.http.tls_words import tls_failure

_BY_NAME = {
    "NameResolutionError": "its host name was not found",
    "gaierror": "its host name was not found",
    "ConnectTimeoutError": "its server does not answer",
    "ConnectTimeout": "its server does not answer",
    "ReadTimeoutError": "its server sends nothing more",
    "ReadTimeout": "its server sends nothing more",
    "ConnectionRefusedError": "its server refused the connection",
    "NewConnectionError": "its server cannot be connected to",
    "IncompleteRead": "its server closed the connection before the end",
    "ProtocolError": "its server closed the connection",
    "TooManyRedirects": "it redirects too often",
    "InvalidURL": "it is not a URL",
    "BadGzipFile": "it is not a whole gzip file",
    "NoCredentialsError": "there are no AWS credentials, see docs/s3.md",
    "PartialCredentialsError": "the AWS credentials are incomplete, see docs/s3.md",
    "ProfileNotFound": "AWS_PROFILE names a profile that ~/.aws does not have",
    "EndpointConnectionError": "the S3 server cannot be connected to",
}
"""Class of an exception, of whichever library, to what it means."""


def reason_of(error: BaseException) -> str:
    """Return what is wrong, without the texts of OpenSSL, urllib3 and errno."""
    chain = [*_causes(error)]
    for one in chain:
        if "SSLError" in _names(one):
            return f"TLS failed: {tls_failure(str(one))}"
    for one in reversed(chain):  # the cause says more than what it led to
        for name in _names(one):
            if name in _BY_NAME:
                return _BY_NAME[name]
    status = getattr(getattr(error, "response", None), "status_code", None)
    if isinstance(status, int):
        return f"its server returned status {status}"
    text = getattr(error, "strerror", None) or str(error)
    return " ".join(text.split()).rstrip(".") or type(error).__name__


def _names(error: BaseException) -> list[str]:
    return [kind.__name__ for kind in type(error).__mro__]


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and what led to it; urllib3 keeps it in ``reason`` or ``args``."""
    seen = set[int]()
    waiting: list[object] = [error]
    while waiting:
        one = waiting.pop(0)
        if not isinstance(one, BaseException) or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        reason = getattr(one, "reason", None)
        waiting += [reason, *one.args, one.__cause__, one.__context__]
