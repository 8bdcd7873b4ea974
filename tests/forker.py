"""``python -m tests.forker``: run a command of Scrapy for each line of stdin.

Tests run a thousand commands, and a short one spends most of its time on importing
libraries. So this process imports them once and forks; each fork imports only the
modules of fpcrawler anew.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import sys
from typing import Any

from tests.commands import COVERAGE
from tests.strict_scrapy import main

_LIBRARIES = (
    *("scrapy.cmdline", "scrapy.commands.parse", "scrapy.core.engine"),
    *("scrapy.core.downloader.handlers.http11", "scrapy.core.scheduler"),
    *("scrapy.extensions.feedexport", "scrapy.extensions.remote_control"),
    *("scrapy.extensions.telnet", "scrapy.downloadermiddlewares.cookies"),
    *("scrapy.pqueues", "scrapy.squeues", "scrapy.utils.engine"),
    *("exifread", "httpx2", "socksio", "tqdm", "uvloop"),
)


def _fork_for_each_line() -> None:
    for name in _LIBRARIES:
        importlib.import_module(name)
    # A crawl decides on the reactor, and what is tested is imported by each.
    assert {"twisted.internet.reactor", "fpcrawler"}.isdisjoint(sys.modules)
    # Collecting what all share would copy it for each, and take half of the time.
    gc.freeze()
    for line in sys.stdin:
        pid = os.fork()
        if not pid:
            _become(json.loads(line))
            return
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _become(order: dict[str, Any]) -> None:
    """Be the process that was ordered, and run its command."""
    for number, path in enumerate([os.devnull, *order["streams"]]):
        flags = os.O_CREAT | os.O_RDWR if number else os.O_RDONLY
        os.dup2(os.open(path, flags), number)
    os.environ.clear()
    os.environ.update(order["env"])
    if COVERAGE not in os.environ:
        sys.settrace(None)
    os.chdir(order["cwd"])
    sys.path[0] = order["cwd"]
    sys.argv = ["scrapy", *order["arguments"]]
    main()


if __name__ == "__main__":
    _fork_for_each_line()
