"""Compare lengths of the first range: round trips, requests, bytes and time.

``python -m benchmarks.first_range`` reads the images above MIN_IMAGE_SIZE of
../shared/corpus and of the four sites of ``benchmarks.sites`` in $DOCS, once for each
length, until their records are complete. Round trips, requests and bytes are computed.
Times are measured: nginx behind a network with a round trip of 20 and 200 ms
(``benchmarks.round_trip``), on connections that are kept and on new ones. It names the
shortest length whose mean time at 20 ms is within 3 % of the best.

``--every N`` measures the times of each Nth image only.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING, TypeVar

from benchmarks.first_range import LENGTHS
from benchmarks.first_range.reading import Read, read
from benchmarks.round_trip import FAR, HERE, far_away
from benchmarks.sites import images as site_images
from fpcrawler.settings import MIN_IMAGE_SIZE
from tests.commands import environment
from tests.core.corpus import files
from tests.servers.nginx import nginx

if TYPE_CHECKING:
    from benchmarks.first_range.client import Times
    from fpcrawler.core.file.extents import Extent

_Value = TypeVar("_Value")

DELAYS_MS = (20, 200)
ROUNDS = 5
NEAR_BEST = 1.03
_CONNECTIONS = {20: 2, 200: 20}
"""As many that the load of the machine is the same."""


async def costs(data: bytes) -> list[Read]:
    """Return what an image takes by length, without a network."""

    async def fetch(extents: Sequence[Extent]) -> list[bytes]:
        return [data[extent.first : extent.end] for extent in extents]

    return [await read(len(data), length, fetch) for length in LENGTHS]


def times(paths: list[Path], delay: int) -> list[Times]:
    """Return the seconds that each image takes over a network with ``delay``."""
    with tempfile.TemporaryDirectory() as name, far_away(delay) as inside:
        root = Path(name) / "root"
        root.mkdir()
        Path(name).chmod(0o755)  # nginx's workers must read it
        lines = []
        for number, path in enumerate(paths):
            (root / f"{number}").write_bytes(path.read_bytes())
            lines.append(f"{path.stat().st_size}\t/{number}")
        with nginx(Path(name) / "nginx", root, address=HERE, inside=inside) as url:
            far = url.replace(HERE, FAR)
            client = [sys.executable, "-m", "benchmarks.first_range.client", far]
            run = subprocess.run(
                inside.command(*client, str(_CONNECTIONS[delay]), str(ROUNDS)),
                input="\n".join(lines),
                env=environment(),
                stdout=subprocess.PIPE,
                text=True,
                check=True,
            )
    made: list[Times] = json.loads(run.stdout)
    return made


def show(name: str, of: Sequence[object], values: Sequence[float], form: str) -> None:
    """Print a line: what was measured, of how many images, its mean by length."""
    columns = "".join(f"{value:>9{form}}" for value in values)
    print(f"{name:<34}{len(of):>6}{columns}", flush=True)


def show_costs(name: str, made: list[list[Read]]) -> None:
    """Print round trips, requests and bytes of some images."""
    for what, form in (("trips", ".3f"), ("requests", ".3f"), ("received", ",.0f")):
        values = [mean(getattr(r[n], what) for r in made) for n in range(len(LENGTHS))]
        show(f"{name}, {what}", made, values, form)


def show_times(name: str, made: list[Times], connection: str) -> list[float]:
    """Print the mean milliseconds of some images, and return them."""
    columns = zip(*(one[connection] for one in made), strict=True)
    values = [1_000 * mean(column) for column in columns]
    show(f"{name}, {connection}, ms", made, values, ".1f")
    return values


def chosen(values: list[float]) -> int:
    """Return the shortest length whose time is near the best."""
    timed = zip(LENGTHS, values, strict=True)
    return min(length for length, v in timed if v <= NEAR_BEST * min(values))


def of_kind(kind: str, kinds: list[str], values: list[_Value]) -> list[_Value]:
    """Return the values of the images of one kind."""
    return [value for value, own in zip(values, kinds, strict=True) if own == kind]


def main() -> None:
    """Print all tables."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_range")
    parser.add_argument("--every", type=int, default=1, metavar="N")
    every = parser.parse_args().every
    docs = Path(os.environ.get("DOCS", ""))
    sites = {path for paths in site_images(docs).values() for path in paths}
    every_path = [*files(), *sorted(sites)]
    paths = [path for path in every_path if path.stat().st_size > MIN_IMAGE_SIZE]
    if not paths:
        raise SystemExit("benchmarks.first_range needs ../shared/corpus or $DOCS.")
    made = [asyncio.run(costs(path.read_bytes())) for path in paths]
    kinds = [
        ("site " if path in sites else "") + reads[0].format
        for path, reads in zip(paths, made, strict=True)
    ]
    show("", paths, LENGTHS, ",")
    for kind in sorted({*kinds}):
        show_costs(kind, of_kind(kind, kinds, made))
    show_costs("all", made)
    kinds = kinds[::every]
    for delay in DELAYS_MS:
        taken = times(paths[::every], delay)
        for connection in ("kept", "new"):
            for kind in sorted({*kinds}):
                some = of_kind(kind, kinds, taken)
                show_times(f"{kind}, {delay} ms", some, connection)
            values = show_times(f"all, {delay} ms", taken, connection)
            print(f"shortest within 3 % of the best: {chosen(values):,}")


if __name__ == "__main__":
    main()
