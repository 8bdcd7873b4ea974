"""The event loop of a crawl."""

from __future__ import annotations

import asyncio

import uvloop


class Loop(uvloop.Loop):
    """uvloop's; it closes the loop that it replaces.

    Scrapy asks asyncio for a loop before it sets its own. That one would be freed
    without being closed, and print a traceback if its sockets are freed first.
    """

    def __init__(self) -> None:
        super().__init__()
        replaced = asyncio.get_event_loop()  # made by Scrapy just now
        if not replaced.is_running():
            replaced.close()
