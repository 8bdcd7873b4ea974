from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from fpcrawler.core.anatomy import Anatomy, Extent, Part
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.memory import Memory
from fpcrawler.core.metadata.reader import ALL_KINDS, locate, read_metadata
from tests.containers import app1, chunk, jpeg, png, segment
from tests.core.corpus import each, files
from tests.core.metadata.mutations import camera

if TYPE_CHECKING:
    from pathlib import Path

    from fpcrawler.core.anatomy.structure import Encoding

PACKET = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf='
    b'"http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    b'xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/jpeg"/>'
    b"</rdf:RDF></x:xmpmeta>"
)
XMP = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + PACKET)
FILLER = segment(0xE4, bytes(60_000))


def read_in_parts(data: bytes, memory: Memory | None, sample: int) -> list[object]:
    """Return what each arrival of bytes says, as far as it can be compared."""
    file = SparseFile(len(data))
    said: list[object] = []
    file.add(0, data[:sample])
    for _ in range(12):
        metadata = read_metadata(file, locate(file), ALL_KINDS, memory)
        said.append((metadata.exif, metadata.xmp, metadata.status, metadata.needs))
        for need in metadata.needs:
            file.add(need.first, data[need.first : need.end])
        if not metadata.needs:
            break
    return said


@pytest.mark.parametrize(
    "data",
    [
        jpeg(app1(camera("<")), FILLER, XMP),
        jpeg(XMP, FILLER, app1(camera(">"))),
        jpeg(FILLER, app1(camera("<"), pieces=2), FILLER, XMP),
        png(chunk(b"tEXt", b"Comment\0first"), after=chunk(b"eXIf", camera("<"))),
    ],
)
def test_a_file_says_the_same_with_a_memory_of_what_was_here(data: bytes) -> None:
    for sample in (300, 1_000, 10_241):
        with_memory = read_in_parts(data, Memory(), sample)
        assert with_memory == read_in_parts(data, None, sample)


@each(files("metadata-far", "metadata-straddling"))
def test_a_real_file_says_the_same_with_a_memory(path: Path) -> None:
    data = path.read_bytes()
    assert read_in_parts(data, Memory(), 10_241) == read_in_parts(data, None, 10_241)


@pytest.mark.parametrize(
    ("needs", "encodings", "times"),
    [
        ((), (), 1),
        ((Extent(9, 9),), (), 2),
        ((), ("deflate",), 2),
    ],
    ids=["whole", "bytes are missing", "decoded"],
)
def test_a_part_is_read_again_unless_all_its_bytes_were_here(
    needs: tuple[Extent, ...], encodings: tuple[Encoding, ...], times: int
) -> None:
    memory, readings = Memory(), []
    part = Part("xmp", (Extent(0, 9),), encodings)

    def read() -> Anatomy:
        readings.append(part)
        return Anatomy(format="png", needs=needs)

    for _ in range(2):
        memory.reading("xmp", (part,), read)
    assert len(readings) == times
    memory.reading("xmp", (part, part), read)
    assert len(readings) == times + 1
