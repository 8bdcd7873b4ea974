"""Wait for a page in the browser, scroll to its end, and read what it shows."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.core.links.rendering import MAX_FRAMES

if TYPE_CHECKING:
    from playwright.async_api import Frame, Page

MAX_STEPS = 100
"""Screens that a page is scrolled; many pages never end."""

_QUIET = 1.2
"""Seconds without a request after which a page is at rest: timers of one second."""

_STEP_PAUSE, _END_PAUSE = 0.1, 1.0
"""Seconds without a request after a step, and where a page seems to end."""

_MAX_PARTS = 1_000

# Each box that can scroll moves by its own size. Pages may scroll smoothly, so the
# positions are compared after a jump.
_STEP = """() => {
  const step = box => {
    const [top, left] = [box.scrollTop, box.scrollLeft];
    box.scrollTo({top: top + box.clientHeight, left: left + box.clientWidth,
                  behavior: 'instant'});
    return box.scrollTop > top || box.scrollLeft > left;
  };
  const boxes = [...document.querySelectorAll('*')].slice(0, 20000).filter(e =>
    e.clientHeight > 50 && e.clientWidth > 50 &&
    (e.scrollHeight > e.clientHeight + 20 || e.scrollWidth > e.clientWidth + 20));
  boxes.push(document.scrollingElement || document.documentElement);
  return boxes.slice(-100).map(step).some(moved => moved);
}"""

# The HTML of a document does not have its open shadow trees.
_SHADOWS = """limit => {
  const found = [], left = [document];
  while (left.length && found.length < limit)
    for (const element of left.pop().querySelectorAll('*'))
      if (element.shadowRoot && found.length < limit) {
        found.push(element.shadowRoot.innerHTML);
        left.push(element.shadowRoot);
      }
  return found;
}"""


def _now() -> float:
    return asyncio.get_running_loop().time()


@dataclass(slots=True)
class Activity:
    """What a page is waiting for: its open requests, and the time of the last one."""

    open: int = 0
    last: float = field(default_factory=_now)

    def begin(self) -> None:
        self.open += 1
        self.last = _now()

    def end(self) -> None:
        self.open -= 1
        self.last = _now()

    async def rest(self, quiet: float, until: float) -> bool:
        """Wait until no request was open for ``quiet`` seconds; False: it is late."""
        since = _now()
        while self.open or _now() - max(self.last, since) < quiet:
            if _now() >= until:
                return False
            await asyncio.sleep(0.05)
        return True


async def settle(page: Page, activity: Activity, limit: float) -> bool:
    """Wait until a page is loaded and at rest; False: not within ``limit`` seconds."""
    from playwright.async_api import TimeoutError as Late  # noqa: PLC0415 - an optional extra

    until = _now() + limit
    try:
        await page.wait_for_load_state("load", timeout=limit * 1000)
    except Late:
        return False
    return await activity.rest(_QUIET, until)


async def scroll(page: Page, activity: Activity, limit: float) -> bool:
    """Scroll a page and its frames to their ends; False: they go on.

    A page that has grown at its end is scrolled further.
    """
    until = _now() + limit
    has_moved = False
    for _ in range(MAX_STEPS):
        if _now() >= until:
            return False
        if await _step(page):
            has_moved = True
            await activity.rest(_STEP_PAUSE, until)
            continue
        if not has_moved:
            return True  # all of the page is in view
        await activity.rest(_END_PAUSE, until)
        if not await _step(page):
            return True
    return False


async def _step(page: Page) -> bool:
    moved = [await _evaluated(frame, _STEP) for frame in _frames(page)]
    return any(moved)


async def documents(page: Page) -> list[tuple[Frame, tuple[str, ...]]]:
    """Return each frame with its HTML and that of its open shadow trees."""
    from playwright.async_api import Error  # noqa: PLC0415 - an optional extra

    found = []
    for frame in _frames(page):
        with suppress(Error):  # it was removed
            html = await frame.content()
            shadows = await _evaluated(frame, _SHADOWS, _MAX_PARTS)
            texts = shadows if isinstance(shadows, list) else []
            found.append((frame, (html, *map(str, texts))))
    return found


def _frames(page: Page) -> list[Frame]:
    return page.frames[: MAX_FRAMES + 1]


async def _evaluated(frame: Frame, script: str, *arguments: object) -> object:
    """Run a script; None if it fails, because a page can change what it calls."""
    from playwright.async_api import Error  # noqa: PLC0415 - an optional extra

    with suppress(Error):
        return await frame.evaluate(script, *arguments)
    return None
