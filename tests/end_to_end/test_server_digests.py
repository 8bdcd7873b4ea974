"""Digests that servers send, from the headers to the record."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import md5, sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.servers.http import Asked, Wire, serving
from tests.servers.quirks import GALLERY
from tests.servers.s3 import client, s3_server

if TYPE_CHECKING:
    from tests.crawls import Crawl

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
MD5 = md5(PHOTO, usedforsecurity=False)
SHA256 = sha256(PHOTO)
S3 = "bucket.s3.eu-central-1.amazonaws.com"
ROBOTS = "/robots.txt"


def base64(digest: bytes) -> str:
    return b64encode(digest).decode()


@dataclass(frozen=True, slots=True)
class Host:
    """The headers of a host's responses; ``asked``: with checksums enabled."""

    lines: str = ""
    asked: str = ""
    has_ranges: bool = True


HOSTS = {
    "storage.googleapis.com": Host(
        "x-goog-stored-content-encoding: identity\r\n"
        "x-goog-hash: crc32c=n03x6A==\r\n"
        f"x-goog-hash: md5={base64(MD5.digest())}\r\n"
    ),
    "a.blob.core.windows.net": Host(
        f"x-ms-blob-content-md5: {base64(MD5.digest())}\r\n"
        "x-ms-blob-type: BlockBlob\r\n"
    ),
    "mirror.example": Host(f"Digest: SHA-256={base64(SHA256.digest())}\r\n"),
    "nginx.example": Host(f'Server: nginx\r\nETag: "{MD5.hexdigest()}"\r\n'),
    S3: Host(
        f'x-amz-request-id: 318BC8BC148832E5\r\nETag: "{MD5.hexdigest()}"\r\n',
        f"x-amz-checksum-sha256: {base64(SHA256.digest())}\r\n"
        "x-amz-checksum-type: FULL_OBJECT\r\n",
        has_ranges=False,
    ),
}


async def clouds(asked: Asked, wire: Wire) -> None:
    """Respond as a proxy for all the hosts."""
    url = urlsplit(asked.path)
    if url.path == ROBOTS:
        await wire.reply("404 Not Found", {"Content-Length": 0})
        return
    if url.query.startswith("http:"):
        moved: dict[str, str | int] = {"Location": url.query, "Content-Length": 0}
        await wire.reply("302 Found", moved)
        return
    host = HOSTS[url.hostname or ""]
    lines, body = host.lines, PHOTO
    if host.has_ranges and asked.span:
        body = PHOTO[: asked.span[1] + 1]
        lines += f"Content-Range: bytes 0-{len(body) - 1}/{len(PHOTO)}\r\n"
    elif asked.headers.get("x-amz-checksum-mode") == "ENABLED":
        lines += host.asked
    status = "200 OK" if body is PHOTO else "206 Partial Content"
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{lines}\r\n"
    await wire.send(head.encode() + body)


def test_the_record_has_the_digests_that_a_server_sends_of_the_whole_file(
    crawl: Crawl,
) -> None:
    urls = {host: f"http://{host}/photo.jpg" for host in HOSTS}
    with serving(clouds) as proxy:
        listed = f"urls={' '.join(urls.values())}"
        crawled = crawl("-a", listed, env={"http_proxy": proxy.url})

    assert {
        host: crawled.record(url)["server_digests"] for host, url in urls.items()
    } == {
        "storage.googleapis.com": {"md5": MD5.hexdigest(), "crc32c": "9f4df1e8"},
        "a.blob.core.windows.net": {"md5": MD5.hexdigest()},
        "mirror.example": {"sha256": SHA256.hexdigest()},
        "nginx.example": {},
        S3: {"md5": MD5.hexdigest(), "sha256": SHA256.hexdigest()},
    }


def test_checksums_are_asked_of_s3_only_wherever_redirects_lead(crawl: Crawl) -> None:
    urls = [
        f"http://{S3}/photo.jpg",
        f"http://{S3}/signed.jpg?X-Amz-Signature=0f",
        f"http://{S3}/moved.jpg?http://mirror.example/from-s3.jpg",
        f"http://nginx.example/moved.jpg?http://{S3}/to-s3.jpg",
    ]
    with serving(clouds) as proxy:
        crawl("-a", f"urls={' '.join(urls)}", env={"http_proxy": proxy.url})
    modes = {
        asked.path: asked.headers.get("x-amz-checksum-mode")
        for asked in proxy.asked
        if not asked.path.endswith(ROBOTS)
    }

    assert modes == {
        urls[0]: "ENABLED",
        urls[1]: None,
        urls[2]: "ENABLED",
        "http://mirror.example/from-s3.jpg": None,
        urls[3]: None,
        f"http://{S3}/to-s3.jpg": "ENABLED",
    }


def test_only_the_response_that_has_the_sample_counts(crawl: Crawl) -> None:
    moved = f"http://{S3}/{MD5.hexdigest()}.jpg"
    url = f"http://nginx.example/{SHA256.hexdigest()}.jpg?{moved}"
    with serving(clouds) as proxy:
        crawled = crawl("-a", f"urls={url}", env={"http_proxy": proxy.url})

    assert crawled.record(url)["server_digests"] == {
        "md5": MD5.hexdigest(),
        "sha256": SHA256.hexdigest(),
        "claimed_md5": MD5.hexdigest(),
    }


def test_of_a_local_file_only_its_name_counts(crawl: Crawl, tmp_path: Path) -> None:
    path = tmp_path / f"{SHA256.hexdigest()}.jpg"
    path.write_bytes(PHOTO)
    (record,) = crawl("-a", f"urls={path}").records

    assert record["server_digests"] == {"claimed_sha256": SHA256.hexdigest()}


@contextmanager
def bucket() -> Iterator[str]:
    """Run an S3 server with a picture stored in three forms; yields its URL."""
    with s3_server("bucket") as env:
        s3 = client(env)
        public = {"Bucket": "bucket", "Body": PHOTO, "ACL": "public-read"}
        s3.put_object(Key="plain.jpg", ChecksumAlgorithm="SHA256", **public)
        s3.put_object(Key="kms.jpg", ServerSideEncryption="aws:kms", **public)
        upload = {"Bucket": "bucket", "Key": "parts.jpg"}
        ids = s3.create_multipart_upload(ACL="public-read", **upload)
        upload["UploadId"] = ids["UploadId"]
        part = s3.upload_part(PartNumber=1, Body=PHOTO, **upload)
        parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
        s3.complete_multipart_upload(MultipartUpload=parts, **upload)
        yield env["AWS_ENDPOINT_URL"]


def test_an_s3_server_sends_the_md5_of_what_was_stored_whole(
    crawl: Crawl,
) -> None:
    host = "http://bucket.s3.us-east-1.amazonaws.com"
    urls = [f"{host}/{name}.jpg" for name in ("plain", "kms", "parts")]
    with bucket() as proxy:
        crawled = crawl("-a", f"urls={' '.join(urls)}", env={"http_proxy": proxy})

    assert [crawled.record(url)["server_digests"] for url in urls] == [
        {"md5": MD5.hexdigest()},
        {},
        {},
    ]
    assert crawled.record(urls[2])["etag"].endswith("-1")
