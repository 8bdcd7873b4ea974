"""The exit codes of commands, and which crawls count as complete."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """The exit code of a command."""

    FINISHED = 0
    BAD_INPUT = 1
    STOPPED = 3
    FAILED = 4
    TOR_UNAVAILABLE = 5


def is_complete(reason: str) -> bool:
    """Return whether a crawl is complete, by Scrapy's finish reason.

    Complete: it finished, or reached a limit of the user (CLOSESPIDER_…). Not
    complete: a signal stopped it (``shutdown``), or its list could not be read.
    """
    return reason == "finished" or reason.startswith("closespider_")
