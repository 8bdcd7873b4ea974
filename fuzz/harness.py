"""Run one target in libFuzzer: the child process of ``python -m fuzz``."""

from __future__ import annotations

import sys
import time
from functools import partial

import atheris

with atheris.instrument_imports(include=["fpcrawler"], enable_loader_override=False):
    from fuzz.targets import TARGETS, Target


class TooSlow(Exception):
    """The input took too much CPU time."""


def timed(target: Target, limit: float, data: bytes) -> None:
    """Read an input; raises TooSlow after ``limit`` seconds, and what the reader does.

    libFuzzer's own ``-timeout`` counts the time that other processes take as well.
    """
    started = time.process_time()
    target.read(data)
    seconds = time.process_time() - started
    if seconds > limit:
        raise TooSlow(f"{len(data)} bytes took {seconds:.1f} s")


def main() -> None:
    """Run libFuzzer: TARGET SECONDS ARGUMENT…; does not return."""
    name, limit, *arguments = sys.argv[1:]
    work = partial(timed, TARGETS[name], float(limit))
    atheris.Setup([sys.argv[0], *arguments], work)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
