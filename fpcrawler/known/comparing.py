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
from fpcrawler.known.columns import DIGEST_OBJECTS
from fpcrawler.known.databases import Database
from fpcrawler.known.details import match_of, pack, set_rank, unpacked
from fpcrawler.known.tables import DETAIL, TABLE, loaded
from fpcrawler.known.words import checked, word_columns, word_names
from fpcrawler.tables.database import fetched
from fpcrawler.tables.duck import json_text
from fpcrawler.tables.feeds import load

if TYPE_CHECKING:
    import duckdb

    from fpcrawler.feeds.files import FeedFile
    from fpcrawler.known.rows import ListFile
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


class ComparedList(TypedDict):
    """A known list: what it has, and how many images could be compared with it."""

    list: str
    kinds: list[str]
    rows: int
    digests: int
    skipped: int
    comparable: int


class MatchReport(TypedDict):
    """What ``scrapy match --json`` prints; ``images`` were looked up."""

    images: int
    lists: list[ComparedList]
    known: list[KnownImage]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A list, and how many images have a digest of a kind that it has."""

    entries: Entries
    comparable: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchResult:
    """What was compared: the number of images, skipped lines by feed, the lists."""

    images: int
    skipped: Counter[Path]
    lists: list[Compared]


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
        CREATE TABLE found (image BIGINT, list INTEGER, kind INTEGER, row BIGINT);
        CREATE TABLE details (list INTEGER, row BIGINT, {DETAIL} VARCHAR)
        """
    )
    compared = []
    for number, known in enumerate(lists):
        compare_with = _look_up if known.form.rows_of is None else _join
        entries = compare_with(connection, number, known)
        comparable = _count_comparable(connection, entries.kinds)
        compared.append(Compared(entries=entries, comparable=comparable))
    (images,) = connection.execute("SELECT count(*) FROM records").fetchone() or (0,)
    return MatchResult(images=images, skipped=skipped, lists=compared)


def known_images(
    connection: duckdb.DuckDBPyConnection, lists: Sequence[Entries]
) -> Iterator[KnownImage]:
    """Yield the images that :func:`compare` found, in the order of the feeds."""
    rows = connection.execute(
        f"""
        SELECT image, url, page_url, image_size, {DigestKind.SAMPLE}, list, kind, row,
            {DETAIL}
        FROM found JOIN records ON records.rowid = image
            LEFT JOIN details USING (list, row)
        ORDER BY image, kind, list
        """
    )
    for _, found in groupby(fetched(rows), key=itemgetter(0)):
        (_, url, page_url, image_size, sample, *_), *_ = matched = list(found)
        matches = [
            match_of(
                lists[number].name,
                _KINDS[kind],
                unpacked(detail, row if row > 0 else None),
                given=lists[number].given,
                image_size=image_size,
            )
            for *_, number, kind, row, detail in matched
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


def _join(
    connection: duckdb.DuckDBPyConnection, number: int, known: ListFile
) -> Entries:
    """Load a list and join it with the images."""
    with loaded(connection, known) as entries:
        first = f"min_by(row, ({set_rank(DETAIL)}, row))"
        first = first if entries.has_sets else "min(row)"
        for kind in entries.kinds:
            connection.execute(
                f"""
                INSERT INTO found
                SELECT image, {number}, {_KINDS.index(kind)}, {first}
                FROM images JOIN {entries.source} USING ({", ".join(word_names(kind))})
                GROUP BY image
                """
            )
        if entries.has_details:
            connection.execute(
                f"""
                INSERT INTO details SELECT {number}, row, {DETAIL} FROM {TABLE}
                WHERE row IN (SELECT row FROM found WHERE list = {number})
                """
            )
    return entries


def _look_up(
    connection: duckdb.DuckDBPyConnection, number: int, known: ListFile
) -> Entries:
    """Ask a database for the digests of the images."""
    asked = Database(known)
    wanted = {
        kind: [
            digest
            for (digest,) in connection.execute(
                f"SELECT DISTINCT lower({kind}) FROM (SELECT {checked(kind)} "
                f"FROM records) WHERE {kind} NOTNULL"
            ).fetchall()
        ]
        for kind in asked.kinds
    }
    # Negative numbers in place of rows: a view has none.
    for at, (kind, digest, detail) in enumerate(asked.find(wanted), start=1):
        connection.execute(
            f"INSERT INTO found SELECT rowid, ?, ?, ? FROM records "
            f"WHERE lower({kind}) = ?",
            [number, _KINDS.index(kind), -at, digest],
        )
        connection.execute(
            "INSERT INTO details VALUES (?, ?, ?)", [number, -at, pack(detail)]
        )
    return asked.entries(asked.kinds)


def _count_comparable(
    connection: duckdb.DuckDBPyConnection, kinds: Sequence[DigestKind]
) -> int:
    has_one = [f"{word_names(kind)[0]} NOTNULL" for kind in kinds]
    (count,) = connection.execute(
        f"SELECT count(*) FROM images WHERE {' OR '.join(has_one) or 'false'}"
    ).fetchone() or (0,)
    return int(count)
