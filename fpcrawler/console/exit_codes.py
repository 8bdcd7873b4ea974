"""How a command ended."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """What the shell is told."""

    FINISHED = 0
    BAD_INPUT = 1
    STOPPED = 3
    FAILED = 4
    TOR_UNAVAILABLE = 5


def is_whole(reason: str) -> bool:
    """Tell by Scrapy's reason whether a crawl came to its end, or a limit of the user.

    A signal (``shutdown``) or a list that broke off is none.
    """
    return reason == "finished" or reason.startswith("closespider_")
