"""One crawl of one shard, within its limits."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from fpcrawler.fleet.crawling import Attempt, Failed, Interruption, Limits, Outcome
from fpcrawler.fleet.manifest import Manifest, Result
from fpcrawler.fleet.places.folder import Folder
from fpcrawler.fleet.places.place import PlaceUnavailable
from fpcrawler.fleet.shard_runner import Policy, ShardRunner, Step
from fpcrawler.fleet.submitting import Submission, submit
from tests.fleet.programs import PROGRAM
from tests.fleet.test_judging import manifest_of, parked

if TYPE_CHECKING:
    from fpcrawler.fleet.crawling import Watch

LIMITS = Limits(memory=1_024, seconds=60)
SLOW = {"DOWNLOAD_DELAY": "1"}


@dataclass(frozen=True, slots=True)
class Watched:
    """Always gives the same replies."""

    interrupts: Interruption | None = None
    owns: bool = True

    def interruption(self) -> Interruption | None:
        return self.interrupts

    def may_store(self) -> bool:
        return self.owns


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    monkeypatch.setenv("SCRAPY_SETTINGS_MODULE", "fpcrawler.settings")
    return Folder(tmp_path / "out")


def submission(place: Folder, settings: dict[str, str] | None = None) -> Submission:
    return Submission(
        urls_file=str(place.root.parent / "urls.txt"),
        arguments={},
        settings=settings or {},
        shard_urls=10,
        program=PROGRAM,
    )


def submitted(
    place: Folder, port: int, settings: dict[str, str] | None = None
) -> Manifest:
    urls = [f"http://127.0.0.{n}:{port}/{m}.jpg" for n in (1, 2) for m in range(4)]
    (place.root.parent / "urls.txt").write_text("\n".join(urls))
    submit(place, submission(place, settings), print)
    manifest = Manifest.load(place)
    assert manifest is not None
    return manifest


def attempted(
    place: Folder, manifest: Manifest, watch: Watch, limits: Limits = LIMITS
) -> Outcome:
    fields: dict[str, Any] = {"shard": 0, "attempt": 1, "worker": "", "limits": limits}
    scratch = place.root.parent
    made = Attempt(place=place, manifest=manifest, scratch=scratch, **fields)
    return made.run(watch)


def attempt(
    place: Folder,
    port: int,
    watch: Watch,
    limits: Limits = LIMITS,
    settings: dict[str, str] | None = None,
) -> Outcome:
    return attempted(place, submitted(place, port, settings), watch, limits)


def test_a_result_and_its_feed_are_at_the_place(place: Folder, port: int) -> None:
    result = attempt(place, port, Watched())

    assert isinstance(result, Result)
    assert result.records == 8
    assert result.sha256 == place.sha256("results/00000.jsonl.gz")
    assert result == msgspec.json.decode(
        place.read("results/00000.json") or b"", type=Result
    )


def test_a_shard_whose_images_are_all_dropped_is_done(place: Folder, port: int) -> None:
    settings = {"FEED_STORE_EMPTY": "False", "MIN_IMAGE_SIZE": "100000000"}
    result = attempt(place, port, Watched(), settings=settings)

    assert isinstance(result, Result)
    assert (result.records, result.images) == (0, 8)


def test_a_shard_leaves_nothing_where_other_shards_would_write_as_well(
    place: Folder, port: int, tmp_path: Path
) -> None:
    files = {
        name: str(tmp_path / name) for name in ("PAGES_FEED", "JOBDIR", "LOG_FILE")
    }

    assert isinstance(attempt(place, port, Watched(), settings=files), Result)
    assert {*tmp_path.iterdir()} == {place.root, tmp_path / "urls.txt"}


def test_a_shard_of_another_worker_is_not_stored(place: Folder, port: int) -> None:
    assert attempt(place, port, Watched(owns=False)) is Interruption.LOST
    assert place.listing("results") == {}


def test_a_crawl_that_another_worker_does_is_ended(place: Folder, port: int) -> None:
    watched = Watched(interrupts=Interruption.LOST)

    assert attempt(place, port, watched, settings=SLOW) is Interruption.LOST


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
    limits: Limits, reason: str, place: Folder, port: int
) -> None:
    failed = attempt(place, port, Watched(), limits, SLOW)

    assert isinstance(failed, Failed)
    assert failed.reason == reason
    assert place.listing("results") == {}


def test_a_list_that_was_changed_is_not_crawled(place: Folder, port: int) -> None:
    attempt(place, port, Watched(interrupts=Interruption.LOST))
    (name,) = place.listing("shards")
    place.write(name, b"http://127.0.0.1/other.jpg\n")
    failed = attempt(place, port, Watched())

    assert failed == Failed(reason=f"{name} is not the list that was submitted", log="")


@dataclass(frozen=True, slots=True)
class Unmounting:
    """Unmounts the place once a crawl has ended."""

    place: Folder

    def interruption(self) -> Interruption | None:
        return None

    def may_store(self) -> bool:
        unmount(self.place)
        return True


def unmount(place: Folder) -> None:
    """Replace the place by an empty mount point."""
    place.root.rename(place.root.with_name("elsewhere"))
    place.root.mkdir()


def runner_at(place: Folder) -> ShardRunner:
    policy = Policy(times=0, delay=1)
    scratch = place.root.parent
    return ShardRunner(limits=LIMITS, policy=policy, scratch=scratch, report=print)


def test_a_shard_that_was_given_up_is_skipped(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, 0, 1)
    parked(1).save(place)
    steps = runner_at(place).perform(place, manifest, Step(shard=1), Watched())

    assert steps == [Step(shard=2)]


@pytest.mark.parametrize("is_away_before", [True, False])
def test_a_place_that_is_away_costs_no_attempt_and_gets_nothing(
    place: Folder, port: int, *, is_away_before: bool
) -> None:
    manifest = submitted(place, port)
    runner = runner_at(place)
    if is_away_before:
        unmount(place)
        watch: Watch = Watched()
    else:
        watch = Unmounting(place)
    steps = runner.perform(place, manifest, Step(shard=0), watch)

    assert steps == [Step(shard=0, attempt=1, delay=30)]
    assert list(place.root.iterdir()) == []


def test_a_manifest_that_cannot_be_read_is_a_place_that_is_away(
    place: Folder, port: int
) -> None:
    manifest = submitted(place, port)
    place.write("manifest.json", b"{")

    with pytest.raises(PlaceUnavailable, match=r"manifest.json is not a manifest of"):
        attempted(place, manifest, Watched())
    assert place.listing("results") == {}


def test_a_shard_is_not_stored_where_another_list_is(place: Folder, port: int) -> None:
    manifest = submitted(place, port)
    place.remove("manifest.json")
    (place.root.parent / "urls.txt").write_text("http://127.0.0.1/other.jpg\n")
    submit(place, submission(place), print)

    assert attempted(place, manifest, Watched()) is Interruption.LOST
    assert place.listing("results") == {}
