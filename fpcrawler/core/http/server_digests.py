"""Read the server's digests of the whole file, where their meaning is certain."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fpcrawler.core.fingerprint.digests import BARE_DIGESTS, FILE_DIGESTS
from fpcrawler.core.http.digest_readers import READERS, Statement
from fpcrawler.core.http.ranges import NON_AUTHORITATIVE

if TYPE_CHECKING:
    from fpcrawler.core.http.ranges import Answer

DIGEST_HEADERS = (
    *("content-digest", "content-md5", "digest", "etag", "repr-digest", "server"),
    *("cf-polished", "cf-resized", "fastly-io-info", "warning"),
    *("x-goog-hash", "x-goog-stored-content-encoding", "x-goog-stored-content-length"),
    "x-guploader-response-body-transformations",
    *("x-amz-request-id", "x-amz-id-2", "x-amz-storage-class", "x-rgw-object-type"),
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-customer-algorithm",
    "x-amz-checksum-type",
    *(f"x-amz-checksum-{kind}" for kind in FILE_DIGESTS),
    *("x-trans-id", "x-timestamp", "x-openstack-request-id"),
    *("x-static-large-object", "x-object-manifest"),
    *("x-ms-blob-type", "x-ms-blob-content-md5", "x-bz-content-sha1"),
)
"""The lower-case names of all headers that are read."""

_NAME = re.compile(r"([0-9A-Fa-f]+)(?:\.[A-Za-z0-9]{1,5})?")

CLAIMS = {digits: f"claimed_{name}" for digits, name in BARE_DIGESTS.items()}


def server_digests(
    headers: Mapping[str, Sequence[str]], answer: Answer, host: str, path: str
) -> dict[str, str]:
    """Return the kind of each digest to its value in lower-case hex.

    ``headers``: the response's headers of DIGEST_HEADERS, each to the values of its
    lines. ``host``, ``path``: of the URL, after redirects; the host in lower case. If
    the file name is a hash, the result has ``claimed_md5``, ``claimed_sha1`` or
    ``claimed_sha256``. A kind is left out if two headers contradict each other.
    """
    statement = Statement(headers, answer, host)
    # Then the digests are those of the compressed bytes (RFC 9530 section 3), of the
    # bytes before a change, or possibly of a part.
    is_other = answer.encoded or answer.contradicts_itself or _is_transformed(statement)
    return ({} if is_other else _agreed(statement)) | _claimed(path)


def _is_transformed(statement: Statement) -> bool:
    """Return whether status or headers state that an intermediary changed the bytes.

    RFC 9110 section 15.3.4: 203 states it.
    Cloudflare's Polish and Image Resizing, Fastly's Image Optimizer; Cloud Storage
    that undid gzip ("Transcoding of gzip-compressed files": the hash is that of the
    compressed data); RFC 7234 section 5.5.6, 214 Transformation Applied.
    """
    if statement.answer.status == NON_AUTHORITATIVE:
        return True
    return statement.has(
        *("cf-polished", "cf-resized", "fastly-io-info"),
        "x-guploader-response-body-transformations",
    ) or any(text.startswith("214") for text in statement.members("warning"))


def _agreed(statement: Statement) -> dict[str, str]:
    values: dict[str, set[str]] = defaultdict(set)
    for reader, names in READERS.items():
        if statement.headers.keys().isdisjoint(names):
            continue
        for kind, digest in reader(statement):
            if len(digest) == FILE_DIGESTS[kind].bytes:
                values[kind].add(digest.hex())
    return {
        kind: value
        for kind in FILE_DIGESTS
        if len(values[kind]) == 1
        for value in values[kind]
    }


def _claimed(path: str) -> dict[str, str]:
    match = _NAME.fullmatch(path.rpartition("/")[2])
    kind = CLAIMS.get(len(match[1])) if match else None
    return {kind: match[1].lower()} if match and kind else {}
