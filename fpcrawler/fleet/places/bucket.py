"""A place in an S3 bucket; endpoint and credentials come from the environment."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import gettempdir
from typing import IO, Any

import boto3
from botocore import exceptions as errors
from botocore.config import Config

from fpcrawler.errors import BadInput
from fpcrawler.fleet.places.place import PlaceUnavailable

_ABSENT = ("404", "NoSuchKey", "NotFound")
_PRESENT = ("412", "PreconditionFailed", "ConditionalRequestConflict")
_UNABLE = ("501", "NotImplemented")
_KEY = re.compile(r"(://[^/\s\"]+)/[^\s\"]*")
"""The path of a URL, and what is before it."""
_WITHOUT_KEYS = (errors.NoCredentialsError, errors.PartialCredentialsError)
_CONNECTIONS = 32
_OF_STORE = (errors.ClientError, errors.ConnectionError, errors.HTTPClientError)
"""Errors of the store or of the way to it; others are of the arguments."""


class Bucket:
    """The keys below a prefix of one bucket. S3 shows only complete objects."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""
        self.uri = f"s3://{bucket}/{prefix}".rstrip("/")

    @classmethod
    def of(cls, uri: str) -> Bucket:
        """Return the place that ``s3://bucket/prefix`` names; raises BadInput.

        Raises PlaceUnavailable if the store does not respond, fails or refuses.
        """
        bucket, _, prefix = uri.removeprefix("s3://").partition("/")
        if not bucket:
            raise BadInput(f"--to {uri} has no bucket; use s3://bucket/prefix.")
        try:
            client = boto3.client("s3", config=_config())
            client.head_bucket(Bucket=bucket)
        except (errors.BotoCoreError, errors.ClientError, ValueError) as error:
            is_of_store = isinstance(error, _OF_STORE)
            raise (PlaceUnavailable if is_of_store else BadInput)(
                f"--to {uri}: the bucket {bucket} cannot be reached "
                f"({_reason(error)}); {_advice(error)}."
            ) from error
        return cls(client, bucket, prefix.strip("/"))

    def make(self) -> None:
        """Do nothing: the bucket exists, and a prefix need not be created."""

    def write(self, name: str, content: bytes | Path, *, replaces: bool = True) -> bool:
        condition = {} if replaces else {"IfNoneMatch": "*"}
        try:
            # One request: an interrupted multipart upload would leave its parts.
            with _opened(content) as body:
                self._asked("put_object", name, Body=body, **condition)
        except PlaceUnavailable as error:
            code = _code(error.__cause__)
            if replaces or code not in (*_PRESENT, *_UNABLE):
                raise
            is_free = code in _UNABLE and self.size(name) is None
            return is_free and self.write(name, content)
        return True

    def read(self, name: str) -> bytes | None:
        reply = self._found("get_object", name)
        if reply is None:
            return None
        with _as_unavailable():
            data: bytes = reply["Body"].read()
        return data

    def size(self, name: str) -> int | None:
        reply = self._found("head_object", name)
        return None if reply is None else int(reply["ContentLength"])

    def sizes(self, folder: str) -> dict[str, int]:
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=f"{self._prefix}{folder}/"
        )
        with _as_unavailable():
            return {
                entry["Key"].removeprefix(self._prefix): entry["Size"]
                for page in pages
                for entry in page.get("Contents", ())
            }

    def remove(self, name: str) -> None:
        self._asked("delete_object", name)

    def scratch(self) -> Path | None:
        return None

    def lock_file(self) -> Path:
        """Return a local file: it locks out only runs of this machine."""
        name = sha256(self.uri.encode()).hexdigest()[:16]
        return Path(gettempdir(), f"fpcrawler-{name}.lock")

    def tidy(self) -> None:
        """Do nothing: an interrupted upload leaves no object."""

    def _asked(self, operation: str, name: str, **options: Any) -> Any:
        """Return the reply of the store; raises PlaceUnavailable."""
        with _as_unavailable():
            return getattr(self._client, operation)(
                Bucket=self._bucket, Key=self._prefix + name, **options
            )

    def _found(self, operation: str, name: str) -> Any:
        """Return the reply of the store; None if it has no such object."""
        try:
            return self._asked(operation, name)
        except PlaceUnavailable as error:
            if _code(error.__cause__) in _ABSENT:
                return None
            raise


@contextmanager
def _as_unavailable() -> Iterator[None]:
    try:
        yield
    except (errors.BotoCoreError, errors.ClientError) as error:
        raise PlaceUnavailable(_reason(error)) from error


def _opened(content: bytes | Path) -> IO[bytes]:
    return BytesIO(content) if isinstance(content, bytes) else content.open("rb")


def _config() -> Config:
    """Return how to wait for a store: one that hangs is given up in 2 minutes."""
    retries = None if "AWS_MAX_ATTEMPTS" in os.environ else {"total_max_attempts": 3}
    times = {"connect_timeout": 10, "read_timeout": 30}
    return Config(**times, retries=retries, max_pool_connections=_CONNECTIONS)


def _advice(error: Exception) -> str:
    if _code(error) in _ABSENT:
        return "create the bucket"
    if _code(error) == "403" or isinstance(error, _WITHOUT_KEYS):
        return "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to keys that may use it"
    return "check the store and AWS_ENDPOINT_URL"


def _code(error: BaseException | None) -> str:
    """Return the code of the store's reply; empty if it has not replied."""
    reply = error.response if isinstance(error, errors.ClientError) else {}
    return str(reply.get("Error", {}).get("Code", ""))


def _reason(error: Exception) -> str:
    """Return the text of an error, without the key: equal causes are equal."""
    return _KEY.sub(r"\1", " ".join(str(error).split())).rstrip(".")
