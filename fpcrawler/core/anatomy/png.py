"""PNG: https://www.w3.org/TR/png-3/, and ImageMagick's raw profiles in text chunks."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.deflate import is_stored
from fpcrawler.core.anatomy.png_tail import last_chunks
from fpcrawler.core.anatomy.structure import GivenUp, Malformed
from fpcrawler.core.anatomy.texts import add_text
from fpcrawler.core.file.extents import Extent

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.structure import Encoding, MetadataKind

TAIL = 16_384
"""How many last bytes to search for chunks that follow the picture."""

_LARGE_TAIL = 65_536
"""How many to search if the chunks in ``TAIL`` do not lead back to the picture."""

_MAX_STEPS = 16
_MAX_CHUNKS = 20_000
_LARGE_CHUNK = 131_072
_LEAST_STEP = 256
_AROUND = 12  # length, type, CRC
_OPENING = 512
_COMPRESSED_HEADER = 5
"""zXIf, a proposal of 2017: a byte of 0, the length of the EXIF block, zlib data."""

_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_MANIFESTS = b"caBX"  # C2PA 2.2, appendix A.3.3
_PICTURE = {b"IDAT", b"fdAT"}
_DECIDING = {b"IHDR", b"PLTE", b"tRNS", b"acTL"}
_MAX_PARAMETER = 1_024
"""More than the longest valid one, a palette, has."""

_LETTERS = re.compile(rb"[A-Za-z]{4}")

# The keywords of text chunks that hold metadata blocks.
_PROFILES: dict[bytes, MetadataKind] = {
    b"Raw profile type exif": "exif",
    b"Raw profile type APP1": "exif",
    b"Raw profile type xmp": "xmp",
    b"Raw profile type iptc": "iptc",
    b"Raw profile type 8bim": "iptc",
}
_XMP_KEYWORD = b"XML:com.adobe.xmp"


@dataclass(slots=True)
class _Picture:
    """The picture's chunks, as far as they were read."""

    first: Extent | None = None
    end: int = 0
    is_end_known: bool = False
    parameters: list[bytes] = field(default_factory=list)
    is_stored: bool = False
    is_animated: bool = False

    @property
    def step(self) -> int:
        """Bytes of the first IDAT chunk with its header and CRC: most are as long."""
        return (self.first.length if self.first else 0) + _AROUND

    def is_on_grid(self, place: int, at: int) -> bool:
        """Return whether a chunk of this picture can start at ``place``.

        One starts at ``at``. Encoders give all but the last the length of their
        buffer. If the first chunk is tiny, nearly any offset would match: then only
        ``at`` itself does.
        """
        distance = place - at
        return not distance or (self.step >= _LEAST_STEP and not distance % self.step)

    def note(self, draft: Draft, name: bytes, data: Extent) -> None:
        if name == b"IDAT" and self.first is None:
            self.first = data
            self._read_opening(draft, data)
        elif name in _DECIDING and self.first is None:
            length = min(data.length, _MAX_PARAMETER)
            read = draft.deciding(draft.file.at, data.first, length)
            self.parameters += [name + content for content in read]
        self.is_animated |= name == b"acTL"
        if name in _PICTURE:
            self.end = max(self.end, data.end)

    def _read_opening(self, draft: Draft, data: Extent) -> None:
        draft.need_for_picture(data.first)
        with draft.going_on(to_picture=True):
            self.is_stored = is_stored(draft.file.at(data.first, 3))


def read(draft: Draft) -> None:
    """Read a PNG file: the chunks before the picture, then the file's tail."""
    picture = _Picture()
    try:
        _walk(draft, picture)
    except Malformed:
        if picture.first:  # intact chunks may still follow a broken picture
            with draft.going_on(to_picture=True):
                at = picture.first.first - 8
                _note_tail(draft, picture, max(draft.file.size - TAIL, at), at)
                _set_picture(draft, picture)
        raise


def _walk(draft: Draft, picture: _Picture) -> None:
    at, seen_tail = 8, False
    for _ in range(_MAX_CHUNKS):
        if picture.first and not seen_tail and not draft.file.has(at, 8):
            # Avoid a request for each of possibly a thousand IDAT chunks.
            jump = _over_picture(draft, picture, at)
            seen_tail = True
            if jump is None:
                return
            at = jump
            continue
        name, data = _chunk(draft, at)
        _note(draft, picture, name, data)
        if name == b"IEND":
            picture.is_end_known = True
            _set_picture(draft, picture)
            return
        at = data.end + 4
    raise GivenUp("too many chunks")


