"""Draw CPU time and memory by the number of images, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure

from benchmarks.race.report import machine


def draw(grown: Sequence[tuple[int, float, int]], path: Path) -> None:
    """Write the chart; of each crawl the images, CPU ms an image, and peak bytes."""
    images, cpu, peaks = zip(*grown, strict=True)
    panels = {"CPU ms per image": cpu, "peak MiB": [peak / 2**20 for peak in peaks]}
    with rc_context({"svg.hashsalt": "fpcrawler", "svg.fonttype": "none"}):
        figure = Figure(figsize=(10, 3.5), layout="constrained")
        for axes, (label, values) in zip(
            figure.subplots(1, 2), panels.items(), strict=True
        ):
            axes.semilogx(images, values, marker="o")
            axes.set(
                xlabel="images of a list", ylabel=label, ylim=(0, 1.3 * max(values))
            )
        figure.supxlabel(machine(), fontsize="small")
        figure.savefig(path, metadata={"Title": "Growth", "Date": None})
