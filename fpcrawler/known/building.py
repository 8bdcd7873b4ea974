"""Build the index of known digests from the arrays of one list after the other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np

from fpcrawler.core.fingerprint.known import DigestKind
from fpcrawler.errors import BadInput
from fpcrawler.known.details import set_rank
from fpcrawler.known.index import DigestTable, KnownIndex, sample_keys
from fpcrawler.known.tables import DETAIL, TABLE
from fpcrawler.known.words import key_names, word_names

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from fpcrawler.known.tables import Entries

_MAX_ROWS = 2**32 - 1


class IndexBuilder:
    """Collects the digests of lists, each while it is loaded."""

    def __init__(self) -> None:
        self._rows: list[int] = []
        self._ranks: list[NDArray[np.uint8]] = []
        self._arrays: defaultdict[tuple[DigestKind, str], list[NDArray[Any]]]
        self._arrays = defaultdict(list)

    def add_none(self) -> None:
        """Count a list that is not in memory, so that the next has its number."""
        self._rows.append(0)
        self._ranks.append(np.empty(0, np.uint8))

    def add(self, connection: duckdb.DuckDBPyConnection, entries: Entries) -> None:
        """Take the digests of the list that is loaded; raises BadInput."""
        before = sum(self._rows)
        if before + entries.rows > _MAX_ROWS:
            raise BadInput(
                f"known lists have more than {_MAX_ROWS:,} rows; name fewer lists."
            )
        for kind in entries.kinds:
            keys = key_names() if kind is DigestKind.SAMPLE else []
            first, *_ = names = word_names(kind)
            columns = {name: name for name in (*names, *keys)}
            columns["row"] = f"(row + {before})::UINTEGER"
            for name, column in columns.items():
                query = f"SELECT {column} AS name FROM {entries.source}"
                self._take(connection, kind, name, f"{query} WHERE {first} NOTNULL")
        self._rows.append(entries.rows)
        self._ranks.append(_ranks(connection, entries))

    def built(self) -> KnownIndex:
        """Return the index; this object gives up its arrays."""
        kinds = dict.fromkeys(kind for kind, _ in self._arrays)
        keys = None
        if DigestKind.SAMPLE in kinds:
            columns = [self._whole(DigestKind.SAMPLE, name) for name in key_names()]
            keys = sample_keys(columns)
        tables = {
            kind: DigestTable(
                [self._whole(kind, name) for name in word_names(kind)],
                self._whole(kind, "row"),
            )
            for kind in kinds
        }
        ranks = np.concatenate(self._ranks) if self._ranks else np.empty(0, np.uint8)
        return KnownIndex(self._rows, tables, keys, ranks if ranks.any() else None)

    def _take(
        self,
        connection: duckdb.DuckDBPyConnection,
        kind: DigestKind,
        name: str,
        query: str,
    ) -> None:
        """Fetch one column; one at a time needs less memory."""
        fetched = connection.execute(query).fetchnumpy()
        self._arrays[kind, name].append(np.asarray(fetched["name"]))

    def _whole(self, kind: DigestKind, name: str) -> NDArray[Any]:
        first, *more = self._arrays.pop((kind, name))
        return np.concatenate([first, *more]) if more else first


def _ranks(
    connection: duckdb.DuckDBPyConnection, entries: Entries
) -> NDArray[np.uint8]:
    """Return the rank of each row; zeros if all have the same set."""
    if entries.has_sets:
        ranks = connection.execute(
            f"SELECT ({set_rank(DETAIL)})::UTINYINT AS rank FROM {TABLE}"
        ).fetchnumpy()["rank"]
        if ranks.size and ranks.min() < ranks.max():
            return np.asarray(ranks)
    return np.zeros(entries.rows, np.uint8)
