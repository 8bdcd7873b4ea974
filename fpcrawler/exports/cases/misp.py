"""Write feeds as an event of MISP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, TYPE_CHECKING

from fpcrawler.exports.cases.content import CREATOR, export_of, write_array

if TYPE_CHECKING:
    from fpcrawler.exports.rows import Record

OPENING = f'{{"Event":{{"info":"{CREATOR}"'
# To your organisation only, of undefined threat, not analysed: nothing is shared or
# alerted before somebody decides it.
_UNDECIDED = '"distribution":"0","threat_level_id":"4","analysis":"0","published":false'


def write_misp(records: Iterable[Record], file: IO[bytes]) -> int:
    """Write the objects of each record, one by one; return how many records there are.

    The ids are the same each time, so a second import updates the event.
    """
    # As in stix.py: pymisp takes a third of a second.
    from fpcrawler.exports.cases.misp_objects import objects_of  # noqa: PLC0415

    export = export_of(records)
    date = f'"date":"{export.when.partition("T")[0]}",' if export.when else ""
    opening = f'{OPENING},"uuid":"{export.id}",{date}{_UNDECIDED},"Object":['
    return write_array(file, opening, map(objects_of, export.records), "]}}")