def _set_picture(draft: Draft, picture: _Picture) -> None:
    if picture.first:
        first = picture.first.first
        end = picture.end if picture.is_end_known else draft.file.size
        draft.set_picture(
            Extent(first, end - first),
            parameters=picture.parameters,
            is_constant_size=picture.is_stored,
            is_end_known=picture.is_end_known,
        )


def _chunk(draft: Draft, at: int) -> tuple[bytes, Extent]:
    header = draft.exactly(at, 8)
    name, data = header[4:], Extent(at + 8, int.from_bytes(header[:4], "big"))
    if not _LETTERS.fullmatch(name):
        raise Malformed(f"no chunk at {at}")
    return name, data


def _note(draft: Draft, picture: _Picture, name: bytes, data: Extent) -> None:
    picture.note(draft, name, data)
    if name == b"IHDR" and draft.width is None:
        draft.width = draft.number(data.first, 4)
        draft.height = draft.number(data.first + 4, 4)
    elif name == b"eXIf":
        draft.add_exif([data])
    elif name == b"zXIf" and data.length > _COMPRESSED_HEADER:
        header = _COMPRESSED_HEADER
        block = Extent(data.first + header, data.length - header)
        draft.add("exif", [block], ("deflate",))
    elif name == _MANIFESTS:
        draft.add("provenance", [data])
    elif name in _TEXTS:
        with draft.going_on():
            _note_text(draft, name, data)


def _note_text(draft: Draft, name: bytes, data: Extent) -> None:
    opening = draft.file.at(data.first, min(_OPENING, data.length))
    keyword, _, rest = opening.partition(b"\0")
    header = len(keyword) + 1
    deflated = name == b"zTXt"
    if deflated:
        header += 1  # the compression method
    elif name == b"iTXt":
        deflated = rest[:1] == b"\x01"
        language, _, translated = rest[2:].partition(b"\0")
        header += 4 + len(language) + len(translated.partition(b"\0")[0])
    text = Extent(data.first + header, max(data.length - header, 0))

    encodings: tuple[Encoding, ...] = ("deflate",) if deflated else ()
    if keyword in _PROFILES:
        draft.add(_PROFILES[keyword], [text], (*encodings, "raw-profile"))
    elif keyword == _XMP_KEYWORD:
        draft.add("xmp", [text], encodings)
    else:
        add_text(draft, [data], name.decode(), is_deflated=deflated)


def _over_picture(draft: Draft, picture: _Picture, at: int) -> int | None:
    """Read the tail; return the offset to continue at, None if there is none.

    None: the tail has to be fetched first, or it leads back to the picture. ``at`` is
    the offset after the last received IDAT chunk.
    """
    file = draft.file
    step = picture.step
    for length in (TAIL, _LARGE_TAIL):
        tail = max(at, file.size - length)
        if not file.has(tail, length):
            draft.need_for_all(tail, length)
            if length == TAIL and (at > tail or step > _LARGE_CHUNK):
                draft.need_for_all(at, _OPENING)
            return None

        chunks = _note_tail(draft, picture, tail, at)
        if any(name in _PICTURE for name, _ in chunks):
            _set_picture(draft, picture)
            return None

        # The last IDAT starts before the tail. Try the last offset of the grid at
        # which it can start.
        first = chunks[0][1].first - 8 if chunks else file.size
        place = at + (max(first - _AROUND - at, 0) // step) * step
        if not file.has(place, 8):
            draft.need_for_all(place, _OPENING)
            return None
        if file.at(place + 4, 4) in _PICTURE and picture.is_on_grid(place, at):
            return place

    if (first - at) // step > _MAX_STEPS:
        raise GivenUp("too many chunks of different lengths")
    return at


def _note_tail(
    draft: Draft, picture: _Picture, tail: int, at: int
) -> list[tuple[bytes, Extent]]:
    """Note the file's last chunks and return them; none if they are not certain."""
    chunks = last_chunks(draft.file.at(tail, draft.file.size - tail), tail)
    if any(name == b"IHDR" for name, _ in chunks) or not chunks:
        return []
    # The tail may belong to another PNG that follows this one.
    is_last = chunks[-1][1].end + 4 == draft.file.size
    coded = [(name, data) for name, data in chunks if name in _PICTURE]
    is_own = any(picture.is_on_grid(data.first - 8, at) for _, data in coded)
    if not (is_last or is_own):
        return []
    for name, data in chunks:
        _note(draft, picture, name, data)
    # Frames differ in length. Only an animation has fdAT chunks.
    is_frame = picture.is_animated and any(name == b"fdAT" for name, _ in coded)
    picture.is_end_known |= is_own or (is_last and is_frame)
    return chunks
