"""Amazon S3 by its host names, and what one may ask it for."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Amazon S3 endpoints and quotas, "Amazon S3 endpoints": global, of a region, dual
# stack, FIPS, accelerated, of an access point; of older regions also `s3-REGION`.
# Neither websites nor S3 Object Lambda, which know no checksums.
_REGION = r"[a-z]{2,4}(?:-[a-z]{2,10}){1,2}-\d{1,2}"
_API = re.compile(
    r"(?:.+\.)?(?:"
    r"s3(?:-fips|-accelerate|-accesspoint(?:-fips)?)?(?:\.dualstack)?"
    rf"(?:\.{_REGION})?|s3-(?:{_REGION}|external-1)"
    r")\.amazonaws\.(?:com|com\.cn|eu)"
)
_DIRECTORY_BUCKET = re.compile(r".+--x-s3\..+")
_OBJECT_LAMBDA = re.compile(r".+\.s3-object-lambda(?:-fips)?\..+")
_MAX_HOST_CHARS = 253  # RFC 1035 section 2.3.4


def is_s3_host(host: str) -> bool:
    """Tell whether a host, in small letters, answers as Amazon S3's REST API."""
    return _fits(_API, host)


def is_directory_bucket(host: str) -> bool:
    """Tell whether a host is that of S3 Express One Zone."""
    return _fits(_DIRECTORY_BUCKET, host)


def is_object_lambda(host: str) -> bool:
    """Tell whether a function of the bucket's owner rewrites the answers."""
    return _fits(_OBJECT_LAMBDA, host)


def takes_checksum_mode(url: str) -> bool:
    """Tell whether ``x-amz-checksum-mode`` may be sent with a request for ``url``.

    S3 refuses a pre-signed URL (``X-Amz-Signature=``, once ``Signature=``) together
    with an ``x-amz-`` header that was not signed: ``AccessDenied``.
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return is_s3_host(parts.hostname or "") and "signature=" not in parts.query.lower()


def _fits(pattern: re.Pattern[str], host: str) -> bool:
    return len(host) <= _MAX_HOST_CHARS and pattern.fullmatch(host) is not None
