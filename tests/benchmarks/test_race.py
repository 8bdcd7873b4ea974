"""The race runs: what it prints, stores and draws is what each contestant did."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.commands import ROOT, environment

FIELD = ("fpcrawler .jsonl", "script", "aiohttp loop", "curl")


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
