"""Print and store what a race has found."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.race.heat import Spent
    from benchmarks.race.running import Course, Result

BASE = "aiohttp loop"
"""The contestant whose CPU time is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The medians of one contestant's runs."""

    name: str
    images_per_second: float
    cpu_ms: float
    """For one image."""
    ratio: float | None
    """Median over the rounds: CPU time by that of ``BASE`` in the same round."""
    requests: float
    """For one image."""
    received: float
    """Bytes for one image."""
    peak_mib: float


def lines(result: Result) -> Iterator[Line]:
    """Return a line for each contestant."""
    images, base = result.course.images, result.spent.get(BASE)
    for name, runs in result.spent.items():
        yield Line(
            name=name,
            images_per_second=images / median(run.wall for run in runs),
            cpu_ms=1_000 * median(run.cpu for run in runs) / images,
            ratio=_ratio(runs, base) if base else None,
            requests=median(run.requests for run in runs) / images,
            received=median(run.received for run in runs) / images,
            peak_mib=median(run.peak for run in runs) / 2**20,
        )


def _ratio(runs: Sequence[Spent], base: Sequence[Spent]) -> float:
    # One that failed later has fewer runs.
    return median(run.cpu / one.cpu for run, one in zip(runs, base, strict=False))


def title(course: Course) -> str:
    """Return what was read, in one line."""
    what = f"pages of {course.kind} images" if course.are_pages else course.kind
    return (
        f"{course.images:,} {what}, {course.hosts:,} host{'s' * (course.hosts > 1)}, "
        f"{course.delay} ms"
    )


def show(result: Result) -> None:
    """Print the table of one course."""
    print(f"\n{title(result.course)}, {result.course.runs} runs")
    print(
        f"{'':<20}{'images/s':>10}{'CPU ms':>9}{'ratio':>8}{'requests':>10}"
        f"{'bytes':>11}{'MiB':>7}"
    )
    for line in lines(result):
        ratio = f"{line.ratio:.2f}" if line.ratio is not None else "-"
        print(
            f"{line.name:<20}{line.images_per_second:>10.0f}{line.cpu_ms:>9.2f}"
            f"{ratio:>8}{line.requests:>10.2f}{line.received:>11,.0f}"
            f"{line.peak_mib:>7.0f}"
        )
    for name, reason in result.failed.items():
        print(f"{name} did not finish: {reason}")


def machine() -> str:
    """Return the processor and the system, without the name of the machine."""
    info = Path("/proc/cpuinfo")
    models = [
        line.partition(": ")[2]
        for line in (info.read_text().splitlines() if info.exists() else ())
        if line.startswith("model name")
    ]
    model = models[0] if models else platform.machine()
    system = f"{platform.system()} {platform.release().partition('-')[0]}"
    python = f"Python {platform.python_version()}"
    return f"{os.cpu_count()} processors ({model}), {system}, {python}"


def store(results: Sequence[Result], path: Path) -> None:
    """Write all results, with each run, as JSON."""
    races = [
        {
            "course": asdict(result.course),
            "medians": [asdict(line) for line in lines(result)],
            "runs": {n: [asdict(r) for r in rs] for n, rs in result.spent.items()},
            "failed": dict(result.failed),
        }
        for result in results
    ]
    path.write_text(json.dumps({"machine": machine(), "races": races}, indent=2) + "\n")
