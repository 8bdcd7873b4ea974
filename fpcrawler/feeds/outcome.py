"""The outcome of a feed: stored, kept in a local file, or lost."""

from __future__ import annotations

from dataclasses import dataclass

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
        name = self.uri.removesuffix(":")  # of stdout
        return f"{name} ({', '.join(parts)})"
