"""Where shards and results lie: a folder, or a bucket that speaks S3."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from fpcrawler.checks import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNFINISHED = ".unfinished"


class PlaceUnavailable(OSError):
    """A place does not answer, or refuses; it may be there again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file of a place: its bytes, and the store's own mark of its content."""

    size: int
    mark: str | None = None


class Place(Protocol):
    """Files under names with slashes; each appears whole or not at all."""

    uri: str
    """What finds the place again from anywhere."""

    def put(self, name: str, path: Path) -> Stored:
        """Store a copy of a file under ``name``, in place of what is there."""

    def write(self, name: str, data: bytes) -> None:
        """Store ``data`` under ``name``, in place of what is there."""

    def read(self, name: str) -> bytes | None:
        """Return what is stored under ``name``; None if nothing is."""

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of what is stored under ``name``, in hex."""

    def stored(self, name: str) -> Stored | None:
        """Return what is known of ``name`` without reading it."""

    def listing(self, folder: str) -> dict[str, Stored]:
        """Return the names in a folder, each with the folder's before it."""

    def remove(self, name: str) -> None:
        """Take ``name`` away, if it is there."""

    def scratch(self) -> Path | None:
        """Return a folder for large work of this machine; None: the system's own."""

    def tidy(self) -> None:
        """Take away what killed workers left; no other may be at work."""


class Folder:
    """A folder of this machine, or one that several machines have mounted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uri = str(root)

    def put(self, name: str, path: Path) -> Stored:
        with self._appearing(name) as partial:
            shutil.copyfile(path, partial)
        return Stored(size=path.stat().st_size)

    def write(self, name: str, data: bytes) -> None:
        with self._appearing(name) as partial:
            partial.write_bytes(data)

    def read(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def sha256(self, name: str) -> str:
        return digest_of(self.root / name)

    def stored(self, name: str) -> Stored | None:
        try:
            return Stored(size=(self.root / name).stat().st_size)
        except FileNotFoundError:
            return None

    def listing(self, folder: str) -> dict[str, Stored]:
        try:
            with os.scandir(self.root / folder) as files:
                return {
                    f"{folder}/{file.name}": Stored(size=file.stat().st_size)
                    for file in files
                }
        except FileNotFoundError:
            return {}

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def scratch(self) -> Path | None:
        folder = self.root / _UNFINISHED
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def tidy(self) -> None:
        shutil.rmtree(self.root / _UNFINISHED, ignore_errors=True)
        with suppress(OSError):  # it has results
            self.root.rmdir()

    def _appearing(self, name: str) -> _Appearing:
        folder = self.root / _UNFINISHED
        folder.mkdir(parents=True, exist_ok=True)
        return _Appearing(folder / uuid4().hex, self.root / name)


class _Appearing:
    """Gives a file that is written aside its name, once it is on the disk."""

    def __init__(self, partial: Path, path: Path) -> None:
        self.partial = partial
        self.path = path

    def __enter__(self) -> Path:
        return self.partial

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.partial.unlink(missing_ok=True)
            return
        _sync(self.partial)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.partial.replace(self.path)
        _sync(self.path.parent)


def place_of(uri: str) -> Place:
    """Return the place that ``--to`` names; raises BadInput."""
    if uri.startswith("s3://"):
        from fpcrawler.fleet.s3 import Bucket  # noqa: PLC0415 - boto3 takes 0.3 s

        return Bucket.of(uri)
    scheme, colon, _ = uri.partition("://")
    if colon:
        message = f"--to {uri}: {scheme}:// is no place; use a folder or s3://…."
        raise BadInput(message)
    root = Path(os.path.abspath(uri))  # noqa: PTH100 - the name that others mount
    parent = next(path for path in (root, *root.parents) if path.exists())
    if not parent.is_dir():
        message = f"--to {uri}: {parent} is a file; name a folder."
        raise BadInput(message)
    if not os.access(parent, os.W_OK | os.X_OK):
        message = f"--to {uri} cannot be written in {parent}; name another place."
        raise BadInput(message)
    return Folder(root)


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file."""
    digest = sha256()
    for block in _blocks(path):
        digest.update(block)
    return digest.hexdigest()


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            yield block


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
