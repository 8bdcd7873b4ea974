"""Load the known lists of a crawl once, and keep their digests in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from fpcrawler.errors import BadInput
from fpcrawler.known.building import IndexBuilder
from fpcrawler.known.databases import Database
from fpcrawler.known.detail_file import DetailFile
from fpcrawler.known.details import Detail, match_of
from fpcrawler.known.files import find_lists
from fpcrawler.known.tables import Entries, loaded
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    import duckdb
    from scrapy.settings import BaseSettings

    from fpcrawler.core.fingerprint.known import DigestKind, Match
    from fpcrawler.known.index import KnownIndex
    from fpcrawler.known.rows import ListFile

_MEMORY = "256MB"
"""DuckDB's memory limit, in addition to the arrays that are filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownList:
    """A loaded list: what it has, and where its details or its digests are."""

    entries: Entries
    details: DetailFile | None = None
    database: Database | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLists:
    """The lists of a crawl; ``index`` has the digests of those that are in memory."""

    lists: Sequence[KnownList]
    index: KnownIndex = field(repr=False)

    @property
    def digests(self) -> int:
        """The number of digests on all lists."""
        return sum(known.entries.digests for known in self.lists)

    @property
    def skipped(self) -> int:
        """The number of invalid cells and rows that were skipped."""
        return sum(known.entries.skipped for known in self.lists)

    def matches(
        self,
        digests: Mapping[DigestKind, str],
        head: bytes,
        image_size: int | None = None,
    ) -> list[Match]:
        """Return one match for each list and kind.

        ``digests``: those of the image, in hex. ``head``: its first bytes; known
        samples are looked for at every offset in it.
        """
        found = []
        for number, kind, row in self.index.hits(digests, head):
            known = self.lists[number]
            detail = known.details[row] if known.details else Detail(row=row)
            found.append(_match(known, kind, detail, image_size))
        for known in self.lists:
            if known.database:
                found += _looked_up(known, known.database, digests, image_size)
        return found


def _looked_up(
    known: KnownList,
    asked: Database,
    digests: Mapping[DigestKind, str],
    image_size: int | None,
) -> Iterator[Match]:
    for kind in asked.indexed:
        detail = asked.look_up(kind, digests[kind]) if kind in digests else None
        if detail is not None:
            yield _match(known, kind, detail, image_size)


def _match(
    known: KnownList,
    kind: DigestKind,
    detail: Detail,
    image_size: int | None,
) -> Match:
    entries = known.entries
    return match_of(
        entries.name, kind, detail, given=entries.given, image_size=image_size
    )


def known_lists(settings: BaseSettings) -> KnownLists:
    """Return the lists that KNOWN_LISTS names; raises BadInput.

    The result is cached: the crawl uses the lists that the check before it loaded.
    """
    names = (str(name).strip() for name in settings.getlist("KNOWN_LISTS"))
    return _loaded(tuple(name for name in names if name))


@lru_cache(maxsize=1)
def _loaded(names: tuple[str, ...]) -> KnownLists:
    builder = IndexBuilder()
    try:
        with database(_MEMORY) as connection:
            lists = [_known(connection, known, builder) for known in find_lists(names)]
    except (OSError, MemoryError) as error:
        raise BadInput(
            f"known lists cannot be loaded ({error}); free space in TMPDIR."
        ) from error
    return KnownLists(lists=lists, index=builder.built())


def _known(
    connection: duckdb.DuckDBPyConnection, known: ListFile, builder: IndexBuilder
) -> KnownList:
    if known.form.rows_of is None:
        builder.add_none()
        return _database(known)
    with loaded(connection, known) as entries:
        builder.add(connection, entries)
        details = DetailFile(connection) if entries.has_details else None
    return KnownList(entries=entries, details=details)


def _database(known: ListFile) -> KnownList:
    """Open a database; raises BadInput without an index, for each image is asked."""
    asked = Database(known)
    if not asked.indexed:
        raise BadInput(
            f"known list {known.path} has no index on its digests, so each image "
            f"would need a scan; run {asked.index_advice()} in sqlite3, or crawl "
            "without it and use scrapy match."
        )
    return KnownList(entries=asked.entries(asked.indexed), database=asked)
