"""The race runs: what it prints, stores and draws is what each contestant did."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.race.contestants.ours import shard_urls
from benchmarks.race.heat import Spent
from benchmarks.race.report import by_delay, lines
from benchmarks.race.running import Course, Result
from fpcrawler.fleet.shards import cut
from tests.commands import ROOT, environment

FIELD = ("fpcrawler .jsonl", "script", "aiohttp loop", "curl")


@pytest.mark.untraced
def test_each_contestant_reads_all_images(tmp_path: Path) -> None:
    results, chart = tmp_path / "race.json", tmp_path / "race.svg"
    child = subprocess.run(
        [
            *(sys.executable, "-m", "benchmarks.race", "--images", "24", "--runs", "1"),
            *("--only", "camera", "--contestants", *FIELD),
            *("--json", results, "--chart", chart),
        ],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    (race,) = json.loads(results.read_text())["races"]
    requests = {line["name"]: line["requests"] for line in race["medians"]}

    assert race["failed"] == {}
    assert requests.keys() == {*FIELD}
    assert requests["aiohttp loop"] == requests["curl"] == 1
    assert requests["script"] == 2  # HEAD and GET
    assert 1 < requests["fpcrawler .jsonl"] < 2.5  # further ranges
    assert all(line["cpu_ms"] > 0 for line in race["medians"])
    for name in FIELD:
        assert name in child.stdout
        assert (name in chart.read_text()) == (name != "curl")


def test_ratio_and_speed_are_medians_of_those_in_the_same_round() -> None:
    result = _result(
        {
            "fpcrawler .json": [(2.0, 6.0), (4.0, 6.0), (8.0, 6.0)],
            "script": [(1.0, 2.0), (4.0, 3.0), (2.0, 3.0)],
            "aiohttp loop": [(1.0, 1.0), (1.0, 1.0)],  # it failed in the third
        }
    )
    found = {line.name: (line.ratio, line.speed) for line in lines(result)}

    assert found["fpcrawler .json"] == (6.0, 1.0)
    assert found["script"] == (2.5, 2.0)
    assert found["aiohttp loop"] == (1.0, 3.0)


def test_there_is_no_ratio_without_the_contestant_to_compare_with() -> None:
    (line,) = lines(_result({"script": [(1.0, 2.0)]}))

    assert (line.ratio, line.speed) == (None, None)


def test_the_table_by_delay_has_a_row_for_whoever_took_part_once() -> None:
    near = _result({"script": [(0.02, 1.0)], "curl": [(0.01, 1.0)]})
    far = _result({"script": [(0.5, 1.0)]}, delay=200)

    assert list(by_delay([near, far])) == [
        "| program | 0 ms | 200 ms |",
        "|---|---|---|",
        "| script | 2,000 | 80 |",
        "| curl | 4,000 |  |",
    ]


@pytest.mark.parametrize("length", [200, 4_000, 20_000, 80_000])
def test_both_processes_of_a_fleet_get_half_of_a_list_of_20_hosts(length: int) -> None:
    listed = [(f"127.1.0.{n * 20 // length}", str(n)) for n in range(length)]
    sizes = [len(shard.urls) for shard in cut(listed, shard_urls(length))]

    assert len(set(sizes)) == 1
    assert len(sizes) % 2 == 0


def _result(spent: dict[str, list[tuple[float, float]]], delay: int = 0) -> Result:
    """Return a race of 40 images; runs are seconds by the clock and of CPU."""
    return Result(
        course=Course(
            kind="web", images=40, delay=delay, hosts=1, are_pages=False, runs=3
        ),
        spent={
            name: [
                Spent(wall=wall, cpu=cpu, peak=0, requests=40, received=0)
                for wall, cpu in runs
            ]
            for name, runs in spent.items()
        },
    )
