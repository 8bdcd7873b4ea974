"""Read texts as a person does: without case, accents, separators and escapes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from typing import NamedTuple

from fpcrawler.exports.redaction.characters import Characters

_ROUNDS = 4
"""Escapes within others; one ``%`` that is encoded many times takes one round."""

_PERCENT = re.compile(r"(?:%(?:25)*[0-9A-Fa-f]{2})+")
_ENTITY = re.compile(r"&(?:amp;){0,9}(#?\w{2,32};)", re.ASCII)
_ESCAPE = re.compile(r"\\{1,8}(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4}))")
_HEX = re.compile(r"%(?:25)*([0-9A-Fa-f]{2})(?=%|$)")
_BYTES = re.compile(r"\[\s?\d{1,3}(?:,\s?\d{1,3})+")
_BYTE = re.compile(r"\d{1,3}")
_MAX_BYTE = 255


class Traced(NamedTuple):
    """A text, and where each of its characters begins and ends in the original."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]


Piece = tuple[str, int, int]
"""Characters, and their beginning and end in the text."""


def _folded(char: str) -> str:
    """Return the letters and digits of a character, a space, or nothing."""
    plain = unicodedata.normalize("NFKD", char).casefold()
    plain = unicodedata.normalize("NFKD", plain)
    kept = "".join(each for each in plain if each.isalnum())
    # Marks, zero-width characters and NUL (half of a character in UTF-16) are nothing.
    is_nothing = unicodedata.category(char) in {"Mn", "Me", "Cf"} or char == "\0"
    return kept or ("" if is_nothing else " ")


_FOLDS = Characters(_folded)


def folded(text: str) -> str:
    """Return the text without case and accents, a space for each separator."""
    return text.translate(_FOLDS)


def traced(text: str) -> Traced:
    """Return the text as its own original."""
    return Traced(text, range(len(text)), range(1, len(text) + 1))


def traced_fold(source: Traced) -> Traced:
    """Return what :func:`folded` does of a text, with the places in the original."""
    return _joined(
        source,
        ((_FOLDS[ord(char)], at, at + 1) for at, char in enumerate(source.text)),
    )


def readings(text: str) -> Iterator[Callable[[str], Traced]]:
    """Yield how the text can be read: as it is, without escapes, as a list of bytes."""
    yield traced
    if any(char in text for char in "%&\\"):
        yield without_escapes
    if "[" in text:
        yield from_byte_list


def without_escapes(text: str) -> Traced:
    """Return the text without percent-encoding, entities, and escapes of bytes.

    Percent-encoded bytes are UTF-8 (RFC 3987 section 3.2), or else Latin-1.
    """
    source = traced(text)
    for _ in range(_ROUNDS):
        decoded = source
        for pattern, decode in _DECODERS:
            decoded = _decoded(decoded, pattern, decode)
        if decoded.text == source.text:
            break
        source = decoded
    return source


def from_byte_list(text: str) -> Traced:
    """Return the text with the characters of lists such as ``[74, 97]``."""
    return _decoded(traced(text), _BYTES, _of_list)


def _decoded(
    source: Traced,
    pattern: re.Pattern[str],
    decode: Callable[[re.Match[str]], Iterator[Piece]],
) -> Traced:
    if pattern.search(source.text) is None:
        return source
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    done = 0
    for found in pattern.finditer(source.text):
        decoded = _joined(source, decode(found))
        chars += source.text[done : found.start()], decoded.text
        starts += source.starts[done : found.start()]
        starts += decoded.starts
        ends += source.ends[done : found.start()]
        ends += decoded.ends
        done = found.end()
    chars.append(source.text[done:])
    starts += source.starts[done:]
    ends += source.ends[done:]
    return Traced("".join(chars), starts, ends)


def _joined(source: Traced, pieces: Iterator[Piece]) -> Traced:
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for text, start, end in pieces:
        if not text and ends:  # an accent goes with its letter
            ends[-1] = source.ends[end - 1]
        for char in text:
            chars.append(char)
            starts.append(source.starts[start])
            ends.append(source.ends[end - 1])
    return Traced("".join(chars), starts, ends)


def _of_percent(found: re.Match[str]) -> Iterator[Piece]:
    places = [*_HEX.finditer(found[0])]
    data = bytes(int(place[1], 16) for place in places)
    return _characters(data, found.start(), [place.span() for place in places])


def _of_list(found: re.Match[str]) -> Iterator[Piece]:
    places = [each for each in _BYTE.finditer(found[0]) if int(each[0]) <= _MAX_BYTE]
    data = bytes(int(place[0]) for place in places)
    return _characters(data, found.start(), [place.span() for place in places])


def _characters(
    data: bytes, base: int, places: Sequence[tuple[int, int]]
) -> Iterator[Piece]:
    at = 0
    for char in data.decode("utf-8", errors="surrogateescape"):
        size = len(char.encode("utf-8", errors="surrogateescape"))
        start, end = places[at][0], places[at + size - 1][1]
        at += size
        # PEP 383: 0xDC80 to 0xDCFF are the bytes that are not UTF-8.
        is_byte = "\udc80" <= char <= "\udcff"
        yield (
            chr(ord(char) - 0xDC00) if is_byte else char,
            base + start,
            base + end,
        )


def _of_entity(found: re.Match[str]) -> Iterator[Piece]:
    yield unescape(f"&{found[1]}"), *found.span()


def _of_escape(found: re.Match[str]) -> Iterator[Piece]:
    yield chr(int(found[1] or found[2], 16)), *found.span()


_DECODERS = (
    (_PERCENT, _of_percent),
    (_ENTITY, _of_entity),
    (_ESCAPE, _of_escape),
)
