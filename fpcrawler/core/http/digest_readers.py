"""The headers in which servers and stores state digests, one reader for each."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.core.http.ranges import OK
from fpcrawler.core.http.s3 import is_directory_bucket, is_object_lambda, is_s3_host

if TYPE_CHECKING:
    from fpcrawler.core.http.ranges import Answer

    Digests = Iterator[tuple[str, bytes]]

DIGEST_BYTES = {
    "md5": 16,
    "sha1": 20,
    "sha256": 32,
    "sha512": 64,
    "crc32": 4,
    "crc32c": 4,
    "crc64nvme": 8,
}
"""How many bytes a digest of each kind has; the kinds in the order of the record."""

# RFC 9530 section 7.2 and RFC 3230 section 4.1.1; their CRC32c has another form.
_ALGORITHMS = {"md5": "md5", "sha": "sha1", "sha-256": "sha256", "sha-512": "sha512"}

_STRUCTURED = re.compile(r"([a-z0-9*_.-]+)=:([A-Za-z0-9+/=]*):[ \t]*(?:;.*)?")

_PLAIN = re.compile(r"([A-Za-z0-9-]+)=([A-Za-z0-9+/=]+)")

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")

_STRONG_ETAG = re.compile(r'"([0-9A-Fa-f]{32})"|([0-9A-Fa-f]{32})')

_S3_SERVERS = re.compile("AmazonS3|MinIO")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a response states of its file: headers, range and size, host."""

    headers: Mapping[str, Sequence[str]]
    answer: Answer
    host: str

    def has(self, *names: str) -> bool:
        return any(name in self.headers for name in names)

    def texts(self, name: str) -> Sequence[str]:
        return self.headers.get(name, ())

    def members(self, name: str) -> Iterator[str]:
        """Yield the members of a header's comma list, over all its lines."""
        for text in self.texts(name):
            for member in text.split(","):
                yield member.strip()


def _representation(told: Statement) -> Digests:
    """Read RFC 9530 and RFC 3230: both are of the whole also where a part is sent."""
    names = ["repr-digest"]
    if told.answer.status == OK:  # RFC 9530 section 2: of what this message holds
        names.append("content-digest")
    for name in names:
        for member in told.members(name):
            match = _STRUCTURED.fullmatch(member)
            if match and match[1] in _ALGORITHMS:
                yield _ALGORITHMS[match[1]], _from_base64(match[2])
    for member in told.members("digest"):
        match = _PLAIN.fullmatch(member)
        if match and match[1].lower() in _ALGORITHMS:
            yield _ALGORITHMS[match[1].lower()], _from_base64(match[2])


def _content_md5(told: Statement) -> Digests:
    """Read Content-MD5 (RFC 1864), also that of Oracle's and Azure's storage.

    RFC 7231 appendix B: it "was inconsistently implemented with respect to partial
    responses". Oracle does not send it for an upload in parts.
    """
    if told.answer.status == OK and _is_azure_block_blob(told):
        for text in told.texts("content-md5"):
            yield "md5", _from_base64(text)


def _google(told: Statement) -> Digests:
    """Read ``x-goog-hash`` (Cloud Storage XML API, "x-goog-hash")."""
    stored = told.texts("x-goog-stored-content-encoding")
    length = told.texts("x-goog-stored-content-length")
    size = told.answer.image_size
    if any(coding.lower() != "identity" for coding in stored):
        return
    if size is not None and any(text != str(size) for text in length):
        return
    for member in told.members("x-goog-hash"):
        kind, _, value = member.partition("=")
        if kind in ("md5", "crc32c"):
            yield kind, _from_base64(value)


def _etag(told: Statement) -> Digests:
    """Read the ETag of a store whose ETags are known to be MD5s."""
    # Swift, "Large objects": an MD5 of the segments' ETags.
    if told.has("x-static-large-object", "x-object-manifest"):
        return
    if not (_has_md5_by_s3(told) or _is_swift(told)):
        return
    for text in told.texts("etag"):
        match = _STRONG_ETAG.fullmatch(text)  # an upload in parts ends in `-PARTS`
        if match:
            yield "md5", bytes.fromhex(match[1] or match[2])


def _has_md5_by_s3(told: Statement) -> bool:
    """Apply Amazon S3 API, Object, "ETag": not with KMS or a customer's key.

    Nor in a directory bucket, nor (Ceph) for an object that grows by appending.
    """
    is_s3 = (
        told.has("x-amz-request-id", "x-amz-id-2")
        or is_s3_host(told.host)
        or any(map(_S3_SERVERS.match, told.texts("server")))
    )
    return (
        is_s3
        and all(text == "AES256" for text in told.texts("x-amz-server-side-encryption"))
        and not told.has("x-amz-server-side-encryption-customer-algorithm")
        and "EXPRESS_ONEZONE" not in told.texts("x-amz-storage-class")
        and all(text == "Normal" for text in told.texts("x-rgw-object-type"))
        and not is_directory_bucket(told.host)
        and not is_object_lambda(told.host)
    )


def _is_swift(told: Statement) -> bool:
    return told.has("x-trans-id") and told.has("x-timestamp", "x-openstack-request-id")


def _s3_checksums(told: Statement) -> Digests:
    """Read ``x-amz-checksum-…`` of a whole answer.

    S3 sends none with a range, unless that is exactly a part of the upload: then it
    is the part's, or all parts' without the ``-PARTS`` that tells.
    """
    types = told.texts("x-amz-checksum-type")
    is_whole = told.answer.status == OK and not is_object_lambda(told.host)
    if is_whole and all(text == "FULL_OBJECT" for text in types):
        for kind in DIGEST_BYTES:
            for text in told.texts(f"x-amz-checksum-{kind}"):
                yield kind, _from_base64(text)


def _azure(told: Statement) -> Digests:
    """Read Get Blob, ``x-ms-blob-content-md5``: the whole blob's, beside a range."""
    if _is_azure_block_blob(told):
        for text in told.texts("x-ms-blob-content-md5"):
            yield "md5", _from_base64(text)


def _is_azure_block_blob(told: Statement) -> bool:
    """Tell whether a blob, if it is one, is only ever replaced as a whole."""
    return all(text == "BlockBlob" for text in told.texts("x-ms-blob-type"))


def _backblaze(told: Statement) -> Digests:
    """Read ``X-Bz-Content-Sha1``; ``none`` and ``unverified:…`` are no hex."""
    for text in told.texts("x-bz-content-sha1"):
        if _HEX.fullmatch(text):
            yield "sha1", bytes.fromhex(text)


READERS = (
    _representation,
    _content_md5,
    _google,
    _etag,
    _s3_checksums,
    _azure,
    _backblaze,
)


def _from_base64(text: str) -> bytes:
    """Return what a text stands for; nothing if it is no base64 (RFC 4648)."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""
