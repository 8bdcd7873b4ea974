"""What became of a feed: stored, kept aside or lost."""

from __future__ import annotations

import os
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from fpcrawler.feeds.storage import PARTIAL_SUFFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as it was left: where, with how many records, whether it is stored."""

    uri: str
    records: int
    is_stored: bool = True
    kept: str | None = None
    """The file on this disk that has the records, if they are not stored."""
    is_unchanged: bool = False
    """No record came, so what was there stays."""

    def __str__(self) -> str:
        told = [f"{self.records} records"]
        if self.is_unchanged:
            told.append("so what was there stays")
        elif not self.is_stored:
            told.append("NOT STORED")
        elif self.uri.endswith(PARTIAL_SUFFIX):
            told.append("not the whole crawl")
        if self.kept is not None:
            told.append(f"they are in {self.kept}")
        return f"{self.uri} ({', '.join(told)})"


class Upload:
    """A feed on its way, and the name that keeps its records if it fails."""

    def __init__(self, future: Future[None], kept: Path | None) -> None:
        self.future = future
        self.kept = kept

    def error(self) -> str:
        """Wait for the end; return why the feed is not stored, or nothing."""
        failure = self.future.exception()
        return "" if failure is None else str(failure) or type(failure).__name__


def kept_name(file: IO[bytes], uri: str) -> Path | None:
    """Give a temporary file a second name, which stays when it is closed."""
    file.flush()
    temporary = Path(file.name)
    kept = temporary.with_name(f"{temporary.name}-{uri.rpartition('/')[2]}")
    with suppress(OSError):  # a file system without links
        os.link(temporary, kept)
        return kept
    return None
