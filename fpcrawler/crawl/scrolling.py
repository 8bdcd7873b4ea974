"""Wait for a page in the browser, scroll to its end, and read what it shows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fpcrawler.crawl.frames import Frames

if TYPE_CHECKING:
    from playwright.async_api import Frame, Page

MAX_STEPS = 100
"""Screens that a page is scrolled; many pages never end."""

_QUIET = 1.2
"""Seconds without a request after which a page is at rest: timers of one second."""

_STEP_PAUSE, _END_PAUSE = 0.1, 1.0
"""Seconds without a request after a step, and where a page seems to end."""

_STEP_TIME = 1.0
"""Seconds for which a frame is waited for until it has scrolled and shows it."""

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

# Only a page that is drawn knows what has come into view (HTML section 8.1.7.3,
# "update the rendering"). Callbacks come before that, so those of the next frame count.
_DRAWN = """() => new Promise(done =>
  requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"""

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

    A page that has grown at its end, or asks for more there, is scrolled further.
    """
    until = _now() + limit
    has_moved = False
    with Frames[bool](page) as scrolled, Frames[bool](page) as drawn:
        for _ in range(MAX_STEPS):
            if _now() >= until:
                return False
            if await _step(scrolled, drawn, until):
                has_moved = True
                await activity.rest(_STEP_PAUSE, until)
                continue
            if not has_moved:
                return True  # all of the page is in view
            await activity.rest(_END_PAUSE, until)
            last = activity.last
            if not await _step(scrolled, drawn, until) and activity.last == last:
                return True
    return False


async def _step(scrolled: Frames[bool], drawn: Frames[bool], until: float) -> bool:
    """Scroll by one screen; return whether that moved, or is not shown yet.

    A browser that is busy takes longer than a pause, and a page that has not been drawn
    since would be taken for one at rest. Frames out of view may be drawn never, so only
    the page itself is waited for beyond ``_STEP_TIME``.
    """
    seconds = min(_STEP_TIME, until - _now())
    moved, _ = await asyncio.gather(
        scrolled.ask(_scrolled, seconds), drawn.ask(_drawn, seconds)
    )
    return any(moved.values()) or scrolled.is_page_late or drawn.is_page_late


async def _scrolled(frame: Frame) -> bool:
    return bool(await frame.evaluate(_STEP))


async def _drawn(frame: Frame) -> bool:
    return bool(await frame.evaluate(_DRAWN))


async def documents(page: Page, limit: float) -> dict[Frame, tuple[str, ...]]:
    """Return the HTML of each frame and of its open shadow trees.

    A frame that does not answer within ``limit`` seconds is left out.
    """
    with Frames[tuple[str, ...]](page) as frames:
        return await frames.ask(_parts, limit)


async def _parts(frame: Frame) -> tuple[str, ...]:
    from playwright.async_api import Error  # noqa: PLC0415 - an optional extra

    html = await frame.content()
    try:
        shadows = await frame.evaluate(_SHADOWS, _MAX_PARTS)
    except Error:  # a page can change what the script calls
        shadows = None
    return (html, *map(str, shadows if isinstance(shadows, list) else []))
