"""A shard is crawled, judged and stored, whatever the place does."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from fpcrawler.fleet.collecting import ask_again
from fpcrawler.fleet.crawling import Limits
from fpcrawler.fleet.ledger import read_ledger, read_outcome
from fpcrawler.fleet.manifest import Manifest
from fpcrawler.fleet.performing import NotParked, Performer
from fpcrawler.fleet.places.bucket import Bucket
from fpcrawler.fleet.places.folder import Folder
from fpcrawler.fleet.places.place import PlaceUnavailable
from fpcrawler.fleet.submission import Submission
from fpcrawler.fleet.submitting import submit
from fpcrawler.fleet.watching import Stopped, Watch
from tests.fleet.programs import PROGRAM
from tests.servers.files import folder
from tests.servers.http import Server, serving
from tests.servers.nginx import free_port
from tests.servers.quirks import GALLERY
from tests.servers.s3 import refusing_writes

if TYPE_CHECKING:
    from fpcrawler.fleet.outcome import Outcome
    from fpcrawler.fleet.places.place import Place

LIMITS = Limits(memory=1_024, seconds=60)
SLOW = {"DOWNLOAD_DELAY": "1"}
FAST = {"RETRY_TIMES": "0"}
SMALL = bytes.fromhex(
    "474946383961 0100 0100 80 00 00 000000 ffffff"
    "2c 0000 0000 0100 0100 00 02 02 44 01 00 3b"
)
"""A GIF of one pixel."""


@dataclass(slots=True)
class Watched(Watch):
    """Stops the process at its check number ``stops_at``, counted from 1."""

    stops_at: int | None = None
    checks: int = 0

    def check(self) -> None:
        self.checks += 1
        if self.checks == self.stops_at:
            raise Stopped


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "fpcrawler.settings")
    return Folder(tmp_path / "out")


def submission(
    home: Path, settings: dict[str, str] | None = None, shard_urls: int = 10
) -> Submission:
    return Submission(
        urls_file=str(home / "urls.txt"),
        arguments={},
        settings=settings or {},
        shard_urls=shard_urls,
        program=PROGRAM,
    )


def submitted(
    place: Place,
    home: Path,
    urls: list[str],
    settings: dict[str, str] | None = None,
    shard_urls: int = 10,
) -> Manifest:
    (home / "urls.txt").write_text("\n".join(urls))
    submit(place, submission(home, settings, shard_urls), print)
    manifest = Manifest.load(place)
    assert manifest is not None
    return manifest


def pictures_at(port: int) -> list[str]:
    return [f"http://127.0.0.{n}:{port}/{m}.jpg" for n in (1, 2) for m in range(4)]


@dataclass(slots=True)
class Done:
    """What came of a shard."""

    outcome: Outcome | None
    lines: list[str]


def perform(
    place: Place,
    manifest: Manifest,
    watch: Watch | None = None,
    limits: Limits = LIMITS,
    times: int = 0,
    shard: int = 0,
) -> Done:
    """Perform a shard to its end; return what is at the place for it."""
    lines: list[str] = []
    performer = Performer(limits=limits, retries=times, delay=0.01, report=lines.append)
    attempt: int | None = 1
    while attempt is not None:
        watch = watch or Watched()
        again = performer.perform(place, manifest, shard, attempt, watch)
        assert again is None or again.attempt == attempt + 1
        attempt = None if again is None else again.attempt
    return Done(read_outcome(place, manifest, shard, place.size), lines)


def lines_of(place: Place, name: str) -> list[dict[str, str]]:
    data = gzip.decompress(place.read(name) or b"")
    return [json.loads(line) for line in data.splitlines()]


def test_a_result_and_its_feed_are_at_the_place(
    place: Folder, tmp_path: Path, port: int
) -> None:
    manifest = submitted(place, tmp_path, pictures_at(port))
    done = perform(place, manifest)

    assert done.outcome is not None
    assert (done.outcome.records, done.outcome.failed) == (8, {})
    assert done.outcome.program == PROGRAM.sha256
    assert {*place.sizes("results")} == {done.outcome.feed, "results/00000.json"}
    assert perform(place, manifest).lines == []


def test_a_shard_whose_images_are_all_dropped_is_done_and_leaves_nothing_else(
    place: Folder, tmp_path: Path, port: int
) -> None:
    settings = {"FEED_STORE_EMPTY": "False", "MIN_IMAGE_SIZE": "100000000"}
    for name in ("PAGES_FEED", "JOBDIR", "LOG_FILE"):
        settings[name] = str(tmp_path / name)
    manifest = submitted(place, tmp_path, pictures_at(port), settings)
    outcome = perform(place, manifest).outcome

    assert outcome is not None
    assert (outcome.records, outcome.dropped) == (0, {"TooSmall": 8})
    assert {*tmp_path.iterdir()} == {place.root, tmp_path / "urls.txt"}


@dataclass(slots=True)
class Mixed:
    """A list of 4 live, 3 refusing and 3 missing URLs; one is of a page."""

    server: Server
    refusing: int
    root: Path

    @property
    def urls(self) -> list[str]:
        live = [f"{self.server.url}/{n}.jpg" for n in range(4)]
        missing = [f"{self.server.url}/late{n}.jpg" for n in range(2)]
        refused = [f"http://127.0.0.1:{self.refusing}/{n}.jpg" for n in range(3)]
        return [*live, *missing, *refused, f"{self.server.url}/page.html"]


@pytest.fixture
def mixed(tmp_path: Path) -> Iterator[Mixed]:
    root = tmp_path / "site"
    root.mkdir()
    for number in range(4):
        shutil.copy(GALLERY / "meadow-400.jpg", root / f"{number}.jpg")
    (root / "page.html").write_text("<img src=0.jpg><img src=on-page.jpg>")
    with serving(folder(root)) as server:
        yield Mixed(server, free_port(), root)


def test_what_failed_is_listed_and_crawled_again(
    place: Folder, tmp_path: Path, mixed: Mixed
) -> None:
    with (mixed.root / "page.html").open("a") as html:
        html.write("<img src=small.gif>")
    (mixed.root / "small.gif").write_bytes(SMALL)
    settings = {**FAST, "MIN_IMAGE_SIZE": "1000"}
    manifest = submitted(place, tmp_path, mixed.urls, settings)
    first = perform(place, manifest).outcome
    assert first is not None
    listed = lines_of(place, str(first.failures))
    by_url = {line["url"]: (line["reason"], line["page"]) for line in listed}
    page = f"{mixed.server.url}/page.html"

    assert (first.records, first.dropped) == (4, {"TooSmall": 1})
    assert first.failed == {"Http404": 3, "DownloadConnectionRefusedError": 3}
    assert by_url == {
        **dict.fromkeys(mixed.urls[4:6], ("Http404", None)),
        **dict.fromkeys(mixed.urls[6:9], ("DownloadConnectionRefusedError", None)),
        f"{mixed.server.url}/on-page.jpg": ("Http404", page),
    }
    for name in ("late0.jpg", "on-page.jpg"):
        shutil.copy(mixed.root / "0.jpg", mixed.root / name)
    mixed.server.asked.clear()
    ask_again(place, read_ledger(place, manifest))
    with serving(folder(mixed.root), port=mixed.refusing):
        second = perform(place, manifest).outcome
    assert second is not None
    recorded = [line["url"] for line in lines_of(place, str(second.feed))]
    late = [mixed.urls[4], *mixed.urls[6:9], f"{mixed.server.url}/on-page.jpg"]

    assert sorted(recorded) == sorted([*mixed.urls[:4], *late])
    assert (second.records, second.failed) == (9, {"Http404": 1})
    assert (second.dropped, second.crawls) == (first.dropped, 2)
    assert sum(a.path == "/small.gif" for a in mixed.server.asked) == 1
    assert not {f"/{n}.jpg" for n in range(4)} & {a.path for a in mixed.server.asked}
    assert lines_of(place, str(second.failures))[0]["url"] == mixed.urls[5]
    ask_again(place, read_ledger(place, manifest))
    third = perform(place, manifest).outcome
    assert third is not None
    assert (third.records, third.failed) == (9, {"Http404": 1})
    assert {*place.sizes("results")} == {*third.files, "results/00000.json"}


@contextmanager
def full_disk(tmp_path: Path) -> Iterator[Place]:
    """Mount a tiny disk, with room for lists and notes, but not for a feed."""
    root = tmp_path / "disk"
    root.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(root)]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a file system cannot be mounted")
    try:
        yield Folder(root)
    finally:
        subprocess.run(["umount", "--lazy", str(root)], check=True)


@pytest.mark.parametrize("kind", ["full disk", "403"])
def test_of_a_place_that_refuses_only_the_store_is_retried(
    kind: str,
    tmp_path: Path,
    mixed: Mixed,
    s3: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "fpcrawler.settings")
    with ExitStack() as stack:
        if kind == "403":
            for name, value in stack.enter_context(
                refusing_writes(s3, ".jsonl.gz")
            ).items():
                monkeypatch.setenv(name, value)
            place: Place = Bucket.of(f"s3://fleet/{tmp_path.name}")
        else:
            place = stack.enter_context(full_disk(tmp_path))
        manifest = submitted(place, tmp_path, mixed.urls, FAST)
        done = perform(place, manifest, times=2)
        again = perform(place, manifest, times=2)

    assert done.outcome is not None
    assert (done.outcome.refused, done.outcome.files) == (True, set())
    reason = str(done.outcome.parked)
    assert reason.startswith("the place refused the result in 3 attempts: ")
    assert ("No space left on device" in reason) == (kind == "full disk")
    assert "fpcrawler-" not in reason
    assert sum("retried in" in line for line in done.lines) == 2
    assert not any("failed" in line for line in done.lines)
    assert len(again.lines) == 1
    assert len({asked.path for asked in mixed.server.asked}) == 9
    assert sum(asked.path == "/0.jpg" for asked in mixed.server.asked) <= 3


@dataclass(slots=True)
class Outrun(Watched):
    """Another worker stores the shard while this one crawls it."""

    other: Callable[[], object] | None = None

    def check(self) -> None:
        Watched.check(self)
        if self.other is not None and self.checks == 2:
            self.other()


def test_what_another_worker_has_stored_is_not_replaced(
    place: Folder, tmp_path: Path, port: int
) -> None:
    manifest = submitted(place, tmp_path, pictures_at(port))
    firsts: list[Done] = []
    watch = Outrun(other=lambda: firsts.append(perform(place, manifest)))
    done = perform(place, manifest, watch)

    assert done.lines == ["shard 00000: another worker has crawled it"]
    assert done.outcome == firsts[0].outcome


def test_a_crawl_ends_when_its_driver_stops(
    place: Folder, tmp_path: Path, port: int
) -> None:
    manifest = submitted(place, tmp_path, pictures_at(port), SLOW)

    with pytest.raises(Stopped):
        perform(place, manifest, Watched(stops_at=3))
    assert place.sizes("results") == {}


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (
            Limits(memory=1_024, seconds=1),
            "it took longer than FLEET_SHARD_TIMEOUT seconds",
        ),
        (
            Limits(memory=90, seconds=60),
            "it took more memory than FLEET_SHARD_MEMORY MB",
        ),
    ],
)
def test_a_crawl_is_held_to_its_limits(
    limits: Limits, reason: str, place: Folder, tmp_path: Path, port: int
) -> None:
    manifest = submitted(place, tmp_path, pictures_at(port), SLOW)
    done = perform(place, manifest, limits=limits)

    assert done.outcome is not None
    assert (done.outcome.parked, done.outcome.feed) == (reason, None)
    listed = lines_of(place, str(done.outcome.failures))
    assert {line["url"] for line in listed} == {*pictures_at(port)}


def test_a_list_that_was_changed_is_not_crawled(place: Folder, tmp_path: Path) -> None:
    manifest = submitted(place, tmp_path, pictures_at(9))
    (name,) = place.sizes("shards")
    place.write(name, b"http://127.0.0.1/\xff.jpg\n")
    done = perform(place, manifest, times=1)

    assert done.outcome is not None
    assert done.outcome.parked == f"{name} is not the list that was submitted"
    assert [line.split(":")[1] for line in done.lines] == [
        *(" attempt 1 failed", " attempt 2 failed", " given up"),
    ]


def test_files_of_another_machine_are_not_crawled(
    place: Folder, tmp_path: Path
) -> None:
    manifest = submitted(place, tmp_path, pictures_at(9))
    shards = [replace(shard, machine="elsewhere") for shard in manifest.shards]
    done = perform(place, replace(manifest, shards=shards))

    assert done.lines == ["shard 00000: only elsewhere has its files"]


def unmount(place: Folder) -> None:
    """Replace the place by an empty mount point."""
    place.root.rename(place.root.with_name("elsewhere"))
    place.root.mkdir()


def test_a_place_that_is_away_gets_no_crawl(place: Folder, tmp_path: Path) -> None:
    manifest = submitted(place, tmp_path, pictures_at(9))
    unmount(place)

    with pytest.raises(PlaceUnavailable, match="is the place mounted"):
        perform(place, manifest, times=1)
    assert list(place.root.iterdir()) == []


def test_a_place_that_goes_away_gets_nothing(
    place: Folder, tmp_path: Path, port: int
) -> None:
    manifest = submitted(place, tmp_path, pictures_at(port))

    with pytest.raises(NotParked, match=r"in 2 attempts: .*mounted.* not parked but"):
        perform(place, manifest, Outrun(other=lambda: unmount(place)), times=1)
    assert list(place.root.iterdir()) == []


def test_a_shard_is_not_crawled_where_another_list_is(
    place: Folder, tmp_path: Path, port: int
) -> None:
    manifest = submitted(place, tmp_path, pictures_at(port))
    place.remove("manifest.json")
    submitted(place, tmp_path, ["http://127.0.0.1/other.jpg"])

    assert perform(place, manifest).lines == [
        "shard 00000: the place has another list now"
    ]
