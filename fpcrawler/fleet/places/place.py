"""What a place can do, whichever kind it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


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
