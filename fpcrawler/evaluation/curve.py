"""Draw the errors of each method over the length of the prefix.

Needs requirements-evaluate.txt.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib import rc_context
from matplotlib.figure import Figure

from fpcrawler.core.file.contents import DRAWN_BY

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from fpcrawler.evaluation.experiment import Evaluation, Method
    from fpcrawler.evaluation.scoring import Rate

_LINEAR_BELOW = 0.01
"""Percent; the scale is linear from 0 to here, logarithmic above."""


def draw(evaluation: Evaluation, path: Path) -> None:
    """Write an SVG or PNG file, by the suffix of ``path``; raises OSError.

    A bar goes from a rate to its upper bound of 95 % confidence.
    """
    with rc_context({"svg.hashsalt": "fpcrawler", "svg.fonttype": "none"}):
        figure = Figure(figsize=(9, 5), layout="constrained")
        above, below = figure.subplots(2, 1, sharex=True)
        for name, marker in (("prefix", "o"), ("prefix and size", "s")):
            methods = [m for m in evaluation.curve if m.name == name]
            _line(above, methods, [m.tally.false_merges for m in methods], marker)
            _line(below, methods, [m.tally.missed_copies for m in methods], marker)
        same_picture, likely = evaluation.methods[-2:]
        for method, style in ((same_picture, "--"), (likely, ":")):
            _level(above, method, method.tally.false_merges, style)
            _level(below, method, method.tally.missed_copies, style)
        for axes, title in ((above, "false merges"), (below, "missed copies")):
            axes.set_yscale("symlog", linthresh=_LINEAR_BELOW)
            axes.set_ylim(bottom=0)
            axes.set_ylabel(f"{title}, %")
            axes.grid(visible=True, alpha=0.3)
        above.set_title(f"{len(evaluation.images)} images")
        above.legend()
        below.set_xscale("log", base=2)
        below.set_xlabel("bytes of the prefix")
        # Without a date, equal numbers give an equal file.
        undated = {"Date": None} if path.suffix.lower() == ".svg" else {}
        figure.savefig(path, metadata={"Title": DRAWN_BY, **undated})


def _level(axes: Axes, method: Method, rate: Rate, style: str) -> None:
    height = 100 * (rate.value or 0)
    axes.axhline(height, color="black", linestyle=style, label=method.name)


def _line(
    axes: Axes, methods: Sequence[Method], rates: Sequence[Rate], marker: str
) -> None:
    lengths = [method.prefix_bytes or 0 for method in methods]
    values = [100 * (rate.value or 0) for rate in rates]
    room = [100 * rate.upper - value for rate, value in zip(rates, values, strict=True)]
    below = [0.0] * len(room)
    label = methods[0].name
    axes.errorbar(lengths, values, (below, room), marker=marker, capsize=3, label=label)
