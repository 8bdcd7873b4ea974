from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from hashlib import md5, sha1, sha256, sha512
from urllib.parse import urlsplit
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.fingerprint.digests import FILE_DIGESTS
from fpcrawler.core.http.ranges import (
    NON_AUTHORITATIVE,
    OK,
    PARTIAL_CONTENT,
    Answer,
    ContentRange,
)
from fpcrawler.core.http.server_digests import DIGEST_HEADERS, server_digests

BODY = b"a picture" * 5_000
SIZE = len(BODY)
URL = "https://a.example/b.jpg"
MD5 = md5(BODY, usedforsecurity=False).hexdigest()
SHA1 = sha1(BODY, usedforsecurity=False).hexdigest()
SHA256, SHA512 = sha256(BODY).hexdigest(), sha512(BODY).hexdigest()
CRC32 = f"{crc32(BODY):08x}"


def base64(digest: str) -> str:
    return b64encode(bytes.fromhex(digest)).decode()


MD5_64 = base64(MD5)


def whole(*, encoded: bool = False) -> Answer:
    return Answer(status=OK, content_range=None, content_length=SIZE, encoded=encoded)


def part(*, encoded: bool = False) -> Answer:
    return Answer(
        status=PARTIAL_CONTENT,
        content_range=ContentRange(0, 10_240, SIZE),
        content_length=10_241,
        encoded=encoded,
    )


PART, WHOLE = part(), whole()


def digests(lines: str, answer: Answer = PART, url: str = URL) -> dict[str, str]:
    """Read header lines; a name may occur in several of them."""
    headers: dict[str, list[str]] = {}
    for line in lines.strip().splitlines():
        name, _, value = line.strip().partition(": ")
        headers.setdefault(name.lower(), []).append(value)
    looked_at = {name: headers[name] for name in headers if name in DIGEST_HEADERS}
    parts = urlsplit(url)
    return server_digests(looked_at, answer, parts.hostname or "", parts.path)


GOOGLE = f"""
    x-guploader-uploadid: AHmUCY0mQxW0sYhXqk0
    x-goog-generation: 1720029600000000
    x-goog-stored-content-encoding: identity
    x-goog-stored-content-length: {SIZE}
    x-goog-hash: crc32c=n03x6A==
    x-goog-hash: md5={MD5_64}
    Server: UploadServer
"""
S3 = f"""
    x-amz-id-2: eftixk72aD6Ap51TnqcoF8eFidJG9Z/2mkiDFu8yU9AS1ed4OpIszj7UDNEHGran
    x-amz-request-id: 318BC8BC148832E5
    ETag: "{MD5}"
    Accept-Ranges: bytes
    x-amz-server-side-encryption: AES256
    Server: AmazonS3
"""
CLOUDFRONT = f"""
    ETag: "{MD5}"
    Server: AmazonS3
    Via: 1.1 0123456789abcdef.cloudfront.net (CloudFront)
    X-Amz-Cf-Id: Vq4ad0yH
"""
MINIO = f"""
    ETag: "{MD5}"
    Server: MinIO
    X-Amz-Request-Id: 175A1F0C2F9D1F2B
"""
CEPH = f"""
    ETag: "{MD5}"
    x-rgw-object-type: Normal
    x-amz-request-id: tx00000a5b7d1c3e9f0e2d1-0066a0c1b2-1f2e3d4-nyc3c
"""
SWIFT = f"""
    Etag: {MD5}
    Accept-Ranges: bytes
    X-Timestamp: 1389906751.73463
    X-Trans-Id: tx37ea34dcd1ed48ca9bc7d-0052d84b6f
    X-Openstack-Request-Id: tx37ea34dcd1ed48ca9bc7d-0052d84b6f
"""
AZURE = f"""
    ETag: "0x8D193DF6FABC5262"
    Server: Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0
    x-ms-request-id: 4c658e1b-0001-0012-0175-ab43d5000000
    x-ms-version: 2014-02-14
    x-ms-blob-content-md5: {MD5_64}
    x-ms-blob-type: BlockBlob
"""
ORACLE = f"""
    ETag: 167aa4d7-2abc-4341-aaa6-3c176e923ee5
    content-md5: {MD5_64}
    opc-request-id: fra-1:0sYq0cQv0h3b1dOZQ
"""
BACKBLAZE = f"""
    x-bz-file-name: photos/boat.jpg
    x-bz-file-id: 4_z8d625eb63be2775577c70e1a_f204261ca2ea2c4e1
    x-bz-content-sha1: {SHA1}
    X-Bz-Upload-Timestamp: 1636751469000
"""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(GOOGLE, {"md5": MD5, "crc32c": "9f4df1e8"}, id="Cloud Storage"),
        pytest.param(
            "x-goog-hash: crc32c=n03x6A==,md5=Ojk9c3dhfxgoKVVHYwFbHQ==",
            {"crc32c": "9f4df1e8", "md5": "3a393d7377617f182829554763015b1d"},
            id="Cloud Storage, a comma list",
        ),
        pytest.param(
            "x-goog-hash: crc32c=n03x6A==",
            {"crc32c": "9f4df1e8"},
            id="Cloud Storage, a composite object has no MD5",
        ),
        pytest.param(S3, {"md5": MD5}, id="Amazon S3"),
        pytest.param(CLOUDFRONT, {"md5": MD5}, id="Amazon S3 behind CloudFront"),
        pytest.param(MINIO, {"md5": MD5}, id="MinIO"),
        pytest.param(CEPH, {"md5": MD5}, id="Ceph"),
        pytest.param(SWIFT, {"md5": MD5}, id="Swift"),
        pytest.param(AZURE, {"md5": MD5}, id="Azure"),
        pytest.param(BACKBLAZE, {"sha1": SHA1}, id="Backblaze"),
        pytest.param(
            f"Repr-Digest: sha-256=:{base64(SHA256)}:, sha-512=:{base64(SHA512)}:",
            {"sha256": SHA256, "sha512": SHA512},
            id="RFC 9530 3",
        ),
        pytest.param(
            f"Repr-Digest: md5=:{MD5_64}:;a=1\nRepr-Digest: sha=:{base64(SHA1)}:",
            {"md5": MD5, "sha1": SHA1},
            id="RFC 8941 3.2 two lines, a parameter",
        ),
        pytest.param(
            f"Digest: SHA-256={base64(SHA256)},md5={MD5_64}, SHA={base64(SHA1)}",
            {"md5": MD5, "sha1": SHA1, "sha256": SHA256},
            id="RFC 3230 4.3.2",
        ),
    ],
)
@pytest.mark.parametrize("answer", [PART, WHOLE], ids=["206", "200"])
def test_digests_of_the_whole_file_are_read(
    lines: str, expected: dict[str, str], answer: Answer
) -> None:
    assert digests(lines, answer) == expected


