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
    from benchmarks.race.running import Course, Result

BASE = "aiohttp loop"
"""The contestant whose CPU time is 1."""
OURS = "fpcrawler .json"
"""The contestant whose speed is 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """The medians of one contestant's runs."""

    name: str
    images_per_second: float
    cpu_ms: float
    """For one image."""
    ratio: float | None
    """Median over the rounds: CPU time by that of ``BASE`` in the same round."""
    speed: float | None
    """Median over the rounds: images/s by those of ``OURS`` in the same round."""
    requests: float
    """For one image."""
    received: float
    """Bytes for one image."""
    peak_mib: float


def lines(result: Result) -> Iterator[Line]:
    """Return a line for each contestant."""
    images = result.course.images
    base, ours = result.spent.get(BASE), result.spent.get(OURS)
    for name, runs in result.spent.items():
        yield Line(
            name=name,
            images_per_second=images / median(run.wall for run in runs),
            cpu_ms=1_000 * median(run.cpu for run in runs) / images,
            ratio=_ratio([r.cpu for r in runs], [r.cpu for r in base or ()]),
            speed=_ratio([r.wall for r in ours or ()], [r.wall for r in runs]),
            requests=median(run.requests for run in runs) / images,
            received=median(run.received for run in runs) / images,
            peak_mib=median(run.peak for run in runs) / 2**20,
        )


def _ratio(these: Sequence[float], those: Sequence[float]) -> float | None:
    # One that failed later has fewer runs, one that took no part has none.
    ratios = [this / that for this, that in zip(these, those, strict=False)]
    return median(ratios) if ratios else None


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
        f"{'':<20}{'images/s':>10}{'speed':>8}{'CPU ms':>9}{'ratio':>8}"
        f"{'requests':>10}{'bytes':>11}{'MiB':>7}"
    )
    for line in lines(result):
        print(
            f"{line.name:<20}{line.images_per_second:>10.0f}{_shown(line.speed):>8}"
            f"{line.cpu_ms:>9.2f}{_shown(line.ratio):>8}{line.requests:>10.2f}"
            f"{line.received:>11,.0f}{line.peak_mib:>7.0f}"
        )
    for name, reason in result.failed.items():
        print(f"{name} did not finish: {reason}")


def _shown(ratio: float | None) -> str:
    return "-" if ratio is None else f"{ratio:.2f}"


def by_delay(results: Sequence[Result]) -> Iterator[str]:
    """Return a Markdown table of images/s for courses that differ in delay only."""
    yield "| program | " + " | ".join(f"{r.course.delay} ms" for r in results) + " |"
    yield "|---" * (len(results) + 1) + "|"
    speeds = [
        {line.name: f"{line.images_per_second:,.0f}" for line in lines(result)}
        for result in results
    ]
    for name in dict.fromkeys(name for course in speeds for name in course):
        cells = (course.get(name, "") for course in speeds)
        yield f"| {name} | " + " | ".join(cells) + " |"


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
