"""Commands of Scrapy as a user runs them, in processes of their own.

Tests run a thousand, and importing what others wrote is most of what a short one
does. So one process has done that and forks the others, each of which imports the
project's own modules anew.
"""

from __future__ import annotations

import atexit
import functools
import gc
import importlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.strict_scrapy import main

ROOT = Path(__file__).parents[1]
SCRAPY = (sys.executable, "-m", "tests.strict_scrapy")
COVERAGE = "COVERAGE_PROCESS_CONFIG"
"""The variable by which coverage is measured in a child."""
_AT_FIRST = dict(os.environ)
"""What the tests were started with; some of them change it for their time."""
_LIBRARIES = (
    *("scrapy.cmdline", "scrapy.commands.parse", "scrapy.core.engine"),
    *("scrapy.core.downloader.handlers.http11", "scrapy.core.scheduler"),
    *("scrapy.extensions.feedexport", "scrapy.extensions.remote_control"),
    *("scrapy.extensions.telnet", "scrapy.downloadermiddlewares.cookies"),
    *("scrapy.pqueues", "scrapy.squeues", "scrapy.utils.engine"),
    *("exifread", "httpx2", "socksio", "tqdm", "uvloop"),
)


def environment() -> dict[str, str]:
    """Return the environment of a child that finds the project from anywhere."""
    return {
        **os.environ,
        "SCRAPY_SETTINGS_MODULE": "fpcrawler.settings",
        "PYTHONPATH": str(ROOT),
    }


def run_scrapy(
    *arguments: str,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    prefix: Sequence[str] = (),
    timeout: float = 120,
    meanwhile: Callable[[int], object] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run ``scrapy ARGUMENT…`` to its end; ``env`` adds to the environment.

    ``prefix`` is a command that runs commands. Only with one does the interpreter
    itself start anew, and look at what in ``env`` is meant for it. Without one,
    ``meanwhile`` is called with the ID of the process while that runs.
    """
    env = {**environment(), **(env or {})}
    if not prefix:
        return _forked(arguments, cwd, env, timeout, meanwhile)
    return subprocess.run(
        [*prefix, *SCRAPY, *arguments],
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )


def _forked(
    arguments: Sequence[str],
    cwd: Path,
    env: Mapping[str, str],
    timeout: float,
    meanwhile: Callable[[int], object] | None,
) -> subprocess.CompletedProcess[str]:
    forker = _forker(threading.get_ident())
    assert forker.stdin
    with tempfile.TemporaryDirectory(prefix="scrapy-") as folder:
        streams = [Path(folder, name) for name in ("stdout", "stderr")]
        order = {
            "arguments": arguments,
            "cwd": str(cwd),
            "env": env,
            "streams": [str(stream) for stream in streams],
        }
        forker.stdin.write(json.dumps(order) + "\n")
        forker.stdin.flush()
        pid = _answer(forker)
        try:
            if meanwhile:
                meanwhile(pid)
            exit_code = _answer(forker, timeout)
        except BaseException:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            _answer(forker)
            raise
        out, err = (stream.read_text() for stream in streams)
    return subprocess.CompletedProcess(arguments, exit_code, out, err)


@functools.cache
def _forker(_: int) -> subprocess.Popen[str]:
    """Start one for each thread: it runs a command at a time."""
    forker = subprocess.Popen(
        [sys.executable, "-m", "tests.commands"],
        env={**_AT_FIRST, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(forker.communicate)  # the end of its input ends it
    return forker


def _answer(forker: subprocess.Popen[str], timeout: float | None = None) -> int:
    """Return the next line; raises TimeoutError."""
    assert forker.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(forker.stdout, selectors.EVENT_READ)
        if not selector.select(timeout):
            raise TimeoutError
    return int(forker.stdout.readline())


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
