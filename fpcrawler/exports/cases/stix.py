"""Write feeds as a bundle of STIX 2.1."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import IO, TYPE_CHECKING

from fpcrawler.exports.cases.content import export_of, write_array

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record


def write_stix(records: Iterable[Record], file: IO[bytes]) -> int:
    """Write a file and a URL, observed together, for each record; return how many.

    The ids are the same each time, so a second import adds nothing. The objects are
    written one by one, for the library's bundle holds all of them.
    """
    # stix2 takes a quarter of a second, which other exports need not wait.
    from fpcrawler.exports.cases.stix_objects import common, observed  # noqa: PLC0415

    export = export_of(records)
    opening = f'{{"type":"bundle","id":"bundle--{export.id}","objects":['
    groups = chain([common()], map(observed, export.records))
    # The first group is that of no record.
    return write_array(file, opening, groups, "]}") - 1
