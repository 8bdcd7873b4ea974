"""exifread's reader of IFDs, adapted to a file with holes."""

from __future__ import annotations

import logging
import struct
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

from exifread.core.exif_header import ExifHeader
from exifread.tags import DEFAULT_STOP_TAG
from exifread.tags.fields import FIELD_DEFINITIONS, FieldType

from fpcrawler.core.anatomy import Extent
from fpcrawler.core.file.extents import joined
from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.exif_window import TooManyReads, Window
from fpcrawler.core.metadata.user_comment import MAX_COMMENT_BYTES, decode_user_comment

if TYPE_CHECKING:
    from exifread.core.ifd_tag import IfdTag
    from exifread.tags import SubIfdTagDict, SubIfdTagDictValue

MAX_VALUE_CHARS = 2_000
"""Longer values are cut: a tag must not bring a whole picture into a record."""

MAX_CHARS = 500_000
"""The limit of all printed tags of a file; only a hostile file has more."""

READ_AHEAD_BYTES = 4_096
"""Bytes to request from the start of a structure of unknown length."""

READ_BACK_BYTES = 2_048
"""Bytes to request before an IFD, where some writers put its values."""

_MAX_TEXT_BYTES = 4 * MAX_VALUE_CHARS

_MAX_VALUES = 1_000  # exifread reads shorter lists of numbers, and prints [] for others

_USER_COMMENT = 0x9286

_INLINE_BYTES = 4

_TYPES = {int(kind) for kind in FieldType}

_ENTRY_BYTES = 12

# exifread logs a WARNING for each file of an unknown format and for each defect of
# a known one. The record's exif_error is enough.
logging.getLogger("exifread").setLevel(logging.CRITICAL + 1)


class TooMuchText(Exception):
    """The printed tags of one file exceed MAX_CHARS."""


