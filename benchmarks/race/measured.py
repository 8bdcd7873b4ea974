"""Run a command and print what it cost, with all that it started and waited for.

``python -m benchmarks.race.measured COMMAND…`` is a process of its own, and small:
the peak memory of a child is never less than what its parent had when it forked.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

OUTPUT = "output.txt"
"""What the command prints, in its folder."""


def main(command: list[str]) -> None:
    """Print exit code, seconds and bytes as JSON."""
    started = time.monotonic()
    with Path(OUTPUT).open("wb") as output:
        child = subprocess.Popen(command, stdout=output, stderr=output)
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    cost = {
        "exit_code": child.returncode,
        "wall": time.monotonic() - started,
        "cpu": usage.ru_utime + usage.ru_stime,
        "peak": usage.ru_maxrss * 1_024,
    }
    sys.stdout.write(json.dumps(cost))


if __name__ == "__main__":
    main(sys.argv[1:])
