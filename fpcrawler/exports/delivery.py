"""Files that appear whole or not at all: on this disk, on S3, on stdout."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from fpcrawler.errors import BadInput


@contextmanager
def whole(target: str | None) -> Iterator[Path]:
    """Give the path to write to; ``target`` has it once the body is through.

    ``target`` is a path, an ``s3://BUCKET/KEY`` or None for stdout. A body that
    raises leaves what was there. Raises BadInput for a place that cannot be
    written to; on S3 that shows only at the end.
    """
    if target is not None and not target.startswith("s3://"):
        with _beside(_checked(target)) as path:
            yield path
        return
    bucket, key = _bucket_and_key(target) if target else ("", "")
    with TemporaryDirectory(prefix="fpcrawler-") as folder:
        path = Path(folder, "whole")
        yield path
        if target:
            _upload(path, bucket, key)
        else:
            _print(path)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """Give a hidden neighbour: to rename it is one step of the file system."""
    path = target.with_name(f".{target.name}.part")
    try:
        yield path
        path.replace(target)
    finally:
        path.unlink(missing_ok=True)


def _checked(target: str) -> Path:
    # A link is followed: the name that is taken must be the file's own.
    path = Path(target).resolve()
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise BadInput(
            f"{target} is no name in UTF-8; name another file with -O."
        ) from error
    if path.exists() and not path.is_file():
        raise BadInput(f"{target} is no file; name one, or leave it out for stdout.")
    if not path.parent.is_dir():
        raise BadInput(
            f"{target} cannot be written, for its folder does not exist; make it."
        )
    return path


def _bucket_and_key(target: str) -> tuple[str, str]:
    parts = urlsplit(target)
    key = parts.path.lstrip("/")
    if not parts.netloc or not key:
        raise BadInput(f"{target} names no object; use s3://BUCKET/KEY.")
    return parts.netloc, key


def _upload(path: Path, bucket: str, key: str) -> None:
    """S3 shows an object when its last part has come, not before."""
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
