"""Run Scrapy commands as a user does, each in its own process.

Without a ``prefix`` a command is a fork of ``tests/forker.py``, which starts faster.
"""

from __future__ import annotations

import atexit
import functools
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

ROOT = Path(__file__).parents[1]
SCRAPY = (sys.executable, "-m", "tests.strict_scrapy")
COVERAGE = "COVERAGE_PROCESS_CONFIG"
"""The variable by which coverage is measured in a child."""
_AT_FIRST = dict(os.environ)
"""What the tests were started with; some of them change it for their time."""


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
    timeout: float = 240,
    meanwhile: Callable[[int], object] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run ``scrapy ARGUMENT…`` to its end; ``env`` adds to the environment.

    ``prefix`` is a command that runs the given command. With a prefix, a new
    interpreter starts, so variables such as PYTHONPATH in ``env`` take effect.
    Coverage is not measured there: it would take as long as the start again.
    Without one, ``meanwhile`` is called with the process ID during the run.
    """
    env = {**environment(), **(env or {})}
    if not prefix:
        return _forked(arguments, cwd, env, timeout, meanwhile)
    env.pop(COVERAGE, None)
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
        pid = _next_number(forker)
        try:
            if meanwhile:
                meanwhile(pid)
            exit_code = _next_number(forker, timeout)
        except BaseException:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            _next_number(forker)
            raise
        out, err = (stream.read_text() for stream in streams)
    return subprocess.CompletedProcess(arguments, exit_code, out, err)


@functools.cache
def _forker(_: int) -> subprocess.Popen[str]:
    """Start one for each thread, as it runs one command at a time."""
    forker = subprocess.Popen(
        [sys.executable, "-m", "tests.forker"],
        env={**_AT_FIRST, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(forker.communicate)  # it ends with its input
    return forker


def _next_number(forker: subprocess.Popen[str], timeout: float | None = None) -> int:
    """Return the number in the forker's next line; raises TimeoutError."""
    assert forker.stdout
    with selectors.DefaultSelector() as selector:
        selector.register(forker.stdout, selectors.EVENT_READ)
        if not selector.select(timeout):
            raise TimeoutError
    return int(forker.stdout.readline())
