"""Fuzz a reader: ``python -m fuzz jpeg --runs 200000``; ``each``: one after another.

Exits with 0 if no input made the reader raise, or take more than --seconds of CPU time
or 256 MB of memory. Else libFuzzer writes that input to the folder ``--findings``;
``python -m fuzz jpeg --input FILE`` reads it again.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from fuzz.targets import ALL, TARGETS

MAX_MEGABYTES = 256
MAX_BYTES = 16_384
"""The length of an input: long enough to lie beyond the sample of a crawl."""

HANGS_AFTER = 60  # seconds; the harness measures the CPU time of each input


EACH = "each"


def main() -> int:
    """Fuzz the target, or each; return the first exit code that is not 0."""
    options = _parser().parse_args()
    if options.target != EACH:
        return _fuzz(options.target, options)
    codes = [_fuzz(name, options) for name in TARGETS if name != ALL]
    return next(filter(None, codes), 0)


def _fuzz(target: str, options: argparse.Namespace) -> int:
    """Write the seeds, run libFuzzer on them, return its exit code."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        for number, seed in enumerate(TARGETS[target].seeds()):
            Path(folder, f"{number:03}").write_bytes(seed)
        limits = (
            str(options.seconds),
            f"-rss_limit_mb={MAX_MEGABYTES}",
            f"-timeout={HANGS_AFTER}",
            f"-max_len={MAX_BYTES}",
        )
        work = (
            [str(options.input)]
            if options.input
            else [
                f"-runs={options.runs}",
                f"-max_total_time={options.stop_after}",
                f"-seed={options.seed}",
                *(f"-artifact_prefix={options.findings}/", folder),
            ]
        )
        harness = (sys.executable, "-m", "fuzz.harness", target)
        return subprocess.run([*harness, *limits, *work], check=False).returncode


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("target", choices=[*TARGETS, EACH])
    parser.add_argument(
        "--runs", type=int, default=200_000, help="inputs to try; -1: no limit"
    )
    parser.add_argument(
        "--stop-after", type=int, default=0, metavar="SECONDS", help="0: never"
    )
    parser.add_argument("--seed", type=int, default=1, help="of the mutations")
    parser.add_argument(
        "--seconds",
        type=float,
        default=1,
        help="CPU time for an input; code that is traced takes 4 times as long",
    )
    parser.add_argument("--findings", type=Path, default=Path(), metavar="FOLDER")
    parser.add_argument("--input", type=Path, metavar="FILE", help="read one input")
    return parser


if __name__ == "__main__":
    sys.exit(main())
