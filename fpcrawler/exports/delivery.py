"""Write a file completely or not at all: on this disk, on S3 or to stdout."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from fpcrawler.errors import BadInput
from fpcrawler.feeds.scratch import scratch
from fpcrawler.feeds.whole_file import partial_of, whole_file


@contextmanager
def whole(target: str | None) -> Iterator[Path]:
    """Yield a temporary path to write to; move it to ``target`` after the body.

    ``target``: a path, an ``s3://BUCKET/KEY`` or None for stdout. If the body raises,
    an existing target stays unchanged. Raises BadInput for a target that cannot be
    written; for S3 only after the body.
    """
    if target is not None and not target.startswith("s3://"):
        with whole_file(_checked(target)) as path:
            yield path
        return
    bucket, key = _bucket_and_key(target) if target else ("", "")
    with scratch("output") as folder:
        path = Path(folder, "whole")
        yield path
        if target:
            _upload(path, bucket, key)
        else:
            _print(path)


def _checked(target: str) -> Path:
    if not target:
        raise BadInput("-O is empty; name a file, or omit -O for stdout.")
    # A symbolic link is followed: the rename must replace its target.
    path = Path(target).resolve()
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise BadInput(
            f"{target} is not a UTF-8 name; name another file with -O."
        ) from error
    try:
        partial_of(path).exists()
    except OSError as error:  # the name is too long
        raise BadInput(
            f"{target} cannot be written ({error.strerror}); name another file with -O."
        ) from error
    if path.exists() and not path.is_file():
        raise BadInput(f"{target} is not a file; name a file, or omit -O for stdout.")
    if not path.parent.is_dir():
        raise BadInput(
            f"{target} cannot be written: its folder does not exist; create it."
        )
    return path


def _bucket_and_key(target: str) -> tuple[str, str]:
    parts = urlsplit(target)
    key = parts.path.lstrip("/")
    if not parts.netloc or not key:
        raise BadInput(f"{target} has no bucket or no key; use s3://BUCKET/KEY.")
    return parts.netloc, key


def _upload(path: Path, bucket: str, key: str) -> None:
    """Upload the file; S3 shows an object only once it is complete."""
    try:
        boto3.client("s3").upload_file(str(path), bucket, key)
    except (Boto3Error, BotoCoreError, ClientError, ValueError) as error:
        raise BadInput(
            f"s3://{bucket}/{key} cannot be written ({error}); see AWS_… settings."
        ) from error


def _print(path: Path) -> None:
    with path.open("rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.flush()
