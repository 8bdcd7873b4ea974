"""Read one TIFF block: its directories in the order of exifread, and their tags."""

from __future__ import annotations

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
    read_header,
)
from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.exif_bytes import BlockBytes, TooMuch
from fpcrawler.core.metadata.exif_directories import Directories
from fpcrawler.core.metadata.exif_texts import (
    MAX_TEXT_BYTES,
    has_end,
    text_of,
)
from fpcrawler.core.metadata.exif_thumbnails import thumbnails_in
from fpcrawler.core.metadata.exif_values import (
    IGNORED,
    MANY_VALUES,
    USER_COMMENT,
    Plan,
    plan_of,
    printed,
    values_of,
)
from fpcrawler.core.metadata.pictures import picture_bytes
from fpcrawler.core.metadata.user_comment import (
    CODE_BYTES,
    MAX_COMMENT_BYTES,
    comment_has_end,
    decode_user_comment,
)

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.block import Block


_POINTERS = _EXIF, _SUB_IFDS = "Image ExifOffset", "Image SubIFDs"

_MAX_EMBEDDED = 8

_OF_NUMBERS = ("(TIFF", "(TGA", "(ICO", "(PCX")

_SMALL = 8  # of such values, the limit of entries is enough


@dataclass(slots=True)
class BlockReader:
    """Reads one block, plain or decoded; ``read`` sets the fields.

    ``comments`` has the UserComment of each directory by its name. ``note`` is where
    the maker note is; of two, that of the Exif directory.
    """

    source: BlockBytes
    tags: dict[str, str] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    is_damaged: bool = False
    is_cut: bool = False
    thumbnails: list[Extent] = field(default_factory=list)
    embedded: list[Part] = field(default_factory=list)
    note: Entry | None = None
    _block: Block = field(init=False)
    header: Header = field(init=False)
    _directories: Directories = field(init=False)
    _pointers: dict[str, list[object]] = field(default_factory=dict)
    _dumped: dict[str, int] = field(default_factory=dict)

    def read(self, name: str = "") -> None:
        """Read the tags that exifread.process_file reads with ``details=False``.

        And those of the sub-IFDs, named as it names them with ``details=True``. If
        ``name`` is ``EXIF`` or ``GPS``, the block's first directory is that one.
        """
        self._block = self.source.block
        try:
            header = read_header(self.source)
        except MissingBytes:
            self.source.need_around(0, 0)
            return
        if header is None:
            self.is_damaged = True
            return
        self.header = header
        self._directories = Directories(self.source, header)
        try:
            self._read_from(header.first, name)
        except TooMuch:
            self.is_cut = True
        self.is_damaged |= self._directories.is_damaged
        self.is_cut |= self._directories.is_cut

    def _read_from(self, first: int, name: str) -> None:
        if name in ("EXIF", "GPS"):
            self._read_directory(first, name)
            return
        for number, ifd in enumerate(self._directories.chain(first)):
            names = {0: "Image", 1: "Thumbnail"}
            self._read_directory(ifd, names.get(number, f"IFD {number}"))
        for pointer in self._pointers.get(_EXIF, [])[:1]:
            self._read_directory(pointer, "EXIF")
        pointers = self._pointers.get(_SUB_IFDS, [])
        sub_ifds = self._directories.with_chained(pointers)
        for number, sub_ifd in enumerate(sub_ifds):
            self._read_directory(sub_ifd, f"EXIF SubIFD{number}")

    def _read_directory(self, first: object, name: str) -> None:
        # A hostile block points to one directory thousands of times.
        if not isinstance(first, int) or self._dumped.get(name) == first:
            return
        self._dumped[name] = first
        directory = self._directories.at(first)
        if directory is None:
            return
        self.thumbnails += thumbnails_in(self._block, self.header, directory, name)
        self._read_tags(directory, name)

    def _read_tags(self, directory: Directory, name: str) -> None:
        order, word = self.header.order, directory.word
        held, tags = self.source.held, self.tags
        end, value = len(held), directory.first_value
        for tag, type_, values, pointer in directory.rows:
            plan = plan_of(order, name, tag, type_, values)
            if plan is None:
                self.is_damaged |= values > 0
            else:
                length = plan.entry_length
                at = value if length <= word else pointer
                quick = plan.quick
                text = quick(held, at) if quick and at + length <= end else None
                if text is None:
                    entry = Entry(tag, type_, values, at, length)
                    self._read_slowly(entry, plan, name)
                else:
                    tags[plan.name] = text
            value += directory.entry_bytes

    def _read_slowly(self, entry: Entry, plan: Plan, ifd_name: str) -> None:
        if entry.tag in IGNORED:
            self._read_ignored(entry, ifd_name)
        else:
            self._read_tag(entry, plan)

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
        raw = self.source.needed(entry.first, length)
        is_whole = entry.first + entry.length <= self._block.length
        if not is_whole and not has_end(plan.label, entry.type, raw):
            self.is_damaged = True
            return None
        is_little_endian = self.header.order == "<"
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
        raw = self.source.needed(entry.first, plan.length)
        picture = picture_bytes(raw, entry.length)
        # Numbers of a damaged entry may be the block itself, or look like a header.
        if picture and not picture.startswith(_OF_NUMBERS):
            return picture
        values = values_of(self.header.order, plan, raw)
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
        if entry.tag == MAKER_NOTE and (self.note is None or ifd_name == "EXIF"):
            self.note = entry
        if entry.tag != USER_COMMENT:
            return
        left = self._block.length - entry.first
        try:
            # One byte more shows that the text is cut.
            length = min(entry.length, left, CODE_BYTES + MAX_COMMENT_BYTES + 1)
            self.source.limits.spend(text_bytes=max(length, 0))
            raw = self.source.needed(entry.first, length)
        except MissingBytes:
            return
        if entry.length > left and not comment_has_end(raw):
            self.is_damaged = True
            return
        is_little_endian = self.header.order == "<"
        if text := decode_user_comment(raw, is_little_endian=is_little_endian):
            self.comments.setdefault(ifd_name, text)

    def _note_embedded(self, entry: Entry) -> None:
        extents = self._block.extents(entry.first, entry.length)
        if extents and len(self.embedded) < _MAX_EMBEDDED:
            self.embedded.append(Part(EMBEDDED[entry.tag], tuple(extents)))
