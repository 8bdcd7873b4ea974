"""The interface of a place, whether a folder or a bucket."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class PlaceUnavailable(OSError):
    """A place cannot be reached, or refuses; it may work again later."""


class Place(Protocol):
    """Files under names with slashes; each appears complete or not at all."""

    uri: str
    """Opens the same place again, on any machine."""

    def make(self) -> None:
        """Create the place for a submitted list; no other method creates it."""

    def write(self, name: str, content: bytes | Path, *, replaces: bool = True) -> bool:
        """Store bytes or a copy of a file under ``name``.

        Returns False if the name exists and is not to be replaced.
        """

    def read(self, name: str) -> bytes | None:
        """Return the content of ``name``; None if it does not exist."""

    def size(self, name: str) -> int | None:
        """Return the size of ``name`` in bytes; None if it does not exist."""

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the size of each file in a folder, by its name with the folder's."""

    def remove(self, name: str) -> None:
        """Remove ``name``, if it exists."""

    def scratch(self) -> Path | None:
        """Return a folder for temporary files; None means the system's own."""

    def lock_file(self) -> Path:
        """Return the file that a local run locks."""

    def tidy(self) -> None:
        """Remove files of killed processes, and the place if it is empty."""