CHECKSUMS = f"""
    x-amz-request-id: 318BC8BC148832E5
    x-amz-checksum-type: FULL_OBJECT
    x-amz-checksum-sha1: {base64(SHA1)}
    x-amz-checksum-sha256: {base64(SHA256)}
    x-amz-checksum-crc32: {base64(CRC32)}
    x-amz-checksum-crc32c: n03x6A==
    x-amz-checksum-crc64nvme: NBPyNLw/1Y4=
"""


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            CHECKSUMS,
            {
                "sha1": SHA1,
                "sha256": SHA256,
                "crc32": CRC32,
                "crc32c": "9f4df1e8",
                "crc64nvme": "3413f234bc3fd58e",
            },
            id="S3: possibly of one part",
        ),
        pytest.param(
            f"x-amz-checksum-sha256: {base64(SHA256)}",
            {"sha256": SHA256},
            id="S3: possibly of all parts, without -PARTS",
        ),
        pytest.param(
            f"Content-MD5: {MD5_64}",
            {"md5": MD5},
            id="RFC 7231 B: inconsistently implemented",
        ),
        pytest.param(ORACLE, {"md5": MD5}, id="Oracle: as RFC 2616 has it"),
        pytest.param(
            f"Content-Digest: sha-256=:{base64(SHA256)}:",
            {"sha256": SHA256},
            id="RFC 9530 2: of the content",
        ),
    ],
)
def test_digests_that_may_be_of_a_part_are_read_from_complete_responses_only(
    lines: str, expected: dict[str, str]
) -> None:
    assert digests(lines, WHOLE) == expected
    assert digests(lines, PART) == {}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(
            S3.replace("AES256", "aws:kms"), id="S3: the ETag with KMS is not an MD5"
        ),
        pytest.param(S3.replace("AES256", "aws:kms:dsse"), id="S3: nor with DSSE"),
        pytest.param(S3.replace("AES256", "aws:fsx"), id="S3: nor with FSx"),
        pytest.param(
            f"{S3}x-amz-server-side-encryption-customer-algorithm: AES256",
            id="S3: nor with a customer's key",
        ),
        pytest.param(
            f"{S3}x-amz-storage-class: EXPRESS_ONEZONE",
            id="S3: nor in a directory bucket",
        ),
        pytest.param(S3.replace(f'{MD5}"', f'{MD5}-3"'), id="S3: a multipart upload"),
        pytest.param(S3.replace("ETag: ", "ETag: W/"), id="RFC 9110 8.8.1: weak"),
        pytest.param(S3.replace(MD5, SHA256), id="64 digits"),
        pytest.param(S3.replace(MD5, f"{MD5[:-1]}g"), id="not hexadecimal"),
        pytest.param(
            CEPH.replace("Normal", "Appendable"), id="Ceph: made by appending"
        ),
        pytest.param(f'Server: nginx/1.26\nETag: "{MD5}"', id="nginx: anything"),
        pytest.param(f'ETag: "{MD5}"', id="an ETag of an unknown server"),
        pytest.param(
            f"Etag: {MD5}\nX-Timestamp: 1389906751.73463",
            id="not Swift: no transaction",
        ),
        pytest.param(
            f"Etag: {MD5}\nX-Trans-Id: tx37ea34", id="not Swift: no timestamp"
        ),
        pytest.param(f"{SWIFT}X-Static-Large-Object: True", id="Swift: static parts"),
        pytest.param(f"{SWIFT}X-Object-Manifest: c/p", id="Swift: dynamic parts"),
        pytest.param(
            GOOGLE.replace("encoding: identity", "encoding: gzip"),
            id="Cloud Storage: stored with gzip",
        ),
        pytest.param(
            f"{GOOGLE}x-guploader-response-body-transformations: gunzipped",
            id="Cloud Storage: gunzipped",
        ),
        pytest.param(
            f"{GOOGLE}Warning: 214 UploadServer gunzipped", id="RFC 7234 5.5.6"
        ),
        pytest.param(
            GOOGLE.replace(f"length: {SIZE}", "length: 9"),
            id="Cloud Storage: another length is stored",
        ),
        pytest.param(f"{S3}cf-polished: origSize=90000", id="Cloudflare's Polish"),
        pytest.param(f"{S3}cf-resized: internal=ok/m", id="Cloudflare's resizing"),
        pytest.param(f"{S3}Fastly-IO-Info: ifsz=1 ofsz=2", id="Fastly's optimizer"),
        pytest.param(
            f"x-amz-checksum-type: COMPOSITE\nx-amz-checksum-crc32: {base64(CRC32)}",
            id="S3: a checksum of checksums",
        ),
        pytest.param(f"x-amz-checksum-crc32: {base64(CRC32)}-7", id="S3: the same"),
        pytest.param(
            AZURE.replace("BlockBlob", "AppendBlob"), id="Azure: an append blob"
        ),
        pytest.param(
            f"x-ms-blob-type: PageBlob\nContent-MD5: {MD5_64}",
            id="Azure: a page blob",
        ),
        pytest.param("opc-multipart-md5: JSka2OAb6/CxPOXCOLY4FA==-9", id="Oracle"),
        pytest.param(BACKBLAZE.replace(SHA1, "none"), id="Backblaze: a large file"),
        pytest.param(
            BACKBLAZE.replace(SHA1, f"unverified:{SHA1}"), id="Backblaze: unverified"
        ),
        pytest.param(
            f"Repr-Digest: sha-256={base64(SHA256)}", id="not a byte sequence"
        ),
        pytest.param("Repr-Digest: crc32c=:n03x6A==:", id="another form of CRC32c"),
        pytest.param(f"Repr-Digest: sha-256=:{MD5_64}:", id="too short"),
        pytest.param(f"Repr-Digest: md5=:{base64(SHA256)}:", id="too long"),
        pytest.param("Digest: md5=not*base64", id="not base64"),
        pytest.param(f"x-goog-hash: md5={MD5}", id="hexadecimal instead of base64"),
    ],
)
@pytest.mark.parametrize("answer", [PART, WHOLE], ids=["206", "200"])
def test_values_that_are_not_digests_of_the_file_are_skipped(
    lines: str, answer: Answer
) -> None:
    assert digests(lines, answer) == {}


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(f"Repr-Digest: sha-256=:{base64(SHA256)}:", id="RFC 9530 3"),
        pytest.param(f"Digest: SHA-256={base64(SHA256)}", id="RFC 3230 2: instance"),
        pytest.param(f"Content-MD5: {MD5_64}", id="RFC 1864 with a coding"),
        pytest.param(S3, id="S3: stored with Content-Encoding gzip"),
        pytest.param(GOOGLE, id="Cloud Storage"),
        pytest.param(AZURE, id="Azure"),
    ],
)
@pytest.mark.parametrize(
    "answer",
    [part(encoded=True), whole(encoded=True)],
    ids=["206", "200"],
)
def test_the_digest_of_a_compressed_form_is_not_the_files(
    lines: str, answer: Answer
) -> None:
    assert digests(lines, answer) == {}


