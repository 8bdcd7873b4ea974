"""A place in an S3 bucket; endpoint and credentials come from the environment."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from fpcrawler.errors import BadInput
from fpcrawler.fleet.places.place import PlaceUnavailable, Stored

_ABSENT = ("404", "NoSuchKey", "NotFound")
_PRESENT = ("412", "PreconditionFailed", "ConditionalRequestConflict")
_UNABLE = ("501", "NotImplemented")
_CONNECTIONS = 32


class Bucket:
    """The keys below a prefix of one bucket. S3 shows only complete objects."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self.uri = f"s3://{bucket}/{prefix}".rstrip("/")

    @classmethod
    def of(cls, uri: str) -> Bucket:
        """Return the place that ``s3://bucket/prefix`` names; raises BadInput."""
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        if not bucket:
            raise BadInput(f"--to {uri} has no bucket; use s3://bucket/prefix.")
        try:
            config = Config(max_pool_connections=_CONNECTIONS)
            client = boto3.client("s3", config=config)
            client.head_bucket(Bucket=bucket)
        except (BotoCoreError, ClientError, ValueError) as error:
            raise BadInput(
                f"--to {uri}: the bucket {bucket} cannot be reached "
                f"({_reason(error)}); create it, or set AWS_ENDPOINT_URL, "
                f"AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
            ) from error
        return cls(client, bucket, prefix.strip("/"))

    def make(self) -> None:
        """Do nothing: the bucket exists, and a prefix need not be created."""

    def put(self, name: str, path: Path) -> Stored:
        # One request: a multipart upload that is interrupted would leave its parts.
        with path.open("rb") as file, _as_unavailable():
            reply = self._client.put_object(**self._key(name), Body=file)
        return Stored(size=path.stat().st_size, mark=reply.get("ETag"))

    def write(self, name: str, data: bytes) -> None:
        with _as_unavailable():
            self._client.put_object(**self._key(name), Body=data)

    def create(self, name: str, data: bytes) -> bool:
        with _as_unavailable():
            try:
                self._client.put_object(**self._key(name), Body=data, IfNoneMatch="*")
            except ClientError as error:
                if _code(error) in _PRESENT:
                    return False
                if _code(error) not in _UNABLE:
                    raise
                if self.stored(name) is not None:
                    return False
                self.write(name, data)
        return True

    def read(self, name: str) -> bytes | None:
        with _as_unavailable():
            try:
                reply = self._client.get_object(**self._key(name))
            except ClientError as error:
                if _is_absent(error):
                    return None
                raise
            data: bytes = reply["Body"].read()
            return data

    def sha256(self, name: str) -> str:
        digest = sha256()
        with _as_unavailable():
            body = self._client.get_object(**self._key(name))["Body"]
            for block in body.iter_chunks(1 << 20):
                digest.update(block)
        return digest.hexdigest()

    def stored(self, name: str) -> Stored | None:
        with _as_unavailable():
            try:
                reply = self._client.head_object(**self._key(name))
            except ClientError as error:
                if _is_absent(error):
                    return None
                raise
        return Stored(size=reply["ContentLength"], mark=reply.get("ETag"))

    def listing(self, folder: str) -> dict[str, Stored]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"{self._prefix}{folder}/"
        )
        with _as_unavailable():
            return {
                entry["Key"].removeprefix(self._prefix): Stored(
                    size=entry["Size"], mark=entry.get("ETag")
                )
                for page in pages
                for entry in page.get("Contents", ())
            }

    def remove(self, name: str) -> None:
        with _as_unavailable():
            self._client.delete_object(**self._key(name))

    def scratch(self) -> Path | None:
        return None

    def lock_file(self) -> Path:
        """Return a local file: it locks out only runs of this machine."""
        name = sha256(self.uri.encode()).hexdigest()[:16]
        return Path(gettempdir(), f"fpcrawler-{name}.lock")

    def tidy(self) -> None:
        """Do nothing: an interrupted upload leaves no object."""

    def _key(self, name: str) -> dict[str, str]:
        return {"Bucket": self._bucket, "Key": self._prefix + name}


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise PlaceUnavailable(_reason(error)) from error


def _is_absent(error: ClientError) -> bool:
    return _code(error) in _ABSENT


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code"))


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")
