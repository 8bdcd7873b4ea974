"""``python -m tests.forker``: run a command of Scrapy for each line of stdin.

Tests run a thousand commands, and a short one spends most of its time on importing
modules. So this process imports them once and forks.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import pkgutil
import sys
import threading
import warnings
from contextlib import nullcontext
from typing import Any, NoReturn

import fake_useragent.fake
from coverage import Coverage, process_startup
from fake_useragent.utils import load
from scrapy.exceptions import ScrapyDeprecationWarning

from fpcrawler import settings
from tests.commands import COVERAGE, ROOT
from tests.strict_scrapy import main

_LIBRARIES = (
    *("scrapy.cmdline", "scrapy.commands.parse", "scrapy.core.engine"),
    *("scrapy.contracts", "scrapy.shell", "scrapy.utils.test", "protego"),
    *("scrapy.core.downloader.handlers.http11", "scrapy.core.scheduler"),
    *("scrapy.extensions.feedexport", "scrapy.extensions.remote_control"),
    *("scrapy.extensions.telnet", "scrapy.downloadermiddlewares.cookies"),
    *("scrapy.pqueues", "scrapy.squeues", "scrapy.utils.engine"),
    *("exifread", "httpx2", "socksio", "tqdm", "uvloop"),
)
_FOLDERS = (
    *("core", "console", "feeds", "resume", "tor", "crawl", "input"),
    *("handlers", "middlewares", "pipelines", "spiders"),
)
"""What each crawl imports, but ``commands``, which reads the arguments."""
_FOLDERS_OF = {
    "duplicates": ("duplicates",),
    "evaluate": ("evaluation",),
    "export": ("exports",),
    "match": ("known", "tables"),
    "report": ("report",),
}
"""What else a command imports; some of it takes longer than most commands."""


def _fork_for_each_line() -> None:
    warnings.simplefilter("error", ScrapyDeprecationWarning)  # as main() does
    for name in _LIBRARIES:
        importlib.import_module(name)
    _import(*_FOLDERS)
    # A list of 7,000 browsers; to read it takes a third of a short crawl.
    browsers = load()
    vars(fake_useragent.fake)["load"] = lambda: browsers
    coverage = _coverage_of_forks()
    for line in sys.stdin:
        order = json.loads(line)
        with coverage.collect() if coverage else nullcontext():
            _import(*_FOLDERS_OF.get(order["arguments"][0], ()))
        # Collecting what all share would copy it for each, and take half of the time.
        gc.freeze()
        pid = os.fork()
        if not pid:
            _become(order, coverage)
            return
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


@functools.cache
def _import(*folders: str) -> None:
    """Import all modules of these folders of the project."""
    for folder in folders:
        package = importlib.import_module(f"fpcrawler.{folder}")
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)
    # A crawl decides on the reactor.
    assert {"twisted.internet.reactor", "fpcrawler.commands"}.isdisjoint(sys.modules)


def _coverage_of_forks() -> Coverage | None:
    """Prepare to measure the forks; None if coverage is not measured.

    With ``source``, each would list the files that did not run, as the tests' own
    process does; and to prepare it in each takes as long as a short crawl.
    """
    of_imports = Coverage.current()
    if not of_imports:
        return None
    of_imports.stop()
    of_imports.save()  # now, or each fork would
    of_imports.set_option("run:patch", [])  # they are in place
    of_imports.set_option("run:source", None)
    of_imports.set_option("run:include", [f"{ROOT}/fpcrawler/*"])
    os.environ[COVERAGE] = of_imports.config.serialize()
    of_forks = process_startup(force=True)
    assert of_forks
    of_forks.stop()
    del os.environ[COVERAGE]  # or a fork would start another one
    return of_forks


def _become(order: dict[str, Any], coverage: Coverage | None) -> None:
    """Be the process that was ordered, and run its command."""
    for number, path in enumerate([os.devnull, *order["streams"]]):
        flags = os.O_CREAT | os.O_RDWR if number else os.O_RDONLY
        os.dup2(os.open(path, flags), number)
    os.environ.clear()
    os.environ.update(order["env"])
    if coverage and COVERAGE in os.environ:
        coverage.start()
    os.chdir(order["cwd"])
    sys.path[0] = order["cwd"]
    importlib.reload(settings)  # they name a file by the process ID
    sys.argv = ["scrapy", *order["arguments"]]
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, int):
            _end(end.code)
        raise


def _end(exit_code: int) -> NoReturn:
    """End as the interpreter does, but free nothing.

    What is freed is copied first, as the forks share it, and that takes as long as
    a short crawl.
    """
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)


if __name__ == "__main__":
    _fork_for_each_line()