def test_the_digest_of_what_a_proxy_has_changed_is_not_the_files() -> None:
    answer = replace(whole(), status=NON_AUTHORITATIVE)  # RFC 9110 section 15.3.4

    assert digests(S3, answer) == {}


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://b.s3.eu-central-1.amazonaws.com/c.jpg", {"md5": MD5}),
        ("https://s3.amazonaws.com/b/c.jpg", {"md5": MD5}),
        ("https://s3.amazonaws.com.example/b/c.jpg", {}),
    ],
)
def test_s3_is_also_recognized_by_its_host(url: str, expected: dict[str, str]) -> None:
    assert digests(f'ETag: "{MD5}"', url=url) == expected


def test_the_etag_of_a_directory_bucket_is_not_an_md5() -> None:
    host = "b--use1-az4--x-s3.s3express-use1-az4.us-east-1.amazonaws.com"

    assert digests(S3, url=f"https://{host}/c.jpg") == {}


def test_digests_of_object_lambda_are_skipped() -> None:
    url = "https://a-1.s3-object-lambda.eu-west-1.amazonaws.com/c.jpg"

    assert digests(f"{S3}x-amz-checksum-crc32: {base64(CRC32)}", WHOLE, url) == {}


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(
            f"{GOOGLE}Repr-Digest: md5=:{base64('00' * 16)}:",
            {"crc32c": "9f4df1e8"},
            id="two headers",
        ),
        pytest.param(
            f"{SWIFT}ETag: {'00' * 16}\nDigest: SHA={base64(SHA1)}",
            {"sha1": SHA1},
            id="two lines of one",
        ),
        pytest.param(
            f"{S3}Repr-Digest: md5=:{MD5_64}:, sha-256=:AAAA:", {"md5": MD5}, id="agree"
        ),
    ],
)
def test_contradictory_digests_are_left_out(
    lines: str, expected: dict[str, str]
) -> None:
    assert digests(lines) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (f"https://a.example/{MD5}.jpg", {"claimed_md5": MD5}),
        (f"https://a.example/d4/{SHA1.upper()}.jpeg?w=1", {"claimed_sha1": SHA1}),
        (f"https://a.example/{SHA256}", {"claimed_sha256": SHA256}),
        (f"file:///home/a/{MD5}.png", {"claimed_md5": MD5}),
        (f"https://a.example/{MD5}-800.jpg", {}),
        (f"https://a.example/{MD5}.jpg.webp", {}),
        (f"https://a.example/{MD5}/b.jpg", {}),
        (f"https://a.example/b.jpg?{MD5}", {}),
        (f"https://a.example/{MD5[:-1]}.jpg", {}),
        (f"https://a.example/{SHA512}.jpg", {}),
    ],
)
def test_a_hash_as_file_name_is_a_claim(url: str, expected: dict[str, str]) -> None:
    assert digests("", url=url) == expected
    assert digests(GOOGLE, part(encoded=True), url=url) == expected


