"""The interface of a place, whether a folder or a bucket."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class PlaceUnavailable(OSError):
    """A place cannot be reached, or refuses; it may work again later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A stored file: its size in bytes and its mark, such as an ETag."""

    size: int
    mark: str | None = None


class Place(Protocol):
    """Files under names with slashes; each appears complete or not at all."""

    uri: str
    """Opens the same place again, on any machine."""

    def make(self) -> None:
        """Create the place for a submitted list; no other method creates it."""

    def put(self, name: str, path: Path) -> Stored:
        """Store a copy of a file under ``name``; replace any file of that name."""

    def write(self, name: str, data: bytes) -> None:
        """Store ``data`` under ``name``; replace any file of that name."""

    def create(self, name: str, data: bytes) -> bool:
        """Store ``data`` under ``name``; False if that name exists already."""

    def read(self, name: str) -> bytes | None:
        """Return the content of ``name``; None if it does not exist."""

    def sha256(self, name: str) -> str:
        """Return the SHA-256 of the content of ``name``, in hex."""

    def stored(self, name: str) -> Stored | None:
        """Return size and mark of ``name``; None if it does not exist."""

    def listing(self, folder: str) -> dict[str, Stored]:
        """Return the files of a folder, by their names including the folder's."""

    def remove(self, name: str) -> None:
        """Remove ``name``, if it exists."""

    def scratch(self) -> Path | None:
        """Return a folder for temporary files; None means the system's own."""

    def lock_file(self) -> Path:
        """Return the file that a local run locks."""

    def tidy(self) -> None:
        """Remove files of killed processes, and the place if it is empty."""
