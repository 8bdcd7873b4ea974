"""The progress of a crawl in words, as long as there is room for it."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fpcrawler.console.text import count_in_words, size_in_words

if TYPE_CHECKING:
    from fpcrawler.console.figures import Figures, Found

_WINDOW = 60.0
"""Seconds: the rate is that of the last minute."""
_MINUTE, _HOUR = 60, 3_600
_TO_TENTHS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """How many images will have an outcome; more than that, unless it is known."""

    images: int
    is_known: bool


class Rate:
    """Images that end per second, in the last minute."""

    def __init__(self, now: float) -> None:
        self._samples = deque([(now, 0)])

    def now(self, now: float, ended: int) -> float:
        """Return the rate; ``ended``: images that have ended since the start."""
        samples = self._samples
        samples.append((now, ended))
        while len(samples) > 2 and samples[1][0] <= now - _WINDOW:  # noqa: PLR2004 - two ends
            samples.popleft()
        before, earlier = samples[0]
        return max(0, ended - earlier) / (now - before) if now > before else 0.0


def goal_of(images: Found, pages: Found, stats: Mapping[str, Any]) -> Goal:
    """Return how many images there are, as far as it is known.

    It is known if no page waits and the list is read. The length of a list of images
    is known before it is read.
    """
    known = images.ended + images.waiting
    if stats.get("list/is_whole"):
        return Goal(images=known, is_known=not pages.waiting)
    expected = stats.get("list/expected", 0)
    rest = max(0, expected - stats.get("list/read", 0))
    is_known = bool(expected) and not pages.found
    return Goal(images=known + rest * is_known, is_known=is_known)


def progress_text(
    figures: Figures, goal: Goal, rate: float, *, width: int | None = None
) -> str:
    """Return the progress in at most ``width`` characters (None: any number).

    The count of images comes first. Other parts are left out if they do not fit.
    """
    images = figures.images
    failed = sum(images.failed.values()) + sum(figures.pages.failed.values())
    done = figures.pages.done
    # Beside each part, how soon it is left out.
    parts = [
        (0, _count(images, goal)),
        (1, count_in_words(done, "page") if done else ""),
        (3, f"{_number(rate)}/s"),
        (2, size_in_words(figures.bytes_read)),
        (4, f"{failed:,} failed" if failed else ""),
        (5, _left(images, goal, rate)),
    ]
    shown = [part for part in parts if part[1]]
    while width is not None and len(_joined(shown)) > width and len(shown) > 1:
        shown.remove(min(shown[1:]))
    return _joined(shown)[:width]


def _joined(parts: list[tuple[int, str]]) -> str:
    return ", ".join(text for _, text in parts)


def _count(images: Found, goal: Goal) -> str:
    if not goal.is_known and goal.images <= images.ended:
        return count_in_words(images.ended, "image")
    more = "" if goal.is_known else "+"
    noun = "image" if (goal.images, more) == (1, "") else "images"
    return f"{images.ended:,}/{goal.images:,}{more} {noun}"


def _left(images: Found, goal: Goal, rate: float) -> str:
    """Return the time left, as ``M:SS`` or ``H:MM:SS``; "" if it is not known."""
    rest = goal.images - images.ended
    if not goal.is_known or not rate or rest <= 0:
        return ""
    hours, seconds = divmod(round(rest / rate), _HOUR)
    minutes, seconds = divmod(seconds, _MINUTE)
    if hours:
        return f"{hours:,}:{minutes:02}:{seconds:02} left"
    return f"{minutes}:{seconds:02} left"


def _number(rate: float) -> str:
    return f"{rate:,.0f}" if rate >= _TO_TENTHS else f"{rate:.1f}"
