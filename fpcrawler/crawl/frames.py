"""Ask the frames of a page in the browser, each for a bounded time."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Generic, Self, TypeVar

from fpcrawler.core.links.rendering import MAX_FRAMES

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from playwright.async_api import Frame, Page

T = TypeVar("T")


class Frames(Generic[T]):
    """Asks a page and its frames at once; those that do not answer are left out.

    A frame with ``loading=lazy`` has no document until it is near the view (HTML
    section 2.5.7), and a script that does not end lets its frame never answer.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        self._asked: dict[Frame, asyncio.Task[T | None]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for asking in self._asked.values():
            asking.cancel()

    async def ask(
        self, question: Callable[[Frame], Awaitable[T]], seconds: float
    ) -> dict[Frame, T]:
        """Return the answers of all frames that have one.

        A frame is waited for once, at most ``seconds``. One that still owes an answer
        is not asked again; its answer counts when it has come.
        """
        new = [f for f in self._page.frames[: MAX_FRAMES + 1] if f not in self._asked]
        for frame in new:
            self._asked[frame] = asyncio.create_task(_answer(question, frame))
        if new:
            await asyncio.wait([self._asked[f] for f in new], timeout=max(seconds, 0))
        done = {f: asking for f, asking in self._asked.items() if asking.done()}
        for frame in done:
            del self._asked[frame]
        answers = ((frame, asking.result()) for frame, asking in done.items())
        return {frame: answer for frame, answer in answers if answer is not None}

    @property
    def is_page_late(self) -> bool:
        """Whether the page itself, not a frame in it, still owes an answer."""
        return self._page.main_frame in self._asked


async def show(
    frame: Frame, fulfilling: Callable[[], Awaitable[None]], seconds: float
) -> None:
    """Fulfill the request for a frame's document, and wait until it is parsed.

    The wait ends after ``seconds``, or when the frame stays with another document.
    """
    from playwright.async_api import Error  # noqa: PLC0415 - an optional extra

    with suppress(Error):
        async with frame.expect_navigation(
            wait_until="domcontentloaded", timeout=seconds * 1000
        ):
            await fulfilling()


async def _answer(question: Callable[[Frame], Awaitable[T]], frame: Frame) -> T | None:
    """Return the answer; None if there is none, as of a frame that was removed."""
    from playwright.async_api import Error  # noqa: PLC0415 - an optional extra

    with suppress(Error):
        return await question(frame)
    return None
