"""A killed crawl loses no record that it had scraped."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.commands import environment, run_scrapy
from tests.servers.quirks import GALLERY
from tests.waiting import wait_until

IMAGES = 4_000


WRITER = """
import sys
from pathlib import Path
from fpcrawler.feeds.live_array import LiveArray
array = LiveArray(Path(sys.argv[1]), append=False)
while True:
    array.append(b'"' + b"x" * 100_000 + b'"')
"""


@pytest.mark.untraced
@pytest.mark.parametrize("attempt", range(20))
def test_an_array_is_valid_while_nothing_is_done_but_writing(
    tmp_path: Path, moments: random.Random, attempt: int
) -> None:
    feed = tmp_path / "feed.json"
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(feed)], env=environment()
    )
    wait_until(feed.exists)
    time.sleep(moments.uniform(0, 0.2))
    child.kill()
    child.wait()

    records = json.loads(feed.read_text())
    print(f"attempt {attempt}: {len(records)} records")
    assert all(record == "x" * 100_000 for record in records)


@pytest.fixture(scope="module")
def many_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """More images than a crawl can read before it is killed."""
    folder = tmp_path_factory.mktemp("many")
    photo = GALLERY / "harbour.jpg"
    for number in range(IMAGES):
        (folder / f"{number:05}.jpg").hardlink_to(photo)
    return folder


@pytest.fixture(scope="module")
def moments() -> random.Random:
    return random.Random(20)


@pytest.mark.untraced
@pytest.mark.parametrize("attempt", range(20))
def test_the_feed_is_valid_and_has_every_item(
    tmp_path: Path, many_images: Path, moments: random.Random, attempt: int
) -> None:
    feed, notes = tmp_path / "feed.json", tmp_path / "notes"
    extensions = {"fpcrawler.crawl.sampling.Sampling": 100, "tests.observer.Notes": 900}
    pipelines = {
        "fpcrawler.pipelines.format.FormatPipeline": 100,
        "fpcrawler.pipelines.record.RecordPipeline": 900,
        "tests.observer.LongTexts": 950,
    }

    def kill(crawl: int) -> None:
        wait_until(feed.exists)
        time.sleep(moments.uniform(0, 1.5))
        os.kill(crawl, signal.SIGKILL)

    child = run_scrapy(
        *("crawl", "images", "-a", f"folder={many_images}", "-O", str(feed)),
        *("-s", f"NOTES_FILE={notes}", "-s", f"EXTENSIONS={json.dumps(extensions)}"),
        *("-s", f"ITEM_PIPELINES={json.dumps(pipelines)}"),
        cwd=tmp_path,
        meanwhile=kill,
    )
    assert child.returncode == -signal.SIGKILL

    records = {record["url"] for record in json.loads(feed.read_text())}
    noted = set(notes.read_text().splitlines()) if notes.exists() else set()
    print(f"attempt {attempt}: {len(records)} records, {len(noted)} noted")
    assert len(noted) < IMAGES
    assert noted <= records
