"""A place in a folder, local or mounted by several machines."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

from fpcrawler.feeds.scratch import remove_left, scratch
from fpcrawler.feeds.whole_file import whole_file
from fpcrawler.fleet.places.place import PlaceUnavailable

_UNFINISHED = ".unfinished"


class Folder:
    """A folder, local or mounted by several machines."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.uri = str(root)

    def make(self) -> None:
        parent = next(path for path in (self.root, *self.root.parents) if path.exists())
        if not os.access(parent, os.W_OK | os.X_OK):
            raise PlaceUnavailable(
                f"--to {self.uri}: {parent} is not writable; name another place."
            )
        self.root.mkdir(parents=True, exist_ok=True)

    def write(self, name: str, content: bytes | Path, *, replaces: bool = True) -> bool:
        path = self.root / name
        try:
            with (
                scratch("fleet", self.scratch()) as folder,  # removed after a kill, too
                whole_file(
                    path, folder / "partial", is_synced=True, replaces=replaces
                ) as partial,
            ):
                if isinstance(content, Path):
                    shutil.copyfile(content, partial)
                else:
                    partial.write_bytes(content)
                path.parent.mkdir(exist_ok=True)
        except FileExistsError:
            if replaces:
                raise
            return False
        return True

    def read(self, name: str) -> bytes | None:
        try:
            return (self.root / name).read_bytes()
        except FileNotFoundError:
            return None

    def size(self, name: str) -> int | None:
        try:
            return (self.root / name).stat().st_size
        except FileNotFoundError:
            return None

    def sizes(self, folder: str) -> dict[str, int]:
        try:
            with os.scandir(self.root / folder) as files:
                return {f"{folder}/{one.name}": one.stat().st_size for one in files}
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
