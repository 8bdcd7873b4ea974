"""Load the known lists of a crawl once, and keep them in memory."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.known.files import find_lists
from fpcrawler.known.index import DigestTable, KnownIndex, sample_keys
from fpcrawler.known.tables import TABLE, loaded
from fpcrawler.known.words import key_names, word_names
from fpcrawler.tables.database import database

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray
    from scrapy.settings import BaseSettings

    from fpcrawler.known.tables import Entries

_MEMORY = "256MB"
"""DuckDB's memory limit, in addition to the arrays that are filled."""
_MAX_ROWS = 2**32 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLists:
    """The digests of the lists, and how many invalid cells and rows were skipped."""

    index: KnownIndex
    skipped: int


def known_lists(settings: BaseSettings) -> KnownLists:
    """Return the lists that KNOWN_LISTS names; raises BadInput.

    The result is cached: the crawl uses the lists that the check before it loaded.
    """
    names = (str(name).strip() for name in settings.getlist("KNOWN_LISTS"))
    return _loaded(tuple(name for name in names if name))


@lru_cache(maxsize=1)
def _loaded(names: tuple[str, ...]) -> KnownLists:
    building = _Building()
    try:
        with database(_MEMORY) as connection:
            for known in find_lists(names):
                with loaded(connection, known) as entries:
                    building.add(connection, entries)
    except (OSError, MemoryError) as error:
        raise BadInput(
            f"known lists cannot be loaded ({error}); free space in TMPDIR."
        ) from error
    return building.built()


@dataclass(slots=True)
class _Building:
    """Collects the arrays of one list after the other."""

    lists: list[tuple[str, int]] = field(default_factory=list)
    skipped: int = 0
    _rows: int = 0
    _arrays: defaultdict[tuple[DigestKind, str], list[NDArray[Any]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    def add(self, connection: duckdb.DuckDBPyConnection, entries: Entries) -> None:
        if self._rows + entries.rows > _MAX_ROWS:
            raise BadInput(
                f"known lists have more than {_MAX_ROWS:,} rows; name fewer lists."
            )
        for kind in entries.kinds:
            keys = key_names() if kind is DigestKind.SAMPLE else []
            first, *_ = names = word_names(kind)
            for name in (*names, *keys):
                self._take(connection, kind, name, name, first)
            row = f"(row + {self._rows})::UINTEGER"
            self._take(connection, kind, "row", row, first)
        self.lists.append((entries.name, entries.rows))
        self.skipped += entries.skipped
        self._rows += entries.rows

    def built(self) -> KnownLists:
        """Return the lists; this object gives up its arrays."""
        kinds = dict.fromkeys(kind for kind, _ in self._arrays)
        keys = None
        if DigestKind.SAMPLE in kinds:
            columns = [self._whole(DigestKind.SAMPLE, name) for name in key_names()]
            keys = sample_keys(columns)
        index = KnownIndex(
            self.lists,
            {
                kind: DigestTable(
                    [self._whole(kind, name) for name in word_names(kind)],
                    self._whole(kind, "row"),
                )
                for kind in kinds
            },
            keys,
        )
        return KnownLists(index=index, skipped=self.skipped)

    def _take(
        self,
        connection: duckdb.DuckDBPyConnection,
        kind: DigestKind,
        name: str,
        column: str,
        first: str,
    ) -> None:
        """Fetch one column; one at a time needs less memory."""
        fetched = connection.execute(
            f"SELECT {column} AS name FROM {TABLE} WHERE {first} NOTNULL"
        ).fetchnumpy()
        self._arrays[kind, name].append(np.asarray(fetched["name"]))

    def _whole(self, kind: DigestKind, name: str) -> NDArray[Any]:
        first, *more = self._arrays.pop((kind, name))
        return np.concatenate([first, *more]) if more else first
