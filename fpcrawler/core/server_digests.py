"""Digests of the whole file that its server tells, where their meaning is certain.

They are the server's word: nothing here has seen the bytes. What is told of a part,
of a compressed form or of the parts of an upload is left out.
"""

from __future__ import annotations

import re
from base64 import b64decode
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fpcrawler.core.ranges import OK
from fpcrawler.core.s3 import is_directory_bucket, is_object_lambda, is_s3_host

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fpcrawler.core.ranges import Answer

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

DIGEST_HEADERS = (
    *("content-digest", "content-md5", "digest", "etag", "repr-digest", "server"),
    *("cf-polished", "cf-resized", "fastly-io-info", "warning"),
    *("x-goog-hash", "x-goog-stored-content-encoding", "x-goog-stored-content-length"),
    "x-guploader-response-body-transformations",
    *("x-amz-request-id", "x-amz-id-2", "x-amz-storage-class", "x-rgw-object-type"),
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-checksum-type",
    *(f"x-amz-checksum-{kind}" for kind in DIGEST_BYTES),
    *("x-trans-id", "x-timestamp", "x-openstack-request-id"),
    *("x-static-large-object", "x-object-manifest"),
    *("x-ms-blob-type", "x-ms-blob-content-md5", "x-bz-content-sha1"),
)
"""The names, in small letters, of all headers that are looked at."""

# RFC 9530 section 7.2 and RFC 3230 section 4.1.1; their CRC32c has another form.
_ALGORITHMS = {"md5": "md5", "sha": "sha1", "sha-256": "sha256", "sha-512": "sha512"}
_STRUCTURED = re.compile(r"([a-z0-9*_.-]+)=:([A-Za-z0-9+/=]*):[ \t]*(?:;.*)?")
_PLAIN = re.compile(r"([A-Za-z0-9-]+)=([A-Za-z0-9+/=]+)")
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2})+")
_STRONG_ETAG = re.compile(r'"([0-9A-Fa-f]{32})"|([0-9A-Fa-f]{32})')
_S3_SERVERS = re.compile("AmazonS3|MinIO")
_NAME = re.compile(r"([0-9A-Fa-f]+)(?:\.[A-Za-z0-9]{1,5})?")
_CLAIMS = {32: "claimed_md5", 40: "claimed_sha1", 64: "claimed_sha256"}


def server_digests(
    headers: Mapping[str, Sequence[str]], answer: Answer, url: str
) -> dict[str, str]:
    """Return the kind of each digest to its value in hex, in small letters.

    ``headers``: of the names in DIGEST_HEADERS those that the answer has, each to
    the texts of its lines. ``url``: where the answer came from, after redirects; a
    hash that is its file's name makes ``claimed_md5``, ``claimed_sha1`` or
    ``claimed_sha256``. A kind that two headers contradict each other on is left out.
    """
    try:
        host, path = urlsplit(url).hostname or "", urlsplit(url).path
    except ValueError:
        return {}
    told = _Told(headers, answer, host)
    # The digests are those of the coded bytes (RFC 9530 section 3), of the bytes
    # before the change, or of what may be a part.
    is_other = answer.encoded or answer.contradicts_itself or _is_transformed(told)
    return ({} if is_other else _agreed(told)) | _claimed(path)


@dataclass(frozen=True, slots=True)
class _Told:
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


def _is_transformed(told: _Told) -> bool:
    """Tell whether somebody on the way says to have changed the bytes.

    Cloudflare's Polish and Image Resizing, Fastly's Image Optimizer; Cloud Storage
    that undid gzip ("Transcoding of gzip-compressed files": the hash is that of the
    compressed data); RFC 7234 section 5.5.6, 214 Transformation Applied.
    """
    return told.has(
        *("cf-polished", "cf-resized", "fastly-io-info"),
        "x-guploader-response-body-transformations",
    ) or any(text.startswith("214") for text in told.members("warning"))


def _agreed(told: _Told) -> dict[str, str]:
    values: dict[str, set[str]] = defaultdict(set)
    for reader in _READERS:
        for kind, digest in reader(told):
            if len(digest) == DIGEST_BYTES[kind]:
                values[kind].add(digest.hex())
    return {
        kind: value
        for kind in DIGEST_BYTES
        if len(values[kind]) == 1
        for value in values[kind]
    }


def _claimed(path: str) -> dict[str, str]:
    match = _NAME.fullmatch(path.rpartition("/")[2])
    kind = _CLAIMS.get(len(match[1])) if match else None
    return {kind: match[1].lower()} if match and kind else {}


def _representation(told: _Told) -> Digests:
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


def _content_md5(told: _Told) -> Digests:
    """Read Content-MD5 (RFC 1864), also that of Oracle's and Azure's storage.

    RFC 7231 appendix B: it "was inconsistently implemented with respect to partial
    responses". Oracle does not send it for an upload in parts.
    """
    if told.answer.status == OK and _is_azure_block_blob(told):
        for text in told.texts("content-md5"):
            yield "md5", _from_base64(text)


def _google(told: _Told) -> Digests:
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


def _etag(told: _Told) -> Digests:
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


def _has_md5_by_s3(told: _Told) -> bool:
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


def _is_swift(told: _Told) -> bool:
    return told.has("x-trans-id") and told.has("x-timestamp", "x-openstack-request-id")


def _s3_checksums(told: _Told) -> Digests:
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


def _azure(told: _Told) -> Digests:
    """Read Get Blob, ``x-ms-blob-content-md5``: the whole blob's, beside a range."""
    if _is_azure_block_blob(told):
        for text in told.texts("x-ms-blob-content-md5"):
            yield "md5", _from_base64(text)


def _is_azure_block_blob(told: _Told) -> bool:
    """Tell whether a blob, if it is one, is only ever replaced as a whole."""
    return all(text == "BlockBlob" for text in told.texts("x-ms-blob-type"))


def _backblaze(told: _Told) -> Digests:
    """Read ``X-Bz-Content-Sha1``; ``none`` and ``unverified:…`` are no hex."""
    for text in told.texts("x-bz-content-sha1"):
        if _HEX.fullmatch(text):
            yield "sha1", bytes.fromhex(text)


_READERS = (
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
