"""Where shards and results lie: a folder, or a bucket that speaks S3."""

from __future__ import annotations

import errno
import os
import shutil
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from fpcrawler.checks import BadInput
from fpcrawler.fleet.scratch import remove_left, scratch

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNFINISHED = ".unfinished"
_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.ENOSYS)
"""What file systems say that know one name for a file."""


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

    def make(self) -> None:
        """Have it there, for a list that is submitted; nothing else makes it."""

    def put(self, name: str, path: Path) -> Stored:
        """Store a copy of a file under ``name``, in place of what is there."""

    def write(self, name: str, data: bytes) -> None:
        """Store ``data`` under ``name``, in place of what is there."""

    def create(self, name: str, data: bytes) -> bool:
        """Store ``data`` under ``name``; False if there is something already."""

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

    def lock_file(self) -> Path:
        """Return the file that is locked by who has the place for itself."""

    def tidy(self) -> None:
        """Take away what killed processes left, and the place if it is empty."""


class Folder:
    """A folder of this machine, or one that several machines have mounted."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uri = str(root)

    def make(self) -> None:
        self.root.mkdir(parents=True, exist_ok=True)

    def put(self, name: str, path: Path) -> Stored:
        with self._appearing(name) as partial:
            shutil.copyfile(path, partial)
        return Stored(size=path.stat().st_size)

    def write(self, name: str, data: bytes) -> None:
        with self._appearing(name) as partial:
            partial.write_bytes(data)

    def create(self, name: str, data: bytes) -> bool:
        try:
            with self._appearing(name, replaces=False) as partial:
                partial.write_bytes(data)
        except FileExistsError:
            return False
        return True

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
        folder.mkdir(exist_ok=True)
        return folder

    def lock_file(self) -> Path:
        return self.root / ".lock"

    def tidy(self) -> None:
        folder = self.root / _UNFINISHED
        remove_left(folder)
        with suppress(OSError):
            if {*self.root.iterdir()} <= {folder}:  # nothing was submitted
                with suppress(FileNotFoundError):
                    folder.rmdir()
                self.root.rmdir()

    @contextmanager
    def _appearing(self, name: str, *, replaces: bool = True) -> Iterator[Path]:
        """Give a file that is written aside its name, once it is on the disk."""
        with scratch(self.scratch()) as folder:
            partial, path = folder / "partial", self.root / name
            yield partial
            _sync(partial)
            path.parent.mkdir(exist_ok=True)
            if replaces:
                partial.replace(path)
            else:
                _link(partial, path)
            _sync(path.parent)


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


def _link(partial: Path, path: Path) -> None:
    """Give a file its name unless another has it; raises FileExistsError."""
    try:
        path.hardlink_to(partial)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if path.exists():
            raise FileExistsError(path) from error
        partial.replace(path)


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
