"""The headers in which servers and stores state digests, one reader for each."""

from __future__ import annotations

import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.http.ranges import OK
from fpcrawler.core.http.s3 import is_directory_bucket, is_object_lambda, is_s3_host

if TYPE_CHECKING:
    from fpcrawler.core.http.ranges import Answer

    Digests = Iterator[tuple[str, bytes]]

# RFC 9530 section 7.2 and RFC 3230 section 4.1.1. Their CRC32c is not read: it has a
# different form.
_ALGORITHMS = {"md5": "md5", "sha": "sha1", "sha-256": "sha256", "sha-512": "sha512"}

_STRUCTURED = re.compile(r"([a-z0-9*_.-]+)=:([A-Za-z0-9+/=]*):[ \t]*(?:;.*)?")

_PLAIN = re.compile(r"([A-Za-z0-9-]+)=([A-Za-z0-9+/=]+)")

_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")

_STRONG_ETAG = re.compile(r'"([0-9A-Fa-f]{32})"|([0-9A-Fa-f]{32})')

_S3_SERVERS = re.compile("AmazonS3|MinIO")


@dataclass(frozen=True, slots=True)
class Statement:
    """What a response states about its file: headers, range and size, host."""

    headers: Mapping[str, Sequence[str]]
    answer: Answer
    host: str

    def has(self, *names: str) -> bool:
        return any(name in self.headers for name in names)

    def texts(self, name: str) -> Sequence[str]:
        return self.headers.get(name, ())

    def members(self, name: str) -> Iterator[str]:
        """Yield the members of a comma-separated header, over all its lines."""
        for text in self.texts(name):
            for member in text.split(","):
                yield member.strip()


def _representation(statement: Statement) -> Digests:
    """Read RFC 9530 and RFC 3230: of the whole file, also in a partial response."""
    names = ["repr-digest"]
    if statement.answer.status == OK:  # RFC 9530 section 2: of this message's content
        names.append("content-digest")
    for name in names:
        for member in statement.members(name):
            match = _STRUCTURED.fullmatch(member)
            if match and match[1] in _ALGORITHMS:
                yield _ALGORITHMS[match[1]], _from_base64(match[2])
    for member in statement.members("digest"):
        match = _PLAIN.fullmatch(member)
        if match and match[1].lower() in _ALGORITHMS:
            yield _ALGORITHMS[match[1].lower()], _from_base64(match[2])


def _content_md5(statement: Statement) -> Digests:
    """Read Content-MD5 (RFC 1864), which Oracle's and Azure's storage send too.

    Only from a complete response. RFC 7231 appendix B: it "was inconsistently
    implemented with respect to partial responses". Oracle does not send it for a
    multipart upload.
    """
    if statement.answer.status == OK and _is_azure_block_blob(statement):
        for text in statement.texts("content-md5"):
            yield "md5", _from_base64(text)


def _google(statement: Statement) -> Digests:
    """Read ``x-goog-hash`` (Cloud Storage XML API, "x-goog-hash").

    Skipped if the stored file is compressed or has another length.
    """
    stored = statement.texts("x-goog-stored-content-encoding")
    length = statement.texts("x-goog-stored-content-length")
    size = statement.answer.image_size
    if any(coding.lower() != "identity" for coding in stored):
        return
    if size is not None and any(text != str(size) for text in length):
        return
    for member in statement.members("x-goog-hash"):
        kind, _, value = member.partition("=")
        if kind in ("md5", "crc32c"):
            yield kind, _from_base64(value)


def _etag(statement: Statement) -> Digests:
    """Read the ETag of a store whose ETags are MD5s."""
    # Swift, "Large objects": an MD5 of the segments' ETags.
    if statement.has("x-static-large-object", "x-object-manifest"):
        return
    if not (_has_md5_by_s3(statement) or _is_swift(statement)):
        return
    for text in statement.texts("etag"):
        match = _STRONG_ETAG.fullmatch(text)  # a multipart upload's ends in `-PARTS`
        if match:
            yield "md5", bytes.fromhex(match[1] or match[2])


def _has_md5_by_s3(statement: Statement) -> bool:
    """Return whether the ETag is an MD5 by Amazon's S3 API, Object, "ETag".

    It is not with a KMS or a customer's key, nor in a directory bucket, nor for an
    appendable object of Ceph.
    """
    is_s3 = (
        statement.has("x-amz-request-id", "x-amz-id-2")
        or is_s3_host(statement.host)
        or any(map(_S3_SERVERS.match, statement.texts("server")))
    )
    return (
        is_s3
        and set(statement.texts("x-amz-server-side-encryption")) <= {"AES256"}
        and not statement.has("x-amz-server-side-encryption-customer-algorithm")
        and "EXPRESS_ONEZONE" not in statement.texts("x-amz-storage-class")
        and all(text == "Normal" for text in statement.texts("x-rgw-object-type"))
        and not is_directory_bucket(statement.host)
        and not is_object_lambda(statement.host)
    )


def _is_swift(statement: Statement) -> bool:
    return statement.has("x-trans-id") and statement.has(
        "x-timestamp", "x-openstack-request-id"
    )


def _s3_checksums(statement: Statement) -> Digests:
    """Read ``x-amz-checksum-…`` of a complete response.

    S3 sends none with a range, unless the range is exactly one part of a multipart
    upload. Then it is the checksum of that part, or that of all parts without its
    ``-PARTS`` suffix.
    """
    types = statement.texts("x-amz-checksum-type")
    is_whole = statement.answer.status == OK and not is_object_lambda(statement.host)
    if is_whole and all(text == "FULL_OBJECT" for text in types):
        for kind in FILE_DIGESTS:
            for text in statement.texts(f"x-amz-checksum-{kind}"):
                yield kind, _from_base64(text)


def _azure(statement: Statement) -> Digests:
    """Read ``x-ms-blob-content-md5`` (Get Blob): the whole blob's, even of a range."""
    if _is_azure_block_blob(statement):
        for text in statement.texts("x-ms-blob-content-md5"):
            yield "md5", _from_base64(text)


def _is_azure_block_blob(statement: Statement) -> bool:
    """Return whether the blob, if it is one, can only be replaced as a whole."""
    return all(text == "BlockBlob" for text in statement.texts("x-ms-blob-type"))


def _backblaze(statement: Statement) -> Digests:
    """Read ``X-Bz-Content-Sha1``; ``none`` and ``unverified:…`` are skipped."""
    for text in statement.texts("x-bz-content-sha1"):
        if _HEX.fullmatch(text):
            yield "sha1", bytes.fromhex(text)


READERS: dict[Callable[[Statement], Digests], frozenset[str]] = {
    _representation: frozenset({"repr-digest", "content-digest", "digest"}),
    _content_md5: frozenset({"content-md5"}),
    _google: frozenset({"x-goog-hash"}),
    _etag: frozenset({"etag"}),
    _s3_checksums: frozenset(f"x-amz-checksum-{kind}" for kind in FILE_DIGESTS),
    _azure: frozenset({"x-ms-blob-content-md5"}),
    _backblaze: frozenset({"x-bz-content-sha1"}),
}
"""Each reader to the headers that it reads digests from: without any, it has none."""


def _from_base64(text: str) -> bytes:
    """Return the bytes of a base64 text (RFC 4648), ``b""`` if it is invalid."""
    try:
        return b64decode(text, validate=True)
    except ValueError:
        return b""
