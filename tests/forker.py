"""``python -m tests.forker``: run a command of Scrapy for each line of stdin.

Tests run a thousand commands, and a short one spends most of its time on importing
modules. So this process imports them once and forks; each fork imports only what
depends on the settings.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import sys
import warnings
from collections.abc import Iterator
from typing import Any

from scrapy.exceptions import ScrapyDeprecationWarning

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
_FOLDERS = (
    *("core", "console", "feeds", "resume", "tor", "crawl"),
    *("handlers", "middlewares", "pipelines", "spiders"),
)
"""What each crawl imports. ``input`` and ``commands`` import the settings."""


def _fork_for_each_line() -> None:
    warnings.simplefilter("error", ScrapyDeprecationWarning)  # as main() does
    for name in (*_LIBRARIES, *_modules()):
        importlib.import_module(name)
    # A crawl decides on the reactor, and the settings name a file by the process ID.
    assert {"twisted.internet.reactor", "fpcrawler.settings"}.isdisjoint(sys.modules)
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


def _modules() -> Iterator[str]:
    """Yield the names of all modules in ``_FOLDERS``."""
    for folder in _FOLDERS:
        package = importlib.import_module(f"fpcrawler.{folder}")
        found = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        yield from (module.name for module in found)


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
