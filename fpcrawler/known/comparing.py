"""Join feeds with known lists in DuckDB; both may be larger than memory."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict

from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.fingerprint.known import WHOLE, DigestKind, Match, is_telling
from fpcrawler.known.files import DIGEST_OBJECTS
from fpcrawler.known.tables import TABLE, loaded
from fpcrawler.known.words import checked, word_columns, word_names
from fpcrawler.tables.database import fetched
from fpcrawler.tables.duck import json_text
from fpcrawler.tables.latest import load

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.feeds.files import FeedFile
    from fpcrawler.known.files import ListFile
    from fpcrawler.known.tables import Entries

_KINDS = list(DigestKind)
_FIELDS = ("page_url", "image_size", *DIGEST_OBJECTS, *_KINDS[len(WHOLE) :])
_SIZE = "TRY_CAST(image_size AS BIGINT)"


class KnownImage(TypedDict):
    """An image of a feed that is on a known list, as ``--json`` prints it."""

    url: str
    page_url: str | None
    image_size: int | None
    matches: list[Match]


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """What was compared: the number of images, skipped lines by feed, the lists."""

    images: int
    skipped: Counter[Path]
    lists: list[Entries]


def compare(
    connection: duckdb.DuckDBPyConnection,
    feeds: Sequence[FeedFile],
    lists: Sequence[ListFile],
) -> MatchResult:
    """Look up every record in every list; raises BadInput."""
    # The result keeps the order of the feeds.
    connection.execute("SET preserve_insertion_order = true")
    skipped = load(
        connection, feeds, table="records", fields=_FIELDS, columns=_columns()
    )
    valid = ", ".join(map(checked, DigestKind))
    words = ", ".join(word for kind in DigestKind for word in word_columns(kind, kind))
    connection.execute(
        f"""
        CREATE TABLE images AS SELECT image, {words}
        FROM (SELECT rowid AS image, {valid} FROM records);
        CREATE TABLE found (image BIGINT, list INTEGER, kind INTEGER, row BIGINT)
        """
    )
    compared = []
    for number, known in enumerate(lists):
        with loaded(connection, known) as entries:
            for kind in entries.kinds:
                _join(connection, number, kind)
            compared.append(entries)
    (images,) = connection.execute("SELECT count(*) FROM records").fetchone() or (0,)
    return MatchResult(images=images, skipped=skipped, lists=compared)


def known_images(
    connection: duckdb.DuckDBPyConnection, lists: Sequence[Entries]
) -> Iterator[KnownImage]:
    """Yield the images that :func:`compare` found, in the order of the feeds."""
    rows = connection.execute(
        f"""
        SELECT image, url, page_url, image_size, {DigestKind.SAMPLE}, list, kind, row
        FROM found JOIN records ON records.rowid = image ORDER BY image, kind, list
        """
    )
    for _, found in groupby(fetched(rows), key=itemgetter(0)):
        (_, url, page_url, image_size, sample, *_), *_ = matched = list(found)
        matches = [
            Match(list=lists[number].name, kind=_KINDS[kind], row=row)
            for *_, number, kind, row in matched
            if _KINDS[kind] is not DigestKind.SAMPLE
            or is_telling(bytes.fromhex(sample))
        ]
        if matches:
            yield KnownImage(
                url=url, page_url=page_url, image_size=image_size, matches=matches
            )


def _columns() -> str:
    digests = {kind: _whole_digest(kind) for kind in WHOLE}
    # The sample of a small image is the whole file.
    digests[DigestKind.SHA256] = (
        f"if({_SIZE} <= {SAMPLE_BYTES}, {DigestKind.HEAD}, "
        f"{digests[DigestKind.SHA256]})"
    )
    named = [f"{text} AS {kind}" for kind, text in digests.items()]
    fields = _KINDS[len(WHOLE) :]
    return ", ".join(["page_url", f"{_SIZE} AS image_size", *named, *fields])


def _whole_digest(kind: DigestKind) -> str:
    """Return SQL for a digest of the whole file, the first that the record has."""
    texts = (json_text(f"try_cast({name} AS JSON)", kind) for name in DIGEST_OBJECTS)
    return f"coalesce({', '.join(texts)})"


def _join(connection: duckdb.DuckDBPyConnection, number: int, kind: DigestKind) -> None:
    connection.execute(
        f"""
        INSERT INTO found SELECT image, {number}, {_KINDS.index(kind)}, min(row)
        FROM images JOIN {TABLE} USING ({", ".join(word_names(kind))}) GROUP BY image
        """
    )
