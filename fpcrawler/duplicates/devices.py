"""Group the images of feeds by the device that took them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from fpcrawler.console.text import count_in_words, printable
from fpcrawler.core.metadata.device import device_name
from fpcrawler.duplicates.judging import HOST
from fpcrawler.tables.database import fetched
from fpcrawler.tables.feeds import THROUGH_TOR
from fpcrawler.tables.latest import load

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from fpcrawler.feeds.files import FeedFile

KINDS = ("serial", "internal_serial", "lens_serial")
"""The numbers that identify a device, fields of ``device`` in a record."""

_WIDTH = max(map(len, KINDS))


class DeviceImage(NamedTuple):
    """An image of a group: what its record says, and the tags that say so.

    ``position`` and ``kind`` are the group's. ``feed`` is the index of its feed,
    ``tor`` whether the image was reached through Tor.
    """

    position: int
    kind: str
    url: str
    page_url: str | None
    timestamp: str | None
    feed: int
    make: str
    model: str | None
    number: str
    tags: list[str]
    tor: bool


def group_devices(
    connection: DuckDBPyConnection, feeds: Sequence[FeedFile], *, between_hosts: bool
) -> Counter[Path]:
    """Create the table ``seen``: the images of all groups in order of the output.

    A group has two or more URLs; with ``between_hosts``, two or more hosts. Returns
    skipped lines by feed.
    """
    skipped = load(
        connection,
        feeds,
        table="records",
        fields=("page_url", "timestamp", "tor", "device"),
        columns=_COLUMNS,
    )
    connection.execute(_NUMBERED)
    connection.execute(_SEEN.format(between_hosts=between_hosts))
    return skipped


def device_lines(connection: DuckDBPyConnection) -> Iterator[str]:
    """Yield a line for each group, then its images, each with its tags; a total."""
    groups: Counter[str] = Counter()
    for kind, images in read_devices(connection):
        groups[kind] += 1
        first = images[0]
        names = dict.fromkeys(
            device_name(image.make, image.model) for image in images if image.model
        )
        device = ", ".join((first.number, *(names or [first.make])))
        yield f"{kind:<{_WIDTH}} {len(images):>7,} images  {printable(device)}\n"
        for image in images:
            yield f"    {printable(image.url)}  {printable(', '.join(image.tags))}\n"
    ((count,),) = connection.execute("SELECT count(DISTINCT url) FROM seen").fetchall()
    total = f"{count_in_words(groups.total(), 'group')} of "
    named = ", ".join(f"{number:,} {kind}" for kind, number in groups.items())
    yield f"{total}{count_in_words(count, 'image')}{f' ({named})' if named else ''}\n"


def device_json(connection: DuckDBPyConnection, feeds: Sequence[str]) -> Iterator[str]:
    """Yield the parts of a JSON array of the groups, with one image in each line.

    ``feeds``: the names of the feeds in their order.
    """
    yield "["
    separator = "\n"
    for kind, images in read_devices(connection):
        first = images[0]
        head = {"kind": kind, "make": first.make, "number": first.number}
        yield f'{separator}{_json(head)[:-1]}, "images": [\n  '
        yield ",\n  ".join(_json(_object(image, feeds)) for image in images)
        yield "]}"
        separator = ",\n"
    yield "\n]\n"


def read_devices(
    connection: DuckDBPyConnection,
) -> Iterator[tuple[str, list[DeviceImage]]]:
    """Yield the kind of number, one of ``KINDS``, and the images of each group."""
    rows = connection.cursor().execute("SELECT * FROM seen ORDER BY position, url")
    images = map(DeviceImage._make, fetched(rows))
    for _, group in groupby(images, attrgetter("position")):
        found = list(group)
        yield found[0].kind, found


def _object(image: DeviceImage, feeds: Sequence[str]) -> Mapping[str, object]:
    fields = image._asdict()
    del fields["position"], fields["kind"], fields["tor"]
    return {**fields, "feed": feeds[image.feed]}


def _json(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False)


_DEVICE = {
    **dict.fromkeys(("make", "model", *KINDS), "VARCHAR"),
    "sources": "MAP(VARCHAR, VARCHAR[])",
}
_COLUMNS = f"""
    page_url,
    TRY_CAST(timestamp AS TIMESTAMP) AS timestamp,
    {THROUGH_TOR} AS tor,
    TRY(json_transform(device, '{json.dumps(_DEVICE)}')) AS device
"""

# A make is spelled in many ways: NIKON, Nikon, NIKON CORPORATION. Words that say only
# what kind of company it is are left out; the others must agree, as Sony Ericsson is
# not Sony.
_KINDS_OF_COMPANY = (
    "ab", "ag", "camera", "cameras", "co", "company", "computer", "corp",
    "corporation", "digital", "electric", "electronics", "gmbh", "imaging", "inc",
    "international", "limited", "ltd", "mobility", "optical", "solutions", "systems",
    "techwin", "technologies", "technology",
)  # fmt: skip
_OTHER_NAMES = {
    "asahi": "pentax",
    "eastman kodak": "kodak",
    "fuji photo film": "fujifilm",
    "hewlett packard": "hp",
    "lge": "lg",
    "pentax ricoh": "pentax",
    "seiko epson": "epson",
}
_WORDS = r"trim(regexp_replace(lower(device.make), '[^\p{L}\p{N}]+', ' ', 'g'))"
_NAME = (
    rf"trim(regexp_replace({_WORDS}, '\b(?:{'|'.join(_KINDS_OF_COMPANY)})\b', '', 'g'))"
)
_NAME = f"coalesce(nullif(regexp_replace({_NAME}, ' +', ' ', 'g'), ''), {_WORDS})"
_BRAND = " ".join(
    (
        f"CASE {_NAME}",
        *(f"WHEN '{name}' THEN '{brand}'" for name, brand in _OTHER_NAMES.items()),
        f"ELSE {_NAME} END",
    )
)

# One tag has the number with zeros before it, another without. Nikon labels it NO=.
# 0x is not a digit of it.
_KEY = (
    "ltrim(regexp_replace(upper(device.{kind}), "
    r"'^(?:NO=|0X)|[^\p{{L}}\p{{N}}]', '', 'g'), '0')"
)

_NUMBERED = f"""
CREATE TABLE numbered AS
WITH numbers AS (
    {
    " UNION ALL ".join(
        f"SELECT url, feed, page_url, timestamp, tor, device.make, device.model, "
        f"{place} AS rank, '{kind}' AS kind, device.{kind} AS number, "
        f"coalesce(device.sources['{kind}'], []) AS tags, "
        f"{_BRAND} AS brand, {_KEY.format(kind=kind)} AS key FROM records"
        for place, kind in enumerate(KINDS)
    )
}
)
SELECT *, {HOST} AS host FROM numbers
WHERE brand <> '' AND key <> ''
QUALIFY row_number() OVER (
    PARTITION BY kind, brand, key, url ORDER BY timestamp DESC NULLS LAST, feed DESC
) = 1;
DROP TABLE records;
"""

_SEEN = """
CREATE TABLE seen AS
WITH groups AS (
    SELECT
        rank, brand, key,
        row_number() OVER (ORDER BY rank, count(*) DESC, brand, key) AS position
    FROM numbered GROUP BY rank, brand, key
    HAVING count(*) > 1 AND (min(host) <> max(host) OR NOT {between_hosts})
)
SELECT
    position, kind, url, page_url,
    strftime(timestamp, '%Y-%m-%dT%H:%M:%S') AS timestamp,
    feed, make, model, number, tags, tor
FROM groups JOIN numbered USING (rank, brand, key);
DROP TABLE numbered;
"""
