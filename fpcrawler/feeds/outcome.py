"""The outcome of a feed: stored, kept in a local file, or lost."""

from __future__ import annotations

import os
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fpcrawler.console.text import count_in_words
from fpcrawler.feeds.storage import PARTIAL_SUFFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """The outcome of a feed: where it is, its number of records, if it is stored."""

    uri: str
    records: int
    is_stored: bool = True
    kept: str | None = None
    """The local file that holds the records, if they are not stored."""
    is_unchanged: bool = False
    """There was no record, so an earlier feed of this name stays."""

    def __str__(self) -> str:
        parts = [count_in_words(self.records, "record")]
        if self.is_unchanged:
            parts.append("earlier content kept")
        elif not self.is_stored:
            parts.append("NOT STORED")
        elif self.uri.endswith(PARTIAL_SUFFIX):
            parts.append("crawl not complete")
        if self.kept is not None:
            parts.append(f"kept in {self.kept}")
        return f"{self.uri} ({', '.join(parts)})"


class Upload:
    """A feed that is being uploaded; ``kept`` holds its records if that fails."""

    def __init__(self, future: Future[None], kept: Path | None) -> None:
        self.future = future
        self.kept = kept

    def error(self) -> str:
        """Wait for the upload; return why it failed, or an empty text."""
        failure = self.future.exception()
        return "" if failure is None else str(failure) or type(failure).__name__


def kept_name(file: IO[bytes], uri: str) -> Path | None:
    """Give a temporary file a second name, which stays after it is closed."""
    file.flush()
    temporary = Path(file.name)
    kept = temporary.with_name(f"{temporary.name}-{uri.rpartition('/')[2]}")
    with suppress(OSError):  # a file system without links
        os.link(temporary, kept)
        return kept
    return None
