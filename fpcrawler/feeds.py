"""Feeds that are complete and valid after each record."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Protocol, cast

from scrapy.exporters import BaseItemExporter, CsvItemExporter
from scrapy.utils.serialize import ScrapyJSONEncoder
from w3lib.url import file_uri_to_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scrapy import Spider

_OPENING = b"["
_CLOSING = b"\n]\n"
_BLANK = b" \t\r\n"
_TAIL_BYTES = 4_096


class NotAnArray(ValueError):
    """A file that is to be continued does not hold a JSON array."""


class _Array(Protocol):
    def append(self, record: bytes) -> None:
        """Add one JSON value."""

    def finish(self) -> None:
        """Leave a valid array behind."""


class LiveArray:
    """A JSON array in a file that is complete and valid at every moment.

    A kill can cut a write of more than one memory page in two, whatever the
    order of its bytes. So each record goes to a hidden twin of the file, which
    then takes the file's name in one step of the file system; the former file
    becomes the twin, one record behind until the next. Whoever opens the file
    finds a whole array. A kill leaves the twin beside it, ``.NAME.0`` or ``.1``.
    """

    def __init__(self, path: Path, *, append: bool) -> None:
        # A link is followed: the name that is taken must be the file's own.
        self.path = path.resolve()
        self._twin, self._spare = _twins_of(self.path)
        self._backlog = b""
        end, self._is_empty = _end_of_array(self.path) if append else (0, True)
        shown, self._hidden = (
            _copy_of_array(self.path, twin, end) for twin in (self._spare, self._twin)
        )
        self._spare.replace(self.path)
        self._shown: IO[bytes] | None = shown
        try:
            self._link_spare()
        except OSError:  # a file system without links: write in place
            shown.close()
            self._twin.replace(self.path)
            self._shown = None

    def append(self, record: bytes) -> None:
        """Add one JSON value; when this returns, the file has it."""
        addition = (b"\n" if self._is_empty else b",\n") + record
        self._is_empty = False
        _write_at_end(self._hidden, self._backlog + addition)
        if self._shown is None:
            return
        self._twin.replace(self.path)
        self._hidden, self._shown = self._shown, self._hidden
        self._twin, self._spare = self._spare, self._twin
        self._link_spare()
        self._backlog = addition

    def finish(self) -> None:
        """Nothing is owed: the array is whole."""

    def close(self) -> None:
        """Let the files go and remove the twin."""
        for file in (self._hidden, self._shown):
            if file is not None:
                file.close()
        for name in (self._twin, self._spare):
            name.unlink(missing_ok=True)

    def _link_spare(self) -> None:
        """Give the shown file its hidden name, before it loses the other."""
        self._spare.unlink(missing_ok=True)
        os.link(self.path, self._spare)


class StreamArray:
    """A JSON array written once from front to end: for S3, a pipe, gzip."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._separator = _OPENING + b"\n"

    def append(self, record: bytes) -> None:
        """Add one JSON value."""
        self._file.write(self._separator + record)
        self._separator = b",\n"

    def finish(self) -> None:
        """Close the array."""
        opening = _OPENING if self._separator.startswith(_OPENING) else b""
        self._file.write(opening + _CLOSING)


class LiveJsonExporter(BaseItemExporter):
    """Writes records in the form of a JSON array, each whole as soon as it is there."""

    def __init__(self, file: IO[bytes], **kwargs: Any) -> None:
        super().__init__(dont_fail=True, **kwargs)
        self._array: _Array = file if isinstance(file, LiveArray) else StreamArray(file)
        self._charset = self.encoding or "utf-8"

    def export_item(self, item: Any) -> None:
        text = json.dumps(
            [dict(self.get_serialized_fields(item))],
            cls=ScrapyJSONEncoder,
            indent=self.indent or None,
            ensure_ascii=not self._charset.lower().startswith("utf"),
        )
        # The item stands in a list, so that it is indented as it has to be.
        self._array.append(text[1:-1].strip("\n").encode(self._charset))

    def finish_exporting(self) -> None:
        self._array.finish()


class CsvExporter(CsvItemExporter):
    """Writes a field that has structure as JSON, not as Python would print it."""

    def serialize_field(self, field: Mapping[str, Any], name: str, value: Any) -> Any:
        if isinstance(value, dict | list):
            return json.dumps(value, ensure_ascii=False)
        return super().serialize_field(field, name, value)


class LiveFileStorage:
    """Local files whose every record is on its way to the disk at once."""

    def __init__(self, uri: str, *, feed_options: dict[str, Any] | None = None) -> None:
        options = feed_options or {}
        self.path = feed_path(uri)
        self.is_appended = not options.get("overwrite", False)
        self.is_array = options.get("format") == "json" and not options.get(
            "postprocessing"
        )

    def open(self, spider: Spider) -> IO[bytes]:  # noqa: ARG002 - Scrapy's protocol
        self.path.parent.mkdir(parents=True, exist_ok=True)
        is_file = self.path.is_file() or not self.path.exists()
        if self.is_array and is_file:
            array = LiveArray(self.path, append=self.is_appended)
            return cast("IO[bytes]", array)
        return self.path.open("ab" if self.is_appended else "wb", buffering=0)

    def store(self, file: IO[bytes]) -> None:
        file.close()


def feed_path(uri: str) -> Path:
    """Return the path of a local feed's URI."""
    return Path(file_uri_to_path(uri) if uri.startswith("file:") else uri)


def check_array(path: Path) -> None:
    """Raise NotAnArray if ``path`` exists and cannot be continued as an array."""
    _end_of_array(path)


def _twins_of(path: Path) -> tuple[Path, Path]:
    first, second = (path.with_name(f".{path.name}.{number}") for number in (0, 1))
    return first, second


def _end_of_array(path: Path) -> tuple[int, bool]:
    """Return where the last value of an array ends, and whether there is none."""
    size = path.stat().st_size if path.exists() else 0
    if not size:
        return 0, True
    with path.open("rb") as file:
        head = file.read(_TAIL_BYTES).lstrip(_BLANK)
        start = file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read().rstrip(_BLANK)
    values = tail.removesuffix(b"]").rstrip(_BLANK)
    if not head.startswith(_OPENING) or not tail.endswith(b"]") or not values:
        message = f"{path} does not hold a JSON array, so nothing can be added to it."
        raise NotAnArray(message)
    return start + len(values), head[1:].lstrip(_BLANK).startswith(b"]")


def _copy_of_array(path: Path, copy: Path, end: int) -> IO[bytes]:
    """Make a file with the array's values up to ``end``; closed, whole and open."""
    copy.unlink(missing_ok=True)  # left by a kill
    if end:
        shutil.copyfile(path, copy)
    file = copy.open("r+b" if end else "w+b", buffering=0)
    file.truncate(end)
    file.seek(end)
    if not end:
        file.write(_OPENING)
    _write_at_end(file, b"")
    return file


def _write_at_end(file: IO[bytes], values: bytes) -> None:
    """Write values in place of the closing bracket, the bracket after them."""
    data = memoryview(values + _CLOSING)
    while data:
        data = data[file.write(data) :]
    file.seek(-len(_CLOSING), os.SEEK_CUR)