def test_the_kinds_are_in_the_order_of_the_documentation() -> None:
    found = digests(CHECKSUMS + GOOGLE, WHOLE, f"https://a.example/{MD5}.jpg")

    assert [*found] == [
        *(kind for kind in FILE_DIGESTS if kind != "sha512"),
        "claimed_md5",
    ]
    json.dumps(found)


KINDS = {
    **{name: digest.bytes for name, digest in FILE_DIGESTS.items()},
    "claimed_md5": 16,
    "claimed_sha1": 20,
    "claimed_sha256": 32,
}
PIECES = st.sampled_from(
    [
        *("md5", "sha", "sha-256", "crc32c", "=", "=:", ":", ",", ";", '"', "W/", "-"),
        *("FULL_OBJECT", "AES256", "identity", "BlockBlob", "AmazonS3", "214"),
        *(MD5, SHA1, MD5_64, base64(SHA256), "AAAA====", "é", "\udcff", "\x00"),
    ]
)
VALUES = st.one_of(st.text(), st.lists(PIECES, max_size=8).map("".join))
HEADERS = st.dictionaries(
    st.sampled_from(DIGEST_HEADERS), st.lists(VALUES, max_size=3), max_size=8
)
HOSTS = st.one_of(st.text(), st.sampled_from(["a.example", "s3.amazonaws.com"]))
PATHS = st.one_of(st.text(), st.sampled_from(["", f"/{MD5}", f"/a/{SHA1}.gif"]))


@given(HEADERS, st.sampled_from([PART, WHOLE, part(encoded=True)]), HOSTS, PATHS)
def test_any_headers_give_valid_digests_or_none(
    headers: dict[str, Sequence[str]], answer: Answer, host: str, path: str
) -> None:
    for kind, value in server_digests(headers, answer, host, path).items():
        assert len(bytes.fromhex(value)) == KINDS[kind]
        assert value == value.lower()