class Header(ExifHeader):
    """exifread's reader of IFDs; it leaves out tags whose bytes are missing.

    ``needs`` are the ranges of these bytes. ``error`` names the first exception.
    """

    tags: dict[str, IfdTag]

    def __init__(
        self, window: Window, endian: str, offset: int, fake_exif: int = 0
    ) -> None:
        super().__init__(
            cast("BinaryIO", window),
            endian,
            offset,
            fake_exif,
            strict=False,
            detailed=False,
        )
        self._window = window
        self._file = window.file
        self._needs: list[Extent] = []
        self.error: str | None = None
        self.user_comment: str | None = None
        self._chars = 0

    @property
    def needs(self) -> tuple[Extent, ...]:
        """The byte ranges to fetch in order to read more, near ones joined."""
        return joined(self._needs, size=self._file.size)

    def read(self) -> None:
        """Read the tags that exifread.process_file reads with ``details=False``."""
        for number, ifd in enumerate(list(self._ifds())):
            names = {0: "Image", 1: "Thumbnail"}
            self.dump_ifd(ifd, names.get(number, f"IFD {number}"))
        if pointer := self.tags.get("Image ExifOffset"):
            self.dump_ifd(pointer.values[0], "EXIF")

    def _ifds(self) -> Iterator[int]:
        seen: set[int] = set()
        try:
            ifd = self._first_ifd()
            while ifd and ifd not in seen:
                seen.add(ifd)
                yield ifd
                ifd = self._next_ifd(ifd)
        except MissingBytes as hole:
            self._needs += self._around(hole.first, hole.length)

    def dump_ifd(
        self,
        ifd: int,
        ifd_name: str,
        tag_dict: SubIfdTagDict | None = None,
        relative: int = 0,
        stop_tag: str = DEFAULT_STOP_TAG,
    ) -> None:
        first, length = self.offset + ifd, 0
        try:
            length = 2 + _ENTRY_BYTES * self.s2n(ifd, 2)
            table = self._file.at(first, length)
        except MissingBytes:
            self._needs += self._around(first, length)
            return

        if ifd_name == "EXIF":
            self._find_user_comment(ifd, table)
        super().dump_ifd(ifd, ifd_name, tag_dict, relative, stop_tag)

    def _process_tag(  # noqa: PLR0913, PLR0917 - exifread's signature
        self,
        ifd: int,
        ifd_name: str,
        tag_entry: SubIfdTagDictValue,
        entry: int,
        tag: int,
        tag_name: str,
        relative: bool,  # noqa: FBT001 - exifread's signature
        stop_tag: str,
    ) -> None:
        name = f"{ifd_name} {tag_name}"
        value = self._value(entry)
        if value is None:
            return
        if not self._is_received(*value):
            # If a tag occurs twice, exifread returns the last one. Its bytes are
            # missing, so the first must not be reported in its place.
            self.tags.pop(name, None)
            return

        try:
            super()._process_tag(
                ifd, ifd_name, tag_entry, entry, tag, tag_name, relative, stop_tag
            )
        except (MissingBytes, TooManyReads, TooMuchText):
            raise
        except Exception as error:  # noqa: BLE001 - see read_with_exifread
            # A value that exifread cannot print must not hide the other tags.
            self.note(error)
        if name in self.tags:
            self._chars += len(name) + len(printed(self.tags[name]))
        if self._chars > MAX_CHARS:
            raise TooMuchText

    def _value(self, entry: int) -> tuple[Extent, int] | None:
        """Return the extent of an entry's value, and how many of its bytes are read."""
        raw = self._file.at(self.offset + entry, _ENTRY_BYTES)
        if len(raw) < _ENTRY_BYTES:
            return None
        order = "<2xHII" if self.endian == "I" else ">2xHII"
        type_id, count, pointer = struct.unpack(order, raw)
        if type_id not in _TYPES:
            return None
        field_type = FieldType(type_id)
        length = count * FIELD_DEFINITIONS[field_type][0]
        at = entry + 8 if length <= _INLINE_BYTES else pointer

        read = length if count < _MAX_VALUES else 0
        if field_type is FieldType.ASCII:
            read = min(length, _MAX_TEXT_BYTES)
        return Extent(self.offset + at, length), read

    def _is_received(self, value: Extent, read: int) -> bool:
        if value.end > self._file.size:
            return False
        holes = self._file.holes(value.first, read)
        self._needs += [Extent(first, end - first) for first, end in holes]
        return not holes

    def _process_ascii_field(
        self,
        ifd_name: str,  # noqa: ARG002 - exifread's signature
        tag_name: str,  # noqa: ARG002 - exifread's signature
        count: int,
        offset: int,
    ) -> str | bytes:
        """Read only as many bytes of a text as are printed."""
        if not count:
            return ""
        raw = self._window.at(self.offset + offset, min(count, _MAX_TEXT_BYTES))
        is_cut = count > len(raw)
        text = raw.split(b"\0", 1)[0]
        try:
            return text.decode()
        except UnicodeDecodeError as error:
            if is_cut and error.start > len(raw) - 4:
                return text[: error.start].decode()
            return text

    def _find_user_comment(self, ifd: int, table: bytes) -> None:
        """Read UserComment, which exifread leaves out with ``details=False``."""
        order = "<H" if self.endian == "I" else ">H"
        ids = [
            struct.unpack_from(order, table, at)[0]
            for at in range(2, len(table) - _ENTRY_BYTES + 1, _ENTRY_BYTES)
        ]
        if _USER_COMMENT not in ids:
            return
        found = self._value(ifd + 2 + _ENTRY_BYTES * ids.index(_USER_COMMENT))
        if found is None:
            return
        value, _ = found
        read = min(value.length, MAX_COMMENT_BYTES)
        if self._is_received(value, read):
            raw = self._window.at(value.first, read)
            text = decode_user_comment(raw, is_little_endian=self.endian == "I")
            self.user_comment = text

    def _around(self, first: int, length: int) -> tuple[Extent, ...]:
        """Return the extents around an IFD: its values are before or after it."""
        before = max(first - READ_BACK_BYTES, 0)
        holes = self._file.holes(before, first - before)
        back = Extent(holes[-1][0], first - holes[-1][0]) if holes else Extent(first, 0)
        return back, Extent(first, max(length, READ_AHEAD_BYTES))

    def note(self, error: Exception) -> None:
        """Keep the name of the first exception."""
        self.error = self.error or type(error).__name__


def printed(tag: IfdTag) -> str:
    """Return a tag's value as exifread prints it, cut at MAX_VALUE_CHARS."""
    text = str(tag)[:MAX_VALUE_CHARS]
    # A lone surrogate cannot be written as UTF-8.
    return text.encode("utf-8", "replace").decode("utf-8")
