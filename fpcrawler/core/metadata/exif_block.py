"""Read one TIFF block: its directories in the order of exifread, and their tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import Extent, Part
from fpcrawler.core.anatomy.tiff_directories import (
    EMBEDDED,
    MAKER_NOTE,
    TYPE_BYTES,
    XMP,
    Directory,
    Entry,
    Header,
    entries_at,
    following,
    read_directory,
    read_header,
)
from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.exif_bytes import DIRECTORY_ENTRIES, BlockBytes, TooMuch
from fpcrawler.core.metadata.exif_texts import (
    MAX_TEXT_BYTES,
    TEXT_TYPES,
    is_text,
    text_of,
)
from fpcrawler.core.metadata.exif_thumbnails import thumbnails_in
from fpcrawler.core.metadata.exif_values import (
    DIRECTORIES,
    MANY_VALUES,
    TAGS,
    Definition,
    Tags,
    cost_of,
    printed,
    printed_values,
    sub_directory,
    values_of,
)
from fpcrawler.core.metadata.user_comment import (
    CODE_BYTES,
    MAX_COMMENT_BYTES,
    decode_user_comment,
)

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Block

_USER_COMMENT = 0x9286

_EXIF, _SUB_IFDS, _MAX_EMBEDDED = "Image ExifOffset", "Image SubIFDs", 8


@dataclass(slots=True)
class BlockReader:
    """Reads one block, plain or decoded; ``read`` sets the fields.

    ``comments`` has the UserComment of each directory by its name.
    """

    source: BlockBytes
    tags: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    is_damaged: bool = False
    thumbnails: list[Extent] = field(default_factory=list)
    embedded: list[Part] = field(default_factory=list)
    _block: Block = field(init=False)
    _header: Header = field(init=False)
    _pointers: dict[str, list[object]] = field(default_factory=dict)
    _dumped: dict[str, int] = field(default_factory=dict)

    def read(self, name: str = "") -> None:
        """Read the tags that exifread.process_file reads with ``details=False``.

        And those of the sub-IFDs, named as it names them with ``details=True``. If
        ``name`` is ``EXIF`` or ``GPS``, the block's first directory is that one.
        """
        self._block = self.source.block
        try:
            header = read_header(self._block)
        except MissingBytes:
            self.source.need_around(0, 0)
            return
        if header is None:
            self.is_damaged = True
            return
        self._header = header
        try:
            self._read_from(header.first, name)
        except TooMuch:
            self.is_damaged = True

    def _read_from(self, first: int, name: str) -> None:
        if name in DIRECTORIES:
            self._read_directory(first, name, DIRECTORIES[name])
            return
        for number, ifd in enumerate(self._chain(first)):
            names = {0: "Image", 1: "Thumbnail"}
            self._read_directory(ifd, names.get(number, f"IFD {number}"), TAGS)
        for pointer in self._pointers.get(_EXIF, [])[:1]:
            self._read_directory(pointer, "EXIF", TAGS)
        for number, pointer in enumerate(self._pointers.get(_SUB_IFDS, [])):
            self._read_directory(pointer, f"EXIF SubIFD{number}", TAGS)

    def _chain(self, ifd: int) -> Iterator[int]:
        seen: set[int] = set()
        while ifd and ifd not in seen and self.source.limits.entries > 0:
            seen.add(ifd)
            yield ifd
            try:
                count = entries_at(self._block, self._header, ifd)
            except MissingBytes:
                self.source.need_around(ifd, self._header.counter)
                return
            end = ifd + self._header.table_bytes(count)
            try:
                ifd = following(self._block, self._header, end)
            except MissingBytes:
                self.source.need_around(end, self._header.word)
                return

    def _read_directory(self, first: object, name: str, tags: Tags) -> None:
        # A hostile block points to one directory thousands of times.
        if not isinstance(first, int) or self._dumped.get(name) == first:
            return
        self._dumped[name] = first
        directory = self._directory(first)
        if directory is None:
            return
        self.is_damaged |= not directory.has_all
        self.thumbnails += thumbnails_in(self._block, self._header, directory, name)
        for entry in directory.entries:
            if entry.tag in (XMP, MAKER_NOTE, _USER_COMMENT):
                self._read_ignored(entry, name)
            else:
                self._read_tag(entry, name, tags.get(entry.tag))
            self.source.limits.check()

    def _directory(self, first: int) -> Directory | None:
        count, limit = 0, self.source.limits.entries
        if limit <= 0 or not 0 <= first < self._block.length:
            self.is_damaged = True
            return None
        try:
            count = entries_at(self._block, self._header, first)
            directory = read_directory(self._block, self._header, first, limit)
        except MissingBytes:
            self.source.need_around(first, self._header.table_bytes(min(count, limit)))
            return None
        self.source.limits.entries -= DIRECTORY_ENTRIES + directory.read
        return directory

    def _read_tag(
        self, entry: Entry, ifd_name: str, definition: Definition | None
    ) -> None:
        label = definition[0] if definition else f"Tag 0x{entry.tag:04X}"
        name = f"{ifd_name} {label}"
        if entry.tag in EMBEDDED:
            self._note_embedded(entry)
        try:
            text = self._printed(entry, name, label, definition)
        except MissingBytes:
            text = None
        if text is None:
            # If a tag occurs twice, exifread returns the last one. If that is not
            # here, the first must not be reported in its place.
            self.tags.pop(name, None)
            self._pointers.pop(name, None)
            return
        self.tags[name] = text
        self.source.limits.chars -= len(name) + len(text)

    def _printed(
        self, entry: Entry, name: str, label: str, definition: Definition | None
    ) -> str | None:
        if is_text(label, entry.type):
            raw = self._raw_text(entry)
            if raw is None:
                return None
            is_little_endian = self._header.order == "<"
            text = text_of(label, entry, raw, is_little_endian=is_little_endian)
            if text is not None:
                # exifread's functions go through a text character by character.
                if len(text) >= MANY_VALUES or definition is None or not definition[1]:
                    return printed(entry, text, None)
                self.source.limits.numbers -= len(text)
                return printed(entry, text, definition)
        values = self._values(entry, definition)
        if values is None:
            return None
        if name in (_EXIF, _SUB_IFDS):
            self._pointers[name] = values
        if values and (directory := sub_directory(definition)):
            self._read_directory(values[0], *directory)
        printable = printed(entry, values, definition)
        self.is_damaged |= printable is None
        return printable

    def _raw_text(self, entry: Entry) -> bytes | None:
        """Return the bytes of a text, up to the limit; None if it is cut off."""
        length = min(entry.length, MAX_TEXT_BYTES, self._block.length - entry.first)
        raw = self.source.at(entry.first, length)
        if self.source.has_end_of(entry.first, entry.length):
            return raw
        # The count is wrong, but the text is whole if it ends before the block.
        if entry.type in TEXT_TYPES and b"\0" in raw:
            return raw
        self.is_damaged = True
        return None

    def _values(
        self, entry: Entry, definition: Definition | None
    ) -> list[object] | None:
        if not self.source.has_end_of(entry.first, entry.length):
            self.is_damaged = True
            return None
        number = printed_values(entry, definition)
        self.source.limits.numbers -= cost_of(entry, number, definition)
        self.source.limits.check()
        raw = self.source.at(entry.first, number * TYPE_BYTES[entry.type])
        return values_of(self._header, entry.type, raw)

    def _read_ignored(self, entry: Entry, ifd_name: str) -> None:
        """Read what exifread leaves out with ``details=False``, but is read here."""
        if entry.tag == XMP:
            self._note_embedded(entry)
        if entry.tag != _USER_COMMENT:
            return
        if not self.source.has_end_of(entry.first, entry.length):
            self.is_damaged = True
            return
        try:
            # One byte more shows that the text is cut.
            length = min(entry.length, CODE_BYTES + MAX_COMMENT_BYTES + 1)
            raw = self.source.at(entry.first, length)
        except MissingBytes:
            return
        is_little_endian = self._header.order == "<"
        if text := decode_user_comment(raw, is_little_endian=is_little_endian):
            self.comments.setdefault(ifd_name, text)

    def _note_embedded(self, entry: Entry) -> None:
        extents = self._block.extents(entry.first, entry.length)
        if extents and len(self.embedded) < _MAX_EMBEDDED:
            self.embedded.append(Part(EMBEDDED[entry.tag], tuple(extents)))
