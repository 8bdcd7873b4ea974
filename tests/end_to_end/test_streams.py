"""A command's work and exit code do not depend on readers of its streams."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from fpcrawler.fleet.outcome import Outcome
from fpcrawler.fleet.places.folder import Folder
from tests.commands import environment, run_scrapy
from tests.fleet.outcomes import manifest_of
from tests.fleet.programs import PROGRAM
from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.quirks import GALLERY

PHOTO = str(GALLERY / "harbour.jpg")
CRAWL = ("crawl", "images", "-a", f"urls={PHOTO}")
NO_STDOUT = ">&-"
NO_STREAMS = ">&- 2>&-"
NOBODY_READS = "2>&1 | true"


def run(folder: Path, streams: str, *command: str) -> subprocess.CompletedProcess[str]:
    by = f'set -o pipefail; "$@" {streams}'
    return run_scrapy(*command, cwd=folder, prefix=("bash", "-c", by, "bash"))


@pytest.mark.parametrize("streams", [NO_STREAMS, NOBODY_READS, "2>/dev/full"])
def test_a_crawl_needs_no_stream(tmp_path: Path, streams: str) -> None:
    outputs = ("-O", "feed.json", "-s", "LOG_FILE=log", "-s", "LOG_LEVEL=INFO")
    scrapy_writes_to_stderr = ("--profile", "profile")
    child = run(tmp_path, streams, *CRAWL, *outputs, *scrapy_writes_to_stderr)
    log = (tmp_path / "log").read_text()

    assert (child.returncode, child.stdout, child.stderr) == (0, "", "")
    assert len(json.loads((tmp_path / "feed.json").read_bytes())) == 1
    assert "INFO: Spider closed (finished)" in log
    assert log.endswith("feed    feed.json (1 record)\nexit    0 (finished)\n")


def test_a_full_disk_is_reported_and_the_feed_is_whole(tmp_path: Path) -> None:
    (tmp_path / "stats").mkdir()
    with serving(folder(GALLERY)) as server:
        (tmp_path / "list").write_text(f"{server.url}/index.html\n")
        child = run_scrapy(
            *("crawl", "images", "-a", "urls_file=list", "-O", "feed.json"),
            *("-s", "LOG_FILE=/dev/full", "-s", "LOG_LEVEL=INFO"),
            *("-s", "PAGES_FEED=/dev/full", "-s", "STATS_FILE=stats"),
            cwd=tmp_path,
        )
    records = json.loads((tmp_path / "feed.json").read_bytes())
    lines = child.stderr.splitlines()

    assert child.returncode == 4
    assert lines[0] == "LOG_FILE /dev/full cannot be written: No space left on device"
    assert lines[1].startswith("pages   1 crawled")
    assert lines[-3] == f"feed    feed.json ({len(records)} records)"
    assert re.fullmatch(r"feed    \d+ pairs NOT WRITTEN to PAGES_FEED", lines[-2])
    assert lines[-1] == "stats   NOT WRITTEN to STATS_FILE"


def test_closed_streams_are_open_before_any_file_is(tmp_path: Path) -> None:
    """Else the feed could get the texts of libraries that write to descriptor 2."""
    look = (
        "import os, fpcrawler.commands; "
        "open('seen', 'w').write(' '.join(os.readlink(f'/proc/self/fd/{n}') "
        "for n in range(3)))"
    )
    shell = f'exec "{sys.executable}" -c "{look}" <&- >&- 2>&-'
    subprocess.run(
        ["bash", "-c", shell], cwd=tmp_path, env=environment(), check=True, timeout=60
    )

    assert (tmp_path / "seen").read_text() == "/dev/null /dev/null /dev/null"


@pytest.mark.parametrize("streams", ["2>&-", NOBODY_READS])
def test_bad_input_is_1_where_nobody_reads_why(tmp_path: Path, streams: str) -> None:
    assert run(tmp_path, streams, "crawl", "imagse").returncode == 1


@pytest.mark.parametrize(
    ("streams", "reason"),
    [(NO_STDOUT, "Bad file descriptor"), (">/dev/full", "No space left on device")],
)
def test_a_feed_on_stdout_is_stored_once_it_went_out(
    tmp_path: Path, streams: str, reason: str
) -> None:
    child = run(tmp_path, streams, *CRAWL, "-o", "-:json")

    assert child.returncode == 4
    assert "feed stdout: cannot be written: " in child.stderr
    assert reason in child.stderr
    assert "Exception ignored" not in child.stderr
    assert "records, NOT STORED)" in child.stderr


def test_an_evaluation_is_written_before_it_is_printed(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").symlink_to(PHOTO)
    files = ("-O", "numbers.json", "--curve", "curve.svg")
    child = run(tmp_path, NOBODY_READS, "evaluate", "images", *files)

    assert (child.returncode, child.stderr) == (0, "")
    assert json.loads((tmp_path / "numbers.json").read_bytes())["images"] == 1
    assert (tmp_path / "curve.svg").stat().st_size


@pytest.mark.parametrize(
    ("action", "streams", "code"),
    [
        ("collect", "2>&-", 4),
        ("collect", NO_STREAMS, 4),
        ("collect", NOBODY_READS, 4),
        ("status", NO_STDOUT, 0),
        ("status", NO_STREAMS, 0),
        ("status", NOBODY_READS, 0),
    ],
)
def test_a_fleet_that_is_not_complete_says_so_by_its_code(
    tmp_path: Path, action: str, streams: str, code: int
) -> None:
    give_up_the_only_shard(Folder(tmp_path / "out"))
    child = run(tmp_path, streams, "fleet", action, "--to", "out")

    assert (child.returncode, child.stdout, child.stderr) == (code, "", "")


def give_up_the_only_shard(place: Folder) -> None:
    place.make()
    manifest = manifest_of(None)
    manifest.save(place)
    outcome = Outcome(
        fleet=manifest.id,
        shard=0,
        program=PROGRAM.sha256,
        urls=1,
        parked="x",
        attempt=1,
    )
    outcome.save(place)
