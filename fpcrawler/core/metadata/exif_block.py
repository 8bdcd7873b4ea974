"""Read one TIFF block: its directories in the order of exifread, and their tags."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy import Extent, Part
from fpcrawler.core.anatomy.tiff_directories import (
    EMBEDDED,
    IPTC,
    MAKER_NOTE,
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
    text_of,
)
from fpcrawler.core.metadata.exif_thumbnails import thumbnails_in
from fpcrawler.core.metadata.exif_values import (
    MANY_VALUES,
    Plan,
    plan_of,
    printed,
    values_of,
)
from fpcrawler.core.metadata.user_comment import (
    CODE_BYTES,
    MAX_COMMENT_BYTES,
    decode_user_comment,
)

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.block import Block

_USER_COMMENT = 0x9286

_IGNORED = (XMP, MAKER_NOTE, _USER_COMMENT)

_POINTERS = _EXIF, _SUB_IFDS = "Image ExifOffset", "Image SubIFDs"

_MAX_EMBEDDED = 8

_SMALL = 8  # of such values, the limit of entries is enough


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
        if name in ("EXIF", "GPS"):
            self._read_directory(first, name)
            return
        for number, ifd in enumerate(self._chain(first)):
            names = {0: "Image", 1: "Thumbnail"}
            self._read_directory(ifd, names.get(number, f"IFD {number}"))
        for pointer in self._pointers.get(_EXIF, [])[:1]:
            self._read_directory(pointer, "EXIF")
        for number, pointer in enumerate(self._pointers.get(_SUB_IFDS, [])):
            self._read_directory(pointer, f"EXIF SubIFD{number}")

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

    def _read_directory(self, first: object, name: str) -> None:
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
            if entry.tag in _IGNORED:
                self._read_ignored(entry, name)
            else:
                plan = plan_of(name, entry.tag, entry.type, entry.values)
                self._read_tag(entry, plan)

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

    def _read_tag(self, entry: Entry, plan: Plan) -> None:
        if entry.tag == IPTC:
            self._note_embedded(entry)
        try:
            read = self._text if plan.is_text else self._numbers
            text = read(entry, plan)
        except MissingBytes:
            text = None
        if text is None:
            # If a tag occurs twice, exifread returns the last one. If that is not
            # here, the first must not be reported in its place.
            self.tags.pop(plan.name, None)
            self._pointers.pop(plan.name, None)
            return
        self.tags[plan.name] = text

    def _text(self, entry: Entry, plan: Plan) -> str | None:
        length = min(entry.length, MAX_TEXT_BYTES, self._block.length - entry.first)
        if length > _SMALL:
            self.source.limits.spend(text_bytes=length)
        raw = self.source.at(entry.first, length)
        is_whole = entry.first + entry.length <= self._block.length
        # The count is wrong, but the text is whole if it ends before the block.
        if not is_whole and (entry.type not in TEXT_TYPES or b"\0" not in raw):
            self.is_damaged = True
            return None
        is_little_endian = self._header.order == "<"
        text = text_of(plan.label, entry, raw, is_little_endian=is_little_endian)
        if text is None:
            return self._numbers(entry, plan)
        if length > _SMALL:
            self.source.limits.spend(chars=len(text))
        # exifread's functions go through a text character by character.
        if plan.definition is None or len(text) >= MANY_VALUES:
            return printed(entry, text, None)
        self.source.limits.spend(numbers=len(text))
        return printed(entry, text, plan.definition)

    def _numbers(self, entry: Entry, plan: Plan) -> str | None:
        if entry.first + entry.length > self._block.length:
            self.is_damaged = True
            return None
        if plan.cost > _SMALL:
            self.source.limits.spend(numbers=plan.cost)
        raw = self.source.at(entry.first, plan.length)
        values = values_of(self._header.order, plan, raw)
        if plan.name in _POINTERS:
            self._pointers[plan.name] = values
        if plan.directory and values:
            self._read_directory(values[0], plan.directory)
        text = printed(entry, values, plan.definition)
        self.is_damaged |= text is None
        return text

    def _read_ignored(self, entry: Entry, ifd_name: str) -> None:
        """Read what exifread leaves out with ``details=False``, but is read here."""
        if entry.tag == XMP:
            self._note_embedded(entry)
        if entry.tag != _USER_COMMENT:
            return
        if entry.first + entry.length > self._block.length:
            self.is_damaged = True
            return
        try:
            # One byte more shows that the text is cut.
            length = min(entry.length, CODE_BYTES + MAX_COMMENT_BYTES + 1)
            self.source.limits.spend(text_bytes=length)
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
