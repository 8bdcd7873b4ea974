"""The command that a stopped crawl prints goes on with it."""

from __future__ import annotations

import json
import shlex
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from tests.commands import run_scrapy
from tests.servers.quirks import GALLERY

IMAGES = 12


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a list of photos."""
    folder = tmp_path_factory.mktemp("images")
    photo = (GALLERY / "night.png").read_bytes()
    paths = [folder / f"{number}.png" for number in range(IMAGES)]
    for path in paths:
        path.write_bytes(photo)
    (folder / "list").write_text("\n".join(map(str, paths)))
    return folder / "list"


def stopped(
    home: Path, *arguments: str, prefix: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[str]:
    """Crawl until a limit stops it."""
    limits = ("CLOSESPIDER_ITEMCOUNT=4", "CONCURRENT_REQUESTS=1", "URLS_AHEAD=1")
    words = [word for limit in limits for word in ("-s", limit)]
    return run_scrapy("crawl", "images", *arguments, *words, cwd=home, prefix=prefix)


def going_on(child: subprocess.CompletedProcess[str]) -> str:
    (line,) = [ln for ln in child.stderr.splitlines() if ln.startswith("go on ")]
    return line.removeprefix("go on   ")


def go_on(home: Path, command: str) -> subprocess.CompletedProcess[str]:
    words = shlex.split(command)[1:]
    return run_scrapy(*words, "-s", "CLOSESPIDER_ITEMCOUNT=0", cwd=home)


def recorded(home: Path, pattern: str) -> list[str]:
    """Return the URLs of all records of feeds."""
    return [
        json.loads(line)["url"]
        for path in home.glob(pattern)
        for line in path.read_text().splitlines()
    ]


def test_all_batches_are_resumed_and_no_secret_is_printed(
    tmp_path: Path, images: Path
) -> None:
    (tmp_path / "b-x.jsonl.txt").touch()
    name, batches = "b-%(batch_id)05d.jsonl", "FEED_EXPORT_BATCH_ITEM_COUNT=3"
    secret = ("-s", "FTP_PASSWORD=secret", "--logfile", "q.log")
    of_list = ("-a", f"urls_file={images}")
    child = stopped(tmp_path, *of_list, "-O", name, "-s", batches, *secret)
    command = going_on(child)
    last = go_on(tmp_path, command)

    assert "'resume=b-*.jsonl'" in command
    assert "secret" not in child.stderr + (tmp_path / "q.log").read_text()
    assert last.returncode == 0
    urls = recorded(tmp_path, "b-*.jsonl")
    assert len(urls) == len(set(urls)) == IMAGES
    for feed in tmp_path.glob("b-*.jsonl"):
        *_, run = json.loads(feed.with_name(f"{feed.name}.run").read_text())["runs"]
        assert run["feed_sha256"] == sha256(feed.read_bytes()).hexdigest()


def test_feeds_with_spaces_are_resumed_beside_others(
    tmp_path: Path, images: Path
) -> None:
    (tmp_path / "r2.jsonl").write_text("")
    arguments = ("-a", f"urls_file={images}", "-O", "d e.jsonl")
    command = going_on(stopped(tmp_path, *arguments, "-a", "resume=r2.jsonl"))
    last = go_on(tmp_path, command)

    assert last.returncode == 0
    assert f"{IMAGES} found: " in last.stderr
    assert "WARNING" not in last.stderr
    urls = recorded(tmp_path, "d e.jsonl")
    assert len(urls) == len(set(urls)) == IMAGES


def test_a_list_from_stdin_has_to_be_saved(tmp_path: Path, images: Path) -> None:
    by = ("bash", "-c", f'cat {shlex.quote(str(images))} | "$@"', "bash")
    arguments = ("-a", "urls_file=-", "-O", "g.jsonl.gz")
    sentence, _, command = going_on(
        stopped(tmp_path, *arguments, prefix=by)
    ).rpartition(": ")

    assert sentence == "save the list as LIST, it cannot be read again, and run"
    assert "-a urls_file=LIST -o g.jsonl.gz " in command
    assert command.endswith("-a resume=g.jsonl.gz")


def test_what_a_queue_on_the_disk_has_done_is_done_before(
    tmp_path: Path, images: Path
) -> None:
    (tmp_path / "page.html").write_text("<!DOCTYPE html><p>No image.")
    of_list = ("-a", f"urls_file={tmp_path / 'urls'}", "-O", "o.jsonl")
    (tmp_path / "urls").write_text("page.html\n" + images.read_text())
    child = stopped(tmp_path, *of_list, "-s", "JOBDIR=job")
    kept = len(recorded(tmp_path, "o.jsonl"))
    last = go_on(tmp_path, going_on(child))
    idle = go_on(tmp_path, going_on(child))

    assert 0 < kept < IMAGES
    found = f"images  {IMAGES} found:"
    assert f"{found} {IMAGES - kept} kept, {kept} done before\n" in last.stderr
    assert "pages   0 crawled, 1 done before\n" in last.stderr
    assert f"{found} 0 kept, {IMAGES} done before\n" in idle.stderr
    urls = recorded(tmp_path, "o.jsonl")
    assert len(urls) == len(set(urls)) == IMAGES
