"""Write feeds as Digital Forensics XML, version 1.2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any

from lxml.builder import ElementMaker

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.exports.cases.content import (
    CREATOR,
    HEAD,
    digest_in,
    file_digests,
    size_in,
)
from fpcrawler.exports.xml_text import xml_document, xml_text

if TYPE_CHECKING:
    from lxml.etree import _Element

    from fpcrawler.exports.rows import Record

NAMESPACE = "http://www.forensicswiki.org/wiki/Category:Digital_Forensics_XML"
_DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
_VERSION = "1.2.0"
_DFXML = ElementMaker(namespace=NAMESPACE, nsmap={None: NAMESPACE})
_DC = ElementMaker(namespace=_DUBLIN_CORE, nsmap={"dc": _DUBLIN_CORE})


def write_dfxml(records: Iterable[Record], file: IO[bytes]) -> int:
    """Write a file object for each record; return how many there are."""
    count = 0
    root = {"version": _VERSION}
    with xml_document(file, f"{{{NAMESPACE}}}dfxml", root) as document:
        document.write(_DFXML.metadata(_DC.type("Fingerprints of images")))
        document.write(_DFXML.creator(_DFXML.program(CREATOR)))
        document.write(_DFXML.source())
        for count, record in enumerate(records, start=1):
            document.write(_file_object(record, count))
    return count


def _file_object(record: Record, number: int) -> _Element:
    # The order of the elements is that of the schema (fileobject).
    found = _DFXML.fileobject(
        _DFXML.filename(xml_text(record["url"])),
        _DFXML.id(str(number)),
        _DFXML.name_type("r"),  # a regular file
    )
    if (size := size_in(record)) is not None:
        found.append(_DFXML.filesize(str(size)))
    found.append(_DFXML.byte_runs(*_runs(record)))
    for kind, digest in file_digests(record).items():
        found.append(_DFXML.hashdigest(digest, type=kind))
    return found


def _runs(record: Record) -> Iterator[_Element]:
    """Yield the head with its digest, then the spans of the record."""
    spans = [*_spans(record)]
    head = digest_in(record, HEAD)
    read = size_in(record) or max(
        (end for first, end, what in spans if what == "read" and not first), default=0
    )
    if head and read > 0:
        run = _run(0, min(read, SAMPLE_BYTES), "head")
        run.append(_DFXML.hashdigest(head, type="sha256"))
        yield run
    yield from (_run(*span) for span in spans)


def _run(first: int, end: int, what: str) -> _Element:
    places: Mapping[str, str] = {
        "file_offset": str(first),
        "len": str(end - first),
        "type": xml_text(what),
    }
    return _DFXML.byte_run(**places)


def _spans(record: Record) -> Iterator[tuple[int, int, str]]:
    """Yield the spans of a record; feeds may hold anything."""
    span: Any
    for span in record["spans"] or []:
        match span:
            case [int(first), int(end), str(what)] if 0 <= first <= end:
                yield first, end, what
