"""Draw images per second and CPU time of each contestant, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.race.report import lines, machine, title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from benchmarks.race.report import Line
    from benchmarks.race.running import Result


_FLOOR = "curl"
"""It reads nothing of what it fetches, so its bar would hide all others."""


def draw(results: Sequence[Result], path: Path) -> None:
    """Write the chart: a row for each course."""
    with rc_context({"svg.hashsalt": "fpcrawler", "svg.fonttype": "none"}):
        figure = Figure(figsize=(10, 3 * len(results) + 0.5), layout="constrained")
        rows = figure.subplots(len(results), 2, squeeze=False)
        for result, (left, right) in zip(results, rows, strict=True):
            made = [line for line in lines(result) if line.name != _FLOOR]
            made.reverse()  # a bar chart begins at the bottom
            _bars(left, made, [line.images_per_second for line in made], "images/s")
            _bars(right, made, [line.cpu_ms for line in made], "CPU ms per image")
            left.set_title(title(result.course), loc="left")
        figure.supxlabel(machine(), fontsize="small")
        figure.savefig(path, metadata={"Title": "Race", "Date": None})


def _bars(axes: Axes, made: list[Line], values: list[float], label: str) -> None:
    ours = [line.name.startswith("fpcrawler") for line in made]
    colours = ["tab:blue" if is_ours else "tab:gray" for is_ours in ours]
    bars = axes.barh([line.name for line in made], values, color=colours)
    axes.bar_label(bars, fmt=_figure, padding=3)
    axes.set_xlabel(label)
    axes.margins(x=0.2)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
