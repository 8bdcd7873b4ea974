"""Read from a maker note who the camera, its lens and its owner are."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from fpcrawler.core.file.sparse import MissingBytes
from fpcrawler.core.metadata.makers import (
    apple,
    canon,
    flir,
    fujifilm,
    kodak,
    leica,
    motorola,
    nikon,
    olympus,
    panasonic,
    pentax,
    reconyx,
    ricoh,
    samsung,
    sigma,
    sony,
)
from fpcrawler.core.metadata.makers.note import (
    Identity,
    IdentityField,
    MakerNote,
    NoteReading,
    Order,
)

__all__ = [
    "Identity",
    "IdentityField",
    "MakerNote",
    "NoteReading",
    "Order",
    "read_maker_notes",
]

_HEAD_BYTES = 32
_NAME_BYTES = 4

_Reader = Callable[[MakerNote, bytes, NoteReading], None]

# By the first bytes of the note. Many makers sign it, and a program may have copied
# it into a file that has another Make. DJI and FLIR write notes too, but no identity:
# DJI's is in XMP, FLIR's in the thermal data, which begin with FFF.
_BY_NAME: dict[bytes, _Reader] = {
    b"Appl": apple.read,
    b"Niko": nikon.read,
    b"FFF\0": flir.read,
    b"FUJI": fujifilm.read,
    b"GENE": fujifilm.read,
    b"MOT\0": motorola.read,
    b"OLYM": olympus.read,
    b"OM S": olympus.read,
    b"EPSO": olympus.read,
    b"LEIC": leica.read,
    b"Pana": panasonic.read,
    b"AOC\0": pentax.read,
    b"PENT": pentax.read,
    b"RICO": ricoh.read,
    b"RECO": reconyx.read,
    b"\x01\xf1\2\0": reconyx.read,
    b"\x01\xf1\3\0": reconyx.read,
    b"SIGM": sigma.read,
    b"FOVE": sigma.read,
    b"SONY": sony.read,
}

# By the first word of Make in capitals, if the note is not signed.
_BY_MAKE: dict[str, _Reader] = {
    "CANON": canon.read,
    "NIKON": nikon.read,
    "SONY": sony.read,
    "RICOH": ricoh.read,
    "PENTAX": ricoh.read,
    "SAMSUNG": samsung.read,
    "EASTMAN": kodak.read,
    "KODAK": kodak.read,
    "JK": kodak.read,
    "RECONYX": reconyx.read,
}


def read_maker_notes(notes: Iterable[MakerNote]) -> NoteReading:
    """Return what the notes say; the first wins. Never raise.

    Bytes that are missing are listed, never requested.
    """
    reading = NoteReading()
    for note in notes:
        _read(note, reading)
    return reading


def _read(note: MakerNote, reading: NoteReading) -> None:
    try:
        head = note.at(0, _HEAD_BYTES)
    except MissingBytes:
        reading.missing += note.block.extents(note.first, _HEAD_BYTES)
        return
    read = _BY_NAME.get(head[:_NAME_BYTES])
    read = read or _BY_MAKE.get(note.make.strip().partition(" ")[0].upper())
    if read and head:
        read(note, head, reading)
