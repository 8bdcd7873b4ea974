"""PNG: https://www.w3.org/TR/png-3/, and ImageMagick's raw profiles in text chunks."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from fpcrawler.core.anatomy.png_picture import AROUND, CODED, Picture
from fpcrawler.core.anatomy.png_tail import last_chunks
from fpcrawler.core.anatomy.structure import END_WINDOW, SOUGHT, GivenUp, Malformed
from fpcrawler.core.anatomy.texts import add_text
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import UNKNOWN_SIZE, MissingBytes

if TYPE_CHECKING:
    from fpcrawler.core.anatomy.draft import Draft
    from fpcrawler.core.anatomy.structure import Encoding, MetadataKind

TAIL = 16_384
"""How many last bytes to search for chunks that follow the picture."""

_LARGE_TAIL = 65_536
"""How many to search if the chunks in ``TAIL`` do not lead back to the picture."""

_MAX_STEPS = 16
_COST, _CODED_COST = 12, 3
_MAX_AFTER_END = 64
_LARGE_CHUNK = 131_072
_OPENING = 512
_CRC = 4
_EXIF = {b"eXIf", b"exIf"}  # the latter by writers before the chunk was registered
_COMPRESSED_EXIF = {b"zXIf", b"zxIf"}
_COMPRESSED_HEADER = 5
"""zXIf, a proposal of 2017: a byte of 0, the length of the EXIF block, zlib data."""

_FRAME = {*CODED, b"fcTL"}
_TEXTS = {b"tEXt", b"zTXt", b"iTXt"}
_MANIFESTS = b"caBX"  # C2PA 2.2, appendix A.3.3

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


def read(draft: Draft) -> None:
    """Read a PNG file: the chunks before the picture, then the file's tail.

    The first coded data are set also while their end is sought.
    """
    picture = Picture()
    try:
        _read(draft, picture)
    except MissingBytes as missing:
        draft.need_to_picture(missing)
        raise
    finally:
        if draft.picture is None and not picture.missing:
            _set_picture(draft, picture)


def _read(draft: Draft, picture: Picture) -> None:
    try:
        _walk(draft, picture)
    except Malformed:
        if picture.first:  # intact chunks may still follow a broken picture
            with draft.going_on(to_picture=True):
                at = picture.first.first - 8
                _note_tail(draft, picture, max(draft.file.size - TAIL, at), at)
                _set_picture(draft, picture)
        raise


def _walk(draft: Draft, picture: Picture) -> None:
    at, seen_tail = 8, False
    while True:
        if picture.first and not seen_tail and not draft.file.has(at, 8):
            # Avoid a request for each of possibly a thousand IDAT chunks.
            picture.jump(draft, at)
            jump = _over_picture(draft, picture, at)
            seen_tail = True
            if jump is None:
                return
            at = jump
            continue
        name, data = _chunk(draft, at)
        draft.step(_CODED_COST if name in _FRAME else _COST)
        _note(draft, picture, name, data)
        if name == b"IEND":
            picture.is_end_known = True
            _set_picture(draft, picture)
            _note_after_end(draft, picture, data.end + 4)
            return
        at = data.end + 4


def _note_after_end(draft: Draft, picture: Picture, at: int) -> None:
    """Note chunks after IEND, where some programs append metadata."""
    if draft.file.size >= UNKNOWN_SIZE:
        return
    with draft.going_on(), suppress(Malformed):
        for _ in range(_MAX_AFTER_END):
            if at + AROUND > draft.file.size:
                return
            name, data = _chunk(draft, at)
            if name in CODED or data.end > draft.file.size:
                return  # not chunks, or those of another PNG
            _note(draft, picture, name, data)
            at = data.end + 4


def _set_picture(draft: Draft, picture: Picture) -> None:
    if picture.first:
        first = picture.first.first
        end = picture.end if picture.is_end_known else draft.file.size
        draft.set_picture(
            Extent(first, end - first),
            opening=picture.opening,
            parameters=picture.parameters,
            is_constant_size=picture.is_stored,
            is_end_known=picture.is_end_known,
        )
        draft.ends_in_checksum = picture.has_checksum


def _chunk(draft: Draft, at: int) -> tuple[bytes, Extent]:
    header = draft.exactly(at, 8)
    name, data = header[4:], Extent(at + 8, int.from_bytes(header[:4], "big"))
    if not _LETTERS.fullmatch(name):
        raise Malformed(f"no chunk at {at}")
    return name, data


def _note(draft: Draft, picture: Picture, name: bytes, data: Extent) -> None:
    picture.note(draft, name, data)
    if name == b"IHDR" and draft.width is None:
        draft.width = draft.number(data.first, 4)
        draft.height = draft.number(data.first + 4, 4)
    elif name in _EXIF:
        draft.add_exif([data])
    elif name in _COMPRESSED_EXIF and data.length > _COMPRESSED_HEADER:
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


def _over_picture(draft: Draft, picture: Picture, at: int) -> int | None:
    """Read the tail; return the offset to continue at, None if there is none.

    None: the tail has to be fetched first, or it leads back to the picture. ``at`` is
    the offset after the last received IDAT chunk.
    """
    file = draft.file
    step = picture.step
    for length in (TAIL, _LARGE_TAIL):
        tail = picture.on_grid(max(at, file.size - length), at)
        if not file.has(tail, length):
            _need_tail(draft, at, tail, length)
            is_large = at > tail or step > _LARGE_CHUNK
            if length == TAIL and (is_large or picture.is_animated):
                draft.need_for_all(at, _OPENING)
            return None

        chunks = _note_tail(draft, picture, tail, at)
        if any(name in CODED for name, _ in chunks):
            if picture.is_animated and chunks[0][1].first - 8 > at:
                draft.left_out |= SOUGHT  # chunks may be between the frames
            _set_picture(draft, picture)
            return None

        # The last IDAT starts before the tail. Try the last offset of the grid at
        # which it can start.
        first = chunks[0][1].first - 8 if chunks else file.size
        place = at + (max(first - AROUND - at, 0) // step) * step
        if not file.has(place, 8):
            draft.need_for_all(place, _OPENING)
            return None
        if file.at(place + 4, 4) in CODED and picture.is_on_grid(place, at):
            if picture.is_animated and place > at:
                draft.left_out |= SOUGHT
            return place

    if (first - at) // step > _MAX_STEPS:
        raise GivenUp("too many chunks of different lengths")
    return at


def _need_tail(draft: Draft, at: int, tail: int, length: int) -> None:
    draft.need_for_all(tail, length)
    if tail == at:  # the same request fetches the end of a single chunk
        draft.need_for_picture(max(at - _CRC - END_WINDOW, 0), END_WINDOW)


def _note_tail(
    draft: Draft, picture: Picture, tail: int, at: int
) -> list[tuple[bytes, Extent]]:
    """Note the file's last chunks and return them; none if they are not certain."""
    chunks = last_chunks(draft.file.at(tail, draft.file.size - tail), tail)
    if any(name == b"IHDR" for name, _ in chunks) or not chunks:
        return []
    # The tail may belong to another PNG that follows this one.
    is_last = chunks[-1][1].end + 4 == draft.file.size
    coded = [(name, data) for name, data in chunks if name in CODED]
    is_own = any(picture.is_on_grid(data.first - 8, at) for _, data in coded)
    if not (is_last or is_own):
        return []
    for name, data in chunks:
        _note(draft, picture, name, data)
    if not is_last:
        _note_after_end(draft, picture, chunks[-1][1].end + 4)
    # Frames differ in length. Only an animation has fdAT chunks.
    is_frame = picture.is_animated and any(name == b"fdAT" for name, _ in coded)
    picture.is_end_known |= is_own or (is_last and is_frame)
    return chunks
