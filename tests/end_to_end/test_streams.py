"""A command's work and exit code do not depend on readers of its streams."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from fpcrawler.fleet.manifest import Manifest, Parked, Shard
from fpcrawler.fleet.places.folder import Folder
from tests.commands import run_scrapy
from tests.fleet.programs import PROGRAM
from tests.servers.quirks import GALLERY

PHOTO = str(GALLERY / "harbour.jpg")
CRAWL = ("crawl", "images", "-a", f"urls={PHOTO}")
NO_STDOUT = ">&-"
NO_STREAMS = ">&- 2>&-"
NOBODY_READS = "2>&1 | true"


def run(folder: Path, streams: str, *command: str) -> subprocess.CompletedProcess[str]:
    by = f'set -o pipefail; "$@" {streams}'
    return run_scrapy(*command, cwd=folder, prefix=("bash", "-c", by, "bash"))


@pytest.mark.parametrize("streams", [NO_STREAMS, NOBODY_READS])
def test_a_crawl_needs_no_stream(tmp_path: Path, streams: str) -> None:
    child = run(tmp_path, streams, *CRAWL, "-O", "feed.json")

    assert (child.returncode, child.stdout, child.stderr) == (0, "", "")
    assert len(json.loads((tmp_path / "feed.json").read_bytes())) == 1


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
    assert "feed stdout: is not stored: [Errno" in child.stderr
    assert reason in child.stderr
    assert "Exception ignored" not in child.stderr
    assert "records, NOT STORED)" in child.stderr


def test_an_evaluation_is_written_before_it_is_printed(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "a.jpg").symlink_to(PHOTO)
    files = ("--json", "numbers.json", "--curve", "curve.svg")
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
    manifest = Manifest(
        id="0123456789abcdef",
        submitted="2026-11-01T12:00:00",
        urls_file="urls.txt",
        list_origin="",
        list_sha256="0" * 64,
        program=PROGRAM,
        duplicates=0,
        rejected=0,
        local=0,
        arguments={},
        settings={},
        shards=[Shard(urls=1, sites=1, sha256="0" * 64, follows=None)],
    )
    manifest.save(place)
    parked = Parked(
        fleet=manifest.id, shard=0, reason="x", attempts=1, worker="a:1", log=""
    )
    parked.save(place)
