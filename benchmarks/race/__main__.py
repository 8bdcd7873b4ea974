"""Compare this crawler with other programs that read images.

``python -m benchmarks.race`` serves pictures by nginx on loopback and lets each
contestant read all of them, in turns. It prints images per second, CPU time,
requests and bytes for one image, and peak memory: medians of all runs, start of the
process included. The ratio compares the CPU time with that of the aiohttp loop, the
speed compares images per second with those of this crawler. With several delays, a
table for docs/scale.md follows.

Images per second are valid only on an idle machine; ratios hold on a busy one, too.
"""

from __future__ import annotations

import argparse
import os
import signal
from functools import partial
from pathlib import Path

from benchmarks.race.chart import draw
from benchmarks.race.field import CONTESTANTS
from benchmarks.race.pictures import KINDS
from benchmarks.race.report import by_delay, machine, show, store
from benchmarks.race.running import Course, race


def arguments() -> argparse.Namespace:
    """Return the arguments of the command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.race")
    add = partial(parser.add_argument, metavar="NAME")
    add("--only", choices=KINDS, default=list(KINDS), nargs="+")
    add("--contestants", choices=CONTESTANTS, default=list(CONTESTANTS), nargs="+")
    add("--images", type=int, default=4_000, metavar="N")
    add("--runs", type=int, default=5, metavar="N")
    add("--delays", type=int, nargs="+", default=[0], metavar="MS")
    add(
        "--hosts",
        type=int,
        default=1,
        metavar="N",
        help="loopback addresses to spread over",
    )
    parser.add_argument(
        "--pages", action="store_true", help="list pages of 20 images each"
    )
    add("--img2dataset", type=Path, help="a Python with img2dataset; without: skipped")
    add("--json", type=Path, help="write the results to this file")
    add("--chart", type=Path, help="draw them as SVG, for example docs/race.svg")
    return parser.parse_args()


def main() -> None:
    """Run each course, and print its table."""
    given = arguments()
    print(f"{machine()}, load {os.getloadavg()[0]:.1f}")
    results = []
    for kind in given.only:
        of_kind = []
        for delay in given.delays:
            course = Course(
                kind=kind,
                images=given.images,
                delay=delay,
                hosts=given.hosts,
                are_pages=given.pages,
                runs=given.runs,
            )
            of_kind.append(race(course, given.contestants, given.img2dataset))
            show(of_kind[-1])
        if len(of_kind) > 1:
            print("\nimages/s by delay", *by_delay(of_kind), sep="\n")
        results += of_kind
    if given.json:
        store(results, given.json)
    if given.chart:
        draw(results, given.chart)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # stops the servers
    main()
