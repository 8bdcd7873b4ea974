"""Recognize Amazon S3 by its host names, and decide whether to request checksums."""

from __future__ import annotations

import re

# Amazon S3 endpoints and quotas, "Amazon S3 endpoints": global, of a region, dual
# stack, FIPS, accelerated, of an access point; of older regions also `s3-REGION`.
# Websites and S3 Object Lambda are left out: they have no checksums.
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
    """Return whether a lower-case host name belongs to Amazon S3's REST API."""
    return _fits(_API, host)


def is_directory_bucket(host: str) -> bool:
    """Return whether a host belongs to S3 Express One Zone."""
    return _fits(_DIRECTORY_BUCKET, host)


def is_object_lambda(host: str) -> bool:
    """Return whether a host is S3 Object Lambda, where a function may change files."""
    return _fits(_OBJECT_LAMBDA, host)


def takes_checksum_mode(host: str, url: str) -> bool:
    """Return whether a request for ``url`` may have ``x-amz-checksum-mode``.

    ``host``: that of the URL, in lower case. S3 refuses a pre-signed URL
    (``X-Amz-Signature=``, formerly ``Signature=``) with an ``x-amz-`` header that was
    not signed: ``AccessDenied``.
    """
    return is_s3_host(host) and "signature=" not in url.partition("?")[2].lower()


def _fits(pattern: re.Pattern[str], host: str) -> bool:
    return len(host) <= _MAX_HOST_CHARS and pattern.fullmatch(host) is not None
