"""Read the texts of an image: text chunks of PNG, comments of JPEG and GIF."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from fpcrawler.core.metadata.pictures import split_at_picture, without_picture
from fpcrawler.core.metadata.plain_text import (
    CUT,
    cut_to_bytes,
    decoded,
    is_utf_8,
    safe,
    shortened,
)

MAX_TEXT_BYTES = 65_536
"""The limit of one text, in bytes of UTF-8."""

MAX_IMAGE_BYTES = 262_144
"""The limit of all names and texts of an image."""

MAX_INFLATED = 131_072
"""The limit of a text before it is cut: a kilobyte can decompress to a megabyte."""

MAX_NAME_CHARS = 79
"""A keyword is 1 to 79 bytes in Latin-1 (PNG, third edition, section 11.3.3.2)."""

_MAX_WORK = 2 * MAX_INFLATED
"""Bytes of all texts of an image before they are cut."""

_SEARCHED_CHARS, _SEARCH_COST = 2 * MAX_TEXT_BYTES, 8
"""Where a text is searched for pictures; a character costs as much as 8 bytes."""

_PIECE = 1_024

TextKind = Literal["tEXt", "zTXt", "iTXt", "comment"]

COMMENT = "Comment"

# ImageMagick's profiles in hexadecimal digits, and the packet of XMP (XMP part 3
# section 1.1.5): other readers read them.
_NO_TEXTS = ("Raw profile type ", "XML:com.adobe.xmp")


@dataclass(frozen=True, slots=True)
class RawText:
    """The bytes of one text as they are in the file.

    ``comment``: the data of a JPEG's COM segment after its length, or of a GIF's
    comment extension, its sub-blocks joined without their length bytes. Else the data
    of a PNG chunk of this type.
    """

    kind: TextKind
    data: bytes


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its name: the keyword of a PNG chunk, else COMMENT."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextsReading:
    """The texts in the order of the file.

    ``is_cut``: a text was cut, and ends with ``…``, or was left out by a limit.
    ``is_damaged``: bytes that are here could not be read.
    """

    texts: tuple[Text, ...] = ()
    is_cut: bool = False
    is_damaged: bool = False


@dataclass(frozen=True, slots=True)
class _Body:
    """The bytes of a text; whether they are only its beginning, and why."""

    data: bytes = b""
    is_cut: bool = False
    is_damaged: bool = False


def read_texts(raw_texts: Iterable[RawText]) -> TextsReading:
    """Return the texts that are not empty, without pictures; never raises.

    A text has up to MAX_TEXT_BYTES, all together up to MAX_IMAGE_BYTES. Of a damaged
    compressed text, the beginning is returned.
    """
    texts: list[Text] = []
    left, work = MAX_IMAGE_BYTES, 0
    is_cut = is_damaged = False
    for raw in raw_texts:
        if left <= 0 or work >= _MAX_WORK:
            is_cut = True
            break
        name, body = _named(raw)
        work += len(body.data)
        is_damaged |= body.is_damaged
        if not body.data:
            continue

        # The one place where bytes become a text. Pictures are taken out before the
        # cut, so that their length is known, and before a zero of their signatures
        # is replaced.
        before, picture = body.data, ""
        if not is_utf_8(body.data):
            before, picture = split_at_picture(body.data)
        text = decoded(before)
        searched = text[:_SEARCHED_CHARS]
        work += _SEARCH_COST * len(searched)
        is_cut |= body.is_cut or len(searched) < len(text)
        whole = safe(without_picture(searched) + picture)
        whole += CUT if body.is_cut or len(searched) < len(text) else ""
        left -= len(name.encode())
        text = cut_to_bytes(whole, min(max(left, 0), MAX_TEXT_BYTES))
        left -= len(text.encode())
        is_cut |= text != whole
        if text:
            texts.append(Text(name, text))
    return TextsReading(texts=tuple(texts), is_cut=is_cut, is_damaged=is_damaged)


def _named(raw: RawText) -> tuple[str, _Body]:
    """Return name and bytes of a text (PNG, third edition, section 11.3.3)."""
    if raw.kind == "comment":
        return COMMENT, _Body(raw.data)

    keyword, separator, rest = raw.data.partition(b"\0")
    name = shortened(safe(decoded(keyword[: 2 * MAX_NAME_CHARS])), MAX_NAME_CHARS)
    if name.startswith(_NO_TEXTS):
        return name, _Body()
    if not separator:
        return name, _Body(is_damaged=True)
    if raw.kind == "tEXt":
        return name, _Body(rest)
    if raw.kind == "zTXt":
        return name, _inflated(rest[:1], rest[1:])
    return name, _international(rest)


def _international(data: bytes) -> _Body:
    """Read what follows the keyword of iTXt.

    A flag, the compression method, a language, the keyword translated into it, a text.
    """
    flag, method = data[:1], data[1:2]
    _, _, rest = data[2:].partition(b"\0")
    _, separator, text = rest.partition(b"\0")
    if not separator:
        return _Body(is_damaged=True)
    return _Body(text) if flag == b"\0" else _inflated(method, text)


def _inflated(method: bytes, data: bytes) -> _Body:
    if method != b"\0":
        return _Body(is_damaged=True)
    decompressor = zlib.decompressobj()
    found = bytearray()
    # In pieces, because an error takes away all that its call has decompressed.
    for at in range(0, len(data), _PIECE):
        room = MAX_INFLATED - len(found)
        try:
            found += decompressor.decompress(data[at : at + _PIECE], room)
        except zlib.error:
            return _Body(bytes(found), is_damaged=True)
        if len(found) == MAX_INFLATED:
            return _Body(bytes(found), is_cut=True)
    return _Body(bytes(found), is_damaged=not decompressor.eof)
